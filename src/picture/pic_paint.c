/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_paint.c - which colour an item has, and what it is called.
 *
 * Boxes of operators are painted by what the user asks for: category or state, type, or numbers on
 * a scale. Everything else has its own paint always.
 */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/heap.h"
#include "picture/pic_legend.h"
#include "picture/pic_marks.h"
#include "picture/picture.h"
#include "words/describe.h"

/** What every symbol stands for where costs are compared; the legend says it. */
#define SYMBOLS 128

static pic_paint paint_of(pic_look *look, const pic_item *item)
{
	const pic_plan *plan = look->plan;
	oray_node n;
	oray_value v;
	const oray_graph *g;
	theme_state state;
	switch (item->kind) {
	case PIC_NODE:
		state = pic_mark_state(plan, item->id);
		if (plan->fate[item->id] != PIC_BOX || !oray_model_node(plan->model, item->id, &n))
			return PIC_PAINT_STUB;
		return state != THEME_PLAIN
		           ? PIC_PAINT_STATE + (unsigned)state
		           : PIC_PAINT_CATEGORY +
		                 (unsigned)pic_known_op(&look->known, plan->model, &n)->category;
	case PIC_INPUT:
		return oray_model_value(plan->model, item->id, &v) && v.is_undefined ? PIC_PAINT_MISSING
		                                                                     : PIC_PAINT_PILL;
	case PIC_OUTPUT:
		g = oray_model_graph(plan->model, item->id);
		return g->outputs[item->index] == ORAY_NONE ? PIC_PAINT_MISSING : PIC_PAINT_PILL;
	case PIC_MODULE:
		return PIC_PAINT_MODULE;
	case PIC_GONE:
		return look->gone ? paint_of(look->gone, &plan->gone->plan.items.at[item->id])
		                  : PIC_PAINT_STUB;
	case PIC_CAPTURE:
		return PIC_PAINT_PILL;
	case PIC_MORE:
		break;
	}
	return PIC_PAINT_STUB;
}

pic_paint pic_paint_of(const picture *pic, uint32_t item)
{
	return (pic_paint)pic->paint[item];
}

bool pic_is_dashed(const picture *pic, uint32_t item)
{
	pic_paint p = pic_paint_of(pic, item);
	return pic->plan.items.at[item].kind == PIC_CAPTURE || p == PIC_PAINT_STUB ||
	       p == PIC_PAINT_MISSING || p == PIC_PAINT_STATE + (unsigned)THEME_REMOVED;
}

/* ------------------------------------------------------------------------- asked-for paints -- */

/* An item that the user's colours are for: a box of the model that is drawn. */
static bool is_painted(const picture *pic, uint32_t item)
{
	const pic_item *x = &pic->plan.items.at[item];
	return x->kind == PIC_NODE && pic->plan.fate[x->id] == PIC_BOX;
}

static theme_type type_class(int32_t element)
{
	static const unsigned char of[ORAY_N_TYPES] = {
	    [ORAY_FLOAT32] = THEME_TYPE_FLOAT32,     [ORAY_FLOAT64] = THEME_TYPE_FLOAT64,
	    [ORAY_FLOAT16] = THEME_TYPE_FLOAT16,     [ORAY_BFLOAT16] = THEME_TYPE_FLOAT16,
	    [ORAY_FLOAT8E4M3FN] = THEME_TYPE_FLOAT8, [ORAY_FLOAT8E4M3FNUZ] = THEME_TYPE_FLOAT8,
	    [ORAY_FLOAT8E5M2] = THEME_TYPE_FLOAT8,   [ORAY_FLOAT8E5M2FNUZ] = THEME_TYPE_FLOAT8,
	    [ORAY_FLOAT8E8M0] = THEME_TYPE_FLOAT8,   [ORAY_FLOAT4E2M1] = THEME_TYPE_FLOAT8,
	    [ORAY_INT64] = THEME_TYPE_INT64,         [ORAY_UINT64] = THEME_TYPE_INT64,
	    [ORAY_INT32] = THEME_TYPE_INT32,         [ORAY_UINT32] = THEME_TYPE_INT32,
	    [ORAY_INT16] = THEME_TYPE_INT32,         [ORAY_UINT16] = THEME_TYPE_INT32,
	    [ORAY_INT8] = THEME_TYPE_INT8,           [ORAY_UINT8] = THEME_TYPE_INT8,
	    [ORAY_INT4] = THEME_TYPE_INT8,           [ORAY_UINT4] = THEME_TYPE_INT8,
	    [ORAY_INT2] = THEME_TYPE_INT8,           [ORAY_UINT2] = THEME_TYPE_INT8,
	    [ORAY_BOOL] = THEME_TYPE_BOOL,           [ORAY_STRING] = THEME_TYPE_OTHER,
	    [ORAY_COMPLEX64] = THEME_TYPE_OTHER,     [ORAY_COMPLEX128] = THEME_TYPE_OTHER,
	};
	return element >= 0 && element < ORAY_N_TYPES ? (theme_type)of[element] : THEME_TYPE_OTHER;
}

static pic_paint paint_by_category(pic_look *look, const oray_node *n)
{
	return PIC_PAINT_CATEGORY +
	       (unsigned)pic_known_op(&look->known, look->plan->model, n)->category;
}

static pic_paint paint_by_type(pic_look *look, const oray_node *n)
{
	const oray_model *model = look->plan->model;
	for (size_t i = 0; i < n->n_outputs; i++)
		if (n->outputs[i] != ORAY_NONE)
			return PIC_PAINT_TYPE +
			       (unsigned)type_class(known_type_of(model, n->outputs[i]).element);
	return PIC_PAINT_TYPE + (unsigned)THEME_TYPE_UNKNOWN;
}

static void repaint(picture *pic, pic_paint (*paint)(pic_look *, const oray_node *))
{
	oray_node n;
	for (uint32_t i = 0; i < pic->plan.items.n; i++)
		if (is_painted(pic, i) && oray_model_node(pic->plan.model, pic->plan.items.at[i].id, &n))
			pic->paint[i] = (unsigned char)paint(&pic->look, &n);
}

/* ------------------------------------------------------------------------------- numbers -- */

/* What costs nothing by its nature costs zero; what an operator does that nobody knows is unknown,
 * and so is everything while nothing was inferred. */
static oray_status find_macs(const oray_model *model, bool all, double *values, oray_error *err)
{
	size_t n_nodes = oray_model_describe(model)->n_nodes;
	(void)all;
	(void)err;
	for (size_t i = 0; i < n_nodes && oray_model_is_inferred(model); i++) {
		oray_amount cost;
		oray_node n;
		if (oray_node_cost(model, (oray_id)i, &cost))
			values[i] = cost.exact ? oray_amount_at(model, cost, SYMBOLS) : (double)NAN;
		else if (oray_model_node(model, (oray_id)i, &n) && node_category(model, &n) != OPS_CUSTOM)
			values[i] = 0;
	}
	return ORAY_OK;
}

/* True where some cost depends on symbols, so that the numbers of the legend hold for SYMBOLS only.
 */
static bool has_symbols(const oray_model *model)
{
	oray_amount cost;
	for (size_t i = 0; i < oray_model_describe(model)->n_nodes; i++)
		if (oray_node_cost(model, (oray_id)i, &cost) && cost.formula)
			return true;
	return false;
}

static oray_status find_parameters(const oray_model *model, bool all, double *values,
                                   oray_error *err)
{
	oray_layers *layers;
	oray_layer_options options = {.all = all};
	oray_status status = oray_list_layers(model, &options, &layers, err);
	if (status != ORAY_OK)
		return status;
	for (size_t i = 0; i < layers->n; i++)
		values[layers->rows[i].node] = (double)layers->rows[i].parameters;
	oray_layers_free(layers);
	return ORAY_OK;
}

/* Steps by numbers, and a legend that says what they are. */
static oray_status paint_numbers(picture *pic, const double *values, const char *word, bool sizes)
{
	pic_scale scale;
	pic_scale_begin(&scale);
	for (uint32_t i = 0; i < pic->plan.items.n; i++)
		if (is_painted(pic, i))
			pic_scale_add(&scale, values[pic->plan.items.at[i].id]);
	pic_scale_end(&scale, sizes);
	for (uint32_t i = 0; i < pic->plan.items.n; i++)
		if (is_painted(pic, i))
			pic->paint[i] =
			    (unsigned char)(PIC_PAINT_SCALE +
			                    pic_scale_step(&scale, values[pic->plan.items.at[i].id]));
	pic_legend_scale(pic, &scale, word);
	return ORAY_OK;
}

static oray_status paint_found(picture *pic, const oray_drawing *drawing, oray_error *err)
{
	const oray_model *model = pic->plan.model;
	bool macs = strcmp(drawing->color_by, "macs") == 0;
	bool sqnr = strcmp(drawing->color_by, "sqnr") == 0;
	size_t n = pic->plan.info->n_nodes;
	double *values = heap_get((n + 1) * sizeof *values);
	oray_status status = values ? ORAY_OK : error_memory(err);
	for (size_t i = 0; values && i < n; i++)
		values[i] = sqnr ? pic_mark_sqnr(&pic->plan, (oray_id)i) : (double)NAN;
	if (status == ORAY_OK && !sqnr)
		status = (macs ? find_macs : find_parameters)(model, drawing->all, values, err);
	const char *word = sqnr ? "dB of SQNR" : "parameters";
	if (macs)
		word = has_symbols(model) ? "MACs, 128 for every symbol" : "MACs";
	if (status == ORAY_OK)
		status = paint_numbers(pic, values, word, !sqnr);
	heap_free(values);
	return status;
}

oray_status pic_paint_all(picture *pic, const oray_drawing *drawing, oray_error *err)
{
	const char *by = drawing->color_by;
	oray_status status = ORAY_OK;
	pic->paint = heap_get(pic->plan.items.n + 1);
	if (!pic->paint)
		return error_memory(err);
	for (size_t i = 0; i < pic->plan.items.n; i++)
		pic->paint[i] = (unsigned char)paint_of(&pic->look, &pic->plan.items.at[i]);
	if (!by && pic->plan.marks && pic->plan.marks->state)
		pic_legend_states(pic);
	if (!by)
		return pic->labels.failed || pic->failed ? error_memory(err) : ORAY_OK;
	if (drawing->values) {
		status = paint_numbers(pic, drawing->values, by, false);
	} else if (strcmp(by, "category") == 0) {
		repaint(pic, paint_by_category);
		pic_legend_counts(pic, "");
	} else if (strcmp(by, "type") == 0) {
		repaint(pic, paint_by_type);
		pic_legend_counts(pic, "first output:");
	} else if (strcmp(by, "sqnr") == 0 && !drawing->difference) {
		return error_set(err, ORAY_ERR_USAGE, ORAY_NO_OFFSET, NULL,
		                 "colours by sqnr need a difference");
	} else if (strcmp(by, "macs") == 0 || strcmp(by, "params") == 0 || strcmp(by, "sqnr") == 0) {
		status = paint_found(pic, drawing, err);
	} else {
		return error_set(err, ORAY_ERR_USAGE, ORAY_NO_OFFSET, NULL,
		                 "no colours by \"%s\"; there are category, type, macs, params, sqnr", by);
	}
	if (status == ORAY_OK && (pic->labels.failed || pic->failed))
		status = error_memory(err);
	return status;
}

/* -------------------------------------------------------------------------------- colours -- */

bool pic_is_quantized(const picture *pic, uint32_t item)
{
	const pic_item *x = &pic->plan.items.at[item];
	return x->kind == PIC_NODE && pic->plan.fate[x->id] == PIC_BOX &&
	       pic_mark_quantized(&pic->plan, x->id);
}

theme_paint pic_paint_ink(const theme *t, unsigned paint)
{
	if (paint >= PIC_PAINT_TYPE)
		return t->type[paint - PIC_PAINT_TYPE];
	if (paint >= PIC_PAINT_SCALE)
		return t->scale[paint - PIC_PAINT_SCALE];
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
	static const char *const types[THEME_N_TYPES] = {
	    [THEME_TYPE_UNKNOWN] = "type-unknown", [THEME_TYPE_FLOAT32] = "type-float32",
	    [THEME_TYPE_FLOAT64] = "type-float64", [THEME_TYPE_FLOAT16] = "type-float16",
	    [THEME_TYPE_FLOAT8] = "type-float8",   [THEME_TYPE_INT64] = "type-int64",
	    [THEME_TYPE_INT32] = "type-int32",     [THEME_TYPE_INT8] = "type-int8",
	    [THEME_TYPE_BOOL] = "type-bool",       [THEME_TYPE_OTHER] = "type-other",
	};
	if (paint >= PIC_PAINT_TYPE)
		return types[paint - PIC_PAINT_TYPE];
	if (paint >= PIC_PAINT_SCALE)
		return scale[paint - PIC_PAINT_SCALE];
	if (paint >= PIC_PAINT_STATE)
		return pic_mark_class((theme_state)(paint - PIC_PAINT_STATE));
	if (paint >= PIC_PAINT_CATEGORY)
		return ops_category_name((ops_category)(paint - PIC_PAINT_CATEGORY));
	return names[paint];
}
