/* SPDX-License-Identifier: Apache-2.0 */
/*
 * modules_table.c - the tree of modules as a table.
 *
 *     encoder
 *     ├─ layers.0…11 ×12      one row for siblings that look the same and differ in a number
 *     │  ├─ attention ×12     what is in them, all twelve together
 *     │  └─ mlp ×12
 *     └─ norm
 *
 * Every row holds the sum of all it stands for, so the numbers of siblings add up to their parent.
 * A module that holds nothing but one other module shares its row: "encoder/layers".
 */
#include <inttypes.h>
#include <string.h>

#include "export/amounts.h"
#include "words/describe.h"
#include "export/json_model.h"
#include "export/layers.h"
#include "words/numbers.h"
#include "export/page.h"

/* Operators that a row names. */
#define OPS_NAMED 6

typedef struct module_row {
	oray_id first, last; /* modules: first and last of the siblings that it stands for */
	oray_id from;        /* the outermost module that shares the row */
	uint64_t times;      /* how many modules are in it, all levels multiplied */
	uint64_t more;       /* bit n: another row of level n follows below */
	uint32_t level;
	bool pair; /* stands for two siblings, not a run */
} module_row;

typedef struct module_view {
	const layer_view *layers;
	module_tree tree;
	VEC(module_row) rows;
	bool fold;
	bool failed;
} module_view;

static const module *module_at(const module_view *v, oray_id id)
{
	return &v->tree.modules.at[id];
}

/* Where the last run of digits in a name is; equal lengths when there is none. */
static void number_in(oray_str s, size_t *start, size_t *end)
{
	size_t e = s.size;
	while (e > 0 && !(s.data[e - 1] >= '0' && s.data[e - 1] <= '9'))
		e--;
	size_t b = e;
	while (b > 0 && s.data[b - 1] >= '0' && s.data[b - 1] <= '9')
		b--;
	*start = b;
	*end = e;
}

/* True when two names differ in one number only, and the modules look the same. */
static bool alike(const module_view *v, oray_id a, oray_id b)
{
	oray_str x = module_name(&v->tree, a), y = module_name(&v->tree, b);
	size_t xs, xe, ys, ye;
	if (module_at(v, a)->signature != module_at(v, b)->signature)
		return false;
	number_in(x, &xs, &xe);
	number_in(y, &ys, &ye);
	return xs != xe && ys != ye && xs == ys && x.size - xe == y.size - ye &&
	       !memcmp(x.data, y.data, xs) && !memcmp(x.data + xe, y.data + ye, x.size - xe);
}

static void add_children(module_view *v, oray_id parent, uint64_t times, uint32_t level,
                         uint64_t more);

static void add_run(module_view *v, oray_id first, oray_id last, bool pair, uint64_t times,
                    uint32_t level, uint64_t more)
{
	oray_id inner = first;
	if (first == last && v->fold)
		while (!module_at(v, inner)->own_nodes && module_at(v, inner)->first_child != ORAY_NONE &&
		       module_at(v, inner)->first_child == module_at(v, inner)->last_child)
			inner = module_at(v, inner)->first_child;
	module_row *row = vec_push(NULL, &v->rows);
	if (!row) {
		v->failed = true;
		return;
	}
	*row = (module_row){
	    .first = inner,
	    .last = first == last ? inner : last,
	    .from = first,
	    .times = times,
	    .more = more,
	    .level = level,
	    .pair = pair,
	};
	add_children(v, inner, times, level + 1, more);
}

/* Siblings in order, runs of them that are alike as one. */
static void add_children(module_view *v, oray_id parent, uint64_t times, uint32_t level,
                         uint64_t more)
{
	for (oray_id c = module_at(v, parent)->first_child; c != ORAY_NONE && !v->failed;) {
		oray_id last = c, next;
		uint64_t n = 1;
		while (v->fold && (next = module_at(v, last)->next_sibling) != ORAY_NONE &&
		       alike(v, c, next)) {
			last = next;
			n++;
		}
		next = module_at(v, last)->next_sibling;
		uint64_t below = next == ORAY_NONE ? more : more | (uint64_t)1 << level;
		add_run(v, c, last, n == 2, times * n, level, below);
		c = next;
	}
}

/* ------------------------------------------------------------------------------- cells -- */

enum {
	PATH,
	DEPTH,
	OPERATORS,
	NODES,
	PARAMETERS,
	BYTES,
	MACS,
	MACS_FORMULA,
	MEMORY,
	MEMORY_FORMULA,
	N_COLUMNS
};

static const grid_column columns[N_COLUMNS] = {
    [PATH] = {.title = "Module", .field = "path", .how = FIT_TREE, .min = 16, .want = 34},
    [DEPTH] = {.title = "", .field = "depth", .right = true, .in = GRID_IN_CSV},
    [OPERATORS] = {.title = "Operators",
                   .field = "operators",
                   .how = FIT_END,
                   .min = 9,
                   .want = 12,
                   .drop = 1},
    [NODES] = {.title = "Nodes", .field = "nodes", .right = true, .drop = 1},
    [PARAMETERS] = {.title = "Params", .field = "parameters", .right = true},
    [BYTES] = {.title = "Bytes", .field = "parameter_bytes", .right = true, .drop = 2},
    [MACS] =
        {.title = "MACs", .field = "macs", .right = true, .how = FIT_FORMULA, .min = 8, .want = 25},
    [MACS_FORMULA] = {.title = "", .field = "macs_expression", .in = GRID_IN_CSV},
    [MEMORY] = {.title = "Memory",
                .field = "memory",
                .right = true,
                .how = FIT_FORMULA,
                .min = 8,
                .want = 14,
                .drop = 2},
    [MEMORY_FORMULA] = {.title = "", .field = "memory_expression", .in = GRID_IN_CSV},
};

static void guides(buf *b, const module_row *row, const glyphs *g)
{
	/* the lines of level 0 are left out: the first level needs no root to hang from */
	for (uint32_t level = 1; level < row->level; level++)
		buf_str(b, row->more >> level & 1 ? g->pipe : "   ");
	if (row->level)
		buf_str(b, row->more >> row->level & 1 ? g->branch : g->corner);
}

static void name_of(buf *b, const module_view *v, const module_row *row, const glyphs *g)
{
	oray_str path = strings_get(&v->tree.paths, row->first);
	oray_str from = strings_get(&v->tree.paths, row->from);
	oray_str start = module_name(&v->tree, row->from);
	size_t skip = from.size - start.size;
	buf_printable(b, path.data + skip, path.size - skip);
	if (row->first != row->last) {
		oray_str last = module_name(&v->tree, row->last);
		size_t s, e, fs, fe;
		oray_str first = module_name(&v->tree, row->first);
		number_in(last, &s, &e);
		number_in(first, &fs, &fe);
		buf_str(b, row->pair ? ", " : g->range);
		buf_printable(b, last.data + s, last.size - s);
	}
	if (row->times > 1)
		buf_format(b, " %s%" PRIu64, g->times, row->times);
}

typedef struct op_count {
	oray_str op;
	size_t n;
} op_count;

/* Operators directly in a module, in order of appearance. */
static void operators(buf *b, const module_view *v, oray_id id, const glyphs *g)
{
	op_count ops[OPS_NAMED];
	size_t n = 0;
	bool others = false;
	for (size_t row = module_at(v, id)->first_row; row != SIZE_MAX; row = v->tree.next_row[row]) {
		oray_node node;
		size_t i = 0;
		if (!oray_model_node(v->tree.layers->model, v->tree.layers->rows[row].node, &node))
			continue;
		while (i < n && str_compare(ops[i].op, node.op))
			i++;
		if (i < n)
			ops[i].n++;
		else if (n < OPS_NAMED)
			ops[n++] = (op_count){node.op, 1};
		else
			others = true;
	}
	for (size_t i = 0; i < n; i++) {
		buf_str(b, i ? ", " : "");
		buf_printable(b, ops[i].op.data, ops[i].op.size);
		if (ops[i].n > 1)
			buf_format(b, " %s%zu", g->times, ops[i].n);
	}
	if (others)
		buf_format(b, ", %s", g->cut);
}

static oray_count multiplied(oray_count n, uint64_t times)
{
	if (times && n.value > UINT64_MAX / times)
		return (oray_count){UINT64_MAX, false};
	return (oray_count){n.value * times, n.exact};
}

static void amount(grid *g, size_t column, oray_amount a, const char *unit)
{
	const module_view *v = g->context;
	const oray_model *model = v->tree.layers->model;
	if (oray_amount_is_number(a) && !a.value && g->format != ORAY_CSV)
		grid_none(g, column);
	else
		amount_cell(g, column, model, a, unit);
	if (g->format == ORAY_CSV && a.exact)
		amount_cell_expression(g, column + 1, model, a);
}

static void numbers(grid *g, uint64_t nodes, uint64_t parameters, oray_count bytes,
                    oray_amount macs, oray_amount memory)
{
	if (g->format == ORAY_CSV)
		grid_number(g, NODES, nodes, "");
	else
		number_exact(&g->cells[NODES].text, nodes);
	if (parameters || g->format == ORAY_CSV)
		grid_number(g, PARAMETERS, parameters, "");
	else
		grid_none(g, PARAMETERS);
	if (parameters || g->format == ORAY_CSV)
		grid_holey(g, BYTES, bytes, "B");
	else
		grid_none(g, BYTES);
	amount(g, MACS, macs, "");
	amount(g, MEMORY, memory, "B");
}

static void module_cells(grid *g, const module_view *v, const module_row *row)
{
	const module *m = module_at(v, row->first);
	buf *name = grid_printable(g, PATH);
	if (g->format == ORAY_CSV) {
		oray_str path = strings_get(&v->tree.paths, row->first);
		buf_printable(name, path.data, path.size);
		grid_number(g, DEPTH, m->depth, "");
	} else {
		guides(name, row, g->e->glyphs);
		name_of(name, v, row, g->e->glyphs);
	}
	operators(grid_printable(g, OPERATORS), v, row->first, g->e->glyphs);
	grid_paint(g, OPERATORS, PAINT_DIM);
	const oray_model *model = v->tree.layers->model;
	numbers(g, m->nodes * row->times, m->parameters * row->times, multiplied(m->bytes, row->times),
	        oray_amount_times(model, m->macs, row->times),
	        oray_amount_times(model, m->memory, row->times));
}

/* Nodes that are in no module at all. */
static void loose_cells(grid *g, const module_view *v)
{
	uint64_t parameters = 0;
	oray_count bytes = {0, true};
	oray_amount macs = {0, 0, true}, memory = {0, 0, true};
	const oray_model *model = v->tree.layers->model;
	const module *root = module_at(v, 0);
	for (size_t row = root->first_row; row != SIZE_MAX; row = v->tree.next_row[row]) {
		const oray_layer *layer = &v->tree.layers->rows[row];
		parameters += layer->parameters;
		bytes.value += layer->parameter_bytes.value;
		bytes.exact = bytes.exact && layer->parameter_bytes.exact;
		macs = oray_amount_add(model, macs, layer->macs);
		memory = oray_amount_add(model, memory, layer->memory);
	}
	if (g->format != ORAY_CSV) {
		grid_text(g, PATH, "no module");
		grid_paint(g, PATH, PAINT_DIM);
	}
	operators(grid_printable(g, OPERATORS), v, 0, g->e->glyphs);
	grid_paint(g, OPERATORS, PAINT_DIM);
	numbers(g, root->own_nodes, parameters, bytes, macs, memory);
}

static void fill(grid *g, size_t row)
{
	const module_view *v = g->context;
	const oray_layers *all = v->tree.layers;
	if (row == GRID_TOTAL) {
		grid_text(g, PATH, "total");
		numbers(g, all->n, all->parameters, all->parameter_bytes, all->macs, all->memory);
	} else if (row < v->rows.n) {
		module_cells(g, v, &v->rows.at[row]);
	} else {
		loose_cells(g, v);
	}
}

void modules_table(emit *e, const layer_view *layers, const oray_style *style)
{
	module_view v = {.layers = layers, .fold = !style->verbose && style->format != ORAY_CSV};
	if (module_tree_make(&v.tree, layers->layers, style->depth))
		add_children(&v, 0, 1, 0, 0);
	else
		v.failed = true;
	if (v.failed) {
		emit_fail(e, ORAY_ERR_MEMORY);
	} else {
		grid_column own[N_COLUMNS];
		memcpy(own, columns, sizeof own);
		own[MACS].title = counting_unit(style->counting);
		grid g = {
		    .columns = own,
		    .n_columns = N_COLUMNS,
		    .n_rows = v.rows.n + (module_at(&v, 0)->own_nodes != 0),
		    .fill = fill,
		    .context = &v,
		    .format = style->format,
		    .exact = style->verbose,
		    .total = true,
		    .no_header = style->format == ORAY_CSV && style->no_header,
		};
		if (!layers->any_macs)
			g.hidden |= 1u << MACS;
		if (!layers->any_memory)
			g.hidden |= 1u << MEMORY;
		if (style->format == ORAY_CSV)
			g.hidden = 0;
		grid_write(&g, e);
	}
	vec_free(NULL, &v.rows);
	module_tree_free(&v.tree);
}

void modules_json(emit *e, const layer_view *layers, const oray_style *style)
{
	module_tree tree;
	emit_str(e, "\"modules\":[");
	if (!module_tree_make(&tree, layers->layers, style->depth))
		emit_fail(e, ORAY_ERR_MEMORY);
	for (size_t i = 0; i < tree.modules.n && emit_ok(e); i++) {
		const module *m = &tree.modules.at[i];
		cJSON *object = cJSON_CreateObject();
		json_put(e, object, "path", json_text(strings_get(&tree.paths, (oray_id)i)));
		json_put(e, object, "depth", json_u64(m->depth));
		json_put(e, object, "nodes", json_u64(m->nodes));
		json_put(e, object, "own_nodes", json_u64(m->own_nodes));
		json_put(e, object, "parameters", json_u64(m->parameters));
		json_put_count(e, object, "parameter_bytes", m->bytes);
		amount_put(e, object, layers->layers->model, "macs", "macs", m->macs);
		amount_put(e, object, layers->layers->model, "memory", "memory", m->memory);
		emit_str(e, i ? ",\n" : "\n");
		json_write_row(e, object);
	}
	emit_str(e, "\n],");
	module_tree_free(&tree);
}
