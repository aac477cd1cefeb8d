/* SPDX-License-Identifier: Apache-2.0 */
/*
 * example.c - the library in a page of C: open, walk, count, read values, write JSON.
 *
 *     cc example.c $(pkg-config --cflags --libs onnxray) -o example
 *     ./example model.onnx            what is in it
 *     ./example model.onnx --json     the same as `onnxray summary -f json`
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <onnxray/onnxray.h>

/* Names may hold anything; a program that prints them to a terminal would escape them. */
static void print_text(oray_str s)
{
	fwrite(s.data, 1, s.size, stdout);
}

static void print_value(const oray_model *model, const char *what, oray_id id)
{
	oray_value v;
	if (!oray_model_value(model, id, &v))
		return;
	printf("%s ", what);
	print_text(v.name);
	oray_type t;
	if (oray_model_type(model, v.type, &t) && t.kind == ORAY_KIND_TENSOR) {
		const char *name = oray_type_name(t.element);
		printf(" %s", name ? name : "?");
		for (size_t i = 0; i < t.n_dims; i++) {
			oray_dim dim = oray_model_dim(model, t.id, i);
			putchar(i ? 'x' : ' ');
			if (dim.kind == ORAY_DIM_VALUE)
				printf("%" PRId64, dim.value);
			else if (dim.kind == ORAY_DIM_SYMBOL)
				print_text(dim.symbol);
			else
				putchar('?');
		}
	}
	putchar('\n');
}

static void print_nodes(const oray_model *model)
{
	const oray_graph *graph = oray_model_graph(model, 0);
	for (size_t i = 0; i < graph->n_nodes; i++) {
		oray_node node;
		char label[200];
		oray_id id = graph->first_node + (oray_id)i;
		oray_model_node(model, id, &node);
		oray_node_label(model, id, label, sizeof label);
		printf("node %s: ", label);
		print_text(node.op);
		printf(", %zu in, %zu out\n", node.n_inputs, node.n_outputs);
	}
}

/* The first values of the first initializer, if it is one of floats. */
static int print_weights(const oray_model *model)
{
	const oray_graph *graph = oray_model_graph(model, 0);
	oray_tensor tensor;
	oray_element values[3];
	size_t n;
	oray_error err;
	if (!graph->n_initializers)
		return 0;
	oray_model_tensor(model, graph->initializers[0], &tensor);
	if (tensor.type != ORAY_FLOAT32)
		return 0;
	if (oray_tensor_read(model, graph->initializers[0], 0, 3, values, &n, &err) != ORAY_OK) {
		fprintf(stderr, "%s\n", err.message);
		return 1;
	}
	print_text(tensor.name);
	for (size_t i = 0; i < n; i++)
		printf(" %.9g", values[i].f);
	printf("%s\n", tensor.elements.value > n ? " ..." : "");
	return 0;
}

static int to_file(void *context, const char *data, size_t size)
{
	return fwrite(data, 1, size, context) == size ? 0 : 1;
}

static int describe(const oray_model *model, int json)
{
	oray_summary *summary;
	oray_error err;
	if (oray_summarize(model, &summary, &err) != ORAY_OK) {
		fprintf(stderr, "%s\n", err.message);
		return 1;
	}
	int failed = 0;
	if (json) {
		oray_style style = oray_style_defaults();
		style.format = ORAY_JSON;
		failed = oray_write_summary(summary, &style, to_file, stdout, &err) != ORAY_OK;
	} else {
		for (size_t i = 0; i < summary->n_inputs; i++)
			print_value(model, "input", summary->inputs[i]);
		for (size_t i = 0; i < summary->n_outputs; i++)
			print_value(model, "output", summary->outputs[i]);
		printf("%zu nodes, %" PRIu64 " parameters\n", summary->nodes, summary->parameters.total);
		print_nodes(model);
		failed = print_weights(model);
	}
	oray_summary_free(summary);
	return failed;
}

int main(int argc, char **argv)
{
	oray_model *model;
	oray_error err;
	if (argc < 2) {
		fprintf(stderr, "usage: example MODEL [--json], with onnxray %s\n", oray_version());
		return 2;
	}
	if (oray_model_load(argv[1], NULL, &model, &err) != ORAY_OK ||
	    oray_model_infer(model, NULL, &err) != ORAY_OK) {
		fprintf(stderr, "%s: %s (%s)\n", argv[1], err.message, oray_status_name(err.code));
		oray_model_free(model);
		return 1;
	}
	int failed = describe(model, argc > 2 && strcmp(argv[2], "--json") == 0);
	oray_model_free(model);
	return failed;
}
