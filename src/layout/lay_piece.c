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

typedef struct solved {
	lay_piece piece; /**< as it was given, and where its vertices came to be */
	lay_link *moved; /**< the links with the ends they came to have */
	uint8_t *split;  /**< which trunks parted then, and so are in x and moved; NULL: none */
	uint32_t more;   /**< bends for that */
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

static int64_t size_all(const lay *l)
{
	return (int64_t)l->n_boxes + l->n_edges + l->n_bends + 1;
}

/* How much all ordering may cost, in steps of some 10 ns: small graphs are drawn in no time, and
 * may take more of it. */
static int64_t work_all(const lay *l)
{
	enum { SMALL = 1000, MIDDLE = 2200, LARGE = 6000, EACH = 40 };
	const int64_t most = 1200000, least = 240000, large = 800000, size = size_all(l);
	if (size < MIDDLE)
		return size < SMALL ? most : least + (most - least) * (MIDDLE - size) / (MIDDLE - SMALL);
	int64_t work = size < LARGE ? least : least + EACH * (size - LARGE);
	return work < large ? work : large;
}

/*
 * How much ordering a piece may cost: small graphs have time for many tries, and so have the first
 * different pieces of large ones, which are what is repeated.
 */
static int64_t piece_work(const lay *l, const piece_memo *memo, const lay_piece *p)
{
	enum { LEAST = 16 };
	int64_t size = (int64_t)p->n + p->n_links;
	int64_t share = work_all(l) * size / (size_all(l) + l->n_bends); /* a bend has a link, too */
	int64_t work = share > memo->work / 4 ? share : memo->work / 4;
	if (work < LEAST * size)
		return 0;
	return work;
}

static void *copy(arena *a, const void *data, size_t n, size_t size)
{
	void *to = lay_new(a, n, size);
	return to ? memcpy(to, data, n * size) : NULL;
}

/* Keeps the piece as it is given. */
static bool memo_given(piece_memo *memo, solved *s, const lay_piece *p)
{
	arena *a = &memo->memory;
	s->piece = *p;
	s->piece.vertices = copy(a, p->vertices, p->n, sizeof *p->vertices);
	s->piece.links = copy(a, p->links, p->n_links, sizeof *p->links);
	return !a->failed;
}

/* And what was found for it. */
static bool memo_found(piece_memo *memo, solved *s, const lay_builder *w)
{
	arena *a = &memo->memory;
	const lay_piece *p = w->p;
	bool same = !w->split && !memcmp(s->piece.links, p->links, p->n_links * sizeof *p->links);
	s->piece.crossings = p->crossings;
	s->piece.x = copy(a, p->x, p->n, sizeof *p->x);
	s->moved = same ? s->piece.links : copy(a, p->links, p->n_links, sizeof *p->links);
	s->split = w->split ? copy(a, w->split, w->n_trunks, sizeof *w->split) : NULL;
	s->more = w->more;
	return !a->failed;
}

/*
 * Where a piece has crossings, tries trunks that part early. When that crosses less, `w` and its
 * piece become those, placed, and `done` is set.
 */
static bool piece_part(lay_builder *w, int64_t *work, bool *done, arena *a, arena *scratch)
{
	lay_piece parted, *p = w->p;
	lay_builder v = *w;
	lay_strands s;
	if (!lay_strand_choose(&v, a, scratch))
		return false;
	if (!v.split)
		return true;
	v.p = &parted;
	if (!lay_build(&v, a))
		return false;
	arena_reset(scratch);
	int64_t half = *work / 2, left = half;
	if (!lay_order(&parted, &left, false, a, scratch))
		return false;
	*work -= half - left;
	if (parted.crossings >= p->crossings)
		return true;
	arena_reset(scratch);
	if (!lay_strand_join(&v, &s, a) || !lay_order(&s.piece, work, true, a, scratch))
		return false;
	if (s.piece.crossings >= p->crossings)
		return true;
	lay_piece_ends(&s.build);
	arena_reset(scratch);
	if (!lay_place(&s.piece, &w->l->opt, a, scratch) || !lay_strand_part(&s, &parted, a))
		return false;
	*w = v;
	*p = parted;
	w->p = p;
	return *done = true;
}

/* Orders and places w->p, with trunks parted where that is better. */
static bool piece_find(piece_memo *memo, lay_builder *w, arena *a, arena *scratch)
{
	lay_piece *p = w->p;
	arena_reset(scratch);
	int64_t work = piece_work(w->l, memo, p), first = work / 2, left = first;
	bool done = false;
	if (!lay_order(p, &left, false, a, scratch))
		return false;
	left += work - first;
	if (p->crossings && left) {
		arena_reset(scratch);
		if (!piece_part(w, &left, &done, a, scratch))
			return false;
		arena_reset(scratch);
		if (!done && !lay_order(p, &left, true, a, scratch))
			return false;
	}
	memo->work -= work - left;
	arena_reset(scratch);
	if (done)
		return true;
	lay_piece_ends(w);
	bool ok = lay_place(p, &w->l->opt, a, scratch);
	arena_reset(scratch);
	return ok;
}

/* Finds or makes the solution of w->p: its x, crossings and the ends of its links. */
static bool piece_solve(piece_memo *memo, lay_builder *w, arena *a, arena *scratch)
{
	lay *l = w->l;
	lay_piece *p = w->p;
	bool once = w->part->n > l->n_boxes / 2; /* there is no room for another one */
	solved s = {.hash = once ? 0 : piece_hash(p)};
	uint32_t *place = &memo->table[s.hash & memo->mask];
	s.next = *place;
	const solved *all = memo->list.at;
	for (uint32_t i = all && !once ? *place : 0; i; i = all[i - 1].next) {
		const solved *known = &all[i - 1];
		if (known->hash != s.hash || !piece_same(&known->piece, p))
			continue;
		w->split = known->split;
		w->more = known->more;
		if (w->split && !lay_build(w, a))
			return false;
		p->links = known->moved;
		p->x = known->piece.x;
		p->crossings = known->piece.crossings;
		return true;
	}
	l->n_different++;
	if (!once && !memo_given(memo, &s, p))
		return false;
	if (!piece_find(memo, w, a, scratch))
		return false;
	if (once)
		return true;
	solved *new = vec_push(l->budget, &memo->list);
	if (!new || !memo_found(memo, &s, w))
		return false;
	*new = s;
	*place = (uint32_t)memo->list.n;
	return true;
}

/* Keeps where the bends are that edges have of their own. */
static bool piece_own(lay_builder *w, int32_t move)
{
	lay *l = w->l;
	if (w->n_own && !l->own_of) {
		l->own_of = LAY_NEW(&l->memory, l->n_edges, uint32_t);
		if (!l->own_of)
			return false;
		memset(l->own_of, 0xFF, l->n_edges * sizeof *l->own_of);
	}
	for (uint32_t i = 0; i < w->n_own; i++) {
		uint32_t e = w->own[i].edge, low = l->rank[l->in.edges[e].from] + 1;
		low = low > w->part->first ? low : w->part->first;
		uint32_t n = l->rank[l->in.edges[e].to] - low;
		if (!vec_reserve(l->budget, &l->own_x, n + 1))
			return false;
		l->own_of[e] = (uint32_t)l->own_x.n;
		l->own_x.at[l->own_x.n++] = (int32_t)low;
		for (uint32_t k = 0; k < n; k++)
			l->own_x.at[l->own_x.n++] = w->p->x[w->own[i].base + k] + move;
	}
	return true;
}

/*
 * Puts a solution in its place: what comes in is on the spine, and so is what goes out when nothing
 * comes in. A way through that ends elsewhere bends back in the gap, so that equal pieces stand
 * below each other.
 */
static bool piece_put(lay_builder *w)
{
	lay *l = w->l;
	const lay_piece *p = w->p;
	int32_t move = 0;
	if (p->entry != LAY_NONE)
		move = -p->x[p->entry];
	else if (p->exit != LAY_NONE)
		move = -(p->x[p->exit] + p->exit_at);
	uint32_t shift = w->part->entry != LAY_NONE;
	uint32_t v = shift;
	for (uint32_t i = 0; i < w->part->n; i++, v++)
		l->box_x[l->by_part[w->part->box + i]] = p->x[v] + move;
	for (uint32_t i = 0; v < p->n; i++, v++)
		if (w->names[i] != LAY_NONE)
			l->bend_x[w->names[i]] = p->x[v] + move;
	for (v = shift; v < p->n; v++) {
		uint32_t r = w->part->first + p->vertices[v].rank - shift;
		const lay_vertex *k = &p->vertices[v];
		int32_t x = p->x[v] + move + (k->under_from < 0 ? k->under_from : 0);
		int32_t end = p->x[v] + move + (k->under_to > k->width ? k->under_to : k->width);
		l->left[r] = x < l->left[r] ? x : l->left[r];
		l->right[r] = end > l->right[r] ? end : l->right[r];
	}
	for (uint32_t i = 0; i < p->n_links; i++) {
		const lay_link *k = &p->links[i];
		if (p->vertices[k->to].any_order)
			l->port_at[w->edges[i]] = k->to_at;
		if (p->vertices[k->from].any_outputs)
			l->trunks[lay_link_trunk(w, i)].at = k->from_at;
	}
	return piece_own(w, move);
}

bool lay_pieces(lay *l)
{
	arena scratch = {.budget = l->budget}, piece = {.budget = l->budget};
	arena work = {.budget = l->budget};
	piece_memo memo = {.mask = 1, .work = work_all(l), .memory = {.budget = l->budget}};
	while (memo.mask < l->n_parts)
		memo.mask = memo.mask * 2 + 1;
	memo.table = LAY_NEW(&scratch, (size_t)memo.mask + 1, uint32_t);
	lay_piece p;
	lay_builder w = {.l = l, .p = &p, .local = LAY_NEW(&scratch, l->n_boxes, uint32_t)};
	l->arrive = LAY_NEW(&l->memory, l->n_edges, uint16_t);
	l->box_x = LAY_NEW(&l->memory, l->n_boxes, int32_t);
	l->bend_x = LAY_NEW(&l->memory, l->n_bends, int32_t);
	l->left = LAY_NEW(&l->middle, l->n_ranks, int32_t);
	l->right = LAY_NEW(&l->middle, l->n_ranks, int32_t);
	bool ok = !scratch.failed && !l->memory.failed && !l->middle.failed;
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
		w.split = NULL;
		w.more = 0;
		ok = lay_build(&w, &piece) && piece_solve(&memo, &w, &piece, &work) && piece_put(&w);
		w.cursor = w.next;
		l->crossings += ok ? p.crossings : 0;
	}
	vec_free(l->budget, &memo.list);
	arena_free(&memo.memory);
	arena_free(&piece);
	arena_free(&work);
	arena_free(&scratch);
	return ok;
}
