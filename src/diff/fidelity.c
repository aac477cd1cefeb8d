/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fidelity.c - how far the weights of each pair are from each other.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "diff/comparison.h"

static void fill_pair(comparison *c, uint32_t a, uint32_t b, oray_weight_pair *w)
{
	const weight_row *x = &c->skeleton[0].rows[a], *y = &c->skeleton[1].rows[b];

	*w = (oray_weight_pair){
	    .name_a = x->parameter->name,
	    .name_b = y->parameter->name,
	    .value_a = x->parameter->value,
	    .value_b = y->parameter->value,
	    .type_a = x->type,
	    .type_b = y->type,
	    .bytes_a = x->parameter->bytes,
	    .bytes_b = y->parameter->bytes,
	    .role = x->role,
	    .matched_by = (oray_match)c->pairing.row_by[c->side[0]][a],
	    .reader_a = x->reader,
	    .reader_b = y->reader,
	};
}

oray_status fidelity_measure(comparison *c, oray_error *err)
{
	for (uint32_t a = 0; a < c->skeleton[0].n_rows; a++) {
		oray_id b = comparison_row(c, 0, a);
		oray_weight_pair *w;
		if (b == ORAY_NONE)
			continue;
		w = vec_push(NULL, &c->book->weights);
		if (!w)
			return error_memory(err);
		fill_pair(c, a, b, w);
		w->why = "weights were not read";
		c->weight_of_row[a] = c->book->weights.n;
	}
	return ORAY_OK;
}

void fidelity_sort(comparison *c, size_t *place)
{
	for (size_t i = 0; i < c->book->weights.n; i++)
		place[i] = i;
}
