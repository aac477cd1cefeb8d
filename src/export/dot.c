/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dot.c - a graph for Graphviz, built and written with its own library, cgraph.
 *
 * Names of nodes are ours and never the model's: n17 is node 17 of the model, v42 value 42 where no
 * node produces it, g3o0 the first output of graph 3, m42 readers of value 42 that were left out,
 * an17 what only the first of two models has, g3v42 value 42 as it comes into graph 3;
 * cluster_g3 is the frame around graph 3. Numbers are
 * those of the library, so a picture can be traced back to the model.
 *
 * cgraph keeps its place in a file, its output buffer and its error handler in static variables:
 * one picture is written at a time.
 */
#include <onnxray/onnxray.h>

#include <cgraph.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "export/dot.h"
#include "export/dot_escape.h"
#include "words/clean.h"
#include "export/dot_label.h"
#include "picture/pic_marks.h"
#include "export/emit.h"
#include "picture/pic_marks.h"
#include "picture/pic_words.h"

/* Values in other files that are read to be shown; each may cost an open file. */

static pthread_mutex_t cgraph_lock = PTHREAD_MUTEX_INITIALIZER;

/* cgraph's functions take strings that they do not change as char *. */
static char *mutable(const char *text)
{
	union {
		const char *in;
		char *out;
	} same = {text};
	return same.out;
}

typedef struct draft {
	picture *pic;
	const pic_plan *plan;
	const theme *theme;
	Agraph_t *root;
	Agraph_t **frame; /* by graph */
	Agnode_t **node;  /* by item */
	Agsym_t *node_label, *node_tip, *node_class;
	Agsym_t *wire_label, *wire_tip, *wire_style, *wire_color, *wire_head, *wire_class;
	buf label, tip, words;
	bool failed;
} draft;

/* ------------------------------------------------------------------------------- names -- */

static void name_item(const pic_plan *p, size_t index, char *out, size_t size)
{
	const pic_item *item = &p->items.at[index];
	switch (item->kind) {
	case PIC_NODE:
		snprintf(out, size, "n%" PRIu32, item->id);
		break;
	case PIC_INPUT:
		snprintf(out, size, "v%" PRIu32, item->id);
		break;
	case PIC_OUTPUT:
		snprintf(out, size, "g%" PRIu32 "o%" PRIu32, item->id, item->index);
		break;
	case PIC_MORE:
		snprintf(out, size, "m%" PRIu32, item->id);
		break;
	case PIC_CAPTURE:
		snprintf(out, size, "g%" PRIu32 "v%" PRIu32, item->graph, item->id);
		break;
	case PIC_MODULE:
		snprintf(out, size, "w%" PRIu32, item->id);
		break;
	case PIC_GONE:
		name_item(&p->gone->plan, item->id, out + 1, size - 1);
		out[0] = 'a';
		break;
	}
}

/*
 * cgraph knows its objects by numbers and asks for their names. By itself it would take the address
 * of a name for its number, and write frames in the order of addresses. Here a node is numbered by
 * its item, a frame by its graph, and names are made when they are written, so the same model gives
 * the same bytes. Some types of these functions differ between versions of cgraph.
 */
typedef __typeof__(((Agiddisc_t *)NULL)->map(NULL, 0, NULL, NULL, 0)) id_found;

typedef struct names {
	const pic_plan *plan;
	IDTYPE next;      /* number of what is being made: item + 1, graph + 1, 0 for the root */
	IDTYPE last_wire; /* wires have no names */
	char text[48];
} names;

static names all_names; /* under cgraph_lock */

static void *open_ids(Agraph_t *g, Agdisc_t *discipline)
{
	(void)g;
	(void)discipline;
	return &all_names;
}

static id_found number(void *state, int kind, char *name, IDTYPE *id, int create)
{
	names *n = state;
	(void)kind;
	if (!name && !create)
		return 0;
	*id = name ? n->next : ++n->last_wire;
	return 1;
}

static char *name_of(void *state, int kind, IDTYPE id)
{
	names *n = state;
	if (kind == AGRAPH && id == 0)
		snprintf(n->text, sizeof n->text, "onnxray");
	else if (kind == AGRAPH)
		snprintf(n->text, sizeof n->text, "cluster_g%" PRIu64, (uint64_t)id - 1);
	else if (kind == AGNODE)
		name_item(n->plan, (size_t)id - 1, n->text, sizeof n->text);
	else
		return NULL;
	return n->text;
}

static void free_id(void *state, int kind, IDTYPE id)
{
	(void)state;
	(void)kind;
	(void)id;
}

static void close_ids(void *state)
{
	(void)state;
}

static void register_id(void *state, int kind, void *object)
{
	(void)state;
	(void)kind;
	(void)object;
}

/* cgraph takes any name to be the one of the object whose number is set here. */
static char *announce(IDTYPE id)
{
	static char any[] = "";
	all_names.next = id;
	return any;
}

/* -------------------------------------------------------------------------- attributes -- */

static Agsym_t *declare(draft *d, int kind, const char *name, const char *value)
{
	Agsym_t *symbol = agattr(d->root, kind, mutable(name), mutable(value));
	d->failed |= !symbol;
	return symbol;
}

static void set(draft *d, void *thing, Agsym_t *symbol, const char *value)
{
	d->failed |= !symbol || agxset(thing, symbol, mutable(value)) != 0;
}

/* As set(), for markup; only what comes from dot_label.h may go this way. */
static void set_markup(draft *d, void *thing, Agsym_t *symbol, const buf *value)
{
	char *text = buf_ok(value) ? agstrdup_html(d->root, mutable(buf_text(value))) : NULL;
	if (text)
		set(d, thing, symbol, text);
	else
		d->failed = true;
}

/* Lines of d->words as a tooltip, where they end in \\n. */
static void set_tip(draft *d, void *thing, Agsym_t *symbol)
{
	buf_clear(&d->tip);
	for (size_t at = 0; at < d->words.n;) {
		const char *line = d->words.data + at, *end = memchr(line, '\n', d->words.n - at);
		size_t size = end ? (size_t)(end - line) : d->words.n - at;
		buf_str(&d->tip, at ? "\\n" : "");
		dot_tip(&d->tip, line, size, CLEAN_MOST);
		at += size + 1;
	}
	d->failed |= !buf_ok(&d->tip) || !buf_ok(&d->words);
	set(d, thing, symbol, buf_text(&d->tip));
}

static void set_graph(draft *d, Agraph_t *g, const char *name, const char *value)
{
	d->failed |= agsafeset(g, mutable(name), mutable(value), mutable("")) != 0;
}

static void declare_all(draft *d, const dot_setting *extra)
{
	const theme *t = d->theme;
	char hex[THEME_HEX];
	static const char *const graph[][2] = {
	    {"charset", "UTF-8"},   {"rankdir", "TB"},  {"nodesep", "0.25"}, {"ranksep", "0.3"},
	    {"fontname", DOT_FONT}, {"fontsize", "10"}, {"labeljust", "l"},  {"linelength", "0"},
	};
	for (size_t i = 0; i < sizeof graph / sizeof *graph; i++)
		declare(d, AGRAPH, graph[i][0], graph[i][1]);
	declare(d, AGRAPH, "bgcolor", theme_hex(t->page, hex));
	for (; extra && extra->name; extra++)
		declare(d, AGRAPH, extra->name, extra->value);

	declare(d, AGNODE, "shape", "plain");
	declare(d, AGNODE, "id", "\\N");
	declare(d, AGNODE, "fontname", DOT_FONT);
	declare(d, AGNODE, "fontsize", "9");
	declare(d, AGNODE, "fontcolor", theme_hex(t->body.text, hex));
	d->node_label = declare(d, AGNODE, "label", "");
	d->node_tip = declare(d, AGNODE, "tooltip", "");
	d->node_class = declare(d, AGNODE, "class", "");

	declare(d, AGEDGE, "fontname", DOT_FONT);
	declare(d, AGEDGE, "fontsize", "8");
	declare(d, AGEDGE, "fontcolor", theme_hex(t->wire_text, hex));
	declare(d, AGEDGE, "arrowsize", "0.5");
	declare(d, AGEDGE, "penwidth", "0.8");
	d->wire_color = declare(d, AGEDGE, "color", theme_hex(t->wire, hex));
	d->wire_style = declare(d, AGEDGE, "style", "");
	d->wire_head = declare(d, AGEDGE, "arrowhead", "normal");
	d->wire_label = declare(d, AGEDGE, "label", "");
	d->wire_tip = declare(d, AGEDGE, "tooltip", "");
	d->wire_class = declare(d, AGEDGE, "class", "");
}

/* ------------------------------------------------------------------------------- frames -- */

static Agraph_t *open_frame(draft *d, Agraph_t *inside, oray_id graph)
{
	const theme_paint *ink = &d->theme->nested;
	char hex[THEME_HEX];
	Agraph_t *frame = agsubg(inside, announce((IDTYPE)graph + 1), 1);
	if (!frame) {
		d->failed = true;
		return NULL;
	}
	buf_clear(&d->label);
	pic_label_frame(&d->pic->look, graph);
	dot_label_text(d->pic, pic_keep(&d->pic->labels, &d->pic->look), ink->text, &d->label);
	set_graph(d, frame, "style", "rounded,filled");
	set_graph(d, frame, "fillcolor", theme_hex(ink->fill, hex));
	set_graph(d, frame, "color", theme_hex(ink->border, hex));
	char *text = agstrdup_html(d->root, mutable(buf_text(&d->label)));
	if (text)
		set_graph(d, frame, "label", text);
	d->failed |= !text || !buf_ok(&d->label);
	return frame;
}

/* Where the items of a graph go: bodies lie inside the frame of the graph that holds them. */
static Agraph_t *frame_of(draft *d, oray_id graph)
{
	const oray_graph *g = oray_model_graph(d->plan->model, graph);
	oray_node holder;
	if (d->frame[graph] || d->failed)
		return d->frame[graph];
	if (g->role == ORAY_GRAPH_MAIN)
		return d->frame[graph] = d->root;
	Agraph_t *inside = oray_model_node(d->plan->model, g->parent_node, &holder)
	                       ? frame_of(d, holder.graph)
	                       : d->root;
	if (!d->failed)
		d->frame[graph] = open_frame(d, inside, graph);
	return d->frame[graph];
}

/* -------------------------------------------------------------------------------- items -- */

static void add_item(draft *d, size_t index)
{
	const pic_item *item = &d->plan->items.at[index];
	buf_clear(&d->words);
	pic_tip_item(&d->pic->look, item, &d->words);
	Agraph_t *frame = frame_of(d, item->graph);
	Agnode_t *node = frame ? agnode(frame, announce((IDTYPE)index + 1), 1) : NULL;
	if (!node) {
		d->failed = true;
		return;
	}
	d->node[index] = node;
	buf_clear(&d->label);
	dot_label_item(d->pic, d->theme, (uint32_t)index, &d->label);
	set_markup(d, node, d->node_label, &d->label);
	set_tip(d, node, d->node_tip);
	set(d, node, d->node_class, pic_class_of(&d->pic->look, item));
}

/* -------------------------------------------------------------------------------- wires -- */

static void add_wire(draft *d, const pic_wire *wire)
{
	char hex[THEME_HEX];
	Agedge_t *edge = agedge(d->root, d->node[wire->from], d->node[wire->to], NULL, 1);
	if (!edge) {
		d->failed = true;
		return;
	}
	if (wire->value == ORAY_NONE) {
		set(d, edge, d->wire_style, "dotted");
		set(d, edge, d->wire_head, "none");
		set(d, edge, d->wire_class, "body");
		return;
	}
	buf_clear(&d->words);
	pic_tip_wire(&d->pic->look, wire, &d->words);
	set_tip(d, edge, d->wire_tip);
	if (wire->gone) {
		set(d, edge, d->wire_style, "dashed");
		set(d, edge, d->wire_color, theme_hex(d->theme->state[THEME_REMOVED].border, hex));
		set(d, edge, d->wire_class, "removed");
		return;
	}
	if (pic_mark_integers(d->plan, wire->value)) {
		set(d, edge, d->wire_color, theme_hex(d->theme->quantized.border, hex));
		set(d, edge, d->wire_class, "quantized");
	}
	if (d->plan->items.at[wire->from].kind == PIC_NODE &&
	    d->plan->items.at[wire->to].kind == PIC_NODE) {
		buf_clear(&d->words);
		pic_shape(d->plan->model, wire->value, &d->words);
		buf_clear(&d->label);
		dot_html(&d->label, buf_text(&d->words), d->words.n, CLEAN_MOST);
		if (d->label.n)
			set_markup(d, edge, d->wire_label, &d->label);
	}
	if (wire->captured) {
		set(d, edge, d->wire_style, "dashed");
		set(d, edge, d->wire_color, theme_hex(d->theme->captured, hex));
		set(d, edge, d->wire_class, "captured");
	}
}

/* ------------------------------------------------------------------------------ writing -- */

static int put(void *context, const char *text)
{
	emit *out = context;
	emit_str(out, text);
	return emit_ok(out) ? 0 : EOF;
}

static int put_nothing(void *context)
{
	return emit_ok(context) ? 0 : EOF;
}

static int no_input(void *context, char *data, int size)
{
	(void)context;
	(void)data;
	(void)size;
	return 0;
}

/* What cgraph would print. It has nothing to say that its return values do not. */
static int no_message(char *text)
{
	(void)text;
	return 0;
}

static oray_status build_and_write(draft *d, const dot_setting *extra, emit *out)
{
	static Agiodisc_t io = {no_input, put, put_nothing};
	static Agiddisc_t ids = {.open = open_ids,
	                         .map = number,
	                         .free = free_id,
	                         .print = name_of,
	                         .close = close_ids,
	                         .idregister = register_id};
	Agdisc_t discipline = {.id = &ids, .io = &io};
	agusererrf before = agseterrf(no_message);
	all_names = (names){.plan = d->plan};
	d->root = agopen(announce(0), Agdirected, &discipline);
	d->failed |= !d->root;
	if (!d->failed)
		declare_all(d, extra);
	for (size_t i = 0; i < d->plan->items.n && !d->failed; i++)
		add_item(d, i);
	for (size_t i = 0; i < d->plan->wires.n && !d->failed; i++)
		add_wire(d, &d->plan->wires.at[i]);
	if (!d->failed)
		agwrite(d->root, out);
	if (d->root)
		agclose(d->root);
	agseterrf(before);
	return d->failed ? ORAY_ERR_MEMORY : ORAY_OK;
}

oray_status dot_write(picture *pic, const dot_manner *manner, oray_sink sink, void *context,
                      oray_error *err)
{
	draft d = {.pic = pic, .plan = &pic->plan};
	emit out;
	d.theme = theme_find(manner->theme);
	if (!d.theme)
		return error_set(err, ORAY_ERR_USAGE, ORAY_NO_OFFSET, NULL,
		                 "no theme \"%s\"; there are light and dark", manner->theme);
	d.frame = calloc(d.plan->info->n_graphs + 1, sizeof *d.frame);
	d.node = calloc(d.plan->items.n + 1, sizeof *d.node);
	d.failed = !d.frame || !d.node;
	emit_init(&out, NULL, sink, context);
	if (!d.failed) {
		pthread_mutex_lock(&cgraph_lock);
		d.failed = build_and_write(&d, manner->extra, &out) != ORAY_OK;
		pthread_mutex_unlock(&cgraph_lock);
	}
	if (d.failed)
		emit_fail(&out, ORAY_ERR_MEMORY);
	free(d.frame);
	free(d.node);
	buf_free(&d.label);
	buf_free(&d.tip);
	buf_free(&d.words);
	return emit_end(&out, err);
}
