/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff_nodes.c - what happened to the nodes, for people.
 *
 * The same change of many nodes is one row: "operator, Conv -> QLinearConv, 34 nodes"; so are nodes
 * of one operator that met the same fate. Rows come in the order in which the first of them does.
 */
#include <stdlib.h>
#include <string.h>

#include "export/cells.h"
#include "base/heap.h"
#include "base/mem.h"
#include "words/describe.h"
#include "export/diff_view.h"
#include "words/numbers.h"

#define GROUPS_SHOWN 16
#define NAMES_SHOWN  3

/* Of models that have nothing to do with each other a few are enough. */
#define GROUPS_UNRELATED 4

/* One change of one node, or a node of one side. */
typedef struct happening {
	size_t layer;       /* in d->layers */
	size_t change;      /* of it */
	size_t order;       /* where the first like it stands */
	const char *key[3]; /* what makes happenings alike; texts, never NULL */
	size_t fate;        /* bytes of key[1] that count: without the name of a node at its end */
	const char *after;  /* for display: NULL is "not there" */
	const char *before;
	bool example; /* alike ones may have other texts */
} happening;

typedef struct group {
	size_t first, n; /* in the sorted happenings */
} group;

typedef struct node_table {
	const diff_view *v;
	const oray_model *model; /* whose nodes are named */
	bool of_b, of_changes;
	happening *all;
	size_t n;
	VEC(group) groups;
	size_t shown;
} node_table;

/* -------------------------------------------------------------------------------- groups -- */

static int alike(const happening *x, const happening *y)
{
	int order = strcmp(x->key[0], y->key[0]);
	if (!order && x->fate != y->fate)
		order = x->fate < y->fate ? -1 : 1;
	if (!order)
		order = strncmp(x->key[1], y->key[1], x->fate);
	return order ? order : strcmp(x->key[2], y->key[2]);
}

static int by_key(const void *a, const void *b)
{
	const happening *x = a, *y = b;
	int order = alike(x, y);
	if (order)
		return order;
	if (x->layer != y->layer)
		return x->layer < y->layer ? -1 : 1;
	return x->change < y->change ? -1 : x->change > y->change;
}

static int by_order(const void *a, const void *b)
{
	const happening *x = a, *y = b;
	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return by_key(a, b);
}

/* Puts alike happenings beside each other; each alone when `apart`. */
static bool group_all(node_table *t, bool apart)
{
	if (t->n > 1 && !apart) {
		qsort(t->all, t->n, sizeof *t->all, by_key);
		for (size_t i = 1; i < t->n; i++)
			if (!alike(&t->all[i - 1], &t->all[i]))
				t->all[i].order = t->all[i - 1].order;
		qsort(t->all, t->n, sizeof *t->all, by_order);
	}
	for (size_t i = 0; i < t->n; i++) {
		if (i && !apart && t->all[i].order == t->all[i - 1].order) {
			t->groups.at[t->groups.n - 1].n++;
			continue;
		}
		group *slot = vec_push(NULL, &t->groups);
		if (!slot)
			return false;
		*slot = (group){i, 1};
	}
	return true;
}

/* ---------------------------------------------------------------------------------- rows -- */

enum { COUNT, OPERATOR, WHAT, BEFORE, AFTER, NAMES, N_COLUMNS };

static const grid_column change_columns[N_COLUMNS] = {
    [COUNT] = {.title = "Nodes", .field = "count", .right = true},
    [OPERATOR] = {.title = "Operator", .field = "op", .how = FIT_NAME, .min = 8, .want = 18},
    [WHAT] = {.title = "What", .field = "what", .how = FIT_NAME, .min = 8, .want = 28},
    [BEFORE] = {.title = "before", .field = "a", .how = FIT_NAME, .min = 6, .want = 18},
    [AFTER] = {.title = "after", .field = "b", .how = FIT_NAME, .min = 6, .want = 18},
    [NAMES] =
        {.title = "Names", .field = "names", .how = FIT_END, .min = 10, .want = 20, .drop = 1},
};

static const grid_column fate_columns[N_COLUMNS] = {
    [COUNT] = {.title = "Nodes", .field = "count", .right = true},
    [OPERATOR] = {.title = "Operator", .field = "op", .how = FIT_NAME, .min = 10, .want = 24},
    [WHAT] = {.title = "Became", .field = "fate", .how = FIT_END, .min = 10, .want = 30},
    [BEFORE] = {.title = "", .field = "a"},
    [AFTER] = {.title = "", .field = "b"},
    [NAMES] =
        {.title = "Names", .field = "names", .how = FIT_END, .min = 10, .want = 30, .drop = 1},
};

static const grid_column arrival_columns[N_COLUMNS] = {
    [COUNT] = {.title = "Nodes", .field = "count", .right = true},
    [OPERATOR] = {.title = "Operator", .field = "op", .how = FIT_NAME, .min = 10, .want = 24},
    [WHAT] = {.title = "Why", .field = "fate", .how = FIT_END, .min = 10, .want = 30},
    [BEFORE] = {.title = "", .field = "a"},
    [AFTER] = {.title = "", .field = "b"},
    [NAMES] =
        {.title = "Names", .field = "names", .how = FIT_END, .min = 10, .want = 30, .drop = 1},
};

static oray_id node_of(const node_table *t, const happening *h)
{
	const oray_layer_pair *l = &t->v->d->layers[h->layer];
	return t->of_b ? l->b : l->a;
}

static void names(grid *g, const node_table *t, const group *of)
{
	size_t shown = 0;
	for (size_t i = 0; i < of->n && shown < NAMES_SHOWN; i++, shown++) {
		buf *b = grid_printable(g, NAMES);
		buf_str(b, i ? ", " : "");
		diff_label(b, t->model, node_of(t, &t->all[of->first + i]));
	}
	if (shown < of->n)
		grid_text(g, NAMES, t->v->p.e->utf8 ? ", …" : ", ..");
}

static bool one_operator(const node_table *t, const group *of)
{
	oray_str op = diff_op(t->model, node_of(t, &t->all[of->first]));
	for (size_t i = 1; i < of->n; i++)
		if (str_compare(op, diff_op(t->model, node_of(t, &t->all[of->first + i]))))
			return false;
	return true;
}

static void text_or_none(grid *g, size_t column, const char *text)
{
	if (text)
		buf_str(grid_printable(g, column), text);
	else
		grid_none(g, column);
}

static void fill(grid *g, size_t row)
{
	const node_table *t = g->context;
	if (row == t->shown) {
		size_t rest = 0;
		for (size_t i = row; i < t->groups.n; i++)
			rest += t->groups.at[i].n;
		grid_format(g, COUNT, "%zu", rest);
		grid_text(g, OPERATOR, "others");
		grid_paint(g, COUNT, PAINT_DIM);
		grid_paint(g, OPERATOR, PAINT_DIM);
		return;
	}
	const group *of = &t->groups.at[row];
	const happening *h = &t->all[of->first];
	oray_node node;
	grid_format(g, COUNT, "%zu", of->n);
	if (!one_operator(t, of)) {
		grid_text(g, OPERATOR, "several");
	} else if (oray_model_node(t->model, node_of(t, h), &node)) {
		grid_model(g, OPERATOR, node.op);
		grid_paint(g, OPERATOR, PAINT_CATEGORY + node_category(t->model, &node));
	}
	buf_str(grid_printable(g, WHAT), h->key[1]);
	if (of->n > 1 && h->key[1][h->fate])
		buf_str(grid_printable(g, WHAT), t->v->p.e->utf8 ? ", …" : ", ..");
	text_or_none(g, BEFORE, h->before);
	text_or_none(g, AFTER, h->after);
	if (of->n > 1 && h->example) {
		grid_text(g, BEFORE, t->v->p.e->utf8 ? ", …" : ", ..");
		grid_text(g, AFTER, t->v->p.e->utf8 ? ", …" : ", ..");
	}
	names(g, t, of);
}

static void write_table(diff_view *v, node_table *t, const grid_column *columns, const char *title)
{
	t->v = v;
	if (!t->n)
		return;
	if (!group_all(t, v->p.verbose)) {
		emit_fail(v->p.e, ORAY_ERR_MEMORY);
		return;
	}
	size_t most = v->d->relation == ORAY_UNRELATED ? GROUPS_UNRELATED : GROUPS_SHOWN;
	bool all = v->p.verbose || t->groups.n <= most + 1;
	t->shown = all ? t->groups.n : most;
	grid g = {
	    .columns = columns,
	    .n_columns = N_COLUMNS,
	    .n_rows = t->shown + !all,
	    .fill = fill,
	    .context = t,
	    .indent = 2,
	};
	if (columns != change_columns)
		g.hidden = 1u << BEFORE | 1u << AFTER;
	if (v->p.verbose)
		g.hidden |= 1u << COUNT;
	page_section(&v->p, title);
	page_table(&v->p, &g);
	v->p.indent = 2;
}

/* -------------------------------------------------------------------------------- tables -- */

/* A terminated text of the model's, to be a key; operators with a NUL in them may be put together.
 */
static const char *op_key(const oray_model *model, oray_id node)
{
	return diff_op(model, node).data;
}

/* "folded into Conv_3", "taken out of Conv_3": up to the name. */
static size_t fate_words(const char *fate)
{
	static const char *const before_names[] = {" into ", "replaced by ", " out of ", "stands for "};
	for (size_t i = 0; i < sizeof before_names / sizeof *before_names; i++) {
		const char *at = strstr(fate, before_names[i]);
		if (at)
			return (size_t)(at - fate) + strlen(before_names[i]);
	}
	return strlen(fate);
}

static void add(node_table *t, happening h)
{
	h.order = t->n;
	h.fate = t->of_changes ? strlen(h.key[1]) : fate_words(h.key[1]);
	t->all[t->n++] = h;
}

/* One other size of an input changes the shapes of all nodes: they are one row, and the last. */
static void add_change(node_table *t, size_t layer, size_t index, const oray_change *c)
{
	bool shape = !strcmp(c->what, "shape");
	happening h = {
	    .layer = layer,
	    .change = index,
	    .key = {shape || !c->a ? "" : c->a, c->what, shape || !c->b ? "" : c->b},
	    .before = c->a,
	    .after = c->b,
	    .example = shape,
	};
	add(t, h);
	if (shape)
		t->all[t->n - 1].order += SIZE_MAX / 2;
}

static void changed(diff_view *v)
{
	const oray_difference *d = v->d;
	size_t room = 0;
	for (size_t i = 0; i < d->n_layers; i++)
		if (d->layers[i].a != ORAY_NONE && d->layers[i].b != ORAY_NONE)
			room += d->layers[i].n_changes;
	node_table t = {.model = d->a, .of_changes = true, .all = heap_zeroed(room + 1, sizeof *t.all)};
	if (!t.all)
		emit_fail(v->p.e, ORAY_ERR_MEMORY);
	for (size_t i = 0; t.all && i < d->n_layers; i++) {
		const oray_layer_pair *l = &d->layers[i];
		if (l->a == ORAY_NONE || l->b == ORAY_NONE)
			continue;
		for (size_t k = 0; k < l->n_changes; k++) {
			add_change(&t, i, k, &l->changes[k]);
		}
	}
	write_table(v, &t, change_columns, "Changed");
	heap_free(t.all);
	vec_free(NULL, &t.groups);
}

static void alone(diff_view *v, bool of_b)
{
	const oray_difference *d = v->d;
	size_t room = 0;
	for (size_t i = 0; i < d->n_layers; i++)
		room += (of_b ? d->layers[i].a : d->layers[i].b) == ORAY_NONE;
	node_table t = {
	    .model = of_b ? d->b : d->a, .of_b = of_b, .all = heap_zeroed(room + 1, sizeof *t.all)};
	if (!t.all)
		emit_fail(v->p.e, ORAY_ERR_MEMORY);
	for (size_t i = 0; t.all && i < d->n_layers; i++) {
		const oray_layer_pair *l = &d->layers[i];
		if ((of_b ? l->a : l->b) != ORAY_NONE)
			continue;
		add(&t,
		    (happening){.layer = i,
		                .key = {op_key(t.model, of_b ? l->b : l->a), l->fate ? l->fate : "", ""}});
	}
	write_table(v, &t, of_b ? arrival_columns : fate_columns, of_b ? "Only after" : "Only before");
	heap_free(t.all);
	vec_free(NULL, &t.groups);
}

void diff_nodes(diff_view *v)
{
	facts f = {.n = 0};
	changed(v);
	alone(v, false);
	alone(v, true);
	if (v->d->n_equal) {
		number_exact(&f.text, v->d->n_equal);
		buf_format(&f.text, " equal layer%s", v->d->n_equal == 1 ? "" : "s");
		facts_end(&f, PAINT_DIM);
		page_gap(&v->p);
		page_facts(&v->p, NULL, &f);
	}
}
