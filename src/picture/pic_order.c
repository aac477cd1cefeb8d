/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_order.c - items and wires, each graph's together, and which ports wires have: an input for
 * each wire in the order in which the operator takes them, an output for each value in the order
 * in which it makes them. All by counting, in linear time.
 */
#include <string.h>

#include "base/heap.h"
#include "picture/pic_marks.h"
#include "picture/pic_place.h"
#include "words/describe.h"

/* How wide a box is for each of its ports, in pixels, up to so many ports. */
enum { PORT_GAP = 9, MOST_APART = 48 };

static bool order_items(pic_placing *w)
{
	const pic_plan *plan = &w->pic->plan;
	uint32_t *first = w->item_first;
	for (size_t i = 0; i < plan->items.n; i++)
		first[plan->items.at[i].graph + 1]++;
	for (size_t g = 0; g < w->n_graphs; g++)
		first[g + 1] += first[g];
	for (size_t i = 0; i < plan->items.n; i++) {
		uint32_t at = first[plan->items.at[i].graph]++;
		const pic_label *x = &w->pic->labels.all.at[w->pic->label[i]];
		w->items[at] = (uint32_t)i;
		w->position[i] = at;
		w->boxes[at] = (layout_box){.width = x->width, .height = x->height};
	}
	for (size_t g = w->n_graphs; g; g--)
		first[g] = first[g - 1];
	first[0] = 0;
	return true;
}

/* Sorts wires from one list into another by keys below `n_keys`; those of one key stay in order. */
static void sort(const uint32_t *keys, uint32_t *count, size_t n_keys, const uint32_t *from,
                 uint32_t *to, size_t n)
{
	memset(count, 0, (n_keys + 1) * sizeof *count);
	for (size_t i = 0; i < n; i++)
		count[keys[i] + 1]++;
	for (size_t k = 0; k < n_keys; k++)
		count[k + 1] += count[k];
	for (size_t i = 0; i < n; i++)
		to[count[keys[from[i]]]++] = from[i];
}

static bool same_trunk(const pic_wire *a, const pic_wire *b)
{
	return a->from == b->from && a->value == b->value && a->gone == b->gone;
}

/* Which output of its producer a value is. */
static uint32_t output_of(const pic_plan *plan, const pic_wire *wire)
{
	oray_value v;
	const pic_plan *of = wire->gone && plan->gone ? &plan->gone->plan : plan;
	if (!oray_model_value(of->model, wire->value, &v) || v.producer == ORAY_NONE)
		return 0;
	return v.producer_output;
}

/* By value, then by output, then by source. */
static bool order_wires(pic_placing *w)
{
	const pic_plan *plan = &w->pic->plan;
	size_t n = plan->wires.n, n_values = plan->info->n_values + 1, most = 0;
	if (plan->gone)
		n_values += plan->gone->plan.info->n_values + 1;
	if (n_values > UINT32_MAX)
		return false;
	uint32_t *key = heap_zeroed(n + 1, sizeof *key);
	size_t n_keys = plan->items.n > n_values ? plan->items.n : n_values;
	n_keys = n_keys > n ? n_keys : n;
	uint32_t *count = heap_get((n_keys + 2) * sizeof *count);
	if (!key || !count) {
		heap_free(key);
		heap_free(count);
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		const pic_wire *x = &plan->wires.at[i];
		size_t base = x->gone ? plan->info->n_values + 1 : 0;
		key[i] = (uint32_t)(x->value == ORAY_NONE ? base : base + 1 + x->value);
		w->spare[i] = (uint32_t)i;
	}
	sort(key, count, n_values, w->spare, w->wires, n);
	for (size_t i = 0; i < n; i++) {
		const pic_wire *x = &plan->wires.at[w->wires[i]];
		bool again = i && same_trunk(x, &plan->wires.at[w->wires[i - 1]]);
		uint32_t output = again ? key[w->wires[i - 1]] : output_of(plan, x);
		output = output < n ? output : (uint32_t)n - 1;
		key[w->wires[i]] = output;
		most = output > most ? output : most;
	}
	const uint32_t *sorted = w->wires;
	if (most) {
		sort(key, count, most + 1, w->wires, w->spare, n);
		sorted = w->spare;
	}
	for (size_t i = 0; i < n; i++)
		key[i] = w->position[plan->wires.at[i].from];
	uint32_t *to = sorted == w->wires ? w->spare : w->wires;
	sort(key, count, plan->items.n, sorted, to, n);
	if (to == w->spare) {
		w->spare = w->wires;
		w->wires = to;
	}
	heap_free(key);
	heap_free(count);
	return true;
}

/* Arrows do not cover each other where there are some more of them. */
static void make_room(layout_box *box)
{
	uint32_t n = box->inputs > box->outputs ? box->inputs : box->outputs;
	int32_t width = (int32_t)(n < MOST_APART ? n : MOST_APART) * PORT_GAP;
	box->width = box->width > width ? box->width : width;
}

/* True where it does not matter which input comes first: then lines may cross less. */
static bool is_commutative(const pic_plan *plan, const pic_item *item)
{
	static const char *const names[] = {"Add",   "Mul",       "Sum",       "Mean", "Max",
	                                    "Min",   "And",       "Or",        "Xor",  "BitwiseAnd",
	                                    "Equal", "BitwiseOr", "BitwiseXor"};
	oray_node n;
	if (item->kind != PIC_NODE || !oray_model_node(plan->model, item->id, &n) ||
	    !str_is(n.domain, "ai.onnx"))
		return false;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_is(n.op, names[i]))
			return true;
	return false;
}

static void give_ports(pic_placing *w)
{
	const pic_plan *plan = &w->pic->plan;
	uint32_t *input = w->spare; /* by wire */
	for (size_t i = 0; i < plan->wires.n; i++) { /* what is captured comes last, in any order */
		layout_box *box = &w->boxes[w->position[plan->wires.at[i].to]];
		input[i] = box->inputs++;
		if (!plan->wires.at[i].captured)
			box->fixed = (uint16_t)(box->inputs < UINT16_MAX ? box->inputs : UINT16_MAX);
	}
	for (size_t i = 0; i < plan->wires.n; i++) {
		const pic_wire *x = &plan->wires.at[w->wires[i]];
		oray_id graph = plan->items.at[x->from].graph;
		uint32_t first = w->item_first[graph];
		layout_box *box = &w->boxes[w->position[x->from]];
		w->wire_first[graph + 1]++;
		if (!i || !same_trunk(x, &plan->wires.at[w->wires[i - 1]]))
			box->outputs++;
		w->edges[i] = (layout_edge){.from = w->position[x->from] - first,
		                            .from_port = box->outputs - 1,
		                            .to = w->position[x->to] - first,
		                            .to_port = input[w->wires[i]],
		                            .kind = x->captured ? LAYOUT_CAPTURE : LAYOUT_NORMAL};
	}
	for (size_t i = 0; i < plan->items.n; i++) {
		layout_box *box = &w->boxes[w->position[i]];
		bool any = box->inputs > 1 && is_commutative(plan, &plan->items.at[i]);
		box->any_order = any || (box->fixed < UINT16_MAX && box->inputs > box->fixed + 1U);
		box->fixed = any ? 0 : box->fixed;
	}
	for (size_t g = 0; g < w->n_graphs; g++)
		w->wire_first[g + 1] += w->wire_first[g];
	for (size_t i = 0; !w->pic->right && i < plan->items.n; i++)
		make_room(&w->boxes[i]);
}

bool pic_order(pic_placing *w)
{
	if (!order_items(w) || !order_wires(w))
		return false;
	give_ports(w);
	return true;
}
