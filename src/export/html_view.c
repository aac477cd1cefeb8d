/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_view.c - one picture as columns: boxes, frames, ways, texts beside them, the legend.
 *
 * Columns of numbers that grow are told as differences to the row before, which deflates to a
 * fraction: "delta" names them.
 */
#include <string.h>

#include "base/heap.h"
#include "export/html_draft.h"
#include "picture/pic_fold.h"
#include "picture/pic_marks.h"

/* Bits of flags of items. */
enum { IS_DASHED = 1, IS_QUANTIZED = 2, IS_PILL = 4, IS_STUB = 8 };

/* And of ways. */
enum { IS_REFERENCE = 1, IS_REVERSED = 2, IS_GONE = 4 };

typedef struct viewed {
	html_draft *d;
	const picture *pic;
	const html_part *part; /* NULL: all of it */
} viewed;

/* Items and ways are written in these numbers, from 0 on. */
static uint32_t n_items(const viewed *v)
{
	return (uint32_t)(v->part ? v->part->items.n : v->pic->plan.items.n);
}

static uint32_t n_ways(const viewed *v)
{
	return (uint32_t)(v->part ? v->part->ways.n : v->pic->ways.n);
}

static uint32_t item_of(const viewed *v, uint32_t number)
{
	return v->part ? v->part->items.at[number] : number;
}

static uint32_t way_of(const viewed *v, uint32_t number)
{
	return v->part ? v->part->ways.at[number] : number;
}

static int64_t number_of(const viewed *v, uint32_t item)
{
	return v->part ? v->part->number[item] : item;
}

static bool holds(const viewed *v, const pic_area *a)
{
	return !v->part || html_part_touches(v->part, a);
}

static uint32_t label_of(const viewed *v, uint32_t label)
{
	return html_label(v->d, &v->pic->labels, label);
}

/* -------------------------------------------------------------------------------- items -- */

typedef int64_t column(const viewed *v, uint32_t item);

static const pic_item *item_at(const viewed *v, uint32_t i)
{
	return &v->pic->plan.items.at[i];
}

static int64_t kind(const viewed *v, uint32_t i)
{
	return item_at(v, i)->kind;
}

/* The node, value, group, or item of the other plan. */
static int64_t ref(const viewed *v, uint32_t i)
{
	const pic_item *item = item_at(v, i);
	if (item->kind != PIC_OUTPUT)
		return item->id == ORAY_NONE ? -1 : (int64_t)item->id;
	const oray_graph *g = oray_model_graph(v->d->model, item->id);
	oray_id value = g && item->index < g->n_outputs ? g->outputs[item->index] : ORAY_NONE;
	return value == ORAY_NONE ? -1 : (int64_t)value;
}

static int64_t more(const viewed *v, uint32_t i)
{
	return item_at(v, i)->index;
}

static int64_t graph(const viewed *v, uint32_t i)
{
	return item_at(v, i)->graph;
}

static int64_t label(const viewed *v, uint32_t i)
{
	return label_of(v, v->pic->label[i]);
}

static int64_t filling(const viewed *v, uint32_t i)
{
	return pic_paint_of(v->pic, i);
}

static int64_t left(const viewed *v, uint32_t i)
{
	return v->pic->area[i].x;
}

static int64_t top(const viewed *v, uint32_t i)
{
	return v->pic->area[i].y;
}

static int64_t width(const viewed *v, uint32_t i)
{
	int32_t w = v->pic->area[i].width;
	return w == v->pic->labels.all.at[v->pic->label[i]].width ? 0 : w;
}

static int64_t height(const viewed *v, uint32_t i)
{
	int32_t h = v->pic->area[i].height;
	return h == v->pic->labels.all.at[v->pic->label[i]].height ? 0 : h;
}

static int64_t item_flags(const viewed *v, uint32_t i)
{
	const pic_plan *plan = &v->pic->plan;
	const pic_item *item = item_at(v, i);
	if (item->kind == PIC_GONE) {
		plan = &plan->gone->plan;
		item = &plan->items.at[item->id];
	}
	bool pill = item->kind == PIC_INPUT || item->kind == PIC_OUTPUT || item->kind == PIC_CAPTURE;
	bool stub = item->kind == PIC_NODE && plan->fate[item->id] == PIC_STUB;
	return (pic_is_dashed(v->pic, i) ? IS_DASHED : 0) |
	       (pic_is_quantized(v->pic, i) ? IS_QUANTIZED : 0) | (pill ? IS_PILL : 0) |
	       (stub ? IS_STUB : 0);
}

static const struct {
	const char *name;
	column *of;
	bool delta;
} item_columns[] = {
    {"kind", kind, false},
    {"ref", ref, true},
    {"more", more, false},
    {"graph", graph, true},
    {"label", label, false},
    {"paint", filling, false},
    {"x", left, true},
    {"y", top, true},
    {"w", width, false},
    {"h", height, false},
    {"flags", item_flags, false},
};

static void items(const viewed *v)
{
	html_draft *d = v->d;
	html_key(d, "items");
	html_open(d, '{');
	for (size_t c = 0; c < sizeof item_columns / sizeof *item_columns; c++) {
		int64_t before = 0;
		html_key(d, item_columns[c].name);
		html_open(d, '[');
		for (uint32_t i = 0; i < n_items(v) && html_turn(d); i++) {
			int64_t x = item_columns[c].of(v, item_of(v, i));
			html_int(d, x - before);
			before = item_columns[c].delta ? x : 0;
		}
		html_close(d, ']');
	}
	html_close(d, '}');
}

/* --------------------------------------------------------------------------------- ways -- */

static const pic_wire *wire_of(const viewed *v, uint32_t way)
{
	return &v->pic->plan.wires.at[v->pic->ways.at[way].wire];
}

static int64_t way_from(const viewed *v, uint32_t i)
{
	return number_of(v, wire_of(v, i)->from);
}

static int64_t way_to(const viewed *v, uint32_t i)
{
	return number_of(v, wire_of(v, i)->to);
}

static int64_t way_value(const viewed *v, uint32_t i)
{
	const pic_wire *wire = wire_of(v, i);
	oray_value is;
	if (wire->gone) /* of the other model: its name */
		return oray_model_value(v->pic->plan.gone->plan.model, wire->value, &is)
		           ? html_keep(v->d, is.name.data, is.name.size)
		           : 0;
	return wire->value == ORAY_NONE ? -1 : (int64_t)wire->value;
}

static int64_t stroke(const viewed *v, uint32_t i)
{
	return v->pic->ways.at[i].stroke;
}

static int64_t way_flags(const viewed *v, uint32_t i)
{
	const pic_way *way = &v->pic->ways.at[i];
	return (way->is_reference ? IS_REFERENCE : 0) | (way->is_reversed ? IS_REVERSED : 0) |
	       (wire_of(v, i)->gone ? IS_GONE : 0);
}

static int64_t shared(const viewed *v, uint32_t i)
{
	return v->pic->ways.at[i].shared;
}

static const struct {
	const char *name;
	column *of;
	bool delta;
} way_columns[] = {
    {"from", way_from, true},  {"to", way_to, true},        {"value", way_value, true},
    {"stroke", stroke, false}, {"flags", way_flags, false}, {"shared", shared, false},
};

/* Points of one way, without those that are drawn already: the first from the upper left corner of
 * the box it begins at, the others from the one before. */
static void points(const viewed *v, const pic_way *way)
{
	html_draft *d = v->d;
	uint32_t from = v->pic->plan.wires.at[way->wire].from;
	const pic_area *box = &v->pic->area[item_of(v, (uint32_t)number_of(v, from))];
	pic_point before = {box->x, box->y};
	uint32_t end, i = html_way_run(v->part, v->pic, way, &end);
	html_open(d, '[');
	for (; i < end && html_turn(d); i++) {
		pic_point at = html_way_point(v->pic, way, i);
		html_int(d, (int64_t)at.x - before.x);
		html_int(d, (int64_t)at.y - before.y);
		before = at;
	}
	html_close(d, ']');
}

static void ways(const viewed *v)
{
	html_draft *d = v->d;
	html_key(d, "ways");
	html_open(d, '{');
	for (size_t c = 0; c < sizeof way_columns / sizeof *way_columns; c++) {
		int64_t before = 0;
		html_key(d, way_columns[c].name);
		html_open(d, '[');
		for (uint32_t i = 0; i < n_ways(v) && html_turn(d); i++) {
			int64_t x = way_columns[c].of(v, way_of(v, i));
			html_int(d, x - before);
			before = way_columns[c].delta ? x : 0;
		}
		html_close(d, ']');
	}
	html_key(d, "d");
	html_open(d, '[');
	for (uint32_t i = 0; i < n_ways(v) && html_turn(d); i++)
		points(v, &v->pic->ways.at[way_of(v, i)]);
	html_close(d, ']');
	html_close(d, '}');
}

/* --------------------------------------------------------------------------------- rest -- */

static void list(html_draft *d, const int64_t *numbers, size_t n)
{
	html_open(d, '[');
	for (size_t i = 0; i < n; i++)
		html_int(d, numbers[i]);
	html_close(d, ']');
	html_turn(d);
}

static void frames(const viewed *v)
{
	html_key(v->d, "frames");
	html_open(v->d, '[');
	for (size_t i = 0; i < v->pic->frames.n && emit_ok(v->d->out); i++) {
		const pic_frame *f = &v->pic->frames.at[i];
		if (!holds(v, &f->area))
			continue;
		list(v->d,
		     (const int64_t[]){f->graph, label_of(v, f->label), f->area.x, f->area.y, f->area.width,
		                       f->area.height,
		                       f->holder == ORAY_NONE ? -1 : number_of(v, f->holder)},
		     7);
	}
	html_close(v->d, ']');
}

/* Where what is told of a way begins. */
static pic_point begins(const viewed *v, uint32_t way)
{
	const pic_way *w = &v->pic->ways.at[way];
	uint32_t end;
	return html_way_point(v->pic, w, html_way_run(v->part, v->pic, w, &end));
}

static void tags(const viewed *v)
{
	static const char *const names[] = {"label", "x", "y", "way", "end"};
	html_draft *d = v->d;
	uint32_t *way = heap_zeroed(v->pic->plan.wires.n + 1, sizeof *way); /* by wire, plus 1 */
	d->failed |= !way;
	for (uint32_t i = 0; way && i < n_ways(v); i++)
		way[v->pic->ways.at[way_of(v, i)].wire] = i + 1;
	html_key(d, "tags");
	html_open(d, '{');
	for (unsigned c = 0; c < sizeof names / sizeof *names; c++) {
		int64_t before = 0;
		html_key(d, names[c]);
		html_open(d, '[');
		for (size_t i = 0; way && i < v->pic->tags.n && html_turn(d); i++) {
			const pic_tag *t = &v->pic->tags.at[i];
			if (!way[t->wire])
				continue;
			uint32_t at = way[t->wire] - 1;
			pic_point from = begins(v, way_of(v, at));
			const int64_t cells[] = {c ? 0 : label_of(v, t->label), (int64_t)t->x - from.x,
			                         (int64_t)t->y - from.y, at, t->is_end};
			html_int(d, cells[c] - before);
			before = names[c][0] == 'w' ? cells[c] : 0;
		}
		html_close(d, ']');
	}
	html_close(d, '}');
	heap_free(way);
}

static void legend(const viewed *v)
{
	html_key(v->d, "legend");
	html_open(v->d, '[');
	for (size_t i = 0; i < v->pic->legend.n; i++) {
		const pic_chip *c = &v->pic->legend.at[i];
		list(v->d,
		     (const int64_t[]){c->paint < PIC_N_PAINTS ? (int64_t)c->paint : -1,
		                       c->label == ORAY_NONE ? -1 : (int64_t)label_of(v, c->label),
		                       c->area.x, c->area.y, c->area.width, c->area.height, c->baseline},
		     7);
	}
	html_close(v->d, ']');
}

static void groups(const viewed *v)
{
	html_draft *d = v->d;
	const pic_groups *all = v->pic->plan.groups;
	html_key(d, "groups");
	html_open(d, '[');
	for (size_t i = 0; all && i < all->all.n && html_turn(d); i++) {
		const pic_group *g = &all->all.at[i];
		html_open(d, '[');
		html_ref(d, g->name);
		html_count(d, g->repeats);
		html_count(d, g->part);
		html_count(d, g->parts);
		html_count(d, g->parameters);
		if (g->counts_macs)
			html_amount(d, g->macs);
		else
			html_int(d, 0);
		html_open(d, '[');
		for (size_t k = 0, before = 0; k < g->n && html_turn(d); k++) {
			html_int(d, (int64_t)all->nodes[g->first + k] - (int64_t)before);
			before = all->nodes[g->first + k];
		}
		html_close(d, ']');
		html_close(d, ']');
	}
	html_close(d, ']');
}

static void deltas(html_draft *d)
{
	buf *b = &d->word;
	html_key(d, "delta");
	html_open(d, '[');
	for (size_t c = 0; c < sizeof item_columns / sizeof *item_columns; c++) {
		buf_clear(b);
		buf_format(b, "items.%s", item_columns[c].name);
		if (item_columns[c].delta)
			html_text(d, buf_text(b), b->n);
	}
	for (size_t c = 0; c < sizeof way_columns / sizeof *way_columns; c++) {
		buf_clear(b);
		buf_format(b, "ways.%s", way_columns[c].name);
		if (way_columns[c].delta)
			html_text(d, buf_text(b), b->n);
	}
	html_cstr(d, "tags.way");
	html_close(d, ']');
}

/* The middle of the box a reader begins at, and the area around the next ones. */
static void home(html_draft *d, const picture *pic)
{
	uint32_t first;
	const pic_area around = picture_beginning(pic, &first);
	const pic_area at = first == ORAY_NONE ? around : pic->area[first];
	const int32_t numbers[] = {at.x + at.width / 2, at.y + at.height / 2, around.x, around.y,
	                           around.width,        around.height};
	html_key(d, "home");
	html_open(d, '[');
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		html_int(d, numbers[i]);
	html_close(d, ']');
}

void html_view(html_draft *d, const picture *pic, const html_part *part, const char *name,
               const char *kind)
{
	const viewed v = {.d = d, .pic = pic, .part = part};
	html_open(d, '{');
	html_key(d, "name");
	html_cstr(d, name);
	html_key(d, "kind");
	html_cstr(d, kind);
	html_key(d, "width");
	html_int(d, pic->width);
	html_key(d, "height");
	html_int(d, pic->height);
	html_key(d, "right");
	html_int(d, pic->right);
	home(d, pic);
	deltas(d);
	items(&v);
	frames(&v);
	ways(&v);
	tags(&v);
	legend(&v);
	if (!part)
		groups(&v);
	html_close(d, '}');
}
