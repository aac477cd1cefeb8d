/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lay_settle.c - moves lines of vertices to where their links that are not straight are shortest.
 *
 * A line wants to be at the weighted median of what it is linked to, and goes there as far as its
 * neighbours allow. In small pieces one that is held up pushes: with all lines that are in its way,
 * if together they gain. All is bounded by work.
 */
#include <string.h>

#include "layout/lay.h"

enum { PULL_SELF = 40, PASSES_SMALL = 8, PASSES_LARGE = 1, SMALL_PIECE = 6000, PUSH_MOST = 256 };

/** A link to another line. */
typedef struct pull {
	uint32_t other;
	int32_t at; /**< where the line would have to be, seen from the other, for it to be straight */
	uint32_t weight;
} pull;

/** A line beside another, and how far it is away at least. */
typedef struct beside {
	uint32_t other;
	int32_t apart;
} beside;

/** What a line has to do with others; each list ends where that of the next line begins. */
typedef struct lists {
	uint32_t pulls, left, right;
	uint32_t n; /**< its vertices */
} lists;

/** Lines by their number in lay_lines.lines. */
typedef struct settle {
	lay_lines *o;
	uint32_t n;
	lists *lines;
	int32_t *x;
	pull *pulls;
	beside *left, *right;
	uint32_t *mark; /**< of each line: the push it is part of */
	uint32_t push;
	uint32_t *members, n_members;
	int64_t work; /**< how much is left */
} settle;

/** What pulls at a line: where it would have to be for a link to be straight, and how much. */
typedef struct pulls {
	int64_t left, right; /**< the weight that is left and right of where it is */
	int64_t here;        /**< and the weight of what is straight */
	int32_t low, high;   /**< the nearest on both sides; INT32_MIN, INT32_MAX: none */
} pulls;

/* -------------------------------------------------------------------------------- lists -- */

/* Room for all there may be. */
static bool lists_new(settle *s, arena *a)
{
	const lay_piece *p = s->o->p;
	s->n = s->o->n_lines;
	s->lines = LAY_NEW(a, (size_t)s->n + 1, lists);
	s->x = LAY_NEW(a, s->n, int32_t);
	s->pulls = LAY_NEW(a, 2 * (size_t)p->n_links + 2, pull);
	s->left = LAY_NEW(a, p->n, beside);
	s->right = LAY_NEW(a, p->n, beside);
	return !a->failed;
}

/* Adds what vertex `v` of line `i` is linked to; `number`: of each line by its root. */
static void add_pull(settle *s, const uint32_t *number, uint32_t i, uint32_t v, uint32_t u,
                     int32_t d, uint32_t weight)
{
	const lay_lines *o = s->o;
	if (o->at[u].root != o->at[v].root)
		s->pulls[s->lines[i].pulls++] =
		    (pull){number[o->at[u].root], o->at[u].shift + d - o->at[v].shift, weight};
}

static void add_pulls(settle *s, const uint32_t *number, uint32_t i, uint32_t v)
{
	const lay_piece *p = s->o->p;
	for (uint32_t j = p->in_first[v]; j < p->in_first[v + 1]; j++) {
		const lay_link *k = &p->links[p->in[j]];
		add_pull(s, number, i, v, k->from, k->from_at - k->to_at, k->weight ? k->weight : 1);
	}
	for (uint32_t j = p->out_first[v]; j < p->out_first[v + 1]; j++) {
		const lay_link *k = &p->links[p->out[j]];
		add_pull(s, number, i, v, k->to, k->to_at - k->from_at, k->weight ? k->weight : 1);
	}
	if (p->entry == LAY_NONE || p->exit == LAY_NONE)
		return;
	if (v == p->entry) /* the way through the piece */
		add_pull(s, number, i, v, p->exit, p->exit_at, PULL_SELF);
	else if (v == p->exit)
		add_pull(s, number, i, v, p->entry, -p->exit_at, PULL_SELF);
}

/* Neighbours that stay the same over many ranks are one. */
static void add_beside(beside *list, uint32_t first, uint32_t *n, uint32_t other, int32_t apart)
{
	if (*n > first && list[*n - 1].other == other) {
		if (apart > list[*n - 1].apart)
			list[*n - 1].apart = apart;
		return;
	}
	list[(*n)++] = (beside){other, apart};
}

static void lists_fill(settle *s, uint32_t *number)
{
	lay_lines *o = s->o;
	for (uint32_t i = 0; i < s->n; i++) {
		number[o->lines[i]] = i;
		s->x[i] = o->x[o->lines[i]];
	}
	for (uint32_t i = 0; i < s->n; i++) {
		lists first = s->lines[i], *all = &s->lines[i];
		uint32_t v = o->lines[i];
		do {
			uint32_t w = o->left[v];
			add_pulls(s, number, i, v);
			if (w != LAY_NONE)
				add_beside(s->left, first.left, &all->left, number[o->at[w].root],
				           lay_apart(o, w, v));
			w = o->at[v].right;
			if (w != LAY_NONE)
				add_beside(s->right, first.right, &all->right, number[o->at[w].root],
				           lay_apart(o, v, w));
			first.n++;
			v = o->at[v].next;
		} while (v != o->lines[i]);
		s->lines[i + 1] = (lists){all->pulls, all->left, all->right, 0};
		s->lines[i] = first;
	}
}

/* -------------------------------------------------------------------------------- pulls -- */

static pulls pulls_of(settle *s, uint32_t i, bool apart)
{
	pulls r = {.low = INT32_MIN, .high = INT32_MAX};
	int32_t x = s->x[i];
	uint32_t first = s->lines[i].pulls, end = s->lines[i + 1].pulls;
	for (const pull *k = s->pulls + first; k < s->pulls + end; k++) {
		if (apart && s->mark[k->other] == s->push)
			continue;
		int32_t at = s->x[k->other] + k->at;
		if (at < x) {
			r.left += k->weight;
			r.low = at > r.low ? at : r.low;
		} else if (at > x) {
			r.right += k->weight;
			r.high = at < r.high ? at : r.high;
		} else {
			r.here += k->weight;
		}
	}
	s->work -= 2 + (end - first);
	return r;
}

/* Those beside a line. @return how many. */
static uint32_t beside_of(const settle *s, uint32_t i, bool left, const beside **list)
{
	const lists *a = &s->lines[i], *b = a + 1;
	*list = left ? s->left + a->left : s->right + a->right;
	return left ? b->left - a->left : b->right - a->right;
}

/* How far a line may go until it is at another. */
static int32_t room_to(const settle *s, uint32_t i, bool left, const beside *k)
{
	return (left ? s->x[i] - s->x[k->other] : s->x[k->other] - s->x[i]) - k->apart;
}

/* How far a line may go to one side. */
static int32_t room(settle *s, uint32_t i, bool left)
{
	int32_t most = INT32_MAX;
	const beside *list;
	uint32_t n = beside_of(s, i, left, &list);
	for (uint32_t k = 0; k < n; k++) {
		int32_t d = room_to(s, i, left, &list[k]);
		most = d < most ? d : most;
	}
	s->work -= s->lines[i].n;
	return most;
}

/* Where the weights on both sides are equal, seen from the side it comes from; by halving. */
static int32_t median(settle *s, uint32_t i, int32_t near, int32_t far)
{
	uint32_t first = s->lines[i].pulls, end = s->lines[i + 1].pulls;
	while (near != far) {
		/* the place nearer to `far`, so that it ends */
		int64_t sum = (int64_t)near + far;
		int32_t mid = (int32_t)(sum >= 0 ? sum / 2 : -((1 - sum) / 2));
		if (mid == near && far > near)
			mid++;
		int64_t beyond = 0, all = 0;
		for (const pull *k = s->pulls + first; k < s->pulls + end; k++) {
			int32_t at = s->x[k->other] + k->at;
			all += k->weight;
			if (far > near ? at >= mid : at <= mid)
				beyond += k->weight;
		}
		s->work -= end - first;
		if (2 * beyond > all)
			near = mid;
		else
			far = far > near ? mid - 1 : mid + 1;
	}
	return near;
}

/* Moves one line towards its median; whether it is held up short of it. */
static bool settle_line(settle *s, uint32_t i, bool left, bool *moved)
{
	int32_t *x = &s->x[i];
	for (;;) {
		pulls r = pulls_of(s, i, false);
		int64_t gain = left ? r.left - r.right - r.here : r.right - r.left - r.here;
		if (gain <= 0)
			return false;
		int32_t free = room(s, i, left);
		if (free <= 0)
			return true;
		int32_t step = left ? *x - r.low : r.high - *x;
		bool few = step >= free;
		step = few ? free : step;
		*x += left ? -step : step;
		*moved = true;
		if (few)
			return true;
		if (r.left + r.right > 8 * 24) { /* many: go to the end at once */
			int32_t far = *x + (left ? -1 : 1) * (free - step);
			if (free == INT32_MAX)
				far = left ? INT32_MIN / 4 : INT32_MAX / 4;
			*x = median(s, i, *x, far);
			return *x == far;
		}
	}
}

/* Takes those in the way of member `i` along. @return how far it may go until others are; 0: there
 * are too many. */
static int32_t push_along(settle *s, uint32_t i, bool left, int32_t step)
{
	const beside *list;
	uint32_t n = beside_of(s, i, left, &list);
	s->work -= s->lines[i].n;
	for (const beside *k = list; k < list + n; k++) {
		if (s->mark[k->other] == s->push)
			continue;
		int32_t d = room_to(s, i, left, k);
		if (d > 0) {
			step = d < step ? d : step;
			continue;
		}
		if (s->n_members == PUSH_MOST)
			return 0;
		s->mark[k->other] = s->push;
		s->members[s->n_members++] = k->other;
	}
	return step;
}

/* Moves a line and all in its way, while that gains. */
static void settle_push(settle *s, uint32_t line, bool left, bool *moved)
{
	for (int steps = 0; steps < 64 && s->work > 0; steps++) {
		s->push++;
		s->n_members = 1;
		s->members[0] = line;
		s->mark[line] = s->push;
		int32_t step = INT32_MAX;
		for (uint32_t i = 0; i < s->n_members && step; i++)
			step = push_along(s, s->members[i], left, step);
		if (!step)
			return;
		int64_t gain = 0;
		for (uint32_t i = 0; i < s->n_members; i++) {
			uint32_t m = s->members[i];
			pulls r = pulls_of(s, m, true);
			gain += left ? r.left - r.right - r.here : r.right - r.left - r.here;
			int32_t d = left ? (r.low == INT32_MIN ? INT32_MAX : s->x[m] - r.low)
			                 : (r.high == INT32_MAX ? INT32_MAX : r.high - s->x[m]);
			step = d < step ? d : step;
		}
		if (gain <= 0 || step == INT32_MAX)
			return;
		for (uint32_t i = 0; i < s->n_members; i++)
			s->x[s->members[i]] += left ? -step : step;
		*moved = true;
	}
}

bool lay_settle(lay_lines *o, arena *a)
{
	const lay_piece *p = o->p;
	bool small = p->n <= SMALL_PIECE;
	settle s = {.o = o, .work = small ? 48 * ((int64_t)p->n + p->n_links) + 20000 : INT64_MAX};
	uint32_t *number = LAY_NEW(a, p->n, uint32_t);
	if (!lists_new(&s, a))
		return false;
	if (small) {
		s.mark = LAY_NEW(a, s.n, uint32_t);
		s.members = LAY_NEW(a, PUSH_MOST, uint32_t);
		if (a->failed)
			return false;
	}
	lists_fill(&s, number);
	bool moved = true;
	for (int pass = 0; pass < (small ? PASSES_SMALL : PASSES_LARGE) && moved && s.work > 0;
	     pass++) {
		moved = false;
		for (int side = 0; side < 2; side++)
			for (uint32_t k = 0; k < s.n && s.work > 0; k++) {
				uint32_t i = side ? k : s.n - 1 - k;
				if (settle_line(&s, i, side, &moved) && small)
					settle_push(&s, i, side, &moved);
			}
	}
	for (uint32_t i = 0; i < s.n; i++)
		o->x[o->lines[i]] = s.x[i];
	return true;
}
