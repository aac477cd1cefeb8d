/* SPDX-License-Identifier: Apache-2.0 */
/*
 * types.c - the table of types, and the parser of its notation.
 */
#include "ops/types.h"

#include <string.h>

#define TYPES(name, since, versions, inputs, outputs, variables)                                   \
	{                                                                                              \
		DOMAIN, name, since, versions, inputs, outputs, variables                                  \
	}

/* In byte order of domain and name. */
static const ops_types table[] = {
#include "ops/types_onnx_a_c.inc"
#include "ops/types_onnx_d_l.inc"
#include "ops/types_onnx_m_r.inc"
#include "ops/types_onnx_s_z.inc"
#include "ops/types_onnx_ml.inc"
#include "ops/types_onnx_preview.inc"
};

enum { ROWS = sizeof table / sizeof *table };

/* A piece of a row's text. */
typedef struct span {
	const char *at, *end;
} span;

static int compare(const char *terminated, const char *s, size_t size)
{
	size_t length = strlen(terminated), common = length < size ? length : size;
	int order = common ? memcmp(terminated, s, common) : 0;
	return order ? order : (length > size) - (length < size);
}

const ops_types *ops_types_find(const char *domain, size_t domain_size, const char *name,
                                size_t name_size, int64_t opset)
{
	size_t low = 0, high = ROWS;
	if (!domain_size) {
		domain = "ai.onnx";
		domain_size = strlen(domain);
	}
	if (opset <= 0)
		opset = INT64_MAX;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const ops_types *row = &table[middle];
		int order = compare(row->domain, domain, domain_size);
		if (!order)
			order = compare(row->name, name, name_size);
		if (order < 0 || (!order && row->since <= opset))
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || compare(table[low - 1].name, name, name_size) ||
	    compare(table[low - 1].domain, domain, domain_size))
		return NULL;
	return &table[low - 1];
}

const ops_types *ops_types_rows(size_t *n)
{
	*n = ROWS;
	return table;
}

/* Cuts a word off the front, up to `stop`, which is skipped. Parentheses hold together. */
static bool cut(span *rest, char stop, span *word)
{
	int depth = 0;
	const char *p = rest->at;
	if (p == rest->end)
		return false;
	for (; p < rest->end && (depth || *p != stop); p++)
		depth += (*p == '(') - (*p == ')');
	*word = (span){rest->at, p};
	rest->at = p + (p < rest->end);
	return true;
}

static bool is_word(span s, const char *word)
{
	size_t size = (size_t)(s.end - s.at);
	return size == strlen(word) && memcmp(s.at, word, size) == 0;
}

static bool starts(span s, const char *word)
{
	size_t size = strlen(word);
	return (size_t)(s.end - s.at) > size && memcmp(s.at, word, size) == 0;
}

#define BIT(id) (UINT32_C(1) << (id))
enum {
	F32 = 1,
	U8,
	I8,
	U16,
	I16,
	I32,
	I64,
	STRING,
	BOOL,
	F16,
	F64,
	U32,
	U64,
	C64,
	C128,
	BF16,
	F8A,
	F8B,
	F8C,
	F8D,
	U4,
	I4,
	F4,
	E8,
	U2,
	I2,
	F6A,
	F6B
};
#define FLOATS (BIT(F16) | BIT(F32) | BIT(F64))
#define INTS   (BIT(I8) | BIT(I16) | BIT(I32) | BIT(I64))
#define UINTS  (BIT(U8) | BIT(U16) | BIT(U32) | BIT(U64))
#define CPLX   (BIT(C64) | BIT(C128))

static const struct {
	const char *word;
	uint32_t bits;
} words[] = {
    {"f16", BIT(F16)},
    {"f32", BIT(F32)},
    {"f64", BIT(F64)},
    {"bf16", BIT(BF16)},
    {"i8", BIT(I8)},
    {"i16", BIT(I16)},
    {"i32", BIT(I32)},
    {"i64", BIT(I64)},
    {"u8", BIT(U8)},
    {"u16", BIT(U16)},
    {"u32", BIT(U32)},
    {"u64", BIT(U64)},
    {"f4", BIT(F4)},
    {"f8e8m0", BIT(E8)},
    {"bool", BIT(BOOL)},
    {"string", BIT(STRING)},
    {"float", FLOATS},
    {"int", INTS},
    {"uint", UINTS},
    {"complex", CPLX},
    {"wide", FLOATS | BIT(I32) | BIT(I64) | BIT(U32) | BIT(U64)},
    {"number", FLOATS | INTS | UINTS},
    {"any", FLOATS | INTS | UINTS | CPLX | BIT(BOOL) | BIT(STRING)},
    {"f8", BIT(F8A) | BIT(F8B) | BIT(F8C) | BIT(F8D)},
    {"f6", BIT(F6A) | BIT(F6B)},
    {"bits4", BIT(U4) | BIT(I4)},
    {"bits2", BIT(U2) | BIT(I2)},
};

static const struct {
	const char *word;
	uint8_t key, value;
	bool sequence;
} maps[] = {
    {"map:i64:f64", I64, F64, false},       {"map:i64:f32", I64, F32, false},
    {"map:i64:string", I64, STRING, false}, {"map:string:f64", STRING, F64, false},
    {"map:string:f32", STRING, F32, false}, {"map:string:i64", STRING, I64, false},
    {"maps:i64:f32", I64, F32, true},       {"maps:string:f32", STRING, F32, true},
};

uint32_t ops_map_bit(int32_t key, int32_t value, bool sequence)
{
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
		if (maps[i].key == key && maps[i].value == value && maps[i].sequence == sequence)
			return BIT(i);
	return 0;
}

static uint32_t tensors_of(span set)
{
	uint32_t bits = 0;
	span word;
	while (cut(&set, '+', &word))
		for (size_t i = 0; i < sizeof words / sizeof *words; i++)
			if (is_word(word, words[i].word))
				bits |= words[i].bits;
	return bits;
}

static ops_type_set read_set(span set)
{
	static const struct {
		const char *word;
		size_t member;
	} holders[] = {
	    {"seq(", offsetof(ops_type_set, sequences)},
	    {"opt(", offsetof(ops_type_set, optionals)},
	    {"optseq(", offsetof(ops_type_set, optional_sequences)},
	};
	ops_type_set out = {0};
	span word;
	while (cut(&set, '+', &word)) {
		uint32_t *bits = &out.tensors;
		for (size_t i = 0; i < sizeof holders / sizeof *holders; i++)
			if (starts(word, holders[i].word)) {
				bits = (uint32_t *)((char *)&out + holders[i].member);
				word.at += strlen(holders[i].word);
				word.end--;
				break;
			}
		*bits |= tensors_of(word);
		for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
			if (is_word(word, maps[i].word))
				out.maps |= BIT(i);
	}
	return out;
}

static bool typing_at(const ops_types *row, const char *formals, size_t index, ops_typing *out)
{
	span rest = {formals, formals + strlen(formals)}, word, last = rest;
	size_t i = 0;
	if (rest.at == rest.end)
		return false;
	for (; i <= index && cut(&rest, ' ', &word); i++)
		last = word;
	*out = (ops_typing){.own = last.end[-1] == '~'};
	last.end -= out->own;
	if (*last.at == '=') {
		out->set = read_set((span){last.at + 1, last.end});
		return true;
	}
	out->variable = last.at;
	out->size = (size_t)(last.end - last.at);
	rest = (span){row->variables, row->variables + strlen(row->variables)};
	while (cut(&rest, ' ', &word))
		if ((size_t)(word.end - word.at) > out->size && word.at[out->size] == '=' &&
		    memcmp(word.at, last.at, out->size) == 0)
			out->set = read_set((span){word.at + out->size + 1, word.end});
	return true;
}

bool ops_types_input(const ops_types *row, size_t index, ops_typing *out)
{
	return typing_at(row, row->inputs, index, out);
}

bool ops_types_output(const ops_types *row, size_t index, ops_typing *out)
{
	return typing_at(row, row->outputs, index, out);
}
