/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dot.c - a graph for Graphviz, built and written with its own library, cgraph.
 *
 * Names of nodes are ours and never the model's: n17 is node 17 of the model, v42 value 42 where no
 * node produces it, g3o0 the first output of graph 3, m42 readers of value 42 that were left out,
 * s42 and r815 the ends of a wire that was cut, an17 what only the first of two models has;
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
#include "export/dot_label.h"
#include "export/dot_marks.h"
#include "export/emit.h"

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
	dot_plan *plan;
	dot_look look;
	Agraph_t *root;
	Agraph_t **frame; /* by graph */
	Agnode_t **node;  /* by item */
	Agsym_t *node_label, *node_tip, *node_class;
	Agsym_t *wire_label, *wire_tip, *wire_style, *wire_color, *wire_head, *wire_class, *wire_weight;
	bool *labelled; /* by value */
	buf label, tip;
	bool failed;
} draft;

/* ------------------------------------------------------------------------------- names -- */

static void name_item(const dot_plan *p, size_t index, char *out, size_t size)
{
	const dot_item *item = &p->items.at[index];
	switch (item->kind) {
	case DOT_NODE:
		snprintf(out, size, "n%" PRIu32, item->id);
		break;
	case DOT_INPUT:
		snprintf(out, size, "v%" PRIu32, item->id);
		break;
	case DOT_OUTPUT:
		snprintf(out, size, "g%" PRIu32 "o%" PRIu32, item->id, item->index);
		break;
	case DOT_MORE:
		snprintf(out, size, "m%" PRIu32, item->id);
		break;
	case DOT_SENT:
		snprintf(out, size, "s%" PRIu32, item->id);
		break;
	case DOT_RECEIVED:
		snprintf(out, size, "r%zu", index);
		break;
	case DOT_GONE:
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
	const dot_plan *plan;
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

static void set_graph(draft *d, Agraph_t *g, const char *name, const char *value)
{
	d->failed |= agsafeset(g, mutable(name), mutable(value), mutable("")) != 0;
}

static void declare_all(draft *d, const dot_setting *extra)
{
	const theme *t = d->look.theme;
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
	d->wire_label = declare(d, AGEDGE, d->look.tails ? "taillabel" : "label", "");
	if (d->look.tails) {
		declare(d, AGEDGE, "labelangle", "0");
		declare(d, AGEDGE, "labeldistance", "1.2");
		declare(d, AGEDGE, "labelfontsize", "8");
		declare(d, AGEDGE, "labelfontcolor", theme_hex(t->wire_text, hex));
	}
	d->wire_tip = declare(d, AGEDGE, "tooltip", "");
	d->wire_class = declare(d, AGEDGE, "class", "");
	d->wire_weight = declare(d, AGEDGE, "weight", "1");
}

/* ------------------------------------------------------------------------------- frames -- */

static Agraph_t *open_frame(draft *d, Agraph_t *inside, oray_id graph)
{
	const theme_paint *ink = &d->look.theme->nested;
	char hex[THEME_HEX];
	Agraph_t *frame = agsubg(inside, announce((IDTYPE)graph + 1), 1);
	if (!frame) {
		d->failed = true;
		return NULL;
	}
	dot_label_frame(&d->look, graph, &d->label, &d->tip);
	set_graph(d, frame, "style", "rounded,filled");
	set_graph(d, frame, "fillcolor", theme_hex(ink->fill, hex));
	set_graph(d, frame, "color", theme_hex(ink->border, hex));
	set_graph(d, frame, "tooltip", buf_text(&d->tip));
	char *text = agstrdup_html(d->root, mutable(buf_text(&d->label)));
	if (text)
		set_graph(d, frame, "label", text);
	d->failed |= !text || !buf_ok(&d->label) || !buf_ok(&d->tip);
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
	const dot_item *item = &d->plan->items.at[index];
	Agraph_t *frame = frame_of(d, item->graph);
	Agnode_t *node = frame ? agnode(frame, announce((IDTYPE)index + 1), 1) : NULL;
	if (!node) {
		d->failed = true;
		return;
	}
	d->node[index] = node;
	dot_label_item(&d->look, item, &d->label, &d->tip);
	set_markup(d, node, d->node_label, &d->label);
	set(d, node, d->node_tip, buf_text(&d->tip));
	set(d, node, d->node_class, dot_label_class(&d->look, item));
	d->failed |= !buf_ok(&d->tip);
}

/* -------------------------------------------------------------------------------- wires -- */

static bool is_cut(const dot_plan *p, const dot_wire *wire)
{
	return p->items.at[wire->from].kind == DOT_RECEIVED || p->items.at[wire->to].kind == DOT_SENT;
}

static void add_wire(draft *d, const dot_wire *wire)
{
	char hex[THEME_HEX], weight[8];
	Agedge_t *edge = agedge(d->root, d->node[wire->from], d->node[wire->to], NULL, 1);
	if (!edge) {
		d->failed = true;
		return;
	}
	snprintf(weight, sizeof weight, "%u", (unsigned)wire->weight);
	set(d, edge, d->wire_weight, weight);
	if (wire->value == ORAY_NONE) {
		set(d, edge, d->wire_style, "dotted");
		set(d, edge, d->wire_head, "none");
		set(d, edge, d->wire_class, "body");
		return;
	}
	dot_label_wire(&d->look, wire, &d->label, &d->tip);
	if (wire->gone) {
		set(d, edge, d->wire_style, "dashed");
		set(d, edge, d->wire_color, theme_hex(d->look.theme->state[THEME_REMOVED].border, hex));
		set(d, edge, d->wire_class, "removed");
		set(d, edge, d->wire_tip, buf_text(&d->tip));
		d->failed |= !buf_ok(&d->tip);
		return;
	}
	if (dot_mark_integers(d->plan, wire->value)) {
		set(d, edge, d->wire_color, theme_hex(d->look.theme->quantized.border, hex));
		set(d, edge, d->wire_class, "quantized");
	}
	/* pills tell their shape themselves */
	if (d->label.n && d->plan->items.at[wire->from].kind == DOT_NODE &&
	    d->plan->items.at[wire->to].kind == DOT_NODE &&
	    !(d->look.tails && d->labelled[wire->value]))
		set_markup(d, edge, d->wire_label, &d->label);
	d->labelled[wire->value] = true;
	set(d, edge, d->wire_tip, buf_text(&d->tip));
	d->failed |= !buf_ok(&d->tip);
	if (is_cut(d->plan, wire)) {
		set(d, edge, d->wire_style, "dashed");
		set(d, edge, d->wire_class, "cut");
	} else if (wire->captured) {
		set(d, edge, d->wire_style, "dashed");
		set(d, edge, d->wire_color, theme_hex(d->look.theme->captured, hex));
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

static void add_legend(draft *d)
{
	dot_mark_legend(&d->look, &d->label);
	char *text = d->label.n ? agstrdup_html(d->root, mutable(buf_text(&d->label))) : NULL;
	d->failed |= !buf_ok(&d->label) || (d->label.n && !text);
	if (!text)
		return;
	set_graph(d, d->root, "label", text);
	set_graph(d, d->root, "labelloc", "t");
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
	if (!d->failed)
		add_legend(d);
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

oray_status dot_write(dot_plan *plan, const dot_manner *manner, oray_sink sink, void *context,
                      oray_error *err)
{
	draft d = {.plan = plan};
	emit out;
	d.look = (dot_look){.plan = plan, .theme = theme_find(manner->theme), .tails = manner->tails};
	if (!d.look.theme)
		return error_set(err, ORAY_ERR_USAGE, ORAY_NO_OFFSET, NULL,
		                 "no theme \"%s\"; there are light and dark", manner->theme);
	dot_look gone = {.theme = d.look.theme, .tails = manner->tails};
	if (plan->gone) {
		gone.plan = &plan->gone->plan;
		d.look.gone = &gone;
	}
	d.frame = calloc(plan->info->n_graphs + 1, sizeof *d.frame);
	d.node = calloc(plan->items.n + 1, sizeof *d.node);
	d.labelled = calloc(plan->info->n_values + 1, sizeof *d.labelled);
	d.failed = !d.frame || !d.node || !d.labelled;
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
	free(d.labelled);
	buf_free(&d.label);
	buf_free(&d.tip);
	buf_free(&d.look.rows.text);
	buf_free(&d.look.words);
	buf_free(&gone.rows.text);
	buf_free(&gone.words);
	return emit_end(&out, err);
}

oray_status oray_write_dot(const oray_model *model, const oray_drawing *drawing, oray_sink sink,
                           void *context, oray_error *err)
{
	dot_plan plan;
	dot_manner manner = {.theme = drawing ? drawing->theme : NULL};
	oray_status status = dot_plan_marked(&plan, model, drawing, err);
	if (status == ORAY_OK)
		status = dot_plan_weigh(&plan, err);
	if (status == ORAY_OK)
		status = dot_write(&plan, &manner, sink, context, err);
	dot_plan_free(&plan);
	return status;
}
