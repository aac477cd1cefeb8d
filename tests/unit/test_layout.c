/* SPDX-License-Identifier: Apache-2.0 */
/* Layouts of all families, odd shapes and random graphs, held to what every layout must keep. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "../../bench/layout_families.h"

static bool overlap(layout_point a, const layout_box *s, layout_point b, const layout_box *t)
{
	return a.x < b.x + t->width && b.x < a.x + s->width && a.y < b.y + t->height &&
	       b.y < a.y + s->height;
}

/* Whether a stretch passes the inside of a box; its ends may touch. Exact, by clipping. */
static bool passes(layout_point a, layout_point b, layout_point c, const layout_box *box)
{
	double low = 0, high = 1, d[2] = {b.x - a.x, b.y - a.y}, from[2] = {a.x, a.y};
	double least[2] = {c.x, c.y}, most[2] = {c.x + box->width, c.y + box->height};
	for (int k = 0; k < 2; k++) {
		if (d[k] == 0) {
			if (from[k] <= least[k] || from[k] >= most[k])
				return false;
			continue;
		}
		double s = (least[k] - from[k]) / d[k], e = (most[k] - from[k]) / d[k];
		low = s < e ? (s > low ? s : low) : (e > low ? e : low);
		high = s < e ? (e < high ? e : high) : (s < high ? s : high);
	}
	return low + 1e-9 < high;
}

/* Where the edges begin that are compared with edge i: all before it, or its neighbours of many. */
static size_t compared(const layout_graph *g, size_t i)
{
	return g->n_edges <= 5000 || i < 64 ? 0 : i - 64;
}

/* Inputs are in order from left to right; which ones, `end` says. */
static void hold_ports(const layout_graph *g, const layout_options *o, const layout_result *r)
{
	bool right = o->direction == LAYOUT_RIGHT;
	uint32_t *first = calloc(g->n_boxes + 2, sizeof *first);
	uint32_t *into = calloc(g->n_edges + 1, sizeof *into);
	for (size_t i = 0; i < g->n_edges; i++)
		first[g->edges[i].to + 2]++;
	for (size_t b = 0; b <= g->n_boxes; b++)
		first[b + 1] += first[b];
	for (size_t i = 0; i < g->n_edges; i++)
		into[first[g->edges[i].to + 1]++] = (uint32_t)i;
	for (size_t b = 0; b < g->n_boxes; b++)
		for (uint32_t i = first[b]; i < first[b + 1]; i++)
			for (uint32_t j = first[b]; j < first[b + 1] && j < first[b] + 20; j++) {
				const layout_route *v = &r->routes[into[i]], *w = &r->routes[into[j]];
				layout_point p = r->points[v->first + v->n - 1];
				layout_point q = r->points[w->first + w->n - 1];
				uint32_t one = g->edges[into[i]].to_port, two = g->edges[into[j]].to_port;
				int32_t d = right ? p.y - q.y : p.x - q.x;
				uint32_t first_two = one < two ? one : two;
				if (!g->boxes[b].any_order || first_two < g->boxes[b].fixed)
					assert_true(one < two ? d <= 0 : one > two ? d >= 0 : d == 0);
			}
	free(first);
	free(into);
	for (size_t i = 0; i < g->n_edges && g->n_boxes <= 300; i++)
		for (size_t j = compared(g, i); j < i; j++) {
			const layout_edge *e = &g->edges[i], *f = &g->edges[j];
			layout_point p = r->points[r->routes[i].first], q = r->points[r->routes[j].first];
			int32_t d = right ? p.y - q.y : p.x - q.x;
			if (e->from == f->from && e->from_port == f->from_port)
				assert_int_equal(d, 0);
			else if (e->from == f->from && !g->boxes[e->from].any_outputs)
				assert_true(e->from_port < f->from_port ? d <= 0 : d >= 0);
		}
}

/* Labels lie on nothing else. */
static void hold_labels(const layout_graph *g, const layout_result *r)
{
	for (size_t i = 0; i < g->n_edges && g->n_boxes <= 300; i++) {
		const layout_edge *e = &g->edges[i];
		layout_point at = layout_label_at(r, g, i);
		layout_box size = {.width = e->label_width, .height = e->label_height};
		if (!r->routes[i].labelled)
			continue;
		assert_true(size.width && size.height && at.x >= 0 && at.y >= 0);
		assert_true(at.x + size.width <= r->width && at.y + size.height <= r->height);
		for (size_t j = 0; j < g->n_boxes; j++)
			assert_false(overlap(at, &size, r->corners[j], &g->boxes[j]));
		for (size_t j = compared(g, i); j < i; j++) {
			layout_box other = {.width = g->edges[j].label_width,
			                    .height = g->edges[j].label_height};
			layout_point corner = layout_label_at(r, g, j);
			assert_false(r->routes[j].labelled && overlap(at, &size, corner, &other));
		}
		for (size_t j = 0; j < g->n_edges; j++)
			for (uint32_t k = 1; k < r->routes[j].n && r->routes[j].kind != LAYOUT_REFERENCE; k++) {
				const layout_point *p = r->points + r->routes[j].first + k;
				assert_false(passes(p[-1], p[0], at, &size));
			}
	}
}

/* Lanes of different trunks do not lie on each other, their ends apart. */
static void hold_lanes(const layout_graph *g, const layout_result *r)
{
	for (size_t i = 0; i < g->n_edges && g->n_boxes <= 300; i++)
		for (size_t j = compared(g, i); j < i; j++) {
			const layout_edge *e = &g->edges[i], *f = &g->edges[j];
			const layout_route *v = &r->routes[i], *w = &r->routes[j];
			if (v->kind != LAYOUT_LANE || w->kind != LAYOUT_LANE ||
			    (e->from == f->from && e->from_port == f->from_port))
				continue;
			for (uint32_t k = 2; k + 1 < v->n; k++)
				for (uint32_t m = 2; m + 1 < w->n; m++) {
					const layout_point *p = r->points + v->first + k, *q = r->points + w->first + m;
					bool upright = p[0].x == p[-1].x && q[0].x == q[-1].x && p[0].x == q[0].x;
					if (!upright)
						continue;
					int32_t low = p[0].y < p[-1].y ? p[0].y : p[-1].y,
					        high = p[0].y + p[-1].y - low;
					int32_t from = q[0].y < q[-1].y ? q[0].y : q[-1].y,
					        to = q[0].y + q[-1].y - from;
					assert_true(low >= to || from >= high);
				}
		}
}

static void hold(const layout_graph *g, const layout_options *o, const layout_result *r)
{
	bool right = o->direction == LAYOUT_RIGHT;
	for (size_t i = 0; i < g->n_boxes; i++) {
		layout_point c = r->corners[i];
		assert_true(c.x >= 0 && c.y >= 0);
		assert_true(c.x + g->boxes[i].width <= r->width && c.y + g->boxes[i].height <= r->height);
		for (size_t j = 0; j < i && g->n_boxes <= 2500; j++)
			assert_false(overlap(c, &g->boxes[i], r->corners[j], &g->boxes[j]));
	}
	uint32_t reversed = 0;
	for (size_t i = 0; i < g->n_edges; i++) {
		const layout_edge *e = &g->edges[i];
		const layout_route *w = &r->routes[i];
		const layout_box *a = &g->boxes[e->from], *b = &g->boxes[e->to];
		const layout_point *p = r->points + w->first, *last = p + w->n - 1;
		assert_true(w->n >= 2 && w->first + w->n <= r->n_points);
		int32_t out = layout_port_at(right ? a->height : a->width, e->from_port, a->outputs);
		int32_t side = right ? b->height : b->width;
		layout_point from = r->corners[e->from], to = r->corners[e->to];
		if (!o->even_ports || a->any_outputs)
			out = right ? p->y - from.y : p->x - from.x;
		assert_true(out >= 0 && out <= (right ? a->height : a->width));
		assert_int_equal(p->x, right ? from.x + a->width : from.x + out);
		assert_int_equal(p->y, right ? from.y + out : from.y + a->height);
		int32_t in = right ? last->y - to.y : last->x - to.x;
		assert_int_equal(right ? last->x : last->y, right ? to.x : to.y);
		assert_true(in >= 0 && in <= side);
		if (o->even_ports && (!b->any_order || e->to_port < b->fixed))
			assert_int_equal(in, layout_port_at(side, e->to_port, b->inputs));
		reversed += w->reversed;
		assert_true(w->reversed || r->ranks[e->from] < r->ranks[e->to]);
		for (uint32_t k = 0; k < w->n; k++)
			assert_true(p[k].x >= 0 && p[k].y >= 0 && p[k].x <= r->width && p[k].y <= r->height);
		for (uint32_t k = 1; k < w->n && w->kind != LAYOUT_REFERENCE && g->n_boxes <= 300; k++)
			for (size_t j = 0; j < g->n_boxes; j++)
				assert_false(passes(p[k - 1], p[k], r->corners[j], &g->boxes[j]));
	}
	assert_int_equal(reversed, r->n_reversed);
	hold_ports(g, o, r);
	hold_labels(g, r);
	if (!right)
		hold_lanes(g, r);
}

/* Lays out twice, checks, and checks that all memory comes back. */
static void lay(const layout_graph *g, const layout_options *o)
{
	mem_budget budget = {.limit = UINT64_MAX};
	layout_result r, again;
	assert_int_equal(layout_run(g, o, &budget, &r), LAYOUT_OK);
	hold(g, o, &r);
	assert_int_equal(layout_run(g, o, &budget, &again), LAYOUT_OK);
	assert_int_equal(r.n_points, again.n_points);
	assert_memory_equal(r.corners, again.corners, r.n_boxes * sizeof *r.corners);
	if (r.n_points)
		assert_memory_equal(r.points, again.points, r.n_points * sizeof *r.points);
	layout_free(&r, &budget);
	layout_free(&again, &budget);
	assert_int_equal(budget.used, 0);
}

static void families_keep_the_rules(void **state)
{
	(void)state;
	static const uint32_t sizes[] = {1, 2, 40, 250, 1200};
	for (size_t i = 0; i < FAMILIES_N; i++)
		for (size_t k = 0; k < 5; k++) {
			family f = {.seed = 7};
			FAMILIES[i].make(&f, sizes[k]);
			layout_graph g = family_graph(&f);
			layout_options o = layout_options_default();
			lay(&g, &o);
			o.wrap = 2000;
			lay(&g, &o);
			o.wrap = LAYOUT_WRAP_PAGE;
			lay(&g, &o);
			o.direction = LAYOUT_RIGHT;
			lay(&g, &o);
			family_free(&f);
		}
}

static void random_graphs_keep_the_rules(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 400; seed++) {
		family f = {.seed = seed};
		family_any(&f, seed % 70);
		for (size_t i = 0; i < f.edges.n && seed % 4; i++)
			if (family_random(&f, 3)) {
				f.edges.at[i].label_width = (uint16_t)family_random(&f, 120);
				f.edges.at[i].label_height = (uint16_t)family_random(&f, 30);
			}
		layout_graph g = family_graph(&f);
		layout_options o = layout_options_default();
		o.direction = seed & 1 ? LAYOUT_RIGHT : LAYOUT_DOWN;
		o.wrap = seed % 3 ? 0 : 300;
		o.local = seed % 5 ? 256 : 2;
		o.even_ports = seed % 7 == 0;
		lay(&g, &o);
		family_free(&f);
	}
}

static void odd_shapes_of_full_size_are_laid_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < FAMILIES_N; i++) {
		if (!FAMILIES[i].odd)
			continue;
		family f = {.seed = 3};
		FAMILIES[i].make(&f, 100000);
		layout_graph g = family_graph(&f);
		layout_options o = layout_options_default();
		layout_result r;
		assert_int_equal(layout_run(&g, &o, NULL, &r), LAYOUT_OK);
		hold(&g, &o, &r);
		layout_free(&r, NULL);
		family_free(&f);
	}
}

static void equal_layers_are_solved_once_and_look_alike(void **state)
{
	(void)state;
	family f = {.seed = 1};
	family_decoder(&f, 5000);
	layout_graph g = family_graph(&f);
	layout_options o = layout_options_default();
	layout_result r;
	assert_int_equal(layout_run(&g, &o, NULL, &r), LAYOUT_OK);
	assert_true(r.n_pieces > 100);
	assert_true(r.n_different < 20);
	layout_free(&r, NULL);
	family_free(&f);
}

/* Blocks that are alike, with a split, a skip and operands that cross: each is the one before it,
 * moved down, with all its edges. */
static void equal_blocks_are_drawn_alike(void **state)
{
	enum { BLOCKS = 12 };
	(void)state;
	family f = {.seed = 1};
	uint32_t x = family_line(&f, family_box(&f, 90, 0), 1), first[BLOCKS + 1];
	size_t edge[BLOCKS + 1];
	for (int block = 0; block < BLOCKS; block++) {
		first[block] = (uint32_t)f.boxes.n;
		edge[block] = f.edges.n;
		uint32_t a = family_line(&f, x, 3), b = family_line(&f, x, 2);
		uint32_t c = family_op(&f, 120, a, b, UINT32_MAX), d = family_op(&f, 60, b, a, x);
		x = family_line(&f, family_op(&f, 80, c, d, UINT32_MAX), 1);
	}
	first[BLOCKS] = (uint32_t)f.boxes.n;
	edge[BLOCKS] = f.edges.n;
	layout_graph g = family_graph(&f);
	layout_options o = layout_options_default();
	layout_result r;
	assert_int_equal(layout_run(&g, &o, NULL, &r), LAYOUT_OK);
	uint32_t n = first[1] - first[0];
	int32_t down = r.corners[first[2]].y - r.corners[first[1]].y;
	assert_true(n > 6 && down > 0);
	for (int block = 1; block + 2 < BLOCKS; block++) { /* what is around the ends differs */
		for (uint32_t i = 0; i < n; i++) {
			layout_point p = r.corners[first[block] + i], q = r.corners[first[block + 1] + i];
			assert_int_equal(p.x, q.x);
			assert_int_equal(p.y + down, q.y);
		}
		for (size_t i = edge[block]; i < edge[block + 1]; i++) {
			const layout_route *v = &r.routes[i], *w = &r.routes[i + edge[1] - edge[0]];
			assert_int_equal(v->n, w->n);
			for (uint32_t k = 0; k < v->n; k++) {
				assert_int_equal(r.points[v->first + k].x, r.points[w->first + k].x);
				assert_int_equal(r.points[v->first + k].y + down, r.points[w->first + k].y);
			}
		}
	}
	layout_free(&r, NULL);
	family_free(&f);
}

/* A chain with skips over two boxes: the chain is one upright line. */
static void trunks_are_straight(void **state)
{
	(void)state;
	family f = {.seed = 1};
	family_chain(&f, 30);
	layout_graph g = family_graph(&f);
	layout_options o = layout_options_default();
	layout_result r;
	assert_int_equal(layout_run(&g, &o, NULL, &r), LAYOUT_OK);
	for (size_t i = 0; i < g.n_edges; i++)
		assert_int_equal(r.routes[i].n, 2);
	for (size_t i = 1; i < r.n_points; i++)
		assert_int_equal(r.points[i].x, r.points[0].x);
	layout_free(&r, NULL);
	family_free(&f);
}

/* What is not connected stands side by side, and long chains in columns: as on a page. */
static void pages_are_about_square(void **state)
{
	(void)state;
	static void (*const make[])(family *, uint32_t) = {family_singles, family_rings, family_islands,
	                                                   family_chain, family_resnet};
	for (size_t i = 0; i < 5; i++) {
		family f = {.seed = 1};
		make[i](&f, 3000);
		layout_graph g = family_graph(&f);
		layout_options o = layout_options_default();
		o.wrap = i < 3 ? 0 : LAYOUT_WRAP_PAGE;
		layout_result r;
		assert_int_equal(layout_run(&g, &o, NULL, &r), LAYOUT_OK);
		assert_true(r.width < 2 * r.height && r.height < 2 * r.width);
		layout_free(&r, NULL);
		family_free(&f);
	}
}

/* A residual block: the body is one upright line, the skip leaves it and comes back. */
static void paths_go_straight_through(void **state)
{
	(void)state;
	for (int skip_first = 0; skip_first < 2; skip_first++) {
		family f = {.seed = 1};
		uint32_t x = family_line(&f, family_box(&f, 90, 0), 2);
		for (int block = 0; block < 5; block++) {
			uint32_t body = family_line(&f, x, 4);
			x = family_op(&f, 40, skip_first ? x : body, skip_first ? body : x, UINT32_MAX);
			x = family_line(&f, x, 2);
		}
		layout_graph g = family_graph(&f);
		layout_options o = layout_options_default();
		layout_result r;
		assert_int_equal(layout_run(&g, &o, NULL, &r), LAYOUT_OK);
		assert_int_equal(r.crossings, 0);
		uint32_t skips = 0;
		for (size_t i = 0; i < g.n_edges; i++) {
			bool skip = r.ranks[g.edges[i].to] > r.ranks[g.edges[i].from] + 1;
			skips += skip;
			assert_int_equal(r.routes[i].n, skip ? 4 : 2);
			const layout_point *p = r.points + r.routes[i].first;
			assert_true(skip ? p[1].x == p[2].x : p[0].x == p[1].x && p[0].x == r.points[0].x);
		}
		assert_int_equal(skips, 5);
		layout_free(&r, NULL);
		family_free(&f);
	}
}

/* Edges that are heavier are upright, whatever is longer. */
static void weight_chooses_the_path(void **state)
{
	(void)state;
	family f = {.seed = 1};
	uint32_t x = family_box(&f, 90, 0), noise = family_line(&f, x, 5);
	uint32_t y = family_op(&f, 80, x, noise, UINT32_MAX);
	family_line(&f, y, 2);
	layout_graph g = family_graph(&f);
	layout_options o = layout_options_default();
	for (size_t i = 0; i < g.n_edges; i++)
		f.edges.at[i].weight = f.edges.at[i].from == x && f.edges.at[i].to == y ? 9 : 1;
	layout_result r;
	assert_int_equal(layout_run(&g, &o, NULL, &r), LAYOUT_OK);
	for (size_t i = 0; i < g.n_edges; i++)
		if (f.edges.at[i].weight == 9)
			assert_int_equal(r.routes[i].n, 2);
	layout_free(&r, NULL);
	family_free(&f);
}

/* Two boxes whose inputs cross: they may change places, or not. */
static void free_inputs_save_crossings(void **state)
{
	(void)state;
	for (int any = 0; any < 2; any++) {
		family f = {.seed = 1};
		uint32_t a = family_box(&f, 60, 0), b = family_box(&f, 60, 0);
		family_op(&f, 60, a, b, UINT32_MAX);
		family_op(&f, 60, b, a, UINT32_MAX);
		for (size_t i = 0; i < f.boxes.n; i++)
			f.boxes.at[i].any_order = any;
		layout_graph g = family_graph(&f);
		layout_options o = layout_options_default();
		layout_result r;
		assert_int_equal(layout_run(&g, &o, NULL, &r), LAYOUT_OK);
		assert_int_equal(r.crossings, any ? 1 : 2);
		hold(&g, &o, &r);
		layout_free(&r, NULL);
		family_free(&f);
	}
}

/* All inputs but the first may change places. */
static void some_inputs_stay(void **state)
{
	(void)state;
	family f = {.seed = 1};
	uint32_t a = family_box(&f, 60, 0), b = family_box(&f, 60, 0), c = family_box(&f, 60, 0);
	family_op(&f, 90, a, b, c);
	family_op(&f, 90, a, c, b);
	for (size_t i = 3; i < f.boxes.n; i++) {
		f.boxes.at[i].any_order = true;
		f.boxes.at[i].fixed = 1;
	}
	layout_graph g = family_graph(&f);
	layout_options o = layout_options_default();
	layout_result r;
	assert_int_equal(layout_run(&g, &o, NULL, &r), LAYOUT_OK);
	hold(&g, &o, &r);
	for (size_t i = 3; i < f.boxes.n; i++) { /* from above as they are, but for the first */
		const layout_route *x = &r.routes[3 * (i - 3) + 1], *y = x + 1;
		bool left = r.points[x->first].x < r.points[y->first].x;
		int32_t d = r.points[x->first + x->n - 1].x - r.points[y->first + y->n - 1].x;
		assert_true(left ? d < 0 : d > 0);
	}
	layout_free(&r, NULL);
	family_free(&f);
}

/* One trunk to ends between other lines: it parts above them, or it would cross two of them. */
static void trunks_part_where_that_saves_crossings(void **state)
{
	(void)state;
	family f = {.seed = 1};
	uint32_t x = family_line(&f, family_box(&f, 90, 0), 2);
	for (int i = 0; i < 3; i++)
		family_line(&f, family_op(&f, 60, x, family_line(&f, x, 4), UINT32_MAX), 2);
	layout_graph g = family_graph(&f);
	layout_options o = layout_options_default();
	layout_result r;
	assert_int_equal(layout_run(&g, &o, NULL, &r), LAYOUT_OK);
	assert_int_equal(r.crossings, 0);
	hold(&g, &o, &r);
	layout_free(&r, NULL);
	family_free(&f);
}

/* A lane to the first input comes from the left, one to the last from the right. */
static void lanes_take_the_side_of_their_ends(void **state)
{
	(void)state;
	for (int first = 0; first < 2; first++) {
		family f = {.seed = 1};
		uint32_t x = family_line(&f, family_box(&f, 90, 0), 2), body = family_line(&f, x, 6);
		uint32_t in[2] = {body, x}, join = family_op(&f, 40, in[first], in[!first], UINT32_MAX);
		f.boxes.at[x].outputs = 2;
		f.edges.at[x].from_port = (uint32_t)first; /* to the body: boxes and edges in one line */
		f.edges.at[f.edges.n - 1 - (size_t)first].from_port = !first;
		family_line(&f, join, 2);
		layout_graph g = family_graph(&f);
		layout_options o = layout_options_default();
		o.local = 1;
		layout_result r;
		assert_int_equal(layout_run(&g, &o, NULL, &r), LAYOUT_OK);
		uint32_t lanes = 0;
		for (size_t i = 0; i < g.n_edges; i++) {
			if (r.routes[i].kind != LAYOUT_LANE)
				continue;
			const layout_point *p = r.points + r.routes[i].first;
			int32_t far = first ? INT32_MAX : INT32_MIN;
			for (uint32_t k = 0; k < r.routes[i].n; k++)
				far = (p[k].x < far) == first ? p[k].x : far;
			assert_true(first ? far < r.corners[0].x : far > r.corners[0].x + 90);
			lanes++;
		}
		assert_int_equal(lanes, 1);
		layout_free(&r, NULL);
		family_free(&f);
	}
}

static void small_budgets_are_refused(void **state)
{
	(void)state;
	family f = {.seed = 5};
	family_any(&f, 120);
	layout_graph g = family_graph(&f);
	layout_options o = layout_options_default();
	o.direction = LAYOUT_RIGHT;
	layout_status status = LAYOUT_NO_MEMORY;
	for (uint64_t limit = 0; status != LAYOUT_OK; limit += 997) {
		mem_budget budget = {.limit = limit};
		layout_result r;
		status = layout_run(&g, &o, &budget, &r);
		if (status == LAYOUT_OK)
			layout_free(&r, &budget);
		else
			assert_int_equal(status, LAYOUT_NO_MEMORY);
		assert_int_equal(budget.used, 0);
	}
	family_free(&f);
}

static void bad_input_is_refused(void **state)
{
	(void)state;
	layout_box boxes[2] = {{.width = 10, .height = 10, .inputs = 1, .outputs = 1},
	                       {.width = 10, .height = 10, .inputs = 1, .outputs = 1}};
	layout_edge edge = {.to = 1};
	layout_graph g = {boxes, 2, &edge, 1};
	layout_options o = layout_options_default();
	layout_result r;
	edge.to = 2;
	assert_int_equal(layout_run(&g, &o, NULL, &r), LAYOUT_BAD_INPUT);
	edge.to = 1;
	edge.to_port = 1;
	assert_int_equal(layout_run(&g, &o, NULL, &r), LAYOUT_BAD_INPUT);
	edge.to_port = 0;
	boxes[0].width = -1;
	assert_int_equal(layout_run(&g, &o, NULL, &r), LAYOUT_BAD_INPUT);
	boxes[0].width = LAYOUT_SIDE_MOST;
	assert_int_equal(layout_run(&g, &o, NULL, &r), LAYOUT_OK);
	layout_free(&r, NULL);
	edge.label_height = 1;
	edge.label_width = LAYOUT_LABEL_MOST;
	assert_int_equal(layout_run(&g, &o, NULL, &r), LAYOUT_OK);
	layout_point at = layout_label_at(&r, &g, 0);
	assert_true(r.routes[0].labelled && at.x >= 0 && at.x + edge.label_width <= r.width);
	layout_free(&r, NULL);
	o.wrap = -2;
	assert_int_equal(layout_run(&g, &o, NULL, &r), LAYOUT_BAD_INPUT);
	o.wrap = 0;
	o.rank_gap = -1;
	assert_int_equal(layout_run(&g, &o, NULL, &r), LAYOUT_BAD_INPUT);
	o = layout_options_default();
	o.box_gap = o.edge_gap = LAYOUT_SIDE_MOST;
	assert_int_equal(layout_run(&g, &o, NULL, &r), LAYOUT_TOO_LARGE);
	o = layout_options_default();
	g.n_boxes = g.n_edges = 0;
	assert_int_equal(layout_run(&g, &o, NULL, &r), LAYOUT_OK);
	assert_int_equal(r.width, 2 * o.margin);
	layout_free(&r, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(families_keep_the_rules),
	    cmocka_unit_test(random_graphs_keep_the_rules),
	    cmocka_unit_test(odd_shapes_of_full_size_are_laid_out),
	    cmocka_unit_test(equal_layers_are_solved_once_and_look_alike),
	    cmocka_unit_test(equal_blocks_are_drawn_alike),
	    cmocka_unit_test(trunks_are_straight),
	    cmocka_unit_test(pages_are_about_square),
	    cmocka_unit_test(paths_go_straight_through),
	    cmocka_unit_test(weight_chooses_the_path),
	    cmocka_unit_test(free_inputs_save_crossings),
	    cmocka_unit_test(some_inputs_stay),
	    cmocka_unit_test(trunks_part_where_that_saves_crossings),
	    cmocka_unit_test(lanes_take_the_side_of_their_ends),
	    cmocka_unit_test(small_budgets_are_refused),
	    cmocka_unit_test(bad_input_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
