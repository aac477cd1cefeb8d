/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_types.c - types of inputs and outputs against those that operators take and make.
 *
 * Types are the inferred ones. Shapes take no part in it, and what is not known is fine.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "check/check_operators.h"

enum { LEVELS_MOST = 4, VARIABLES_MOST = 16 };

/* A type without its shape: kinds and elements from the outside in. Equal types, equal codes. */
typedef struct type_code {
	size_t n; /* 0: not known */
	uint8_t kind[LEVELS_MOST];
	int32_t element, key; /* of the innermost; of the innermost map */
} type_code;

/* A variable of the node at hand, and the type it has got. */
typedef struct binding {
	const char *name;
	size_t size;
	type_code type;
} binding;

typedef struct type_check {
	check_pass *pass;
	check_operators operators;
	const check_meaning *w;
	oray_id id;
	oray_node node;
	size_t n_bound;
	binding bound[VARIABLES_MOST];
	bool is_wrong;
} type_check;

static type_code code_of(const oray_model *m, oray_id id)
{
	type_code code = {0};
	oray_type t;
	while (oray_model_type(m, id, &t) && code.n < LEVELS_MOST) {
		code.kind[code.n++] = (uint8_t)t.kind;
		if (t.kind == ORAY_KIND_TENSOR || t.kind == ORAY_KIND_SPARSE_TENSOR) {
			code.element = t.element;
			return t.element ? code : (type_code){0};
		}
		if (t.kind == ORAY_KIND_UNKNOWN || t.kind == ORAY_KIND_OPAQUE)
			break;
		if (t.kind == ORAY_KIND_MAP)
			code.key = t.key;
		id = t.inner;
	}
	return (type_code){0};
}

/* Of what is stored the tensor says it. */
static type_code stored_code(const oray_model *m, const oray_value *v)
{
	oray_sparse s;
	oray_tensor t;
	bool is_sparse = v->initializer == ORAY_NONE && oray_model_sparse(m, v->sparse, &s);
	type_code code = {0};
	if (!oray_model_tensor(m, is_sparse ? s.values : v->initializer, &t) || !t.type)
		return code;
	code.n = 1;
	code.kind[0] = is_sparse ? ORAY_KIND_SPARSE_TENSOR : ORAY_KIND_TENSOR;
	code.element = t.type;
	return code;
}

static void code_text(const type_code *code, buf *out)
{
	static const char *const words[] = {
	    [ORAY_KIND_SPARSE_TENSOR] = "a sparse tensor of ",
	    [ORAY_KIND_SEQUENCE] = "a sequence of ",
	    [ORAY_KIND_OPTIONAL] = "an optional of ",
	    [ORAY_KIND_MAP] = "a map to ",
	};
	const char *element = oray_type_name(code->element);
	for (size_t i = 0; i < code->n; i++)
		if (code->kind[i] < sizeof words / sizeof *words && words[code->kind[i]])
			buf_str(out, words[code->kind[i]]);
	buf_str(out, element ? element : "a type that no standard has");
}

static bool is_in(const type_code *code, const ops_type_set *set)
{
	uint32_t bit = code->element > 0 && code->element < 32 ? UINT32_C(1) << code->element : 0;
	uint8_t outer = code->kind[0], inner = code->n > 1 ? code->kind[1] : ORAY_KIND_UNKNOWN;
	bool is_map = code->kind[code->n - 1] == ORAY_KIND_TENSOR && code->n > 1 &&
	              code->kind[code->n - 2] == ORAY_KIND_MAP;
	if (is_map && code->n <= 3)
		return (set->maps & ops_map_bit(code->key, code->element, code->n == 3)) != 0;
	if (code->n == 1 && outer == ORAY_KIND_TENSOR)
		return (set->tensors & bit) != 0;
	if (code->n == 2 && inner == ORAY_KIND_TENSOR && outer == ORAY_KIND_SEQUENCE)
		return (set->sequences & bit) != 0;
	if (code->n == 2 && inner == ORAY_KIND_TENSOR && outer == ORAY_KIND_OPTIONAL)
		return (set->optionals & bit) != 0;
	if (code->n == 3 && outer == ORAY_KIND_OPTIONAL && inner == ORAY_KIND_SEQUENCE)
		return (set->optional_sequences & bit) != 0;
	return false;
}

/* "float16, float32, a sequence of those, ..." */
static void set_text(const ops_type_set *set, buf *out)
{
	static const struct {
		const char *word;
		size_t member;
	} parts[] = {
	    {"", offsetof(ops_type_set, tensors)},
	    {"sequences of ", offsetof(ops_type_set, sequences)},
	    {"optionals of ", offsetof(ops_type_set, optionals)},
	    {"optional sequences of ", offsetof(ops_type_set, optional_sequences)},
	};
	for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
		uint32_t bits = *(const uint32_t *)((const char *)set + parts[p].member);
		const char *before = out->n ? "; " : "";
		for (int32_t id = 1; id < 32; id++) {
			if (!(bits >> id & 1) || !oray_type_name(id))
				continue;
			buf_format(out, "%s%s", before, *before == ',' ? "" : parts[p].word);
			buf_str(out, oray_type_name(id));
			before = ", ";
		}
	}
	if (set->maps)
		buf_str(out, out->n ? "; maps" : "maps");
}

static void say_unsupported(type_check *c, const char *what, const ops_formal *formal,
                            const type_code *code, const ops_type_set *set)
{
	buf type = {0}, may = {0};
	code_text(code, &type);
	set_text(set, &may);
	check_report(c->pass, CHECK_operator_type, check_at_node(c->id),
	             "%s '%.*s' is %s; %.*s of opset %" PRId64 " has %s there", what,
	             (int)formal->name_size, formal->name, buf_text(&type), CHECK_NAME(c->node.op),
	             c->w->version, buf_text(&may));
	buf_free(&type);
	buf_free(&may);
	c->is_wrong = true;
}

static void say_different(type_check *c, const char *what, const ops_formal *formal,
                          const type_code *code, const binding *b)
{
	buf type = {0}, other = {0};
	code_text(code, &type);
	code_text(&b->type, &other);
	check_report(c->pass, CHECK_operator_type, check_at_node(c->id),
	             "%s '%.*s' is %s, but type %.*s of %.*s is %s already", what,
	             (int)formal->name_size, formal->name, buf_text(&type), (int)b->size, b->name,
	             CHECK_NAME(c->node.op), buf_text(&other));
	buf_free(&type);
	buf_free(&other);
	c->is_wrong = true;
}

static binding *bound_to(type_check *c, const ops_typing *typing)
{
	for (size_t i = 0; i < c->n_bound; i++)
		if (c->bound[i].size == typing->size &&
		    memcmp(c->bound[i].name, typing->variable, typing->size) == 0)
			return &c->bound[i];
	if (!typing->size || c->n_bound == VARIABLES_MOST)
		return NULL;
	c->bound[c->n_bound] = (binding){.name = typing->variable, .size = typing->size};
	return &c->bound[c->n_bound++];
}

static void check_value_type(type_check *c, const char *what, oray_id value,
                             const ops_typing *typing, const ops_formal *formal)
{
	oray_value v;
	if (value == ORAY_NONE || !oray_model_value(c->pass->model, value, &v))
		return;
	const oray_model *m = c->pass->model;
	bool is_stored = v.initializer != ORAY_NONE || v.sparse != ORAY_NONE;
	type_code code = is_stored ? stored_code(m, &v) : code_of(m, v.inferred);
	type_code declared = code_of(m, v.type);
	if (!code.n)
		return;
	/* Where the model says another type than it makes, that is the finding. */
	if (declared.n && memcmp(&declared, &code, sizeof code) != 0 && is_in(&declared, &typing->set))
		return;
	if (!is_in(&code, &typing->set)) {
		say_unsupported(c, what, formal, &code, &typing->set);
		return;
	}
	binding *b = typing->own ? NULL : bound_to(c, typing);
	if (b && !b->type.n)
		b->type = code;
	else if (b && memcmp(&b->type, &code, sizeof code) != 0)
		say_different(c, what, formal, &code, b);
}

/* Of a variadic formal one wrong tensor is enough. */
static void check_side(type_check *c, const char *what, const oray_id *values, size_t n,
                       bool (*formal_of)(const ops_row *, size_t, ops_formal *),
                       bool (*typing_of)(const ops_types *, size_t, ops_typing *))
{
	ops_formal formal = {0};
	ops_typing typing = {0};
	for (size_t i = 0; i < n && !(c->is_wrong && formal.variadic); i++) {
		if (!formal.variadic &&
		    (!formal_of(c->w->row, i, &formal) || !typing_of(c->w->types, i, &typing)))
			return;
		check_value_type(c, what, values[i], &typing, &formal);
	}
}

static void check_one(type_check *c, oray_id id, oray_id function)
{
	if (!oray_model_node(c->pass->model, id, &c->node))
		return;
	c->w = check_meaning_of(&c->operators, &c->node, function);
	if (!c->w->row || !c->w->types)
		return;
	c->id = id;
	c->n_bound = 0;
	c->is_wrong = false;
	check_side(c, "input", c->node.inputs, c->node.n_inputs, ops_input, ops_types_input);
	if (!c->is_wrong)
		check_side(c, "output", c->node.outputs, c->node.n_outputs, ops_output, ops_types_output);
}

void check_types(check_pass *pass)
{
	type_check *c = mem_zeroed(NULL, 1, sizeof *c);
	if (!c) {
		pass->book->failed = true;
		return;
	}
	c->pass = pass;
	check_operators_open(&c->operators, pass->model);
	for (oray_id g = 0; g < pass->info->n_graphs; g++) {
		const oray_graph *graph = oray_model_graph(pass->model, g);
		oray_id function = check_function_of(pass->model, g);
		if (!check_is_run(pass->model, g))
			continue;
		for (size_t i = 0; i < graph->n_nodes; i++)
			check_one(c, (oray_id)(graph->first_node + i), function);
	}
	check_operators_close(&c->operators);
	mem_free(NULL, c, sizeof *c);
}
