/* SPDX-License-Identifier: Apache-2.0 */
#include "words/describe.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "words/numbers.h"

#define NESTING     100
#define OPSETS_MOST 1000

bool str_is(oray_str s, const char *text)
{
	return s.size == strlen(text) && !memcmp(s.data, text, s.size);
}

int str_compare(oray_str a, oray_str b)
{
	size_t common = a.size < b.size ? a.size : b.size;
	int order = common ? memcmp(a.data, b.data, common) : 0;
	return order ? order : (a.size > b.size) - (a.size < b.size);
}

/* ------------------------------------------------------------------------------- types -- */

static void take_initializer(const oray_model *model, const oray_value *v, known_type *t)
{
	oray_tensor tensor;
	oray_sparse sparse;
	if (oray_model_tensor(model, v->initializer, &tensor)) {
		t->dims = tensor.dims;
		t->n_dims = tensor.n_dims;
	} else if (oray_model_sparse(model, v->sparse, &sparse)) {
		t->dims = sparse.dims;
		t->n_dims = sparse.n_dims;
		if (!oray_model_tensor(model, sparse.values, &tensor))
			tensor.type = ORAY_UNDEFINED;
	} else {
		return;
	}
	t->has_dims = true;
	t->kind = ORAY_KIND_TENSOR;
	if (!t->element)
		t->element = tensor.type;
}

/* True when two types cannot both be true. */
static bool contradict(const oray_model *model, const oray_type *a, const oray_type *b)
{
	bool tensors = a->kind == ORAY_KIND_TENSOR && b->kind == ORAY_KIND_TENSOR;
	if (a->kind == ORAY_KIND_UNKNOWN || b->kind == ORAY_KIND_UNKNOWN)
		return false;
	if (a->kind != b->kind || (a->element && b->element && a->element != b->element))
		return true;
	if (!tensors || !a->has_shape || !b->has_shape)
		return false;
	if (a->n_dims != b->n_dims)
		return true;
	for (size_t i = 0; i < a->n_dims; i++) {
		oray_dim x = oray_model_dim(model, a->id, i), y = oray_model_dim(model, b->id, i);
		if (x.kind == ORAY_DIM_VALUE && y.kind == ORAY_DIM_VALUE && x.value != y.value)
			return true;
	}
	return false;
}

static void compare_said(const oray_model *model, const oray_value *v, known_type *t)
{
	if (!t->declared || v->type == v->inferred || v->initializer != ORAY_NONE ||
	    !oray_model_type(model, v->type, &t->said))
		return;
	t->has_said = true;
	t->is_face = v->graph == 0 && v->is_input;
	t->contradicts = contradict(model, &t->type, &t->said);
}

known_type known_type_of(const oray_model *model, oray_id value)
{
	known_type t = {0};
	oray_value v;
	if (!oray_model_value(model, value, &v))
		return t;
	t.declared = oray_model_type(model, v.inferred, &t.type);
	if (t.declared) {
		t.kind = t.type.kind;
		t.element = t.type.element;
	}
	compare_said(model, &v, &t);
	bool tensor = t.kind == ORAY_KIND_TENSOR || t.kind == ORAY_KIND_UNKNOWN ||
	              t.kind == ORAY_KIND_SPARSE_TENSOR;
	if (tensor && !(t.declared && t.type.has_shape))
		take_initializer(model, &v, &t);
	return t;
}

known_type known_face_of(const oray_model *model, oray_id value)
{
	known_type t = known_type_of(model, value);
	t.is_face = t.has_said;
	return t;
}

bool known_type_is_known(const known_type *t)
{
	return t->element || (t->kind != ORAY_KIND_UNKNOWN && t->kind != ORAY_KIND_TENSOR);
}

void element_type_text(buf *b, int32_t type)
{
	const char *name = oray_type_name(type);
	if (name && type)
		buf_str(b, name);
	else if (type)
		buf_format(b, "type %" PRId32, type);
	else
		buf_str(b, "unknown");
}

static void kind_text(buf *b, const oray_model *model, const oray_type *t, const glyphs *g,
                      unsigned depth);

static void inner_text(buf *b, const oray_model *model, const oray_type *t, const glyphs *g,
                       unsigned depth)
{
	oray_type inner;
	if (oray_model_type(model, t->inner, &inner) && depth < NESTING)
		kind_text(b, model, &inner, g, depth + 1);
	else
		buf_str(b, "unknown");
	buf_char(b, ')');
}

/* With `g`, the shapes inside are written as well. */
static void kind_text(buf *b, const oray_model *model, const oray_type *t, const glyphs *g,
                      unsigned depth)
{
	switch (t->kind) {
	case ORAY_KIND_SEQUENCE:
	case ORAY_KIND_OPTIONAL:
		buf_str(b, t->kind == ORAY_KIND_SEQUENCE ? "sequence(" : "optional(");
		inner_text(b, model, t, g, depth);
		return;
	case ORAY_KIND_MAP:
		buf_str(b, "map(");
		element_type_text(b, t->key);
		buf_char(b, ',');
		inner_text(b, model, t, g, depth);
		return;
	case ORAY_KIND_OPAQUE:
		buf_str(b, "opaque(");
		buf_printable(b, t->domain.data, t->domain.size);
		buf_str(b, t->domain.size ? "." : "");
		buf_printable(b, t->name.data, t->name.size);
		buf_char(b, ')');
		return;
	case ORAY_KIND_SPARSE_TENSOR:
		buf_str(b, "sparse_tensor(");
		element_type_text(b, t->element);
		buf_char(b, ')');
		break;
	default:
		element_type_text(b, t->element);
	}
	if (g && t->has_shape) {
		buf_char(b, ' ');
		shape_of_type(b, model, t, 0, g);
	}
}

void known_type_text(buf *b, const oray_model *model, const known_type *t)
{
	if (t->declared && t->kind != ORAY_KIND_TENSOR && t->kind != ORAY_KIND_UNKNOWN)
		kind_text(b, model, &t->type, NULL, 0);
	else
		element_type_text(b, t->element);
}

size_t known_n_dims(const known_type *t)
{
	return t->has_dims ? t->n_dims : t->declared && t->type.has_shape ? t->type.n_dims : 0;
}

oray_dim known_dim(const oray_model *model, const known_type *t, size_t index)
{
	if (t->has_dims)
		return (oray_dim){.kind = ORAY_DIM_VALUE, .value = t->dims[index]};
	oray_dim dim = oray_model_dim(model, t->type.id, index);
	if (!t->is_face || !t->said.has_shape || t->said.n_dims != t->type.n_dims)
		return dim;
	oray_dim said = oray_model_dim(model, t->said.id, index);
	if (dim.kind == ORAY_DIM_VALUE || (said.kind == ORAY_DIM_VALUE && said.value < 0))
		return dim;
	bool named = said.kind == ORAY_DIM_SYMBOL && said.symbol.size;
	return named || said.kind == ORAY_DIM_VALUE ? said : dim;
}

typedef struct type_dims {
	const oray_model *model;
	const known_type *type;
} type_dims;

static oray_dim dim_of_known(const void *context, size_t index)
{
	const type_dims *d = context;
	return known_dim(d->model, d->type, index);
}

void known_shape_text(buf *b, const oray_model *model, const known_type *t, const glyphs *g)
{
	type_dims dims = {model, t};
	if (known_rank(t))
		shape_of(b, known_n_dims(t), dim_of_known, &dims, g);
	else if (!t->declared || t->kind < ORAY_KIND_SEQUENCE)
		buf_str(b, "unknown");
}

void known_said_text(buf *b, const oray_model *model, const known_type *t, const glyphs *g)
{
	if (t->said.kind != t->kind || t->said.element != t->element)
		type_text(b, model, t->said.id, g);
	else
		shape_of_type(b, model, &t->said, 0, g);
}

bool known_rank(const known_type *t)
{
	return t->has_dims || (t->declared && t->type.has_shape);
}

void type_text(buf *b, const oray_model *model, oray_id type, const glyphs *g)
{
	oray_type t;
	if (oray_model_type(model, type, &t))
		kind_text(b, model, &t, g, 0);
	else
		buf_str(b, "unknown");
}

/* ------------------------------------------------------------------------------- names -- */

typedef size_t (*namer)(const oray_model *, oray_id, char *, size_t);

/* Most names fit the first time. */
static void add_named(buf *b, namer name, const oray_model *model, oray_id id)
{
	char small[256];
	size_t size = name(model, id, small, sizeof small);
	if (size < sizeof small) {
		buf_add(b, small, size);
		return;
	}
	size_t start = b->n;
	buf_repeat(b, " ", size + 1);
	if (!buf_ok(b))
		return;
	name(model, id, b->data + start, size + 1);
	b->n--;
}

void node_label_text(buf *b, const oray_model *model, oray_id node)
{
	add_named(b, oray_node_label, model, node);
}

void graph_path_text(buf *b, const oray_model *model, oray_id graph)
{
	add_named(b, oray_graph_path, model, graph);
}

void graph_place_text(buf *b, const oray_model *model, oray_id graph)
{
	if (graph == 0)
		buf_str(b, "main graph");
	else
		graph_path_text(b, model, graph);
}

/* --------------------------------------------------------------------------- operators -- */

/* Opsets that hold in a graph: those of the function it is in, or the model's. */
static void opsets_of(const oray_model *model, oray_id graph, const oray_opset **opsets, size_t *n)
{
	const oray_model_info *info = oray_model_describe(model);
	const oray_graph *at = oray_model_graph(model, graph);
	*opsets = info->opsets;
	*n = info->n_opsets;
	while (at && at->function == ORAY_NONE && at->parent_node != ORAY_NONE) {
		oray_node parent;
		if (!oray_model_node(model, at->parent_node, &parent))
			return;
		at = oray_model_graph(model, parent.graph);
	}
	const oray_function *f = at ? oray_model_function(model, at->function) : NULL;
	if (f && f->n_opsets) {
		*opsets = f->opsets;
		*n = f->n_opsets;
	}
}

bool attribute_fetch(const oray_model *model, oray_id attribute, oray_attribute *a, uint64_t most)
{
	oray_element element;
	size_t n;
	if (!a->on_disk)
		return true;
	if (a->stored_bytes > most ||
	    oray_attribute_read(model, attribute, 0, 1, &element, &n, NULL) != ORAY_OK || n != 1)
		return false;
	a->v.s = element.s;
	a->on_disk = false;
	return true;
}

int64_t node_opset(const oray_model *model, const oray_node *node)
{
	const oray_opset *opsets;
	size_t n;
	int64_t version = 0;
	opsets_of(model, node->graph, &opsets, &n);
	/* nobody imports that many; a hostile model must not make every look-up long */
	for (size_t i = n > OPSETS_MOST ? n - OPSETS_MOST : 0; i < n; i++)
		if (opsets[i].domain.size == node->domain.size &&
		    str_compare(opsets[i].domain, node->domain) == 0)
			version = opsets[i].version;
	return version;
}

const ops_row *node_row(const oray_model *model, const oray_node *node)
{
	return ops_find(node->domain.data, node->domain.size, node->op.data, node->op.size,
	                node_opset(model, node));
}

unsigned row_version(const ops_row *row, int64_t opset)
{
	unsigned version = row->since;
	for (const char *p = row->versions; *p; p += *p == ',') {
		char *end;
		long v = strtol(p, &end, 10);
		if (end == p)
			break;
		if (v > (long)version && (opset <= 0 || v <= opset))
			version = (unsigned)v;
		p = end;
	}
	return version;
}

ops_category node_category(const oray_model *model, const oray_node *node)
{
	if (node->function != ORAY_NONE)
		return OPS_FUNCTION;
	const ops_row *row = node_row(model, node);
	return row ? (ops_category)row->category : OPS_CUSTOM;
}

ops_category category_named(const char *name)
{
	for (int c = 0; name && c < OPS_N_CATEGORIES; c++)
		if (!strcmp(ops_category_name((ops_category)c), name))
			return (ops_category)c;
	return OPS_CUSTOM;
}

bool node_attribute(const oray_model *model, const oray_node *node, const char *name,
                    oray_attribute *out, oray_id *id)
{
	for (size_t i = 0; i < node->n_attributes; i++) {
		oray_id at = node->first_attribute + (oray_id)i;
		if (oray_model_attribute(model, at, out) && str_is(out->name, name)) {
			if (id)
				*id = at;
			return true;
		}
	}
	return false;
}

/* What a value is made from, looking through the steps that keep its shape. */
static oray_id behind(const oray_model *model, oray_id value)
{
	static const char *const same[] = {"DequantizeLinear", "QuantizeLinear", "Cast", "Identity"};
	oray_value v;
	oray_node node;
	for (int steps = 0; steps < 4; steps++) {
		bool through = false;
		if (!oray_model_value(model, value, &v) || !oray_model_node(model, v.producer, &node) ||
		    !node.n_inputs)
			return value;
		for (size_t i = 0; i < sizeof same / sizeof *same; i++)
			through = through || str_is(node.op, same[i]);
		if (!through)
			return value;
		value = node.inputs[0];
	}
	return value;
}

/* Kernel of a convolution that says it only through its weight. */
static void kernel_of_weight(buf *b, const oray_model *model, const oray_node *node,
                             const glyphs *g)
{
	if (node->n_inputs < 2)
		return;
	known_type t = known_type_of(model, node->inputs[1]);
	if (!known_rank(&t))
		t = known_type_of(model, behind(model, node->inputs[1]));
	size_t n = t.has_dims ? t.n_dims : t.declared && t.type.has_shape ? t.type.n_dims : 0;
	if (n < 3 || n > 5)
		return;
	buf_char(b, ' ');
	if (t.has_dims)
		shape_of_dims(b, t.dims + 2, n - 2, g);
	else
		shape_of_type(b, model, &t.type, 2, g);
}

static bool ends_with(oray_str s, const char *text)
{
	size_t n = strlen(text);
	return s.size >= n && !memcmp(s.data + s.size - n, text, n);
}

void node_operator_text(buf *b, const oray_model *model, const oray_node *node, const glyphs *g)
{
	oray_attribute a;
	buf_printable(b, node->op.data, node->op.size);
	bool conv = ends_with(node->op, "Conv") || ends_with(node->op, "ConvTranspose") ||
	            ends_with(node->op, "ConvInteger");
	bool pool = ends_with(node->op, "Pool");
	bool cast = str_is(node->op, "Cast");
	if (!conv && !pool && !cast)
		return;
	if (cast && node_attribute(model, node, "to", &a, NULL) && a.type == ORAY_ATTR_INT &&
	    a.v.i > 0 && a.v.i < INT32_MAX) {
		buf_char(b, ' ');
		element_type_text(b, (int32_t)a.v.i);
	} else if ((conv || pool) && node_attribute(model, node, "kernel_shape", &a, NULL) &&
	           a.type == ORAY_ATTR_INTS && !a.on_disk && a.count && a.count <= 4) {
		buf_char(b, ' ');
		shape_of_dims(b, a.v.ints, a.count, g);
	} else if (conv) {
		kernel_of_weight(b, model, node, g);
	}
}
