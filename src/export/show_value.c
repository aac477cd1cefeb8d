/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show_value.c - everything about a value: type, where it comes from, who reads it, what is in it.
 */
#include <inttypes.h>
#include <string.h>

#include "export/attributes.h"
#include "words/describe.h"
#include "words/numbers.h"
#include "export/quant_view.h"
#include "export/show.h"
#include "export/stats.h"
#include "export/values_text.h"

#define USERS_SHOWN 8

static void heading(page *p, const oray_model *model, oray_id id, const oray_value *v)
{
	buf name = {0}, type = {0}, shape = {0};
	known_type t = known_type_of(model, id);
	buf_printable(&name, v->name.data, v->name.size);
	if (!v->name.size)
		buf_str(&name, "(no name)");
	known_type_text(&type, model, &t);
	known_shape_text(&shape, model, &t, p->e->glyphs);
	if (known_type_is_known(&t) && shape.n) {
		buf_char(&type, ' ');
		buf_str(&type, buf_text(&shape));
	}
	if (!known_type_is_known(&t)) {
		buf_clear(&type);
		buf_str(&type, "type unknown");
	}
	page_heading(p, buf_text(&name), buf_text(&type));
	buf_free(&name);
	buf_free(&type);
	buf_free(&shape);
}

/* What it is: the ways in which a value is more than an edge. */
static void kind_fact(page *p, const oray_model *model, oray_id id, const oray_value *v)
{
	facts f = {.n = 0};
	oray_role role;
	if (v->is_input)
		facts_add(&f, "input");
	if (v->initializer != ORAY_NONE)
		facts_add(&f, v->is_input ? "initializer, its default" : "initializer");
	if (v->sparse != ORAY_NONE)
		facts_add(&f, "sparse initializer");
	if (v->is_output)
		facts_add(&f, "output");
	if (!f.n && v->producer != ORAY_NONE)
		facts_add(&f, "intermediate");
	if (v->is_undefined) {
		buf_str(&f.text, "read, but defined nowhere");
		facts_end(&f, PAINT_BAD);
	}
	graph_place_text(&f.text, model, v->graph);
	facts_end(&f, PAINT_PLAIN);
	if (show_tensor_of(model, v) != ORAY_NONE && show_role(model, id, &role)) {
		buf_str(&f.text, "role: ");
		role == ORAY_ROLE_OTHER ? buf_str(&f.text, "none known")
		                        : buf_str(&f.text, oray_role_name(role));
		facts_end(&f, PAINT_PLAIN);
	}
	page_facts(p, "kind", &f);
}

static void type_facts(page *p, const oray_model *model, const oray_value *v)
{
	oray_type t;
	facts f = {.n = 0};
	if (!oray_model_type(model, v->type, &t))
		return;
	if (t.kind != ORAY_KIND_TENSOR) {
		type_text(&f.text, model, v->type, p->e->glyphs);
		facts_end(&f, PAINT_PLAIN);
	}
	if (t.denotation.size) {
		buf_str(&f.text, "denotes ");
		buf_printable(&f.text, t.denotation.data, t.denotation.size);
		facts_end(&f, PAINT_PLAIN);
	}
	for (size_t i = 0; i < t.n_dims && i < 16; i++) {
		oray_dim dim = oray_model_dim(model, v->type, i);
		if (!dim.denotation.size)
			continue;
		buf_format(&f.text, "axis %zu ", i);
		buf_printable(&f.text, dim.denotation.data, dim.denotation.size);
		facts_end(&f, PAINT_PLAIN);
	}
	page_facts(p, "type", &f);
}

/* What the model says where that cannot be. */
static void declared_fact(page *p, const oray_model *model, oray_id id)
{
	known_type t = known_type_of(model, id);
	buf b = {0};
	if (!t.contradicts)
		return;
	known_said_text(&b, model, &t, p->e->glyphs);
	buf_str(&b, " ! not what the nodes make of it");
	page_fact(p, "declared", PAINT_WARN, buf_text(&b), b.n);
	buf_free(&b);
}

static void producer_fact(page *p, const oray_model *model, const oray_value *v)
{
	oray_node node;
	facts f = {.n = 0};
	if (v->producer == ORAY_NONE || !oray_model_node(model, v->producer, &node))
		return;
	node_label_text(&f.text, model, v->producer);
	facts_end(&f, PAINT_PLAIN);
	node_operator_text(&f.text, model, &node, p->e->glyphs);
	facts_end(&f, PAINT_CATEGORY + node_category(model, &node));
	show_formal(&f.text, model, &node, v->producer_output, true);
	facts_end(&f, PAINT_DIM);
	page_facts(p, "made by", &f);
}

/* Readers with the input they read it as; many of them only by name. */
static void users_fact(page *p, const oray_model *model, const oray_value *v, oray_id id)
{
	facts f = {.n = 0};
	size_t most = p->verbose ? 20 : USERS_SHOWN, shown = 0, i = 0;
	for (; i < v->n_uses && shown < most; i++) {
		oray_node node;
		if ((i && v->uses[i] == v->uses[i - 1]) || !oray_model_node(model, v->uses[i], &node))
			continue;
		node_label_text(&f.text, model, v->uses[i]);
		for (size_t k = 0; k < node.n_inputs && k < 64; k++) {
			if (node.inputs[k] != id)
				continue;
			buf_str(&f.text, " as ");
			show_formal(&f.text, model, &node, k, false);
			break;
		}
		facts_end(&f, PAINT_PLAIN);
		shown++;
	}
	if (i < v->n_uses) {
		number_exact(&f.text, v->n_uses - i);
		facts_add(&f, " more");
	}
	if (!v->n_uses && !v->is_output) {
		buf_str(&f.text, "nobody");
		facts_end(&f, PAINT_WARN);
	}
	page_facts(p, "read by", &f);
}

static void annotation(page *p, const oray_model *model, const char *label, oray_str name)
{
	oray_ref ref[8];
	facts f = {.n = 0};
	if (!name.size)
		return;
	buf_printable(&f.text, name.data, name.size);
	facts_end(&f, PAINT_PLAIN);
	size_t n = oray_model_find(model, name, ref, 8);
	for (size_t i = 0; i < n && i < 8; i++) {
		oray_value v;
		if (ref[i].what != ORAY_REF_VALUE || !oray_model_value(model, ref[i].id, &v))
			continue;
		values_inline(&f.text, "", model, show_tensor_of(model, &v), 8);
		facts_end(&f, PAINT_PLAIN);
		break;
	}
	page_facts(p, label, &f);
}

/* ------------------------------------------------------------------------------ tensor -- */

static void size_fact(page *p, const oray_model *model, const oray_value *v, const oray_tensor *t)
{
	facts f = {.n = 0};
	oray_sparse sparse;
	if (t->elements.exact) {
		number_exact(&f.text, t->elements.value);
		facts_add(&f, " element%s", t->elements.value == 1 ? "" : "s");
	} else {
		buf_str(&f.text, "dimensions that make no sense");
		facts_end(&f, PAINT_WARN);
	}
	if (v->sparse != ORAY_NONE && oray_model_sparse(model, v->sparse, &sparse)) {
		buf_str(&f.text, "stored of ");
		number_holey(&f.text, sparse.elements, "", true, p->e->glyphs);
		facts_end(&f, PAINT_PLAIN);
	}
	if (t->bytes.exact) {
		number_bytes(&f.text, t->bytes.value, p->verbose);
		facts_end(&f, PAINT_PLAIN);
	}
	if (oray_type_bits(t->type) && oray_type_bits(t->type) < 8)
		facts_add(&f, "%u bits each", (unsigned)oray_type_bits(t->type));
	page_facts(p, "size", &f);
}

static void storage_fact(page *p, const oray_tensor *t)
{
	static const char *const words[] = {
	    [ORAY_STORAGE_NONE] = "no data",
	    [ORAY_STORAGE_RAW] = "raw data in the model file",
	    [ORAY_STORAGE_TYPED] = "typed data in the model file",
	    [ORAY_STORAGE_EXTERNAL] = "another file",
	};
	facts f = {.n = 0};
	facts_add(&f, "%s", words[t->storage]);
	if (t->storage == ORAY_STORAGE_EXTERNAL) {
		buf_printable(&f.text, t->location.data, t->location.size);
		facts_end(&f, PAINT_PLAIN);
		if (t->has_offset) {
			buf_str(&f.text, "from byte ");
			number_exact(&f.text, t->offset);
			facts_end(&f, PAINT_PLAIN);
		}
		if (t->has_length) {
			number_exact(&f.text, t->length);
			facts_add(&f, " bytes");
		}
	} else {
		number_exact(&f.text, t->stored_bytes);
		facts_add(&f, " bytes");
		buf_str(&f.text, "tensor at byte ");
		number_exact(&f.text, t->file_offset);
		facts_end(&f, PAINT_PLAIN);
	}
	if (t->size_mismatch) {
		buf_str(&f.text, "the size does not match the shape");
		facts_end(&f, PAINT_BAD);
	}
	if (t->incomplete) {
		buf_str(&f.text, "cut off by the end of the file");
		facts_end(&f, PAINT_BAD);
	}
	page_facts(p, "stored as", &f);
	for (size_t i = 0; i < t->n_external && i < 16 && p->verbose; i++) {
		facts more = {.n = 0};
		buf_printable(&more.text, t->external[i].key.data, t->external[i].key.size);
		buf_str(&more.text, " = ");
		buf_printable(&more.text, t->external[i].value.data, t->external[i].value.size);
		facts_end(&more, PAINT_DIM);
		page_facts(p, "external", &more);
	}
}

/* A Constant node may hold its value as plain attributes as well. */
static void constant_fact(page *p, const oray_model *model, const oray_value *v)
{
	oray_node node;
	if (v->producer == ORAY_NONE || !oray_model_node(model, v->producer, &node) ||
	    !str_is(node.op, "Constant") || node.n_attributes != 1)
		return;
	buf b = {0};
	attribute_text(&b, model, node.first_attribute, p->verbose, p->e->glyphs);
	page_fact(p, "value", PAINT_PLAIN, buf_text(&b), b.n);
	buf_free(&b);
}

void show_value(page *p, const oray_model *model, oray_id id)
{
	oray_value v;
	oray_tensor t;
	if (!oray_model_value(model, id, &v))
		return;
	oray_id tensor = show_tensor_of(model, &v);
	bool has_tensor = oray_model_tensor(model, tensor, &t);
	heading(p, model, id, &v);
	page_gap(p);
	kind_fact(p, model, id, &v);
	type_facts(p, model, &v);
	declared_fact(p, model, id);
	if (has_tensor) {
		size_fact(p, model, &v, &t);
		storage_fact(p, &t);
	}
	producer_fact(p, model, &v);
	users_fact(p, model, &v, id);
	annotation(p, model, "scale", v.scale);
	annotation(p, model, "zero point", v.zero_point);
	show_doc(p, v.doc);
	if (has_tensor)
		show_doc(p, t.doc);
	else
		constant_fact(p, model, &v);
	show_metadata(p, v.metadata, v.n_metadata);
	quant_show(p, model, ORAY_NONE, id);
	if (!has_tensor)
		return;
	show_metadata(p, t.metadata, t.n_metadata);
	stats_write(p, model, tensor);
	page_section(p, "Values");
	values_write(p, model, tensor);
}
