/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_ask.c - what wires want of the layout: room for the shape of a value where it is made, and
 * that data comes straight down while arithmetic on shapes goes around it. A hundred thousand
 * values are of some dozens of types, so both are found once for each type.
 */
#include <string.h>

#include "base/utf8.h"
#include "picture/pic_place.h"

/* Characters of a shape; the tooltip of the wire has all of it. */
#define MOST_SHAPE 24
#define ELLIPSIS   0x2026

/* Numbers of types that are kept. */
#define MOST_TYPES (1u << 20)

/* What was cut in its middle already ends there. */
static void cut(buf *text, size_t from)
{
	size_t at = from, end = from;
	uint32_t code = 0;
	for (size_t n = 0; at < text->n && n < MOST_SHAPE && code != ELLIPSIS; n++) {
		end = at;
		at += utf8_decode(text->data + at, text->n - at, &code);
	}
	if (at == text->n && code != ELLIPSIS)
		return;
	text->n = end;
	buf_str(text, "…");
}

static uint32_t shape_of(picture *pic, oray_id value)
{
	pic_begin(&pic->look);
	pic_line_begin(&pic->look, PIC_LINE);
	size_t from = pic->look.text.n;
	pic_known_shape(&pic->look.known, pic->plan.model, value, &pic->look.text);
	if (pic->look.text.n == from)
		return ORAY_NONE;
	if (buf_ok(&pic->look.text))
		cut(&pic->look.text, from);
	pic_line_end(&pic->look);
	return pic_keep(&pic->labels, &pic->look);
}

/* Shapes and numbers of them, axes, masks: what comes to data from aside. */
static bool is_aside(const oray_model *model, oray_id type)
{
	oray_type t;
	return oray_model_type(model, type, &t) &&
	       (t.element == ORAY_INT64 || t.element == ORAY_INT32 || t.element == ORAY_BOOL);
}

static pic_asked found(picture *pic, oray_id value, const oray_value *v)
{
	return (pic_asked){.is_known = true,
	                   .is_aside = is_aside(pic->plan.model, v->inferred),
	                   .shape = shape_of(pic, value)};
}

/* What a type says, where no tensor and no input of the model says it otherwise. */
static pic_asked asked_of(pic_placing *w, oray_id value)
{
	oray_value v;
	if (!oray_model_value(w->pic->plan.model, value, &v))
		return (pic_asked){.shape = ORAY_NONE};
	if (v.inferred >= MOST_TYPES || v.initializer != ORAY_NONE || v.sparse != ORAY_NONE ||
	    (v.is_input && v.graph == 0))
		return found(w->pic, value, &v);
	if (w->asked.n <= v.inferred) {
		size_t more = v.inferred + 1 - w->asked.n;
		if (!vec_reserve(NULL, &w->asked, more))
			return found(w->pic, value, &v);
		memset(w->asked.at + w->asked.n, 0, more * sizeof *w->asked.at);
		w->asked.n += more;
	}
	pic_asked *known = &w->asked.at[v.inferred];
	if (!known->is_known)
		*known = found(w->pic, value, &v);
	return *known;
}

/* Pills tell the shapes of their values themselves. */
static bool tells_itself(const pic_plan *plan, const pic_wire *x, bool alone)
{
	pic_kind from = plan->items.at[x->from].kind, to = plan->items.at[x->to].kind;
	return from == PIC_INPUT || from == PIC_CAPTURE || (alone && to == PIC_OUTPUT);
}

static void ask(pic_placing *w, uint32_t first, uint32_t end, bool shapes)
{
	picture *pic = w->pic;
	const pic_wire *x = &pic->plan.wires.at[w->wires[first]];
	if (x->value == ORAY_NONE || x->gone)
		return;
	pic_asked asked = asked_of(w, x->value);
	for (uint32_t i = first; i < end; i++)
		w->edges[i].weight = asked.is_aside || w->edges[i].kind == LAYOUT_CAPTURE ? 1 : 2;
	if (!shapes || asked.shape == ORAY_NONE || tells_itself(&pic->plan, x, end - first == 1))
		return;
	int32_t width = pic->labels.all.at[asked.shape].width - 2 * PIC_SIDE;
	width += pic->right ? PIC_SHAPE_AWAY : 0;
	if (width > LAYOUT_LABEL_MOST)
		return;
	w->shape[first] = asked.shape;
	w->edges[first].label_width = (uint16_t)width;
	w->edges[first].label_height = PIC_SHAPE_HEIGHT;
}

uint32_t pic_trunk_end(const pic_placing *w, uint32_t first, uint32_t end)
{
	const layout_edge *a = &w->edges[first];
	uint32_t i = first + 1;
	while (i < end && w->edges[i].from == a->from && w->edges[i].from_port == a->from_port)
		i++;
	return i;
}

void pic_ask(pic_placing *w)
{
	for (size_t g = 0; g < w->n_graphs; g++)
		for (uint32_t i = w->wire_first[g], end = w->wire_first[g + 1], next; i < end; i = next) {
			next = pic_trunk_end(w, i, end);
			w->longest = next - i > w->longest ? next - i : w->longest;
			ask(w, i, next, !w->drawing->no_shapes);
		}
}
