/* SPDX-License-Identifier: Apache-2.0 */
/* Every analysis in every format: text, JSON, NDJSON, CSV and Markdown. */
#include <stdlib.h>

#include "shared/fuzz.h"

static oray_error err;

typedef struct job {
	oray_style style;
	fuzz_sink sink;
} job;

static oray_status summary(oray_model *m, uint32_t *choices, job *j)
{
	oray_summary *s;
	(void)choices;
	oray_status status = oray_summarize(m, &s, &err);
	if (status == ORAY_OK)
		status = oray_write_summary(s, &j->style, fuzz_take, &j->sink, &err);
	oray_summary_free(s);
	return status;
}

static oray_status layers(oray_model *m, uint32_t *choices, job *j)
{
	oray_layer_options o = {.all = fuzz_choose(choices, 2)};
	oray_layers *l;
	oray_status status = oray_list_layers(m, &o, &l, &err);
	if (status == ORAY_OK)
		status = oray_write_layers(l, &j->style, fuzz_take, &j->sink, &err);
	oray_layers_free(l);
	return status;
}

static oray_status parameters(oray_model *m, uint32_t *choices, job *j)
{
	oray_parameter_list *l;
	oray_status status = oray_list_parameters(m, &l, &err);
	if (status == ORAY_OK && fuzz_choose(choices, 2))
		status = oray_measure_parameters(l, NULL, NULL, &err);
	if (status == ORAY_OK)
		status = oray_write_parameters(l, &j->style, fuzz_take, &j->sink, &err);
	oray_parameter_list_free(l);
	return status;
}

static oray_status quantization(oray_model *m, uint32_t *choices, job *j)
{
	oray_quantization *q;
	oray_status status = oray_explain_quantization(m, &q, &err);
	if (status == ORAY_OK && fuzz_choose(choices, 2))
		status = oray_measure_quantization(q, &err);
	if (status == ORAY_OK)
		status = oray_write_quantization(q, &j->style, fuzz_take, &j->sink, &err);
	oray_quantization_free(q);
	return status;
}

static oray_status ref(oray_model *m, uint32_t *choices, job *j)
{
	const oray_model_info *info = oray_model_describe(m);
	size_t counts[] = {info->n_nodes, info->n_values, info->n_functions, info->n_graphs};
	uint32_t what = fuzz_choose(choices, 4);
	if (!counts[what])
		return ORAY_ERR_NOT_FOUND;
	oray_ref r = {.id = fuzz_choose(choices, counts[what] < 4096 ? (uint32_t)counts[what] : 4096)};
	r.what = what == 0   ? ORAY_REF_NODE
	         : what == 1 ? ORAY_REF_VALUE
	         : what == 2 ? ORAY_REF_FUNCTION
	                     : ORAY_REF_GRAPH;
	return oray_write_ref(m, r, &j->style, fuzz_take, &j->sink, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static oray_status (*const jobs[])(oray_model *, uint32_t *, job *) = {
	    summary, layers, parameters, quantization, ref, ref};
	fuzz_input in;
	oray_model *m;
	if (!fuzz_split(data, size, &in) || !(m = fuzz_load(0, in.a, NULL)))
		return 0;
	uint32_t which = fuzz_choose(&in.choices, 6);
	job j = {.sink = fuzz_sink_new(&in.choices)};
	if (fuzz_choose(&in.choices, 3))
		fuzz_infer(&in.choices, m);
	j.style = fuzz_style(&in.choices, (oray_format)fuzz_choose(&in.choices, ORAY_N_FORMATS));
	err = (oray_error){.code = ORAY_OK};
	oray_status status = jobs[which](m, &in.choices, &j);
	if (status != ORAY_ERR_NOT_FOUND)
		fuzz_check_output(&j.sink, status, &err, fuzz_fault_of(j.style.format, j.style.color));
	oray_model_free(m);
	return 0;
}
