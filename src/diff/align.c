/* SPDX-License-Identifier: Apache-2.0 */
/*
 * align.c - two sequences side by side.
 *
 * Pieces wait in a list; each is cut at its equal ends, then at keys that occur once on each side
 * (patience), which makes smaller pieces. A piece without such keys is aligned by Myers' shortest
 * edit script, "An O(ND) Difference Algorithm and Its Variations" (1986), as long as it is short.
 */
#include <stdlib.h>
#include <string.h>

#include "base/heap.h"
#include "diff/pairing.h"

enum { EDITS_MOST = 1200, LOOK_AHEAD = 64 };

typedef struct piece {
	size_t a, n_a, b, n_b;
} piece;

typedef struct keyed {
	uint64_t key;
	uint32_t at;
	uint32_t side;
} keyed;

typedef struct aligner {
	const uint64_t *a, *b;
	void (*pair)(void *context, size_t a, size_t b);
	void *context;
	VEC(piece) pieces;
	VEC(keyed) keys;
	bool failed;
} aligner;

static int by_key(const void *x, const void *y)
{
	const keyed *a = x, *b = y;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	if (a->side != b->side)
		return a->side < b->side ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

bool align_ascending(const oray_id *values, size_t n, bool *keep)
{
	uint32_t *tail = mem_zeroed(NULL, n + 1, sizeof *tail); /* by length: index it ends at */
	uint32_t *before = mem_zeroed(NULL, n + 1, sizeof *before);
	size_t length = 0;

	memset(keep, 0, n * sizeof *keep);
	for (size_t i = 0; tail && before && i < n; i++) {
		size_t low = 0, high = length;
		if (values[i] == ORAY_NONE)
			continue;
		while (low < high) {
			size_t middle = low + (high - low) / 2;
			if (values[tail[middle]] < values[i])
				low = middle + 1;
			else
				high = middle;
		}
		before[i] = low ? tail[low - 1] : UINT32_MAX;
		tail[low] = (uint32_t)i;
		if (low == length)
			length++;
	}
	if (tail && before && length)
		for (uint32_t i = tail[length - 1]; i != UINT32_MAX; i = before[i])
			keep[i] = true;
	heap_free(tail);
	heap_free(before);
	return tail && before;
}

static void add_piece(aligner *l, size_t a, size_t n_a, size_t b, size_t n_b)
{
	piece *p;

	if (!n_a || !n_b)
		return;
	p = vec_push(NULL, &l->pieces);
	if (p)
		*p = (piece){a, n_a, b, n_b};
	else
		l->failed = true;
}

static void take_ends(aligner *l, piece *p)
{
	while (p->n_a && p->n_b && l->a[p->a] == l->b[p->b]) {
		l->pair(l->context, p->a++, p->b++);
		p->n_a--;
		p->n_b--;
	}
	while (p->n_a && p->n_b && l->a[p->a + p->n_a - 1] == l->b[p->b + p->n_b - 1]) {
		p->n_a--;
		p->n_b--;
		l->pair(l->context, p->a + p->n_a, p->b + p->n_b);
	}
}

/* Cuts at keys that occur once on each side. @return false when there are none. */
static bool take_unique(aligner *l, const piece *p)
{
	oray_id *partner = mem_zeroed(NULL, p->n_a + 1, sizeof *partner);
	bool *keep = mem_zeroed(NULL, p->n_a + 1, sizeof *keep);
	size_t found = 0, a = 0, b = 0;

	l->keys.n = 0;
	if (!partner || !keep || !vec_reserve(NULL, &l->keys, p->n_a + p->n_b)) {
		l->failed = true;
		heap_free(partner);
		heap_free(keep);
		return false;
	}
	for (size_t i = 0; i < p->n_a; i++) {
		partner[i] = ORAY_NONE;
		l->keys.at[l->keys.n++] = (keyed){l->a[p->a + i], (uint32_t)i, 0};
	}
	for (size_t i = 0; i < p->n_b; i++)
		l->keys.at[l->keys.n++] = (keyed){l->b[p->b + i], (uint32_t)i, 1};
	qsort(l->keys.at, l->keys.n, sizeof *l->keys.at, by_key);
	for (size_t i = 0, end; i < l->keys.n; i = end) {
		const keyed *k = &l->keys.at[i];
		for (end = i + 1; end < l->keys.n && l->keys.at[end].key == k->key; end++)
			;
		if (end == i + 2 && k[0].side == 0 && k[1].side == 1)
			partner[k[0].at] = k[1].at;
	}
	l->failed |= !align_ascending(partner, p->n_a, keep);
	for (size_t i = 0; i < p->n_a; i++) {
		if (!keep[i])
			continue;
		add_piece(l, p->a + a, i - a, p->b + b, partner[i] - b);
		l->pair(l->context, p->a + i, p->b + partner[i]);
		a = i + 1;
		b = (size_t)partner[i] + 1;
		found++;
	}
	if (found)
		add_piece(l, p->a + a, p->n_a - a, p->b + b, p->n_b - b);
	heap_free(partner);
	heap_free(keep);
	return found > 0;
}

/* The next equal key within sight, again and again. */
static void take_next(aligner *l, const piece *p)
{
	size_t i = 0, j = 0;

	while (i < p->n_a && j < p->n_b) {
		size_t far = 0;
		bool found = false;
		for (; far < LOOK_AHEAD && !found; far++)
			for (size_t k = 0; k <= far && !found; k++) {
				size_t x = i + k, y = j + far - k;
				if (x < p->n_a && y < p->n_b && l->a[p->a + x] == l->b[p->b + y]) {
					l->pair(l->context, p->a + x, p->b + y);
					i = x + 1;
					j = y + 1;
					found = true;
				}
			}
		if (!found) {
			i++;
			j++;
		}
	}
}

/*
 * Myers' forward search: reach[k] is how far diagonal k got with d edits; the arrays of all d are
 * kept, d + 1 numbers each, to walk back.
 */
static void take_script(aligner *l, const piece *p)
{
	size_t most = p->n_a + p->n_b < EDITS_MOST ? p->n_a + p->n_b : EDITS_MOST;
	size_t width = 2 * most + 3, d;
	int64_t *reach = mem_zeroed(NULL, width, sizeof *reach);
	uint32_t **rows = mem_zeroed(NULL, most + 1, sizeof *rows);
	int64_t n = (int64_t)p->n_a, m = (int64_t)p->n_b, middle = (int64_t)most + 1;
	bool reached = false;

	if (!reach || !rows) {
		l->failed = true;
		heap_free(reach);
		heap_free(rows);
		return;
	}
	for (d = 0; d <= most && !reached; d++) {
		rows[d] = mem_zeroed(NULL, d + 1, sizeof **rows);
		if (!rows[d]) {
			l->failed = true;
			break;
		}
		for (int64_t k = -(int64_t)d; k <= (int64_t)d && !reached; k += 2) {
			int64_t *r = reach + middle, x, y;
			x = k == -(int64_t)d || (k != (int64_t)d && r[k - 1] < r[k + 1]) ? r[k + 1]
			                                                                 : r[k - 1] + 1;
			if (d == 0)
				x = 0;
			y = x - k;
			while (x < n && y < m && x >= 0 && y >= 0 &&
			       l->a[p->a + (size_t)x] == l->b[p->b + (size_t)y]) {
				x++;
				y++;
			}
			r[k] = x;
			rows[d][(k + (int64_t)d) / 2] = (uint32_t)x;
			reached = x >= n && y >= m;
		}
	}
	if (!reached && !l->failed)
		take_next(l, p);
	for (int64_t x = n, y = m, e = (int64_t)d - 1; reached && e >= 0; e--) {
		int64_t k = x - y, from_x, from_y, left = -1, right = -1;
		if (e > 0) {
			/* what diagonals k - 1 and k + 1 reached with one edit less */
			if (k - 1 >= -(e - 1))
				left = k - 1 <= e - 1 ? (int64_t)rows[e - 1][(k - 1 + e - 1) / 2] : -1;
			if (k + 1 <= e - 1)
				right = k + 1 >= -(e - 1) ? (int64_t)rows[e - 1][(k + 1 + e - 1) / 2] : -1;
		}
		bool down = k == -e || (k != e && left < right);
		from_x = e == 0 ? 0 : down ? right : left;
		from_y = e == 0 ? 0 : from_x - (down ? k + 1 : k - 1);
		int64_t start = e == 0 ? 0 : down ? from_x : from_x + 1;
		while (x > start && y > 0) {
			x--;
			y--;
			l->pair(l->context, p->a + (size_t)x, p->b + (size_t)y);
		}
		x = from_x;
		y = from_y;
	}
	for (size_t i = 0; i <= most; i++)
		heap_free(rows[i]);
	heap_free(rows);
	heap_free(reach);
}

bool align(const uint64_t *a, size_t n_a, const uint64_t *b, size_t n_b,
           void (*pair)(void *context, size_t a, size_t b), void *context)
{
	aligner l = {.a = a, .b = b, .pair = pair, .context = context};

	add_piece(&l, 0, n_a, 0, n_b);
	while (l.pieces.n && !l.failed) {
		piece p = l.pieces.at[--l.pieces.n];
		take_ends(&l, &p);
		if (p.n_a && p.n_b && !take_unique(&l, &p) && !l.failed)
			take_script(&l, &p);
	}
	vec_free(NULL, &l.pieces);
	vec_free(NULL, &l.keys);
	return !l.failed;
}
