/* SPDX-License-Identifier: Apache-2.0 */
/*
 * params_page.c - where the parameters are, for people: an overview, groups, or every tensor.
 */
#include <math.h>
#include <string.h>

#include "base/heap.h"
#include "words/describe.h"
#include "words/numbers.h"
#include "export/order.h"
#include "export/page.h"
#include "export/params.h"
#include "export/stats.h"

#define BAR_COLUMNS   16
#define LARGEST_SHOWN 10

typedef struct params_view {
	const param_view *rows;
	const param_groups *groups;
	const oray_parameters *sums;
	page p;
	size_t n; /* rows of the tensor table */
	const size_t *order;
} params_view;

static void plural(buf *b, uint64_t n, const char *word)
{
	buf_format(b, " %s%s", word, n == 1 ? "" : "s");
}

/* ------------------------------------------------------------------------------- parts -- */

static void heading(params_view *v)
{
	const oray_model_info *info = oray_model_describe(v->rows->list->model);
	buf name = {0}, right = {0};
	bool exact = v->p.verbose;
	buf_printable(&name, info->path.data, info->path.size);
	number_count(&right, v->sums->total, exact);
	plural(&right, v->sums->total, "parameter");
	buf_str(&right, v->p.e->glyphs->dot);
	number_holey(&right, v->sums->bytes, "B", exact, v->p.e->glyphs);
	page_heading(&v->p, buf_text(&name), buf_text(&right));
	buf_free(&name);
	buf_free(&right);
}

/* What the total leaves out, and what deserves a second look. */
static void remarks(params_view *v)
{
	const oray_parameters *p = v->sums;
	bool exact = v->p.verbose;
	facts f = {.n = 0};
	if (p->shared) {
		number_count(&f.text, p->shared, exact);
		facts_add(&f, " shared by several nodes, counted once");
	}
	if (p->unused_tensors) {
		buf_format(&f.text, "%zu", p->unused_tensors);
		plural(&f.text, p->unused_tensors, "tensor");
		buf_str(&f.text, " unused, ");
		number_count(&f.text, p->unused, exact);
		plural(&f.text, p->unused, "element");
		facts_end(&f, PAINT_WARN);
	}
	uint64_t more = p->initializer_elements > p->total ? p->initializer_elements - p->total
	                                                   : p->total - p->initializer_elements;
	if (more && (exact || more > p->total / 100)) {
		buf_str(&f.text, "initializers alone hold ");
		number_count(&f.text, p->initializer_elements, exact);
		plural(&f.text, p->initializer_elements, "element");
		facts_end(&f, PAINT_PLAIN);
	}
	if (p->training) {
		number_count(&f.text, p->training, exact);
		facts_add(&f, " more for training only");
	}
	if (p->overflow) {
		buf_str(&f.text, "some sizes are impossible and not counted");
		facts_end(&f, PAINT_WARN);
	}
	if (f.n)
		page_gap(&v->p);
	page_facts(&v->p, NULL, &f);
}

/* Roles that are in no group of the table above. */
static void apart(params_view *v)
{
	facts f = {.n = 0};
	for (int r = 0; r < ORAY_N_ROLES; r++) {
		const oray_share *share = &v->sums->by_role[r];
		if (role_counts((oray_role)r) || !share->tensors)
			continue;
		role_text(&f.text, (oray_role)r);
		buf_char(&f.text, ' ');
		number_count(&f.text, share->elements, v->p.verbose);
		facts_end(&f, PAINT_DIM);
	}
	if (f.n)
		page_gap(&v->p);
	page_facts(&v->p, "besides", &f);
}

static void roles(params_view *v)
{
	role_table t;
	grid g;
	role_table_start(&t, &g, v->sums, "Role");
	g.title = NULL;
	g.indent = 2;
	page_gap(&v->p);
	page_table(&v->p, &g);
}

/* ------------------------------------------------------------------------------ groups -- */

enum { KEY, TENSORS, ELEMENTS, BYTES, SHARE, BAR, GROUP_COLUMNS };

static void fill_group(grid *g, size_t row)
{
	const params_view *v = g->context;
	const param_groups *groups = v->groups;
	if (row == GRID_TOTAL) {
		size_t tensors = 0;
		for (int r = 0; r < ORAY_N_ROLES; r++)
			tensors += role_counts((oray_role)r) ? v->sums->by_role[r].tensors : 0;
		grid_text(g, KEY, "total");
		grid_number(g, TENSORS, tensors, "");
		grid_number(g, ELEMENTS, v->sums->total, "");
		grid_holey(g, BYTES, v->sums->bytes, "B");
		return;
	}
	param_group rest = {.bytes = {0, true}};
	const param_group *group = &groups->group[row];
	if (row == groups->n) {
		for (size_t i = row; i < groups->n_groups; i++) {
			rest.elements += groups->group[i].elements;
			rest.bytes.value += groups->group[i].bytes.value;
			rest.bytes.exact = rest.bytes.exact && groups->group[i].bytes.exact;
			rest.tensors += groups->group[i].tensors;
		}
		group = &rest;
		grid_format(g, KEY, "%zu others", groups->n_groups - groups->n);
		grid_paint(g, KEY, PAINT_DIM);
	} else {
		param_group_text(grid_printable(g, KEY), groups, group);
	}
	grid_number(g, TENSORS, group->tensors, "");
	grid_number(g, ELEMENTS, group->elements, "");
	grid_holey(g, BYTES, group->bytes, "B");
	if (!v->sums->total)
		return;
	double share = (double)group->elements / (double)v->sums->total;
	number_percent(&g->cells[SHARE].text, share);
	buf_repeat(&g->cells[BAR].text, g->e->glyphs->bar, (size_t)(share * BAR_COLUMNS + 0.5));
	grid_paint(g, BAR, PAINT_CATEGORY + 2);
}

static void groups(params_view *v)
{
	static const char *const titles[] = {
	    [BY_ROLE] = "Role",
	    [BY_TYPE] = "Type",
	    [BY_OP] = "Operator",
	    [BY_MODULE] = "Module",
	};
	grid_column columns[GROUP_COLUMNS] = {
	    [KEY] = {.title = titles[v->groups->by], .how = FIT_NAME, .min = 12, .want = 30},
	    [TENSORS] = {.title = "tensors", .right = true, .drop = 1},
	    [ELEMENTS] = {.title = "count", .right = true},
	    [BYTES] = {.title = "bytes", .right = true},
	    [SHARE] = {.title = "share", .right = true, .drop = 2},
	    [BAR] = {.title = "", .drop = 3, .in = GRID_IN_TEXT},
	};
	grid g = {
	    .columns = columns,
	    .n_columns = GROUP_COLUMNS,
	    .n_rows = v->groups->n + (v->groups->n < v->groups->n_groups),
	    .fill = fill_group,
	    .context = v,
	    .total = true,
	    .indent = 2,
	};
	page_gap(&v->p);
	page_table(&v->p, &g);
}

/* ----------------------------------------------------------------------------- tensors -- */

enum {
	T_NAME,
	T_ROLE,
	T_TYPE,
	T_SHAPE,
	T_STORAGE,
	T_USERS,
	T_ELEMENTS,
	T_BYTES,
	T_MIN,
	T_MAX,
	T_MEAN,
	T_STD,
	T_ZEROS,
	T_NON_FINITE,
	T_COLUMNS
};

static const grid_column tensor_columns[T_COLUMNS] = {
    [T_NAME] = {.title = "Tensor", .how = FIT_NAME, .min = 12, .want = 26},
    [T_ROLE] = {.title = "Role", .drop = 1},
    [T_TYPE] = {.title = "Type", .how = FIT_NAME, .min = 5, .want = 12},
    [T_SHAPE] = {.title = "Shape", .how = FIT_SHAPE, .min = 7, .want = 14},
    [T_STORAGE] = {.title = "Storage", .drop = 2},
    [T_USERS] = {.title = "Used by", .how = FIT_NAME, .min = 10, .want = 24, .drop = 3},
    [T_ELEMENTS] = {.title = "Count", .right = true},
    [T_BYTES] = {.title = "Bytes", .right = true},
    [T_MIN] = {.title = "Min", .right = true},
    [T_MAX] = {.title = "Max", .right = true},
    [T_MEAN] = {.title = "Mean", .right = true},
    [T_STD] = {.title = "Std", .right = true},
    [T_ZEROS] = {.title = "Zeros", .right = true},
    [T_NON_FINITE] = {.title = "Not finite", .right = true},
};

/* With statistics the table is about values: what the overview says as well gives way to them. */
#define T_STATISTICS                                                                               \
	(1u << T_MIN | 1u << T_MAX | 1u << T_MEAN | 1u << T_STD | 1u << T_ZEROS | 1u << T_NON_FINITE)
#define T_WITHOUT (1u << T_ROLE | 1u << T_STORAGE | 1u << T_USERS | 1u << T_ELEMENTS | 1u << T_BYTES)

static void fill_statistics(grid *g, const oray_statistics *s)
{
	const struct {
		size_t column;
		double x;
	} reals[] = {{T_MIN, s->min}, {T_MAX, s->max}, {T_MEAN, s->mean}, {T_STD, s->std}};
	for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) {
		if (s->unread || isnan(reals[i].x))
			grid_none(g, reals[i].column);
		else
			stats_number(&g->cells[reals[i].column].text, reals[i].x, g->e->glyphs);
	}
	uint64_t odd = s->nans + s->infinities;
	if (s->unread || !s->elements)
		grid_none(g, T_ZEROS);
	else
		number_percent(&g->cells[T_ZEROS].text, (double)s->zeros / (double)s->elements);
	if (s->unread)
		grid_none(g, T_NON_FINITE);
	else
		grid_number(g, T_NON_FINITE, odd, "");
	if (odd)
		grid_paint(g, T_NON_FINITE, PAINT_BAD);
}

static void fill_tensor(grid *g, size_t row)
{
	const params_view *v = g->context;
	const oray_parameter_list *list = v->rows->list;
	if (row == GRID_TOTAL) {
		grid_format(g, T_NAME, "%zu", list->n);
		plural(&g->cells[T_NAME].text, list->n, "tensor");
		grid_number(g, T_ELEMENTS, v->sums->all_elements, "");
		grid_holey(g, T_BYTES, v->sums->all_bytes, "B");
		return;
	}
	if (row == v->n) {
		uint64_t elements = v->sums->all_elements;
		oray_count bytes = v->sums->all_bytes;
		for (size_t i = 0; i < v->n; i++) {
			elements -= list->tensors[v->order[i]].elements.value;
			bytes.value -= list->tensors[v->order[i]].bytes.value;
		}
		grid_format(g, T_NAME, "%zu others", list->n - v->n);
		grid_number(g, T_ELEMENTS, elements, "");
		grid_holey(g, T_BYTES, bytes, "B");
		for (size_t i = 0; i < T_COLUMNS; i++)
			grid_paint(g, i, PAINT_DIM);
		return;
	}
	const oray_parameter *p = &list->tensors[v->order[row]];
	grid_model(g, T_NAME, p->name);
	role_text(&g->cells[T_ROLE].text, p->role);
	element_type_text(grid_printable(g, T_TYPE), p->type);
	shape_of_dims(grid_printable(g, T_SHAPE), p->dims, p->n_dims, g->e->glyphs);
	grid_text(g, T_STORAGE, oray_keeping_name(p->keeping));
	if (p->n_used_by)
		node_label_text(grid_printable(g, T_USERS), list->model, p->used_by[0]);
	if (p->n_used_by > 1)
		grid_format(g, T_USERS, " +%zu", p->n_used_by - 1);
	grid_holey(g, T_ELEMENTS, p->elements, "");
	grid_holey(g, T_BYTES, p->bytes, "B");
	if (!role_counts(p->role))
		grid_paint(g, T_ROLE, PAINT_DIM);
	if (list->statistics)
		fill_statistics(g, &list->statistics[v->order[row]]);
}

/* The last column is there only where something is not finite, or nothing was read. */
static uint32_t hidden_columns(const params_view *v, const size_t *order, size_t n)
{
	const oray_statistics *s = v->rows->list->statistics;
	if (!s)
		return T_STATISTICS;
	for (size_t i = 0; i < n; i++)
		if (s[order[i]].nans || s[order[i]].infinities)
			return T_WITHOUT;
	return T_WITHOUT | 1u << T_NON_FINITE;
}

static void tensors(params_view *v, const size_t *order, size_t n)
{
	grid g = {
	    .columns = tensor_columns,
	    .n_columns = T_COLUMNS,
	    .n_rows = n + (n < v->rows->list->n),
	    .fill = fill_tensor,
	    .context = v,
	    .total = !v->rows->list->statistics,
	    .indent = 2,
	    .hidden = hidden_columns(v, order, n),
	};
	v->order = order;
	v->n = n;
	page_gap(&v->p);
	page_table(&v->p, &g);
}

static void elements_key(const void *rows, size_t row, order_key *out)
{
	const oray_parameter *p = &((const oray_parameter_list *)rows)->tensors[row];
	out->number = p->elements.value;
	out->unknown = !p->elements.exact;
}

static void largest(params_view *v, size_t top)
{
	static const order_column column = {"elements", NULL, false, elements_key};
	const oray_parameter_list *list = v->rows->list;
	size_t n = top ? top : LARGEST_SHOWN;
	size_t *order = order_rows(&column, list, list->n);
	if (!order) {
		emit_fail(v->p.e, ORAY_ERR_MEMORY);
		return;
	}
	tensors(v, order, n < list->n ? n : list->n);
	heap_free(order);
}

void params_page(emit *e, const param_view *view, const param_groups *grouping,
                 const oray_style *style)
{
	params_view v = {.rows = view, .groups = grouping, .sums = &view->list->sums};
	page_start(&v.p, e, style);
	heading(&v);
	if (!view->list->n) {
		page_gap(&v.p);
		page_paragraph(&v.p, PAINT_PLAIN, "no parameters", 13);
		return;
	}
	switch (grouping->by) {
	case BY_NOTHING:
		roles(&v);
		if (style->sort)
			tensors(&v, view->order, view->n);
		else
			largest(&v, style->top);
		break;
	case BY_TENSOR:
		tensors(&v, view->order, view->n);
		break;
	default:
		groups(&v);
		apart(&v);
	}
	remarks(&v);
}
