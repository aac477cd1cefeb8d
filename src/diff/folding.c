/* SPDX-License-Identifier: Apache-2.0 */
/*
 * folding.c - finds normalizations that were folded, and what they do to each channel.
 */
#include "diff/folding.h"

#include <math.h>
#include <string.h>

#include "base/heap.h"

enum { CHANNELS_MOST = 1 << 20, GAMMA = 1, BETA = 2, MEAN = 3, VARIANCE = 4 };

static bool is_norm(const comparison *c, unsigned of, oray_id node)
{
	oray_node n;

	return node != ORAY_NONE && oray_model_node(c->model[of], node, &n) &&
	       text_is(n.op, "BatchNormalization");
}

static const weight_row *row_at(const skeleton *s, oray_id node, uint32_t input)
{
	const bone *b = &s->bones[node];

	for (uint32_t i = 0; i < b->n_slots; i++)
		if (s->slots.at[b->first_slot + i].input == input)
			return &s->rows[s->slots.at[b->first_slot + i].row];
	return NULL;
}

static double epsilon_of(const oray_model *model, oray_id node)
{
	oray_node n;
	oray_attribute a;

	if (!oray_model_node(model, node, &n))
		return 1e-5;
	for (size_t i = 0; i < n.n_attributes; i++)
		if (oray_model_attribute(model, (oray_id)(n.first_attribute + i), &a) &&
		    text_is(a.name, "epsilon") && a.type == ORAY_ATTR_FLOAT)
			return (double)a.v.f;
	return 1e-5;
}

static bool read_channels(const comparison *c, folding *f)
{
	const skeleton *s = &c->skeleton[f->of];
	const weight_row *rows[VARIANCE + 1] = {NULL}, *bias = NULL;
	const bone *layer = &s->bones[f->layer];
	double epsilon = epsilon_of(c->model[f->of], f->norm);

	for (uint32_t i = GAMMA; i <= VARIANCE; i++) {
		rows[i] = row_at(s, f->norm, i);
		if (!rows[i] || !rows[i]->elements.exact || !rows[i]->elements.value ||
		    rows[i]->elements.value != rows[GAMMA]->elements.value ||
		    rows[i]->elements.value > CHANNELS_MOST)
			return false;
	}
	f->n = (size_t)rows[GAMMA]->elements.value;
	for (uint32_t i = 0; i < layer->n_slots && !bias; i++) {
		const weight_row *row = &s->rows[s->slots.at[layer->first_slot + i].row];
		if (row->role == ORAY_ROLE_BIAS && row->elements.value == f->n)
			bias = row;
	}
	f->factors = mem_zeroed(NULL, f->n, sizeof *f->factors);
	f->bias = mem_zeroed(NULL, f->n, sizeof *f->bias);
	for (size_t i = 0; f->factors && f->bias && i < f->n; i++) {
		double x[VARIANCE + 1], b = 0;
		for (uint32_t k = GAMMA; k <= VARIANCE; k++)
			if (!real_number(c->model[f->of], rows[k], i, &x[k]))
				return false;
		if (bias && !real_number(c->model[f->of], bias, i, &b))
			return false;
		f->factors[i] = x[GAMMA] / sqrt(x[VARIANCE] + epsilon);
		f->bias[i] = (b - x[MEAN]) * f->factors[i] + x[BETA];
	}
	return f->factors && f->bias;
}

bool folding_find(comparison *c, oray_id reader_a, oray_id reader_b, folding *out)
{
	oray_id readers[2] = {reader_a, reader_b};

	*out = (folding){0};
	for (unsigned of = 0; of < 2; of++) {
		oray_id layer = readers[of], norm, other = readers[!of];
		if (layer == ORAY_NONE || other == ORAY_NONE)
			continue;
		if (is_norm(c, of, layer)) {
			/* a weight of the normalization itself: the layer stands before it */
			norm = layer;
			layer = skeleton_before(&c->skeleton[of], norm);
		} else {
			norm = skeleton_after(&c->skeleton[of], layer);
		}
		if (layer == ORAY_NONE || !is_norm(c, of, norm) ||
		    comparison_partner(c, of, norm) != ORAY_NONE ||
		    comparison_partner(c, of, layer) != other ||
		    is_norm(c, !of, skeleton_after(&c->skeleton[!of], other)))
			continue;
		*out = (folding){.of = of, .layer = layer, .norm = norm};
		if (read_channels(c, out))
			return true;
		folding_free(out);
	}
	return false;
}

void folding_free(folding *f)
{
	heap_free(f->factors);
	heap_free(f->bias);
	*f = (folding){0};
}
