/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lay_piece.c - what lies between two thin gaps becomes a small graph of its own numbers, and equal
 * ones are solved once: a model of many layers has few different pieces, and they come out alike.
 *
 * The trunk that comes in through the gap above is one vertex on a rank of its own. Everything the
 * solution depends on is in the vertices, the links and the exit; these are compared, not only
 * their hash.
 */
#include <string.h>

#include "layout/lay.h"

enum { WORK_ALL = 130000, ANY_MOST = 16 };

typedef struct solved {
	lay_piece piece;
	uint64_t hash;
	uint32_t next; /**< of the same place in the table */
} solved;

typedef struct piece_memo {
	VEC(solved) list;
	uint32_t *table, mask;
	arena memory; /**< of the solutions */
	int64_t work; /**< how much ordering may still cost */
} piece_memo;

static uint64_t hash_words(uint64_t h, const void *data, size_t size)
{
	const unsigned char *at = data;
	for (; size >= 4; size -= 4, at += 4) {
		uint32_t word;
		memcpy(&word, at, 4);
		h = (h ^ word) * 0x9E3779B97F4A7C15U;
		h ^= h >> 29;
	}
	return h;
}

static uint64_t piece_hash(const lay_piece *p)
{
	uint32_t head[4] = {p->n, p->entry, p->exit, (uint32_t)p->exit_at};
	uint64_t h = hash_words(1, head, sizeof head);
	h = hash_words(h, p->vertices, p->n * sizeof *p->vertices);
	return hash_words(h, p->links, p->n_links * sizeof *p->links);
}

static bool piece_same(const lay_piece *a, const lay_piece *b)
{
	return a->n == b->n && a->n_links == b->n_links && a->entry == b->entry && a->exit == b->exit &&
	       a->exit_at == b->exit_at &&
	       !memcmp(a->vertices, b->vertices, a->n * sizeof *a->vertices) &&
	       !memcmp(a->links, b->links, a->n_links * sizeof *a->links);
}

/* The bends of a trunk inside a piece: how many, and the first of them in lay.bend_x. */
static uint32_t bends_inside(const lay *l, const lay_part *part, uint32_t trunk, uint32_t *first)
{
	const lay_trunk *k = &l->trunks[trunk];
	if (k->kind != LAY_LOCAL)
		return 0;
	uint32_t low = l->rank[k->box] + 1, high = k->last;
	uint32_t from = low > part->first ? low : part->first;
	uint32_t to = high < part->last + 1 ? high : part->last + 1;
	if (from >= to)
		return 0;
	*first = k->bend + (from - low);
	return to - from;
}

typedef struct builder {
	lay *l;
	const lay_part *part;
	lay_piece *p;
	uint32_t *local;  /**< of each box of the model: its vertex */
	uint32_t *names;  /**< of each vertex: its bend, for those that are one */
	uint32_t *edges;  /**< of each link: the edge it is the end of, or LAY_NONE */
	uint32_t *trunks; /**< of each link */
} builder;

/* What a link weighs: of a path, between bends, else. */
static uint32_t link_weight(const lay *l, uint32_t e, bool inner)
{
	enum { INNER = 14 };
	if (e == LAY_NONE)
		return inner ? INNER : 2;
	const layout_edge *k = &l->in.edges[e];
	if (l->spine_in[k->to] == e)
		return l->spine_weight[k->to] + (inner ? INNER / 2 : 0);
	return k->kind == LAYOUT_CAPTURE ? 0 : k->weight > 1 ? 3 : 2;
}

/* Adds the bends and links of one trunk. `head` is the vertex it starts from, on rank `above`. */
static void build_trunk(builder *w, uint32_t trunk, uint32_t head, bool entry)
{
	lay *l = w->l;
	lay_piece *p = w->p;
	lay_trunk *k = &l->trunks[trunk];
	uint32_t first = 0, n = bends_inside(l, w->part, trunk, &first);
	uint32_t base = p->n, shift = w->part->entry != LAY_NONE;
	uint32_t start = entry ? w->part->first : l->rank[k->box] + 1; /* rank of the first bend */
	uint32_t slot = trunk - l->trunk_first[k->box];
	if (entry || p->vertices[head].any_outputs)
		slot = 0;
	int32_t at = entry ? 0 : lay_port_out(l, l->out[k->first]);
	uint32_t spine = l->spine_out[k->box], far = 0; /* the rank the path of the trunk goes to */
	if (spine != LAY_NONE && l->trunk_of[spine] == trunk)
		far = l->rank[l->in.edges[spine].to];
	for (uint32_t i = 0; i < n; i++) {
		w->names[p->n] = first + i;
		p->vertices[p->n++] = (lay_vertex){
		    .rank = start + i - w->part->first + shift, .in_slots = 1, .out_slots = 1, .bend = 1};
		w->edges[p->n_links] = LAY_NONE;
		w->trunks[p->n_links] = trunk;
		p->links[p->n_links++] = (lay_link){
		    .from = i ? base + i - 1 : head,
		    .to = base + i,
		    .from_slot = i ? 0 : slot,
		    .from_at = i ? 0 : at,
		    .weight =
		        link_weight(l, start + i < far ? spine : LAY_NONE, i || p->vertices[head].bend),
		};
	}
	for (; k->cursor < k->first + k->n_forward; k->cursor++) {
		uint32_t e = l->out[k->cursor], to = l->in.edges[e].to, r = l->rank[to];
		if (r > w->part->last)
			break;
		bool direct = r == start;
		w->edges[p->n_links] = e;
		w->trunks[p->n_links] = trunk;
		p->links[p->n_links++] = (lay_link){
		    .from = direct ? head : base + (r - start - 1),
		    .to = w->local[to],
		    .from_slot = direct ? slot : 0,
		    .to_slot = p->vertices[w->local[to]].any_order ? 0 : l->arrive[e],
		    .from_at = direct ? at : 0,
		    .to_at = l->port_at[e],
		    .weight = link_weight(l, e, false),
		};
	}
}

/* Whether the inputs of a box may change places: all of them must be known here. */
static bool any_order(const lay *l, uint32_t box)
{
	bool yes = l->in.boxes[box].any_order;
	for (uint32_t k = l->into_first[box]; k < l->into_first[box + 1] && yes; k++)
		yes = !l->reversed[l->into[k]] && l->trunks[l->trunk_of[l->into[k]]].kind == LAY_LOCAL;
	return yes;
}

/* And its outputs: few, and all go down between the boxes. */
static bool any_outputs(const lay *l, uint32_t box)
{
	uint32_t first = l->trunk_first[box], n = l->trunk_first[box + 1] - first;
	bool yes = l->in.boxes[box].any_outputs && n > 1 && n <= ANY_MOST;
	for (uint32_t t = first; t < first + n && yes; t++)
		yes = l->trunks[t].kind == LAY_LOCAL && l->trunks[t].n_forward == l->trunks[t].n;
	return yes;
}

/* Outputs that may change places come as the first ends of their trunks do, in the mean. */
static void piece_starts(builder *w, uint32_t b, uint32_t v)
{
	lay *l = w->l;
	lay_piece *p = w->p;
	lay_key keys[ANY_MOST], spare[ANY_MOST];
	uint64_t sum[ANY_MOST] = {0}, count[ANY_MOST] = {0};
	uint32_t first = l->trunk_first[b], n = l->trunk_first[b + 1] - first, main = LAY_NONE;
	for (uint32_t j = p->out_first[v]; j < p->out_first[v + 1]; j++) {
		sum[w->trunks[p->out[j]] - first] += j - p->out_first[v];
		count[w->trunks[p->out[j]] - first]++;
	}
	for (uint32_t i = 0; i < n; i++)
		keys[i] = (lay_key){count[i] ? sum[i] * 256 / count[i] : 0, i};
	lay_sort(keys, spare, n);
	int32_t at[ANY_MOST];
	for (uint32_t i = 0; i < n && !l->opt.even_ports && l->spine_out[b] != LAY_NONE; i++)
		if (keys[i].id + first == l->trunk_of[l->spine_out[b]])
			main = i;
	for (uint32_t i = 0; i < n; i++) {
		int32_t width = p->vertices[v].width;
		at[keys[i].id] = lay_port_beside(width, i, n, main, width / 2);
	}
	for (uint32_t j = p->out_first[v]; j < p->out_first[v + 1]; j++)
		p->starts[p->out[j]] = at[w->trunks[p->out[j]] - first];
}

/* Where links end, rows being ordered: inputs that may change places come as their edges do. */
static void piece_ends(builder *w)
{
	lay *l = w->l;
	lay_piece *p = w->p;
	for (uint32_t i = 0; i < p->n_links; i++) {
		p->starts[i] = p->links[i].from_at;
		p->ends[i] = p->links[i].to_at;
	}
	for (uint32_t i = 0; i < w->part->n; i++) {
		uint32_t b = l->by_part[w->part->box + i], v = w->local[b];
		uint32_t first = p->in_first[v], n = p->in_first[v + 1] - first, main = LAY_NONE;
		if (p->vertices[v].any_outputs)
			piece_starts(w, b, v);
		if (!p->vertices[v].any_order || n < 2)
			continue;
		for (uint32_t j = 0; j < n && !l->opt.even_ports; j++)
			if (w->edges[p->in[first + j]] == l->spine_in[b])
				main = j;
		for (uint32_t j = 0; j < n; j++)
			p->ends[p->in[first + j]] =
			    lay_port_beside(p->vertices[v].width, j, n, main, lay_port_main(l, b));
	}
}

/* How far what hangs below a box reaches, from the left of the box. */
static void under(const lay *l, uint32_t box, int32_t *from, int32_t *to)
{
	for (uint32_t t = l->trunk_first[box]; t < l->trunk_first[box + 1]; t++) {
		int32_t at = lay_port_out(l, l->out[l->trunks[t].first]), low = at, high = at;
		if (!lay_label(l, t, &low, &high))
			low = high = at;
		low = at < low ? at : low;
		high = at > high ? at : high;
		*from = low < *from ? low : *from;
		*to = high > *to ? high : *to;
	}
	if (any_outputs(l, box)) /* whichever will be the first and the last */
		for (uint32_t t = l->trunk_first[box]; t < l->trunk_first[box + 1]; t++) {
			uint32_t e = l->trunks[t].label;
			int32_t wide = e != LAY_NONE ? lay_label_wide(l, &l->in.edges[e]) + LAY_LABEL_PAD : 0;
			*from = -wide < *from ? -wide : *from;
			*to = l->in.boxes[box].width + wide > *to ? l->in.boxes[box].width + wide : *to;
		}
	if (*from > *to) /* nothing */
		*from = *to = l->in.boxes[box].width / 2;
}

static bool piece_build(builder *w, arena *a)
{
	lay *l = w->l;
	const lay_part *part = w->part;
	lay_piece *p = w->p;
	uint32_t n = part->n + 1, links = 0, unused = 0, shift = part->entry != LAY_NONE;
	if (shift) {
		const lay_trunk *k = &l->trunks[part->entry];
		n += bends_inside(l, part, part->entry, &unused);
		links += k->first + k->n_forward - k->cursor;
	}
	for (uint32_t i = 0; i < part->n; i++) {
		uint32_t b = l->by_part[part->box + i];
		for (uint32_t t = l->trunk_first[b]; t < l->trunk_first[b + 1]; t++)
			if (l->trunks[t].kind == LAY_LOCAL) {
				n += bends_inside(l, part, t, &unused);
				links += l->trunks[t].n_forward;
			}
	}
	*p = (lay_piece){
	    .n_ranks = part->last - part->first + 1 + shift, .entry = LAY_NONE, .exit = LAY_NONE};
	p->vertices = LAY_NEW(a, n, lay_vertex);
	p->links = LAY_NEW(a, (size_t)links + n, lay_link);
	w->names = LAY_NEW(a, n, uint32_t);
	w->edges = LAY_NEW(a, (size_t)links + n, uint32_t);
	w->trunks = LAY_NEW(a, (size_t)links + n, uint32_t);
	p->starts = LAY_NEW(a, (size_t)links + n, int32_t);
	p->ends = LAY_NEW(a, (size_t)links + n, int32_t);
	if (a->failed)
		return false;
	if (shift) {
		p->entry = p->n;
		p->vertices[p->n++] = (lay_vertex){.out_slots = 1, .bend = 1};
	}
	uint32_t first = p->n;
	for (uint32_t i = 0; i < part->n; i++) {
		uint32_t b = l->by_part[part->box + i];
		w->local[b] = p->n;
		bool any = any_order(l, b), outs = any_outputs(l, b);
		int32_t from = INT32_MAX, to = INT32_MIN;
		under(l, b, &from, &to);
		p->vertices[p->n++] = (lay_vertex){
		    .rank = l->rank[b] - part->first + shift,
		    .width = l->in.boxes[b].width,
		    .in_slots = any ? 1 : l->into_first[b + 1] - l->into_first[b],
		    .out_slots = outs ? 1 : l->trunk_first[b + 1] - l->trunk_first[b],
		    .any_outputs = outs,
		    .any_order = any,
		    .height = l->in.boxes[b].height,
		    .under_from = from,
		    .under_to = to,
		};
	}
	if (shift)
		build_trunk(w, part->entry, p->entry, true);
	for (uint32_t i = 0; i < part->n; i++) {
		uint32_t b = l->by_part[part->box + i];
		for (uint32_t t = l->trunk_first[b]; t < l->trunk_first[b + 1]; t++)
			if (l->trunks[t].kind == LAY_LOCAL)
				build_trunk(w, t, first + i, false);
	}
	if (part->exit != LAY_NONE) {
		const lay_trunk *k = &l->trunks[part->exit];
		uint32_t r = l->rank[k->box];
		if (r == part->last) {
			p->exit = w->local[k->box];
			p->exit_at = lay_port_out(l, l->out[k->first]);
		} else { /* its bend on the last rank: the last bend of its run */
			for (uint32_t v = p->n; v-- > first + part->n;)
				if (w->names[v] == k->bend + (part->last - r - 1)) {
					p->exit = v;
					break;
				}
		}
	}
	return true;
}

/*
 * How much ordering a piece may cost: small graphs have time for many tries, and so have the first
 * different pieces of large ones, which are what is repeated.
 */
static int64_t piece_work(const lay *l, const piece_memo *memo, const lay_piece *p)
{
	enum { MOST = 200 };
	int64_t size = (int64_t)p->n + p->n_links;
	int64_t share = WORK_ALL / ((int64_t)l->n_boxes + l->n_edges + l->n_bends + 1) * size;
	int64_t work = share > memo->work / 4 ? share : memo->work / 4;
	if (work < 2 * size)
		return 0;
	return work < MOST * size ? work : MOST * size;
}

/* Finds or makes the solution, which lasts until the next call; NULL when memory is refused. */
static const lay_piece *piece_solve(piece_memo *memo, builder *w, arena *a, arena *scratch)
{
	lay *l = w->l;
	lay_piece *p = w->p;
	bool once = w->part->n > l->n_boxes / 2; /* there is no room for another one */
	uint64_t hash = once ? 0 : piece_hash(p);
	uint32_t *place = &memo->table[hash & memo->mask];
	for (uint32_t i = once ? 0 : *place; i; i = memo->list.at[i - 1].next)
		if (memo->list.at[i - 1].hash == hash && piece_same(&memo->list.at[i - 1].piece, p))
			return &memo->list.at[i - 1].piece;
	l->n_different++;
	arena_reset(scratch);
	int64_t work = piece_work(l, memo, p), left = work;
	if (!lay_order(p, &left, a, scratch))
		return NULL;
	memo->work -= work - left;
	piece_ends(w);
	arena_reset(scratch);
	if (!lay_place(p, &l->opt, a, scratch))
		return NULL;
	arena_reset(scratch);
	if (once)
		return p;
	solved *s = vec_push(l->budget, &memo->list);
	if (!s)
		return NULL;
	*s = (solved){*p, hash, *place};
	arena *keep = &memo->memory;
	s->piece.vertices = LAY_NEW(keep, p->n, lay_vertex);
	s->piece.links = LAY_NEW(keep, p->n_links, lay_link);
	s->piece.starts = LAY_NEW(keep, p->n_links, int32_t);
	s->piece.ends = LAY_NEW(keep, p->n_links, int32_t);
	s->piece.x = LAY_NEW(keep, p->n, int32_t);
	if (keep->failed)
		return NULL;
	memcpy(s->piece.vertices, p->vertices, p->n * sizeof *p->vertices);
	memcpy(s->piece.links, p->links, p->n_links * sizeof *p->links);
	memcpy(s->piece.starts, p->starts, p->n_links * sizeof *p->starts);
	memcpy(s->piece.ends, p->ends, p->n_links * sizeof *p->ends);
	memcpy(s->piece.x, p->x, p->n * sizeof *p->x);
	*place = (uint32_t)memo->list.n;
	return &s->piece;
}

/*
 * Puts a solution in its place: what comes in is on the spine, and so is what goes out when nothing
 * comes in. A way through that ends elsewhere bends back in the gap, so that equal pieces stand
 * below each other.
 */
static void piece_put(builder *w, const lay_piece *s)
{
	lay *l = w->l;
	int32_t move = 0;
	if (s->entry != LAY_NONE)
		move = -s->x[s->entry];
	else if (s->exit != LAY_NONE)
		move = -(s->x[s->exit] + s->exit_at);
	uint32_t shift = w->part->entry != LAY_NONE;
	uint32_t v = shift;
	for (uint32_t i = 0; i < w->part->n; i++, v++)
		l->box_x[l->by_part[w->part->box + i]] = s->x[v] + move;
	for (; v < s->n; v++)
		l->bend_x[w->names[v]] = s->x[v] + move;
	for (v = shift; v < s->n; v++) {
		uint32_t r = w->part->first + s->vertices[v].rank - shift;
		const lay_vertex *k = &s->vertices[v];
		int32_t x = s->x[v] + move + (k->under_from < 0 ? k->under_from : 0);
		int32_t end = s->x[v] + move + (k->under_to > k->width ? k->under_to : k->width);
		l->left[r] = x < l->left[r] ? x : l->left[r];
		l->right[r] = end > l->right[r] ? end : l->right[r];
	}
	for (uint32_t i = 0; i < s->n_links; i++) {
		if (s->vertices[s->links[i].to].any_order)
			l->port_at[w->edges[i]] = s->ends[i];
		if (s->vertices[s->links[i].from].any_outputs)
			l->trunks[w->trunks[i]].at = s->starts[i];
	}
}

bool lay_pieces(lay *l)
{
	arena scratch = {.budget = l->budget}, piece = {.budget = l->budget};
	arena work = {.budget = l->budget};
	piece_memo memo = {.mask = 1, .work = WORK_ALL, .memory = {.budget = l->budget}};
	while (memo.mask < l->n_parts)
		memo.mask = memo.mask * 2 + 1;
	memo.table = LAY_NEW(&scratch, (size_t)memo.mask + 1, uint32_t);
	lay_piece p;
	builder w = {.l = l, .p = &p, .local = LAY_NEW(&scratch, l->n_boxes, uint32_t)};
	l->arrive = LAY_NEW(&l->memory, l->n_edges, uint16_t);
	l->box_x = LAY_NEW(&l->memory, l->n_boxes, int32_t);
	l->bend_x = LAY_NEW(&l->memory, l->n_bends, int32_t);
	l->left = LAY_NEW(&l->memory, l->n_ranks, int32_t);
	l->right = LAY_NEW(&l->memory, l->n_ranks, int32_t);
	bool ok = !scratch.failed && !l->memory.failed;
	for (uint32_t r = 0; ok && r < l->n_ranks; r++) {
		l->left[r] = INT32_MAX;
		l->right[r] = INT32_MIN;
	}
	for (uint32_t b = 0; ok && b < l->n_boxes; b++)
		for (uint32_t k = l->into_first[b]; k < l->into_first[b + 1]; k++) {
			uint32_t slot = k - l->into_first[b];
			l->arrive[l->into[k]] = slot < UINT16_MAX ? (uint16_t)slot : UINT16_MAX;
		}
	for (uint32_t i = 0; ok && i < l->n_parts; i++) {
		arena_reset(&piece);
		w.part = &l->parts[i];
		const lay_piece *done = NULL;
		if (piece_build(&w, &piece))
			done = piece_solve(&memo, &w, &piece, &work);
		ok = done;
		if (!ok)
			break;
		l->crossings += done->crossings;
		piece_put(&w, done);
	}
	vec_free(l->budget, &memo.list);
	arena_free(&memo.memory);
	arena_free(&piece);
	arena_free(&work);
	arena_free(&scratch);
	return ok;
}
