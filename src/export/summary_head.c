/* SPDX-License-Identifier: Apache-2.0 */
/*
 * summary_head.c - the start of a summary: which file, how large, who made it, what it says of
 * itself.
 */
#include <inttypes.h>
#include <string.h>

#include "words/describe.h"
#include "words/numbers.h"
#include "export/summary.h"

#define METADATA_SHOWN 6
#define OPSETS_SHOWN   8

static void sizes(summary_view *v, facts *f)
{
	const oray_model_info *info = v->info;
	bool exact = v->p.verbose;
	number_bytes(&f->text, info->file_bytes, exact);
	if (info->compressed) {
		buf_str(&f->text, " compressed, ");
		number_bytes(&f->text, info->model_bytes, exact);
		buf_str(&f->text, " model");
	}
	if (v->s->external_bytes || v->s->n_external_files) {
		buf_str(&f->text, " + ");
		number_bytes(&f->text, v->s->external_bytes, exact);
		buf_str(&f->text, " external");
	}
	facts_end(f, PAINT_PLAIN);
	number_count(&f->text, v->s->parameters.total, exact);
	buf_str(&f->text, v->s->parameters.total == 1 ? " parameter" : " parameters");
	facts_end(f, PAINT_PLAIN);
}

static void heading(summary_view *v)
{
	facts f = {.n = 0};
	buf right = {0}, name = {0};
	size_t start = 0;
	if (str_is(v->info->path, "-"))
		buf_str(&name, "standard input");
	else
		buf_printable(&name, v->info->path.data, v->info->path.size);
	sizes(v, &f);
	for (size_t i = 0; i < f.n; start = f.item[i++].end) {
		buf_str(&right, i ? v->p.e->glyphs->dot : "");
		buf_add(&right, f.text.data + start, f.item[i].end - start);
	}
	page_heading(&v->p, buf_text(&name), buf_text(&right));
	buf_free(&f.text);
	buf_free(&name);
	buf_free(&right);
}

static bool is_used(const oray_summary *s, oray_str domain)
{
	for (size_t i = 0; i < s->n_operators; i++)
		if (str_compare(s->operators[i].domain, domain) == 0)
			return true;
	return false;
}

/* Imported domains: that of the standard, or the others. Those nobody uses are noise. */
static void opsets(summary_view *v, facts *f, bool standard)
{
	size_t shown = 0;
	for (size_t i = 0; i < v->info->n_opsets; i++) {
		const oray_opset *o = &v->info->opsets[i];
		if (str_is(o->domain, "ai.onnx") != standard || shown == OPSETS_SHOWN ||
		    (!standard && !v->p.verbose && !is_used(v->s, o->domain)))
			continue;
		if (standard)
			buf_str(&f->text, "opset");
		else
			buf_printable(&f->text, o->domain.data, o->domain.size);
		facts_add(f, " %" PRId64, o->version);
		shown++;
	}
}

static void origin(summary_view *v)
{
	const oray_model_info *info = v->info;
	facts f = {.n = 0};
	if (info->ir_version)
		facts_add(&f, "ONNX IR %" PRId64, info->ir_version);
	else
		facts_add(&f, "ONNX, no IR version");
	opsets(v, &f, true);
	buf_printable(&f.text, info->producer.data, info->producer.size);
	buf_str(&f.text, info->producer.size && info->producer_version.size ? " " : "");
	buf_printable(&f.text, info->producer_version.data, info->producer_version.size);
	facts_end(&f, PAINT_PLAIN);
	if (info->has_model_version && info->model_version)
		facts_add(&f, "model version %" PRId64, info->model_version);
	buf_printable(&f.text, info->domain.data, info->domain.size);
	facts_end(&f, PAINT_PLAIN);
	opsets(v, &f, false);
	page_subheading(&v->p, &f);
}

static void cut_short(summary_view *v)
{
	buf b = {0};
	if (!v->info->truncated)
		return;
	buf_str(&b, "Cut short: at least ");
	number_bytes(&b, v->info->missing_bytes, v->p.verbose);
	buf_str(&b, v->info->missing_bytes == 1 ? " is" : " are");
	buf_str(&b, " missing. The numbers cover what is there.");
	page_gap(&v->p);
	page_paragraph(&v->p, PAINT_BAD, buf_text(&b), b.n);
	buf_free(&b);
}

/* Text that may be long: one line of it, all with -v. */
static void long_fact(summary_view *v, const char *label, oray_str text)
{
	buf b = {0};
	size_t room = v->p.width > v->p.label + 12 ? v->p.width - v->p.label - 2 : 10;
	if (v->p.verbose || v->p.format != ORAY_TEXT) {
		page_prose(&v->p, &b, text.data, text.size);
	} else {
		buf all = {0};
		size_t n = 0;
		while (n < text.size && text.data[n] != '\n' && text.data[n] != '\r')
			n++;
		buf_printable(&all, text.data, n);
		buf_str(&all, n < text.size ? v->p.e->glyphs->cut : "");
		fit_add(&b, FIT_END, buf_text(&all), all.n, room, v->p.e->glyphs);
		buf_free(&all);
	}
	page_fact(&v->p, label, PAINT_PLAIN, buf_text(&b), b.n);
	buf_free(&b);
}

static void about(summary_view *v)
{
	const oray_model_info *info = v->info;
	bool verbose = v->p.verbose;
	size_t n = verbose || info->n_metadata <= METADATA_SHOWN ? info->n_metadata : METADATA_SHOWN;
	if (!info->doc.size && !n)
		return;
	page_gap(&v->p);
	v->p.label = 8;
	for (size_t i = 0; i < n; i++)
		page_label_room(&v->p, info->metadata[i].key);
	if (info->doc.size)
		long_fact(v, "about", info->doc);
	for (size_t i = 0; i < n; i++) {
		buf key = {0};
		buf_printable(&key, info->metadata[i].key.data, info->metadata[i].key.size);
		long_fact(v, buf_text(&key), info->metadata[i].value);
		buf_free(&key);
	}
	if (n < info->n_metadata) {
		buf b = {0};
		buf_format(&b, "%zu more entries of metadata; -v shows them", info->n_metadata - n);
		page_fact(&v->p, v->p.e->glyphs->cut, PAINT_DIM, buf_text(&b), b.n);
		buf_free(&b);
	}
}

void summary_head(summary_view *v)
{
	heading(v);
	origin(v);
	cut_short(v);
	about(v);
}
