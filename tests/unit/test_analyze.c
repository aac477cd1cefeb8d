/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_analyze.c - roles, sums, layers, scopes and globs, on the sample models and on made-up
 * evidence. That every count is right is the business of tests/truth/params_truth.py.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/glob.h"
#include "analyze/role_rank.h"
#include "analyze/scope.h"

static const char *samples(void)
{
	const char *set = getenv("ORAY_SAMPLES");

	return set && *set ? set : "build/samples";
}

static oray_model *open_sample(const char *name)
{
	char path[512];
	oray_model *model;
	oray_error err;

	snprintf(path, sizeof path, "%s/%s", samples(), name);
	if (oray_model_load(path, NULL, &model, &err) != ORAY_OK && !model)
		print_message("%s: %s\n", path, err.message);
	return model;
}

static oray_model *sample(const char *name)
{
	oray_model *model = open_sample(name);

	assert_non_null(model);
	return model;
}

static oray_summary *summary_of(const oray_model *model)
{
	oray_summary *s;
	oray_error err;

	assert_int_equal(oray_summarize(model, &s, &err), ORAY_OK);
	return s;
}

static oray_parameter_list *parameters_of(const oray_model *model)
{
	oray_parameter_list *list;
	oray_error err;

	assert_int_equal(oray_list_parameters(model, &list, &err), ORAY_OK);
	return list;
}

static oray_layers *layers_of(const oray_model *model, oray_layer_options opts)
{
	oray_layers *layers;
	oray_error err;

	assert_int_equal(oray_list_layers(model, &opts, &layers, &err), ORAY_OK);
	return layers;
}

static bool is(oray_str s, const char *text)
{
	return s.size == strlen(text) && !memcmp(s.data, text, s.size);
}

static const oray_parameter *parameter_named(const oray_parameter_list *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (is(list->tensors[i].name, name))
			return &list->tensors[i];
	return NULL;
}

/* ------------------------------------------------------------------ roles in sample models -- */

static const struct {
	const char *file, *tensor;
	oray_role role;
	oray_keeping keeping;
	uint64_t elements;
	size_t readers;
} expected[] = {
    {"cnn.onnx", "conv.weight", ORAY_ROLE_WEIGHT, ORAY_KEPT_TYPED, 54, 1},
    {"cnn.onnx", "bn.scale", ORAY_ROLE_NORM, ORAY_KEPT_TYPED, 2, 1},
    {"cnn.onnx", "bn.var", ORAY_ROLE_NORM_STATISTIC, ORAY_KEPT_TYPED, 2, 1},
    {"cnn.onnx", "fc.bias", ORAY_ROLE_BIAS, ORAY_KEPT_TYPED, 3, 1},
    {"constants.onnx", "weight", ORAY_ROLE_WEIGHT, ORAY_KEPT_CONSTANT, 6, 1},
    {"constants.onnx", "new_shape", ORAY_ROLE_SHAPE_CONSTANT, ORAY_KEPT_CONSTANT, 3, 1},
    {"constants.onnx", "half", ORAY_ROLE_OTHER, ORAY_KEPT_CONSTANT, 1, 1},
    {"constants.onnx", "shift", ORAY_ROLE_BIAS, ORAY_KEPT_CONSTANT, 3, 1},
    {"constants.onnx", "labels", ORAY_ROLE_OTHER, ORAY_KEPT_CONSTANT, 3, 1},
    {"control_if.onnx", "weight_wide", ORAY_ROLE_WEIGHT, ORAY_KEPT_TYPED, 6, 1},
    {"control_if.onnx", "weight_narrow", ORAY_ROLE_WEIGHT, ORAY_KEPT_TYPED, 4, 1},
    {"digits_qdq.onnx", "conv2.weight_quantized", ORAY_ROLE_WEIGHT, ORAY_KEPT_RAW, 1152, 1},
    {"digits_qdq.onnx", "conv2.bias_quantized", ORAY_ROLE_BIAS, ORAY_KEPT_TYPED, 16, 1},
    {"digits_qdq.onnx", "conv2.weight_scale", ORAY_ROLE_QUANTIZATION, ORAY_KEPT_TYPED, 16, 1},
    {"ir3_inputs.onnx", "bias", ORAY_ROLE_BIAS, ORAY_KEPT_TYPED, 2, 1},
    {"quant_annotation.onnx", "x_scale", ORAY_ROLE_QUANTIZATION, ORAY_KEPT_TYPED, 1, 0},
    {"quant_dynamic.onnx", "fc.weight_scale", ORAY_ROLE_QUANTIZATION, ORAY_KEPT_TYPED, 1, 1},
    {"quant_dynamic.onnx", "fc.bias", ORAY_ROLE_BIAS, ORAY_KEPT_TYPED, 4, 1},
    {"quant_int4.onnx", "gate_Q4", ORAY_ROLE_WEIGHT, ORAY_KEPT_RAW, 128, 1},
    {"quant_int4.onnx", "up_DQ_Q4", ORAY_ROLE_WEIGHT, ORAY_KEPT_RAW, 128, 1},
    {"shared_weight.onnx", "table", ORAY_ROLE_WEIGHT, ORAY_KEPT_TYPED, 15, 2},
    {"sparse.onnx", "pruned", ORAY_ROLE_WEIGHT, ORAY_KEPT_SPARSE, 20, 1},
    {"transformer.onnx", "embed.weight", ORAY_ROLE_EMBEDDING, ORAY_KEPT_TYPED, 88, 1},
    {"transformer.onnx", "head.bias", ORAY_ROLE_BIAS, ORAY_KEPT_TYPED, 11, 1},
    {"transformer.onnx", "/layers.0/attn/Constant_14_output_0", ORAY_ROLE_OTHER, ORAY_KEPT_CONSTANT,
     1, 1},
    {"external.onnx", "gain", ORAY_ROLE_NORM, ORAY_KEPT_CONSTANT, 4, 1},
};

static void tensors_have_the_role_they_are_read_in(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		oray_model *model = sample(expected[i].file);
		oray_parameter_list *list = parameters_of(model);
		const oray_parameter *p = parameter_named(list, expected[i].tensor);
		if (!p || p->role != expected[i].role)
			print_message("%s %s: %s\n", expected[i].file, expected[i].tensor,
			              p ? oray_role_name(p->role) : "not found");
		assert_non_null(p);
		assert_int_equal(p->role, expected[i].role);
		assert_int_equal(p->keeping, expected[i].keeping);
		assert_true(p->elements.exact);
		assert_int_equal(p->elements.value, expected[i].elements);
		assert_int_equal(p->n_used_by, expected[i].readers);
		oray_parameter_list_free(list);
		oray_model_free(model);
	}
}

static void what_is_shared_or_unused_is_told(void **state)
{
	oray_model *model = sample("shared_weight.onnx");
	oray_summary *s = summary_of(model);

	(void)state;
	assert_int_equal(s->parameters.total, 15);
	assert_int_equal(s->parameters.shared, 15);
	assert_int_equal(s->parameters.unused, 0);
	oray_summary_free(s);
	oray_model_free(model);

	model = sample("unused.onnx");
	s = summary_of(model);
	assert_int_equal(s->parameters.unused, 8);
	assert_int_equal(s->parameters.unused_tensors, 1);
	oray_summary_free(s);
	oray_model_free(model);
}

static void training_is_counted_apart(void **state)
{
	oray_model *model = sample("training.onnx");
	oray_summary *s = summary_of(model);

	(void)state;
	assert_int_equal(s->parameters.all_elements, 3);
	assert_int_equal(s->parameters.training, 1);
	assert_int_equal(s->nodes_total, 1);
	assert_int_equal(s->n_operators, 1);
	oray_summary_free(s);
	oray_model_free(model);
}

/* -------------------------------------------------------------------------- what adds up -- */

static void check_sums(const oray_parameters *p)
{
	uint64_t by_role = 0, by_type = 0;

	for (int i = 0; i < ORAY_N_ROLES; i++)
		by_role += p->by_role[i].elements;
	for (int i = 0; i < ORAY_N_TYPES; i++)
		by_type += p->by_type[i].elements;
	assert_int_equal(by_role, p->all_elements);
	assert_int_equal(by_type, p->total);
	assert_int_equal(p->by_role[ORAY_ROLE_WEIGHT].elements + p->by_role[ORAY_ROLE_BIAS].elements +
	                     p->by_role[ORAY_ROLE_NORM].elements +
	                     p->by_role[ORAY_ROLE_EMBEDDING].elements,
	                 p->total);
}

static void check_list(const oray_model *model, const oray_parameters *sums)
{
	oray_parameter_list *list = parameters_of(model);
	uint64_t all = 0;

	assert_memory_equal(&list->sums, sums, sizeof *sums);
	for (size_t i = 0; i < list->n && !sums->overflow; i++)
		all += list->tensors[i].elements.value;
	if (!sums->overflow)
		assert_int_equal(all, sums->all_elements);
	for (size_t i = 0; i < list->n; i++)
		for (size_t k = 1; k < list->tensors[i].n_used_by; k++)
			assert_true(list->tensors[i].used_by[k - 1] < list->tensors[i].used_by[k]);
	oray_parameter_list_free(list);
}

static void check_layers(const oray_model *model, bool all, uint64_t total)
{
	oray_layers *layers = layers_of(model, (oray_layer_options){.all = all});
	uint64_t sum = 0;

	assert_int_equal(layers->n, layers->n_total);
	for (size_t i = 0; i < layers->n; i++)
		sum += layers->rows[i].parameters;
	assert_int_equal(sum, layers->parameters);
	assert_int_equal(sum, total);
	oray_layers_free(layers);
}

static void columns_add_up_in_every_sample(void **state)
{
	DIR *directory = opendir(samples());
	struct dirent *entry;
	size_t n = 0;

	(void)state;
	assert_non_null(directory);
	while ((entry = readdir(directory)) != NULL) {
		oray_model *model;
		oray_summary *s;
		if (!strstr(entry->d_name, ".onnx") || !(model = open_sample(entry->d_name)))
			continue;
		n++;
		s = summary_of(model);
		check_sums(&s->parameters);
		check_list(model, &s->parameters);
		check_layers(model, true, s->parameters.total);
		check_layers(model, false, s->parameters.total);
		assert_int_equal(s->shapes.values,
		                 s->shapes.known + s->shapes.symbolic + s->shapes.unknown);
		oray_summary_free(s);
		oray_model_free(model);
	}
	closedir(directory);
	assert_true(n > 20);
}

static void dims_that_cannot_be_are_left_out_of_sums(void **state)
{
	oray_model *model = sample("odd_dims.onnx");
	oray_summary *s = summary_of(model);

	(void)state;
	assert_true(s->parameters.overflow);
	assert_true(s->parameters.all_elements > 0);
	check_sums(&s->parameters);
	oray_summary_free(s);
	oray_model_free(model);
}

/* ------------------------------------------------------------------------------- summary -- */

static void operators_are_sorted_and_counted_everywhere(void **state)
{
	oray_model *model = sample("control_if.onnx");
	oray_summary *s = summary_of(model);

	(void)state;
	assert_int_equal(s->nodes, 1);
	assert_int_equal(s->nodes_total, 3);
	assert_int_equal(s->subgraphs, 2);
	assert_int_equal(s->n_operators, 2);
	assert_true(is(s->operators[0].op, "MatMul"));
	assert_true(is(s->operators[0].domain, "ai.onnx"));
	assert_int_equal(s->operators[0].count, 2);
	assert_string_equal(s->operators[0].category, "matmul");
	assert_true(is(s->operators[1].op, "If"));
	oray_summary_free(s);
	oray_model_free(model);

	model = sample("functions.onnx");
	s = summary_of(model);
	assert_true(is(s->operators[0].op, "LeakyMix")); /* both overloads, and one in the other */
	assert_int_equal(s->operators[0].count, 3);
	assert_string_equal(s->operators[0].category, "function");
	oray_summary_free(s);
	oray_model_free(model);
}

static void inputs_leave_out_initializers(void **state)
{
	oray_model *model = sample("ir3_inputs.onnx");
	oray_summary *s = summary_of(model);
	oray_value v;

	(void)state;
	assert_int_equal(s->n_inputs, 1);
	assert_true(oray_model_value(model, s->inputs[0], &v));
	assert_true(is(v.name, "x"));
	assert_int_equal(s->initializers, 3);
	oray_summary_free(s);
	oray_model_free(model);
}

static void external_bytes_are_those_declared(void **state)
{
	oray_model *model = sample("external.onnx");
	oray_summary *s = summary_of(model);

	(void)state;
	assert_int_equal(s->external_bytes, 64 + 16 + 16);
	assert_int_equal(s->n_external_files, 1);
	assert_true(is(s->external_files[0], "external.data"));
	oray_summary_free(s);
	oray_model_free(model);
}

static void schemes_have_the_usual_names(void **state)
{
	static const struct {
		const char *file, *scheme;
		double coverage; /* -1: not a number */
	} schemes[] = {
	    {"mlp.onnx", "none", 0},
	    {"digits_fp32.onnx", "none", 0},
	    {"digits_qdq.onnx", "qdq", 1},
	    {"digits_qoperator.onnx", "qoperator", 1},
	    {"quant_dynamic.onnx", "dynamic", 1},
	    {"quant_int4.onnx", "weight-only", 1},
	    {"control_loop.onnx", "none", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		oray_model *model = sample(schemes[i].file);
		oray_summary *s = summary_of(model);
		double coverage = s->quantization.parameter_coverage;
		assert_string_equal(oray_scheme_name(s->quantization.scheme), schemes[i].scheme);
		if (schemes[i].coverage < 0)
			assert_true(isnan(coverage));
		else
			assert_true(fabs(coverage - schemes[i].coverage) < 1e-9);
		oray_summary_free(s);
		oray_model_free(model);
	}
}

/* -------------------------------------------------------------------------------- layers -- */

static void layers_are_filtered_by_globs(void **state)
{
	oray_model *model = sample("mlp.onnx");
	oray_layers *layers = layers_of(model, (oray_layer_options){.op = "G*"});

	(void)state;
	assert_int_equal(layers->n, 2);
	assert_int_equal(layers->n_total, 4);
	assert_int_equal(layers->rows[1].index, 2);
	assert_int_equal(layers->rows[0].parameters, 40);
	assert_int_equal(layers->parameters, 67);
	assert_int_equal(layers->parameter_bytes.value, 268);
	assert_true(layers->rows[0].counts_macs);
	assert_false(layers->rows[0].macs.exact);
	oray_layers_free(layers);

	layers = layers_of(model, (oray_layer_options){.name = "*class*"});
	assert_int_equal(layers->n, 1);
	assert_int_equal(layers->rows[0].parameters, 27);
	oray_layers_free(layers);

	layers = layers_of(model, (oray_layer_options){.op = "Gemm", .name = "none"});
	assert_int_equal(layers->n, 0);
	oray_layers_free(layers);
	oray_model_free(model);
}

static void a_shared_parameter_is_counted_at_its_first_row(void **state)
{
	oray_model *model = sample("shared_weight.onnx");
	oray_layers *layers = layers_of(model, (oray_layer_options){0});

	(void)state;
	assert_int_equal(layers->rows[0].parameters, 15);
	assert_false(layers->rows[0].shared);
	assert_int_equal(layers->rows[1].parameters, 0); /* Transpose only passes it on */
	assert_false(layers->rows[1].shared);
	assert_int_equal(layers->rows[2].parameters, 0);
	assert_true(layers->rows[2].shared);
	oray_layers_free(layers);
	oray_model_free(model);
}

static void bodies_count_at_the_node_that_holds_them(void **state)
{
	oray_model *model = sample("control_if.onnx");
	oray_layers *layers = layers_of(model, (oray_layer_options){0});

	(void)state;
	assert_int_equal(layers->n, 1);
	assert_int_equal(layers->rows[0].parameters, 10);
	oray_layers_free(layers);

	layers = layers_of(model, (oray_layer_options){.all = true});
	assert_int_equal(layers->n, 3);
	assert_int_equal(layers->rows[0].parameters, 0);
	assert_int_equal(layers->rows[1].parameters, 6);
	assert_int_equal(layers->rows[2].parameters, 4);
	oray_layers_free(layers);
	oray_model_free(model);
}

/* -------------------------------------------------------------------------- made-up things -- */

static oray_str text(const char *s)
{
	return (oray_str){s, strlen(s)};
}

static void roles_are_ranked(void **state)
{
	static const int64_t vector[] = {8}, channel[] = {1, 8, 1}, matrix[] = {4, 8}, one[] = {1};
	static const struct {
		role_asks asks;
		uint16_t facts;
		int32_t type;
		size_t n_dims;
		const int64_t *dims;
		uint64_t elements;
		const char *name;
		oray_role role;
	} cases[] = {
	    {ASK_BIAS | ASK_WEIGHT, 0, ORAY_FLOAT32, 1, vector, 8, "", ORAY_ROLE_WEIGHT},
	    {ASK_EMBEDDING | ASK_WEIGHT, 0, ORAY_FLOAT32, 2, matrix, 32, "", ORAY_ROLE_WEIGHT},
	    {ASK_EMBEDDING | ASK_NORM, 0, ORAY_FLOAT32, 2, matrix, 32, "", ORAY_ROLE_EMBEDDING},
	    {ASK_STATISTIC | ASK_NORM, 0, ORAY_FLOAT32, 1, vector, 8, "", ORAY_ROLE_NORM},
	    {ASK_STATISTIC | ASK_BIAS, 0, ORAY_FLOAT32, 1, vector, 8, "", ORAY_ROLE_NORM_STATISTIC},
	    {ASK_QUANTIZATION | ASK_SHAPE, 0, ORAY_INT64, 1, one, 1, "", ORAY_ROLE_QUANTIZATION},
	    {0, 0, ORAY_FLOAT32, 1, vector, 8, "", ORAY_ROLE_OTHER},
	    /* tables of indices are no embeddings, quantized tables are */
	    {ASK_EMBEDDING, 0, ORAY_INT64, 2, matrix, 32, "", ORAY_ROLE_OTHER},
	    {ASK_EMBEDDING | ASK_STEER, 0, ORAY_INT64, 1, vector, 8, "", ORAY_ROLE_SHAPE_CONSTANT},
	    {ASK_EMBEDDING, 0, ORAY_INT8, 2, matrix, 32, "", ORAY_ROLE_EMBEDDING},
	    /* arithmetic */
	    {ASK_SCALE, 0, ORAY_FLOAT16, 3, channel, 8, "", ORAY_ROLE_NORM},
	    {ASK_SCALE | ASK_ADDED, 0, ORAY_FLOAT32, 1, vector, 8, "", ORAY_ROLE_NORM},
	    {ASK_ADDED, 0, ORAY_FLOAT32, 3, channel, 8, "", ORAY_ROLE_BIAS},
	    {ASK_ADDED, 0, ORAY_INT32, 1, vector, 8, "", ORAY_ROLE_OTHER},
	    {ASK_ADDED, FACT_DEQUANTIZED, ORAY_INT8, 1, vector, 8, "", ORAY_ROLE_BIAS},
	    {ASK_ADDED, 0, ORAY_FLOAT32, 1, one, 1, "", ORAY_ROLE_OTHER},
	    {ASK_ADDED | ASK_OFFSET, 0, ORAY_FLOAT32, 1, one, 1, "", ORAY_ROLE_BIAS},
	    {ASK_ADDED | ASK_OFFSET, 0, ORAY_FLOAT32, 0, NULL, 1, "", ORAY_ROLE_OTHER},
	    {ASK_ADDED, 0, ORAY_FLOAT32, 2, matrix, 32, "anchors", ORAY_ROLE_OTHER},
	    {ASK_ADDED, 0, ORAY_FLOAT32, 2, matrix, 32, "Pos_Embed", ORAY_ROLE_EMBEDDING},
	    {ASK_ADDED | ASK_MASK, 0, ORAY_FLOAT32, 2, matrix, 32, "pos_embed", ORAY_ROLE_OTHER},
	    /* computed from it */
	    {ASK_WEIGHT << ASK_DERIVED_SHIFT, 0, ORAY_FLOAT32, 2, matrix, 32, "", ORAY_ROLE_WEIGHT},
	    {ASK_WEIGHT << ASK_DERIVED_SHIFT, 0, ORAY_FLOAT32, 0, NULL, 1, "", ORAY_ROLE_OTHER},
	    /* steering */
	    {ASK_STEER, 0, ORAY_FLOAT32, 1, vector, 8, "", ORAY_ROLE_SHAPE_CONSTANT},
	    {ASK_STEER, 0, ORAY_FLOAT32, 1, vector, 65, "", ORAY_ROLE_OTHER},
	    {ASK_STEER, 0, ORAY_STRING, 1, vector, 8, "", ORAY_ROLE_OTHER},
	    /* an unknown operator that sounds like a layer */
	    {ASK_HINT, 0, ORAY_FLOAT32, 2, matrix, 32, "", ORAY_ROLE_WEIGHT},
	    {ASK_HINT, 0, ORAY_FLOAT8E4M3FN, 2, matrix, 32, "", ORAY_ROLE_WEIGHT},
	    {ASK_HINT, 0, ORAY_FLOAT32, 1, vector, 8, "", ORAY_ROLE_BIAS},
	    {ASK_HINT, 0, ORAY_INT64, 2, matrix, 32, "", ORAY_ROLE_OTHER},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		role_evidence e = {
		    .asks = cases[i].asks,
		    .facts = cases[i].facts,
		    .type = cases[i].type,
		    .n_dims = cases[i].n_dims,
		    .dims = cases[i].dims,
		    .elements = {cases[i].elements, true},
		    .name = text(cases[i].name),
		};
		if (role_rank(&e) != cases[i].role)
			print_message("case %zu: %s\n", i, oray_role_name(role_rank(&e)));
		assert_int_equal(role_rank(&e), cases[i].role);
	}
}

static void scopes_come_from_metadata_or_names(void **state)
{
	static const struct {
		const char *name, *key, *value, *scope;
	} cases[] = {
	    {"/layer1/layer1.0/conv1/Conv", "", "", "layer1/layer1.0/conv1"},
	    {"layer1/conv/Conv", "", "", "layer1/conv"},
	    {"Conv_0", "", "", ""},
	    {"", "", "", ""},
	    {"/", "", "", ""},
	    {"/Conv", "", "", ""},
	    {"a/b/c;d/e", "", "", "a/b"},
	    {"a;b/c", "", "", ""},
	    {"node_conv2d_7", "pkg.torch.onnx.name_scopes",
	     "['', 'layer2', 'layer2.1', 'layer2.1.conv1', 'conv2d_7']", "layer2/1/conv1"},
	    {"n", "pkg.torch.onnx.name_scopes", "['', 'model.layers.0', 'model.layers.0.attn', 'mm']",
	     "model.layers.0/attn"},
	    {"n", "pkg.torch.onnx.name_scopes", "[\"it's\", 'mm']", "it's"},
	    {"n", "pkg.torch.onnx.name_scopes",
	     "['_empty_nn_module_stack_from_metadata_hook', 'sym_size_int_1']", ""},
	    {"a/b", "pkg.torch.onnx.name_scopes", "['', 'mm']", ""},
	    {"a/b", "pkg.torch.onnx.name_scopes", "[broken", "a"},
	    {"a/b", "pkg.torch.onnx.name_scopes", "['open", "a"},
	    {"a/b", "pkg.torch.onnx.name_scopes", "[]", "a"},
	    {"a/b", "something", "['x', 'y']", "a"},
	    {"n", "namespace", ": Net/encoder: torch.nn.LSTM/encoder.cell: Cell/mul: aten.mul.Tensor",
	     "encoder/cell"},
	    {"n", "pkg.torch.onnx.namespace", ": Net/head: Linear/linear: aten.linear.default", "head"},
	    {"a/b", "namespace", "", "a"},
	};
	scopes s = {0};

	(void)state;
	scopes_init(&s);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		oray_pair pair = {text(cases[i].key), text(cases[i].value)};
		oray_node node = {
		    .name = text(cases[i].name), .n_metadata = *cases[i].key ? 1 : 0, .metadata = &pair};
		oray_str scope = scope_of(&s, &node);
		assert_string_equal(scope.data, cases[i].scope);
		assert_int_equal(scope.size, strlen(cases[i].scope));
	}
	assert_false(s.failed);
	scopes_free(&s);
}

static void globs_match_as_in_a_shell(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool matches;
	} cases[] = {
	    {"", "", true},
	    {"", "a", false},
	    {"*", "", true},
	    {"*", "a/b", true},
	    {"Conv*", "ConvInteger", true},
	    {"Conv", "ConvInteger", false},
	    {"*Conv", "QLinearConv", true},
	    {"a?c", "abc", true},
	    {"a?c", "ac", false},
	    {"?", "\xc3\xa4", true},
	    {"??", "\xc3\xa4", false},
	    {"[abc]x", "bx", true},
	    {"[a-c]", "d", false},
	    {"[!a-c]", "d", true},
	    {"[]]", "]", true},
	    {"[a-", "[a-", true},
	    {"\\*", "*", true},
	    {"\\*", "a", false},
	    {"a*b*c", "aXbYbZc", true},
	    {"a*b*c", "aXbYbZ", false},
	    {"**", "x", true},
	    {"a*[0-9]", "ab7", true},
	    {"a*[0-9]", "ab", false},
	    {"?*?", "a", false},
	};
	char many[4001];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bool matches = glob_match(cases[i].pattern, cases[i].text, strlen(cases[i].text));
		if (matches != cases[i].matches)
			print_message("'%s' on '%s'\n", cases[i].pattern, cases[i].text);
		assert_int_equal(matches, cases[i].matches);
	}
	memset(many, 'a', sizeof many - 1);
	many[sizeof many - 1] = '\0';
	assert_false(glob_match("*a*a*a*a*a*a*a*a*a*a*a*a*b", many, sizeof many - 1));
}

static void names_are_those_of_the_json(void **state)
{
	(void)state;
	assert_string_equal(oray_role_name(ORAY_ROLE_NORM_STATISTIC), "norm_statistic");
	assert_string_equal(oray_role_name((oray_role)99), "other");
	assert_string_equal(oray_keeping_name(ORAY_KEPT_GENERATED), "generated");
	assert_string_equal(oray_scheme_name(ORAY_SCHEME_WEIGHT_ONLY), "weight-only");
}

/* ------------------------------------------------------------------------ models in bulk -- */

/* Just enough of the wire format to write long models. */
typedef struct bytes {
	unsigned char *at;
	size_t n, capacity;
} bytes;

static void put(bytes *b, const void *data, size_t n)
{
	if (b->n + n > b->capacity) {
		b->capacity = (b->n + n) * 2;
		b->at = realloc(b->at, b->capacity);
		assert_non_null(b->at);
	}
	memcpy(b->at + b->n, data, n);
	b->n += n;
}

static void put_varint(bytes *b, uint64_t v)
{
	do {
		unsigned char c = (unsigned char)((v & 0x7f) | (v > 0x7f ? 0x80 : 0));
		put(b, &c, 1);
		v >>= 7;
	} while (v);
}

static void put_field(bytes *b, unsigned field, const void *data, size_t n)
{
	put_varint(b, field << 3 | 2);
	put_varint(b, n);
	put(b, data, n);
}

static void put_text(bytes *b, unsigned field, const char *s)
{
	put_field(b, field, s, strlen(s));
}

/* A node is field 1 of a graph, field 7 of a function. */
static void put_node_in(bytes *b, unsigned field, const char *op, const char *domain,
                        const char *const inputs[], const char *output)
{
	bytes node = {0};

	for (; *inputs; inputs++)
		put_text(&node, 1, *inputs);
	put_text(&node, 2, output);
	put_text(&node, 4, op);
	put_text(&node, 7, domain);
	put_field(b, field, node.at, node.n);
	free(node.at);
}

static void put_node(bytes *graph, const char *op, const char *a, const char *b, const char *out)
{
	put_node_in(graph, 1, op, "", (const char *const[]){a, b, NULL}, out);
}

/* float32 [4] */
static void put_initializer(bytes *graph, const char *name)
{
	static const char zeros[16];
	bytes tensor = {0};

	put_varint(&tensor, 1 << 3);
	put_varint(&tensor, 4);
	put_varint(&tensor, 2 << 3);
	put_varint(&tensor, 1);
	put_text(&tensor, 8, name);
	put_field(&tensor, 9, zeros, sizeof zeros);
	put_field(graph, 5, tensor.at, tensor.n);
	free(tensor.at);
}

/* `more` is added to the model as it is; may be NULL. */
static oray_model *load_graph(bytes *graph, const bytes *more)
{
	char path[] = "/tmp/onnxray-test-XXXXXX";
	static const unsigned char head[] = {0x08, 8, 0x42, 2, 0x10, 17}; /* IR 8, opset 17 */
	bytes model = {0};
	oray_model *loaded;
	oray_error err;
	int fd = mkstemp(path);
	FILE *file;

	assert_true(fd >= 0);
	put(&model, head, sizeof head);
	put_field(&model, 7, graph->at, graph->n);
	if (more)
		put(&model, more->at, more->n);
	file = fdopen(fd, "wb");
	assert_int_equal(fwrite(model.at, 1, model.n, file), model.n);
	fclose(file);
	assert_int_equal(oray_model_load(path, NULL, &loaded, &err), ORAY_OK);
	remove(path);
	free(model.at);
	free(graph->at);
	return loaded;
}

enum { MANY = 50000 };

static void chains_end_at_their_reader_in_any_order(void **state)
{
	(void)state;
	for (int backward = 0; backward < 2; backward++) {
		bytes graph = {0};
		oray_model *model;
		oray_parameter_list *list;
		char in[32], out[32];
		for (unsigned i = 0; i < MANY; i++) {
			unsigned k = backward ? MANY - 1 - i : i;
			snprintf(in, sizeof in, "v%u", k);
			snprintf(out, sizeof out, "v%u", k + 1);
			put_node(&graph, k + 1 < MANY ? "Identity" : "MatMul", k + 1 < MANY ? in : "x",
			         k + 1 < MANY ? NULL : in, out);
		}
		put_initializer(&graph, "v0");
		model = load_graph(&graph, NULL);
		list = parameters_of(model);
		assert_int_equal(list->n, 1);
		assert_int_equal(list->tensors[0].role, ORAY_ROLE_WEIGHT);
		assert_int_equal(list->tensors[0].n_used_by, 1);
		assert_int_equal(list->tensors[0].used_by[0], backward ? 0 : MANY - 1);
		oray_parameter_list_free(list);
		oray_model_free(model);
	}
}

static void many_readers_and_many_parts_are_no_trouble(void **state)
{
	bytes graph = {0}, concat = {0};
	oray_model *model;
	oray_parameter_list *list;
	char name[32];

	(void)state;
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(name, sizeof name, "w%u", i);
		put_initializer(&graph, name);
		put_text(&concat, 1, name);
		snprintf(name, sizeof name, "y%u", i);
		put_node(&graph, "Add", "x", "bias", name);
	}
	put_text(&concat, 2, "joined");
	put_text(&concat, 4, "Concat");
	put_field(&graph, 1, concat.at, concat.n);
	put_node(&graph, "MatMul", "x", "joined", "z");
	put_initializer(&graph, "bias");
	free(concat.at);
	model = load_graph(&graph, NULL);
	list = parameters_of(model);
	assert_int_equal(list->sums.total, 4 * (MANY + 1));
	assert_int_equal(list->sums.by_role[ORAY_ROLE_WEIGHT].elements, 4 * MANY);
	assert_int_equal(list->sums.shared, 4);
	assert_int_equal(parameter_named(list, "bias")->n_used_by, MANY);
	assert_int_equal(parameter_named(list, "bias")->role, ORAY_ROLE_BIAS);
	oray_parameter_list_free(list);
	oray_model_free(model);
}

/* add(x, w, b) = x w + b; twice(x, w, b) = add(add(x, w, b), w, b) */
static void roles_are_found_in_functions(void **state)
{
	static const char *const params[] = {"x", "w", "b", NULL}, *const xw[] = {"x", "w", NULL};
	bytes graph = {0}, functions = {0};
	oray_model *model;
	oray_parameter_list *list;

	(void)state;
	for (int i = 0; i < 2; i++) {
		bytes f = {0};
		put_text(&f, 1, i ? "add" : "twice");
		for (int k = 0; k < 3; k++)
			put_text(&f, 4, params[k]);
		put_text(&f, 5, "y");
		if (i) {
			put_node_in(&f, 7, "MatMul", "", xw, "m");
			put_node_in(&f, 7, "Add", "", (const char *const[]){"m", "b", NULL}, "y");
		} else {
			put_node_in(&f, 7, "add", "own", params, "h");
			put_node_in(&f, 7, "add", "own", (const char *const[]){"h", "w", "b", NULL}, "y");
		}
		put_field(&f, 9, "\x10\x11", 2); /* opset 17 */
		put_text(&f, 10, "own");
		put_field(&functions, 25, f.at, f.n);
		free(f.at);
	}
	put_node_in(&graph, 1, "twice", "own", (const char *const[]){"x", "u", "v", NULL}, "y");
	put_initializer(&graph, "u");
	put_initializer(&graph, "v");
	model = load_graph(&graph, &functions);
	free(functions.at);
	list = parameters_of(model);
	assert_int_equal(parameter_named(list, "u")->role, ORAY_ROLE_WEIGHT);
	assert_int_equal(parameter_named(list, "v")->role, ORAY_ROLE_BIAS);
	assert_int_equal(parameter_named(list, "u")->n_used_by, 1);
	assert_int_equal(list->sums.total, 8);
	check_layers(model, false, 8);
	oray_parameter_list_free(list);
	oray_model_free(model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tensors_have_the_role_they_are_read_in),
	    cmocka_unit_test(what_is_shared_or_unused_is_told),
	    cmocka_unit_test(training_is_counted_apart),
	    cmocka_unit_test(columns_add_up_in_every_sample),
	    cmocka_unit_test(dims_that_cannot_be_are_left_out_of_sums),
	    cmocka_unit_test(operators_are_sorted_and_counted_everywhere),
	    cmocka_unit_test(inputs_leave_out_initializers),
	    cmocka_unit_test(external_bytes_are_those_declared),
	    cmocka_unit_test(schemes_have_the_usual_names),
	    cmocka_unit_test(layers_are_filtered_by_globs),
	    cmocka_unit_test(a_shared_parameter_is_counted_at_its_first_row),
	    cmocka_unit_test(bodies_count_at_the_node_that_holds_them),
	    cmocka_unit_test(roles_are_ranked),
	    cmocka_unit_test(scopes_come_from_metadata_or_names),
	    cmocka_unit_test(globs_match_as_in_a_shell),
	    cmocka_unit_test(names_are_those_of_the_json),
	    cmocka_unit_test(chains_end_at_their_reader_in_any_order),
	    cmocka_unit_test(many_readers_and_many_parts_are_no_trouble),
	    cmocka_unit_test(roles_are_found_in_functions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
