/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_tips.c - what a reader gets who stays over a box or a wire: names in full.
 */
#include <inttypes.h>

#include "picture/pic_fold.h"
#include "picture/pic_label.h"
#include "picture/pic_words.h"
#include "words/clean.h"
#include "words/describe.h"
#include "words/numbers.h"

#define MOST_TIP    240 /* characters of a name */
#define MOST_GIVEN  48  /* of a name among others */
#define MOST_EDGES  6   /* inputs, and outputs, that have a line of their own */
#define MOST_GIVENS 4   /* names in the line of what is given */
#define MADE_UP     128 /* room for a name that is not the model's */

static void text(buf *tip, const char *words)
{
	buf_str(tip, words);
}

static void name(buf *tip, oray_str words)
{
	if (words.size)
		clean_text(tip, words.data, words.size, MOST_TIP);
	else
		text(tip, "(no name)");
}

static void more(buf *tip, size_t n)
{
	text(tip, "… ");
	pic_number((int64_t)n, tip);
	text(tip, " more");
}

/* "X: conv1_out, float32 1×64×56×56", a line each; what is written into the box is left out. */
static void lines(pic_look *look, const oray_node *n, bool outputs, buf *tip)
{
	const oray_model *model = look->plan->model;
	size_t count = outputs ? n->n_outputs : n->n_inputs, shown = 0;
	const oray_id *values = outputs ? n->outputs : n->inputs;
	for (size_t i = 0; i < count; i++) {
		oray_value v;
		if (!oray_model_value(model, values[i], &v) || (!outputs && pic_is_row(look->plan, &v)))
			continue;
		text(tip, outputs ? "\n→ " : "\n");
		if (shown++ == MOST_EDGES) {
			more(tip, count - i);
			return;
		}
		pic_known_formal(&look->known, model, n, outputs, i, tip);
		buf_add(tip, ": ", 2);
		name(tip, v.name);
		size_t before = tip->n;
		buf_char(tip, ' ');
		pic_known_type(&look->known, model, values[i], tip);
		if (tip->n == before + 1)
			tip->n = before;
	}
}

/* "W: conv1.weight, B: conv1.bias": whole names of what the rows of the box are about. */
static void givens(pic_look *look, const oray_node *n, buf *tip)
{
	const oray_model *model = look->plan->model;
	size_t shown = 0;
	for (size_t i = 0; i < n->n_inputs; i++) {
		oray_value v;
		if (!oray_model_value(model, n->inputs[i], &v) || !pic_is_row(look->plan, &v))
			continue;
		text(tip, shown ? ", " : "\n");
		if (shown++ == MOST_GIVENS) {
			text(tip, "…");
			return;
		}
		pic_known_formal(&look->known, model, n, false, i, tip);
		buf_add(tip, ": ", 2);
		clean_text(tip, v.name.data, v.name.size, MOST_GIVEN);
	}
}

static void cost(const oray_model *model, oray_id id, buf *tip)
{
	oray_amount macs;
	if (!oray_node_cost(model, id, &macs) || !oray_amount_is_number(macs) || !macs.value)
		return;
	text(tip, " · ");
	number_short(tip, macs.value);
	text(tip, " MACs");
}

static void tip_node(pic_look *look, oray_id id, bool edges, buf *tip)
{
	const oray_model *model = look->plan->model;
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
	if (!str_is(n.domain, "ai.onnx")) {
		text(tip, " of ");
		clean_text(tip, n.domain.data, n.domain.size, MOST_TIP);
	}
	cost(model, id, tip);
	if (!edges)
		return;
	lines(look, &n, false, tip);
	givens(look, &n, tip);
	lines(look, &n, true, tip);
}

static void tip_value(pic_look *look, oray_id value, buf *tip)
{
	const oray_model *model = look->plan->model;
	oray_value v;
	if (!oray_model_value(model, value, &v))
		return;
	name(tip, v.name);
	buf_char(tip, '\n');
	size_t before = tip->n;
	pic_known_type(&look->known, model, value, tip);
	if (tip->n == before)
		buf_str(tip, "type unknown");
}

void pic_tip_item(pic_look *look, const pic_item *item, bool edges, buf *tip)
{
	const oray_model *model = look->plan->model;
	const oray_graph *g;
	switch (item->kind) {
	case PIC_NODE:
		tip_node(look, item->id, edges, tip);
		break;
	case PIC_INPUT:
	case PIC_CAPTURE:
		tip_value(look, item->id, tip);
		break;
	case PIC_OUTPUT:
		g = oray_model_graph(model, item->id);
		if (g->outputs[item->index] != ORAY_NONE)
			tip_value(look, g->outputs[item->index], tip);
		else
			buf_str(tip, "an output that names no value");
		break;
	case PIC_MORE:
		buf_format(tip, "%" PRIu32 " more nodes read this value", item->index);
		break;
	case PIC_MODULE:
		pic_tip_group(look, &look->plan->groups->all.at[item->id], tip);
		break;
	case PIC_GONE:
		if (look->gone)
			pic_tip_item(look->gone, &look->gone->plan->items.at[item->id], edges, tip);
		break;
	}
}

void pic_tip_wire(pic_look *look, const pic_wire *wire, buf *tip)
{
	pic_look *of = wire->gone && look->gone ? look->gone : look;
	tip_value(of, wire->value, tip);
}
