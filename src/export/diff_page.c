/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff_page.c - a difference for people, in text and Markdown: the verdict, sizes, words.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/heap.h"
#include "export/amounts.h"
#include "words/describe.h"
#include "export/diff_view.h"
#include "words/numbers.h"

#define FORMULA_COLUMNS 26
#define ROWS_SHOWN      8 /* of header, interface and operators, unless everything is wanted */

/* -------------------------------------------------------------------------------- sizes -- */

enum { SIZE_WHAT, SIZE_A, SIZE_B, SIZE_CHANGE, SIZE_COLUMNS };

static const grid_column size_columns[SIZE_COLUMNS] = {
    [SIZE_WHAT] = {.title = "", .field = "what"},
    [SIZE_A] =
        {.title = "before", .field = "a", .right = true, .how = FIT_FORMULA, .min = 8, .want = 22},
    [SIZE_B] =
        {.title = "after", .field = "b", .right = true, .how = FIT_FORMULA, .min = 8, .want = 22},
    [SIZE_CHANGE] = {.title = "change", .field = "change", .right = true},
};

enum { ROW_FILE, ROW_PARAMETERS, ROW_BYTES, ROW_MACS, ROW_NODES, N_ROWS };

typedef struct size_table {
	const diff_view *v;
	size_t rows[N_ROWS];
} size_table;

static void size_numbers(grid *g, uint64_t a, uint64_t b, const char *unit)
{
	grid_number(g, SIZE_A, a, unit);
	grid_number(g, SIZE_B, b, unit);
	diff_growth(&g->cells[SIZE_CHANGE].text, (double)a, (double)b);
}

/* As many more or fewer: a percentage of nodes says nothing. */
static void size_nodes(grid *g, const oray_difference *d)
{
	size_t a = oray_model_describe(d->a)->n_nodes, b = oray_model_describe(d->b)->n_nodes;
	grid_number(g, SIZE_A, a, "");
	grid_number(g, SIZE_B, b, "");
	if (a == b)
		grid_text(g, SIZE_CHANGE, "=");
	else
		grid_format(g, SIZE_CHANGE, "%s%zu", b > a ? "+" : "-", b > a ? b - a : a - b);
}

static void size_bytes(grid *g, const oray_difference *d)
{
	grid_holey(g, SIZE_A, d->bytes_a, "B");
	grid_holey(g, SIZE_B, d->bytes_b, "B");
	if (d->bytes_a.exact && d->bytes_b.exact)
		diff_growth(&g->cells[SIZE_CHANGE].text, (double)d->bytes_a.value,
		            (double)d->bytes_b.value);
}

static void macs_cell(grid *g, size_t column, const oray_model *model, oray_amount macs)
{
	if (g->exact || !amount_is_told(macs))
		amount_cell(g, column, model, macs, "");
	else
		amount_short(&g->cells[column].text, model, macs, "", FORMULA_COLUMNS, g->e->glyphs);
}

/* True when the growth is the same whatever symbols stand for; as two numbers to compare. */
static bool grow_alike(const oray_difference *d, double *a, double *b)
{
	double small_a = oray_amount_at(d->a, d->macs_a, 16);
	double small_b = oray_amount_at(d->b, d->macs_b, 16);
	*a = oray_amount_at(d->a, d->macs_a, 1024);
	*b = oray_amount_at(d->b, d->macs_b, 1024);
	return fabs(*b * small_a - *a * small_b) <= 1e-3 * fabs(*a * small_b);
}

static void size_macs(grid *g, const oray_difference *d)
{
	buf a = {0}, b = {0};
	macs_cell(g, SIZE_A, d->a, d->macs_a);
	macs_cell(g, SIZE_B, d->b, d->macs_b);
	amount_expression(&a, d->a, d->macs_a);
	amount_expression(&b, d->b, d->macs_b);
	double before, after;
	if (!d->macs_a.exact || !d->macs_b.exact || !grow_alike(d, &before, &after))
		grid_none(g, SIZE_CHANGE);
	else if (!strcmp(buf_text(&a), buf_text(&b)) && d->macs_a.value == d->macs_b.value)
		grid_text(g, SIZE_CHANGE, "=");
	else
		diff_growth(&g->cells[SIZE_CHANGE].text, before, after);
	if (!buf_ok(&a) || !buf_ok(&b))
		emit_fail(g->e, ORAY_ERR_MEMORY);
	buf_free(&a);
	buf_free(&b);
}

static void fill_size(grid *g, size_t row)
{
	const size_table *t = g->context;
	const oray_difference *d = t->v->d;
	static const char *const titles[N_ROWS] = {"file", "parameters", "weight bytes", "MACs",
	                                           "nodes"};
	grid_text(g, SIZE_WHAT, titles[t->rows[row]]);
	grid_paint(g, SIZE_WHAT, PAINT_DIM);
	switch (t->rows[row]) {
	case ROW_FILE:
		size_numbers(g, d->file_a, d->file_b, "B");
		break;
	case ROW_PARAMETERS:
		size_numbers(g, d->parameters_a, d->parameters_b, "");
		break;
	case ROW_BYTES:
		size_bytes(g, d);
		break;
	case ROW_MACS:
		size_macs(g, d);
		break;
	default:
		size_nodes(g, d);
	}
	const char *change = buf_text(&g->cells[SIZE_CHANGE].text);
	bool less = *change == '-' || !strcmp(change, "gone"), more = *change == '+' || *change == 'n';
	more |= *change >= '0' && *change <= '9';
	grid_paint(g, SIZE_CHANGE, less ? PAINT_GOOD : more ? PAINT_WARN : PAINT_DIM);
}

static bool same_amount(const oray_difference *d)
{
	return d->macs_a.exact && d->macs_b.exact && !d->macs_a.formula && !d->macs_b.formula &&
	       d->macs_a.value == 0 && d->macs_b.value == 0;
}

static void sizes(diff_view *v)
{
	const oray_difference *d = v->d;
	size_table t = {.v = v};
	grid g = {
	    .columns = size_columns,
	    .n_columns = SIZE_COLUMNS,
	    .fill = fill_size,
	    .context = &t,
	    .exact = v->p.verbose,
	    .indent = 2,
	};
	t.rows[g.n_rows++] = ROW_FILE;
	if (d->parameters_a || d->parameters_b)
		t.rows[g.n_rows++] = ROW_PARAMETERS;
	if (d->bytes_a.value || d->bytes_b.value)
		t.rows[g.n_rows++] = ROW_BYTES;
	if (oray_model_is_inferred(d->a) && oray_model_is_inferred(d->b) && !same_amount(d))
		t.rows[g.n_rows++] = ROW_MACS;
	t.rows[g.n_rows++] = ROW_NODES;
	page_gap(&v->p);
	page_table(&v->p, &g);
}

/* ------------------------------------------------------------------------------ changes -- */

enum { CHANGE_WHAT, CHANGE_A, CHANGE_B, CHANGE_CHANGE, CHANGE_COLUMNS };

static const grid_column change_columns[CHANGE_COLUMNS] = {
    [CHANGE_WHAT] = {.title = "What", .field = "what", .how = FIT_NAME, .min = 12, .want = 28},
    [CHANGE_A] = {.title = "before", .field = "a", .how = FIT_NAME, .min = 8, .want = 24},
    [CHANGE_B] = {.title = "after", .field = "b", .how = FIT_NAME, .min = 8, .want = 24},
    [CHANGE_CHANGE] = {.title = "change", .field = "change", .right = true},
};

static const grid_column count_columns[CHANGE_COLUMNS] = {
    [CHANGE_WHAT] = {.title = "Operator", .field = "op", .how = FIT_NAME, .min = 12, .want = 40},
    [CHANGE_A] = {.title = "before", .field = "a", .right = true},
    [CHANGE_B] = {.title = "after", .field = "b", .right = true},
    [CHANGE_CHANGE] = {.title = "change", .field = "change", .right = true},
};

typedef struct change_table {
	const oray_change *changes;
	size_t n; /* all */
	bool counts;
	size_t *order; /* NULL: as they are */
} change_table;

/* What is there on both sides first: it says more than what one tool writes and another does not.
 */
static size_t *both_first(const oray_change *changes, size_t n)
{
	size_t *order = heap_zeroed(n + 1, sizeof *order), at = 0;
	for (unsigned pass = 0; order && pass < 2; pass++)
		for (size_t i = 0; i < n; i++)
			if ((changes[i].a && changes[i].b) == !pass)
				order[at++] = i;
	return order;
}

static void change_cell(grid *g, size_t column, const char *text, bool counts)
{
	if (text)
		buf_str(grid_printable(g, column), text);
	else if (counts)
		grid_text(g, column, "0");
	else
		grid_none(g, column);
}

static void fill_change(grid *g, size_t row)
{
	const change_table *t = g->context;
	if (row + 1 == g->n_rows && g->n_rows < t->n) {
		grid_format(g, CHANGE_WHAT, "%zu others", t->n - row);
		grid_paint(g, CHANGE_WHAT, PAINT_DIM);
		return;
	}
	const oray_change *c = &t->changes[t->order ? t->order[row] : row];
	buf_str(grid_printable(g, CHANGE_WHAT), c->what);
	change_cell(g, CHANGE_A, c->a, t->counts);
	change_cell(g, CHANGE_B, c->b, t->counts);
	if (!t->counts)
		return;
	int64_t more = (c->b ? strtoll(c->b, NULL, 10) : 0) - (c->a ? strtoll(c->a, NULL, 10) : 0);
	grid_format(g, CHANGE_CHANGE, "%+" PRId64, more);
}

static void change_table_write(diff_view *v, const char *title, const oray_change *changes,
                               size_t n, bool counts)
{
	change_table t = {changes, n, counts, NULL};
	grid g = {
	    .columns = counts ? count_columns : change_columns,
	    .n_columns = CHANGE_COLUMNS,
	    .n_rows = v->p.verbose || n <= ROWS_SHOWN + 1 ? n : ROWS_SHOWN + 1,
	    .fill = fill_change,
	    .context = &t,
	    .indent = 2,
	    .title = title,
	    .hidden = counts ? 0 : 1u << CHANGE_CHANGE,
	};
	if (!n)
		return;
	if (changes == v->d->header)
		t.order = both_first(changes, n);
	page_gap(&v->p);
	page_table(&v->p, &g);
	heap_free(t.order);
}

/* -------------------------------------------------------------------------------- heads -- */

/* Paths without the folders that both have. */
static size_t common_folder(oray_str a, oray_str b)
{
	size_t end = 0;
	for (size_t i = 0; i < a.size && i < b.size && a.data[i] == b.data[i]; i++)
		if (a.data[i] == '/')
			end = i + 1;
	return end;
}

static void heading(diff_view *v)
{
	oray_str a = oray_model_describe(v->d->a)->path, b = oray_model_describe(v->d->b)->path;
	size_t skip = common_folder(a, b);
	buf names = {0};
	buf_printable(&names, a.data + skip, a.size - skip);
	buf_str(&names, v->p.e->glyphs->arrow);
	buf_printable(&names, b.data + skip, b.size - skip);
	page_heading(&v->p, buf_text(&names), v->d->verdict ? v->d->verdict : "");
	buf_free(&names);
}

void diff_page(emit *e, diff_view *v, const oray_style *style)
{
	const oray_difference *d = v->d;
	page_start(&v->p, e, style);
	heading(v);
	sizes(v);
	change_table_write(v, "Header", d->header, d->n_header, false);
	change_table_write(v, "Inputs and outputs", d->interface, d->n_interface, false);
	diff_weights(v);
	diff_nodes(v);
	change_table_write(v, "Operators", d->operators, d->n_operators, true);
}
