/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_paint.c - which colour an item has, and what it is called.
 */
#include "picture/pic_marks.h"
#include "picture/picture.h"
#include "words/describe.h"

static pic_paint paint_of(const pic_plan *plan, const pic_item *item)
{
	oray_node n;
	oray_value v;
	const oray_graph *g;
	theme_state state;
	switch (item->kind) {
	case PIC_NODE:
		state = pic_mark_state(plan, item->id);
		if (plan->fate[item->id] != PIC_BOX || !oray_model_node(plan->model, item->id, &n))
			return PIC_PAINT_STUB;
		return state != THEME_PLAIN ? PIC_PAINT_STATE + (unsigned)state
		                            : PIC_PAINT_CATEGORY + (unsigned)node_category(plan->model, &n);
	case PIC_INPUT:
		return oray_model_value(plan->model, item->id, &v) && v.is_undefined ? PIC_PAINT_MISSING
		                                                                     : PIC_PAINT_PILL;
	case PIC_OUTPUT:
		g = oray_model_graph(plan->model, item->id);
		return g->outputs[item->index] == ORAY_NONE ? PIC_PAINT_MISSING : PIC_PAINT_PILL;
	case PIC_GONE:
		return paint_of(&plan->gone->plan, &plan->gone->plan.items.at[item->id]);
	case PIC_CAPTURE:
		return PIC_PAINT_PILL;
	case PIC_MORE:
		break;
	}
	return PIC_PAINT_STUB;
}

pic_paint pic_paint_of(const picture *pic, uint32_t item)
{
	return paint_of(&pic->plan, &pic->plan.items.at[item]);
}

bool pic_is_dashed(const picture *pic, uint32_t item)
{
	pic_paint p = pic_paint_of(pic, item);
	return pic->plan.items.at[item].kind == PIC_CAPTURE || p == PIC_PAINT_STUB ||
	       p == PIC_PAINT_MISSING || p == PIC_PAINT_STATE + (unsigned)THEME_REMOVED;
}

bool pic_is_quantized(const picture *pic, uint32_t item)
{
	const pic_item *x = &pic->plan.items.at[item];
	return x->kind == PIC_NODE && pic->plan.fate[x->id] == PIC_BOX &&
	       pic_mark_quantized(&pic->plan, x->id);
}

theme_paint pic_paint_ink(const theme *t, unsigned paint)
{
	if (paint >= PIC_PAINT_SCALE)
		return t->pill;
	if (paint >= PIC_PAINT_STATE)
		return t->state[paint - PIC_PAINT_STATE];
	if (paint >= PIC_PAINT_CATEGORY)
		return t->category[paint - PIC_PAINT_CATEGORY];
	return paint == PIC_PAINT_STUB ? t->stub : paint == PIC_PAINT_MISSING ? t->missing : t->pill;
}

const char *pic_paint_name(unsigned paint)
{
	static const char *const names[] = {"pill", "stub", "undefined", "module"};
	static const char *const scale[] = {"scale-0", "scale-1", "scale-2", "scale-3", "scale-4",
	                                    "scale-5", "scale-6", "scale-7", "scale-8", "scale-none"};
	if (paint >= PIC_PAINT_SCALE)
		return scale[paint - PIC_PAINT_SCALE];
	if (paint >= PIC_PAINT_STATE)
		return pic_mark_class((theme_state)(paint - PIC_PAINT_STATE));
	if (paint >= PIC_PAINT_CATEGORY)
		return ops_category_name((ops_category)(paint - PIC_PAINT_CATEGORY));
	return names[paint];
}
