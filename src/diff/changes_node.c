/* SPDX-License-Identifier: Apache-2.0 */
/*
 * changes_node.c - what differs between two nodes of a pair.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "diff/comparison.h"
#include "ops/ops.h"

enum { ATTRIBUTES_MOST = 64, INPUTS_MOST = 64 };

static bool same(oray_str a, oray_str b)
{
	return a.size == b.size && !memcmp(a.data, b.data, a.size);
}

static void clear(comparison *c)
{
	buf_clear(&c->text);
	buf_clear(&c->text_b);
}

/* ---- operator ---- */

static void operator_change(comparison *c, const oray_node *x, const oray_node *y)
{
	if (!same(x->op, y->op)) {
		clear(c);
		buf_printable(&c->text, x->op.data, x->op.size);
		buf_printable(&c->text_b, y->op.data, y->op.size);
		changes_add_texts(c, "operator");
	} else if (!same(x->domain, y->domain)) {
		clear(c);
		buf_printable(&c->text, x->domain.data, x->domain.size);
		buf_printable(&c->text_b, y->domain.data, y->domain.size);
		changes_add_texts(c, "domain");
	}
}

/* ---- attributes ---- */

/* The attribute of y that answers to attribute `index` of x: of equal names the first to the first.
 */
static bool find_attribute(const oray_model *mx, const oray_node *x, size_t index,
                           const oray_model *my, const oray_node *y, oray_id *id)
{
	oray_attribute asked, a;
	size_t before = 0;

	oray_model_attribute(mx, (oray_id)(x->first_attribute + index), &asked);
	for (size_t i = 0; i < index; i++)
		before += oray_model_attribute(mx, (oray_id)(x->first_attribute + i), &a) &&
		          same(a.name, asked.name);
	for (size_t i = 0; i < y->n_attributes && i < ATTRIBUTES_MOST; i++) {
		*id = (oray_id)(y->first_attribute + i);
		if (oray_model_attribute(my, *id, &a) && same(a.name, asked.name) && !before--)
			return true;
	}
	return false;
}

/* The text of a default as attributes are told, without quotes. */
static bool is_default(const oray_node *node, oray_str name, const buf *text)
{
	const ops_row *row =
	    ops_find(node->domain.data, node->domain.size, node->op.data, node->op.size, 0);
	ops_attr formal;
	const char *said = buf_text(text);
	size_t k = 0;

	if (!row || !ops_attribute_named(row, name.data, name.size, &formal) || !formal.value)
		return false;
	for (size_t i = 0; said[i]; i++) {
		if (said[i] == '[' || said[i] == ']' || said[i] == '"')
			continue;
		if (k >= formal.value_size || formal.value[k++] != said[i])
			return false;
	}
	return k == formal.value_size;
}

/* Ones where the operator's meaning does not depend on them being written. */
static bool is_neutral(oray_str name, const buf *text)
{
	static const char *const of_ones[] = {"dilations", "strides", "group"};
	const char *said = buf_text(text);

	if (text_is(name, "pads")) {
		for (; *said; said++)
			if (*said >= '1' && *said <= '9')
				return false;
		return true;
	}
	for (size_t i = 0; i < sizeof of_ones / sizeof *of_ones; i++)
		if (text_is(name, of_ones[i])) {
			for (; *said; said++)
				if ((*said >= '2' && *said <= '9') || *said == '0')
					return false;
			return true;
		}
	return false;
}

static const bone_slot *slot_at(const skeleton *s, const bone *b, uint32_t input)
{
	for (uint32_t i = 0; i < b->n_slots && i < INPUTS_MOST; i++)
		if (s->slots.at[b->first_slot + i].input == input)
			return &s->slots.at[b->first_slot + i];
	return NULL;
}

/* What later versions of an operator take as an input: axes, min, pads. */
static bool input_named(comparison *c, unsigned of, oray_id id, const oray_node *n, oray_str name,
                        buf *out)
{
	const ops_row *row = ops_find(n->domain.data, n->domain.size, n->op.data, n->op.size, 0);
	const skeleton *s = &c->skeleton[of];
	ops_formal formal;

	for (uint32_t i = 1; row && i < n->n_inputs && i < INPUTS_MOST && ops_input(row, i, &formal);
	     i++) {
		const bone_slot *slot = slot_at(s, &s->bones[id], i);
		if (formal.name_size != name.size || memcmp(formal.name, name.data, name.size))
			continue;
		if (!slot || s->rows[slot->row].parameter->tensor == ORAY_NONE ||
		    !text_of_tensor(out, c->model[of], s->rows[slot->row].parameter->tensor))
			buf_str(out, "computed");
		return true;
	}
	return false;
}

/* Equal but for brackets. */
static bool same_numbers(const buf *a, const buf *b)
{
	const char *x = buf_text(a), *y = buf_text(b);

	for (;;) {
		x += strspn(x, "[]");
		y += strspn(y, "[]");
		if (*x != *y)
			return false;
		if (!*x)
			return true;
		x++;
		y++;
	}
}

static void attribute_change(comparison *c, const oray_node *n, unsigned of, oray_str name,
                             oray_id x, oray_id y, bool same_operator, oray_id other_id,
                             const oray_node *other_node)
{
	buf *mine = of ? &c->text_b : &c->text, *other = of ? &c->text : &c->text_b;
	buf what = {0};

	clear(c);
	text_of_attribute(mine, c->model[of], x);
	if (y != ORAY_NONE)
		text_of_attribute(other, c->model[!of], y);
	else if (same_operator && input_named(c, !of, other_id, other_node, name, other)) {
		if (same_numbers(mine, other))
			return;
	} else if (!same_operator || is_default(n, name, mine) || is_neutral(name, mine) ||
	           text_is(name, "kernel_shape"))
		return; /* the kernel's shape is that of the weights */
	buf_printable(&what, name.data, name.size);
	changes_add_texts(c, buf_text(&what));
	buf_free(&what);
}

static void attribute_changes(comparison *c, oray_id id_x, oray_id id_y, const oray_node *x,
                              const oray_node *y)
{
	bool same_operator = same(x->op, y->op);
	oray_attribute a;
	oray_id other;

	for (size_t i = 0; i < x->n_attributes && i < ATTRIBUTES_MOST; i++) {
		oray_id id = (oray_id)(x->first_attribute + i);
		if (!oray_model_attribute(c->model[0], id, &a) || a.type == ORAY_ATTR_GRAPH ||
		    a.type == ORAY_ATTR_GRAPHS)
			continue;
		if (!find_attribute(c->model[0], x, i, c->model[1], y, &other))
			other = ORAY_NONE;
		attribute_change(c, x, 0, a.name, id, other, same_operator, id_y, y);
	}
	for (size_t i = 0; i < y->n_attributes && i < ATTRIBUTES_MOST; i++) {
		oray_id id = (oray_id)(y->first_attribute + i);
		if (oray_model_attribute(c->model[1], id, &a) && a.type != ORAY_ATTR_GRAPH &&
		    a.type != ORAY_ATTR_GRAPHS &&
		    !find_attribute(c->model[1], y, i, c->model[0], x, &other))
			attribute_change(c, y, 1, a.name, id, ORAY_NONE, same_operator, id_x, x);
	}
}

/* ---- inputs ---- */

static void input_name(buf *what, const oray_node *node, uint32_t input)
{
	const ops_row *row =
	    ops_find(node->domain.data, node->domain.size, node->op.data, node->op.size, 0);
	ops_formal formal;

	if (row && ops_input(row, input, &formal) && !formal.variadic)
		buf_add(what, formal.name, formal.name_size);
	else
		buf_format(what, "input %" PRIu32, input);
}

/* Numbers that were converted to another float type differ in their last digits. */
static bool nearly_equal(const comparison *c, const weight_row *x, const weight_row *y)
{
	double a, b;

	if (!x->elements.exact || !y->elements.exact || x->elements.value != y->elements.value)
		return false;
	for (uint64_t i = 0; i < x->elements.value && i < 16; i++)
		if (!real_number(c->model[0], x, i, &a) || !real_number(c->model[1], y, i, &b) ||
		    !(fabs(a - b) <= 2e-3 * fabs(a) + 1e-7 || a == b))
			return false;
	return true;
}

/* Constants that are no weights: axes, shapes, scales. */
static void constant_changes(comparison *c, oray_id a, oray_id b, const oray_node *x)
{
	const bone *p = &c->skeleton[0].bones[a], *q = &c->skeleton[1].bones[b];

	for (uint32_t i = 0; i < p->n_slots && i < INPUTS_MOST; i++) {
		const bone_slot *s = &c->skeleton[0].slots.at[p->first_slot + i];
		const bone_slot *t = slot_at(&c->skeleton[1], q, s->input);
		const weight_row *r = &c->skeleton[0].rows[s->row], *u;
		buf what = {0};
		if (!t)
			continue;
		u = &c->skeleton[1].rows[t->row];
		if (r->is_compared || u->is_compared || r->encoding || u->encoding ||
		    r->parameter->tensor == ORAY_NONE || u->parameter->tensor == ORAY_NONE)
			continue;
		clear(c);
		if (!text_of_tensor(&c->text, c->model[0], r->parameter->tensor) ||
		    !text_of_tensor(&c->text_b, c->model[1], u->parameter->tensor) ||
		    (r->type != u->type && nearly_equal(c, r, u)))
			continue;
		input_name(&what, x, s->input);
		changes_add_texts(c, buf_text(&what));
		buf_free(&what);
	}
}

static oray_id producer_of(const comparison *c, unsigned of, oray_id source)
{
	oray_value v;

	return oray_model_value(c->model[of], source, &v) ? v.producer : ORAY_NONE;
}

/* What flows in comes from another node, and both have partners elsewhere. */
static void wire_changes(comparison *c, oray_id a, oray_id b)
{
	const bone *p = &c->skeleton[0].bones[a], *q = &c->skeleton[1].bones[b];

	for (uint32_t i = 0; p->n_data == q->n_data && i < p->n_data && i < INPUTS_MOST; i++) {
		oray_id x = producer_of(c, 0, c->skeleton[0].data.at[p->first_data + i]);
		oray_id y = producer_of(c, 1, c->skeleton[1].data.at[q->first_data + i]);
		buf what = {0};
		if (x == ORAY_NONE || y == ORAY_NONE || comparison_partner(c, 0, x) == y ||
		    comparison_partner(c, 0, x) == ORAY_NONE || comparison_partner(c, 1, y) == ORAY_NONE)
			continue;
		clear(c);
		buf_str(&c->text, comparison_label(c, 0, x));
		buf_str(&c->text_b, comparison_label(c, 1, y));
		buf_format(&what, "input %" PRIu32 " from", i);
		changes_add_texts(c, buf_text(&what));
		buf_free(&what);
	}
}

/* ---- outputs ---- */

/* Numbers count. Where a symbol came or went, or is called otherwise, the interface says why. */
static bool same_shape(const comparison *c, oray_id a, oray_id b)
{
	oray_type s, t;

	if (!oray_model_type(c->model[0], a, &s) || !oray_model_type(c->model[1], b, &t) ||
	    !s.has_shape || !t.has_shape)
		return true; /* not known on one side */
	if (s.n_dims != t.n_dims)
		return false;
	for (size_t i = 0; i < s.n_dims; i++) {
		oray_dim d = oray_model_dim(c->model[0], a, i), e = oray_model_dim(c->model[1], b, i);
		if (d.kind == ORAY_DIM_VALUE && e.kind == ORAY_DIM_VALUE && d.value != e.value)
			return false;
	}
	return true;
}

static void output_changes(comparison *c, const oray_node *x, const oray_node *y)
{
	oray_value v, w;
	oray_type s, t;
	buf what = {0};

	for (size_t i = 0; i < x->n_outputs && i < y->n_outputs && i < INPUTS_MOST; i++) {
		if (!oray_model_value(c->model[0], x->outputs[i], &v) ||
		    !oray_model_value(c->model[1], y->outputs[i], &w))
			continue;
		if (!same_shape(c, v.inferred, w.inferred)) {
			clear(c);
			text_of_shape(&c->text, c->model[0], v.inferred);
			text_of_shape(&c->text_b, c->model[1], w.inferred);
			buf_clear(&what);
			buf_str(&what, "shape");
			if (i)
				buf_format(&what, " of output %zu", i);
			changes_add_texts(c, buf_text(&what));
		}
		if (oray_model_type(c->model[0], v.inferred, &s) &&
		    oray_model_type(c->model[1], w.inferred, &t) && s.element && t.element &&
		    s.element != t.element && oray_type_name(s.element) && oray_type_name(t.element)) {
			clear(c);
			buf_str(&c->text, oray_type_name(s.element));
			buf_str(&c->text_b, oray_type_name(t.element));
			buf_clear(&what);
			buf_str(&what, "type");
			if (i)
				buf_format(&what, " of output %zu", i);
			changes_add_texts(c, buf_text(&what));
		}
	}
	buf_free(&what);
}

static bool same_names(const comparison *c, const oray_node *x, const oray_node *y)
{
	oray_value v, w;

	for (size_t i = 0; i < x->n_outputs && i < y->n_outputs && i < INPUTS_MOST; i++)
		if (oray_model_value(c->model[0], x->outputs[i], &v) &&
		    oray_model_value(c->model[1], y->outputs[i], &w) && !same(v.name, w.name))
			return false;
	return true;
}

void changes_of_nodes(comparison *c, oray_id a, oray_id b)
{
	oray_node x, y;

	c->changes.n = 0;
	if (!oray_model_node(c->model[0], a, &x) || !oray_model_node(c->model[1], b, &y))
		return;
	c->n_words += !same(x.name, y.name) || !same_names(c, &x, &y);
	operator_change(c, &x, &y);
	attribute_changes(c, a, b, &x, &y);
	if (same(x.op, y.op))
		constant_changes(c, a, b, &x);
	wire_changes(c, a, b);
	if (oray_model_is_inferred(c->model[0]) && oray_model_is_inferred(c->model[1]))
		output_changes(c, &x, &y);
}
