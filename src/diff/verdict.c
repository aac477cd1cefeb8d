/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verdict.c - what two files are to each other, in a word and a sentence.
 *
 * Two things are weighed: how much of the graphs has a partner, and how near the paired weights are
 * to each other, by elements, so that a thousand biases do not outweigh a matrix.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "diff/comparison.h"

/* The cosine of weights that were only rounded: 3 bits leave 0.97, 2 bits 0.8 to 0.9, 1 bit 0.8.
 * That of another training run stays below 0.5 unless it started from these weights. */
#define NEAR     0.9
#define NEAR_FEW 0.7 /* 2 bits or 1 */

/* Rounding to float16 keeps 60 dB, to bfloat16 45; folding and fusing in float32 keeps 120. */
#define ROUNDED_DB 40.0
#define SAME_DB    90.0

/* Of what is compared, by elements or layers: most, and hardly any. */
#define MOST   0.8
#define HARDLY 0.25

typedef struct evidence {
	size_t layers[2], paired; /* layers, and those with a partner */
	double compared;          /* elements of measured pairs of main weights */
	double near, same, rounded, exact, quantized[2], converted;
	size_t main[2], fit; /* main weights; pairs of them that are of one size */
	size_t n_measured, n_other, n_unknown, n_renamed, n_identical;
	double worst;    /* dB */
	bool changed;    /* some pair of nodes, or some node alone */
	int32_t type[2]; /* that most elements are stored in */
} evidence;

static bool is_float(int32_t type)
{
	return type == ORAY_FLOAT32 || type == ORAY_FLOAT16 || type == ORAY_FLOAT64 ||
	       type == ORAY_BFLOAT16;
}

static void weigh_layers(const comparison *c, evidence *e)
{
	const oray_difference *d = &c->book->public;

	for (unsigned of = 0; of < 2; of++)
		for (oray_id id = 0; id < c->skeleton[of].n_nodes; id++)
			if (c->skeleton[of].bones[id].kind == BONE_LAYER) {
				e->layers[of]++;
				e->paired += !of && comparison_partner(c, of, id) != ORAY_NONE;
			}
	for (unsigned of = 0; of < 2; of++)
		for (size_t i = 0; i < c->skeleton[of].n_rows; i++)
			e->main[of] +=
			    c->skeleton[of].rows[i].is_compared && row_is_main(&c->skeleton[of].rows[i]);
	for (uint32_t i = 0; i < c->skeleton[0].n_rows; i++) {
		oray_id b = comparison_row(c, 0, i);
		e->fit += b != ORAY_NONE && row_is_main(&c->skeleton[0].rows[i]) &&
		          c->skeleton[0].rows[i].elements.value == c->skeleton[1].rows[b].elements.value;
	}
	for (size_t i = 0; i < d->n_layers && !e->changed; i++)
		e->changed =
		    d->layers[i].a == ORAY_NONE || d->layers[i].b == ORAY_NONE || d->layers[i].n_changes;
}

static double near_enough(const oray_weight_pair *w)
{
	uint32_t a = oray_type_bits(w->type_a), b = oray_type_bits(w->type_b);

	return (a && a <= 2) || (b && b <= 2) ? NEAR_FEW : NEAR;
}

static void weigh_weights(const comparison *c, evidence *e)
{
	const oray_difference *d = &c->book->public;
	double of_type[2][ORAY_N_TYPES] = {{0}};

	e->worst = INFINITY;
	for (size_t i = 0; i < d->n_weights; i++) {
		const oray_weight_pair *w = &d->weights[i];
		double n = (double)w->fidelity.elements;
		bool main = w->role == ORAY_ROLE_WEIGHT || w->role == ORAY_ROLE_EMBEDDING;
		e->n_renamed += w->name_a.size != w->name_b.size ||
		                (w->name_a.size && memcmp(w->name_a.data, w->name_b.data, w->name_a.size));
		if (!w->measured) {
			e->n_unknown++;
			continue;
		}
		e->n_measured++;
		e->n_identical += w->fidelity.identical && w->type_a == w->type_b;
		e->n_other += !w->fidelity.identical || w->type_a != w->type_b;
		if (w->fidelity.sqnr_db < e->worst && main)
			e->worst = w->fidelity.sqnr_db;
		if (!main)
			continue;
		e->compared += n;
		if (w->fidelity.identical || w->fidelity.cosine >= near_enough(w))
			e->near += n;
		if (w->fidelity.identical || w->fidelity.sqnr_db >= SAME_DB)
			e->same += n;
		if (w->fidelity.identical || w->fidelity.sqnr_db >= ROUNDED_DB)
			e->rounded += n;
		if (is_float(w->type_a) && is_float(w->type_b) && w->type_a != w->type_b)
			e->converted += n;
		e->quantized[0] += is_float(w->type_b) && !is_float(w->type_a) ? n : 0;
		e->quantized[1] += is_float(w->type_a) && !is_float(w->type_b) ? n : 0;
		if (w->type_a > 0 && w->type_a < ORAY_N_TYPES)
			of_type[0][w->type_a] += n;
		if (w->type_b > 0 && w->type_b < ORAY_N_TYPES)
			of_type[1][w->type_b] += n;
	}
	for (unsigned of = 0; of < 2; of++)
		for (int32_t t = 1; t < ORAY_N_TYPES; t++)
			if (of_type[of][t] > of_type[of][e->type[of]])
				e->type[of] = t;
}

/* ---- what the files are called ---- */

static bool holds(oray_str name, const char *piece)
{
	size_t size = strlen(piece);

	for (size_t i = 0; i + size <= name.size; i++) {
		size_t k = 0;
		while (k < size && (name.data[i + k] | 32) == piece[k])
			k++;
		if (k == size)
			return true;
	}
	return false;
}

static bool called_quantized(const oray_model_info *info)
{
	static const char *const words[] = {"int8", "int4", "uint8", "quant", "qdq", "w8a8", "w4a16"};
	oray_str name = info->path;

	for (size_t i = info->path.size; i-- > 0;)
		if (info->path.data[i] == '/') {
			name.data = info->path.data + i + 1;
			name.size = info->path.size - i - 1;
			break;
		}
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (holds(name, words[i]) && !holds(name, "dequant"))
			return true;
	return false;
}

static bool is_quantized(const comparison *c, unsigned of)
{
	return c->summary[of]->quantization.scheme != ORAY_SCHEME_NONE;
}

/* ---- the word ---- */

static double share(double part, double whole)
{
	return whole > 0 ? part / whole : 0;
}

static double paired_share(const evidence *e)
{
	size_t fewer = e->layers[0] < e->layers[1] ? e->layers[0] : e->layers[1];

	return fewer ? share((double)e->paired, (double)fewer) : 1;
}

static oray_relation relation_of(const comparison *c, const evidence *e)
{
	const oray_difference *d = &c->book->public;
	double near = share(e->near, e->compared), paired = paired_share(e);
	size_t fewer = e->main[0] < e->main[1] ? e->main[0] : e->main[1];
	bool quantized = is_quantized(c, 0) != is_quantized(c, 1) ||
	                 e->quantized[0] + e->quantized[1] > HARDLY * e->compared;

	if (d->same)
		return ORAY_SAME_FILE;
	if (!e->changed && !e->n_other && !c->n_faces && !d->n_operators)
		return ORAY_SAME_MODEL;
	if (paired < HARDLY || (double)e->fit < HARDLY * (double)fewer ||
	    (e->compared > 0 && near < HARDLY && paired < 0.5))
		return ORAY_UNRELATED;
	if (e->compared > 0 && near < 0.5)
		return paired >= MOST ? ORAY_RETRAINED : ORAY_CHANGED;
	if (quantized && (e->compared == 0 || near >= MOST))
		return ORAY_QUANTIZED;
	if (e->converted > MOST * e->compared && e->rounded > MOST * e->compared)
		return ORAY_CONVERTED;
	if (e->compared > 0 && e->same > 0.99 * e->compared && e->changed &&
	    d->parameters_b <= d->parameters_a + d->parameters_a / 50 + 64 &&
	    d->parameters_a <= d->parameters_b + d->parameters_b / 20 + 64)
		return ORAY_OPTIMIZED;
	if (e->compared > 0 && e->same < 0.5 * e->compared && paired >= 0.95 && !d->n_operators)
		return ORAY_RETRAINED;
	return ORAY_CHANGED;
}

/* ---- the sentence ---- */

static void type_word(buf *b, int32_t type)
{
	const char *name = oray_type_name(type);

	buf_str(b, name ? name : "few bits");
}

static void decibel(buf *b, double x)
{
	int tenths;

	if (!isfinite(x))
		return;
	tenths = (int)(x * 10 + (x < 0 ? -0.5 : 0.5));
	buf_format(b, "%s%d.%d dB", tenths < 0 ? "-" : "", tenths < 0 ? -tenths / 10 : tenths / 10,
	           tenths < 0 ? -tenths % 10 : tenths % 10);
}

static void percent(buf *b, double x)
{
	buf_format(b, "%d %%", (int)(x * 100 + 0.5));
}

static void say_quantized(const comparison *c, const evidence *e, buf *b)
{
	unsigned of = e->quantized[0] > e->quantized[1] ||
	                      (e->quantized[1] == 0 && is_quantized(c, 0) && !is_quantized(c, 1))
	                  ? 0
	                  : 1;

	if (e->quantized[of] == 0)
		buf_str(b, of ? "the same network, quantized" : "the float model of a quantized one");
	else {
		buf_str(b, of ? "the same network in " : "the same network before it became ");
		type_word(b, e->type[of]);
	}
	if (is_quantized(c, of))
		buf_format(b, " (%s)", oray_scheme_name(c->summary[of]->quantization.scheme));
	if (isfinite(e->worst)) {
		buf_str(b, ", worst weight ");
		decibel(b, e->worst);
	}
}

static void say(const comparison *c, const evidence *e, oray_relation relation, buf *b)
{
	const oray_difference *d = &c->book->public;

	switch (relation) {
	case ORAY_SAME_FILE:
		buf_str(b, c->opts->no_weights ? "nothing differs, as far as one can tell without weights"
		                               : "nothing differs");
		break;
	case ORAY_SAME_MODEL:
		buf_str(b, e->n_unknown && !c->opts->no_weights
		               ? "the same graph"
		               : "the same model; only names or descriptions differ");
		break;
	case ORAY_QUANTIZED:
		say_quantized(c, e, b);
		break;
	case ORAY_CONVERTED:
		buf_str(b, "the same network, ");
		type_word(b, e->type[0]);
		buf_str(b, " became ");
		type_word(b, e->type[1]);
		break;
	case ORAY_OPTIMIZED:
		buf_str(b, "the same weights in another graph");
		break;
	case ORAY_RETRAINED:
		if (share(e->near, e->compared) < 0.5)
			buf_str(b, "the same architecture with other weights: not a pair");
		else
			buf_str(b, "the same architecture with changed weights, as after more training");
		break;
	case ORAY_CHANGED:
		percent(b, share((double)e->paired * 2, (double)(e->layers[0] + e->layers[1])));
		buf_str(b, " of the layers have a partner");
		if (e->compared > 0) {
			buf_str(b, ", ");
			percent(b, share(e->near, e->compared));
			buf_str(b, " of the compared weights are alike");
		}
		break;
	case ORAY_UNRELATED:
		buf_str(b, "different models");
		break;
	}
	if (e->n_unknown && e->n_measured)
		buf_format(b, "; %zu of %zu weights could not be compared", e->n_unknown, d->n_weights);
	for (unsigned of = 0; of < 2; of++)
		if (called_quantized(c->skeleton[of].info) && !is_quantized(c, of)) {
			buf_format(b, "; the %s file is called quantized, but nothing in it is",
			           of ? "second" : "first");
			return;
		}
}

void verdict_find(comparison *c)
{
	oray_difference *d = &c->book->public;
	evidence e = {0};
	buf b = {0};

	weigh_layers(c, &e);
	weigh_weights(c, &e);
	d->same = !d->n_header && !d->n_interface && !d->n_operators && !e.changed && !e.n_other &&
	          !e.n_renamed && !c->n_words && (c->opts->no_weights || !e.n_unknown);
	d->relation = relation_of(c, &e);
	say(c, &e, d->relation, &b);
	d->verdict = comparison_keep(c, buf_text(&b));
	c->failed |= !buf_ok(&b);
	buf_free(&b);
}
