/* SPDX-License-Identifier: Apache-2.0 */
/*
 * role_reading.c - the operator table, read with the eyes of the search for roles.
 *
 * Most of what is to be known stands in the roles of the table. The table here adds what operators
 * do to what flows through them: which ones only change the guise of a value, which ones calculate.
 */
#include "analyze/role_reading.h"

#include <stdlib.h>
#include <string.h>

enum { IMPORTS = 256 };

typedef struct named_kind {
	const char *name;
	reading_kind kind;
} named_kind;

/* Sorted as bytes. The names mean the same in every domain that has them. */
static const named_kind kinds[] = {
    {"Add", READ_SUM},
    {"BFPFixNeuron", READ_PASS},
    {"BFPQuantizeDequantize", READ_PASS},
    {"Bernoulli", READ_RANDOM},
    {"BipolarQuant", READ_PASS},
    {"BitCast", READ_PASS},
    {"Cast", READ_PASS},
    {"CastLike", READ_PASS},
    {"Ceil", READ_STEER},
    {"Concat", READ_JOIN},
    {"ConcatTraining", READ_STEER},
    {"Constant", READ_CONSTANT},
    {"ConstantOfShape", READ_GENERATE},
    {"DequantizeLinear", READ_PASS},
    {"DequantizeWithOrder", READ_PASS},
    {"Div", READ_QUOTIENT},
    {"Dropout", READ_PASS},
    {"Equal", READ_STEER},
    {"Expand", READ_PASS},
    {"ExpandDims", READ_PASS},
    {"ExtendedDequantizeLinear", READ_PASS},
    {"ExtendedQuantizeLinear", READ_PASS},
    {"FixNeuron", READ_PASS},
    {"Flatten", READ_PASS},
    {"FloatQuant", READ_PASS},
    {"Floor", READ_STEER},
    {"Gather", READ_STEER},
    {"Greater", READ_STEER},
    {"Identity", READ_PASS},
    {"If", READ_IF},
    {"IntQuant", READ_PASS},
    {"Less", READ_STEER},
    {"LogSoftmax", READ_SOFTMAX},
    {"Loop", READ_LOOP},
    {"MXFixNeuron", READ_PASS},
    {"MXQuantizeDequantize", READ_PASS},
    {"Max", READ_STEER},
    {"MemcpyFromHost", READ_PASS},
    {"MemcpyToHost", READ_PASS},
    {"Min", READ_STEER},
    {"Mod", READ_STEER},
    {"Mul", READ_PRODUCT},
    {"Multinomial", READ_RANDOM},
    {"Neg", READ_STEER},
    {"QLinearAdd", READ_SUM},
    {"QLinearMul", READ_PRODUCT},
    {"QLinearSoftmax", READ_SOFTMAX},
    {"Quant", READ_PASS},
    {"QuantizeLinear", READ_PASS},
    {"QuantizeWithOrder", READ_PASS},
    {"RandomNormal", READ_RANDOM},
    {"RandomNormalLike", READ_RANDOM},
    {"RandomUniform", READ_RANDOM},
    {"RandomUniformLike", READ_RANDOM},
    {"Range", READ_STEER},
    {"ReduceMax", READ_STEER},
    {"ReduceMin", READ_STEER},
    {"ReduceProd", READ_STEER},
    {"ReduceSum", READ_STEER},
    {"Reshape", READ_PASS},
    {"Scan", READ_SCAN},
    {"ScatterElements", READ_STEER},
    {"ScatterND", READ_STEER},
    {"SequenceMap", READ_MAP},
    {"Shape", READ_SHAPE_OF},
    {"Size", READ_SHAPE_OF},
    {"Slice", READ_PASS},
    {"Softmax", READ_SOFTMAX},
    {"Split", READ_SPLIT},
    {"SplitTraining", READ_SPLIT},
    {"Squeeze", READ_PASS},
    {"Sub", READ_SUM},
    {"Tile", READ_STEER},
    {"Transpose", READ_PASS},
    {"Trunc", READ_PASS},
    {"Unsqueeze", READ_PASS},
    {"VitisDequantizeLinear", READ_PASS},
    {"VitisQuantizeLinear", READ_PASS},
    {"Where", READ_STEER},
};

/* Inputs in which one stored element holds several. */
static const struct {
	const char *op;
	uint8_t input;
} packed[] = {
    {"GatherBlockQuantized", 0},
    {"MatMulBlockQuantizedFp4Weight", 1},
    {"MatMulBnb4", 1},
    {"MatMulNBits", 1},
    {"MatMulNBitsMlp", 3},
    {"MatMulNBitsMlp", 6},
    {"MatMulNBitsQkv", 3},
    {"MatMulNBitsQkv", 6},
    {"MatMulNBitsQkv", 9},
    {"QMoE", 2},
    {"QMoE", 5},
    {"QMoE", 8},
};

/* Pieces of names that make an unknown operator sound like a layer; lower case. */
static const struct {
	const char *piece;
	role_asks asks;
} hints[] = {
    {"norm", ASK_SCALE},     {"conv", ASK_HINT},  {"gemm", ASK_HINT}, {"matmul", ASK_HINT},
    {"linear", ASK_HINT},    {"dense", ASK_HINT}, {"lstm", ASK_HINT}, {"gru", ASK_HINT},
    {"attention", ASK_HINT}, {"embed", ASK_HINT},
};

static const uint8_t asks_of_role[OPS_N_ROLES] = {
    [OPS_WEIGHT] = ASK_WEIGHT,
    [OPS_BIAS] = ASK_BIAS,
    [OPS_NORM] = ASK_NORM,
    [OPS_NORM_STATISTIC] = ASK_STATISTIC,
    [OPS_EMBEDDING] = ASK_EMBEDDING,
    [OPS_SCALE] = ASK_QUANTIZATION,
    [OPS_ZERO_POINT] = ASK_QUANTIZATION,
    [OPS_SHAPE_CONSTANT] = ASK_SHAPE,
};

static const uint8_t origin_of_category[OPS_N_CATEGORIES] = {
    [OPS_LAYER] = FROM_LAYER,           [OPS_MATMUL] = FROM_MATMUL,
    [OPS_ATTENTION] = FROM_LAYER,       [OPS_ACTIVATION] = FROM_ARITHMETIC,
    [OPS_NORMALIZATION] = FROM_SCALING, [OPS_ARITHMETIC] = FROM_ARITHMETIC,
    [OPS_REDUCTION] = FROM_ELSEWHERE,   [OPS_LOGIC] = FROM_ELSEWHERE,
    [OPS_SHAPE] = FROM_ELSEWHERE,       [OPS_TENSOR] = FROM_ELSEWHERE,
    [OPS_CONSTANT] = FROM_ELSEWHERE,    [OPS_CLASSICAL] = FROM_ELSEWHERE,
    [OPS_TEXT] = FROM_ELSEWHERE,        [OPS_SIGNAL] = FROM_ELSEWHERE,
};

static bool is(oray_str s, const char *word)
{
	return s.size == strlen(word) && !memcmp(s.data, word, s.size);
}

static int compare_kind(const void *key, const void *entry)
{
	return strcmp(key, ((const named_kind *)entry)->name);
}

static reading_kind kind_of(const oray_node *node, const ops_row *row)
{
	const named_kind *found;

	if (node->function != ORAY_NONE)
		return READ_CALL;
	if (!row)
		return READ_PLAIN;
	found = bsearch(row->name, kinds, sizeof kinds / sizeof *kinds, sizeof *kinds, compare_kind);
	return found ? found->kind : READ_PLAIN;
}

static reading_origin origin_of(const oray_node *node, const ops_row *row)
{
	if (!row)
		return FROM_UNKNOWN;
	if (is(node->op, "MatMulInteger") || is(node->op, "ConvInteger"))
		return FROM_INTEGERS;
	if (is(node->op, "DynamicQuantizeLinear"))
		return FROM_DYNAMIC;
	return origin_of_category[row->category];
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* Most places are passed over by their first letter alone. */
bool reading_name_holds(oray_str name, const char *piece)
{
	size_t n = strlen(piece);
	const char first = piece[0];

	for (size_t i = 0; i + n <= name.size; i++) {
		size_t k = 1;
		if ((name.data[i] | ('a' - 'A')) != first)
			continue;
		while (k < n && lower(name.data[i + k]) == piece[k])
			k++;
		if (k == n && lower(name.data[i]) == first)
			return true;
	}
	return false;
}

/* The first input of an unknown operator is taken for its data. */
static void ask_by_name(reading *r, oray_str op)
{
	if (op.size > 64)
		op.size = 64;
	for (size_t i = 0; !r->hint && i < sizeof hints / sizeof *hints; i++)
		if (reading_name_holds(op, hints[i].piece))
			r->hint = hints[i].asks;
	r->asks_nothing = !r->hint;
}

static void ask_by_table(reading *r)
{
	ops_formal formal;

	r->asks_nothing = true;
	for (size_t i = 0; i < READING_FORMALS && ops_input(r->row, i, &formal); i++)
		r->asks[i] = asks_of_role[formal.role];
	for (size_t i = 0; i < sizeof packed / sizeof *packed; i++)
		if (!strcmp(packed[i].op, r->row->name))
			r->asks[packed[i].input] |= READING_PACKED;
	for (size_t i = 0; i < READING_FORMALS; i++)
		r->asks_nothing &= !r->asks[i];
}

role_asks reading_asks(const reading *r, size_t index)
{
	ops_formal formal;

	if (r->hint)
		return index ? r->hint : 0;
	if (index < READING_FORMALS)
		return (r->asks[index] & ASK_FORMAL) | (r->asks[index] & READING_PACKED ? ASK_PACKED : 0);
	if (r->asks_nothing || !r->row || !ops_input(r->row, index, &formal))
		return 0;
	return asks_of_role[formal.role];
}

static bool same_domain(oray_str a, oray_str b)
{
	static const oray_str standard = {"ai.onnx", 7};

	if (!a.size)
		a = standard;
	if (!b.size)
		b = standard;
	return a.size == b.size && !memcmp(a.data, b.data, a.size);
}

/* Real models import a dozen sets; the bound keeps a made-up one from costing time. */
static int64_t version_in(const oray_opset *sets, size_t n, oray_str domain)
{
	for (size_t i = 0; i < n && i < IMPORTS; i++)
		if (same_domain(sets[i].domain, domain))
			return sets[i].version;
	return 0;
}

static int64_t version_of(const oray_model *model, oray_str domain, oray_id context)
{
	const oray_model_info *info = oray_model_describe(model);
	const oray_function *f = context == ORAY_NONE ? NULL : oray_model_function(model, context);
	int64_t version = f ? version_in(f->opsets, f->n_opsets, domain) : 0;

	return version ? version : version_in(info->opsets, info->n_opsets, domain);
}

static void fill(reading *r, const oray_node *node, int64_t opset)
{
	uint64_t count = r->count;
	oray_id example = r->example;
	const ops_row *row = NULL;

	if (node->function == ORAY_NONE)
		row = ops_find(node->domain.data, node->domain.size, node->op.data, node->op.size, opset);
	*r = (reading){.row = row, .opset = opset, .known = true, .count = count};
	r->example = count ? example : ORAY_NONE;
	r->kind = (uint8_t)kind_of(node, row);
	r->origin = (uint8_t)origin_of(node, row);
	r->category = row ? row->category : OPS_CUSTOM;
	if (node->function != ORAY_NONE)
		r->category = OPS_FUNCTION;
	r->folds =
	    row && r->kind < READ_RANDOM && r->category != OPS_CONTROL && r->category != OPS_TRAINING;
	r->quantizes =
	    row && (strstr(row->name, "QuantizeLinear") || strstr(row->name, "QuantizeWithOrder"));
	r->dequantizes = row && strstr(row->name, "Dequantize") && r->kind == READ_PASS &&
	                 !strstr(row->name, "QuantizeDequantize");
	r->rounds = row && row->category == OPS_QUANTIZATION && reading_passes(r) && !r->dequantizes;
	r->triples = row && !strncmp(row->name, "QLinear", 7);
	r->counts_macs = reading_counts_macs(row);
	if (row)
		ask_by_table(r);
	else if (node->function == ORAY_NONE)
		ask_by_name(r, node->op);
	else
		r->asks_nothing = true;
}

static bool make_room(readings *all, size_t op_type)
{
	size_t wanted = all->capacity ? all->capacity : 64;
	reading *at;

	while (wanted <= op_type)
		wanted *= 2;
	if (wanted != all->capacity) {
		at = mem_resize(NULL, all->at, all->capacity * sizeof *at, wanted * sizeof *at);
		if (!at)
			return false;
		all->at = at;
		all->capacity = wanted;
	}
	memset(all->at + all->n, 0, (op_type + 1 - all->n) * sizeof *all->at);
	all->n = op_type + 1;
	return true;
}

reading *reading_make(readings *all, const oray_node *node, oray_id context)
{
	reading *r;

	if (node->op_type >= all->n && !make_room(all, node->op_type))
		return NULL;
	r = &all->at[node->op_type];
	if (!r->known || r->context != context) {
		int64_t opset = version_of(all->model, node->domain, context);
		if (!r->known || r->opset != opset)
			fill(r, node, opset);
		r->context = context;
	}
	return r;
}

void readings_free(readings *all)
{
	mem_free(NULL, all->at, all->capacity * sizeof *all->at);
	*all = (readings){0};
}

bool reading_counts_macs(const ops_row *row)
{
	/* Of the families that multiply, these do something else. */
	static const char *const others[] = {
	    "CDist",
	    "GatedRelativePositionBias",
	    "GemmaRotaryEmbedding",
	    "Inverse",
	    "MRotaryEmbedding",
	    "RelativePositionBias",
	    "RemovePadding",
	    "RestorePadding",
	    "RotaryEmbedding",
	};

	if (!row || (row->category != OPS_LAYER && row->category != OPS_MATMUL &&
	             row->category != OPS_ATTENTION))
		return false;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (!strcmp(row->name, others[i]))
			return false;
	return true;
}
