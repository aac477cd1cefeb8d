/* SPDX-License-Identifier: Apache-2.0 */
/*
 * count.c - what a node costs besides its multiply-accumulates, in the words of different tools.
 *
 *     macs          multiply-accumulates, nothing else (cost.c)
 *     flops         two for each, and what is in the table below: floating point arithmetic only
 *     torchvision   what torchvision prints with its weights: multiply-accumulates
 *     fvcore        fvcore.nn.FlopCountAnalysis, timm: "flops", each a multiply-accumulate
 *     thop          thop.profile: modules, so products of two activations are not seen
 *     onnx-tool     onnx_tool.model_profile: "MACs", by estimates of x86 instructions
 *
 * The other tools look at other things than ONNX nodes, or at nodes that fusion left apart; where a
 * tool counts a layer that exporters write as one operator, that operator has its price. Read from
 * fvcore/nn/flop_count.py and jit_handles.py, thop/vision/calc_func.py and rnn_hooks.py,
 * onnx_tool/node.py.
 *
 * A price is made of counts for each element of the output, of the first input, and so on.
 * Operators that are not listed cost nothing more, except that "flops" takes 1 for each element an
 * activation or arithmetic operator puts out, 5 for that of a normalization, and 1 for each one a
 * reduction takes in.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "infer/count.h"
#include "rules/recurrent.h"

typedef struct count_price {
	int16_t out;  /**< for each element of output 0 */
	int16_t in;   /**< for each element of input 0 */
	int16_t area; /**< for each element of output 0 and element of the kernel */
	int16_t row;  /**< for each slice along attribute axis of input 0 */
	int16_t more; /**< for each element of output 0 and each input after the first */
	int16_t size; /**< for each element of output 0, times the attribute size */
} count_price;

enum { TOOL_FLOPS, TOOL_FVCORE, TOOL_THOP, TOOL_ONNX_TOOL, N_TOOLS };

typedef struct count_row {
	const char *name;
	count_price price[N_TOOLS];
} count_row;

/* clang-format off */
#define NO      {0}
#define OUT(n)  {.out = (n)}
#define IN(n)   {.in = (n)}
#define AREA(n) {.area = (n)}
#define MORE(n) {.more = (n)}

/* Sorted by name. Resize and Upsample are looked up with their mode. */
static const count_row prices[] = {
	/*                             flops    fvcore  thop     onnx-tool */
	{"Abs",                       {OUT(1),  NO,     NO,      OUT(1)}},
	{"Add",                       {OUT(1),  NO,     NO,      OUT(1)}},
	{"And",                       {NO,      NO,     NO,      OUT(1)}},
	{"Atan",                      {OUT(1),  NO,     NO,      OUT(64)}},
	{"AveragePool",               {AREA(1), NO,     OUT(1),  AREA(1)}},
	{"BatchNormalization",        {OUT(2),  OUT(2), OUT(4),  OUT(31)}},
	{"Ceil",                      {OUT(1),  NO,     NO,      OUT(1)}},
	{"Clip",                      {OUT(1),  NO,     NO,      OUT(2)}},
	{"Cos",                       {OUT(1),  NO,     NO,      OUT(39)}},
	{"CumSum",                    {OUT(1),  NO,     NO,      OUT(1)}},
	{"DequantizeLinear",          {OUT(2),  NO,     NO,      OUT(2)}},
	{"Div",                       {OUT(1),  NO,     NO,      OUT(4)}},
	{"Dropout",                   {NO,      NO,     NO,      NO}},
	{"DynamicQuantizeLinear",     {OUT(2),  NO,     NO,      NO}},
	{"Equal",                     {NO,      NO,     NO,      OUT(1)}},
	{"Exp",                       {OUT(1),  NO,     NO,      OUT(32)}},
	{"Floor",                     {OUT(1),  NO,     NO,      OUT(1)}},
	{"Gelu",                      {OUT(1),  NO,     NO,      OUT(34)}},
	{"GlobalAveragePool",         {IN(1),   IN(1),  {.in = 1, .out = 1}, {.in = 1, .out = 4}}},
	{"GlobalLpPool",              {IN(2),   NO,     NO,      NO}},
	{"GlobalMaxPool",             {IN(1),   NO,     NO,      NO}},
	{"Greater",                   {NO,      NO,     NO,      OUT(1)}},
	{"GridSample",                {OUT(4),  OUT(4), NO,      NO}},
	{"GroupNormalization",        {OUT(5),  OUT(5), NO,      NO}},
	{"HardSigmoid",               {OUT(1),  NO,     NO,      OUT(4)}},
	{"HardSwish",                 {OUT(1),  NO,     NO,      OUT(5)}},
	{"Hardmax",                   {OUT(1),  NO,     NO,      OUT(1)}},
	{"ImageScaler",               {OUT(2),  NO,     NO,      OUT(2)}},
	{"InstanceNormalization",     {OUT(5),  OUT(5), OUT(4),  OUT(7)}},
	{"LRN",                       {{.out = 3, .size = 1}, NO, NO, {.out = 37, .size = 1}}},
	{"LayerNormalization",        {OUT(5),  OUT(5), OUT(4),  {.in = 7, .row = 29}}},
	{"LeakyRelu",                 {OUT(1),  NO,     NO,      OUT(2)}},
	{"Less",                      {NO,      NO,     NO,      OUT(1)}},
	{"LessOrEqual",               {NO,      NO,     NO,      OUT(1)}},
	{"Log",                       {OUT(1),  NO,     NO,      OUT(43)}},
	{"LpPool",                    {AREA(2), NO,     NO,      NO}},
	{"Max",                       {MORE(1), NO,     NO,      OUT(1)}},
	{"MaxPool",                   {AREA(1), NO,     NO,      AREA(1)}},
	{"Mean",                      {{.out = 1, .more = 1}, NO, NO, NO}},
	{"Min",                       {MORE(1), NO,     NO,      OUT(1)}},
	{"Mod",                       {OUT(1),  NO,     NO,      OUT(1)}},
	{"Mul",                       {OUT(1),  NO,     NO,      OUT(1)}},
	{"Neg",                       {OUT(1),  NO,     NO,      OUT(1)}},
	{"NonZero",                   {NO,      NO,     NO,      OUT(1)}},
	{"Not",                       {NO,      NO,     NO,      OUT(1)}},
	{"PRelu",                     {OUT(1),  NO,     OUT(1),  OUT(2)}},
	{"Pow",                       {OUT(1),  NO,     NO,      OUT(32)}},
	{"QuantizeLinear",            {OUT(2),  NO,     NO,      OUT(2)}},
	{"RMSNormalization",          {OUT(4),  NO,     NO,      NO}},
	{"Reciprocal",                {OUT(1),  NO,     NO,      OUT(4)}},
	{"ReduceL2",                  {IN(2),   NO,     NO,      IN(25)}},
	{"ReduceMax",                 {IN(1),   NO,     NO,      IN(1)}},
	{"ReduceMean",                {IN(1),   NO,     NO,      IN(1)}},
	{"ReduceMin",                 {IN(1),   NO,     NO,      IN(1)}},
	{"ReduceProd",                {IN(1),   NO,     NO,      IN(1)}},
	{"ReduceSum",                 {IN(1),   NO,     NO,      IN(1)}},
	{"ReduceSumSquare",           {IN(2),   NO,     NO,      NO}},
	{"Relu",                      {OUT(1),  NO,     NO,      OUT(1)}},
	{"Resize cubic",              {OUT(8),  NO,     OUT(259), OUT(8)}},
	{"Resize linear",             {OUT(4),  OUT(4), OUT(11), OUT(4)}},
	{"Resize nearest",            {NO,      OUT(1), NO,      NO}},
	{"Sigmoid",                   {OUT(1),  NO,     NO,      OUT(32)}},
	{"Sign",                      {OUT(1),  NO,     NO,      OUT(1)}},
	{"SimplifiedLayerNormalization", {OUT(4), NO,   NO,      NO}},
	{"Sin",                       {OUT(1),  NO,     NO,      OUT(39)}},
	{"Softmax",                   {OUT(3),  NO,     {.out = 3, .row = -1}, OUT(36)}},
	{"Sqrt",                      {OUT(1),  NO,     NO,      OUT(24)}},
	{"Sub",                       {OUT(1),  NO,     NO,      OUT(1)}},
	{"Sum",                       {MORE(1), NO,     NO,      MORE(1)}},
	{"Tanh",                      {OUT(1),  NO,     NO,      OUT(76)}},
};
/* clang-format on */

/** Prices of "flops" by category, for what is not listed. */
static const count_price by_category[OPS_N_CATEGORIES] = {
    [OPS_ACTIVATION] = OUT(1),
    [OPS_ARITHMETIC] = OUT(1),
    [OPS_NORMALIZATION] = OUT(5),
    [OPS_REDUCTION] = IN(1),
};

static int compare_name(const void *key, const void *row)
{
	return strcmp(key, ((const count_row *)row)->name);
}

/** Resize and Upsample by their mode: "Resize linear"; others as they are called. */
static const char *name_to_find(call *c, char *room, size_t size)
{
	const char *name = c->row->name;
	if (strcmp(name, "Resize") && strcmp(name, "Upsample"))
		return name;
	bool linear = call_str_is(c, "mode", "nearest", "linear") ||
	              call_str_is(c, "mode", "nearest", "bilinear");
	bool cubic = call_str_is(c, "mode", "nearest", "cubic");
	snprintf(room, size, "Resize %s", linear ? "linear" : cubic ? "cubic" : "nearest");
	return room;
}

static count_price price_of(call *c, int tool)
{
	char room[32];
	const char *name = name_to_find(c, room, sizeof room);
	const count_row *row =
	    bsearch(name, prices, sizeof prices / sizeof *prices, sizeof *prices, compare_name);
	if (row)
		return row->price[tool];
	return tool == TOOL_FLOPS ? by_category[c->row->category] : (count_price)NO;
}

/* ------------------------------------------------------------------------------- elements -- */

static dim elements(call *c, const infer_type *t)
{
	return t->ranked ? dim_product(c->d, t->at, t->n) : DIM_LOST;
}

static dim kernel_area(call *c)
{
	int64_t k[RANK_MOST];
	size_t n = 0;
	dim area = DIM(1);
	if (call_numbers(c, -1, "kernel_shape", k, RANK_MOST, &n) != LIST_KNOWN)
		return DIM_LOST;
	for (size_t i = 0; i < n; i++)
		area = dim_mul(c->d, area, dim_number(c->d, k[i]));
	return area;
}

/** Elements of the input without the one axis. */
static dim slices(call *c, const infer_type *x)
{
	int64_t axis = call_int(c, "axis", -1);
	if (!x->ranked)
		return DIM_LOST;
	if (axis < 0)
		axis += x->n;
	dim out = DIM(1);
	for (uint32_t i = 0; i < x->n; i++)
		if (i != axis)
			out = dim_mul(c->d, out, x->at[i]);
	return out;
}

static dim plus(call *c, dim total, int64_t price, dim times)
{
	return price ? dim_add(c->d, total, dim_mul(c->d, dim_number(c->d, price), times)) : total;
}

static dim cost_at_price(call *c, count_price p)
{
	infer_type x = call_in(c, 0);
	infer_type y = call_said(c, 0);
	dim out = elements(c, &y);
	int64_t others = c->n_in > 1 ? (int64_t)(c->n_in - 1) : 0;
	dim total = plus(c, DIM(0), p.out, out);
	total = plus(c, total, p.more * others, out);
	total = plus(c, total, p.in, elements(c, &x));
	if (p.size)
		total =
		    plus(c, total, p.size, dim_mul(c->d, dim_number(c->d, call_int(c, "size", 1)), out));
	if (p.area)
		total = plus(c, total, p.area, dim_mul(c->d, kernel_area(c), out));
	return p.row ? plus(c, total, p.row, slices(c, &x)) : total;
}

/* ----------------------------------------------------------------------------- exceptions -- */

static bool is_called(const call *c, const char *name)
{
	return !strcmp(c->row->name, name);
}

static bool is_recurrent(const call *c)
{
	return is_called(c, "RNN") || is_called(c, "GRU") || is_called(c, "LSTM");
}

/** One for each element of the output where a bias is added. */
static dim cost_of_bias(call *c)
{
	ops_formal formal;
	for (size_t i = 0; i < c->n_in; i++) {
		if (!call_has(c, i) || !ops_input(c->row, i, &formal) || formal.role != OPS_BIAS)
			continue;
		infer_type y = call_said(c, 0);
		return elements(c, &y);
	}
	return DIM(0);
}

/**
 * Gates: each one activation, and two biases if there are any; and with GRU and LSTM four products
 * and sums that make the new state. thop/rnn_hooks.py; "flops" does the same.
 */
static dim cost_of_gates(call *c)
{
	recurrent r;
	recurrent_read(c, true, &r);
	int64_t each = r.gates * (call_has(c, 3) ? 3 : 1) + (r.gates > 1 ? 4 : 0);
	dim factors[] = {dim_number(c->d, each), r.directions, r.sequence, r.batch, r.hidden};
	return dim_product(c->d, factors, sizeof factors / sizeof *factors);
}

/** onnx-tool takes one step for the whole sequence: (|W| + |R| + |B|) * batch; RNN is unknown. */
static dim onnx_tool_recurrent(call *c)
{
	recurrent r;
	dim total = DIM(0);
	if (is_called(c, "RNN"))
		return DIM(0);
	recurrent_read(c, true, &r);
	for (size_t i = 1; i <= 3; i++) {
		infer_type t = call_in(c, i);
		if (call_has(c, i))
			total = dim_add(c->d, total, elements(c, &t));
	}
	return dim_mul(c->d, total, r.batch);
}

/** onnx-tool counts a transposed convolution at its output: |Y| * (M / group) * |kernel|. */
static dim onnx_tool_transpose(call *c)
{
	infer_type y = call_said(c, 0);
	infer_type w = call_in(c, 1);
	if (!w.ranked || w.n < 2)
		return DIM_LOST;
	return dim_mul(c->d, elements(c, &y), dim_product(c->d, w.at + 1, w.n - 1));
}

static bool same_text(oray_str s, const char *text)
{
	return s.size == strlen(text) && !memcmp(s.data, text, s.size);
}

/** True when an operand of a product is a parameter: a Linear module, as thop sees it. */
static bool is_parameter(const call *c, size_t input)
{
	static const char *const passing[] = {"Cast", "DequantizeLinear", "Identity", "Reshape",
	                                      "Transpose"};
	oray_id value = call_value_id(c, input);
	oray_value v;
	oray_node n;
	for (int step = 0; step < 4 && oray_model_value(c->model, value, &v); step++) {
		if (v.initializer != ORAY_NONE || v.sparse != ORAY_NONE)
			return true;
		if (!oray_model_node(c->model, v.producer, &n))
			return false;
		if (same_text(n.op, "Constant"))
			return true;
		bool passes = false;
		for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
			passes |= same_text(n.op, passing[i]);
		if (!passes || !n.n_inputs)
			return false;
		value = n.inputs[0];
	}
	return false;
}

static bool thop_sees(const call *c)
{
	if (is_called(c, "MatMul") || is_called(c, "MatMulInteger"))
		return is_parameter(c, 1) || is_parameter(c, 0);
	return !is_called(c, "Einsum") && !is_called(c, "Attention");
}

/** "flops" are of floats; integers that compute shapes, and quantized products, are in the price
 * of neither, except that the products count as the float ones they stand for. */
static bool is_of_floats(call *c)
{
	int32_t in = call_in(c, 0).element;
	int32_t out = call_said(c, 0).element;
	return !in || !out || type_is_float(in) || type_is_float(out);
}

static dim count_extras(call *c, int tool)
{
	if (is_recurrent(c))
		return tool == TOOL_FLOPS || tool == TOOL_THOP ? cost_of_gates(c) : DIM(0);
	if (c->row->category == OPS_LAYER || c->row->category == OPS_MATMUL)
		return tool == TOOL_FLOPS || tool == TOOL_ONNX_TOOL ? cost_of_bias(c) : DIM(0);
	if (tool == TOOL_FLOPS && !is_of_floats(c))
		return DIM(0);
	return cost_at_price(c, price_of(c, tool));
}

dim count_node(call *c, infer_count convention, infer_cost macs_rule)
{
	static const uint8_t tool_of[] = {[COUNT_FLOPS] = TOOL_FLOPS,
	                                  [COUNT_FVCORE] = TOOL_FVCORE,
	                                  [COUNT_THOP] = TOOL_THOP,
	                                  [COUNT_ONNX_TOOL] = TOOL_ONNX_TOOL};
	if (!c->row || convention == COUNT_MACS || convention == COUNT_TORCHVISION)
		return c->row && macs_rule ? macs_rule(c) : DIM(0);
	dim macs = DIM(0);
	if (convention == COUNT_ONNX_TOOL && is_recurrent(c))
		macs = onnx_tool_recurrent(c);
	else if (convention == COUNT_ONNX_TOOL && is_called(c, "ConvTranspose"))
		macs = onnx_tool_transpose(c);
	else if (macs_rule && (convention != COUNT_THOP || thop_sees(c)))
		macs = macs_rule(c);
	if (convention == COUNT_FLOPS)
		macs = dim_mul(c->d, macs, DIM(2));
	return dim_add(c->d, macs, count_extras(c, tool_of[convention]));
}
