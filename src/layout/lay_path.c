/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lay_path.c - fewer crossings by moving whole paths.
 *
 * A long trunk has a bend in every row, and to bring it to the other side of something all of them
 * have to move at once; what is sorted row by row stays where it is. Here a run of vertices, one a
 * row, is taken out and put back in the best way there is while all others stay: the shortest way
 * through the gaps between them, where a step costs what the link crosses, and a gap what the links
 * aside cross from there. Some paths that are near a crossing are taken out together, and put back
 * one after the other; where that is no worse, it stays.
 */
#include <string.h>

#include "layout/lay_order.h"

enum { CELLS = 4096, ASIDE_MOST = 20000, OUT_MOST = 4, LENGTH_MOST = 64, FAR = 3 };

struct lay_paths {
	lay_rows *o;
	uint32_t *next, *before; /**< of each vertex on its path, or LAY_NONE */
	uint32_t *length;        /**< of each row: vertices that are in it now */
	bool *gone;              /**< each vertex: taken out */
	uint32_t *kept;          /**< rows before some were taken out */
	uint32_t *cells;         /**< links that start and end left of a pair of places */
	int64_t *change;         /**< costs by place, as differences */
	uint64_t *cost[2];       /**< of the way to each place of a row, and of the row before */
	uint16_t *from;          /**< where it comes from; LENGTH_MOST rows of `wide` */
	uint32_t wide;           /**< places of the widest row that takes part */
};

static uint64_t in_key(const lay_piece *p, const lay_link *k)
{
	return (uint64_t)p->pos[k->to] << 32 | k->to_slot;
}

static uint64_t out_key(const lay_piece *p, const lay_link *k)
{
	return (uint64_t)p->pos[k->from] << 32 | k->from_slot;
}

static bool find_next(const lay_piece *p, uint32_t v, uint32_t *next)
{
	uint32_t first = p->out_first[v], n = p->out_first[v + 1] - first;
	for (uint32_t i = first; i < first + n; i++) {
		uint32_t w = p->links[p->out[i]].to;
		bool alone = n == 1 && p->in_first[w + 1] - p->in_first[w] == 1;
		if (alone || (p->vertices[v].bend && p->vertices[w].bend)) {
			*next = w;
			return true;
		}
	}
	return false;
}

/* Out of its row; what is behind it moves up. */
static void take_out(lay_paths *s, uint32_t v)
{
	lay_piece *p = s->o->p;
	uint32_t r = p->vertices[v].rank, n = --s->length[r], *row = p->row + p->row_first[r];
	for (uint32_t i = p->pos[v]; i < n; i++) {
		row[i] = row[i + 1];
		p->pos[row[i]] = i;
	}
	s->gone[v] = true;
	s->o->work -= 2 + n / 4;
}

static void put_in(lay_paths *s, uint32_t v, uint32_t at)
{
	lay_piece *p = s->o->p;
	uint32_t r = p->vertices[v].rank, n = s->length[r]++, *row = p->row + p->row_first[r];
	for (uint32_t i = n; i > at; i--) {
		row[i] = row[i - 1];
		p->pos[row[i]] = i;
	}
	row[at] = v;
	p->pos[v] = at;
	s->gone[v] = false;
	s->o->work -= 2 + n / 4;
}

/* Adds to s->change what the links of v on one side cross of others, by the place of v. `but`: the
 * vertex of its path there. */
static void cross_aside(lay_paths *s, uint32_t v, bool up, uint32_t but)
{
	const lay_piece *p = s->o->p;
	uint32_t rank = p->vertices[v].rank, upper = up ? rank - 1 : rank;
	const uint32_t *first = up ? p->in_first : p->out_first, *list = up ? p->in : p->out;
	if (first[v] == first[v + 1])
		return;
	for (uint32_t j = first[v]; j < first[v + 1]; j++) {
		const lay_link *mine = &p->links[list[j]];
		uint32_t other = up ? mine->from : mine->to;
		if (other == but || s->gone[other])
			continue;
		uint64_t far = up ? out_key(p, mine) : in_key(p, mine);
		const uint32_t *row = p->row + p->row_first[upper];
		for (uint32_t i = 0; i < s->length[upper]; i++)
			for (uint32_t k = p->out_first[row[i]]; k < p->out_first[row[i] + 1]; k++) {
				const lay_link *link = &p->links[p->out[k]];
				s->o->work--;
				if (s->gone[link->to])
					continue;
				uint64_t end = up ? out_key(p, link) : in_key(p, link);
				uint32_t at = p->pos[up ? link->to : link->from];
				if (end > far) { /* crossed from all places on its right */
					s->change[at + 1]++;
				} else if (end < far) {
					s->change[0]++;
					s->change[at + 1]--;
				}
			}
	}
}

/* Counts the links between two rows by prefixes. */
static void count_cells(lay_paths *s, uint32_t r)
{
	const lay_piece *p = s->o->p;
	uint32_t n = s->length[r] + 1, m = s->length[r + 1] + 1;
	const uint32_t *row = p->row + p->row_first[r];
	memset(s->cells, 0, (size_t)n * m * sizeof *s->cells);
	for (uint32_t i = 0; i + 1 < n; i++) {
		uint32_t *line = s->cells + (size_t)(i + 1) * m, *above = line - m;
		for (uint32_t k = p->out_first[row[i]]; k < p->out_first[row[i] + 1]; k++) {
			uint32_t to = p->links[p->out[k]].to;
			if (!s->gone[to])
				line[p->pos[to] + 1]++;
		}
		for (uint32_t j = 1; j < m; j++)
			line[j] += line[j - 1];
		for (uint32_t j = 1; j < m; j++)
			line[j] += above[j];
	}
	s->o->work -= n * m / 4 + n;
}

/* What links of a and b, which is below it on the path, cross of each other for each place of a:
 * in[], and of b: out[]; the link between them taken as `slots` of both. */
static void cross_own(lay_paths *s, uint32_t a, uint32_t b, const lay_link *link, int64_t *change_a,
                      int64_t *change_b)
{
	const lay_piece *p = s->o->p;
	for (uint32_t k = p->out_first[a]; k < p->out_first[a + 1]; k++) {
		const lay_link *side = &p->links[p->out[k]];
		if (side->to == b || s->gone[side->to])
			continue;
		uint32_t at = p->pos[side->to];
		if (side->from_slot > link->from_slot) { /* it ends left of b */
			change_b[at + 1]++;
		} else if (side->from_slot < link->from_slot) {
			change_b[0]++;
			change_b[at + 1]--;
		}
	}
	for (uint32_t k = p->in_first[b]; k < p->in_first[b + 1]; k++) {
		const lay_link *side = &p->links[p->in[k]];
		if (side->from == a || s->gone[side->from])
			continue;
		uint32_t at = p->pos[side->from];
		if (side->to_slot > link->to_slot) {
			change_a[at + 1]++;
		} else if (side->to_slot < link->to_slot) {
			change_a[0]++;
			change_a[at + 1]--;
		}
	}
}

/* What links from a to others cross of links from others to b, for a pair of places. */
static uint32_t cross_both(const lay_paths *s, uint32_t a, uint32_t b, uint32_t i, uint32_t j)
{
	const lay_piece *p = s->o->p;
	uint32_t left_a = 0, right_a = 0, left_b = 0, right_b = 0;
	for (uint32_t k = p->out_first[a]; k < p->out_first[a + 1]; k++) {
		uint32_t w = p->links[p->out[k]].to;
		if (w != b && !s->gone[w])
			*(p->pos[w] < j ? &left_a : &right_a) += 1;
	}
	for (uint32_t k = p->in_first[b]; k < p->in_first[b + 1]; k++) {
		uint32_t u = p->links[p->in[k]].from;
		if (u != a && !s->gone[u])
			*(p->pos[u] < i ? &left_b : &right_b) += 1;
	}
	return left_a * left_b + right_a * right_b;
}

static void sum_up(int64_t *change, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++)
		change[i] += change[i - 1];
}

/* Puts a path back where it crosses least; all of it is out. */
static void put_path(lay_paths *s, const uint32_t *path, uint32_t n)
{
	const lay_piece *p = s->o->p;
	int64_t *here = s->change, *above = s->change + s->wide + 1;
	for (uint32_t q = 0; q < n; q++) {
		uint32_t v = path[q], r = p->vertices[v].rank, m = s->length[r] + 1;
		uint64_t *cost = s->cost[q & 1], *last = s->cost[!(q & 1)];
		const lay_link *link = NULL;
		uint32_t many = 0, k = q ? s->length[r - 1] + 1 : 1;
		memset(here, 0, ((size_t)m + 1) * sizeof *here);
		memset(above, 0, ((size_t)k + 1) * sizeof *above);
		cross_aside(s, v, true, q ? path[q - 1] : LAY_NONE);
		cross_aside(s, v, false, q + 1 < n ? path[q + 1] : LAY_NONE);
		for (uint32_t i = p->in_first[v]; q && i < p->in_first[v + 1]; i++)
			if (p->links[p->in[i]].from == path[q - 1]) {
				link = &p->links[p->in[i]];
				cross_own(s, path[q - 1], v, link, above, here);
				many++;
			}
		sum_up(here, m);
		if (!q) {
			for (uint32_t j = 0; j < m; j++)
				cost[j] = (uint64_t)here[j];
			continue;
		}
		sum_up(above, k);
		count_cells(s, r - 1);
		bool both = p->out_first[path[q - 1] + 1] - p->out_first[path[q - 1]] > many &&
		            p->in_first[v + 1] - p->in_first[v] > many;
		for (uint32_t j = 0; j < m; j++) {
			uint64_t least = UINT64_MAX;
			uint32_t all = s->cells[(size_t)(k - 1) * m + j];
			for (uint32_t i = 0; i < k; i++) {
				const uint32_t *line = s->cells + (size_t)i * m;
				uint64_t x = last[i] + (uint64_t)above[i] +
				             (uint64_t)many * (line[m - 1] - line[j] + all - line[j]);
				x += both ? cross_both(s, path[q - 1], v, i, j) : 0;
				if (x < least) {
					least = x;
					s->from[(size_t)q * s->wide + j] = (uint16_t)i;
				}
			}
			cost[j] = least + (uint64_t)here[j];
		}
		s->o->work -= k * m / 4;
	}
	uint32_t at = 0;
	const uint64_t *cost = s->cost[(n - 1) & 1];
	for (uint32_t j = 0; j <= s->length[p->vertices[path[n - 1]].rank]; j++)
		at = cost[j] < cost[at] ? j : at;
	for (uint32_t q = n; q-- > 0;) {
		uint32_t back = q ? s->from[(size_t)q * s->wide + at] : 0;
		put_in(s, path[q], at);
		at = back;
	}
}

static bool fits(const lay_paths *s, uint32_t v)
{
	const lay_piece *p = s->o->p;
	uint32_t r = p->vertices[v].rank, n = p->row_first[r + 1] - p->row_first[r] + 1;
	uint32_t degree = p->in_first[v + 1] - p->in_first[v] + p->out_first[v + 1] - p->out_first[v];
	uint32_t m = r + 1 < p->n_ranks ? p->row_first[r + 2] - p->row_first[r + 1] + 1 : 1;
	return n <= s->wide && m <= s->wide && n * m <= CELLS && degree <= 48;
}

/* The part of the path of v that is moved: all of it, or where `cut` is given about as much. */
static uint32_t collect(lay_paths *s, uint32_t v, uint32_t cut, uint32_t *path)
{
	uint32_t n = 0;
	for (uint32_t i = 1; i < LENGTH_MOST && s->before[v] != LAY_NONE; i++) {
		uint32_t u = s->before[v];
		if (s->gone[u] || !fits(s, u) || (cut && !lay_rows_random(s->o, cut)))
			break;
		v = u;
	}
	while (n < LENGTH_MOST && v != LAY_NONE && !s->gone[v] && fits(s, v)) {
		path[n++] = v;
		v = s->next[v];
		if (cut && !lay_rows_random(s->o, cut))
			break;
	}
	return n;
}

/* Moves the paths of some vertices; true when it became better, and undone when worse. */
static bool move_some(lay_paths *s, const uint32_t *from, uint32_t n, uint32_t cut)
{
	lay_rows *o = s->o;
	lay_piece *p = o->p;
	uint32_t path[OUT_MOST][LENGTH_MOST], length[OUT_MOST], low = UINT32_MAX, high = 0, k = 0;
	for (uint32_t i = 0; i < n; i++) {
		if (s->gone[from[i]])
			continue;
		length[k] = collect(s, from[i], cut, path[k]);
		if (!length[k])
			continue;
		for (uint32_t j = 0; j < length[k]; j++)
			s->gone[path[k][j]] = true;
		uint32_t first = p->vertices[path[k][0]].rank, last = first + length[k] - 1;
		low = first < low ? first : low;
		high = last > high ? last : high;
		k++;
	}
	if (!k)
		return false;
	uint32_t above = low ? low - 1 : 0, size = p->row_first[high + 1] - p->row_first[low];
	uint64_t was = lay_rows_crossings(o, above, high);
	memcpy(s->kept, p->row + p->row_first[low], size * sizeof *s->kept);
	for (uint32_t i = 0; i < k; i++)
		for (uint32_t j = 0; j < length[i]; j++)
			take_out(s, path[i][j]);
	for (uint32_t i = 0; i < k; i++)
		put_path(s, path[i], length[i]);
	for (uint32_t r = low; r <= high; r++)
		lay_rows_number(o, r);
	uint64_t is = lay_rows_crossings(o, above, high);
	if (is > was || (is == was && !cut)) {
		memcpy(p->row + p->row_first[low], s->kept, size * sizeof *s->kept);
		for (uint32_t r = low; r <= high; r++)
			lay_rows_number(o, r);
	}
	return is < was;
}

/* Some vertex beside a crossing, and others near it. */
static uint32_t choose(lay_paths *s, uint32_t *some)
{
	lay_rows *o = s->o;
	const lay_piece *p = o->p;
	if (p->n_ranks < 2)
		return 0;
	uint32_t gaps = p->n_ranks - 1, r = lay_rows_random(o, gaps), n = 0;
	for (uint32_t i = 0; i < gaps && !lay_rows_crossings(o, r, r); i++)
		r = r + 1 < gaps ? r + 1 : 0;
	o->work -= 4;
	uint32_t many = 1 + lay_rows_random(o, OUT_MOST);
	while (n < many) {
		uint32_t row = r + lay_rows_random(o, 2) + (n ? lay_rows_random(o, 2 * FAR + 1) : FAR);
		row = row < FAR ? 0 : row - FAR < p->n_ranks ? row - FAR : p->n_ranks - 1;
		uint32_t size = p->row_first[row + 1] - p->row_first[row];
		some[n++] = p->row[p->row_first[row] + lay_rows_random(o, size)];
	}
	return n;
}

lay_paths *lay_paths_new(lay_rows *o, arena *a)
{
	const lay_piece *p = o->p;
	lay_paths *s = LAY_NEW(a, 1, lay_paths);
	if (!s)
		return NULL;
	s->o = o;
	for (uint32_t r = 0; r < p->n_ranks; r++) {
		uint32_t n = p->row_first[r + 1] - p->row_first[r] + 1;
		s->wide = n > s->wide && n <= CELLS / 2 ? n : s->wide;
	}
	s->next = LAY_NEW(a, p->n, uint32_t);
	s->before = LAY_NEW(a, p->n, uint32_t);
	s->length = LAY_NEW(a, p->n_ranks, uint32_t);
	s->gone = LAY_NEW(a, p->n, bool);
	s->kept = LAY_NEW(a, p->n, uint32_t);
	s->cells = LAY_NEW(a, CELLS, uint32_t);
	s->change = LAY_NEW(a, 2 * ((size_t)s->wide + 1), int64_t);
	s->cost[0] = LAY_NEW(a, s->wide, uint64_t);
	s->cost[1] = LAY_NEW(a, s->wide, uint64_t);
	s->from = LAY_NEW(a, (size_t)s->wide * LENGTH_MOST, uint16_t);
	if (a->failed)
		return NULL;
	memset(s->before, 0xFF, p->n * sizeof *s->before);
	memset(s->next, 0xFF, p->n * sizeof *s->next);
	for (uint32_t r = 0; r < p->n_ranks; r++)
		s->length[r] = p->row_first[r + 1] - p->row_first[r];
	for (uint32_t v = 0; v < p->n; v++)
		if (find_next(p, v, &s->next[v]))
			s->before[s->next[v]] = v;
	return s;
}

uint64_t lay_paths_move(lay_paths *s)
{
	enum { ROUNDS = 3, TRIES = 100 };
	lay_rows *o = s->o;
	const lay_piece *p = o->p;
	bool better = true;
	for (int round = 0; round < ROUNDS && better && o->work > 0; round++) {
		better = false;
		for (uint32_t v = 0; v < p->n && o->work > 0; v++)
			if (s->before[v] == LAY_NONE)
				better = move_some(s, &v, 1, 0) || better;
	}
	uint32_t some[OUT_MOST], idle = 0;
	uint64_t count = lay_rows_crossings(o, 0, p->n_ranks);
	while (count && o->work > 0 && idle++ < TRIES + p->n) {
		uint32_t n = choose(s, some);
		if (move_some(s, some, n, 1 + (1U << lay_rows_random(o, 5)))) {
			count = lay_rows_crossings(o, 0, p->n_ranks);
			idle = 0;
		}
		o->work -= 16;
	}
	return count;
}
