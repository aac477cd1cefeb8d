/* SPDX-License-Identifier: Apache-2.0 */
/* Two models compared: both of the input, or its model with itself; written, drawn. */
#include "shared/fuzz.h"
#include "shared/sound.h"

static oray_error err;

static int stop_early(void *context, double done)
{
	int *left = context;
	REQUIRE(done >= 0 && done <= 1, "progress");
	return --*left == 0;
}

static void look_at(const oray_difference *d, bool itself)
{
	size_t nodes_a = oray_model_describe(d->a)->n_nodes,
	       nodes_b = oray_model_describe(d->b)->n_nodes;
	REQUIRE(!itself || d->relation == ORAY_SAME_FILE || d->relation == ORAY_SAME_MODEL,
	        oray_relation_name(d->relation));
	for (size_t i = 0; i < d->n_layers; i++) {
		const oray_layer_pair *p = &d->layers[i];
		REQUIRE(p->a == ORAY_NONE || p->a < nodes_a, "a node of a");
		REQUIRE(p->b == ORAY_NONE || p->b < nodes_b, "a node of b");
		for (size_t k = 0; k < p->n_weights; k++)
			REQUIRE(p->weights[k] < d->n_weights, "a weight");
	}
	for (size_t i = 0; i < nodes_a; i++)
		REQUIRE(d->partners[i] == ORAY_NONE || d->partners[i] < nodes_b, "a partner");
}

static void write(const oray_difference *d, uint32_t *choices)
{
	uint32_t format = fuzz_choose(choices, ORAY_N_FORMATS + 1);
	fuzz_sink sink = fuzz_sink_new(choices);
	if (format == ORAY_N_FORMATS) {
		oray_drawing drawing = fuzz_drawing(choices, d->b);
		drawing.difference = d;
		drawing.only = NULL;
		drawing.values = NULL;
		oray_status status = oray_write_picture(d->b, &drawing, "svg", fuzz_take, &sink, &err);
		if (status != ORAY_ERR_USAGE)
			fuzz_check_output(&sink, status, &err, xml_fault);
		return;
	}
	oray_style style = fuzz_style(choices, (oray_format)format);
	oray_status status = oray_write_difference(d, &style, fuzz_take, &sink, &err);
	fuzz_check_output(&sink, status, &err, fuzz_fault_of(style.format, style.color));
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_two_models = true;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_input in;
	oray_difference *d;
	if (!fuzz_split(data, size, &in))
		return 0;
	bool itself = !in.b.at;
	oray_model *a = fuzz_load(0, in.a, NULL);
	oray_model *b = a ? fuzz_load(1, itself ? in.a : in.b, NULL) : NULL;
	uint32_t how = fuzz_choose(&in.choices, 8);
	oray_difference_options o = {.no_weights = how == 7};
	int steps = how == 6 ? 1 : -1;
	if (b && how) {
		uint32_t none = 0;
		fuzz_infer(&none, a);
		fuzz_infer(&none, b);
	}
	oray_status status = b ? oray_compare(a, b, &o, stop_early, &steps, &d, &err) : ORAY_ERR_IO;
	if (b && status != ORAY_OK)
		fuzz_check_error(status, &err);
	if (status == ORAY_OK) {
		look_at(d, itself);
		write(d, &in.choices);
		oray_difference_free(d);
	}
	oray_model_free(a);
	oray_model_free(b);
	return 0;
}
