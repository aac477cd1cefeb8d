/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_tips.c - what a reader gets who stays over a box or a wire: names in full.
 */
#include <inttypes.h>

#include "picture/pic_label.h"
#include "picture/pic_words.h"
#include "words/clean.h"

#define MOST_TIP       240 /* characters of a name */
#define MOST_TIP_LINES 14  /* inputs, and outputs */
#define MADE_UP        128 /* room for a name that is not the model's */

static void name(buf *tip, oray_str text)
{
	if (text.size)
		clean_text(tip, text.data, text.size, MOST_TIP);
	else
		buf_str(tip, "(no name)");
}

static void edges(const oray_model *model, const oray_node *n, bool outputs, buf *tip)
{
	size_t count = outputs ? n->n_outputs : n->n_inputs;
	const oray_id *values = outputs ? n->outputs : n->inputs;
	for (size_t i = 0; i < count; i++) {
		oray_value v;
		if (i == MOST_TIP_LINES) {
			buf_format(tip, "\n… %zu more", count - i);
			return;
		}
		if (!oray_model_value(model, values[i], &v))
			continue;
		buf_str(tip, outputs ? "\n→ " : "\n");
		pic_formal(model, n, outputs, i, tip);
		buf_str(tip, ": ");
		name(tip, v.name);
	}
}

static void tip_node(const oray_model *model, oray_id id, buf *tip)
{
	char small[MADE_UP];
	oray_node n;
	if (!oray_model_node(model, id, &n))
		return;
	if (!n.name.size) {
		size_t size = oray_node_label(model, id, small, MADE_UP);
		n.name = (oray_str){small, size < MADE_UP ? size : MADE_UP - 1};
	}
	clean_text(tip, n.name.data, n.name.size, MOST_TIP);
	buf_char(tip, '\n');
	clean_text(tip, n.op.data, n.op.size, MOST_TIP);
	buf_str(tip, " (");
	clean_text(tip, n.domain.data, n.domain.size, MOST_TIP);
	buf_char(tip, ')');
	edges(model, &n, false, tip);
	edges(model, &n, true, tip);
}

static void tip_value(const oray_model *model, oray_id value, buf *tip)
{
	oray_value v;
	if (!oray_model_value(model, value, &v))
		return;
	name(tip, v.name);
	buf_char(tip, '\n');
	size_t before = tip->n;
	pic_type(model, value, tip);
	if (tip->n == before)
		buf_str(tip, "type unknown");
}

void pic_tip_item(pic_look *look, const pic_item *item, buf *tip)
{
	const oray_model *model = look->plan->model;
	const oray_graph *g;
	switch (item->kind) {
	case PIC_NODE:
		tip_node(model, item->id, tip);
		break;
	case PIC_INPUT:
	case PIC_CAPTURE:
		tip_value(model, item->id, tip);
		break;
	case PIC_OUTPUT:
		g = oray_model_graph(model, item->id);
		if (g->outputs[item->index] != ORAY_NONE)
			tip_value(model, g->outputs[item->index], tip);
		else
			buf_str(tip, "an output that names no value");
		break;
	case PIC_MORE:
		buf_format(tip, "%" PRIu32 " more nodes read this value", item->index);
		break;
	case PIC_GONE:
		if (look->gone)
			pic_tip_item(look->gone, &look->gone->plan->items.at[item->id], tip);
		break;
	}
}

void pic_tip_wire(pic_look *look, const pic_wire *wire, buf *tip)
{
	const pic_look *of = wire->gone && look->gone ? look->gone : look;
	tip_value(of->plan->model, wire->value, tip);
}
