/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html.c - the page to explore a model with, one file that needs no other and asks nobody: policy,
 * style, markup, the opening of a large picture, the script that draws it, all other script, data.
 *
 * Style and scripts come from templates/ as they are, and the policy names them by their digests:
 * nothing else can run or be loaded. What a model says is in the blocks of data only, and in the
 * title with entities.
 */
#include <string.h>

#include "base/error.h"
#include "base/heap.h"
#include "export/html_draft.h"
#include "export/layers.h"
#include "export/svg_draft.h"
#include "picture/pic_marks.h"
#include "words/clean.h"

#include "viewer.inc"

#define MOST_TITLE 120 /* characters of a file's name */

/* ------------------------------------------------------------------------------- facts -- */

/* What the facts of a page are taken from. */
typedef struct found {
	html_known known;
	module_tree tree;
	oray_quantization *quantization; /* NULL: the picture has it */
} found;

static oray_status find_out(found *f, const oray_model *model, const picture *pic, oray_error *err)
{
	oray_layer_options every = {.all = true};
	html_known *k = &f->known;
	oray_status status = oray_list_layers(model, NULL, &k->main, err);
	if (status == ORAY_OK && oray_model_describe(model)->n_graphs > 1)
		status = oray_list_layers(model, &every, &k->all, err);
	if (status == ORAY_OK)
		status = oray_list_parameters(model, &k->parameters, err);
	if (status == ORAY_OK)
		status = oray_summarize(model, &k->summary, err);
	if (status != ORAY_OK)
		return status;
	bool whole = module_tree_make(&f->tree, k->main, 0);
	k->tree = &f->tree;
	if (!whole)
		return error_memory(err);
	const pic_marks *marks = pic->plan.marks;
	k->quantization = marks ? marks->quantization : NULL;
	if (marks && marks->difference) {
		status = oray_explain_quantization(model, &f->quantization, err);
		k->quantization = f->quantization;
	}
	return status;
}

static void forget(found *f)
{
	oray_layers_free(f->known.main);
	oray_layers_free(f->known.all);
	oray_parameter_list_free(f->known.parameters);
	oray_summary_free(f->known.summary);
	oray_quantization_free(f->quantization);
	if (f->known.tree)
		module_tree_free(&f->tree);
}

/* -------------------------------------------------------------------------------- data -- */

static void data(html_draft *d, const html_known *k, const picture *pic, const char *title)
{
	html_open(d, '{');
	html_key(d, "v");
	html_int(d, 1);
	html_key(d, "title");
	html_cstr(d, title);
	html_themes(d);
	html_nodes(d, k);
	html_values(d);
	html_tensors(d, k->parameters);
	html_notes(d);
	html_model(d);
	html_graphs(d);
	html_facts(d, k);
	html_difference(d);
	html_views(d, pic, k);
	html_gone(d, pic);
	html_ops(d);
	html_attributes(d);
	html_types(d);
	html_labels(d);
	html_texts(d);
	html_close(d, '}');
}

/* -------------------------------------------------------------------------------- page -- */

static void begin(html_draft *d, const char *title)
{
	buf *b = &d->out->pending;
	buf_str(b, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	           "script-src 'sha256-" VIEWER_FIRST_SHA256 "' 'sha256-" VIEWER_REST_SHA256
	           "'; style-src 'sha256-" VIEWER_CSS_SHA256
	           "'; img-src data: blob:; base-uri 'none'; form-action 'none'\">\n"
	           "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
	           "<meta name=\"generator\" content=\"onnxray\">\n<title>");
	svg_text(b, title, strlen(title));
	buf_str(b, "</title>\n<style>");
	emit_add(d->out, viewer_css, sizeof viewer_css - 1);
	emit_str(d->out, "</style>\n</head>\n<body>\n");
	emit_add(d->out, viewer_html, sizeof viewer_html - 1);
}

static void script(emit *out, const char *text, size_t size)
{
	emit_str(out, "<script>");
	emit_add(out, text, size);
	emit_str(out, "</script>\n");
}

static bool start(html_draft *d)
{
	size_t n_types = 0, n_ops = 0;
	oray_node node;
	oray_value v;
	for (oray_id i = 0; oray_model_value(d->model, i, &v); i++)
		n_types = v.inferred != ORAY_NONE && v.inferred >= n_types ? v.inferred + 1 : n_types;
	for (oray_id i = 0; oray_model_node(d->model, i, &node); i++)
		n_ops = node.op_type >= n_ops ? node.op_type + 1 : n_ops;
	strings *const pools[] = {&d->texts, &d->labels, &d->types, &d->attributes};
	for (size_t i = 0; i < sizeof pools / sizeof *pools; i++)
		strings_init(pools[i], NULL);
	d->n_type_of = n_types;
	d->n_op_first = n_ops;
	d->type_of = heap_zeroed(n_types + 1, sizeof *d->type_of);
	d->op_first = heap_zeroed(n_ops + 1, sizeof *d->op_first);
	oray_id *unknown = vec_push(NULL, &d->type_values);
	if (unknown)
		*unknown = ORAY_NONE;
	return d->type_of && d->op_first && unknown && strings_add(&d->texts, "", 0) == 0 &&
	       strings_add(&d->types, "", 0) == 0 && strings_add(&d->attributes, "[]", 2) == 0;
}

static void finish(html_draft *d)
{
	strings *const pools[] = {&d->texts, &d->labels, &d->types, &d->attributes};
	for (size_t i = 0; i < sizeof pools / sizeof *pools; i++)
		strings_free(pools[i]);
	vec_free(NULL, &d->label_sizes);
	vec_free(NULL, &d->type_values);
	vec_free(NULL, &d->ops);
	vec_free(NULL, &d->formals);
	heap_free(d->type_of);
	heap_free(d->op_first);
	buf_free(&d->json);
	buf_free(&d->word);
	buf_free(&d->more);
}

static void page(html_draft *d, const html_known *k, const picture *pic)
{
	buf title = {0};
	oray_str path = d->info->path;
	size_t at = path.size;
	while (at && path.data[at - 1] != '/')
		at--;
	clean_text(&title, path.data + at, path.size - at, MOST_TITLE);
	begin(d, buf_text(&title));
	html_opening(d, pic, buf_text(&title));
	script(d->out, viewer_first, sizeof viewer_first - 1);
	script(d->out, viewer_rest, sizeof viewer_rest - 1);
	d->pack = html_pack_begin(d->out, "data", HTML_PLAIN_DATA);
	if (d->pack && start(d)) {
		data(d, k, pic, buf_text(&title));
		html_pack_add(d->pack, d->json.data, d->json.n);
	} else {
		d->failed = true;
	}
	if (d->failed || !buf_ok(&d->json) || !buf_ok(&d->word) || !buf_ok(&d->more))
		emit_fail(d->out, ORAY_ERR_MEMORY);
	html_pack_end(d->pack);
	emit_str(d->out, "</body>\n</html>\n");
	buf_free(&title);
	finish(d);
}

/* Everything as nodes, with bodies and functions, unless a part is asked for. */
static oray_drawing unfolded(const oray_drawing *asked, const oray_model_info *info)
{
	oray_drawing first = *asked;
	if (first.difference)
		return first;
	first.fold = ORAY_FOLD_CONSTANTS;
	first.depth = 0;
	first.all |= !first.only && info->n_graphs > 1;
	return first;
}

oray_status oray_write_page(const oray_model *model, const oray_drawing *drawing, oray_sink sink,
                            void *context, oray_error *err)
{
	static const oray_drawing everything;
	emit out;
	found f = {.quantization = NULL};
	picture pic;
	html_draft d = {.model = model,
	                .info = oray_model_describe(model),
	                .drawing = drawing ? drawing : &everything,
	                .out = &out};
	const oray_drawing first = unfolded(d.drawing, d.info);
	if (first.theme && strcmp(first.theme, "auto") != 0 && !theme_find(first.theme))
		return error_set(err, ORAY_ERR_USAGE, ORAY_NO_OFFSET, NULL,
		                 "no theme \"%s\"; there are auto, light and dark", first.theme);
	oray_status status = picture_make(&pic, model, &first, err);
	if (status == ORAY_OK)
		status = find_out(&f, model, &pic, err);
	if (status == ORAY_OK) {
		emit_init(&out, NULL, sink, context);
		page(&d, &f.known, &pic);
		status = emit_end(&out, err);
	}
	forget(&f);
	picture_free(&pic);
	return status;
}
