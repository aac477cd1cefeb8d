/* SPDX-License-Identifier: Apache-2.0 */
/*
 * svg_wire.c - the ways of one value as one path with one tooltip; where they differ in stroke, one
 * path for each run of a stroke, in one group. Everything is relative to the point before.
 *
 * Arrow heads are filled, and so apart from the lines: many in a path, since none of them needs a
 * tooltip of its own.
 */
#include "export/svg_draft.h"

enum {
	HEADS_MOST = 4096, /* bytes in a path of arrow heads, and a trunk's more */
	HEAD_LONG = 6,
	HEAD_HALF = 3,
};

typedef struct track {
	buf *b;
	pic_point at;
	char last; /* the command that may be left out; 0: nothing is written yet */
} track;

static void command(track *t, char c)
{
	if (t->last != c)
		buf_char(t->b, c);
	t->last = c;
}

static void relative(track *t, pic_point p)
{
	svg_number(t->b, (int64_t)p.x - t->at.x);
	svg_number(t->b, (int64_t)p.y - t->at.y);
}

static void go(track *t, const pic_segment *s)
{
	pic_point to = s->to;
	if (s->move == PIC_MOVE) {
		buf_char(t->b, t->last ? 'm' : 'M');
		relative(t, to);
		t->last = 'l'; /* as the numbers that follow a move are read */
	} else if (s->move == PIC_CURVE) {
		command(t, 'c');
		relative(t, s->a);
		relative(t, s->b);
		relative(t, to);
	} else if (to.x == t->at.x && to.y == t->at.y) {
		return;
	} else if (to.x == t->at.x) {
		command(t, 'v');
		svg_number(t->b, (int64_t)to.y - t->at.y);
	} else if (to.y == t->at.y) {
		command(t, 'h');
		svg_number(t->b, (int64_t)to.x - t->at.x);
	} else {
		command(t, 'l');
		relative(t, to);
	}
	t->at = to;
}

/* ----------------------------------------------------------------------------- arrow heads -- */

typedef struct heads {
	buf text;
	pic_point at; /* the last tip */
} heads;

static void write_heads(svg_draft *d, heads *h, unsigned stroke)
{
	if (!h->text.n)
		return;
	svg_lit(d->b, "<path class=\"head");
	if (svg_stroke_names[stroke]) {
		svg_lit(d->b, " ");
		buf_str(d->b, svg_stroke_names[stroke]);
	}
	svg_lit(d->b, "\" d=\"");
	buf_add(d->b, h->text.data, h->text.n);
	svg_lit(d->b, "\"/>");
	svg_line(d);
	buf_clear(&h->text);
}

/* The head of a line whose last part is `s`, from `before`. */
static void add_head(heads *h, const pic_segment *s, pic_point before, bool right)
{
	int32_t dx = s->to.x - before.x, dy = s->to.y - before.y;
	if (s->move == PIC_CURVE) {
		dx = right ? dx : 0;
		dy = right ? 0 : dy;
	}
	bool flat = dx && (!dy || (right && dx));
	int sign = (flat ? dx : dy) < 0 ? -1 : 1;
	track t = {&h->text, h->text.n ? h->at : (pic_point){0, 0}, 0};
	buf_char(t.b, h->text.n ? 'm' : 'M');
	relative(&t, s->to);
	svg_lit(t.b, "l");
	svg_number(t.b, flat ? -sign * HEAD_LONG : -HEAD_HALF);
	svg_number(t.b, flat ? -HEAD_HALF : -sign * HEAD_LONG);
	buf_char(t.b, flat ? 'v' : 'h');
	svg_number(t.b, 2 * HEAD_HALF);
	svg_lit(t.b, "z");
	h->at = s->to;
}

/* --------------------------------------------------------------------------------- trunks -- */

/* The lines of the ways from `i` on that have the stroke of the first. @return where they end. */
static size_t draw_run(svg_draft *d, size_t i, size_t end, heads *all)
{
	const picture *pic = d->pic;
	unsigned stroke = pic->ways.at[i].stroke;
	track t = {d->b, {0, 0}, 0};
	svg_lit(d->b, " d=\"");
	for (; i < end && pic->ways.at[i].stroke == stroke; i++) {
		pic_segment s = {PIC_MOVE, {0, 0}, {0, 0}, {0, 0}};
		pic_point before = t.at;
		uint32_t at = 0;
		while (pic_segment_next(pic, &pic->ways.at[i], &at, &s)) {
			before = t.at;
			go(&t, &s);
		}
		add_head(&all[stroke], &s, before, pic->right);
	}
	svg_lit(d->b, "\"");
	return i;
}

static void class_of(svg_draft *d, unsigned stroke)
{
	if (!svg_stroke_names[stroke])
		return;
	svg_lit(d->b, " class=\"");
	buf_str(d->b, svg_stroke_names[stroke]);
	svg_lit(d->b, "\"");
}

static void tip(svg_draft *d, const pic_wire *wire)
{
	buf_clear(&d->tip);
	if (wire->value != ORAY_NONE)
		pic_tip_wire(&d->pic->look, wire, &d->tip);
	if (!d->tip.n)
		return;
	svg_lit(d->b, "<title>");
	svg_text(d->b, d->tip.data, d->tip.n);
	svg_lit(d->b, "</title>");
}

/* All ways from `i` to `end`, which carry one value. */
static void trunk(svg_draft *d, size_t i, size_t end, heads *all)
{
	const pic_way *first = &d->pic->ways.at[i];
	const pic_wire *wire = &d->pic->plan.wires.at[first->wire];
	bool same = true;
	for (size_t k = i; k < end; k++)
		same &= d->pic->ways.at[k].stroke == first->stroke;
	svg_attribute(d->b, same ? "<path id=\"e" : "<g id=\"e", first->wire);
	if (same) {
		class_of(d, first->stroke);
		draw_run(d, i, end, all);
		svg_lit(d->b, ">");
		tip(d, wire);
		svg_lit(d->b, "</path>");
	} else {
		svg_lit(d->b, ">");
		tip(d, wire);
		while (i < end) {
			svg_lit(d->b, "<path");
			class_of(d, d->pic->ways.at[i].stroke);
			i = draw_run(d, i, end, all);
			svg_lit(d->b, "/>");
		}
		svg_lit(d->b, "</g>");
	}
	svg_line(d);
}

void svg_wires(svg_draft *d)
{
	const picture *pic = d->pic;
	heads all[PIC_N_STROKES] = {{.at = {0, 0}}};
	svg_lit(d->b, "<g class=\"wires\">\n");
	for (size_t i = 0, end; i < pic->ways.n && emit_ok(d->out); i = end) {
		const pic_wire *wire = &pic->plan.wires.at[pic->ways.at[i].wire];
		for (end = i + 1; end < pic->ways.n; end++) {
			const pic_wire *next = &pic->plan.wires.at[pic->ways.at[end].wire];
			if (next->from != wire->from || next->value != wire->value)
				break;
		}
		trunk(d, i, end, all);
		for (unsigned s = 0; s < PIC_N_STROKES; s++)
			if (all[s].text.n > HEADS_MOST)
				write_heads(d, &all[s], s);
	}
	for (unsigned s = 0; s < PIC_N_STROKES; s++) {
		write_heads(d, &all[s], s);
		if (!buf_ok(&all[s].text))
			emit_fail(d->out, ORAY_ERR_MEMORY);
		buf_free(&all[s].text);
	}
	svg_lit(d->b, "</g>\n");
}
