/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_group.c - many items drawn as one box.
 *
 * Groups are found on the items and wires of a plan that is otherwise ready, and then contracted:
 * wires inside of a group go, those that bring the same value into one group become one. What a
 * graph takes in or gives out only for repeated layers goes with them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/heap.h"
#include "picture/pic_fold.h"
#include "words/clean.h"
#include "words/describe.h"
#include "words/numbers.h"

#define MOST_NAME 32 /* characters */
#define MOST_OPS  5  /* kinds of operators in a box */

/* ------------------------------------------------------------------------------- making -- */

static bool start(pic_plan *p, bool all, oray_status *status, oray_error *err)
{
	size_t n = p->info->n_nodes;
	const oray_layer_options options = {.all = all};
	pic_groups *g = p->groups = heap_zeroed(1, sizeof *p->groups);
	if (!g)
		return false;
	g->of = heap_get((n + 1) * sizeof *g->of);
	g->row = heap_get((n + 1) * sizeof *g->row);
	if (!g->of || !g->row)
		return false;
	memset(g->of, 0xff, (n + 1) * sizeof *g->of);
	memset(g->row, 0xff, (n + 1) * sizeof *g->row);
	*status = oray_list_layers(p->model, &options, &g->layers, err);
	for (size_t i = 0; *status == ORAY_OK && i < g->layers->n; i++)
		g->row[g->layers->rows[i].node] = (uint32_t)i;
	return true;
}

pic_group *pic_group_add(pic_plan *p, oray_str name, uint32_t repeats)
{
	pic_group *group = p->groups->all.n < PIC_MOST_ITEMS ? vec_push(NULL, &p->groups->all) : NULL;
	if (group)
		*group = (pic_group){.name = name, .repeats = repeats, .macs.exact = true};
	return group;
}

oray_str pic_scope(const pic_plan *p, oray_id node)
{
	uint32_t row = p->groups->row[node];
	return row == ORAY_NONE ? (oray_str){"", 0} : p->groups->layers->rows[row].scope;
}

bool *pic_find_holders(const pic_plan *p)
{
	bool *holds = heap_zeroed(p->info->n_nodes + 1, sizeof *holds);
	for (oray_id g = 0; holds && g < p->info->n_graphs; g++) {
		oray_id parent = oray_model_graph(p->model, g)->parent_node;
		if (p->drawn[g] && parent < p->info->n_nodes)
			holds[parent] = true;
	}
	return holds;
}

/* --------------------------------------------------------------------------- contracting -- */

typedef struct contraction {
	pic_plan *plan;
	const uint32_t *group; /* by item */
	uint32_t *to;          /* by item: what it becomes; ORAY_NONE: it goes */
	uint32_t *table;       /* wires into groups plus 1 */
	size_t size;
} contraction;

#define NOBODY UINT32_MAX
#define MIXED  (UINT32_MAX - 1)

static bool is_repeat(const contraction *c, uint32_t item)
{
	return c->group[item] != ORAY_NONE && c->plan->groups->all.at[c->group[item]].repeats;
}

/*
 * Inputs that only one group of repeated layers reads, and outputs that it makes. `partner` is that
 * group, by item, MIXED for others.
 */
static bool drop_pills(contraction *c)
{
	pic_plan *p = c->plan;
	uint32_t *partner = heap_get((p->items.n + 1) * sizeof *partner);
	if (!partner)
		return false;
	memset(partner, 0xff, (p->items.n + 1) * sizeof *partner);
	for (size_t i = 0; i < p->wires.n; i++) {
		const uint32_t ends[] = {p->wires.at[i].from, p->wires.at[i].to};
		for (unsigned k = 0; k < 2; k++) {
			uint32_t other = is_repeat(c, ends[!k]) ? c->group[ends[!k]] : MIXED;
			bool first = partner[ends[k]] == NOBODY || partner[ends[k]] == other;
			partner[ends[k]] = first ? other : MIXED;
		}
	}
	for (unsigned pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < p->items.n; i++) {
			pic_kind kind = p->items.at[i].kind;
			if (partner[i] >= MIXED || (kind != PIC_INPUT && kind != PIC_OUTPUT))
				continue;
			pic_group *group = &p->groups->all.at[partner[i]];
			uint32_t *count = kind == PIC_INPUT ? &group->inputs : &group->outputs;
			if (!pass)
				++*count;
			else if (*count >= group->repeats)
				c->to[i] = ORAY_NONE;
		}
	for (size_t i = 0; i < p->groups->all.n; i++) { /* one a layer at least, or all are drawn */
		pic_group *group = &p->groups->all.at[i];
		group->inputs = group->inputs < group->repeats ? 0 : group->inputs;
		group->outputs = group->outputs < group->repeats ? 0 : group->outputs;
	}
	heap_free(partner);
	return true;
}

static void renumber(contraction *c)
{
	pic_plan *p = c->plan;
	pic_groups *g = p->groups;
	uint32_t n = 0, *item = heap_zeroed(g->all.n + 1, sizeof *item); /* of each group plus 1 */
	p->failed |= !item;
	for (size_t i = 0; item && i < p->items.n; i++) {
		pic_item x = p->items.at[i];
		if (c->to[i] == ORAY_NONE)
			continue;
		if (c->group[i] == ORAY_NONE) {
			c->to[i] = n;
			p->items.at[n++] = x;
			continue;
		}
		if (!item[c->group[i]]) {
			p->items.at[n] = (pic_item){.kind = PIC_MODULE, .id = c->group[i], .graph = x.graph};
			item[c->group[i]] = ++n;
		}
		c->to[i] = item[c->group[i]] - 1;
	}
	p->items.n = item ? n : p->items.n;
	heap_free(item);
}

static bool seen_before(contraction *c, const pic_wire *wire)
{
	const pic_plan *p = c->plan;
	uint64_t h = ((uint64_t)wire->to << 32 | wire->value) * 0x9E3779B97F4A7C15u;
	size_t at = (size_t)(h >> 32) & (c->size - 1);
	for (; c->table[at]; at = (at + 1) & (c->size - 1)) {
		const pic_wire *x = &p->wires.at[c->table[at] - 1];
		if (x->to == wire->to && x->value == wire->value && x->from == wire->from)
			return true;
	}
	c->table[at] = (uint32_t)(p->wires.n + 1);
	return false;
}

static void rewire(contraction *c)
{
	pic_plan *p = c->plan;
	size_t n = p->wires.n;
	p->wires.n = 0;
	for (size_t i = 0; i < n; i++) {
		pic_wire w = p->wires.at[i];
		bool inside = c->group[w.from] != ORAY_NONE && c->group[w.from] == c->group[w.to];
		bool merged = c->group[w.to] != ORAY_NONE;
		w.from = c->to[w.from];
		w.to = c->to[w.to];
		if (inside || w.from == ORAY_NONE || w.to == ORAY_NONE || (merged && seen_before(c, &w)))
			continue;
		p->wires.at[p->wires.n++] = w;
	}
}

/* What nodes and values say of their items, after items were numbered anew. */
static void tell_nodes(const contraction *c)
{
	pic_plan *p = c->plan;
	for (size_t i = 0; i < p->info->n_nodes; i++) {
		uint32_t item = p->node_item[i];
		if (item == ORAY_NONE)
			continue;
		p->node_item[i] = c->to[item];
		if (c->group[item] != ORAY_NONE) {
			p->groups->of[i] = c->group[item];
			p->fate[i] = PIC_INSIDE;
		}
	}
	for (size_t i = 0; i < p->info->n_values; i++)
		if (p->value_item[i] != ORAY_NONE)
			p->value_item[i] = c->to[p->value_item[i]];
}

static bool contract(pic_plan *p, const uint32_t *group)
{
	contraction c = {.plan = p, .group = group, .size = 64};
	while (c.size < 2 * p->wires.n)
		c.size *= 2;
	c.to = heap_zeroed(p->items.n + 1, sizeof *c.to);
	c.table = heap_zeroed(c.size, sizeof *c.table);
	bool fine = c.to && c.table && drop_pills(&c);
	if (fine) {
		renumber(&c);
		rewire(&c);
		tell_nodes(&c);
	}
	heap_free(c.to);
	heap_free(c.table);
	return fine && !p->failed;
}

/* Nodes by group, and their sums. */
static bool list_nodes(pic_plan *p)
{
	pic_groups *g = p->groups;
	for (size_t i = 0; i < g->all.n; i++)
		g->all.at[i].n = 0;
	for (size_t i = 0; i < p->info->n_nodes; i++)
		if (g->of[i] != ORAY_NONE)
			g->all.at[g->of[i]].n++;
	for (size_t i = 0; i < g->all.n; i++) {
		g->all.at[i].first = (uint32_t)g->n_nodes;
		g->n_nodes += g->all.at[i].n;
		g->all.at[i].n = 0;
	}
	g->nodes = heap_zeroed(g->n_nodes + 1, sizeof *g->nodes);
	if (!g->nodes)
		return false;
	for (size_t i = 0; i < p->info->n_nodes; i++) {
		if (g->of[i] == ORAY_NONE)
			continue;
		pic_group *group = &g->all.at[g->of[i]];
		g->nodes[group->first + group->n++] = (oray_id)i;
		if (g->row[i] == ORAY_NONE)
			continue;
		const oray_layer *l = &g->layers->rows[g->row[i]];
		group->parameters += l->parameters;
		group->counts_macs |= l->counts_macs;
		if (l->counts_macs)
			group->macs = oray_amount_add(p->model, group->macs, l->macs);
	}
	return true;
}

oray_status pic_fold_groups(pic_plan *p, const oray_drawing *drawing, oray_error *err)
{
	bool repeats = pic_fold_bits(drawing) & ORAY_FOLD_REPEATS && !drawing->difference;
	oray_status status = ORAY_OK;
	if (!drawing->depth && !repeats)
		return ORAY_OK;
	bool fine = start(p, drawing->all, &status, err);
	for (unsigned step = 0; fine && status == ORAY_OK && step < 2; step++) {
		if (step ? !repeats : !drawing->depth)
			continue;
		size_t before = p->groups->all.n;
		uint32_t *group = heap_get((p->items.n + 1) * sizeof *group);
		fine = group != NULL;
		if (fine) {
			memset(group, 0xff, (p->items.n + 1) * sizeof *group);
			fine = step ? pic_find_repeats(p, group) : pic_find_modules(p, drawing->depth, group);
		}
		fine = fine && (p->groups->all.n == before || contract(p, group));
		heap_free(group);
	}
	if (status == ORAY_OK && fine)
		fine = list_nodes(p);
	return fine ? status : error_memory(err);
}

/* -------------------------------------------------------------------------------- words -- */

static void amount_row(pic_look *look, const char *name, const char *text)
{
	if (!pic_line_begin(look, PIC_LINE))
		return;
	pic_face_set(look, PIC_BOLD);
	buf_str(&look->text, name);
	pic_face_set(look, PIC_PLAIN);
	buf_char(&look->text, ' ');
	buf_str(&look->text, text);
	pic_line_end(look);
}

static void number_row(pic_look *look, const char *name, uint64_t n)
{
	buf_clear(&look->words);
	number_short(&look->words, n);
	amount_row(look, name, buf_text(&look->words));
}

typedef struct op_count {
	uint32_t type;
	oray_id node;
	size_t n;
} op_count;

static int by_type(const void *a, const void *b)
{
	const op_count *x = a, *y = b;
	return x->type < y->type ? -1 : x->type > y->type;
}

static int by_number(const void *a, const void *b)
{
	const op_count *x = a, *y = b;
	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return x->node < y->node ? -1 : x->node > y->node;
}

/* "24 × MatMul", the most frequent first. */
static void operator_rows(pic_look *look, const pic_group *group)
{
	const pic_plan *p = look->plan;
	const oray_id *nodes = p->groups->nodes + group->first;
	op_count *counts = heap_zeroed(group->n + 1, sizeof *counts);
	size_t n = 0;
	if (!counts) {
		look->text.failed = true;
		return;
	}
	for (size_t i = 0; i < group->n; i++) {
		oray_node node;
		oray_model_node(p->model, nodes[i], &node);
		counts[i] = (op_count){node.op_type, nodes[i], 1};
	}
	qsort(counts, group->n, sizeof *counts, by_type);
	for (size_t i = 0; i < group->n; i++) {
		if (n && counts[n - 1].type == counts[i].type) {
			counts[n - 1].n++;
			if (counts[i].node < counts[n - 1].node)
				counts[n - 1].node = counts[i].node;
		} else {
			counts[n++] = counts[i];
		}
	}
	qsort(counts, n, sizeof *counts, by_number);
	for (size_t i = 0; i < n && i < MOST_OPS; i++) {
		oray_node node;
		oray_model_node(p->model, counts[i].node, &node);
		if (!pic_line_begin(look, PIC_LINE))
			continue;
		pic_face_set(look, PIC_MUTED);
		if (i + 1 == MOST_OPS && n > MOST_OPS) {
			buf_format(&look->text, "and %zu other operators", n - i);
		} else {
			buf_format(&look->text, "%zu × ", counts[i].n);
			clean_text(&look->text, node.op.data, node.op.size, MOST_NAME);
		}
		pic_line_end(look);
	}
	heap_free(counts);
}

/* What follows the last "/". */
static oray_str last_part(oray_str path)
{
	for (size_t i = path.size; i-- > 0;)
		if (path.data[i] == '/')
			return (oray_str){path.data + i + 1, path.size - i - 1};
	return path;
}

static void title(pic_look *look, const pic_group *group)
{
	oray_str name = last_part(group->name);
	pic_line_begin(look, PIC_TITLE);
	if (group->repeats) {
		buf_format(&look->text, "× %u more", (unsigned)group->repeats);
		if (name.size) {
			buf_str(&look->text, " like ");
			clean_text(&look->text, name.data, name.size, MOST_NAME);
		}
	} else {
		clean_text(&look->text, name.data, name.size, MOST_NAME);
	}
	pic_line_end(look);
}

void pic_label_group(pic_look *look, const pic_group *group)
{
	char text[96];
	title(look, group);
	if (look->names && group->name.size) {
		pic_line_begin(look, PIC_NAME);
		clean_text(&look->text, group->name.data, group->name.size, MOST_NAME);
		pic_line_end(look);
	}
	if (!look->rows)
		return;
	if (group->parts > 1) {
		snprintf(text, sizeof text, "%u of %u", (unsigned)group->part, (unsigned)group->parts);
		amount_row(look, "part", text);
	}
	number_row(look, "nodes", group->n);
	if (group->parameters)
		number_row(look, "parameters", group->parameters);
	if (group->counts_macs && oray_amount_is_number(group->macs))
		number_row(look, "MACs", group->macs.value);
	else if (group->counts_macs &&
	         oray_amount_text(look->plan->model, group->macs, text, sizeof text) < 40)
		amount_row(look, "MACs", group->macs.exact ? text : "unknown");
	if (group->inputs)
		number_row(look, group->inputs == 1 ? "input" : "inputs", group->inputs);
	if (group->outputs)
		number_row(look, group->outputs == 1 ? "output" : "outputs", group->outputs);
	if (!group->repeats)
		operator_rows(look, group);
}

void pic_tip_group(pic_look *look, const pic_group *group, buf *tip)
{
	(void)look;
	if (group->repeats)
		buf_format(tip, "%u more layers that are equal to the one before",
		           (unsigned)group->repeats);
	else
		buf_str(tip, "a module");
	if (group->name.size) {
		buf_str(tip, group->repeats ? ", " : " ");
		clean_text(tip, group->name.data, group->name.size, CLEAN_MOST);
	}
	buf_format(tip, "\n%u nodes", (unsigned)group->n);
}
