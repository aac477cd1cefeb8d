/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mutate.c - libFuzzer's mutations for inputs that are models.
 *
 * One message of the model is picked, its fields are a list, and one thing is done to the list;
 * then the lengths of everything around it are made right. So nearly all inputs are models, and
 * what is odd in them is somewhere deep. Now and then the bytes are left to libFuzzer, which does
 * not care.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "invent.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t n_one, const uint8_t *two, size_t n_two,
                                 uint8_t *out, size_t most, unsigned seed);

bool fuzz_two_models;

static uint32_t read32(const uint8_t *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

bool fuzz_split(const uint8_t *data, size_t size, fuzz_input *out)
{
	if (size <= FUZZ_HEAD)
		return false;
	uint32_t first = read32(data + 4);
	size_t n = size - FUZZ_HEAD;
	*out = (fuzz_input){read32(data), {data + FUZZ_HEAD, n}, {NULL, 0}};
	if (first && first <= n) {
		out->a.n = first;
		out->b = (fuzz_part){data + FUZZ_HEAD + first, n - first};
	}
	return true;
}

/* What one change knows: a message, its fields, and where the new body goes. */
typedef struct change {
	inventor v;
	const tree *model; /* that is changed */
	const tree *donor; /* that messages are taken from: the model, or another one */
	const message *in;
	field fields[TREE_FIELDS];
	size_t n;
	bytes body;
} change;

static void copy(change *c, size_t from, size_t to)
{
	if (from < to)
		bytes_add(&c->body, c->model->data + c->fields[from].at,
		          c->fields[to - 1].end - c->fields[from].at);
}

static bool take_away(change *c)
{
	if (!c->n)
		return false;
	size_t from = roll(&c->v, (uint32_t)c->n), n = roll(&c->v, 4) ? 1 : 1 + roll(&c->v, 8);
	copy(c, 0, from);
	copy(c, from + n < c->n ? from + n : c->n, c->n);
	return true;
}

static bool repeat(change *c)
{
	if (!c->n)
		return false;
	size_t from = roll(&c->v, (uint32_t)c->n), to = roll(&c->v, (uint32_t)c->n + 1);
	size_t times = roll(&c->v, 10) ? 1 : 2 + roll(&c->v, 30);
	copy(c, 0, to);
	for (; times; times--)
		copy(c, from, from + 1);
	copy(c, to, c->n);
	return true;
}

static bool move(change *c)
{
	if (c->n < 2)
		return false;
	size_t a = roll(&c->v, (uint32_t)c->n), b = roll(&c->v, (uint32_t)c->n);
	size_t low = a < b ? a : b, high = a < b ? b : a;
	bool swap = roll(&c->v, 2);
	if (low == high)
		return false;
	copy(c, 0, low);
	copy(c, high, high + 1);
	copy(c, low + swap, high);
	if (swap)
		copy(c, low, low + 1);
	copy(c, high + 1, c->n);
	return true;
}

/* ---- one field ---- */

static uint64_t read_number(const uint8_t *at, size_t n)
{
	uint64_t value = 0;
	for (size_t i = 0; i < n && i < 10; i++)
		value |= (uint64_t)(at[i] & 0x7F) << 7 * i;
	return value;
}

static uint64_t other_number(change *c, uint64_t old, const ProtobufCFieldDescriptor *d)
{
	if (d && d->type == PROTOBUF_C_TYPE_ENUM)
		return roll(&c->v, 30);
	switch (roll(&c->v, 5)) {
	case 0:
		return old + 1 - 2 * roll(&c->v, 2);
	case 1:
		return old ^ 1ull << roll(&c->v, 64);
	case 2:
		return roll(&c->v, 2) ? old * 2 : 0 - old;
	default:
		return (uint64_t)invent_number(&c->v);
	}
}

/* Numbers in one field: one of them changed, taken away or put in. */
static void repack(change *c, const field *f, const ProtobufCFieldDescriptor *d, bytes *out)
{
	const uint8_t *at = c->model->data + f->body;
	size_t n = f->end - f->body, width = 0;
	if (d->type == PROTOBUF_C_TYPE_FLOAT)
		width = 4;
	if (d->type == PROTOBUF_C_TYPE_DOUBLE)
		width = 8;
	size_t i = n ? roll(&c->v, (uint32_t)n) : 0, from = i, to = i;
	if (width) {
		from = to = i / width * width;
		to = from + width < n ? from + width : n;
	} else {
		while (from && at[from - 1] & 0x80)
			from--;
		while (to < n && at[to] & 0x80)
			to++;
		to += to < n;
	}
	uint32_t what = roll(&c->v, 6), bits = invent_float(&c->v);
	double wide;
	float narrow;
	memcpy(&narrow, &bits, 4);
	wide = narrow;
	bytes_add(out, at, what == 0 ? to : from);
	if (what != 1 && width)
		bytes_add(out, width == 4 ? (const void *)&bits : (const void *)&wide, width);
	else if (what != 1)
		bytes_varint(out, other_number(c, read_number(at + from, to - from), d));
	bytes_add(out, at + to, n - to);
}

/* Bytes as libFuzzer likes them. */
static void scramble(const uint8_t *at, size_t n, bytes *out)
{
	size_t room = n + 32;
	uint8_t *copied = malloc(room);
	if (!copied)
		return;
	memcpy(copied, at, n);
	bytes_add(out, copied, LLVMFuzzerMutate(copied, n, room));
	free(copied);
}

static void other_bytes(change *c, const field *f, const ProtobufCFieldDescriptor *d, bytes *out)
{
	const uint8_t *at = c->model->data + f->body;
	size_t n = f->end - f->body;
	bool words = d && (d->type == PROTOBUF_C_TYPE_BYTES || d->type == PROTOBUF_C_TYPE_STRING);
	if (words && d->id == 9 && c->in->form == &onnx__tensor_proto__descriptor)
		words = false; /* raw data */
	if (words && roll(&c->v, 6))
		invent_word(&c->v, c->in->form, f->number, out);
	else if (d && !words && d->type != PROTOBUF_C_TYPE_MESSAGE && d->type != PROTOBUF_C_TYPE_BYTES)
		repack(c, f, d, out);
	else if (!words && n >= 8 && roll(&c->v, 2)) { /* one number of raw data */
		size_t i = roll(&c->v, (uint32_t)(n / 8)) * 8;
		int64_t number = invent_number(&c->v);
		uint32_t bits = invent_float(&c->v);
		bool wide = roll(&c->v, 2);
		bytes_add(out, at, i);
		bytes_add(out, wide ? (const void *)&number : (const void *)&bits, wide ? 8 : 4);
		bytes_add(out, at + i + (wide ? 8 : 4), n - i - (wide ? 8 : 4));
	} else {
		scramble(at, n, out);
	}
}

static bool alter(change *c)
{
	size_t i = roll(&c->v, (uint32_t)c->n);
	if (!c->n || c->fields[i].wire == TREE_BROKEN)
		return false;
	const field *f = &c->fields[i];
	const ProtobufCFieldDescriptor *d = tree_field(c->in->form, f->number);
	if (d && d->type == PROTOBUF_C_TYPE_MESSAGE && roll(&c->v, 30))
		return false;
	bytes part = {0};
	copy(c, 0, i);
	if (!roll(&c->v, 60)) { /* a number or a type that is not expected */
		bytes_tag(&c->body, roll(&c->v, 2) ? f->number : roll(&c->v, 40), roll(&c->v, 8));
		bytes_add(&c->body, c->model->data + f->body, f->end - f->body);
	} else if (f->wire == 0) {
		uint64_t old = read_number(c->model->data + f->body, f->end - f->body);
		bytes_number(&c->body, f->number, other_number(c, old, d));
	} else if (f->wire == 2) {
		other_bytes(c, f, d, &part);
		bytes_field(&c->body, f->number, part.at, part.n);
	} else {
		uint32_t bits[2] = {invent_float(&c->v), invent_float(&c->v)};
		bytes_tag(&c->body, f->number, f->wire);
		bytes_add(&c->body, bits, f->wire == 1 ? 8 : 4);
	}
	copy(c, i + 1, c->n);
	free(part.at);
	return true;
}

/* ---- new ones ---- */

static bool insert(change *c)
{
	size_t at = roll(&c->v, 2) ? c->n : roll(&c->v, (uint32_t)c->n + 1);
	const form *f = c->in->form;
	if (!f->n_fields)
		return false;
	copy(c, 0, at);
	invent_field(&c->v, f, &f->fields[roll(&c->v, f->n_fields)], 4, &c->body);
	copy(c, at, c->n);
	return true;
}

/* Takes a message from the donor, of a kind that may be here. */
static bool graft(change *c)
{
	const tree *d = c->donor;
	size_t at = roll(&c->v, (uint32_t)c->n + 1);
	for (int tries = 0; tries < 16 && d->n_messages > 1; tries++) {
		const message *m = &d->messages[1 + roll(&c->v, (uint32_t)d->n_messages - 1)];
		const ProtobufCFieldDescriptor *as = NULL;
		for (unsigned i = 0; i < c->in->form->n_fields && !as; i++)
			if (c->in->form->fields[i].descriptor == m->form &&
			    c->in->form->fields[i].type == PROTOBUF_C_TYPE_MESSAGE)
				as = &c->in->form->fields[i];
		if (!as || m->end - m->body > 20000)
			continue;
		/* Where a kind fits several places (input, output, value info), any of them. */
		for (unsigned i = 0; i < c->in->form->n_fields; i++)
			if (c->in->form->fields[i].descriptor == m->form && !roll(&c->v, 3))
				as = &c->in->form->fields[i];
		copy(c, 0, at);
		bytes_field(&c->body, as->id, d->data + m->body, m->end - m->body);
		copy(c, at, c->n);
		return true;
	}
	return false;
}

/* ---- the whole ---- */

static const struct {
	bool (*make)(change *c);
	uint32_t weight;
} changes[] = {
    {take_away, 3}, {repeat, 2}, {move, 2}, {alter, 10}, {insert, 5}, {graft, 4},
};

enum { WEIGHTS = 26 };

/* Changes `model` once; false: this time not. */
static bool change_once(change *c, uint32_t weights, bytes *out)
{
	size_t at = roll(&c->v, 4) ? roll(&c->v, (uint32_t)c->model->n_messages) : 0, kind = 0;
	c->in = &c->model->messages[at];
	c->n = tree_fields(c->model->data, c->in->body, c->in->end, c->fields, TREE_FIELDS);
	c->body.n = 0;
	c->v.model = c->model;
	size_t node = at;
	while (node && c->model->messages[node].form != &onnx__node_proto__descriptor)
		node = c->model->messages[node].parent;
	static field of_node[256];
	const message *m = &c->model->messages[node];
	c->v.row = node ? invent_row_of(c->model->data, of_node,
	                                tree_fields(c->model->data, m->body, m->end, of_node, 256))
	                : NULL;
	uint32_t pick = roll(&c->v, weights);
	while (pick >= changes[kind].weight)
		pick -= changes[kind++].weight;
	if (!changes[kind].make(c) || c->body.failed) {
		c->body.failed = false;
		return false;
	}
	tree_replace(c->model, at, &c->body, out);
	return !out->failed;
}

/* @param donor  NULL: the model itself. */
static bool change_model(uint64_t seed, fuzz_part model, const fuzz_part *donor, bytes *out)
{
	static change c;
	static tree one, two;
	static bytes spare;
	c.v.state = seed * 0x9E3779B97F4A7C15u + 1;
	roll(&c.v, 0);
	if (donor)
		tree_read(&two, donor->at, donor->n);
	out->n = 0;
	out->failed = false;
	bytes_add(out, model.at, model.n);
	uint32_t times = 1 + (donor ? 0 : roll(&c.v, 2) * roll(&c.v, 5));
	bool any = false;
	for (uint32_t tries = 0; times && tries < 20; tries++) {
		spare.n = 0;
		bytes_add(&spare, out->at, out->n);
		tree_read(&one, spare.at, spare.n);
		c.model = &one;
		c.donor = donor ? &two : &one;
		bool made = change_once(&c, WEIGHTS, out);
		if (!made) {
			out->n = 0;
			out->failed = false;
			bytes_add(out, spare.at, spare.n);
		}
		any |= made;
		times -= made;
	}
	return any;
}

static void put32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

/* Head and parts as one input; 0: no room. */
static size_t join(uint32_t choices, fuzz_part a, fuzz_part b, uint8_t *out, size_t most)
{
	if (FUZZ_HEAD + a.n + b.n > most)
		return 0;
	memmove(out + FUZZ_HEAD, a.at, a.n);
	if (b.n)
		memcpy(out + FUZZ_HEAD + a.n, b.at, b.n);
	put32(out, choices);
	put32(out + 4, b.at ? (uint32_t)a.n : 0);
	return FUZZ_HEAD + a.n + b.n;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
	static bytes changed, kept;
	inventor v = {.state = seed * 0xD1342543DE82EF95u + 7};
	fuzz_input in;
	if (!fuzz_split(data, size, &in) || !roll(&v, 40))
		return LLVMFuzzerMutate(data, size, most);
	uint32_t choices = in.choices;
	if (!roll(&v, 4))
		choices = roll(&v, 2) ? choices ^ 1u << roll(&v, 32) : roll(&v, UINT32_MAX);
	bool second = in.b.at && roll(&v, 2);
	if (!roll(&v, 60)) { /* cut short */
		fuzz_part *cut = second ? &in.b : &in.a;
		cut->n = roll(&v, (uint32_t)cut->n);
	} else if (!roll(&v, 30)) {
		return join(choices, in.a, in.b, data, most);
	}
	kept.n = 0;
	if (fuzz_two_models && !in.b.at && roll(&v, 3)) { /* the model, and what becomes of it */
		in.b = in.a;
		second = true;
	}
	fuzz_part *part = second ? &in.b : &in.a, *other = second ? &in.a : &in.b;
	bytes_add(&kept, other->at, other->n);
	if (!change_model(seed, *part, NULL, &changed))
		return LLVMFuzzerMutate(data, size, most);
	*part = (fuzz_part){changed.at, changed.n};
	*other = (fuzz_part){other->at ? kept.at : NULL, kept.n};
	size_t n = join(choices, in.a, in.b, data, most);
	return n ? n : LLVMFuzzerMutate(data, size, most);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t n_one, const uint8_t *two, size_t n_two,
                                 uint8_t *out, size_t most, unsigned seed)
{
	static bytes changed;
	fuzz_input a, b;
	if (!fuzz_split(one, n_one, &a) || !fuzz_split(two, n_two, &b))
		return 0;
	if ((a.b.at || fuzz_two_models) &&
	    seed % 3 == 0) /* two models: the second from the other input */
		return join(a.choices, a.a, b.a, out, most);
	if (!change_model(seed, a.a, &b.a, &changed))
		return 0;
	return join(a.choices, (fuzz_part){changed.at, changed.n}, a.b, out, most);
}
