/* SPDX-License-Identifier: Apache-2.0 */
/*
 * svg_box.c - boxes, pills, frames, tags and the legend.
 *
 *     <g id="n17" class="layer" transform="translate(40 120)"><title>...</title>
 *     <rect .../>          body, where there are rows or frames below them
 *     <path d="..."/>      head
 *     <text ...>...</text></g>
 *
 * All behind the tooltip is the same for all boxes of one label and size.
 */
#include <stdlib.h>

#include "export/svg_draft.h"
#include "picture/pic_marks.h"

/* Of more boxes, tooltips say no more than name and operator: whose inputs they have is in those of
 * the wires. */
#define TIPS_WHOLE 50000

/* ------------------------------------------------------------------------------- pieces -- */

/* The outline of a head whose lower corners are not rounded, since a body is below it. */
static void head(buf *b, int32_t width, int32_t height)
{
	enum { R = PIC_RADIUS };
	svg_lit(b, "<path d=\"M0");
	svg_number(b, height);
	svg_lit(b, "V");
	svg_number(b, R);
	svg_lit(b, "q0");
	svg_number(b, -R);
	svg_number(b, R);
	svg_number(b, -R);
	svg_lit(b, "h");
	svg_number(b, width - 2 * R);
	svg_lit(b, "q");
	svg_number(b, R);
	svg_number(b, 0);
	svg_number(b, R);
	svg_number(b, R);
	svg_lit(b, "V");
	svg_number(b, height);
	svg_lit(b, "z\"/>");
}

static void rectangle(buf *b, const char *start, const pic_area *a, int32_t radius)
{
	buf_str(b, start);
	if (a->x)
		svg_attribute(b, " x=\"", a->x);
	if (a->y)
		svg_attribute(b, " y=\"", a->y);
	svg_attribute(b, " width=\"", a->width);
	svg_attribute(b, " height=\"", a->height);
	svg_attribute(b, " rx=\"", radius);
	svg_lit(b, "/>");
}

/* A filled area that is all head. */
static void pill(buf *b, int32_t width, int32_t height, int32_t radius)
{
	const pic_area own = {0, 0, width, height};
	rectangle(b, "<rect class=\"h\"", &own, radius);
}

static void pieces(buf *b, const pic_line *line)
{
	size_t at = 0, size;
	const char *data;
	pic_face face;
	while (pic_piece_next(line, &at, &face, &data, &size)) {
		if (face == PIC_BOLD)
			svg_lit(b, "<tspan class=\"b\">");
		else if (face == PIC_MUTED)
			svg_lit(b, "<tspan class=\"m\">");
		svg_text(b, data, size);
		if (face != PIC_PLAIN)
			svg_lit(b, "</tspan>");
	}
}

/* All lines of a label, beginning or centered at `x`. */
static void lines(buf *b, const pic_labels *labels, const pic_label *label, int32_t x)
{
	size_t at = 0;
	pic_line line;
	while (pic_line_next(labels, label, &at, &line)) {
		if (line.role == PIC_TITLE)
			svg_lit(b, "<text class=\"t");
		else if (line.role == PIC_NAME)
			svg_lit(b, "<text class=\"n");
		else
			svg_lit(b, "<text");
		svg_attribute(b, line.role == PIC_LINE ? " x=\"" : "\" x=\"", x);
		svg_attribute(b, " y=\"", line.baseline);
		svg_lit(b, ">");
		pieces(b, &line);
		svg_lit(b, "</text>");
	}
}

static void translate(buf *b, int32_t x, int32_t y)
{
	svg_lit(b, " transform=\"translate(");
	svg_number(b, x);
	svg_number(b, y);
	svg_lit(b, ")\">");
}

static bool is_pill(const pic_plan *plan, const pic_item *item)
{
	if (item->kind == PIC_GONE)
		item = &plan->gone->plan.items.at[item->id];
	return item->kind == PIC_INPUT || item->kind == PIC_OUTPUT || item->kind == PIC_CAPTURE;
}

/* -------------------------------------------------------------------------------- items -- */

/* What is behind the tooltip of a box. */
static void inside(svg_draft *d, const pic_area *a, const pic_label *x)
{
	bool whole = a->height <= x->head;
	const pic_area own = {0, 0, a->width, a->height};
	if (whole) {
		pill(d->b, a->width, a->height, PIC_RADIUS);
	} else {
		rectangle(d->b, "<rect", &own, PIC_RADIUS);
		head(d->b, a->width, x->head);
	}
	lines(d->b, &d->pic->labels, x, PIC_SIDE);
}

/* The same, copied where it was written before. */
static void inside_again(svg_draft *d, uint32_t label, const pic_area *a)
{
	const pic_label *x = &d->pic->labels.all.at[label];
	if (a->width != x->width || a->height != x->height || d->times[label] < 2) {
		inside(d, a, x);
	} else if (d->size[label]) {
		buf_add(d->b, d->ready.data + d->at[label], d->size[label]);
	} else {
		size_t before = d->b->n;
		inside(d, a, x);
		d->at[label] = d->ready.n;
		size_t size = d->b->n - before;
		buf_add(&d->ready, d->b->data + before, size);
		d->size[label] = buf_ok(&d->ready) ? size : 0;
	}
}

static void item(svg_draft *d, uint32_t index)
{
	picture *pic = d->pic;
	buf *b = d->b;
	const pic_area *a = &pic->area[index];
	const pic_item *what = &pic->plan.items.at[index];
	svg_lit(b, "<g id=\"");
	svg_name_item(b, &pic->plan, index);
	svg_lit(b, "\" class=\"");
	buf_str(b, pic_paint_name(pic_paint_of(pic, index)));
	if (pic_is_dashed(pic, index))
		svg_lit(b, " dashed");
	if (d->found.quantized && pic_is_quantized(pic, index))
		svg_lit(b, " quant");
	svg_lit(b, "\"");
	translate(b, a->x, a->y);
	buf_clear(&d->tip);
	pic_tip_item(&pic->look, what, pic->plan.items.n <= TIPS_WHOLE, &d->tip);
	if (d->tip.n) {
		svg_lit(b, "<title>");
		svg_text(b, d->tip.data, d->tip.n);
		svg_lit(b, "</title>");
	}
	if (is_pill(&pic->plan, what)) {
		const pic_label *x = &pic->labels.all.at[pic->label[index]];
		int32_t least = a->width < a->height ? a->width : a->height;
		pill(b, a->width, a->height, least / 2);
		lines(b, &pic->labels, x, a->width / 2);
	} else {
		inside_again(d, pic->label[index], a);
	}
	svg_lit(b, "</g>");
	svg_line(d);
}

void svg_items(svg_draft *d)
{
	for (uint32_t i = 0; i < d->pic->plan.items.n && emit_ok(d->out); i++)
		if (!d->drawn || !d->drawn[i])
			item(d, i);
}

void svg_frames(svg_draft *d)
{
	const picture *pic = d->pic;
	buf *b = d->b;
	for (size_t i = 0; i < pic->frames.n && emit_ok(d->out); i++) {
		const pic_frame *f = &pic->frames.at[i];
		const pic_area own = {0, 0, f->area.width, f->area.height};
		if (f->holder != ORAY_NONE && !d->drawn[f->holder]) {
			d->drawn[f->holder] = true;
			item(d, f->holder);
		}
		svg_attribute(b, "<g id=\"g", f->graph);
		svg_lit(b, " class=\"frame\"");
		translate(b, f->area.x, f->area.y);
		rectangle(b, "<rect", &own, PIC_RADIUS);
		lines(b, &pic->labels, &pic->labels.all.at[f->label], PIC_SIDE);
		svg_lit(b, "</g>");
		svg_line(d);
	}
}

/* --------------------------------------------------------------------------------- tags -- */

static void tag(svg_draft *d, const pic_tag *t)
{
	const pic_label *x = &d->pic->labels.all.at[t->label];
	size_t at = 0;
	pic_line line;
	buf *b = d->b;
	if (t->is_end) {
		pic_area area = {t->x - PIC_TAG_SIDE, t->y - PIC_TAG_RISE,
		                 x->width - 2 * (PIC_SIDE - PIC_TAG_SIDE), PIC_TAG_HEIGHT};
		rectangle(b, "<rect", &area, PIC_TAG_HEIGHT / 2);
	}
	if (!pic_line_next(&d->pic->labels, x, &at, &line))
		return;
	svg_attribute(b, "<text x=\"", t->x);
	svg_attribute(b, " y=\"", t->y);
	svg_lit(b, ">");
	pieces(b, &line);
	svg_lit(b, "</text>");
	svg_line(d);
}

void svg_tags(svg_draft *d)
{
	if (!d->found.tags)
		return;
	svg_lit(d->b, "<g class=\"tags\">\n");
	for (size_t i = 0; i < d->pic->tags.n && emit_ok(d->out); i++)
		tag(d, &d->pic->tags.at[i]);
	svg_lit(d->b, "</g>\n");
}

/* ------------------------------------------------------------------------------- legend -- */

static void chip(svg_draft *d, const pic_chip *x)
{
	buf *b = d->b;
	size_t at = 0;
	pic_line line;
	svg_lit(b, "<g");
	if (x->paint < PIC_N_PAINTS) {
		svg_lit(b, " class=\"");
		buf_str(b, pic_paint_name(x->paint));
		svg_lit(b, "\"");
	}
	translate(b, x->area.x, x->area.y);
	if (x->paint < PIC_N_PAINTS)
		pill(b, x->area.width, x->area.height, 4);
	if (x->label != ORAY_NONE &&
	    pic_line_next(&d->pic->labels, &d->pic->labels.all.at[x->label], &at, &line)) {
		svg_attribute(b, "<text class=\"t\" x=\"", PIC_SIDE);
		svg_attribute(b, " y=\"", x->baseline - x->area.y);
		svg_lit(b, ">");
		pieces(b, &line);
		svg_lit(b, "</text>");
	}
	svg_lit(b, "</g>\n");
}

void svg_legend(svg_draft *d)
{
	if (!d->found.legend)
		return;
	svg_lit(d->b, "<g class=\"legend\">\n");
	for (size_t i = 0; i < d->pic->legend.n; i++)
		chip(d, &d->pic->legend.at[i]);
	svg_lit(d->b, "</g>\n");
}
