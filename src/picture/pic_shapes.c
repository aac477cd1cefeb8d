/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_shapes.c - which nodes do nothing but compute shapes.
 *
 * A node is arithmetic on shapes when it is Shape or Size, or when it is one of the operators below
 * and every input is such arithmetic, a constant of at most MOST_CONSTANT elements, or made of such
 * constants alone. Larger constants are data: a mask, or positions, of which a shape cuts a piece.
 * It is folded when somebody reads it and it is no output of a graph. What is made of constants
 * alone is folded where only folded nodes read it.
 *
 * A worklist from Shape and Size downwards, in the order in which inputs become known; then the
 * same list backwards. Circles never become known.
 */
#include <string.h>

#include "base/error.h"
#include "base/heap.h"
#include "picture/pic_fold.h"
#include "words/clean.h"
#include "words/describe.h"

#define MOST_CONSTANT 16 /* elements: axes, a few dimensions */

typedef enum role { OTHER, WAITING, MADE_OF_CONSTANTS, MADE_OF_SHAPES } role;

typedef enum sort { UNKNOWN, NO_ALGEBRA, SEED, ALGEBRA, FILL } sort;

typedef struct shaper {
	pic_plan *plan;
	unsigned char *role; /* by node */
	uint32_t *pending;   /* by node: inputs that are not known yet */
	oray_id *queue;      /* nodes that are known, in that order */
	size_t n;
	VEC(unsigned char) sorts; /* by type of operator, as they are met */
} shaper;

/* No node of this one was seen: what is made of constants alone. */
#define NO_SHAPE (ORAY_NONE - 1)

static sort sort_of(const oray_node *n)
{
	static const char *const algebra[] = {
	    "Gather",    "Slice",    "Concat",     "Squeeze",    "Unsqueeze",
	    "Reshape",   "Cast",     "Identity",   "Split",      "Add",
	    "Sub",       "Mul",      "Div",        "Mod",        "Neg",
	    "Abs",       "Sign",     "Min",        "Max",        "Floor",
	    "Ceil",      "Round",    "Sqrt",       "Pow",        "Equal",
	    "Not",       "And",      "Or",         "Less",       "LessOrEqual",
	    "Greater",   "Where",    "ReduceProd", "ReduceSum",  "ReduceMin",
	    "ReduceMax", "GatherND", "CastLike",   "Reciprocal", "GreaterOrEqual",
	};
	if (!str_is(n->domain, "ai.onnx"))
		return NO_ALGEBRA;
	if (str_is(n->op, "Shape") || str_is(n->op, "Size"))
		return SEED;
	if (str_is(n->op, "ConstantOfShape"))
		return FILL;
	for (size_t i = 0; i < sizeof algebra / sizeof *algebra; i++)
		if (str_is(n->op, algebra[i]))
			return ALGEBRA;
	return NO_ALGEBRA;
}

static sort known_sort(shaper *s, const oray_node *n)
{
	while (s->sorts.n <= n->op_type) {
		unsigned char *slot = vec_push(NULL, &s->sorts);
		if (!slot)
			return sort_of(n);
		*slot = UNKNOWN;
	}
	unsigned char *known = &s->sorts.at[n->op_type];
	if (*known == UNKNOWN)
		*known = (unsigned char)sort_of(n);
	return (sort)*known;
}

/* ------------------------------------------------------------------------------ constants -- */

static bool is_small(const pic_plan *p, const oray_value *v)
{
	oray_tensor t;
	oray_node n;
	oray_attribute a;
	oray_id tensor = v->initializer;
	if (tensor == ORAY_NONE) {
		if (!oray_model_node(p->model, v->producer, &n) || n.n_attributes != 1 ||
		    !oray_model_attribute(p->model, n.first_attribute, &a))
			return false;
		if (a.type == ORAY_ATTR_INT || a.type == ORAY_ATTR_FLOAT)
			return true;
		if (a.type == ORAY_ATTR_INTS || a.type == ORAY_ATTR_FLOATS)
			return a.count <= MOST_CONSTANT;
		tensor = a.type == ORAY_ATTR_TENSOR ? a.v.id : ORAY_NONE;
	}
	return oray_model_tensor(p->model, tensor, &t) && t.elements.exact &&
	       t.elements.value <= MOST_CONSTANT;
}

/* Counts the inputs that have to become known. @return false: the node can be no arithmetic. */
static bool count_inputs(const pic_plan *p, const oray_node *n, uint32_t *pending)
{
	*pending = 0;
	for (size_t i = 0; i < n->n_inputs; i++) {
		oray_value v;
		if (n->inputs[i] == ORAY_NONE)
			continue;
		if (!oray_model_value(p->model, n->inputs[i], &v))
			return false;
		if (!pic_is_constant(p, &v))
			++*pending;
		else if (!is_small(p, &v))
			return false;
	}
	return n->n_inputs > 0;
}

/* -------------------------------------------------------------------------------- shapes -- */

/* Arithmetic that makes a value, or ORAY_NONE. */
static oray_id maker(const shaper *s, oray_id value)
{
	oray_value v;
	return oray_model_value(s->plan->model, value, &v) && v.producer != ORAY_NONE &&
	               s->role[v.producer] >= MADE_OF_CONSTANTS
	           ? v.producer
	           : ORAY_NONE;
}

static void take(shaper *s, oray_id id, const oray_node *n, sort what)
{
	oray_id *shape_of = s->plan->folding->shape_of, from = NO_SHAPE;
	bool made_of_shapes = what == SEED;
	for (size_t i = 0; i < n->n_inputs; i++) {
		oray_id before = maker(s, n->inputs[i]);
		if (before == ORAY_NONE || s->role[before] == MADE_OF_CONSTANTS)
			continue;
		made_of_shapes = true;
		if (from == NO_SHAPE)
			from = shape_of[before];
		else if (from != shape_of[before])
			from = ORAY_NONE;
	}
	if (what == SEED && from == NO_SHAPE)
		from = n->n_inputs ? pic_source(s->plan, n->inputs[0]) : ORAY_NONE;
	shape_of[id] = from;
	s->role[id] = made_of_shapes ? MADE_OF_SHAPES : MADE_OF_CONSTANTS;
	s->queue[s->n++] = id;
}

/* Many equal numbers are data, unless there are as many as dimensions. */
static bool fills_dims(const shaper *s, const oray_node *n)
{
	oray_node shape;
	oray_id before = n->n_inputs ? maker(s, n->inputs[0]) : ORAY_NONE;
	return before != ORAY_NONE && oray_model_node(s->plan->model, before, &shape) &&
	       sort_of(&shape) == SEED && shape.n_inputs && maker(s, shape.inputs[0]) != ORAY_NONE;
}

static void start(shaper *s)
{
	pic_plan *p = s->plan;
	for (oray_id id = 0; id < p->info->n_nodes; id++) {
		oray_node n;
		if (!oray_model_node(p->model, id, &n) || !p->drawn[n.graph] || p->fate[id] == PIC_PASS)
			continue;
		sort what = known_sort(s, &n);
		if (what != NO_ALGEBRA && count_inputs(p, &n, &s->pending[id]))
			s->role[id] = WAITING;
		else if (what == SEED && n.n_inputs)
			s->role[id] = WAITING;
	}
	/* a Shape is known at once, but for one that looks at another's work */
	for (oray_id id = 0; id < p->info->n_nodes; id++) {
		oray_node n;
		oray_value v;
		if (s->role[id] != WAITING || !oray_model_node(p->model, id, &n))
			continue;
		sort what = known_sort(s, &n);
		bool waits = what == SEED && oray_model_value(p->model, n.inputs[0], &v) &&
		             v.producer != ORAY_NONE && s->role[v.producer] == WAITING;
		if (what == SEED && !waits)
			s->pending[id] = 0;
		if (!s->pending[id] && what != FILL)
			take(s, id, &n, what);
	}
}

static void reach(shaper *s, oray_id id)
{
	oray_node n;
	if (s->role[id] != WAITING || !s->pending[id] || --s->pending[id] ||
	    !oray_model_node(s->plan->model, id, &n))
		return;
	sort what = known_sort(s, &n);
	if (what != FILL || fills_dims(s, &n))
		take(s, id, &n, what);
}

static void spread(shaper *s, size_t from)
{
	for (size_t i = from; i < s->n; i++) {
		oray_node n;
		oray_value v;
		oray_model_node(s->plan->model, s->queue[i], &n);
		for (size_t k = 0; k < n.n_outputs; k++)
			if (oray_model_value(s->plan->model, n.outputs[k], &v) && v.producer == s->queue[i])
				for (size_t u = 0; u < v.n_uses; u++)
					reach(s, v.uses[u]);
	}
}

/* --------------------------------------------------------------------------------- fates -- */

static bool may_go(const shaper *s, oray_id id)
{
	const pic_plan *p = s->plan;
	oray_node n;
	bool read = false;
	oray_model_node(p->model, id, &n);
	for (size_t k = 0; k < n.n_outputs; k++) {
		oray_value v;
		if (!oray_model_value(p->model, n.outputs[k], &v))
			continue;
		if (v.is_output || v.producer != id)
			return false;
		read |= v.n_uses > 0;
		for (size_t u = 0; s->role[id] == MADE_OF_CONSTANTS && u < v.n_uses; u++)
			if (p->fate[v.uses[u]] != PIC_SHAPE)
				return false;
	}
	return read;
}

oray_status pic_fold_shapes(pic_plan *p, oray_error *err)
{
	pic_folding *f = p->folding;
	size_t n = p->info->n_nodes;
	shaper s = {.plan = p};
	s.role = heap_zeroed(n + 1, sizeof *s.role);
	s.pending = heap_zeroed(n + 1, sizeof *s.pending);
	s.queue = heap_zeroed(n + 1, sizeof *s.queue);
	f->shape_of = heap_get((n + 1) * sizeof *f->shape_of);
	bool fine = s.role && s.pending && s.queue && f->shape_of;
	if (fine) {
		memset(f->shape_of, 0xff, (n + 1) * sizeof *f->shape_of);
		start(&s);
		spread(&s, 0);
		for (oray_id id = 0; id < n; id++) { /* a Shape of what is no arithmetic after all */
			oray_node node;
			size_t known = s.n;
			if (s.role[id] != WAITING || !oray_model_node(p->model, id, &node) ||
			    known_sort(&s, &node) != SEED)
				continue;
			take(&s, id, &node, SEED);
			spread(&s, known);
		}
		for (size_t i = s.n; i-- > 0;)
			if (may_go(&s, s.queue[i])) {
				p->fate[s.queue[i]] = PIC_SHAPE;
				f->shapes++;
			}
		for (size_t i = 0; i < n; i++)
			if (f->shape_of[i] == NO_SHAPE)
				f->shape_of[i] = ORAY_NONE;
	}
	heap_free(s.role);
	heap_free(s.pending);
	heap_free(s.queue);
	vec_free(NULL, &s.sorts);
	return fine ? ORAY_OK : error_memory(err);
}

/* ----------------------------------------------------------------------------------- row -- */

bool pic_shape_row(pic_look *look, oray_id value, buf *out)
{
	const pic_plan *p = look->plan;
	oray_value v;
	if (!oray_model_value(p->model, value, &v) || v.producer == ORAY_NONE ||
	    p->fate[v.producer] != PIC_SHAPE)
		return false;
	oray_id of = p->folding->shape_of[v.producer];
	buf_char(out, ' ');
	buf_char(out, PIC_MUTED);
	if (oray_model_value(p->model, of, &v) && v.name.size) {
		buf_str(out, "from shape of ");
		clean_text(out, v.name.data, v.name.size, 26);
	} else {
		buf_str(out, "from shapes");
	}
	buf_char(out, PIC_PLAIN);
	return true;
}
