/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layout_families.h - graphs in the shapes that models have, and in odd ones, for the bench and the
 * tests of the layout. The same on every machine.
 */
#ifndef BENCH_LAYOUT_FAMILIES_H
#define BENCH_LAYOUT_FAMILIES_H

#include <stdlib.h>
#include <string.h>

#include "layout/layout.h"

typedef struct family {
	VEC(layout_box) boxes;
	VEC(layout_edge) edges;
	uint64_t seed;
} family;

static inline uint32_t family_random(family *f, uint32_t below)
{
	f->seed = f->seed * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)((f->seed >> 33) % (below ? below : 1));
}

static inline uint32_t family_box(family *f, int32_t width, uint32_t inputs)
{
	layout_box *b = vec_push(NULL, &f->boxes);
	if (!b)
		abort();
	*b = (layout_box){
	    .width = width, .height = 24 + 14 * (int32_t)(inputs > 2), .inputs = inputs, .outputs = 1};
	return (uint32_t)f->boxes.n - 1;
}

static inline void family_edge(family *f, uint32_t from, uint32_t to, uint32_t port)
{
	layout_edge *e = vec_push(NULL, &f->edges);
	if (!e)
		abort();
	*e = (layout_edge){.from = from, .to = to, .to_port = port};
}

/* A box fed by one, two or three others; UINT32_MAX: no such input. */
static inline uint32_t family_op(family *f, int32_t width, uint32_t a, uint32_t b, uint32_t c)
{
	uint32_t in[3] = {a, b, c}, n = 0;
	for (int i = 0; i < 3; i++)
		n += in[i] != UINT32_MAX;
	uint32_t box = family_box(f, width, n), port = 0;
	for (int i = 0; i < 3; i++)
		if (in[i] != UINT32_MAX)
			family_edge(f, in[i], box, port++);
	return box;
}

#define NO UINT32_MAX

static inline uint32_t family_line(family *f, uint32_t x, int n)
{
	for (int i = 0; i < n; i++)
		x = family_op(f, 80 + 10 * (i % 3), x, NO, NO);
	return x;
}

/* A shape taken apart and put together, as exporters do. */
static inline uint32_t family_shape(family *f, uint32_t x)
{
	uint32_t s = family_op(f, 60, x, NO, NO);
	uint32_t a = family_line(f, s, 2), b = family_line(f, s, 2);
	return family_op(f, 70, a, b, NO);
}

static inline void family_decoder(family *f, uint32_t n)
{
	uint32_t x = family_box(f, 90, 0), mask = family_box(f, 90, 0), turn = family_box(f, 90, 0);
	x = family_op(f, 90, x, NO, NO);
	while (f->boxes.n < n) {
		uint32_t norm = family_line(f, x, 3), heads[3];
		norm = family_op(f, 80, norm, x, NO);
		for (int i = 0; i < 3; i++) {
			uint32_t m = family_op(f, 100, norm, NO, NO);
			heads[i] = family_op(f, 90, m, family_shape(f, m), NO);
			heads[i] = family_op(f, 90, heads[i], NO, NO);
			if (i < 2)
				heads[i] = family_op(f, 70, family_op(f, 70, heads[i], turn, NO), heads[i], NO);
		}
		uint32_t s = family_op(f, 90, heads[0], heads[1], NO);
		s = family_line(f, family_op(f, 70, s, mask, NO), 1);
		s = family_line(f, family_op(f, 90, s, heads[2], NO), 3);
		x = family_op(f, 70, x, s, NO);
		norm = family_line(f, x, 4);
		uint32_t up = family_op(f, 100, norm, NO, NO), gate = family_op(f, 100, norm, NO, NO);
		gate = family_op(f, 70, gate, family_op(f, 80, gate, NO, NO), NO);
		s = family_op(f, 100, family_op(f, 70, gate, up, NO), NO, NO);
		x = family_op(f, 70, x, s, NO);
	}
}

static inline uint32_t family_residual(family *f, uint32_t x, uint32_t time)
{
	uint32_t s = family_line(f, x, 3);
	if (time != NO)
		s = family_op(f, 70, s, family_line(f, time, 2), NO);
	s = family_line(f, s, 3);
	return family_op(f, 70, x, s, NO);
}

static inline void family_unet(family *f, uint32_t n)
{
	uint32_t x = family_box(f, 90, 0), time = family_line(f, family_box(f, 90, 0), 3);
	uint32_t depth = n < 40 ? 1 : n / 32, *skips = malloc(depth * sizeof *skips);
	if (!skips)
		abort();
	for (uint32_t i = 0; i < depth; i++) {
		skips[i] = x = family_residual(f, x, time);
		x = family_op(f, 100, x, NO, NO);
	}
	x = family_residual(f, x, time);
	for (uint32_t i = depth; i-- > 0;) {
		x = family_op(f, 80, family_op(f, 100, x, NO, NO), skips[i], NO);
		x = family_residual(f, x, time);
	}
	free(skips);
}

static inline void family_dense(family *f, uint32_t n)
{
	enum { BLOCK = 16 };
	uint32_t x = family_box(f, 90, 0), all[BLOCK + 1];
	while (f->boxes.n < n) {
		all[0] = x;
		for (uint32_t i = 1; i <= BLOCK; i++) {
			uint32_t concat = family_box(f, 90, i);
			for (uint32_t j = 0; j < i; j++)
				family_edge(f, all[j], concat, j);
			all[i] = family_line(f, concat, 4);
		}
		x = family_line(f, all[BLOCK], 3);
	}
}

static inline void family_wide(family *f, uint32_t n)
{
	uint32_t x = family_box(f, 90, 0), branches = n / 17 + 1, length = 16;
	uint32_t *ends = malloc(branches * sizeof *ends);
	if (!ends)
		abort();
	for (uint32_t i = 0; i < branches; i++)
		ends[i] = x;
	for (uint32_t k = 0; k < length; k++)
		for (uint32_t i = 0; i < branches; i++) {
			uint32_t other = k && !family_random(f, 5) ? ends[family_random(f, i + 1)] : NO;
			ends[i] = family_op(f, 80, ends[i], other == ends[i] ? NO : other, NO);
		}
	uint32_t sum = family_box(f, 90, branches);
	for (uint32_t i = 0; i < branches; i++)
		family_edge(f, ends[i], sum, i);
	free(ends);
}

static inline void family_resnet(family *f, uint32_t n)
{
	uint32_t x = family_line(f, family_box(f, 90, 0), 3);
	for (uint32_t i = 0; f->boxes.n < n; i++) {
		uint32_t s = family_line(f, x, 5);
		if (i % 4 == 0)
			x = family_op(f, 100, x, NO, NO);
		x = family_line(f, family_op(f, 70, s, x, NO), 1);
	}
}

static inline void family_star(family *f, uint32_t n)
{
	uint32_t x = family_box(f, 90, 0);
	while (f->boxes.n < n)
		family_op(f, 60, x, NO, NO);
}

static inline void family_gather(family *f, uint32_t n)
{
	uint32_t x = family_box(f, 90, n);
	for (uint32_t i = 0; i < n; i++)
		family_edge(f, family_box(f, 60, 0), x, i);
}

static inline void family_bipartite(family *f, uint32_t n)
{
	uint32_t side = 1;
	while (side * side < n)
		side++;
	for (uint32_t i = 0; i < 2 * side; i++)
		family_box(f, 60, i < side ? 0 : side);
	for (uint32_t i = 0; i < side * side; i++)
		family_edge(f, i % side, side + i / side, i % side);
}

static inline void family_parallel(family *f, uint32_t n)
{
	uint32_t x = family_box(f, 90, 0), y = family_box(f, 90, 2);
	for (uint32_t i = 0; i < n; i++)
		family_edge(f, x, y, i & 1);
}

static inline void family_skips(family *f, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		family_op(f, 70, i ? i - 1 : NO, i ? family_random(f, i) : NO, NO);
}

/* Anything at all: cycles, loops, parallel edges. */
static inline void family_any(family *f, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t made = family_box(f, (int32_t)family_random(f, 200), 0);
		layout_box *b = &f->boxes.at[made];
		b->height = (int32_t)family_random(f, 90);
		b->inputs = family_random(f, 5);
		b->outputs = family_random(f, 4);
		b->any_order = !family_random(f, 4);
		b->fixed = (uint16_t)(f->boxes.n % 3);
		b->any_outputs = !family_random(f, 4);
	}
	for (uint32_t i = 0; i < n + n / 2 && n; i++) {
		uint32_t a = family_random(f, n), b = family_random(f, n);
		if (a > b && family_random(f, 8)) {
			uint32_t swap = a;
			a = b;
			b = swap;
		}
		family_edge(f, a, b, family_random(f, f->boxes.at[b].inputs));
		f->edges.at[i].from_port = family_random(f, f->boxes.at[a].outputs);
		f->edges.at[i].kind = family_random(f, 6) ? LAYOUT_NORMAL : LAYOUT_CAPTURE;
	}
}

/* Nothing is connected. */
static inline void family_singles(family *f, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		family_box(f, 40 + (int32_t)family_random(f, 60), 0);
}

/* Rings of a hundred boxes. */
static inline void family_rings(family *f, uint32_t n)
{
	for (uint32_t i = 0; i < n; i += 100) {
		uint32_t first = family_box(f, 80, 1);
		family_edge(f, family_line(f, first, 99), first, 0);
	}
}

/* Small graphs beside each other, of many sizes. */
static inline void family_islands(family *f, uint32_t n)
{
	for (uint32_t i = 0; f->boxes.n < n; i++) {
		uint32_t x = family_line(f, family_box(f, 90, 0), 1 + (int)family_random(f, 20));
		for (uint32_t k = family_random(f, 4); k-- > 0;)
			x = family_residual(f, x, NO);
	}
}

static inline void family_chain(family *f, uint32_t n)
{
	family_line(f, family_box(f, 90, 0), (int)n - 1);
}

typedef struct family_kind {
	const char *name;
	void (*make)(family *f, uint32_t n);
	bool odd; /**< no model looks like this; asked for at one size only */
} family_kind;

static const family_kind FAMILIES[] = {
    {"decoder", family_decoder, false},    {"unet", family_unet, false},
    {"dense", family_dense, false},        {"wide", family_wide, false},
    {"chain", family_chain, false},        {"resnet", family_resnet, false},
    {"star", family_star, true},           {"gather", family_gather, true},
    {"bipartite", family_bipartite, true}, {"parallel", family_parallel, true},
    {"skips", family_skips, true},         {"any", family_any, true},
    {"singles", family_singles, true},     {"rings", family_rings, true},
    {"islands", family_islands, true},
};

enum { FAMILIES_N = sizeof FAMILIES / sizeof *FAMILIES };

static inline layout_graph family_graph(const family *f)
{
	return (layout_graph){f->boxes.at, f->boxes.n, f->edges.at, f->edges.n};
}

static inline void family_free(family *f)
{
	vec_free(NULL, &f->boxes);
	vec_free(NULL, &f->edges);
}

#undef NO

#endif
