/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quant_page.c - how a model is quantized, for people: in a sentence, in shares, what looks wrong.
 */
#include <math.h>
#include <string.h>

#include "words/describe.h"
#include "words/numbers.h"
#include "export/quant_view.h"

#define KINDS_MOST    8
#define FINDINGS_MOST 12

/* -------------------------------------------------------------------------------- scheme -- */

static const char *const sentences[] = {
    [ORAY_SCHEME_NONE] = "not quantized",
    [ORAY_SCHEME_QDQ] = "float operators between QuantizeLinear and DequantizeLinear (QDQ)",
    [ORAY_SCHEME_QOPERATOR] = "operators that compute on integers, with fixed scales (QOperator)",
    [ORAY_SCHEME_DYNAMIC] = "scales of activations are measured while it runs (dynamic)",
    [ORAY_SCHEME_WEIGHT_ONLY] = "weights in few bits, computing with floats (weight-only)",
    [ORAY_SCHEME_FAKE] = "floats, rounded when they are used (fake quantization)",
    [ORAY_SCHEME_MIXED] = "several schemes together (mixed)",
};

static void heading(quant_view *v)
{
	oray_str path = oray_model_describe(v->q->model)->path;
	unsigned scheme = (unsigned)v->q->scheme;
	buf name = {0}, what = {0};

	if (scheme == ORAY_SCHEME_NONE && v->q->n_encodings)
		buf_str(&what, "nothing is quantized, but some values say how they could be");
	else
		buf_str(&what, sentences[scheme <= ORAY_SCHEME_MIXED ? scheme : 0]);
	if (v->q->toolchain)
		buf_format(&what, "%s%s", v->p.e->glyphs->dot, v->q->toolchain);
	buf_printable(&name, path.data, path.size);
	page_heading(&v->p, buf_text(&name), buf_text(&what));
	buf_free(&name);
	buf_free(&what);
}

/* --------------------------------------------------------------------------------- kinds -- */

/* Encodings of one role that are alike. */
typedef struct kind {
	buf text;
	size_t n;
} kind;

static void symmetry_text(buf *b, const oray_encoding *e)
{
	if (e->symmetric >= 0 && e->type && !quant_is_float(e->type) && e->role != ORAY_QUANTIZED_BIAS)
		buf_str(b, e->symmetric ? ", symmetric" : ", asymmetric");
	if (e->is_fake && e->role != ORAY_QUANTIZED_ACTIVATION)
		buf_str(b, ", stored as floats");
	if (e->is_dynamic)
		buf_str(b, ", measured while running");
}

static void kind_text(buf *b, const oray_model *model, const oray_encoding *e)
{
	quant_type_text(b, model, e);
	buf_char(b, ' ');
	quant_granularity_text(b, e);
	symmetry_text(b, e);
}

/* Kinds by how often they occur; what is rare is summed up. */
static void kinds_fact(quant_view *v, oray_quantized_role role, const char *label)
{
	kind kinds[KINDS_MOST] = {{{0}, 0}};
	size_t n = 0, others = 0, all = 0;
	facts f = {.n = 0};
	buf text = {0};

	for (size_t i = 0; i < v->q->n_encodings; i++) {
		const oray_encoding *e = &v->q->encodings[i];
		size_t k = 0;
		if (e->role != role)
			continue;
		all++;
		buf_clear(&text);
		kind_text(&text, v->q->model, e);
		while (k < n && strcmp(buf_text(&kinds[k].text), buf_text(&text)) != 0)
			k++;
		if (k == n && n == KINDS_MOST) {
			others++;
			continue;
		}
		if (k == n)
			buf_add(&kinds[n++].text, buf_text(&text), text.n);
		kinds[k].n++;
	}
	for (size_t done = 0; done < n; done++) {
		size_t most = 0;
		for (size_t k = 1; k < n; k++)
			most = kinds[k].n > kinds[most].n ? k : most;
		facts_add(&f, "%zu %s %s", kinds[most].n, v->p.e->glyphs->times,
		          buf_text(&kinds[most].text));
		kinds[most].n = 0;
	}
	if (others)
		facts_add(&f, "%zu others", others);
	if (all)
		page_facts(&v->p, label, &f);
	for (size_t k = 0; k < n; k++)
		buf_free(&kinds[k].text);
	buf_free(&text);
	buf_free(&f.text);
}

static void coverage(quant_view *v)
{
	const oray_quantization *q = v->q;
	size_t quantized = 0;
	facts f = {.n = 0};

	for (size_t i = 0; i < q->n_layers; i++)
		quantized += q->layers[i].is_quantized;
	if (q->n_layers)
		facts_add(&f, "%zu of %zu compute nodes", quantized, q->n_layers);
	if (!isnan(q->parameter_coverage)) {
		number_percent(&f.text, q->parameter_coverage);
		buf_str(&f.text, " of weights");
		facts_end(&f, PAINT_PLAIN);
	}
	if (!isnan(q->macs_coverage) && oray_model_is_inferred(q->model)) {
		number_percent(&f.text, q->macs_coverage);
		buf_str(&f.text, " of MACs");
		facts_end(&f, PAINT_PLAIN);
	}
	if (f.n)
		page_facts(&v->p, "quantized", &f);
	else
		buf_free(&f.text);
}

/* ------------------------------------------------------------------------------ findings -- */

static void finding(quant_view *v, const oray_finding *found)
{
	static const char *const words[] = {"info", "warning", "error"};
	static const paint paints[] = {PAINT_NOTE, PAINT_WARN, PAINT_BAD};
	unsigned severity = (unsigned)found->severity <= ORAY_ERROR ? (unsigned)found->severity : 0;
	buf text = {0};

	buf_format(&text, "%s: %s [%s]", found->where, found->message, found->rule);
	page_fact(&v->p, words[severity], paints[severity], buf_text(&text), text.n);
	buf_free(&text);
}

static void findings(quant_view *v)
{
	size_t n = 0, all = v->q->n_findings;

	if (!all)
		return;
	page_section(&v->p, "Findings");
	for (int severity = ORAY_ERROR; severity >= ORAY_INFO; severity--)
		for (size_t i = 0; i < all; i++) {
			if ((int)v->q->findings[i].severity != severity)
				continue;
			if (v->p.verbose || n < FINDINGS_MOST || all == FINDINGS_MOST + 1)
				finding(v, &v->q->findings[i]);
			n++;
		}
	if (!v->p.verbose && all > FINDINGS_MOST + 1) {
		facts f = {.n = 0};
		facts_add(&f, "%zu more; -v shows them", all - FINDINGS_MOST);
		page_facts(&v->p, "", &f);
	}
}

void quant_page(emit *e, quant_view *v, const oray_style *style)
{
	page_start(&v->p, e, style);
	heading(v);
	page_gap(&v->p);
	page_label_room(&v->p, (oray_str){"activations", 11});
	coverage(v);
	kinds_fact(v, ORAY_QUANTIZED_WEIGHT, "weights");
	kinds_fact(v, ORAY_QUANTIZED_ACTIVATION, "activations");
	kinds_fact(v, ORAY_QUANTIZED_BIAS, "biases");
	if (v->q->n_encodings || v->p.verbose)
		quant_layers_table(v);
	findings(v);
}
