/* SPDX-License-Identifier: Apache-2.0 */
/*
 * summary_scheme.c - how a model is quantized, in the word a user would choose.
 */
#include "analyze/summary_scheme.h"

#include <string.h>

const char *oray_scheme_name(oray_scheme scheme)
{
	static const char *const names[] = {
	    [ORAY_SCHEME_NONE] = "none",
	    [ORAY_SCHEME_QDQ] = "qdq",
	    [ORAY_SCHEME_QOPERATOR] = "qoperator",
	    [ORAY_SCHEME_DYNAMIC] = "dynamic",
	    [ORAY_SCHEME_WEIGHT_ONLY] = "weight-only",
	    [ORAY_SCHEME_FAKE] = "fake",
	    [ORAY_SCHEME_MIXED] = "mixed",
	};

	return (unsigned)scheme < sizeof names / sizeof *names ? names[scheme] : names[0];
}

/* Signs of a scheme, by how the name of an operator begins. */
enum { SIGN_QOPERATOR, SIGN_INTEGER, SIGN_DYNAMIC, SIGN_PACKED, SIGN_FAKE, SIGN_QDQ, N_SIGNS };

static const struct {
	const char *prefix;
	uint8_t sign;
	bool whole; /* the prefix is the whole name */
} signs[] = {
    {"QLinear", SIGN_QOPERATOR, false},
    {"QOrdered", SIGN_QOPERATOR, false},
    {"QGemm", SIGN_QOPERATOR, true},
    {"QAttention", SIGN_INTEGER, true},
    {"QEmbedLayerNormalization", SIGN_INTEGER, true},
    {"MatMulInteger", SIGN_INTEGER, false},
    {"ConvInteger", SIGN_INTEGER, true},
    {"MulInteger", SIGN_INTEGER, true},
    {"DynamicQuantize", SIGN_DYNAMIC, false},
    {"MatMulNBits", SIGN_PACKED, false},
    {"MatMulBnb4", SIGN_PACKED, true},
    {"MatMulFpQ4", SIGN_PACKED, true},
    {"MatMulBlockQuantized", SIGN_PACKED, false},
    {"GatherBlockQuantized", SIGN_PACKED, true},
    {"QMoE", SIGN_PACKED, true},
    {"MultiThreshold", SIGN_FAKE, true},
    {"Quant", SIGN_FAKE, true},
    {"IntQuant", SIGN_FAKE, true},
    {"FloatQuant", SIGN_FAKE, true},
    {"BipolarQuant", SIGN_FAKE, true},
    {"BFP", SIGN_FAKE, false},
    {"MXQuantizeDequantize", SIGN_FAKE, true},
    {"MXFixNeuron", SIGN_FAKE, true},
    {"FixNeuron", SIGN_FAKE, true},
};

static void count_signs(const role_flow *flow, uint64_t counts[N_SIGNS])
{
	for (size_t i = 0; i < flow->readings.n; i++) {
		const reading *r = &flow->readings.at[i];
		if (!r->count || !r->row)
			continue;
		if (r->quantizes || r->dequantizes)
			counts[SIGN_QDQ] += r->count;
		for (size_t s = 0; s < sizeof signs / sizeof *signs; s++)
			if (signs[s].whole ? !strcmp(r->row->name, signs[s].prefix)
			                   : !strncmp(r->row->name, signs[s].prefix, strlen(signs[s].prefix)))
				counts[signs[s].sign] += r->count;
	}
}

oray_scheme scheme_find(const role_flow *flow, const parameter_sums *sums)
{
	uint64_t n[N_SIGNS] = {0};
	bool is[ORAY_SCHEME_MIXED] = {false};
	oray_scheme found = ORAY_SCHEME_NONE;
	bool integers;

	count_signs(flow, n);
	/* MatMulInteger and its like work for either; alone they mean scales from outside. */
	if (n[SIGN_INTEGER] && !n[SIGN_DYNAMIC])
		n[n[SIGN_QOPERATOR] || n[SIGN_QDQ] ? SIGN_QOPERATOR : SIGN_DYNAMIC]++;
	/* where weights are stored as integers, other constants may well pass QuantizeLinear */
	is[ORAY_SCHEME_FAKE] =
	    n[SIGN_FAKE] || (flow->quantized_constants && !sums->dequantized_weights);
	is[ORAY_SCHEME_DYNAMIC] = n[SIGN_DYNAMIC];
	is[ORAY_SCHEME_QOPERATOR] = n[SIGN_QOPERATOR];
	integers = is[ORAY_SCHEME_DYNAMIC] || is[ORAY_SCHEME_QOPERATOR];
	is[ORAY_SCHEME_WEIGHT_ONLY] = n[SIGN_PACKED];
	if (sums->dequantized_weights && flow->quantized_activations)
		is[ORAY_SCHEME_QDQ] = true;
	else if (sums->dequantized_weights && !is[ORAY_SCHEME_FAKE] && !integers)
		is[ORAY_SCHEME_WEIGHT_ONLY] = true;
	else if (n[SIGN_QDQ] && !integers && !is[ORAY_SCHEME_FAKE] && !n[SIGN_PACKED])
		is[ORAY_SCHEME_QDQ] = true;
	for (int s = ORAY_SCHEME_NONE + 1; s < ORAY_SCHEME_MIXED; s++)
		if (is[s])
			found = found == ORAY_SCHEME_NONE ? (oray_scheme)s : ORAY_SCHEME_MIXED;
	return found;
}
