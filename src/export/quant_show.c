/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quant_show.c - the quantization of one value, or of what one node reads, in real numbers.
 */
#include <math.h>
#include <string.h>

#include "words/describe.h"
#include "words/numbers.h"
#include "export/quant_view.h"

#define SHOWN_MOST 8

static void add_span(facts *f, const char *what, double low, double high, const glyphs *g)
{
	if (isnan(low))
		return;
	buf_format(&f->text, "%s ", what);
	quant_span_text(&f->text, low, high, false, g);
	facts_end(f, PAINT_PLAIN);
}

static void encoding_fact(page *p, const oray_model *model, const oray_encoding *e)
{
	const glyphs *g = p->e->glyphs;
	facts f = {.n = 0};
	buf label = {0};

	buf_printable(&label, e->name.data, e->name.size);
	quant_type_text(&f.text, model, e);
	buf_char(&f.text, ' ');
	quant_granularity_text(&f.text, e);
	if (e->granularity == ORAY_PER_AXIS && e->axis >= 0)
		buf_format(&f.text, " (axis %lld)", (long long)e->axis);
	facts_end(&f, PAINT_PLAIN);
	add_span(&f, "scale", e->scale_min, e->scale_max, g);
	add_span(&f, "zero point", e->zero_point_min, e->zero_point_max, g);
	add_span(&f, "real", e->low, e->high, g);
	if (e->is_dynamic)
		facts_add(&f, "measured while it runs");
	if (e->is_fake)
		facts_add(&f, "stored as floats");
	page_facts(p, buf_text(&label), &f);
	buf_free(&label);
}

static bool touches(const oray_encoding *e, const oray_node *node, oray_id id, oray_id value)
{
	if (value != ORAY_NONE && (e->value == value || e->real == value))
		return true;
	if (id == ORAY_NONE)
		return false;
	if (e->node == id || e->reader == id)
		return true;
	for (size_t i = 0; i < node->n_inputs && i < 64; i++)
		if (node->inputs[i] != ORAY_NONE &&
		    (node->inputs[i] == e->value || node->inputs[i] == e->real))
			return true;
	for (size_t i = 0; i < node->n_outputs && i < 64; i++)
		if (node->outputs[i] != ORAY_NONE &&
		    (node->outputs[i] == e->value || node->outputs[i] == e->real))
			return true;
	return false;
}

void quant_show(page *p, const oray_model *model, oray_id node, oray_id value)
{
	oray_quantization *q;
	oray_node n = {0};
	size_t found = 0;

	if (node != ORAY_NONE && !oray_model_node(model, node, &n))
		return;
	if (oray_explain_quantization(model, &q, NULL) != ORAY_OK)
		return;
	for (size_t i = 0; i < q->n_encodings; i++) {
		if (!touches(&q->encodings[i], &n, node, value))
			continue;
		if (!found++)
			page_section(p, "Quantization");
		if (found <= SHOWN_MOST || p->verbose)
			encoding_fact(p, model, &q->encodings[i]);
	}
	oray_quantization_free(q);
}
