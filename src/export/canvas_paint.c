/* SPDX-License-Identifier: Apache-2.0 */
/*
 * canvas_paint.c - how each thing of a picture looks, with cairo.
 *
 * Places and widths are those of the picture, whatever font there is: a text that turns out wider
 * than it may be is drawn narrower. With a font of the widths in pic_metric.h, which is the rule,
 * only text beyond ASCII has to be measured.
 */
#include <math.h>
#include <string.h>

#include "export/canvas.h"
#include "picture/pic_marks.h"
#include "picture/pic_metric.h"

#define RIGHT_ANGLE 1.57079632679489661923

enum {
	DASH = 4, /* of a dashed line */
	GAP = 3,
	ARROW_LENGTH = 6,
	ARROW_HALF = 3, /* of its width */
	FAR = 1000,     /* beyond the strip: not looked at */
};

static void set_color(const canvas *c, cairo_t *cr, uint32_t color)
{
	c->lib->set_source_rgb(cr, (color >> 16 & 255) / 255.0, (color >> 8 & 255) / 255.0,
	                       (color & 255) / 255.0);
}

void canvas_page(const canvas *c, cairo_t *cr)
{
	set_color(c, cr, c->theme->page);
	c->lib->paint(cr);
}

/* --------------------------------------------------------------------------------- text -- */

/* Widths must not be rounded to pixels, and nothing may depend on the screen of this machine. */
static void set_options(const canvas *c, cairo_t *cr)
{
	cairo_font_options_t *options = c->lib->font_options_create();
	c->lib->font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	c->lib->font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	c->lib->font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	c->lib->set_font_options(cr, options);
	c->lib->font_options_destroy(options);
}

static void set_font(canvas *c, cairo_t *cr, bool bold, uint32_t size)
{
	int wanted = (int)size * 2 + bold;
	if (c->font == wanted)
		return;
	if (c->font < 0)
		set_options(c, cr);
	c->lib->set_font_face(cr, c->face[bold]);
	c->lib->set_font_size(cr, size);
	c->font = wanted;
}

/* Measures the letters that most texts consist of. */
static bool is_as_wide(canvas *c, cairo_t *cr, bool bold)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
	cairo_text_extents_t extents;
	for (size_t i = 0; i < sizeof letters - 1; i++) {
		const char one[2] = {letters[i], '\0'};
		set_font(c, cr, bold, 100);
		c->lib->text_extents(cr, one, &extents);
		if (extents.x_advance > pic_text_width(one, 1, bold) / 10.0 + 0.5)
			return false;
	}
	return true;
}

void canvas_fonts_open(canvas *c)
{
	const cairo_lib *lib = c->lib;
	cairo_surface_t *nothing = lib->image_surface_create(CAIRO_FORMAT_A8, 1, 1);
	cairo_t *cr = lib->create(nothing);
	c->font = -1;
	for (int bold = 0; bold < 2; bold++) {
		c->face[bold] =
		    lib->toy_font_face_create("Helvetica", CAIRO_FONT_SLANT_NORMAL,
		                              bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
		c->trusted[bold] = is_as_wide(c, cr, bold);
	}
	lib->destroy(cr);
	lib->surface_destroy(nothing);
	c->font = -1;
}

void canvas_fonts_close(canvas *c)
{
	for (int bold = 0; bold < 2; bold++)
		if (c->face[bold])
			c->lib->font_face_destroy(c->face[bold]);
}

static bool is_ascii(const char *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if ((unsigned char)data[i] >= 0x80)
			return false;
	return true;
}

/* Draws a text of one face. @return its width in pixels of the picture. */
static double text(canvas *c, cairo_t *cr, double x, double y, bool bold, uint32_t size,
                   const char *data, size_t n)
{
	const cairo_lib *lib = c->lib;
	double width = pic_text_width(data, n, bold) * (double)size / 1000;
	cairo_text_extents_t extents;
	if (size * c->pixel < c->smallest || !n)
		return width;
	buf_clear(&c->text);
	buf_add(&c->text, data, n);
	set_font(c, cr, bold, size);
	lib->move_to(cr, x, y);
	if (c->trusted[bold] && is_ascii(data, n)) {
		lib->show_text(cr, buf_text(&c->text));
		return width;
	}
	lib->text_extents(cr, buf_text(&c->text), &extents);
	if (extents.x_advance <= width || width <= 0) {
		lib->show_text(cr, buf_text(&c->text));
		return width;
	}
	lib->save(cr);
	lib->translate(cr, x, y);
	lib->scale(cr, width / extents.x_advance, 1);
	lib->move_to(cr, 0, 0);
	lib->show_text(cr, buf_text(&c->text));
	lib->restore(cr);
	return width;
}

static bool is_bold(const pic_line *line, pic_face face)
{
	return line->role == PIC_TITLE || face == PIC_BOLD;
}

static double line_width(const pic_line *line)
{
	size_t at = 0, size;
	const char *data;
	pic_face face;
	double width = 0;
	while (pic_piece_next(line, &at, &face, &data, &size))
		width += pic_text_width(data, size, is_bold(line, face)) * (double)line->font / 1000;
	return width;
}

static void draw_line(canvas *c, cairo_t *cr, const pic_line *line, double x, double y,
                      const theme_paint *ink)
{
	size_t at = 0, size;
	const char *data;
	pic_face face;
	while (pic_piece_next(line, &at, &face, &data, &size)) {
		set_color(c, cr, face == PIC_MUTED || line->role == PIC_NAME ? ink->muted : ink->text);
		x += text(c, cr, x, y, is_bold(line, face), line->font, data, size);
	}
}

/* -------------------------------------------------------------------------------- boxes -- */

/* A rectangle with round corners; below they are square for a head with rows under it. */
static void outline(const canvas *c, cairo_t *cr, const pic_area *a, double height, double radius,
                    bool square)
{
	const cairo_lib *lib = c->lib;
	double left = a->x, top = a->y, right = left + a->width, bottom = top + height;
	lib->new_path(cr);
	lib->arc(cr, left + radius, top + radius, radius, -2 * RIGHT_ANGLE, -RIGHT_ANGLE);
	lib->arc(cr, right - radius, top + radius, radius, -RIGHT_ANGLE, 0);
	if (square) {
		lib->line_to(cr, right, bottom);
		lib->line_to(cr, left, bottom);
	} else {
		lib->arc(cr, right - radius, bottom - radius, radius, 0, RIGHT_ANGLE);
		lib->arc(cr, left + radius, bottom - radius, radius, RIGHT_ANGLE, 2 * RIGHT_ANGLE);
	}
	lib->close_path(cr);
}

static void fill(const canvas *c, cairo_t *cr, uint32_t color)
{
	set_color(c, cr, color);
	c->lib->fill(cr);
}

static void stroke(const canvas *c, cairo_t *cr, uint32_t color, double width, bool dashed)
{
	static const double dash[] = {DASH, GAP};
	set_color(c, cr, color);
	c->lib->set_line_width(cr, width);
	c->lib->set_dash(cr, dash, dashed ? 2 : 0, 0);
	c->lib->stroke(cr);
}

/* An area with a border. */
static void bordered(const canvas *c, cairo_t *cr, const pic_area *a, double radius,
                     const theme_paint *ink)
{
	outline(c, cr, a, a->height, radius, false);
	set_color(c, cr, ink->fill);
	c->lib->fill_preserve(cr);
	stroke(c, cr, ink->border, 1, false);
}

static bool is_pill(const pic_plan *plan, const pic_item *item)
{
	if (item->kind == PIC_GONE)
		item = &plan->gone->plan.items.at[item->id];
	return item->kind == PIC_INPUT || item->kind == PIC_OUTPUT || item->kind == PIC_CAPTURE;
}

static void box(canvas *c, cairo_t *cr, uint32_t item)
{
	const picture *pic = c->pic;
	const pic_area *a = &pic->area[item];
	const pic_label *x = &pic->labels.all.at[pic->label[item]];
	const theme_paint ink = pic_paint_ink(c->theme, pic_paint_of(pic, item));
	bool quantized = pic_is_quantized(pic, item),
	     pill = is_pill(&pic->plan, &pic->plan.items.at[item]);
	const theme_paint *below = quantized ? &c->theme->quantized : &c->theme->body;
	double radius = pill ? fmin(a->width, a->height) / 2 : PIC_RADIUS;
	bool rows = a->height > x->head;
	outline(c, cr, a, a->height, radius, false);
	if (rows) {
		fill(c, cr, below->fill);
		outline(c, cr, a, x->head, radius, true);
		fill(c, cr, ink.fill);
		outline(c, cr, a, a->height, radius, false);
	} else {
		set_color(c, cr, ink.fill);
		c->lib->fill_preserve(cr);
	}
	stroke(c, cr, quantized ? below->border : ink.border, quantized ? 2 : 1,
	       pic_is_dashed(pic, item));

	size_t at = 0;
	pic_line line;
	while (pic_line_next(&pic->labels, x, &at, &line)) {
		double indent = pill ? (a->width - line_width(&line)) / 2 : PIC_SIDE;
		draw_line(c, cr, &line, a->x + indent, a->y + line.baseline,
		          line.role == PIC_LINE ? below : &ink);
	}
}

static void frame(canvas *c, cairo_t *cr, const pic_frame *f)
{
	const theme_paint *ink = &c->theme->nested;
	size_t at = 0;
	pic_line line;
	bordered(c, cr, &f->area, PIC_RADIUS, ink);
	while (pic_line_next(&c->pic->labels, &c->pic->labels.all.at[f->label], &at, &line))
		draw_line(c, cr, &line, f->area.x + PIC_SIDE, f->area.y + line.baseline, ink);
}

static void chip(canvas *c, cairo_t *cr, const pic_chip *x)
{
	bool filled = x->paint < PIC_N_PAINTS;
	theme_paint ink = filled ? pic_paint_ink(c->theme, x->paint) : c->theme->body;
	size_t at = 0;
	pic_line line;
	if (filled)
		bordered(c, cr, &x->area, fmin(PIC_RADIUS, x->area.height / 2.0), &ink);
	if (x->label == ORAY_NONE)
		return;
	while (pic_line_next(&c->pic->labels, &c->pic->labels.all.at[x->label], &at, &line))
		draw_line(c, cr, &line, x->area.x + PIC_SIDE, x->baseline, &ink);
}

/* -------------------------------------------------------------------------------- wires -- */

static void tag(canvas *c, cairo_t *cr, const pic_tag *t)
{
	const pic_label *x = &c->pic->labels.all.at[t->label];
	const theme_paint ink = {.text = c->theme->wire_text, .muted = c->theme->wire_text};
	size_t at = 0;
	pic_line line;
	if (t->is_end) {
		pic_area a = {t->x - PIC_TAG_SIDE, t->y - PIC_TAG_RISE,
		              x->width - 2 * PIC_SIDE + 2 * PIC_TAG_SIDE, PIC_TAG_HEIGHT};
		bordered(c, cr, &a, PIC_TAG_HEIGHT / 2.0, &c->theme->pill);
	}
	while (pic_line_next(&c->pic->labels, x, &at, &line)) {
		line.font = PIC_TAG_SIZE;
		draw_line(c, cr, &line, t->x, t->y, &ink);
	}
}

/* A number of whole dashes nearer to the strip, so that these look the same in every strip. */
static int32_t nearer(int32_t y, int32_t top, int32_t bottom)
{
	int64_t low = (int64_t)top - FAR, high = (int64_t)bottom + FAR;
	if (y < low)
		return (int32_t)(y + (low - y) / (DASH + GAP) * (DASH + GAP));
	if (y > high)
		return (int32_t)(y - (y - high) / (DASH + GAP) * (DASH + GAP));
	return y;
}

static void arrow(const canvas *c, cairo_t *cr, pic_point from, pic_point to)
{
	double dx = (double)to.x - from.x, dy = (double)to.y - from.y, length = hypot(dx, dy);
	if (length <= 0)
		return;
	dx /= length;
	dy /= length;
	double x = to.x - dx * ARROW_LENGTH, y = to.y - dy * ARROW_LENGTH;
	c->lib->new_path(cr);
	c->lib->move_to(cr, to.x, to.y);
	c->lib->line_to(cr, x - dy * ARROW_HALF, y + dx * ARROW_HALF);
	c->lib->line_to(cr, x + dy * ARROW_HALF, y - dx * ARROW_HALF);
	c->lib->close_path(cr);
	c->lib->fill(cr);
}

static void way(canvas *c, cairo_t *cr, const pic_way *w, int32_t top, int32_t bottom)
{
	const cairo_lib *lib = c->lib;
	const theme *t = c->theme;
	const uint32_t colors[PIC_N_STROKES] = {
	    [PIC_SOLID] = t->wire,
	    [PIC_CAPTURED] = t->captured,
	    [PIC_REMOVED] = t->state[THEME_REMOVED].border,
	    [PIC_QUANTIZED] = t->quantized.border,
	};
	bool dashed = w->stroke == PIC_CAPTURED || w->stroke == PIC_REMOVED;
	pic_point at = {0, 0}, before = {0, 0};
	uint32_t step = 0;
	pic_segment s;
	lib->new_path(cr);
	while (pic_segment_next(c->pic, w, &step, &s)) {
		if (s.move == PIC_CURVE) {
			if (dashed)
				lib->move_to(cr, at.x, at.y);
			lib->curve_to(cr, s.a.x, s.a.y, s.b.x, s.b.y, s.to.x, s.to.y);
			before = s.b.x != s.to.x || s.b.y != s.to.y ? s.b : at;
		} else if (s.move == PIC_LINE_TO) {
			before = s.to.x != at.x || s.to.y != at.y ? at : before;
			int32_t y = at.x == s.to.x ? nearer(at.y, top, bottom) : at.y;
			if (dashed || y != at.y)
				lib->move_to(cr, at.x, y);
			y = at.x == s.to.x ? nearer(s.to.y, top, bottom) : s.to.y;
			lib->line_to(cr, s.to.x, y);
			if (y != s.to.y)
				lib->move_to(cr, s.to.x, s.to.y);
		} else {
			lib->move_to(cr, s.to.x, s.to.y);
			before = s.to;
		}
		at = s.to;
	}
	stroke(c, cr, colors[w->stroke], 1, dashed);
	arrow(c, cr, before, at);
}

/* ----------------------------------------------------------------------------- all of it -- */

void canvas_paint(canvas *c, cairo_t *cr, const canvas_thing *thing, int32_t top, int32_t bottom)
{
	switch (thing->kind) {
	case CANVAS_FRAME:
		frame(c, cr, &c->pic->frames.at[thing->index]);
		break;
	case CANVAS_HOLDER:
	case CANVAS_BOX:
		box(c, cr, thing->index);
		break;
	case CANVAS_WAY:
		way(c, cr, &c->pic->ways.at[thing->index], top, bottom);
		break;
	case CANVAS_TAG:
		tag(c, cr, &c->pic->tags.at[thing->index]);
		break;
	case CANVAS_CHIP:
		chip(c, cr, &c->pic->legend.at[thing->index]);
		break;
	}
}
