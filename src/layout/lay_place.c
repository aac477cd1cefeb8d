/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lay_place.c - coordinates across, after Brandes and Koepf, with ports.
 *
 * Four times, for up and down, left and right: each vertex is lined up with the middle one of its
 * neighbours where that crosses nothing (bends of long edges first), so that the port of one is
 * above the port of the other; lines of vertices are then packed by longest paths, first to one
 * side, and back as far as their neighbours allow. Of the four and their median, the one with the
 * fewest bends is taken, the narrower one of equals. A huge piece does with two of the four.
 */
#include <string.h>

#include "layout/lay.h"

enum { HUGE_PIECE = 60000 };

typedef struct place {
	lay_piece *p;
	const layout_options *opt;
	bool *crossed;             /**< of each link: it crosses one between two bends */
	uint32_t *root, *next;     /**< of each vertex: its line, the next one in it (a ring) */
	int32_t *shift;            /**< from the left of the root */
	uint32_t *queue, *waiting; /**< lines in their order; how many are left of each */
	uint32_t *beside;          /**< the next vertex in the row of each */
	int32_t *line_x;
	int32_t *x[5];
} place;

static bool is_inner(const lay_piece *p, const lay_link *k)
{
	return p->vertices[k->from].bend && p->vertices[k->to].bend;
}

/* Marks what crosses a link between two bends. */
static void mark_crossed(place *o)
{
	lay_piece *p = o->p;
	for (uint32_t r = 1; r < p->n_ranks; r++) {
		uint32_t first = p->row_first[r], n = p->row_first[r + 1] - first, done = 0;
		uint32_t low = 0, above = p->row_first[r] - p->row_first[r - 1];
		for (uint32_t i = 0; i < n; i++) {
			uint32_t v = p->row[first + i], inner = LAY_NONE;
			for (uint32_t j = p->in_first[v]; j < p->in_first[v + 1]; j++)
				if (is_inner(p, &p->links[p->in[j]]))
					inner = p->in[j];
			if (i + 1 < n && inner == LAY_NONE)
				continue;
			uint32_t high = inner != LAY_NONE ? p->pos[p->links[inner].from] : above;
			for (; done <= i; done++) {
				uint32_t w = p->row[first + done];
				for (uint32_t j = p->in_first[w]; j < p->in_first[w + 1]; j++) {
					const lay_link *k = &p->links[p->in[j]];
					uint32_t at = p->pos[k->from];
					if (!is_inner(p, k) && (at < low || at > high))
						o->crossed[p->in[j]] = true;
				}
			}
			low = inner != LAY_NONE ? high : low;
		}
	}
}

/* Lines up the vertices. `up`: with those above; `mirror`: from the right. */
static void line_up(place *o, bool up, bool mirror)
{
	lay_piece *p = o->p;
	for (uint32_t v = 0; v < p->n; v++) {
		o->root[v] = o->next[v] = v;
		o->shift[v] = 0;
	}
	for (uint32_t s = 1; s < p->n_ranks; s++) {
		uint32_t r = up ? s : p->n_ranks - 1 - s;
		uint32_t first = p->row_first[r], n = p->row_first[r + 1] - first;
		int64_t taken = -1; /* the last place used on the other rank, seen from our side */
		for (uint32_t i = 0; i < n; i++) {
			uint32_t v = p->row[first + (mirror ? n - 1 - i : i)];
			uint32_t a = up ? p->in_first[v] : p->out_first[v];
			uint32_t e = up ? p->in_first[v + 1] : p->out_first[v + 1];
			if (a == e)
				continue;
			uint32_t low = a + (e - a - 1) / 2, high = a + (e - a) / 2;
			for (int turn = 0; turn < 2 && o->next[v] == v && o->root[v] == v; turn++) {
				uint32_t j = (turn == 0) == !mirror ? low : high;
				uint32_t id = up ? p->in[j] : p->out[j];
				const lay_link *k = &p->links[id];
				uint32_t u = up ? k->from : k->to;
				uint32_t width =
				    p->row_first[p->vertices[u].rank + 1] - p->row_first[p->vertices[u].rank];
				int64_t at = mirror ? (int64_t)width - 1 - p->pos[u] : p->pos[u];
				if (o->crossed[id] || k->loose || at <= taken)
					continue;
				int32_t ours = up ? k->to_at : k->from_at, theirs = up ? k->from_at : k->to_at;
				if (mirror) {
					ours = p->vertices[v].width - ours;
					theirs = p->vertices[u].width - theirs;
				}
				o->root[v] = o->root[u];
				o->shift[v] = o->shift[u] + theirs - ours;
				o->next[v] = o->next[u];
				o->next[u] = v;
				taken = at;
			}
		}
	}
}

/* Notes the vertex to the right of each, seen from our side; LAY_NONE at the end of a row. */
static void note_beside(place *o, bool mirror)
{
	const lay_piece *p = o->p;
	for (uint32_t r = 0; r < p->n_ranks; r++)
		for (uint32_t i = p->row_first[r], end = p->row_first[r + 1]; i < end; i++)
			if (mirror)
				o->beside[p->row[i]] = i > p->row_first[r] ? p->row[i - 1] : LAY_NONE;
			else
				o->beside[p->row[i]] = i + 1 < end ? p->row[i + 1] : LAY_NONE;
}

/* From the left of the line of v to that of the line of w, at least. */
static int32_t apart(const place *o, uint32_t v, uint32_t w)
{
	const lay_vertex *a = &o->p->vertices[v], *b = &o->p->vertices[w];
	int32_t gap = a->bend || b->bend ? o->opt->edge_gap : o->opt->box_gap;
	return a->width + gap + o->shift[v] - o->shift[w];
}

static void pack(place *o, bool mirror, int32_t *x)
{
	lay_piece *p = o->p;
	uint32_t n = 0, head = 0;
	note_beside(o, mirror);
	memset(o->waiting, 0, p->n * sizeof *o->waiting);
	for (uint32_t v = 0; v < p->n; v++) {
		uint32_t w = o->beside[v];
		if (w != LAY_NONE)
			o->waiting[o->root[w]]++;
	}
	for (uint32_t v = 0; v < p->n; v++) {
		o->line_x[v] = INT32_MIN / 2;
		if (o->root[v] == v && !o->waiting[v]) {
			o->queue[n++] = v;
			o->line_x[v] = 0;
		}
	}
	for (; head < n; head++) {
		uint32_t line = o->queue[head], v = line;
		do {
			uint32_t w = o->beside[v];
			if (w != LAY_NONE) {
				uint32_t to = o->root[w];
				int32_t at = o->line_x[line] + apart(o, v, w);
				o->line_x[to] = at > o->line_x[to] ? at : o->line_x[to];
				if (!--o->waiting[to])
					o->queue[n++] = to;
			}
			v = o->next[v];
		} while (v != line);
	}
	while (head-- > 0) {
		uint32_t line = o->queue[head], v = line;
		int32_t most = INT32_MAX;
		do {
			uint32_t w = o->beside[v];
			if (w != LAY_NONE) {
				int32_t at = o->line_x[o->root[w]] - apart(o, v, w);
				most = at < most ? at : most;
			}
			v = o->next[v];
		} while (v != line);
		if (most != INT32_MAX && most > o->line_x[line])
			o->line_x[line] = most;
	}
	for (uint32_t v = 0; v < p->n; v++) {
		x[v] = o->line_x[o->root[v]] + o->shift[v];
		if (mirror)
			x[v] = -x[v] - p->vertices[v].width;
	}
}

static int32_t extent(const lay_piece *p, const int32_t *x, int32_t *least)
{
	int32_t low = INT32_MAX, high = INT32_MIN;
	for (uint32_t v = 0; v < p->n; v++) {
		low = x[v] < low ? x[v] : low;
		high = x[v] + p->vertices[v].width > high ? x[v] + p->vertices[v].width : high;
	}
	*least = low;
	return high - low;
}

/* The median of four: the mean of the two in the middle. Keeps orders and distances. */
static int32_t middle(int32_t a, int32_t b, int32_t c, int32_t d)
{
	int32_t low = a < b ? a : b, high = a < b ? b : a;
	int32_t low2 = c < d ? c : d, high2 = c < d ? d : c;
	int32_t inner = low > low2 ? low : low2, inner2 = high < high2 ? high : high2;
	int32_t sum = inner + inner2;
	return sum >= 0 ? sum / 2 : -((1 - sum) / 2); /* downwards, or distances shrink */
}

static uint64_t bends(const lay_piece *p, const int32_t *x)
{
	uint64_t n = 0;
	for (uint32_t i = 0; i < p->n_links; i++) {
		const lay_link *k = &p->links[i];
		n += !k->loose && x[k->from] + k->from_at != x[k->to] + k->to_at;
	}
	if (p->entry != LAY_NONE && p->exit != LAY_NONE && x[p->entry] != x[p->exit] + p->exit_at)
		n += 2;
	return n;
}

bool lay_place(lay_piece *p, const layout_options *opt, arena *a)
{
	place o = {.p = p, .opt = opt};
	o.crossed = LAY_NEW(a, p->n_links, bool);
	o.root = LAY_NEW(a, p->n, uint32_t);
	o.next = LAY_NEW(a, p->n, uint32_t);
	o.shift = LAY_NEW(a, p->n, int32_t);
	o.queue = LAY_NEW(a, p->n, uint32_t);
	o.beside = LAY_NEW(a, p->n, uint32_t);
	o.waiting = LAY_NEW(a, p->n, uint32_t);
	o.line_x = LAY_NEW(a, p->n, int32_t);
	int turn = p->n > HUGE_PIECE ? 3 : 1; /* only two of the four, of opposite sides */
	for (int i = 0; i < 5; i += i < 3 ? turn : 1)
		o.x[i] = LAY_NEW(a, p->n, int32_t);
	if (a->failed)
		return false;
	if (p->n == 1) {
		p->x = o.x[0];
		return true;
	}
	mark_crossed(&o);
	int32_t width[5], low[5];
	int narrow = 0;
	for (int i = 0; i < 4; i += turn) {
		line_up(&o, i & 1, i & 2);
		pack(&o, i & 2, o.x[i]);
		width[i] = extent(p, o.x[i], &low[i]);
		narrow = width[i] < width[narrow] ? i : narrow;
	}
	for (int i = 0; i < 4; i += turn) { /* against the side each was packed to */
		int32_t move =
		    i & 2 ? low[narrow] + width[narrow] - low[i] - width[i] : low[narrow] - low[i];
		for (uint32_t v = 0; v < p->n; v++)
			o.x[i][v] += move;
	}
	if (turn == 3) {
		o.x[1] = o.x[0];
		o.x[2] = o.x[3];
	}
	for (uint32_t v = 0; v < p->n; v++)
		o.x[4][v] = middle(o.x[0][v], o.x[1][v], o.x[2][v], o.x[3][v]);
	width[4] = extent(p, o.x[4], &low[4]);
	int best = 4;
	uint64_t least = bends(p, o.x[4]);
	for (int i = 0; i < 4; i += turn) {
		uint64_t n = bends(p, o.x[i]);
		if (n < least || (n == least && width[i] < width[best])) {
			least = n;
			best = i;
		}
	}
	p->x = o.x[best];
	extent(p, p->x, &low[0]);
	for (uint32_t v = 0; v < p->n; v++)
		p->x[v] -= low[0];
	return true;
}
