/* SPDX-License-Identifier: Apache-2.0 */
/* Boxes and edges straight from bytes, held to what the unit tests hold layouts to. */
int test_layout_main(void);
#define main test_layout_main
#include "../unit/test_layout.c"
#undef main

#include "shared/fuzz.h"

enum { BOXES = 40, EDGES = 100 };

typedef struct reader {
	const uint8_t *at;
	size_t n;
} reader;

static uint32_t take(reader *r, uint32_t most)
{
	if (!r->n)
		return 0;
	r->n--;
	return *r->at++ % (most + 1);
}

/* Mostly what boxes are like; now and then a size at one of the ends. */
static int32_t take_side(reader *r)
{
	static const int32_t odd[] = {0, 1, 2, 3, 1000, 20000, LAYOUT_SIDE_MOST, -1};
	uint32_t v = take(r, 255);
	return v >= 248 ? odd[v - 248] : (int32_t)v;
}

static layout_options take_options(reader *r)
{
	static const int32_t wraps[] = {0, 0, LAYOUT_WRAP_PAGE, 100, 300, 2000, -2, 1 << 30};
	layout_options o = layout_options_default();
	o.direction = take(r, 1) ? LAYOUT_RIGHT : LAYOUT_DOWN;
	o.wrap = wraps[take(r, 7)];
	o.even_ports = take(r, 3) == 0;
	o.local = take(r, 3) ? o.local : take(r, 5);
	if (take(r, 7) == 1) {
		o.box_gap = take_side(r);
		o.edge_gap = take_side(r);
		o.rank_gap = take_side(r);
		o.margin = take_side(r);
	}
	return o;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	setenv("CMOCKA_TEST_ABORT", "1", 1);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static layout_box boxes[BOXES];
	static layout_edge edges[EDGES];
	reader r = {data, size};
	layout_options o = take_options(&r);
	layout_graph g = {boxes, 1 + take(&r, BOXES - 1), edges, 0};
	bool plain = take(&r, 1);
	for (size_t i = 0; i < g.n_boxes; i++) {
		uint32_t ports = take(&r, 255);
		boxes[i] = (layout_box){.width = plain ? 60 : take_side(&r),
		                        .height = plain ? 24 : take_side(&r),
		                        .inputs = ports & 7,
		                        .outputs = ports >> 3 & 3,
		                        .any_order = ports >> 5 & 1,
		                        .any_outputs = ports >> 6 & 1};
	}
	for (; r.n >= 3 && g.n_edges < EDGES; g.n_edges++) {
		layout_edge *e = &edges[g.n_edges];
		*e = (layout_edge){.from = take(&r, (uint32_t)g.n_boxes - 1),
		                   .to = take(&r, (uint32_t)g.n_boxes - 1)};
		uint32_t how = take(&r, 255);
		const layout_box *a = &boxes[e->from], *b = &boxes[e->to];
		e->from_port = (how & 3) % (a->outputs ? a->outputs : 1);
		e->to_port = (how >> 2 & 7) % (b->inputs ? b->inputs : 1);
		e->kind = how >> 5 & 1 ? LAYOUT_CAPTURE : LAYOUT_NORMAL;
		if (how >> 6 & 1) {
			e->label_width = take_side(&r);
			e->label_height = take_side(&r);
		}
		if (how >> 7) {
			e->weight = (uint16_t)(take(&r, 255) * 257);
			e->to_port += take(&r, 255) == 255; /* one that there is not */
		}
	}
	mem_budget budget = {.limit = 64 << 20};
	layout_result result;
	layout_status status = layout_run(&g, &o, &budget, &result);
	REQUIRE(status != LAYOUT_NO_MEMORY, "64 MiB do for 40 boxes");
	if (status == LAYOUT_OK) {
		if (o.box_gap > 0 && o.edge_gap > 0 && o.rank_gap > 0) /* otherwise things may touch */
			hold(&g, &o, &result);
		layout_free(&result, &budget);
	}
	REQUIRE(budget.used == 0, "memory that is not given back");
	return 0;
}
