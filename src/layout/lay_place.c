/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lay_place.c - coordinates across. Between two rows the heaviest set of links that do not cross
 * each other is made straight: each vertex stands with its port under the port above it. So the
 * vertices fall into lines (the blocks of Brandes and Koepf, who take medians instead of weights).
 * Lines are packed by longest paths, once from the left and once from the right; the mean of both
 * keeps all distances, and is where lay_settle() starts from.
 */
#include <string.h>

#include "layout/lay.h"

enum { HUGE_PIECE = 40000 }; /**< more vertices are packed to the left only, and do not settle */

/** The heaviest sets that end at or before a place of the lower row: a tree of prefixes. */
typedef struct heavy {
	uint32_t *sum;          /**< of each node of the tree; all links there may be are below 2^32 */
	uint32_t *link;         /**< the last one of that set; links by how they come */
	uint32_t *ids, *before; /**< of each link: its number, the one left of it in its set */
	uint32_t n;
} heavy;

static uint32_t heavy_find(const heavy *h, uint32_t place, uint32_t *sum)
{
	uint32_t at = 0, most = 0;
	for (; place; place &= place - 1) { /* without branches, since nothing foretells them */
		uint32_t here = h->sum[place];
		at = here > most ? place : at;
		most = here > most ? here : most;
	}
	*sum = most;
	return at ? h->link[at] : LAY_NONE;
}

static void heavy_note(heavy *h, uint32_t place, uint32_t sum, uint32_t link)
{
	/* where there is more already, there is in all that hold it */
	for (place++; place <= h->n && sum > h->sum[place]; place += place & (0 - place)) {
		h->sum[place] = sum;
		h->link[place] = link;
	}
}

/* Lines up two rows. */
static void line_up(lay_lines *o, heavy *h, uint32_t r)
{
	const lay_piece *p = o->p;
	uint32_t n = 0;
	h->n = p->row_first[r + 2] - p->row_first[r + 1];
	memset(h->sum, 0, ((size_t)h->n + 1) * sizeof *h->sum);
	for (uint32_t i = p->row_first[r]; i < p->row_first[r + 1]; i++) {
		uint32_t u = p->row[i];
		for (uint32_t j = p->out_first[u + 1]; j-- > p->out_first[u];) { /* from the right */
			const lay_link *k = &p->links[p->out[j]];
			if (!k->weight)
				continue;
			uint32_t place = p->pos[k->to], sum;
			h->ids[n] = p->out[j];
			h->before[n] = heavy_find(h, place, &sum);
			heavy_note(h, place, sum + k->weight, n++);
		}
	}
	uint32_t all;
	for (uint32_t i = heavy_find(h, h->n, &all); i != LAY_NONE; i = h->before[i]) {
		const lay_link *k = &p->links[h->ids[i]];
		o->at[k->to].root = o->at[k->from].root;
		o->at[k->to].shift = o->at[k->from].shift + k->from_at - k->to_at;
		o->at[k->to].next = o->at[k->from].next;
		o->at[k->from].next = k->to;
	}
}

/* Who is beside whom, and how far. */
static void note_rows(lay_lines *o)
{
	const lay_piece *p = o->p;
	for (uint32_t r = 0; r < p->n_ranks; r++)
		for (uint32_t i = p->row_first[r], end = p->row_first[r + 1]; i < end; i++) {
			uint32_t v = p->row[i], w = i + 1 < end ? p->row[i + 1] : LAY_NONE;
			const lay_vertex *a = &p->vertices[v];
			o->at[v].width = p->vertices[v].width;
			if (o->left)
				o->left[v] = i > p->row_first[r] ? p->row[i - 1] : LAY_NONE;
			o->at[v].right = w;
			if (w == LAY_NONE)
				continue;
			const lay_vertex *b = &p->vertices[w];
			int32_t gap = a->bend || b->bend ? o->opt->edge_gap : o->opt->box_gap;
			int32_t most = a->width + gap;
			/* labels keep from what hangs beside them, and from a higher box */
			int32_t to = a->under_to + o->opt->edge_gap;
			int32_t under = to - b->under_from, left = a->width + o->opt->edge_gap - b->under_from;
			most = under > most ? under : most;
			most = b->height > a->height && to > most ? to : most;
			most = a->height > b->height && left > most ? left : most;
			o->at[v].apart = most;
		}
}

/* Packs the lines to the left, and finds their order; then those with room go right. */
static void pack_left(lay_lines *o, uint32_t *waiting, int32_t *x)
{
	const lay_piece *p = o->p;
	uint32_t n = 0, head = 0;
	memset(waiting, 0, p->n * sizeof *waiting);
	for (uint32_t v = 0; v < p->n; v++)
		if (p->pos[v])
			waiting[o->at[v].root]++;
	for (uint32_t v = 0; v < p->n; v++) {
		x[v] = INT32_MIN / 2;
		if (o->at[v].root == v && !waiting[v]) {
			o->lines[n++] = v;
			x[v] = 0;
		}
	}
	for (; head < n; head++) {
		uint32_t line = o->lines[head], v = line;
		do {
			uint32_t w = o->at[v].right;
			if (w != LAY_NONE) {
				uint32_t to = o->at[w].root;
				int32_t at = x[line] + lay_apart(o, v, w);
				x[to] = at > x[to] ? at : x[to];
				if (!--waiting[to])
					o->lines[n++] = to;
			}
			v = o->at[v].next;
		} while (v != line);
	}
	o->n_lines = n;
}

/* Moves each line right as far as those on its right allow, the last ones to `end`. */
static void pack_right(lay_lines *o, int32_t *x, int32_t end, bool all)
{
	for (uint32_t i = o->n_lines; i-- > 0;) {
		uint32_t line = o->lines[i], v = line;
		int32_t most = INT32_MAX, width = INT32_MIN;
		do {
			uint32_t w = o->at[v].right;
			if (w != LAY_NONE) {
				int32_t at = x[o->at[w].root] - lay_apart(o, v, w);
				most = at < most ? at : most;
			}
			int32_t right = o->at[v].shift + o->at[v].width;
			width = right > width ? right : width;
			v = o->at[v].next;
		} while (v != line);
		if (most == INT32_MAX && all)
			most = end - width;
		if (most != INT32_MAX && (all || most > x[line]))
			x[line] = most;
	}
}

/* Moves each line left as far as those on its left allow, but not the first ones. */
static void pull_left(lay_lines *o, int32_t *x)
{
	for (uint32_t i = 0; i < o->n_lines; i++) {
		uint32_t line = o->lines[i], v = line;
		int32_t least = INT32_MIN;
		do {
			uint32_t w = o->left[v];
			if (w != LAY_NONE) {
				int32_t at = x[o->at[w].root] + lay_apart(o, w, v);
				least = at > least ? at : least;
			}
			v = o->at[v].next;
		} while (v != line);
		if (least != INT32_MIN && least < x[line])
			x[line] = least;
	}
}

static int32_t right_end(const lay_lines *o, const int32_t *x)
{
	int32_t end = INT32_MIN;
	for (uint32_t v = 0; v < o->p->n; v++) {
		int32_t right = x[o->at[v].root] + o->at[v].shift + o->at[v].width;
		end = right > end ? right : end;
	}
	return end;
}

bool lay_place(lay_piece *p, const layout_options *opt, arena *a, arena *scratch)
{
	uint32_t widest = 0, most = 0;
	bool huge = p->n > HUGE_PIECE;
	for (uint32_t r = 0; r < p->n_ranks; r++) {
		uint32_t n = p->row_first[r + 1] - p->row_first[r], links = 0;
		for (uint32_t i = p->row_first[r]; i < p->row_first[r + 1]; i++)
			links += p->out_first[p->row[i] + 1] - p->out_first[p->row[i]];
		widest = n > widest ? n : widest;
		most = links > most ? links : most;
	}
	lay_lines o = {.p = p, .opt = opt};
	o.at = LAY_NEW(scratch, p->n, lay_stand);
	o.left = huge ? NULL : LAY_NEW(scratch, p->n, uint32_t);
	o.lines = LAY_NEW(scratch, p->n, uint32_t);
	o.x = LAY_NEW(scratch, p->n, int32_t);
	p->x = LAY_NEW(a, p->n, int32_t);
	if (a->failed || scratch->failed)
		return false;
	if (p->n == 1)
		return true;
	heavy h = {.sum = LAY_NEW(scratch, (size_t)widest + 1, uint32_t),
	           .link = LAY_NEW(scratch, (size_t)widest + 1, uint32_t),
	           .ids = LAY_NEW(scratch, most, uint32_t),
	           .before = LAY_NEW(scratch, most, uint32_t)};
	if (scratch->failed)
		return false;
	for (uint32_t v = 0; v < p->n; v++)
		o.at[v].root = o.at[v].next = v;
	note_rows(&o);
	for (uint32_t r = 0; r + 1 < p->n_ranks; r++)
		line_up(&o, &h, r);
	pack_left(&o, (uint32_t *)p->x, o.x); /* x is not needed yet */
	int32_t end = right_end(&o, o.x);
	if (!huge)
		memcpy(p->x, o.x, p->n * sizeof *p->x);
	pack_right(&o, o.x, end, false);
	if (!huge) {
		pack_right(&o, p->x, end, true);
		pull_left(&o, p->x);
		for (uint32_t i = 0; i < o.n_lines; i++) { /* downwards, or distances shrink */
			uint32_t v = o.lines[i];
			int32_t sum = o.x[v] + p->x[v];
			o.x[v] = sum >= 0 ? sum / 2 : -((1 - sum) / 2);
		}
		if (!lay_settle(&o, scratch))
			return false;
	}
	int32_t least = INT32_MAX;
	for (uint32_t v = 0; v < p->n; v++) {
		p->x[v] = o.x[o.at[v].root] + o.at[v].shift;
		least = p->x[v] < least ? p->x[v] : least;
	}
	for (uint32_t v = 0; v < p->n; v++)
		p->x[v] -= least;
	return true;
}
