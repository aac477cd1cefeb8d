/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ops.c - questions to the operator table, and the three small parsers that read its notation.
 *
 * A lookup is one binary search: find where a row of (domain, name, opset) would be inserted after
 * its equals; the row before that place is the answer, if it is of the same operator at all.
 */
#include "ops/ops.h"

#include <string.h>

#include "ops/table.h"

/* A piece of a row's text; `at` is NULL where there is none. */
typedef struct text {
	const char *at;
	size_t size;
} text;

static int compare(const char *terminated, const char *s, size_t size)
{
	size_t length = strlen(terminated);
	size_t common = length < size ? length : size;
	int order = common ? memcmp(terminated, s, common) : 0;

	if (order)
		return order;
	return (length > size) - (length < size);
}

static bool equals(text t, const char *word)
{
	return t.size == strlen(word) && !memcmp(t.at, word, t.size);
}

/* Length of the run that holds none of `stops`; the end of the text always stops. */
static size_t run(text t, const char *stops)
{
	size_t n = 0;

	while (n < t.size && !strchr(stops, t.at[n]))
		n++;
	return n;
}

static text skip(text t, size_t n)
{
	t.at += n;
	t.size -= n;
	return t;
}

static bool next_is(text t, char c)
{
	return t.size && *t.at == c;
}

const ops_row *ops_find(const char *domain, size_t domain_size, const char *name, size_t name_size,
                        int64_t opset)
{
	size_t low = 0, high = ops_table_size;
	const ops_row *row;

	if (!domain_size) {
		domain = "ai.onnx";
		domain_size = strlen(domain);
	}
	if (opset <= 0)
		opset = INT64_MAX;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order;

		row = &ops_table[middle];
		order = compare(row->domain, domain, domain_size);
		if (!order)
			order = compare(row->name, name, name_size);
		if (order < 0 || (!order && row->since <= opset))
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return NULL;
	row = &ops_table[low - 1];
	if (compare(row->name, name, name_size) || compare(row->domain, domain, domain_size))
		return NULL;
	return row;
}

bool ops_knows_domain(const char *domain, size_t domain_size)
{
	static const char *const known[] = {
	    "ai.onnx",          "ai.onnx.ml",    "ai.onnx.preview",     "ai.onnx.preview.training",
	    "ai.onnx.training", "com.microsoft", "com.microsoft.nchwc", "com.ms.internal.nhwc",
	};

	if (!domain_size)
		return true;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!compare(known[i], domain, domain_size))
			return true;
	return false;
}

const ops_row *ops_rows(size_t *n)
{
	*n = ops_table_size;
	return ops_table;
}

/* `roles` is "weight", or "data,scale,zero": then they take turns. */
static ops_role role_in_turn(text roles, size_t turn)
{
	static const struct {
		char word[8];
		ops_role role;
	} words[] = {
	    {"weight", OPS_WEIGHT},   {"bias", OPS_BIAS},
	    {"norm", OPS_NORM},       {"stat", OPS_NORM_STATISTIC},
	    {"embed", OPS_EMBEDDING}, {"scale", OPS_SCALE},
	    {"zero", OPS_ZERO_POINT}, {"shape", OPS_SHAPE_CONSTANT},
	};
	size_t n_roles = 1;
	text word;

	for (size_t i = 0; i < roles.size; i++)
		n_roles += roles.at[i] == ',';
	for (turn %= n_roles; turn; turn--)
		roles = skip(roles, run(roles, ",") + 1);
	word = (text){roles.at, run(roles, ",")};
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (equals(word, words[i].word))
			return words[i].role;
	return OPS_DATA;
}

/* The formal that actual tensor `index` belongs to, of a list that needs at least `least` tensors.
 */
static bool formal_at(const char *formals, size_t index, size_t least, ops_formal *out)
{
	text rest = {formals, strlen(formals)};

	for (size_t i = 0; rest.size; i++) {
		text word = {rest.at, run(rest, " ")};
		size_t length = run(word, "?*:");
		bool variadic, optional;

		rest = skip(rest, word.size + next_is(skip(rest, word.size), ' '));
		out->name = word.at;
		out->name_size = length;
		word = skip(word, length);
		variadic = next_is(word, '*');
		optional = next_is(word, '?') || (variadic && i >= least);
		if (i != index && !variadic)
			continue;
		word = skip(word, variadic || next_is(word, '?'));
		out->role = next_is(word, ':') ? role_in_turn(skip(word, 1), index - i) : OPS_DATA;
		out->variadic = variadic;
		out->optional = optional;
		return true;
	}
	return false;
}

bool ops_input(const ops_row *row, size_t index, ops_formal *out)
{
	return formal_at(row->inputs, index, row->min_inputs, out);
}

bool ops_output(const ops_row *row, size_t index, ops_formal *out)
{
	return formal_at(row->outputs, index, row->min_outputs, out);
}

static ops_attr_type type_of(char letter)
{
	/* in the order of AttributeProto.AttributeType */
	static const char letters[] = "?fistgFISTGpPyY";
	const char *found = letter ? strchr(letters, letter) : NULL;

	return found ? (ops_attr_type)(found - letters) : OPS_ATTR_UNDEFINED;
}

/* Reads one attribute from the front of `rest` and moves behind it; false at the end. */
static bool next_attribute(text *rest, ops_attr *out)
{
	text t = *rest;
	size_t length = run(t, ":");

	if (!t.size)
		return false;
	*out = (ops_attr){.name = t.at, .name_size = length};
	t = skip(t, length + next_is(skip(t, length), ':'));
	if (t.size) {
		out->type = type_of(*t.at);
		t = skip(t, 1);
	}
	if (next_is(t, '!')) {
		out->required = true;
		t = skip(t, 1);
	}
	if (next_is(t, '=')) {
		bool quoted;

		t = skip(t, 1);
		quoted = next_is(t, '\'');
		t = skip(t, quoted);
		out->value = t.at;
		out->value_size = run(t, quoted ? "'" : " ");
		t = skip(t, out->value_size);
		t = skip(t, quoted && t.size);
	}
	*rest = skip(t, next_is(t, ' '));
	return true;
}

bool ops_attribute(const ops_row *row, size_t index, ops_attr *out)
{
	text rest = {row->attributes, strlen(row->attributes)};

	while (next_attribute(&rest, out))
		if (!index--)
			return true;
	return false;
}

bool ops_attribute_named(const ops_row *row, const char *name, size_t name_size, ops_attr *out)
{
	text rest = {row->attributes, strlen(row->attributes)};

	while (next_attribute(&rest, out))
		if (out->name_size == name_size && !memcmp(out->name, name, name_size))
			return true;
	return false;
}

const char *ops_category_name(ops_category category)
{
	static const char *const names[OPS_N_CATEGORIES] = {
	    [OPS_CUSTOM] = "custom",
	    [OPS_FUNCTION] = "function",
	    [OPS_LAYER] = "layer",
	    [OPS_MATMUL] = "matmul",
	    [OPS_ATTENTION] = "attention",
	    [OPS_ACTIVATION] = "activation",
	    [OPS_NORMALIZATION] = "normalization",
	    [OPS_POOL] = "pool",
	    [OPS_ARITHMETIC] = "arithmetic",
	    [OPS_LOGIC] = "logic",
	    [OPS_REDUCTION] = "reduction",
	    [OPS_SHAPE] = "shape",
	    [OPS_TENSOR] = "tensor",
	    [OPS_CONSTANT] = "constant",
	    [OPS_QUANTIZATION] = "quantization",
	    [OPS_CONTROL] = "control",
	    [OPS_SEQUENCE] = "sequence",
	    [OPS_CLASSICAL] = "classical",
	    [OPS_TEXT] = "text",
	    [OPS_SIGNAL] = "signal",
	    [OPS_TRAINING] = "training",
	};

	return (unsigned)category < OPS_N_CATEGORIES ? names[category] : names[OPS_CUSTOM];
}
