/* SPDX-License-Identifier: Apache-2.0 */
/*
 * summary_page.c - a summary for people, in text and Markdown.
 *
 * The answer comes first: what file, how large, what goes in and out; then what it is made of; then
 * what deserves attention. What is not known is said only where a reader would miss it.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "export/amounts.h"
#include "export/cells.h"
#include "words/numbers.h"
#include "export/page.h"
#include "export/params.h"
#include "export/summary.h"

#define VALUES_SHOWN    8
#define OPERATORS_SHOWN 8
#define BAR_COLUMNS     10
#define CULPRITS_SHOWN  2
#define CULPRIT_MOST    18
#define LABEL_MOST      32 /* columns of a node's name among other facts */
#define ALL             (SIZE_MAX / 2)

/* ------------------------------------------------------------------ inputs and outputs -- */

enum { IO_SIDE, IO_NAME, IO_TYPE, IO_SHAPE, IO_COLUMNS };

static const grid_column io_columns[IO_COLUMNS] = {
    [IO_SIDE] = {.title = "", .field = "side"},
    [IO_NAME] = {.title = "Name", .field = "name", .how = FIT_NAME, .min = 8, .want = 24},
    [IO_TYPE] = {.title = "Type", .field = "type", .how = FIT_NAME, .min = 7, .want = 30},
    [IO_SHAPE] = {.title = "Shape", .field = "shape", .how = FIT_SHAPE, .min = 5, .want = 24},
};

static void fill_io(grid *g, size_t row)
{
	const summary_view *v = g->context;
	bool is_input = row < v->n_inputs;
	size_t at = is_input ? row : row - v->n_inputs;
	size_t shown = is_input ? v->n_inputs : v->n_outputs;
	size_t all = is_input ? v->s->n_inputs : v->s->n_outputs;
	if (at + 1 == shown && shown < all) {
		grid_format(g, IO_NAME, "%s%zu more %s", v->p.e->utf8 ? "… " : "", all - at,
		            is_input ? "inputs" : "outputs");
		grid_paint(g, IO_NAME, PAINT_DIM);
		return;
	}
	oray_id id = is_input ? v->s->inputs[at] : v->s->outputs[at];
	known_type t = known_type_of(v->s->model, id);
	oray_value value = {.name = {"", 0}};
	oray_model_value(v->s->model, id, &value);
	grid_text(g, IO_SIDE, is_input ? "input" : "output");
	grid_paint(g, IO_SIDE, PAINT_DIM);
	grid_model(g, IO_NAME, value.name);
	cells_type(g, IO_TYPE, IO_SHAPE, v->s->model, &t);
}

/* What the model declares where it is not so. */
static void contradictions(summary_view *v)
{
	for (size_t i = 0; i < v->n_inputs + v->n_outputs; i++) {
		oray_id id = i < v->n_inputs ? v->s->inputs[i] : v->s->outputs[i - v->n_inputs];
		known_type t = known_type_of(v->s->model, id);
		oray_value value;
		facts f = {.n = 0};
		if (!t.contradicts || !oray_model_value(v->s->model, id, &value))
			continue;
		buf_str(&f.text, "! the model declares ");
		buf_printable(&f.text, value.name.data, value.name.size);
		buf_str(&f.text, " as ");
		known_said_text(&f.text, v->s->model, &t, v->p.e->glyphs);
		facts_end(&f, PAINT_WARN);
		page_facts(&v->p, NULL, &f);
	}
}

static void inputs_and_outputs(summary_view *v)
{
	grid g = {
	    .columns = io_columns,
	    .n_columns = IO_COLUMNS,
	    .n_rows = v->n_inputs + v->n_outputs,
	    .fill = fill_io,
	    .context = v,
	    .no_header = true,
	    .indent = 2,
	};
	page_gap(&v->p);
	if (!g.n_rows) {
		page_paragraph(&v->p, PAINT_DIM, "no inputs, no outputs", 21);
		return;
	}
	page_table(&v->p, &g);
	contradictions(v);
}

/* -------------------------------------------------------------------------- in numbers -- */

static void counts(summary_view *v)
{
	const oray_summary *s = v->s;
	facts f = {.n = 0};
	number_exact(&f.text, s->nodes);
	buf_str(&f.text, s->nodes == 1 ? " node" : " nodes");
	if (s->nodes_total != s->nodes) {
		buf_str(&f.text, ", ");
		number_exact(&f.text, s->nodes_total);
		buf_str(&f.text, s->subgraphs && v->info->n_functions ? " with bodies and functions"
		                 : s->subgraphs                       ? " with bodies"
		                                                      : " with functions");
	}
	facts_end(&f, PAINT_PLAIN);
	if (v->info->n_functions)
		facts_add(&f, "%zu function%s", v->info->n_functions, v->info->n_functions == 1 ? "" : "s");
	if (v->info->n_training)
		facts_add(&f, "%zu training graph%s", v->info->n_training,
		          v->info->n_training == 1 ? "" : "s");
	if (s->shapes.values) {
		number_exact(&f.text, s->shapes.known);
		buf_str(&f.text, " of ");
		number_exact(&f.text, s->shapes.values);
		facts_add(&f, " shapes known");
	}
	if (s->shapes.symbolic) {
		number_exact(&f.text, s->shapes.symbolic);
		facts_add(&f, " symbolic");
	}
	if (s->shapes.unknown && oray_model_is_inferred(s->model)) {
		number_exact(&f.text, s->shapes.unknown);
		facts_add(&f, " unknown");
	}
	page_gap(&v->p);
	page_facts(&v->p, NULL, &f);
}

/* Where shapes get lost. */
static void culprits(summary_view *v)
{
	const oray_summary *s = v->s;
	facts f = {.n = 0};
	size_t n = s->shapes.n_culprits < CULPRITS_SHOWN ? s->shapes.n_culprits : CULPRITS_SHOWN;
	if (!n)
		return;
	buf_str(&f.text, "shapes get lost at ");
	for (size_t i = 0; i < n; i++) {
		oray_node node;
		buf label = {0};
		node_label_text(&label, s->model, s->shapes.culprits[i]);
		buf_str(&f.text, i ? ", " : "");
		fit_add(&f.text, FIT_NAME, buf_text(&label), label.n, CULPRIT_MOST, v->p.e->glyphs);
		buf_free(&label);
		if (!oray_model_node(s->model, s->shapes.culprits[i], &node) || !node.name.size)
			continue;
		buf_str(&f.text, " (");
		buf_printable(&f.text, node.op.data, node.op.size);
		buf_char(&f.text, ')');
	}
	if (n < s->shapes.n_culprits)
		buf_format(&f.text, " and %zu more", s->shapes.n_culprits - n);
	facts_end(&f, PAINT_WARN);
	page_facts(&v->p, NULL, &f);
}

/* " (53 of 54 nodes; unknown: com.foo.Bar)" */
static void coverage(buf *b, const oray_summary *s)
{
	size_t all = s->compute.macs_nodes + s->compute.macs_unknown_nodes;
	buf_str(b, " (");
	number_exact(b, s->compute.macs_nodes);
	buf_str(b, " of ");
	number_exact(b, all);
	buf_str(b, all == 1 ? " node; unknown: " : " nodes; unknown: ");
	for (size_t i = 0; i < s->compute.n_unknown_ops && i < CULPRITS_SHOWN; i++) {
		oray_node node;
		if (!oray_model_node(s->model, s->compute.unknown_ops[i], &node))
			continue;
		buf_str(b, i ? ", " : "");
		if (!str_is(node.domain, "ai.onnx")) {
			buf_printable(b, node.domain.data, node.domain.size);
			buf_char(b, '.');
		}
		buf_printable(b, node.op.data, node.op.size);
	}
	buf_str(b, s->compute.n_unknown_ops > CULPRITS_SHOWN ? ", and others)" : ")");
}

/* Costs; formulas as far as they fit a line. */
static void costs(summary_view *v)
{
	const oray_summary *s = v->s;
	const glyphs *gl = v->p.e->glyphs;
	bool exact = v->p.verbose;
	size_t room = v->p.width > 48 ? v->p.width - 32 : 16;
	facts f = {.n = 0};
	if (!oray_model_is_inferred(s->model))
		return;
	oray_amount macs = s->compute.macs;
	room -= s->compute.macs_unknown_nodes && room > 40 ? 16 : 0;
	if (!amount_is_told(macs))
		buf_format(&f.text, "%s unknown", counting_unit(v->p.e->counting));
	else if (macs.value || macs.formula || !macs.exact) {
		exact ? amount_text(&f.text, s->model, macs, "", true, gl)
		      : amount_short(&f.text, s->model, macs, "", room, gl);
		buf_format(&f.text, " %s", counting_unit(v->p.e->counting));
	}
	if (s->compute.macs_unknown_nodes)
		coverage(&f.text, s);
	if (v->p.e->counting != ORAY_COUNT_MACS && v->p.e->counting != ORAY_COUNT_FLOPS)
		buf_format(&f.text, ", counted as %s does", oray_counting_name(v->p.e->counting));
	facts_end(&f, PAINT_PLAIN);
	if (s->compute.peak.exact && (s->compute.peak.value || s->compute.peak.formula)) {
		buf label = {0};
		buf_str(&f.text, "peak activations ");
		exact ? amount_text(&f.text, s->model, s->compute.peak, "B", true, gl)
		      : amount_short(&f.text, s->model, s->compute.peak, "B", room, gl);
		buf_str(&f.text, " at ");
		node_label_text(&label, s->model, s->compute.peak_node);
		fit_add(&f.text, FIT_NAME, buf_text(&label), label.n, exact ? SIZE_MAX : LABEL_MOST, gl);
		buf_free(&label);
		facts_end(&f, PAINT_PLAIN);
	}
	page_facts(&v->p, NULL, &f);
}

static void weights(summary_view *v)
{
	const oray_summary *s = v->s;
	const oray_parameters *p = &s->parameters;
	bool exact = v->p.verbose;
	facts f = {.n = 0};
	if (p->shared) {
		number_count(&f.text, p->shared, exact);
		facts_add(&f, " parameters shared by several nodes");
	}
	if (p->unused_tensors) {
		buf_format(&f.text, "%zu tensor%s unused, ", p->unused_tensors,
		           p->unused_tensors == 1 ? "" : "s");
		number_count(&f.text, p->unused, exact);
		facts_add(&f, " element%s", p->unused == 1 ? "" : "s");
	}
	if (p->training) {
		number_count(&f.text, p->training, exact);
		facts_add(&f, " elements for training only");
	}
	if (p->overflow) {
		buf_str(&f.text, "some sizes are impossible and not counted");
		facts_end(&f, PAINT_WARN);
	}
	if (s->n_external_files) {
		buf_str(&f.text, "external data in ");
		buf_printable(&f.text, s->external_files[0].data, s->external_files[0].size);
		if (s->n_external_files > 1)
			buf_format(&f.text, " and %zu more", s->n_external_files - 1);
		facts_end(&f, PAINT_PLAIN);
	}
	page_facts(&v->p, NULL, &f);
}

/* --------------------------------------------------------------------------- operators -- */

enum { OP_NAME, OP_COUNT, OP_BAR, OP_COLUMNS };

static const grid_column op_columns[OP_COLUMNS] = {
    [OP_NAME] = {.title = "Operators", .field = "op", .how = FIT_NAME, .min = 12, .want = 48},
    [OP_COUNT] = {.title = "count", .field = "count", .right = true},
    [OP_BAR] = {.title = "", .field = "bar", .drop = 1, .in = GRID_IN_TEXT},
};

static void fill_operator(grid *g, size_t row)
{
	const summary_view *v = g->context;
	const oray_summary *s = v->s;
	if (row == v->n_operators) {
		uint64_t rest = 0;
		for (size_t i = row; i < s->n_operators; i++)
			rest += s->operators[i].count;
		grid_format(g, OP_NAME, "%zu others", s->n_operators - row);
		grid_paint(g, OP_NAME, PAINT_DIM);
		grid_number(g, OP_COUNT, rest, "");
		grid_paint(g, OP_COUNT, PAINT_DIM);
		return;
	}
	const oray_operator *op = &s->operators[row];
	paint color = PAINT_CATEGORY + category_named(op->category);
	if (v->p.verbose && !str_is(op->domain, "ai.onnx")) {
		grid_model(g, OP_NAME, op->domain);
		grid_text(g, OP_NAME, ".");
	}
	grid_model(g, OP_NAME, op->op);
	grid_paint(g, OP_NAME, color);
	number_exact(&g->cells[OP_COUNT].text, op->count);
	uint64_t most = s->operators[0].count;
	uint64_t columns = most > UINT64_MAX / BAR_COLUMNS ? 1 : op->count * BAR_COLUMNS / most;
	buf_repeat(&g->cells[OP_BAR].text, v->p.e->glyphs->bar, columns ? (size_t)columns : 1);
	grid_paint(g, OP_BAR, color);
}

static void operators_and_parameters(summary_view *v)
{
	const oray_summary *s = v->s;
	role_table t;
	grid roles, ops = {
	                .columns = op_columns,
	                .n_columns = OP_COLUMNS,
	                .n_rows = v->n_operators + (v->n_operators < s->n_operators),
	                .fill = fill_operator,
	                .context = v,
	                .indent = 2,
	            };
	role_table_start(&t, &roles, &s->parameters, "Parameters");
	/* One below the other where names are wanted in full. */
	if (v->p.format == ORAY_MARKDOWN || v->p.verbose) {
		page_gap(&v->p);
		page_table(&v->p, &ops);
		page_gap(&v->p);
		roles.indent = 2;
		page_table(&v->p, &roles);
		return;
	}
	buf left = {0}, right = {0};
	page half = v->p;
	emit into;
	roles.hidden = 1u << ROLE_TENSORS | 1u << ROLE_SHARE | 1u << ROLE_BITS;
	half.e = &into;
	emit_into(&into, v->p.e, &right, v->p.width - 2);
	if (roles.n_rows > 1)
		page_table(&half, &roles);
	emit_fail(v->p.e, emit_end(&into, NULL));
	size_t beside = page_lines_width(&right) + 4;
	half.width = v->p.width > beside + 30 ? v->p.width - (unsigned)beside : v->p.width;
	emit_into(&into, v->p.e, &left, half.width);
	if (ops.n_rows) {
		ops.title = "Operators";
		page_table(&half, &ops);
	}
	emit_fail(v->p.e, emit_end(&into, NULL));
	page_gap(&v->p);
	page_beside(&v->p, &left, &right, left.n ? 4 : 2);
	buf_free(&left);
	buf_free(&right);
}

/* -------------------------------------------------------------- what deserves attention -- */

static void scheme(summary_view *v, facts *f)
{
	static const char *const words[] = {
	    [ORAY_SCHEME_NONE] = "Not quantized",
	    [ORAY_SCHEME_QDQ] = "Quantized (QDQ)",
	    [ORAY_SCHEME_QOPERATOR] = "Quantized (QOperator)",
	    [ORAY_SCHEME_DYNAMIC] = "Quantized (dynamic)",
	    [ORAY_SCHEME_WEIGHT_ONLY] = "Quantized (weights only)",
	    [ORAY_SCHEME_FAKE] = "Fake-quantized",
	    [ORAY_SCHEME_MIXED] = "Quantized (mixed schemes)",
	};
	const oray_summary *s = v->s;
	facts_add(f, "%s", words[s->quantization.scheme]);
	if (s->quantization.scheme == ORAY_SCHEME_NONE)
		return;
	if (!isnan(s->quantization.node_coverage)) {
		number_percent(&f->text, s->quantization.node_coverage);
		facts_add(f, " of compute nodes");
	}
	if (!isnan(s->quantization.parameter_coverage)) {
		number_percent(&f->text, s->quantization.parameter_coverage);
		facts_add(f, " of parameters");
	}
}

static const struct {
	oray_severity severity;
	const char *one, *many;
	paint color;
} severities[] = {
    {ORAY_ERROR, "error", "errors", PAINT_BAD},
    {ORAY_WARNING, "warning", "warnings", PAINT_WARN},
    {ORAY_INFO, "remark", "remarks", PAINT_NOTE},
};

static void verdict(summary_view *v)
{
	const oray_summary *s = v->s;
	facts f = {.n = 0};
	uint64_t all = 0;
	scheme(v, &f);
	for (size_t i = 0; i < sizeof severities / sizeof *severities; i++) {
		uint64_t n = s->findings[severities[i].severity];
		all += n;
		if (!n)
			continue;
		buf_format(&f.text, "%" PRIu64 " %s", n, n == 1 ? severities[i].one : severities[i].many);
		facts_end(&f, severities[i].color);
	}
	if (!all)
		facts_add(&f, "no findings");
	else if (!v->p.verbose) {
		buf_str(&f.text, "-v lists them");
		facts_end(&f, PAINT_DIM);
	}
	page_gap(&v->p);
	page_facts(&v->p, NULL, &f);
}

static void findings(summary_view *v)
{
	size_t n;
	uint64_t total[3];
	const oray_finding *list = oray_model_findings(v->s->model, &n, total);
	for (size_t k = 0; k < sizeof severities / sizeof *severities; k++) {
		for (size_t i = 0; i < n; i++) {
			buf b = {0};
			if (list[i].severity != severities[k].severity)
				continue;
			buf_format(&b, "%s%s%s [%s]", list[i].where, *list[i].where ? ": " : "",
			           list[i].message, list[i].rule);
			page_fact(&v->p, severities[k].one, severities[k].color, buf_text(&b), b.n);
			buf_free(&b);
		}
	}
}

void summary_page(emit *e, const oray_summary *s, const oray_style *style)
{
	summary_view v = {.s = s, .info = oray_model_describe(s->model)};
	page_start(&v.p, e, style);
	size_t values = style->verbose ? ALL : VALUES_SHOWN;
	size_t operators = style->verbose ? ALL : OPERATORS_SHOWN;
	v.n_inputs = s->n_inputs < values ? s->n_inputs : values;
	v.n_outputs = s->n_outputs < values ? s->n_outputs : values;
	v.n_operators = s->n_operators <= operators + 1 ? s->n_operators : operators;
	summary_head(&v);
	inputs_and_outputs(&v);
	counts(&v);
	culprits(&v);
	costs(&v);
	weights(&v);
	operators_and_parameters(&v);
	verdict(&v);
	if (style->verbose)
		findings(&v);
}
