/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dot.c - a graph for Graphviz, built and written with its own library, cgraph.
 *
 * cgraph keeps its place in a file, its output buffer and its error handler in static variables:
 * one picture is written at a time.
 */
#include "export/dot.h"

#include <pthread.h>
#include <stdio.h>

#include "base/error.h"
#include "base/heap.h"
#include "export/dot_draft.h"
#include "export/dot_label.h"
#include "export/dot_names.h"
#include "export/dot_place.h"
#include "export/emit.h"
#include "picture/pic_marks.h"

static pthread_mutex_t cgraph_lock = PTHREAD_MUTEX_INITIALIZER;

/* What cgraph takes for a box and a wire with what is written on them, measured with 2.42. It crashes
 * when it gets no memory, so that has to be known before. */
enum { BOX_BYTES = 512, WIRE_BYTES = 512 };

/* ------------------------------------------------------------------------------- frames -- */

/* Frames on a shelf, and how many graphs a model has when there are shelves. */
enum { SHELF = 64 };

static Agraph_t *shelf_of(dot_draft *d, Agraph_t *inside, oray_id around, oray_id graph)
{
	if (!d->shelf)
		return inside;
	dot_shelf *shelf = &d->shelf[around];
	if (shelf->n % SHELF == 0)
		shelf->open = agsubg(inside, dot_names_next(DOT_NAMES_SHELF + graph + 1), 1);
	shelf->n++;
	return shelf->open;
}

static Agraph_t *open_frame(dot_draft *d, Agraph_t *inside, oray_id graph)
{
	const theme_paint *ink = &d->theme->nested;
	char hex[THEME_HEX];
	Agraph_t *frame = inside ? agsubg(inside, dot_names_next((IDTYPE)graph + 1), 1) : NULL;
	if (!frame) {
		d->failed = true;
		return NULL;
	}
	buf_clear(&d->label);
	pic_label_frame(&d->pic->look, graph);
	dot_label_text(d->pic, pic_keep(&d->pic->labels, &d->pic->look), ink->text, &d->label);
	dot_draft_set_graph(d, frame, "style", "rounded,filled");
	dot_draft_set_graph(d, frame, "fillcolor", theme_hex(ink->fill, hex));
	dot_draft_set_graph(d, frame, "color", theme_hex(ink->border, hex));
	dot_draft_set_title(d, frame);
	return frame;
}

/* Where the items of a graph go: bodies lie inside the frame of the graph that holds them. */
static Agraph_t *frame_of(dot_draft *d, oray_id graph)
{
	const oray_graph *g = oray_model_graph(d->plan->model, graph);
	oray_node holder;
	if (d->frame[graph] || d->failed)
		return d->frame[graph];
	if (g->role == ORAY_GRAPH_MAIN)
		return d->frame[graph] = d->root;
	bool is_body = oray_model_node(d->plan->model, g->parent_node, &holder);
	oray_id around = is_body ? holder.graph : 0;
	Agraph_t *inside = is_body ? frame_of(d, around) : d->root;
	if (!d->failed)
		d->frame[graph] = open_frame(d, shelf_of(d, inside, around, graph), graph);
	return d->frame[graph];
}

/* -------------------------------------------------------------------------------- items -- */

/* Of a box with frames in it the part above them, which is what its label fills. */
static void place_item(dot_draft *d, Agnode_t *node, size_t index)
{
	pic_area area = d->pic->area[index];
	area.height = d->pic->labels.all.at[d->pic->label[index]].height;
	buf_clear(&d->words);
	dot_middle(d->pic, &area, &d->words);
	dot_draft_set_words(d, node, d->node_pos);
	buf_clear(&d->words);
	dot_inches(area.width, &d->words);
	dot_draft_set_words(d, node, d->node_width);
	buf_clear(&d->words);
	dot_inches(area.height, &d->words);
	dot_draft_set_words(d, node, d->node_height);
}

static void add_item(dot_draft *d, size_t index)
{
	const pic_item *item = &d->plan->items.at[index];
	buf_clear(&d->words);
	pic_tip_item(&d->pic->look, item, true, &d->words);
	Agraph_t *frame = frame_of(d, item->graph);
	Agnode_t *node = frame ? agnode(frame, dot_names_next((IDTYPE)index + 1), 1) : NULL;
	if (!node) {
		d->failed = true;
		return;
	}
	d->node[index] = node;
	buf_clear(&d->label);
	dot_label_item(d->pic, d->theme, (uint32_t)index, &d->label);
	dot_draft_set_markup(d, node, d->node_label);
	dot_draft_set_tip(d, node, d->node_tip);
	dot_draft_set(d, node, d->node_class, pic_class_of(&d->pic->look, item));
	if (d->places)
		place_item(d, node, index);
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

static void place_frames(dot_draft *d)
{
	for (size_t i = 0; i < d->pic->frames.n && d->places && !d->failed; i++) {
		const pic_frame *f = &d->pic->frames.at[i];
		Agraph_t *frame = d->frame[f->graph];
		if (!frame || frame == d->root)
			continue;
		const pic_label *x = &d->pic->labels.all.at[f->label];
		buf_clear(&d->words);
		dot_corners(d->pic, &f->area, &d->words);
		dot_draft_set_graph(d, frame, "bb", buf_text(&d->words));
		buf_clear(&d->words);
		dot_middle(d->pic, &(pic_area){f->area.x, f->area.y, x->width, x->head}, &d->words);
		dot_draft_set_graph(d, frame, "lp", buf_text(&d->words));
		d->failed |= !buf_ok(&d->words);
	}
}

static void add_legend(dot_draft *d)
{
	const picture *pic = d->pic;
	buf_clear(&d->label);
	dot_label_legend(pic, d->theme, &d->label);
	dot_draft_set_title(d, d->root);
	dot_draft_set_graph(d, d->root, "labelloc", "t");
	if (!d->places)
		return;
	buf_clear(&d->words);
	dot_middle(pic, &(pic_area){0, 0, pic->legend_width, pic->legend_height}, &d->words);
	dot_draft_set_graph(d, d->root, "lp", buf_text(&d->words));
	d->failed |= !buf_ok(&d->words);
}

static oray_status build_and_write(dot_draft *d, const dot_setting *extra, emit *out)
{
	static Agiodisc_t io = {no_input, put, put_nothing};
	Agdisc_t discipline = {.id = &dot_names_ids, .io = &io};
	agusererrf before = agseterrf(no_message);
	dot_names_begin(d->plan);
	d->root = agopen(dot_names_next(0), Agdirected, &discipline);
	d->failed |= !d->root;
	if (!d->failed)
		dot_draft_declare(d, extra);
	for (size_t i = 0; i < d->plan->items.n && !d->failed; i++)
		add_item(d, i);
	for (size_t i = 0; i < d->plan->wires.n && !d->failed; i++)
		dot_draft_add_wire(d, (uint32_t)i);
	if (!d->failed)
		place_frames(d);
	if (!d->failed && d->pic->legend.n)
		add_legend(d);
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
	dot_draft d = {.pic = pic, .plan = &pic->plan, .places = manner->places};
	emit out;
	d.theme = theme_find(manner->theme);
	if (!d.theme)
		return error_set(err, ORAY_ERR_USAGE, ORAY_NO_OFFSET, NULL,
		                 "no theme \"%s\"; there are light and dark", manner->theme);
	d.frame = heap_zeroed(d.plan->info->n_graphs + 1, sizeof *d.frame);
	bool many = d.plan->info->n_graphs > SHELF;
	d.shelf = many ? heap_zeroed(d.plan->info->n_graphs, sizeof *d.shelf) : NULL;
	d.node = heap_zeroed(d.plan->items.n + 1, sizeof *d.node);
	d.failed = !d.frame || (many && !d.shelf) || !d.node || !dot_draft_sort_wires(&d);
	emit_init(&out, NULL, sink, context);
	uint64_t claim = BOX_BYTES * (uint64_t)d.plan->items.n + WIRE_BYTES * (uint64_t)d.plan->wires.n;
	d.failed = d.failed || !heap_claim(claim);
	if (!d.failed) {
		pthread_mutex_lock(&cgraph_lock);
		d.failed = build_and_write(&d, manner->extra, &out) != ORAY_OK;
		pthread_mutex_unlock(&cgraph_lock);
		heap_return(claim);
	}
	if (d.failed)
		emit_fail(&out, ORAY_ERR_MEMORY);
	heap_free(d.frame);
	heap_free(d.shelf);
	heap_free(d.node);
	heap_free(d.way);
	heap_free(d.tag);
	heap_free(d.beside);
	buf_free(&d.label);
	buf_free(&d.tip);
	buf_free(&d.words);
	return emit_end(&out, err);
}
