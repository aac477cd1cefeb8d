/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_modules.c - which boxes belong to one module.
 *
 * Items whose scopes begin with the same parts are a module. A module that is left and entered
 * again would close a circle with what is in between. Such modules are those that remain when
 * everything without predecessors, and then everything without successors, is taken away. They are
 * cut into levels: an item's level is how often the longest way to it passes from one of them into
 * another. A wire never leads to a lower level, and between modules to a higher one, so the parts
 * of modules that have one level close no circle.
 */
#include <stdlib.h>
#include <string.h>

#include "base/heap.h"
#include "base/strings.h"
#include "picture/pic_fold.h"

/* Wires by one of their ends, after both ends were mapped to clusters. */
typedef struct fan {
	uint32_t *first; /* n + 1 */
	uint32_t *other;
} fan;

typedef struct modules {
	pic_plan *plan;
	uint32_t *group;   /* by item: its module here, before groups are made */
	strings names;     /* graph and beginning of the scope: a module each */
	size_t n;          /* modules */
	uint32_t *cluster; /* by item: its module, or n + item */
	bool *core;        /* by cluster: part of a circle, or between two */
	uint32_t *level;   /* by item */
} modules;

/* ------------------------------------------------------------------------------- scopes -- */

/* The first `depth` parts of a scope; empty where it has fewer. */
static oray_str beginning(oray_str scope, unsigned depth)
{
	while (scope.size && *scope.data == '/')
		scope.data++, scope.size--;
	for (size_t i = 0; i < scope.size; i++)
		if (scope.data[i] == '/' && !--depth)
			return (oray_str){scope.data, i};
	return depth == 1 ? scope : (oray_str){"", 0};
}

static bool assign(modules *m, unsigned depth, const bool *holds)
{
	pic_plan *p = m->plan;
	buf key = {0};
	bool fine = true;
	for (size_t i = 0; fine && i < p->items.n; i++) {
		const pic_item *item = &p->items.at[i];
		if (item->kind != PIC_NODE || p->fate[item->id] != PIC_BOX || holds[item->id])
			continue;
		oray_str name = beginning(pic_scope(p, item->id), depth);
		if (!name.size)
			continue;
		buf_clear(&key);
		buf_add(&key, (const char *)&item->graph, sizeof item->graph);
		buf_add(&key, name.data, name.size);
		m->group[i] = buf_ok(&key) ? strings_add(&m->names, buf_text(&key), key.n) : ORAY_NONE;
		fine = m->group[i] != ORAY_NONE;
	}
	m->n = strings_count(&m->names);
	buf_free(&key);
	return fine;
}

/* ------------------------------------------------------------------------------- circles -- */

static bool build(const pic_plan *p, const uint32_t *at, size_t n, bool forward, fan *f)
{
	f->first = heap_zeroed(n + 2, sizeof *f->first);
	f->other = heap_zeroed(p->wires.n + 1, sizeof *f->other);
	if (!f->first || !f->other)
		return false;
	for (unsigned pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < p->wires.n; i++) {
			uint32_t from = at[p->wires.at[i].from], to = at[p->wires.at[i].to];
			uint32_t near = forward ? from : to, far = forward ? to : from;
			if (from == to)
				continue;
			if (pass)
				f->other[f->first[near + 1]++] = far;
			else
				f->first[near + 2]++;
		}
		for (size_t i = 0; !pass && i < n; i++)
			f->first[i + 2] += f->first[i + 1];
	}
	return true;
}

static void discard(fan *f)
{
	heap_free(f->first);
	heap_free(f->other);
}

/*
 * Takes away what has nothing left before it, in order; `order` receives it. `pending` has room for
 * the degrees. @return how many went.
 */
static size_t peel(const fan *down, size_t n, const bool *only, uint32_t *pending, uint32_t *order)
{
	size_t taken = 0;
	memset(pending, 0, n * sizeof *pending);
	for (size_t i = 0; i < n; i++)
		for (uint32_t k = down->first[i]; (!only || only[i]) && k < down->first[i + 1]; k++)
			pending[down->other[k]]++;
	for (size_t i = 0; i < n; i++)
		if (!pending[i] && (!only || only[i]))
			order[taken++] = (uint32_t)i;
	for (size_t i = 0; i < taken; i++)
		for (uint32_t k = down->first[order[i]]; k < down->first[order[i] + 1]; k++)
			if ((!only || only[down->other[k]]) && !--pending[down->other[k]])
				order[taken++] = down->other[k];
	return taken;
}

/* Fills `core`. @return false without memory. */
static bool find_core(modules *m, size_t n, size_t *remain)
{
	fan down = {0}, up = {0};
	uint32_t *pending = heap_zeroed(n + 1, sizeof *pending), *order = heap_zeroed(n + 1, sizeof *order);
	bool fine = pending && order && build(m->plan, m->cluster, n, true, &down) &&
	            build(m->plan, m->cluster, n, false, &up);
	memset(m->core, true, n);
	*remain = n;
	for (unsigned pass = 0; fine && pass < 2 && *remain; pass++) {
		size_t gone = peel(pass ? &up : &down, n, m->core, pending, order);
		for (size_t i = 0; i < gone; i++)
			m->core[order[i]] = false;
		*remain -= gone;
	}
	heap_free(pending);
	heap_free(order);
	discard(&down);
	discard(&up);
	return fine;
}

static bool find_levels(modules *m)
{
	const pic_plan *p = m->plan;
	size_t n = p->items.n;
	fan down = {0};
	uint32_t *pending = heap_zeroed(n + 1, sizeof *pending), *order = heap_zeroed(n + 1, sizeof *order);
	uint32_t *self = heap_zeroed(n + 1, sizeof *self);
	for (size_t i = 0; self && i < n; i++)
		self[i] = (uint32_t)i;
	bool fine = pending && order && self && build(p, self, n, true, &down);
	size_t taken = fine ? peel(&down, n, NULL, pending, order) : 0;
	for (size_t i = 0; i < taken; i++) {
		uint32_t from = order[i], of = m->cluster[from];
		for (uint32_t k = down.first[from]; k < down.first[from + 1]; k++) {
			uint32_t to = down.other[k];
			bool crosses = m->cluster[to] != of && m->core[m->cluster[to]] && m->core[of];
			uint32_t least = m->level[from] + crosses;
			m->level[to] = m->level[to] > least ? m->level[to] : least;
		}
	}
	heap_free(pending);
	heap_free(order);
	heap_free(self);
	discard(&down);
	return fine;
}

/* ------------------------------------------------------------------------------- groups -- */

typedef struct piece {
	uint32_t module, level, item;
} piece;

static int by_piece(const void *a, const void *b)
{
	const piece *x = a, *y = b;
	if (x->module != y->module)
		return x->module < y->module ? -1 : 1;
	if (x->level != y->level)
		return x->level < y->level ? -1 : 1;
	return x->item < y->item ? -1 : x->item > y->item;
}

/* Modules of one box remain that box. Numbers the parts of those that were cut. */
static bool make_groups(modules *m, piece *pieces, size_t n, unsigned depth)
{
	pic_plan *p = m->plan;
	size_t first_of_module = 0;
	memset(m->group, 0xff, p->items.n * sizeof *m->group);
	for (size_t i = 0, end; i < n; i = end) {
		size_t first = p->groups->all.n;
		for (end = i; end < n && pieces[end].module == pieces[i].module &&
		              pieces[end].level == pieces[i].level;)
			end++;
		if (!i || pieces[i - 1].module != pieces[i].module)
			first_of_module = first;
		if (end - i > 1) {
			oray_str scope = pic_scope(p, p->items.at[pieces[i].item].id);
			pic_group *group = pic_group_add(p, beginning(scope, depth), 0);
			if (!group)
				return false;
			group->part = (uint32_t)(first - first_of_module + 1);
			for (size_t k = i; k < end; k++)
				m->group[pieces[k].item] = (uint32_t)first;
		}
		if (end < n && pieces[end].module == pieces[i].module)
			continue;
		for (size_t k = first_of_module; k < p->groups->all.n; k++)
			p->groups->all.at[k].parts = (uint32_t)(p->groups->all.n - first_of_module);
	}
	return true;
}

static bool cut(modules *m, unsigned depth)
{
	const pic_plan *p = m->plan;
	size_t n = 0, remain = 0;
	piece *pieces = heap_zeroed(p->items.n + 1, sizeof *pieces);
	bool fine = pieces && find_core(m, m->n + p->items.n, &remain) && (!remain || find_levels(m));
	for (size_t i = 0; fine && i < p->items.n; i++)
		if (m->group[i] != ORAY_NONE)
			pieces[n++] = (piece){m->group[i], m->core[m->group[i]] ? m->level[i] : 0, (uint32_t)i};
	if (fine && n)
		qsort(pieces, n, sizeof *pieces, by_piece);
	fine = fine && make_groups(m, pieces, n, depth);
	heap_free(pieces);
	return fine;
}

bool pic_find_modules(pic_plan *p, unsigned depth, uint32_t *group)
{
	modules m = {.plan = p, .group = group};
	bool *holds = pic_find_holders(p);
	strings_init(&m.names, NULL);
	bool fine = holds && assign(&m, depth, holds);
	m.cluster = heap_zeroed(p->items.n + 1, sizeof *m.cluster);
	m.level = heap_zeroed(p->items.n + 1, sizeof *m.level);
	m.core = heap_zeroed(m.n + p->items.n + 1, sizeof *m.core);
	fine = fine && m.cluster && m.level && m.core;
	for (size_t i = 0; fine && i < p->items.n; i++)
		m.cluster[i] = group[i] != ORAY_NONE ? group[i] : (uint32_t)(m.n + i);
	fine = fine && cut(&m, depth);
	strings_free(&m.names);
	heap_free(holds);
	heap_free(m.cluster);
	heap_free(m.level);
	heap_free(m.core);
	return fine;
}
