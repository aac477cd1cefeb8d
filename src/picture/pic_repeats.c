/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_repeats.c - layers that are equal to the one before them.
 *
 * The boxes of a graph in an order of their own (pic_canon.c) are a text, and a layer that is
 * repeated a period of it: box i does the same as box i + P, and takes its inputs from boxes that
 * are P further on, from the same box, or both from graph inputs. Periods are guessed from how far
 * back the same box was seen last, and then tried. What the first layer reads instead of the layer
 * before it stands for that.
 *
 *     emb  | ln att add ln mlp add | ln att add ln mlp add | ln att ...  | head
 *            drawn                   "x 11 more"
 *
 * A run may begin anywhere in the period; it is moved to where the fewest boxes are read across,
 * and its parts have to feed each other. Parts of a run are neighbours in file order, so that
 * drawing them as one box closes no circle unless the file has one.
 */
#include "picture/pic_repeats.h"

#include <stdlib.h>
#include <string.h>

#include "base/heap.h"

enum { GUESSES = 24, MOST_ALIASES = 4, LEAST_FOLDED = 4, LEAST_PAIR = 5 };

#define NOWHERE UINT32_MAX

typedef struct run {
	uint32_t period, first, times;
} run;

typedef struct repeats {
	pic_plan *plan;
	uint64_t *hash;   /* by item */
	size_t n;         /* boxes */
	uint32_t *item;   /* by place: the item */
	uint32_t *place;  /* by item, NOWHERE for what is no box */
	uint32_t *first;  /* by place: its wires in `wire`; n + 1 */
	uint32_t *wire;   /* by target, then in order */
	uint32_t *output; /* by wire: which output of its maker it carries */
	uint32_t *across; /* by place: boxes before it that are read at it or behind */
	VEC(run) found;
	uint64_t folded; /* boxes that runs leave out */
} repeats;

/* What the first layer reads, and where a layer before it would have made that. */
typedef struct aliases {
	int64_t place[MOST_ALIASES];
	uint32_t item[MOST_ALIASES];
	size_t n;
} aliases;

/* ------------------------------------------------------------------------------ the text -- */

static void list_boxes(repeats *r, const bool *holder)
{
	pic_plan *p = r->plan;
	for (uint32_t i = 0; i < p->items.n; i++) {
		const pic_item *item = &p->items.at[i];
		bool box =
		    item->kind == PIC_MODULE || (item->kind == PIC_NODE && p->fate[item->id] == PIC_BOX);
		r->place[i] = NOWHERE;
		if (!box)
			continue;
		if (item->kind == PIC_NODE && holder[item->id])
			r->hash[i] += i + 1; /* like no other */
		r->hash[i] ^= (uint64_t)item->graph << 32;
		r->place[i] = (uint32_t)r->n;
		r->item[r->n++] = i;
	}
}

static void list_wires(repeats *r)
{
	const pic_plan *p = r->plan;
	for (size_t i = 0; i < p->wires.n; i++) {
		uint32_t to = r->place[p->wires.at[i].to];
		if (to != NOWHERE)
			r->first[to + 2]++;
	}
	for (size_t i = 0; i < r->n; i++)
		r->first[i + 2] += r->first[i + 1];
	for (size_t i = 0; i < p->wires.n; i++) {
		const pic_wire *w = &p->wires.at[i];
		oray_value v;
		if (oray_model_value(p->model, w->value, &v))
			r->output[i] = v.producer_output;
		if (r->place[w->to] != NOWHERE)
			r->wire[r->first[r->place[w->to] + 1]++] = (uint32_t)i;
	}
}

/* Numbers the boxes anew, by how they are connected. */
static bool bring_in_order(repeats *r)
{
	const pic_plan *p = r->plan;
	pic_reading reading = {heap_zeroed(r->n + 1, sizeof *reading.first),
	                       heap_zeroed(p->wires.n + 1, sizeof *reading.from)};
	uint32_t *order = heap_zeroed(r->n + 1, sizeof *order), *before = heap_zeroed(r->n + 1, sizeof *before);
	bool fine = reading.first && reading.from && order && before;
	uint32_t n = 0;
	for (uint32_t i = 0; fine && i < r->n; i++) {
		reading.first[i] = n;
		for (uint32_t k = r->first[i]; k < r->first[i + 1]; k++) {
			uint32_t from = r->place[p->wires.at[r->wire[k]].from];
			if (from != NOWHERE)
				reading.from[n++] = from;
		}
	}
	if (fine)
		reading.first[r->n] = n;
	fine = fine && pic_canon(&reading, r->n, order);
	if (fine) {
		memcpy(before, r->item, r->n * sizeof *before);
		for (uint32_t i = 0; i < r->n; i++) {
			r->item[i] = before[order[i]];
			r->place[r->item[i]] = i;
		}
		memset(r->first, 0, (r->n + 3) * sizeof *r->first);
		list_wires(r);
	}
	heap_free(reading.first);
	heap_free(reading.from);
	heap_free(order);
	heap_free(before);
	return fine;
}

/* Adds one where a box begins to be read across, takes it away behind its last reader. */
static bool count_across(repeats *r)
{
	const pic_plan *p = r->plan;
	uint32_t *last = heap_zeroed(r->n + 1, sizeof *last);
	if (!last)
		return false;
	for (size_t i = 0; i < p->wires.n; i++) {
		uint32_t from = r->place[p->wires.at[i].from], to = r->place[p->wires.at[i].to];
		if (from != NOWHERE && to != NOWHERE && to > from && to > last[from])
			last[from] = to;
	}
	for (size_t i = 0; i < r->n; i++)
		if (last[i] > i) {
			r->across[i + 1]++;
			r->across[last[i] + 1]--;
		}
	for (size_t i = 1; i <= r->n; i++)
		r->across[i] += r->across[i - 1];
	heap_free(last);
	return true;
}

/* ------------------------------------------------------------------------------- periods -- */

typedef struct guess {
	uint32_t period;
	uint64_t score;
} guess;

static void offer(guess *best, uint32_t period, uint64_t score)
{
	size_t worst = 0;
	for (size_t i = 0; i < GUESSES; i++) {
		if (best[i].period == period)
			return;
		worst = best[i].score < best[worst].score ? i : worst;
	}
	if (score > best[worst].score)
		best[worst] = (guess){period, score};
}

/* How far back each box was seen last, the most frequent distances. */
static bool guess_periods(const repeats *r, guess *by_count, guess *by_length)
{
	size_t size = 64;
	while (size < 2 * r->n)
		size *= 2;
	uint32_t *last = heap_zeroed(size, sizeof *last); /* place plus 1 */
	uint32_t *count = heap_zeroed(r->n + 1, sizeof *count);
	for (size_t i = 0; last && count && i < r->n; i++) {
		uint64_t h = r->hash[r->item[i]];
		size_t at = (size_t)(h ^ h >> 32) & (size - 1);
		while (last[at] && r->hash[r->item[last[at] - 1]] != h)
			at = (at + 1) & (size - 1);
		if (last[at])
			count[i + 1 - last[at]]++;
		last[at] = (uint32_t)i + 1;
	}
	for (size_t i = 1; count && i < r->n; i++) {
		if (count[i])
			offer(by_count, (uint32_t)i, count[i]);
		if (count[i])
			offer(by_length, (uint32_t)i, (uint64_t)count[i] * i);
	}
	bool fine = last && count;
	heap_free(last);
	heap_free(count);
	return fine;
}

/* -------------------------------------------------------------------------------- equal -- */

static bool is_input(const repeats *r, uint32_t item)
{
	return r->plan->items.at[item].kind == PIC_INPUT;
}

/* What the first layer reads has to be the same wherever a later one reads the same of the layer
 * before it. */
static bool alias(aliases *known, int64_t place, uint32_t item)
{
	for (size_t i = 0; i < known->n; i++)
		if (known->place[i] == place)
			return known->item[i] == item;
	if (known->n == MOST_ALIASES)
		return false;
	known->place[known->n] = place;
	known->item[known->n++] = item;
	return true;
}

/* Box i does what box i + period does, on what is made a period before. */
static bool matches(const repeats *r, uint32_t i, uint32_t period, aliases *known)
{
	uint32_t j = i + period, n = r->first[i + 1] - r->first[i];
	if (r->hash[r->item[i]] != r->hash[r->item[j]] || r->first[j + 1] - r->first[j] != n)
		return false;
	for (uint32_t k = 0; k < n; k++) {
		uint32_t x = r->wire[r->first[i] + k], y = r->wire[r->first[j] + k];
		uint32_t a = r->plan->wires.at[x].from, b = r->plan->wires.at[y].from;
		bool same = r->place[a] != NOWHERE && r->place[b] == r->place[a] + period &&
		            r->output[x] == r->output[y];
		if (a == b || same || (is_input(r, a) && is_input(r, b)))
			continue;
		if (!known || r->place[b] == NOWHERE || (int64_t)r->place[b] - period >= (int64_t)i ||
		    (r->place[a] != NOWHERE && r->place[a] >= i) ||
		    !alias(known, (int64_t)r->place[b] - period, a))
			return false;
	}
	return true;
}

/* ---------------------------------------------------------------------------------- runs -- */

/* Some wire leads from each part to the next. */
static bool is_chain(const repeats *r, const run *x)
{
	uint32_t next = x->first + x->period;
	for (uint32_t i = next; i < next + x->period; i++)
		for (uint32_t k = r->first[i]; k < r->first[i + 1]; k++) {
			uint32_t from = r->place[r->plan->wires.at[r->wire[k]].from];
			if (from != NOWHERE && from >= x->first && from < next)
				return true;
		}
	return false;
}

static bool is_worth_it(const run *x)
{
	return x->times > 1 && (x->times - 1) * x->period >= LEAST_FOLDED &&
	       (x->times > 2 || x->period >= LEAST_PAIR);
}

/* Boxes [first, end) match those a period on: moves the start to where little is read across. */
static bool keep_run(repeats *r, uint32_t period, uint32_t first, uint32_t end)
{
	run best = {period, first, 0};
	for (uint32_t s = first; s < first + period && s < end; s++) {
		run x = {period, s, (end - s) / period + 1};
		bool thinner = r->across[s] < r->across[best.first];
		bool as_thin = r->across[s] == r->across[best.first] && x.times > best.times;
		if (is_worth_it(&x) && (!best.times || thinner || as_thin))
			best = x;
	}
	if (!best.times || !is_chain(r, &best))
		return true;
	run *slot = vec_push(NULL, &r->found);
	if (slot)
		*slot = best;
	return slot != NULL;
}

static bool try_period(repeats *r, uint32_t period)
{
	for (uint32_t i = 0; i + period < r->n; i++) {
		if (!matches(r, i, period, NULL))
			continue;
		uint32_t first = i, least = i > period ? i - period : 0;
		while (i + period < r->n && matches(r, i, period, NULL))
			i++;
		aliases known = {.n = 0};
		while (first > least && matches(r, first - 1, period, &known))
			first--;
		if (i - first >= period && !keep_run(r, period, first, i))
			return false;
	}
	return true;
}

static int by_size(const void *a, const void *b)
{
	const run *x = a, *y = b;
	uint64_t m = (uint64_t)(x->times - 1) * x->period, n = (uint64_t)(y->times - 1) * y->period;
	if (m != n)
		return m > n ? -1 : 1;
	if (x->period != y->period)
		return x->period < y->period ? -1 : 1;
	return x->first < y->first ? -1 : x->first > y->first;
}

/* --------------------------------------------------------------------------------- names -- */

static oray_str scope_at(const repeats *r, uint32_t place)
{
	const pic_item *item = &r->plan->items.at[r->item[place]];
	return item->kind == PIC_MODULE ? r->plan->groups->all.at[item->id].name
	                                : pic_scope(r->plan, item->id);
}

/* What the scopes of a part begin with, in whole words. */
static oray_str common_scope(const repeats *r, uint32_t first, uint32_t n)
{
	oray_str common = scope_at(r, first);
	for (uint32_t i = first + 1; i < first + n; i++) {
		oray_str other = scope_at(r, i);
		size_t k = 0, whole = 0;
		for (; k < common.size && k < other.size && common.data[k] == other.data[k]; k++)
			whole = common.data[k] == '/' ? k : whole;
		bool ends = (k == common.size || common.data[k] == '/') &&
		            (k == other.size || other.data[k] == '/');
		common.size = ends ? k : whole;
	}
	return common;
}

static oray_str name_of(const repeats *r, const run *x)
{
	oray_str a = common_scope(r, x->first, x->period);
	oray_str b = common_scope(r, x->first + x->period, x->period);
	/* a name that the next part has as well is that of what both are in */
	bool around = a.size <= b.size && (!a.size || memcmp(a.data, b.data, a.size) == 0) &&
	              (a.size == b.size || b.data[a.size] == '/');
	return around ? (oray_str){"", 0} : a;
}

/* Keeps runs from the largest down that share no box. */
static bool choose_runs(repeats *r)
{
	bool *used = heap_zeroed(r->n + 1, sizeof *used);
	size_t kept = 0;
	if (!used)
		return false;
	if (r->found.n)
		qsort(r->found.at, r->found.n, sizeof *r->found.at, by_size);
	for (size_t i = 0; i < r->found.n; i++) {
		run x = r->found.at[i];
		uint32_t end = x.first + x.times * x.period, k = x.first;
		while (k < end && !used[k])
			k++;
		if (k < end)
			continue;
		memset(used + x.first, true, end - x.first);
		r->found.at[kept++] = x;
		r->folded += (uint64_t)(x.times - 1) * x.period;
	}
	r->found.n = kept;
	heap_free(used);
	return true;
}

static bool make_groups(const repeats *r, uint32_t *group)
{
	for (size_t i = 0; i < r->found.n; i++) {
		const run *x = &r->found.at[i];
		if (!pic_group_add(r->plan, name_of(r, x), x->times - 1))
			return false;
		for (uint32_t k = x->first + x->period; k < x->first + x->times * x->period; k++)
			group[r->item[k]] = (uint32_t)(r->plan->groups->all.n - 1);
	}
	return true;
}

static bool find(repeats *r)
{
	guess best[2][GUESSES] = {0};
	if (!count_across(r) || !guess_periods(r, best[0], best[1]))
		return false;
	for (unsigned k = 0; k < 2; k++)
		for (size_t i = 0; i < GUESSES; i++) {
			bool twice = false;
			for (size_t m = 0; k && m < GUESSES; m++)
				twice |= best[0][m].period == best[k][i].period;
			if (best[k][i].score && !twice && !try_period(r, best[k][i].period))
				return false;
		}
	return choose_runs(r);
}

/* True where everything stands behind what it reads. */
static bool is_in_order(const repeats *r)
{
	const pic_plan *p = r->plan;
	for (size_t i = 0; i < p->wires.n; i++) {
		uint32_t from = r->place[p->wires.at[i].from], to = r->place[p->wires.at[i].to];
		if (from != NOWHERE && to != NOWHERE && from >= to)
			return false;
	}
	return true;
}

static bool start(repeats *r, const bool *holder)
{
	const pic_plan *p = r->plan;
	size_t n = p->items.n;
	r->hash = heap_zeroed(n + 1, sizeof *r->hash);
	r->item = heap_zeroed(n + 1, sizeof *r->item);
	r->place = heap_zeroed(n + 1, sizeof *r->place);
	r->first = heap_zeroed(n + 3, sizeof *r->first);
	r->wire = heap_zeroed(p->wires.n + 1, sizeof *r->wire);
	r->output = heap_zeroed(p->wires.n + 1, sizeof *r->output);
	r->across = heap_zeroed(n + 2, sizeof *r->across);
	if (!r->hash || !r->item || !r->place || !r->first || !r->wire || !r->output || !r->across)
		return false;
	pic_hash_items(p, r->hash);
	list_boxes(r, holder);
	list_wires(r);
	return true;
}

static void discard(repeats *r)
{
	heap_free(r->hash);
	heap_free(r->item);
	heap_free(r->place);
	heap_free(r->first);
	heap_free(r->wire);
	heap_free(r->output);
	heap_free(r->across);
	vec_free(NULL, &r->found);
}

bool pic_find_repeats(pic_plan *p, uint32_t *group)
{
	/* in an order of our own, and as the file has it: the one in which more is repeated */
	repeats own = {.plan = p}, filed = {.plan = p};
	bool *holder = pic_find_holders(p);
	bool fine = holder && start(&own, holder) && bring_in_order(&own) && find(&own) &&
	            start(&filed, holder);
	if (fine && is_in_order(&filed))
		fine = find(&filed);
	fine = fine && make_groups(filed.folded > own.folded ? &filed : &own, group);
	heap_free(holder);
	discard(&own);
	discard(&filed);
	return fine;
}
