/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dim.c - the pool of symbolic integers: numbers, symbols, and records that are stored once.
 */
#include "dim/dim.h"

#include <stdio.h>
#include <string.h>

#include "dim/dim_pool.h"

#define NO_SYMBOL UINT32_MAX

/* ---------------------------------------------------------------------------------- pool -- */

dims *dims_new(mem_budget *budget)
{
	dims *p = mem_resize(budget, NULL, 0, sizeof *p);
	if (p) {
		*p = (dims){.budget = budget};
		strings_init(&p->names, budget);
	}
	return p;
}

void dims_free(dims *p)
{
	if (!p)
		return;
	mem_budget *budget = p->budget;
	strings_free(&p->names);
	vec_free(budget, &p->owner);
	vec_free(budget, &p->symbols);
	vec_free(budget, &p->records);
	vec_free(budget, &p->words);
	vec_free(budget, &p->pending);
	mem_free(budget, p->slots, p->n_slots * sizeof *p->slots);
	mem_free(budget, p, sizeof *p);
}

uint64_t dim_gcd(int64_t a, int64_t b)
{
	uint64_t x = a < 0 ? -(uint64_t)a : (uint64_t)a;
	uint64_t y = b < 0 ? -(uint64_t)b : (uint64_t)b;
	while (y) {
		uint64_t rest = x % y;
		x = y;
		y = rest;
	}
	return x;
}

/* ------------------------------------------------------------------------------- records -- */

static uint32_t hash_words(const dims *p, dim_type type, const uint64_t *words, size_t n)
{
	uint64_t h = p->names.seed ^ (uint64_t)type;
	for (size_t i = 0; i < n; i++) {
		h = (h ^ words[i]) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 29;
	}
	h *= UINT64_C(0xbf58476d1ce4e5b9);
	return (uint32_t)(h >> 32);
}

/** Doubles the table while it is more than half full. */
static bool grow_slots(dims *p)
{
	if (p->records.n * 2 < p->n_slots)
		return true;
	size_t n = p->n_slots ? p->n_slots * 2 : 64;
	uint32_t *slots = mem_resize(p->budget, NULL, 0, n * sizeof *slots);
	if (!slots)
		return false;
	memset(slots, 0, n * sizeof *slots);
	for (size_t i = 0; i < p->records.n; i++) {
		size_t at = p->records.at[i].hash & (n - 1);
		while (slots[at])
			at = (at + 1) & (n - 1);
		slots[at] = (uint32_t)i + 1;
	}
	mem_free(p->budget, p->slots, p->n_slots * sizeof *p->slots);
	p->slots = slots;
	p->n_slots = n;
	return true;
}

bool dim_plainly_nonneg(const dims *p, dim d)
{
	switch (DIM_KIND(d)) {
	case DIM_IS_NUMBER:
		return dim_small(d) >= 0;
	case DIM_IS_SYMBOL:
		return true;
	case DIM_IS_RECORD:
		return dim_record_of(p, d)->nonneg;
	default:
		return false;
	}
}

/** Adds the weight and the depth of a part. */
static void measure_part(const dims *p, dim d, size_t *weight, unsigned *depth)
{
	if (DIM_KIND(d) == DIM_IS_SYMBOL) {
		*weight += 1 + dim_symbol_name(p, d).size / 16;
	} else if (DIM_KIND(d) == DIM_IS_RECORD) {
		const dim_record *r = dim_record_of(p, d);
		*weight += r->weight;
		if (r->depth > *depth)
			*depth = r->depth;
	} else {
		*weight += 1;
	}
}

/** Fills weight, depth and nonneg; false beyond the limits. Quotients know their sign better. */
static bool measure(const dims *p, dim_record *r, const uint64_t *words)
{
	size_t weight = 1, nonneg = 0, parts = 0;
	unsigned depth = 0;
	for (size_t i = r->type == DIM_POLY; i < r->n; i += 1 + (r->type == DIM_POLY)) {
		if (r->type == DIM_BIG || r->type == DIM_REAL || (r->type == DIM_RATIO && i == 1))
			break;
		measure_part(p, words[i], &weight, &depth);
		parts++;
		nonneg +=
		    dim_plainly_nonneg(p, words[i]) && (r->type != DIM_POLY || (int64_t)words[i - 1] >= 0);
	}
	r->nonneg = r->type == DIM_MAX ? nonneg > 0 : nonneg == parts;
	if (r->type == DIM_BIG)
		r->nonneg = (int64_t)words[0] >= 0;
	else if (r->type == DIM_REAL)
		r->nonneg = !(words[0] >> 63);
	depth += r->type == DIM_QUOTIENT || r->type == DIM_MAX || r->type == DIM_MIN;
	r->depth = (uint8_t)depth;
	r->weight = (uint16_t)weight;
	return weight <= DIM_WEIGHT && depth <= DIM_DEPTH;
}

dim dim_intern(dims *p, dim_type type, const uint64_t *words, size_t n)
{
	if (!grow_slots(p))
		return DIM_LOST;
	uint32_t hash = hash_words(p, type, words, n);
	size_t at = hash & (p->n_slots - 1);
	for (; p->slots[at]; at = (at + 1) & (p->n_slots - 1)) {
		const dim_record *r = &p->records.at[p->slots[at] - 1];
		if (r->hash == hash && r->type == type && r->n == n &&
		    memcmp(p->words.at + r->start, words, n * sizeof *words) == 0)
			return (uint64_t)DIM_IS_RECORD << 62 | (p->slots[at] - 1);
	}
	dim_record new = {.start = (uint32_t)p->words.n,
	                  .n = (uint8_t)n,
	                  .type = (uint8_t)type,
	                  .hash = hash,
	                  .resolved = DIM_LOST};
	if (!measure(p, &new, words) || p->words.n > UINT32_MAX - n || p->records.n >= UINT32_MAX - 1 ||
	    !vec_reserve(p->budget, &p->words, n) || !vec_reserve(p->budget, &p->records, 1))
		return DIM_LOST;
	memcpy(p->words.at + p->words.n, words, n * sizeof *words);
	p->words.n += n;
	p->records.at[p->records.n++] = new;
	p->slots[at] = (uint32_t)p->records.n;
	return (uint64_t)DIM_IS_RECORD << 62 | (p->records.n - 1);
}

/* ------------------------------------------------------------------------------- numbers -- */

dim dim_big(dims *p, int64_t n)
{
	uint64_t word = (uint64_t)n;
	return dim_intern(p, DIM_BIG, &word, 1);
}

bool dim_is_big(const dims *p, dim d, int64_t *out)
{
	if (!dim_is_type(p, d, DIM_BIG))
		return false;
	*out = (int64_t)dim_words(p, d)[0];
	return true;
}

/* ------------------------------------------------------------------------------- symbols -- */

oray_str dim_symbol_name(const dims *p, dim symbol)
{
	return strings_get(&p->names, p->symbols.at[dim_index(symbol)].name);
}

dim_origin dim_symbol_origin(const dims *p, dim symbol)
{
	return (dim_origin)p->symbols.at[dim_index(symbol)].origin;
}

/** Symbol of a name, or NO_SYMBOL. */
static uint32_t symbol_of(const dims *p, const char *name, size_t size)
{
	oray_id id = strings_find(&p->names, name, size);
	return id == ORAY_NONE || id >= p->owner.n ? NO_SYMBOL : p->owner.at[id];
}

/** Gives a name to the symbol of this index, which may not exist yet. */
static bool own_name(dims *p, const char *name, size_t size, uint32_t symbol, oray_id *out)
{
	oray_id id = strings_add(&p->names, name, size);
	if (id == ORAY_NONE)
		return false;
	while (p->owner.n <= id) {
		uint32_t *owner = vec_push(p->budget, &p->owner);
		if (!owner)
			return false;
		*owner = NO_SYMBOL;
	}
	p->owner.at[id] = symbol;
	*out = id;
	return true;
}

/** The next made-up name that is free, for the symbol of this index. */
static bool own_fresh_name(dims *p, uint32_t symbol, oray_id *out)
{
	char name[16];
	int size;
	do
		size = snprintf(name, sizeof name, "u%u", p->n_fresh++);
	while (symbol_of(p, name, (size_t)size) != NO_SYMBOL);
	return own_name(p, name, (size_t)size, symbol, out);
}

/** A new symbol; `name` NULL for a made-up one. */
static dim add_symbol(dims *p, const char *name, size_t size, dim_origin origin)
{
	if (p->symbols.n >= UINT32_MAX - 1 || !vec_reserve(p->budget, &p->symbols, 1))
		return DIM_LOST;
	uint32_t index = (uint32_t)p->symbols.n;
	dim_name new = {.origin = (uint8_t)origin, .fresh = !name, .value = DIM_LOST};
	if (name ? !own_name(p, name, size, index, &new.name) : !own_fresh_name(p, index, &new.name))
		return DIM_LOST;
	p->symbols.at[p->symbols.n++] = new;
	return (uint64_t)DIM_IS_SYMBOL << 62 | index;
}

dim dim_symbol_find(const dims *p, const char *name, size_t size)
{
	uint32_t found = symbol_of(p, name ? name : "", size);
	return found == NO_SYMBOL ? DIM_LOST : (uint64_t)DIM_IS_SYMBOL << 62 | found;
}

dim dim_symbol(dims *p, const char *name, size_t size, dim_origin origin)
{
	name = name ? name : "";
	uint32_t found = symbol_of(p, name, size);
	if (found == NO_SYMBOL)
		return add_symbol(p, name, size, origin);
	if (!p->symbols.at[found].fresh)
		return (uint64_t)DIM_IS_SYMBOL << 62 | found;
	/* The model has this name too: the symbol that was called so goes by another from now on. */
	oray_id id;
	if (!vec_reserve(p->budget, &p->symbols, 1) || !own_fresh_name(p, found, &id))
		return DIM_LOST;
	p->symbols.at[found].name = id;
	return add_symbol(p, name, size, origin);
}

dim dim_fresh(dims *p, dim_origin origin)
{
	return add_symbol(p, NULL, 0, origin);
}

size_t dims_bound(const dims *p)
{
	return p->bound;
}

bool dim_contains(const dims *p, dim d, dim symbol)
{
	if (DIM_KIND(d) != DIM_IS_RECORD)
		return d == symbol;
	const dim_record *r = dim_record_of(p, d);
	const uint64_t *words = p->words.at + r->start;
	switch ((dim_type)r->type) {
	case DIM_BIG:
	case DIM_REAL:
		return false;
	case DIM_RATIO:
		return dim_contains(p, words[0], symbol);
	case DIM_POLY:
		for (size_t i = 1; i < r->n; i += 2)
			if (dim_contains(p, words[i], symbol))
				return true;
		return false;
	default:
		for (size_t i = 0; i < r->n; i++)
			if (dim_contains(p, words[i], symbol))
				return true;
		return false;
	}
}
