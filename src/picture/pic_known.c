/* SPDX-License-Identifier: Apache-2.0 */
#include "picture/pic_known.h"

#include <string.h>

#include "base/heap.h"
#include "picture/pic_words.h"
#include "words/describe.h"
#include "words/numbers.h"

#define MOST_TEXTS   (4u << 20) /* bytes of texts that are kept */
#define MOST_ENTRIES (1u << 20) /* numbers of operators and types that are kept */
#define MOST_INPUTS  8          /* formals that are kept of an operator */
#define MOST_OUTPUTS 4

/* Makes room for entry `index` of a table that begins as zeros. */
static bool reach(void **table, size_t *n, size_t index, size_t size)
{
	size_t wanted = *n ? *n : 64;
	if (index < *n)
		return true;
	if (index >= MOST_ENTRIES)
		return false;
	while (wanted <= index)
		wanted *= 2;
	void *grown = heap_resize(*table, wanted * size);
	if (!grown)
		return false;
	memset((char *)grown + *n * size, 0, (wanted - *n) * size);
	*table = grown;
	*n = wanted;
	return true;
}

static bool has_room(const pic_known *k)
{
	return buf_ok(&k->texts) && k->texts.n < MOST_TEXTS;
}

/* ----------------------------------------------------------------------------- operators -- */

static void keep_formals(pic_known *k, const oray_model *model, const oray_node *node, pic_op *op)
{
	unsigned n_inputs = op->row->max_inputs, n_outputs = op->row->max_outputs;
	n_inputs = n_inputs < MOST_INPUTS ? n_inputs : MOST_INPUTS;
	n_outputs = n_outputs < MOST_OUTPUTS ? n_outputs : MOST_OUTPUTS;
	op->n_inputs = op->n_outputs = 0;
	if (!has_room(k) || !vec_reserve(NULL, &k->formals, n_inputs + n_outputs))
		return;
	op->first = (uint32_t)k->formals.n;
	for (unsigned i = 0; i < n_inputs + n_outputs; i++) {
		uint32_t at = (uint32_t)k->texts.n;
		bool output = i >= n_inputs;
		pic_formal(model, node, op->row, output, output ? i - n_inputs : i, &k->texts);
		k->formals.at[k->formals.n++] = (pic_span){at, (uint32_t)k->texts.n};
	}
	if (buf_ok(&k->texts)) {
		op->n_inputs = (uint8_t)n_inputs;
		op->n_outputs = (uint8_t)n_outputs;
	}
}

const pic_op *pic_known_op(pic_known *k, const oray_model *model, const oray_node *node)
{
	void *table = k->ops;
	bool room = reach(&table, &k->n_ops, node->op_type, sizeof *k->ops);
	k->ops = table;
	pic_op *op = room ? &k->ops[node->op_type] : &k->last;
	bool fresh = !room || !op->is_known;
	if (!fresh && op->graph == node->graph)
		return op;
	const ops_row *row = node->function == ORAY_NONE ? node_row(model, node) : NULL;
	bool formals = room && row && (fresh || op->row != row);
	if (fresh || op->row != row)
		*op = (pic_op){.row = row, .is_known = true};
	op->graph = node->graph;
	op->category = (uint8_t)(node->function != ORAY_NONE ? OPS_FUNCTION
	                         : row                       ? (ops_category)row->category
	                                                     : OPS_CUSTOM);
	if (formals)
		keep_formals(k, model, node, op);
	return op;
}

void pic_known_formal(pic_known *k, const oray_model *model, const oray_node *node, bool output,
                      size_t index, buf *out)
{
	const pic_op *op = pic_known_op(k, model, node);
	if (index < (output ? op->n_outputs : op->n_inputs)) {
		pic_span s = k->formals.at[op->first + index + (output ? op->n_inputs : 0)];
		buf_add(out, k->texts.data + s.at, s.end - s.at);
	} else {
		pic_formal(model, node, op->row, output, index, out);
	}
}

/* -------------------------------------------------------------------------------- types -- */

/* A type says it all where no tensor does, and where the model's own words are not wanted. */
static const pic_known_text *kept_type(pic_known *k, const oray_model *model, oray_id value)
{
	oray_value v;
	if (!oray_model_value(model, value, &v) || v.inferred == ORAY_NONE ||
	    v.initializer != ORAY_NONE || v.sparse != ORAY_NONE || (v.is_input && v.graph == 0))
		return NULL;
	void *table = k->types;
	bool room = reach(&table, &k->n_types, v.inferred, sizeof *k->types);
	k->types = table;
	if (!room)
		return NULL;
	pic_known_text *t = &k->types[v.inferred];
	if (t->end)
		return t;
	if (!has_room(k))
		return NULL;
	/* so that no text ends at 0 */
	buf_char(&k->texts, ' ');
	uint32_t at = (uint32_t)k->texts.n;
	size_t shape = pic_type(model, value, &k->texts);
	if (!buf_ok(&k->texts))
		return NULL;
	*t = (pic_known_text){at, (uint32_t)k->texts.n, (uint32_t)shape};
	return t;
}

void pic_known_type(pic_known *k, const oray_model *model, oray_id value, buf *out)
{
	const pic_known_text *t = kept_type(k, model, value);
	if (t)
		buf_add(out, k->texts.data + t->at, t->end - t->at);
	else
		pic_type(model, value, out);
}

void pic_known_shape(pic_known *k, const oray_model *model, oray_id value, buf *out)
{
	const pic_known_text *t = kept_type(k, model, value);
	if (t && t->shape < t->end)
		buf_add(out, k->texts.data + t->shape, t->end - t->shape);
	else
		pic_shape(model, value, out);
}

/* ----------------------------------------------------------------------------- defaults -- */

const pic_default *pic_known_default(pic_known *k, const ops_row *row, oray_str name)
{
	uintptr_t mixed = (uintptr_t)row / 16 ^ (uintptr_t)name.data * 31 / 8;
	pic_default *d = &k->defaults[(mixed ^ mixed >> 6) % PIC_KNOWN_DEFAULTS];
	if (d->row == row && d->name == name.data && d->name_size == name.size)
		return d;
	*d = (pic_default){.row = row, .name = name.data, .name_size = name.size};
	d->exists = ops_attribute_named(row, name.data, name.size, &d->formal);
	if (d->exists && d->formal.value &&
	    (d->formal.type == OPS_ATTR_INT || d->formal.type == OPS_ATTR_FLOAT))
		d->number = number_read(d->formal.value, d->formal.value_size);
	return d;
}

void pic_known_free(pic_known *k)
{
	buf_free(&k->texts);
	vec_free(NULL, &k->formals);
	heap_free(k->ops);
	heap_free(k->types);
	*k = (pic_known){.n_ops = 0};
}
