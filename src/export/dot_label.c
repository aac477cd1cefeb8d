/* SPDX-License-Identifier: Apache-2.0 */
#include "export/dot_label.h"

#include <inttypes.h>

#include "export/describe.h"
#include "export/dot_escape.h"
#include "export/dot_marks.h"
#include "export/dot_words.h"

/* Characters that are shown; tooltips keep more. */
#define MOST_TITLE     34
#define MOST_NAME      28
#define MOST_FRAME     60
#define MOST_TIP       240
#define MOST_TIP_LINES 14

/* Room for a name that is not the model's. */
#define MADE_UP 128

/* Heights of a box in points. Text takes 1.1 to 1.2 times its size. */
enum {
	TITLE_SIZE = 11,
	NAME_SIZE = 8,
	TITLE_ALONE = 19,
	TITLE_ABOVE = 16,
	NAME_BELOW = 13,
	ROW = 12,
	ROWS_ABOVE = 2,
	ROWS_BELOW = 3,
	PILL_ALONE = 18,
	PILL_ABOVE = 14,
	PILL_BELOW = 13,
	BORDER = 1,
	BORDER_QUANTIZED = 2,
	SIDE = 6 /* blank at the left and right */
};

#define NEWLINE "\\n" /* in a tooltip */

/* ------------------------------------------------------------------------------- markup -- */

static void font_begin(buf *b, unsigned size, uint32_t color)
{
	char hex[THEME_HEX];
	buf_format(b, "<FONT POINT-SIZE=\"%u\" COLOR=\"%s\">", size, theme_hex(color, hex));
}

static void font_end(buf *b)
{
	buf_str(b, "</FONT>");
}

/* The head ends after `head` of `total` points; below it is the colour `body`. */
static void table_begin(buf *b, const char *style, const theme_paint *ink, unsigned line,
                        unsigned head, unsigned total, uint32_t body)
{
	char border[THEME_HEX], fill[THEME_HEX];
	buf_format(b,
	           "<TABLE BORDER=\"%u\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"0\" "
	           "STYLE=\"%s\" COLOR=\"%s\" BGCOLOR=\"%s",
	           line, style, theme_hex(ink->border, border), theme_hex(ink->fill, fill));
	if (head < total) {
		unsigned edge = (head + line) * 10000 / (total + 2 * line);
		buf_format(b, ";0.%04u:%s\" GRADIENTANGLE=\"270", edge, theme_hex(body, fill));
	}
	buf_str(b, "\">");
}

/* One line of text between the blank sides, which the first line brings for all. */
static void line_begin(buf *b, unsigned height, const char *vertical, size_t lines)
{
	buf_str(b, "<TR>");
	if (lines)
		buf_format(b, "<TD ROWSPAN=\"%zu\" WIDTH=\"%u\"></TD>", lines, SIDE);
	buf_format(b, "<TD HEIGHT=\"%u\" ALIGN=\"LEFT\"", height);
	if (vertical)
		buf_format(b, " VALIGN=\"%s\"", vertical);
	buf_char(b, '>');
}

static void line_end(buf *b, size_t lines)
{
	buf_str(b, "</TD>");
	if (lines)
		buf_format(b, "<TD ROWSPAN=\"%zu\" WIDTH=\"%u\"></TD>", lines, SIDE);
	buf_str(b, "</TR>");
}

static void gap(buf *b, unsigned height)
{
	buf_format(b, "<TR><TD HEIGHT=\"%u\"></TD></TR>", height);
}

static void add_rows(buf *b, const dot_rows *rows)
{
	size_t start = 0;
	gap(b, ROWS_ABOVE);
	for (size_t i = 0; i < rows->n; i++) {
		line_begin(b, ROW, NULL, 0);
		buf_add(b, rows->text.data + start, rows->end[i] - start);
		line_end(b, 0);
		start = rows->end[i];
	}
	gap(b, ROWS_BELOW);
}

/* -------------------------------------------------------------------------------- boxes -- */

/* Something to hold on to: Graphviz takes no empty text between tags. */
static oray_str or_nameless(oray_str name)
{
	static const oray_str nameless = {"(no name)", 9};
	return name.size ? name : nameless;
}

static void box(dot_look *look, oray_id id, const oray_node *n, buf *b)
{
	theme_state state = dot_mark_state(look->plan, id);
	bool quantized = dot_mark_quantized(look->plan, id);
	theme_paint own = state != THEME_PLAIN
	                      ? look->theme->state[state]
	                      : look->theme->category[node_category(look->plan->model, n)];
	const theme_paint *ink = &own,
	                  *below = quantized ? &look->theme->quantized : &look->theme->body;
	if (quantized)
		own.border = below->border;
	dot_rows_collect(look, id, n);
	const dot_rows *rows = &look->rows;
	b->failed |= !buf_ok(&rows->text);
	if (b->failed)
		return;
	bool named = n->name.size;
	unsigned head = named ? TITLE_ABOVE + NAME_BELOW : TITLE_ALONE;
	unsigned body = rows->n ? (unsigned)rows->n * ROW + ROWS_ABOVE + ROWS_BELOW : 0;
	size_t lines = 1 + (size_t)named + (rows->n ? rows->n + 2 : 0);

	table_begin(b, state == THEME_REMOVED ? "ROUNDED,DASHED" : "ROUNDED", ink,
	            quantized ? BORDER_QUANTIZED : BORDER, head, head + body, below->fill);
	line_begin(b, named ? TITLE_ABOVE : TITLE_ALONE, named ? "BOTTOM" : NULL, lines);
	font_begin(b, TITLE_SIZE, ink->text);
	oray_str op = or_nameless(n->op);
	dot_html(b, op.data, op.size, MOST_TITLE);
	font_end(b);
	line_end(b, lines);
	if (named) {
		line_begin(b, NAME_BELOW, NULL, 0);
		font_begin(b, NAME_SIZE, ink->muted);
		dot_html(b, n->name.data, n->name.size, MOST_NAME);
		font_end(b);
		line_end(b, 0);
	}
	if (rows->n)
		add_rows(b, rows);
	buf_str(b, "</TABLE>");
}

static void pill_line(buf *b, unsigned height, const char *vertical, size_t lines)
{
	buf_str(b, "<TR>");
	if (lines)
		buf_format(b, "<TD ROWSPAN=\"%zu\" WIDTH=\"%u\"></TD>", lines, SIDE);
	buf_format(b, "<TD HEIGHT=\"%u\" VALIGN=\"%s\">", height, vertical);
}

/* Two centred lines; the second one may be empty. */
static void pill(const char *style, const theme_paint *ink, oray_str name, const buf *second,
                 buf *b)
{
	table_begin(b, style, ink, BORDER, 0, 0, 0);
	pill_line(b, second->n ? PILL_ABOVE : PILL_ALONE, second->n ? "BOTTOM" : "MIDDLE",
	          second->n ? 2 : 1);
	name = or_nameless(name);
	font_begin(b, TITLE_SIZE - 1, ink->text);
	dot_html(b, name.data, name.size, MOST_NAME);
	font_end(b);
	line_end(b, second->n ? 2 : 1);
	if (second->n) {
		pill_line(b, PILL_BELOW, "MIDDLE", 0);
		font_begin(b, NAME_SIZE, ink->muted);
		buf_add(b, second->data, second->n);
		font_end(b);
		line_end(b, 0);
	}
	buf_str(b, "</TABLE>");
	b->failed |= !buf_ok(second);
}

/* ----------------------------------------------------------------------------- tooltips -- */

static void tip_name(buf *tip, oray_str name)
{
	name = or_nameless(name);
	dot_tip(tip, name.data, name.size, MOST_TIP);
}

/* Text that was made for between tags: backslashes are undone once more here. */
static void tip_words(buf *tip, const buf *words)
{
	for (size_t i = 0; i < words->n; i++) {
		buf_char(tip, words->data[i]);
		if (words->data[i] == '\\')
			buf_char(tip, '\\');
	}
	tip->failed |= !buf_ok(words);
}

static void tip_edges(dot_look *look, const oray_node *n, bool outputs, buf *tip)
{
	size_t count = outputs ? n->n_outputs : n->n_inputs;
	const oray_id *values = outputs ? n->outputs : n->inputs;
	for (size_t i = 0; i < count; i++) {
		oray_value v;
		if (i == MOST_TIP_LINES) {
			buf_format(tip, NEWLINE "… %zu more", count - i);
			return;
		}
		if (!oray_model_value(look->plan->model, values[i], &v))
			continue;
		buf_str(tip, outputs ? NEWLINE "→ " : NEWLINE);
		buf_clear(&look->words);
		dot_formal(look, n, outputs, i, &look->words);
		tip_words(tip, &look->words);
		buf_str(tip, ": ");
		tip_name(tip, v.name);
	}
}

/* The node's own name, however long, or one that is made up from operator and number. */
static oray_str name_of(const oray_model *model, oray_id id, char small[MADE_UP])
{
	oray_node n;
	if (oray_model_node(model, id, &n) && n.name.size)
		return n.name;
	size_t size = oray_node_label(model, id, small, MADE_UP);
	return (oray_str){small, size < MADE_UP ? size : MADE_UP - 1};
}

static void tip_node(dot_look *look, oray_id id, const oray_node *n, buf *tip)
{
	char small[MADE_UP];
	oray_str name = name_of(look->plan->model, id, small);
	dot_tip(tip, name.data, name.size, MOST_TIP);
	buf_str(tip, NEWLINE);
	dot_tip(tip, n->op.data, n->op.size, MOST_TIP);
	buf_str(tip, " (");
	dot_tip(tip, n->domain.data, n->domain.size, MOST_TIP);
	buf_char(tip, ')');
	tip_edges(look, n, false, tip);
	tip_edges(look, n, true, tip);
}

static void tip_value(dot_look *look, oray_id value, oray_str name, buf *tip)
{
	tip_name(tip, name);
	buf_clear(&look->words);
	dot_type(look, value, &look->words);
	buf_str(tip, look->words.n ? NEWLINE : NEWLINE "type unknown");
	tip_words(tip, &look->words);
}

/* -------------------------------------------------------------------------------- items -- */

static void label_node(dot_look *look, oray_id id, buf *label, buf *tip)
{
	oray_node n;
	buf nothing = {0}, name = {0};
	if (!oray_model_node(look->plan->model, id, &n))
		return;
	tip_node(look, id, &n, tip);
	if (look->plan->fate[id] == DOT_BOX) {
		box(look, id, &n, label);
		return;
	}
	if (n.name.size)
		dot_html(&name, n.name.data, n.name.size, MOST_NAME);
	pill("ROUNDED,DASHED", &look->theme->stub, n.op, n.name.size ? &name : &nothing, label);
	buf_free(&name);
}

static void label_value(dot_look *look, oray_id value, bool input, buf *label, buf *tip)
{
	oray_value v;
	buf type = {0};
	if (!oray_model_value(look->plan->model, value, &v))
		return;
	bool missing = input && v.is_undefined;
	if (missing)
		buf_str(&type, "not defined anywhere");
	else
		dot_type(look, value, &type);
	pill(missing ? "ROUNDED,DASHED" : "ROUNDED",
	     missing ? &look->theme->missing : &look->theme->pill, v.name, &type, label);
	buf_free(&type);
	tip_value(look, value, v.name, tip);
}

static void label_output(dot_look *look, const dot_item *item, buf *label, buf *tip)
{
	static const oray_str unnamed = {"(no output)", 11};
	const oray_graph *g = oray_model_graph(look->plan->model, item->id);
	buf nothing = {0};
	if (g->outputs[item->index] != ORAY_NONE) {
		label_value(look, g->outputs[item->index], false, label, tip);
		return;
	}
	pill("ROUNDED,DASHED", &look->theme->missing, unnamed, &nothing, label);
	buf_str(tip, "an output that names no value");
}

static void label_more(dot_look *look, const dot_item *item, buf *label, buf *tip)
{
	buf count = {0}, nothing = {0};
	buf_format(&count, "%" PRIu32 " more", item->index);
	pill("ROUNDED,DASHED", &look->theme->stub, (oray_str){buf_text(&count), count.n}, &nothing,
	     label);
	buf_free(&count);
	buf_format(tip, "%" PRIu32 " more nodes read this value", item->index);
}

/* One end of a wire that was cut: the value, and where the other end is. */
static void label_cut(dot_look *look, const dot_item *item, buf *label, buf *tip)
{
	static const oray_str input = {"graph input", 11};
	char small[MADE_UP];
	oray_value v;
	buf other = {0};
	if (!oray_model_value(look->plan->model, item->id, &v))
		return;
	if (item->kind == DOT_SENT) {
		buf_format(&other, "→ %" PRIu32 " more", item->index);
	} else {
		const dot_item *from = &look->plan->items.at[item->index];
		oray_str name =
		    from->kind == DOT_NODE ? name_of(look->plan->model, from->id, small) : input;
		buf_str(&other, "← ");
		dot_html(&other, name.data, name.size, MOST_NAME);
	}
	pill("ROUNDED,DASHED", &look->theme->stub, v.name, &other, label);
	buf_free(&other);
	tip_value(look, item->id, v.name, tip);
}

void dot_label_item(dot_look *look, const dot_item *item, buf *label, buf *tip)
{
	buf_clear(label);
	buf_clear(tip);
	switch (item->kind) {
	case DOT_NODE:
		label_node(look, item->id, label, tip);
		break;
	case DOT_INPUT:
		label_value(look, item->id, true, label, tip);
		break;
	case DOT_OUTPUT:
		label_output(look, item, label, tip);
		break;
	case DOT_MORE:
		label_more(look, item, label, tip);
		break;
	case DOT_SENT:
	case DOT_RECEIVED:
		label_cut(look, item, label, tip);
		break;
	case DOT_GONE:
		if (look->gone)
			dot_label_item(look->gone, &look->gone->plan->items.at[item->id], label, tip);
		break;
	}
}

const char *dot_label_class(const dot_look *look, const dot_item *item)
{
	oray_node n;
	oray_value v;
	switch (item->kind) {
	case DOT_NODE:
		if (look->plan->fate[item->id] == DOT_BOX &&
		    oray_model_node(look->plan->model, item->id, &n))
			return dot_mark_state(look->plan, item->id) != THEME_PLAIN
			           ? dot_mark_class(dot_mark_state(look->plan, item->id))
			           : ops_category_name(node_category(look->plan->model, &n));
		return "stub";
	case DOT_GONE:
		return "removed";
	case DOT_INPUT:
		oray_model_value(look->plan->model, item->id, &v);
		return v.is_undefined ? "undefined" : "input";
	case DOT_OUTPUT:
		return "output";
	default:
		return "stub";
	}
}

/*
 * A blank cell keeps the text off the wire. At the tail of a wire a label is centred on a point, so
 * there the cell is as wide as the text: digits take a little more than half their size.
 */
static void beside(buf *label, const buf *words, bool tail)
{
	size_t wide = 0;
	for (size_t i = 0; i < words->n; i++)
		wide += (words->data[i] & 0xc0) != 0x80;
	buf_format(label,
	           "<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"0\"><TR>"
	           "<TD WIDTH=\"%zu\"></TD><TD>",
	           tail ? 8 + wide * 9 / 2 : 4);
	buf_add(label, words->data, words->n);
	buf_str(label, "</TD></TR></TABLE>");
}

void dot_label_wire(dot_look *look, const dot_wire *wire, buf *label, buf *tip)
{
	oray_value v;
	oray_id value = wire->value;
	look = wire->gone && look->gone ? look->gone : look;
	buf_clear(label);
	buf_clear(tip);
	if (!oray_model_value(look->plan->model, value, &v))
		return;
	buf_clear(&look->words);
	dot_shape(look, value, &look->words);
	if (look->words.n)
		beside(label, &look->words, look->tails);
	tip_value(look, value, v.name, tip);
}

void dot_label_frame(dot_look *look, oray_id graph, buf *label, buf *tip)
{
	char path[512];
	size_t size = oray_graph_path(look->plan->model, graph, path, sizeof path);
	if (size >= sizeof path)
		size = sizeof path - 1;
	const char *last = path;
	for (const char *p = path; p < path + size; p++)
		if (*p == '/' && p[1])
			last = p + 1;
	buf_clear(label);
	buf_clear(tip);
	font_begin(label, TITLE_SIZE - 1, look->theme->nested.text);
	dot_html(label, last, (size_t)(path + size - last), MOST_FRAME);
	font_end(label);
	dot_tip(tip, path, size, MOST_TIP);
}
