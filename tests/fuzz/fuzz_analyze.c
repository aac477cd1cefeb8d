/* SPDX-License-Identifier: Apache-2.0 */
/* Analyses without writers: summary, layers, parameters with statistics, quantization measured. */
#include <math.h>
#include <string.h>

#include "shared/fuzz.h"
#include "shared/sound.h"

static oray_error err;

static void hold(oray_status status)
{
	if (status != ORAY_OK)
		fuzz_check_error(status, &err);
}

static void look_at_summary(const oray_model *m)
{
	oray_summary *s;
	hold(oray_summarize(m, &s, &err));
	if (!s)
		return;
	uint64_t n = 0;
	for (size_t i = 0; i < s->n_operators; i++)
		n += s->operators[i].count;
	REQUIRE(n == s->nodes_total, "operators add up to nodes");
	REQUIRE(s->shapes.known + s->shapes.symbolic + s->shapes.unknown == s->shapes.values, "shapes");
	oray_summary_free(s);
}

static void look_at_layers(const oray_model *m, uint32_t *choices)
{
	static const char *const globs[] = {NULL, "*", "C*v", "?*a*", "[", "\\"};
	oray_layer_options o = {.all = fuzz_choose(choices, 2)};
	o.op = globs[fuzz_choose(choices, 6)];
	o.name = globs[fuzz_choose(choices, 6)];
	oray_layers *l;
	hold(oray_list_layers(m, &o, &l, &err));
	REQUIRE(!l || l->n <= l->n_total, "more rows than nodes");
	oray_layers_free(l);
}

static void look_at_statistics(const oray_statistics *s)
{
	if (s->unread)
		return;
	REQUIRE(s->zeros <= s->elements && s->nans + s->infinities <= s->elements, "counts");
	REQUIRE(isnan(s->min) || (s->min <= s->max && s->max_abs >= 0), "ends");
	uint64_t binned = 0;
	for (int i = 0; i < ORAY_BINS; i++)
		binned += s->bins[i];
	REQUIRE(binned <= s->elements, "more in bins than there are");
}

static void look_at_parameters(const oray_model *m)
{
	oray_parameter_list *l;
	hold(oray_list_parameters(m, &l, &err));
	if (!l)
		return;
	hold(oray_measure_parameters(l, NULL, NULL, &err));
	for (size_t i = 0; l->statistics && i < l->n; i++)
		look_at_statistics(&l->statistics[i]);
	oray_parameter_list_free(l);
}

static void look_at_quantization(const oray_model *m)
{
	oray_quantization *q;
	oray_fidelity f;
	hold(oray_explain_quantization(m, &q, &err));
	if (!q)
		return;
	hold(oray_measure_quantization(q, &err));
	for (size_t i = 0; i < q->n_encodings; i++) {
		const oray_encoding *e = &q->encodings[i];
		oray_weight a = {.model = m, .tensor = e->tensor, .encoding = e};
		if (i < 8 && e->tensor != ORAY_NONE)
			hold(oray_compare_weights(&a, &a, e->axis, &f, &err));
	}
	for (size_t i = 0; i < q->n_findings; i++)
		REQUIRE(!text_fault(q->findings[i].message, strlen(q->findings[i].message)),
		        q->findings[i].message);
	oray_quantization_free(q);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_input in;
	oray_model *m;
	if (!fuzz_split(data, size, &in) || !(m = fuzz_load(0, in.a, NULL)))
		return 0;
	if (fuzz_choose(&in.choices, 4))
		fuzz_infer(&in.choices, m);
	look_at_summary(m);
	look_at_layers(m, &in.choices);
	look_at_parameters(m);
	look_at_quantization(m);
	oray_model_free(m);
	return 0;
}
