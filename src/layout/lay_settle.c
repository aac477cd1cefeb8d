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

typedef struct settle {
	lay_lines *o;
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

typedef struct pull_walk {
	const settle *s;
	uint32_t line, v, stage, j;
	uint32_t other; /**< the line of the other end */
	int32_t at;     /**< where the line would be */
	uint32_t weight;
} pull_walk;

/* The next link of a line to another line; false at the end. */
static bool pull_next(pull_walk *w)
{
	const lay_lines *o = w->s->o;
	const lay_piece *p = o->p;
	for (;;) {
		uint32_t v = w->v;
		if (w->stage < 2) {
			bool in = w->stage == 0;
			const uint32_t *first = in ? p->in_first : p->out_first;
			if (first[v] + w->j < first[v + 1]) {
				uint32_t id = (in ? p->in : p->out)[first[v] + w->j++];
				const lay_link *k = &p->links[id];
				uint32_t u = in ? k->from : k->to;
				w->other = o->at[u].root;
				if (w->other == w->line)
					continue;
				int32_t d = in ? k->from_at - k->to_at : k->to_at - k->from_at;
				w->at = o->x[w->other] + o->at[u].shift + d - o->at[v].shift;
				w->weight = k->weight ? k->weight : 1;
				return true;
			}
			w->stage++;
			w->j = 0;
			continue;
		}
		if (w->stage == 2) { /* the way through the piece */
			w->stage = 3;
			if (p->entry != LAY_NONE && p->exit != LAY_NONE && (v == p->entry || v == p->exit)) {
				uint32_t u = v == p->entry ? p->exit : p->entry;
				w->other = o->at[u].root;
				w->at = o->x[w->other] + o->at[u].shift - o->at[v].shift +
				        (v == p->entry ? p->exit_at : -p->exit_at);
				w->weight = PULL_SELF;
				if (w->other != w->line)
					return true;
			}
			continue;
		}
		w->v = o->at[v].next;
		w->stage = w->j = 0;
		if (w->v == w->line)
			return false;
	}
}

static pulls pulls_of(settle *s, uint32_t line, bool apart)
{
	pulls r = {.low = INT32_MIN, .high = INT32_MAX};
	pull_walk w = {.s = s, .line = line, .v = line};
	int32_t x = s->o->x[line];
	while (pull_next(&w)) {
		s->work--;
		if (apart && s->mark[w.other] == s->push)
			continue;
		if (w.at < x) {
			r.left += w.weight;
			r.low = w.at > r.low ? w.at : r.low;
		} else if (w.at > x) {
			r.right += w.weight;
			r.high = w.at < r.high ? w.at : r.high;
		} else {
			r.here += w.weight;
		}
	}
	s->work -= 2;
	return r;
}

/* How far a line may go to one side, and who is in the way: the first of them. */
static int32_t room(settle *s, uint32_t line, bool left)
{
	const lay_lines *o = s->o;
	int32_t most = INT32_MAX;
	uint32_t v = line;
	do {
		uint32_t w = left ? o->left[v] : o->at[v].right;
		if (w != LAY_NONE) {
			int32_t d = left ? o->x[line] - o->x[o->at[w].root] - lay_apart(o, w, v)
			                 : o->x[o->at[w].root] - o->x[line] - lay_apart(o, v, w);
			most = d < most ? d : most;
		}
		s->work--;
		v = o->at[v].next;
	} while (v != line);
	return most;
}

/* Where the weights on both sides are equal, seen from the side it comes from; by halving. */
static int32_t median(settle *s, uint32_t line, int32_t near, int32_t far)
{
	while (near != far) {
		/* the place nearer to `far`, so that it ends */
		int64_t sum = (int64_t)near + far;
		int32_t mid = (int32_t)(sum >= 0 ? sum / 2 : -((1 - sum) / 2));
		if (mid == near && far > near)
			mid++;
		int64_t beyond = 0, all = 0;
		pull_walk w = {.s = s, .line = line, .v = line};
		while (pull_next(&w)) {
			s->work--;
			all += w.weight;
			if (far > near ? w.at >= mid : w.at <= mid)
				beyond += w.weight;
		}
		if (2 * beyond > all)
			near = mid;
		else
			far = far > near ? mid - 1 : mid + 1;
	}
	return near;
}

/* Moves one line towards its median; whether it is held up short of it. */
static bool settle_line(settle *s, uint32_t line, bool left, bool *moved)
{
	int32_t *x = &s->o->x[line];
	for (;;) {
		pulls r = pulls_of(s, line, false);
		int64_t gain = left ? r.left - r.right - r.here : r.right - r.left - r.here;
		if (gain <= 0)
			return false;
		int32_t free = room(s, line, left);
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
			*x = median(s, line, *x, far);
			return *x == far;
		}
	}
}

/* Moves a line and all in its way, while that gains. */
static void settle_push(settle *s, uint32_t line, bool left, bool *moved)
{
	lay_lines *o = s->o;
	for (int steps = 0; steps < 64 && s->work > 0; steps++) {
		s->push++;
		s->n_members = 1;
		s->members[0] = line;
		s->mark[line] = s->push;
		int32_t step = INT32_MAX;
		for (uint32_t i = 0; i < s->n_members; i++) {
			uint32_t v = s->members[i], first = v;
			do {
				uint32_t w = left ? o->left[v] : o->at[v].right;
				s->work--;
				if (w != LAY_NONE && s->mark[o->at[w].root] != s->push) {
					uint32_t m = o->at[w].root;
					int32_t d = left ? o->x[first] - o->x[m] - lay_apart(o, w, v)
					                 : o->x[m] - o->x[first] - lay_apart(o, v, w);
					if (d > 0) {
						step = d < step ? d : step;
					} else {
						if (s->n_members == PUSH_MOST)
							return;
						s->mark[m] = s->push;
						s->members[s->n_members++] = m;
					}
				}
				v = o->at[v].next;
			} while (v != first);
		}
		int64_t gain = 0;
		for (uint32_t i = 0; i < s->n_members; i++) {
			uint32_t m = s->members[i];
			pulls r = pulls_of(s, m, true);
			gain += left ? r.left - r.right - r.here : r.right - r.left - r.here;
			int32_t d = left ? (r.low == INT32_MIN ? INT32_MAX : o->x[m] - r.low)
			                 : (r.high == INT32_MAX ? INT32_MAX : r.high - o->x[m]);
			step = d < step ? d : step;
		}
		if (gain <= 0 || step == INT32_MAX)
			return;
		for (uint32_t i = 0; i < s->n_members; i++)
			o->x[s->members[i]] += left ? -step : step;
		*moved = true;
	}
}

bool lay_settle(lay_lines *o, arena *a)
{
	const lay_piece *p = o->p;
	bool small = p->n <= SMALL_PIECE;
	settle s = {.o = o, .work = small ? 48 * ((int64_t)p->n + p->n_links) + 20000 : INT64_MAX};
	if (small) {
		s.mark = LAY_NEW(a, p->n, uint32_t);
		s.members = LAY_NEW(a, PUSH_MOST, uint32_t);
		if (a->failed)
			return false;
	}
	bool moved = true;
	for (int pass = 0; pass < (small ? PASSES_SMALL : PASSES_LARGE) && moved && s.work > 0;
	     pass++) {
		moved = false;
		for (int side = 0; side < 2; side++)
			for (uint32_t i = 0; i < o->n_lines && s.work > 0; i++) {
				uint32_t line = o->lines[side ? i : o->n_lines - 1 - i];
				if (settle_line(&s, line, side, &moved) && small)
					settle_push(&s, line, side, &moved);
			}
	}
	return true;
}
