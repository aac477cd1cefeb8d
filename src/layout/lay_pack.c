/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lay_pack.c - columns beside each other, and components on a page.
 *
 * Components are packed into shelves, the highest first; beside a high one, low ones stand below
 * each other as long as there is room. A shelf ends where the page would become wider than high.
 */
#include "layout/lay.h"

typedef struct pack {
	int32_t *low, *high;     /**< of each column, across */
	int32_t *width, *height; /**< of each component */
	int32_t *x, *y;
} pack;

static void pack_columns(lay *l, pack *k)
{
	for (uint32_t c = 0; c < l->n_columns; c++) {
		k->low[c] = INT32_MAX;
		k->high[c] = INT32_MIN;
	}
	for (uint32_t r = 0; r < l->n_ranks; r++) {
		uint32_t c = l->column[r];
		k->low[c] = l->left[r] < k->low[c] ? l->left[r] : k->low[c];
		k->high[c] = l->right[r] > k->high[c] ? l->right[r] : k->high[c];
	}
	for (uint32_t i = 0; i < l->n_lanes; i++) {
		const lay_lane *n = &l->lanes[i];
		uint32_t c = l->column[l->rank[l->trunks[n->trunk].box]];
		if (n->reference)
			continue;
		k->low[c] = n->x < k->low[c] ? n->x : k->low[c];
		k->high[c] = n->x > k->high[c] ? n->x : k->high[c];
	}
}

/* Sizes of components; columns of one are beside each other, with a channel between them. */
static void pack_components(lay *l, pack *k)
{
	for (uint32_t i = 0; i < l->n_components; i++) {
		int32_t x = 0, high = 0;
		for (uint32_t c = l->column_of[i]; c < l->column_of[i + 1]; c++) {
			l->column_x[c] = x - k->low[c];
			x += k->high[c] - k->low[c];
			if (c + 1 == l->column_of[i + 1])
				break;
			x += l->opt.box_gap + l->opt.edge_gap;
			l->channel[c] = x - l->opt.box_gap / 2;
			x += l->opt.box_gap;
		}
		for (uint32_t r = l->component_first[i]; r < l->component_first[i + 1]; r++) {
			bool last = r + 1 == l->component_first[i + 1] || l->column[r + 1] != l->column[r];
			int32_t end = l->top[r] + l->height[r] + (last ? lay_gap(l, r + 1) : 0);
			high = end > high ? end : high;
		}
		k->width[i] = x;
		k->height[i] = high;
	}
}

static int64_t root_of(int64_t n)
{
	int64_t low = 0, high = (int64_t)1 << 31;
	while (high - low > 1) {
		int64_t mid = low + (high - low) / 2;
		if (mid * mid <= n)
			low = mid;
		else
			high = mid;
	}
	return low;
}

static void pack_shelves(lay *l, pack *k, lay_key *keys, lay_key *spare)
{
	int64_t area = 0, widest = 0, beside = l->opt.box_gap, below = l->opt.rank_gap;
	for (uint32_t i = 0; i < l->n_components; i++) {
		area += (k->width[i] + beside) * (k->height[i] + below);
		widest = k->width[i] > widest ? k->width[i] : widest;
		keys[i] = (lay_key){(uint64_t)(INT32_MAX - k->height[i]), i};
	}
	lay_sort(keys, spare, l->n_components);
	int64_t page = root_of(area + area / 8);
	page = page > widest ? page : widest;
	/* a shelf from `top` down to `end`, and in it the stack that is being filled */
	int64_t top = 0, end = 0, left = 0, wide = 0, down = 0;
	for (uint32_t i = 0; i < l->n_components; i++) {
		uint32_t c = keys[i].id;
		if (i && down + k->height[c] <= end && k->width[c] <= wide) {
			/* below the one before */
		} else if (i && left + wide + beside + k->width[c] <= page) {
			left += wide + beside;
			wide = k->width[c];
			down = top;
		} else {
			top = i ? end + below : 0;
			end = top + k->height[c];
			left = 0;
			wide = k->width[c];
			down = top;
		}
		k->x[c] = (int32_t)left;
		k->y[c] = (int32_t)down;
		down += k->height[c] + below;
	}
}

bool lay_pack(lay *l)
{
	uint32_t n = l->n_columns, m = l->n_components;
	l->column_x = LAY_NEW(&l->memory, n, int32_t);
	l->channel = LAY_NEW(&l->memory, n, int32_t);
	arena scratch = {.budget = l->budget};
	pack k = {LAY_NEW(&scratch, n, int32_t), LAY_NEW(&scratch, n, int32_t),
	          LAY_NEW(&scratch, m, int32_t), LAY_NEW(&scratch, m, int32_t),
	          LAY_NEW(&scratch, m, int32_t), LAY_NEW(&scratch, m, int32_t)};
	lay_key *keys = LAY_NEW(&scratch, m, lay_key), *spare = LAY_NEW(&scratch, m, lay_key);
	bool ok = !l->memory.failed && !scratch.failed;
	if (ok) {
		pack_columns(l, &k);
		pack_components(l, &k);
		pack_shelves(l, &k, keys, spare);
	}
	for (uint32_t i = 0; ok && i < m; i++) {
		for (uint32_t c = l->column_of[i]; c < l->column_of[i + 1]; c++) {
			l->column_x[c] += k.x[i];
			l->channel[c] += k.x[i];
		}
		for (uint32_t r = l->component_first[i]; r < l->component_first[i + 1]; r++)
			l->top[r] += k.y[i];
	}
	arena_free(&scratch);
	return ok;
}
