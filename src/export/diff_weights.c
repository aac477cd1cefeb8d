/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff_weights.c - what happened to each weight, for people.
 *
 * The rows are in the order that was asked for; by default the library's, most damaged first. Rows
 * of equal weights are counted instead.
 */
#include <math.h>
#include <string.h>

#include "export/cells.h"
#include "words/describe.h"
#include "export/diff_view.h"
#include "words/numbers.h"

#define WEIGHTS_SHOWN 20
#define NAMES_SHOWN   6
#define REASONS_SHOWN 3
#define NAME_MOST     28 /* columns of a name in a list */

/* Decibels: below the first a weight is ruined, below the second in danger. */
#define RUINED  10.0
#define DAMAGED 20.0

enum { NAME, NAME_B, OPERATOR, SHAPE, TYPES, SQNR, ERROR, CHANNEL, COSINE, L2, MSE, N_COLUMNS };

static const grid_column columns[N_COLUMNS] = {
    [NAME] = {.title = "Weight", .field = "a", .how = FIT_NAME, .min = 12, .want = 32},
    [NAME_B] = {.title = "after", .field = "b", .how = FIT_NAME, .min = 12, .want = 20, .drop = 9},
    [OPERATOR] =
        {.title = "Operator", .field = "op", .how = FIT_NAME, .min = 6, .want = 12, .drop = 4},
    [SHAPE] =
        {.title = "Shape", .field = "shape", .how = FIT_SHAPE, .min = 7, .want = 12, .drop = 5},
    [TYPES] =
        {.title = "Types", .field = "types", .how = FIT_NAME, .min = 14, .want = 16, .drop = 1},
    [SQNR] = {.title = "SQNR dB", .field = "sqnr_db", .right = true},
    [ERROR] = {.title = "Max error", .field = "max_abs_error", .right = true},
    [CHANNEL] = {.title = "Worst channel", .field = "worst_channel", .right = true, .drop = 2},
    [COSINE] = {.title = "Cosine", .field = "cosine", .right = true, .drop = 7},
    [L2] = {.title = "Rel. L2", .field = "relative_l2", .right = true, .drop = 6},
    [MSE] = {.title = "MSE", .field = "mse", .right = true, .drop = 8},
};

typedef struct weight_table {
	const diff_view *v;
	size_t n;    /* rows one by one */
	size_t rest; /* rows that are summed up in the last line */
	double rest_worst;
	size_t *rows; /* not owned: indices into d->weights */
} weight_table;

/* ---------------------------------------------------------------------------------- rows -- */

static void decibels(grid *g, const oray_fidelity *f, bool exact)
{
	buf *b = &g->cells[SQNR].text;
	if (f->identical)
		grid_text(g, SQNR, "equal");
	else if (isnan(f->sqnr_db))
		grid_none(g, SQNR);
	else
		diff_fixed(b, f->sqnr_db, exact ? 2 : 1);
	grid_paint(g, SQNR,
	           f->identical           ? PAINT_DIM
	           : f->sqnr_db < RUINED  ? PAINT_BAD
	           : f->sqnr_db < DAMAGED ? PAINT_WARN
	                                  : PAINT_PLAIN);
}

static void channel(grid *g, const oray_fidelity *f)
{
	if (f->axis < 0 || f->identical) {
		grid_none(g, CHANNEL);
		return;
	}
	grid_format(g, CHANNEL, "%llu", (unsigned long long)f->worst_channel);
	if (isnan(f->worst_sqnr_db))
		return;
	grid_text(g, CHANNEL, g->e->glyphs->dot);
	diff_fixed(&g->cells[CHANNEL].text, f->worst_sqnr_db, 1);
	grid_text(g, CHANNEL, " dB");
}

/* 0.99997: as many nines as there are, and one digit more. */
static void cosine(grid *g, double c)
{
	unsigned digits = 4;
	if (isnan(c)) {
		grid_none(g, COSINE);
		return;
	}
	for (double rest = 1 - c; digits < 9 && rest > 0 && rest < 1e-3; rest *= 10)
		digits++;
	diff_fixed(&g->cells[COSINE].text, c, digits);
}

static void fidelity(grid *g, const oray_weight_pair *w, bool exact)
{
	const oray_fidelity *f = &w->fidelity;
	if (!w->measured) {
		for (size_t i = SQNR; i < N_COLUMNS; i++)
			grid_none(g, i);
		return;
	}
	decibels(g, f, exact);
	diff_three(&g->cells[ERROR].text, f->max_abs_error);
	channel(g, f);
	cosine(g, f->cosine);
	diff_three(&g->cells[L2].text, f->relative_l2);
	diff_three(&g->cells[MSE].text, f->mse);
}

static void reader(grid *g, const oray_difference *d, const oray_weight_pair *w)
{
	oray_node node;
	if (oray_model_node(d->a, w->reader_a, &node))
		cells_operator(g, OPERATOR, d->a, &node);
}

static void fill(grid *g, size_t row)
{
	const weight_table *t = g->context;
	const oray_difference *d = t->v->d;
	if (row == t->n) {
		grid_format(g, NAME, "%zu others", t->rest);
		if (!isnan(t->rest_worst)) {
			grid_text(g, SQNR, g->e->glyphs->at_least);
			diff_fixed(&g->cells[SQNR].text, t->rest_worst, 1);
		}
		for (size_t i = 0; i < N_COLUMNS; i++)
			grid_paint(g, i, PAINT_DIM);
		return;
	}
	const oray_weight_pair *w = &d->weights[t->rows[row]];
	known_type type = known_type_of(d->a, w->value_a);
	grid_model(g, NAME, w->name_a);
	if (w->folded)
		grid_text(g, NAME, " *");
	if (str_compare(w->name_a, w->name_b)) {
		grid_model(g, NAME_B, w->name_b);
	} else {
		grid_text(g, NAME_B, "=");
		grid_paint(g, NAME_B, PAINT_DIM);
	}
	reader(g, d, w);
	known_shape_text(grid_printable(g, SHAPE), d->a, &type, g->e->glyphs);
	diff_types(&g->cells[TYPES].text, w->type_a, w->type_b, g->e->glyphs);
	if (!diff_is_quantized(w) && w->type_a == w->type_b)
		grid_paint(g, TYPES, PAINT_DIM);
	fidelity(g, w, t->v->p.verbose);
}

/* ------------------------------------------------------------------------------ remarks -- */

/* A name in a list, short. */
static void listed(buf *b, const diff_view *v, oray_str name)
{
	buf whole = {0};
	buf_printable(&whole, name.data, name.size);
	fit_add(b, FIT_NAME, buf_text(&whole), whole.n, v->p.verbose ? SIZE_MAX : NAME_MOST,
	        v->p.e->glyphs);
	b->failed |= !buf_ok(&whole);
	buf_free(&whole);
}

static bool stayed_float(const oray_weight_pair *w)
{
	return (w->role == ORAY_ROLE_WEIGHT || w->role == ORAY_ROLE_EMBEDDING) &&
	       diff_is_float(w->type_a) && diff_is_float(w->type_b);
}

/* The weights that nobody quantized, where others were. */
static void not_quantized(diff_view *v)
{
	const oray_difference *d = v->d;
	size_t n = 0;
	oray_str last = {"", 0};
	buf b = {0};
	if (!v->sum.quantized || !v->sum.kept_float)
		return;
	for (size_t i = 0; i < d->n_weights; i++) {
		const oray_weight_pair *w = &d->weights[i];
		if (!stayed_float(w) || v->twice[i])
			continue;
		if (!v->p.verbose && n == NAMES_SHOWN) {
			buf_format(&b, " and %zu more", v->sum.kept_float - n);
			break;
		}
		buf_str(&b, n++ ? ", " : "");
		oray_str op = diff_op(d->b, w->reader_b);
		if (op.size && str_compare(op, last)) {
			buf_printable(&b, op.data, op.size);
			buf_char(&b, ' ');
		}
		last = op;
		listed(&b, v, w->name_a);
	}
	page_label_room(&v->p, (oray_str){"still float", 11});
	page_fact(&v->p, "still float", PAINT_WARN, buf_text(&b), b.n);
	if (!buf_ok(&b))
		emit_fail(v->p.e, ORAY_ERR_MEMORY);
	buf_free(&b);
}

/* Why some pairs have no numbers; a reason once, however many pairs have it. */
static void not_compared(diff_view *v)
{
	const oray_difference *d = v->d;
	const char *told[REASONS_SHOWN];
	size_t n_told = 0;
	for (size_t i = 0; i < d->n_weights && n_told < REASONS_SHOWN; i++) {
		const char *why = d->weights[i].why;
		size_t same = 0;
		bool again = false;
		if (d->weights[i].measured || !why)
			continue;
		for (size_t k = 0; k < n_told; k++)
			again |= !strcmp(told[k], why);
		if (again)
			continue;
		told[n_told++] = why;
		for (size_t k = i; k < d->n_weights; k++)
			same += !d->weights[k].measured && d->weights[k].why && !strcmp(d->weights[k].why, why);
		facts f = {.n = 0};
		buf_format(&f.text, "%zu not compared: ", same);
		if (same == 1) {
			listed(&f.text, v, d->weights[i].name_a);
			buf_str(&f.text, ": ");
		}
		buf_str(&f.text, why);
		facts_end(&f, PAINT_DIM);
		page_facts(&v->p, NULL, &f);
	}
}

static void found_otherwise(facts *f, const diff_view *v)
{
	static const char *const how[] = {
	    [ORAY_MATCH_OUTPUT] = "by the names of outputs",
	    [ORAY_MATCH_WEIGHTS] = "by their values",
	    [ORAY_MATCH_STRUCTURE] = "by their place in the graph",
	};
	for (size_t i = ORAY_MATCH_OUTPUT; i <= ORAY_MATCH_STRUCTURE; i++) {
		if (v->sum.by[i])
			buf_format(&f->text, "%zu found %s", v->sum.by[i], how[i]);
		facts_end(f, PAINT_DIM);
	}
}

/* What the table leaves to say, in lines of facts. */
static void remarks(diff_view *v, size_t folded)
{
	const oray_difference *d = v->d;
	facts f = {.n = 0};
	if (v->sum.identical) {
		buf_format(&f.text, "%zu equal weight%s", v->sum.identical,
		           v->sum.identical == 1 ? "" : "s");
		facts_end(&f, PAINT_DIM);
	}
	size_t rounded = 0;
	for (size_t i = 0; i < d->n_weights; i++)
		rounded += diff_is_rounding(&d->weights[i]);
	if (rounded) {
		buf_format(&f.text, "%zu equal but for rounding", rounded);
		facts_end(&f, PAINT_DIM);
	}
	if (folded) {
		buf_str(&f.text, "* compared with its BatchNormalization folded in");
		facts_end(&f, PAINT_DIM);
	}
	found_otherwise(&f, v);
	if (v->sum.twice) {
		buf_format(&f.text, "%zu of the quantized ones are there as floats too", v->sum.twice);
		facts_end(&f, PAINT_WARN);
	}
	size_t alone_a = d->weights_a > d->n_weights ? d->weights_a - d->n_weights : 0;
	size_t alone_b = d->weights_b > d->n_weights ? d->weights_b - d->n_weights : 0;
	if (alone_a)
		buf_format(&f.text, "%zu without a partner after", alone_a);
	facts_end(&f, PAINT_WARN);
	if (alone_b)
		buf_format(&f.text, "%zu without a partner before", alone_b);
	facts_end(&f, PAINT_WARN);
	page_facts(&v->p, NULL, &f);
	not_compared(v);
	not_quantized(v);
}

/* "9 of 9 weights quantized, 100 % of elements · SQNR 38.6 dB at worst, 41.2 dB in the middle" */
static void overview(diff_view *v)
{
	const oray_difference *d = v->d;
	facts f = {.n = 0};
	if (v->sum.quantized) {
		buf_format(&f.text, "%zu of %zu weights quantized", v->sum.quantized, v->sum.weights);
		if (v->sum.elements) {
			buf_str(&f.text, ", ");
			number_percent(&f.text, (double)v->sum.quantized_elements / (double)v->sum.elements);
			buf_str(&f.text, " of elements");
		}
		facts_end(&f, PAINT_PLAIN);
		if (d->bytes_a.exact && d->bytes_b.exact && d->bytes_b.value &&
		    d->bytes_a.value > d->bytes_b.value) {
			diff_fixed(&f.text, (double)d->bytes_a.value / (double)d->bytes_b.value, 2);
			facts_add(&f, " times smaller");
		}
	}
	if (isfinite(v->sum.worst)) {
		buf_str(&f.text, "SQNR ");
		diff_fixed(&f.text, v->sum.worst, 1);
		buf_str(&f.text, " dB at worst");
		if (isfinite(v->sum.median) && v->sum.measured > 2) {
			buf_str(&f.text, ", ");
			diff_fixed(&f.text, v->sum.median, 1);
			buf_str(&f.text, " dB in the middle");
		}
		facts_end(&f, v->sum.worst < RUINED    ? PAINT_BAD
		              : v->sum.worst < DAMAGED ? PAINT_WARN
		                                       : PAINT_PLAIN);
	}
	if (f.n)
		page_gap(&v->p);
	page_facts(&v->p, NULL, &f);
}

/* -------------------------------------------------------------------------------- table -- */

static bool is_folded(const diff_view *v, const oray_weight_pair *w)
{
	bool equal = w->measured ? w->fidelity.identical || diff_is_rounding(w) : !v->sum.measured;
	return !v->p.verbose && equal && w->type_a == w->type_b;
}

/* Keeps the rows that are shown at the start of v->order. */
static size_t choose(diff_view *v, weight_table *t)
{
	size_t n = 0, folded = 0;
	size_t most = v->p.verbose ? v->n : v->n < v->d->n_weights ? v->n : WEIGHTS_SHOWN;
	t->rows = v->order;
	t->rest_worst = INFINITY;
	for (size_t i = 0; i < v->d->n_weights; i++) {
		size_t index = v->order[i];
		const oray_weight_pair *w = &v->d->weights[index];
		if (is_folded(v, w))
			continue;
		if (n < most) {
			folded += w->folded;
			t->rows[n++] = index;
		} else {
			t->rest++;
			if (!w->measured || isnan(w->fidelity.sqnr_db))
				t->rest_worst = NAN;
			else if (w->fidelity.sqnr_db < t->rest_worst)
				t->rest_worst = w->fidelity.sqnr_db;
		}
	}
	t->n = n;
	return folded;
}

void diff_weights(diff_view *v)
{
	const oray_difference *d = v->d;
	weight_table t = {.v = v};
	size_t renamed = v->sum.by[ORAY_MATCH_OUTPUT] + v->sum.by[ORAY_MATCH_WEIGHTS] +
	                 v->sum.by[ORAY_MATCH_STRUCTURE];
	if (!d->n_weights && !d->weights_a && !d->weights_b)
		return;
	overview(v);
	size_t folded = choose(v, &t);
	grid g = {
	    .columns = columns,
	    .n_columns = N_COLUMNS,
	    .n_rows = t.n + (t.rest > 0),
	    .fill = fill,
	    .context = &t,
	    .indent = 2,
	};
	if (!renamed)
		g.hidden |= 1u << NAME_B;
	for (size_t i = SQNR; i < N_COLUMNS && !v->sum.measured; i++)
		g.hidden |= 1u << i;
	if (g.n_rows) {
		page_gap(&v->p);
		page_table(&v->p, &g);
	} else {
		page_gap(&v->p);
	}
	remarks(v, folded);
}
