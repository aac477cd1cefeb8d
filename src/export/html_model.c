/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_model.c - what a model says of itself, its graphs and functions, and the colours and sizes
 * that its pictures are drawn with.
 */
#include <string.h>

#include "export/html_draft.h"
#include "picture/pic_metric.h"
#include "words/describe.h"

static void member(html_draft *d, const char *key, oray_str text)
{
	html_key(d, key);
	html_ref(d, text);
}

static void opsets(html_draft *d, const oray_opset *list, size_t n)
{
	html_key(d, "opsets");
	html_open(d, '[');
	for (size_t i = 0; i < n && html_turn(d); i++) {
		html_open(d, '[');
		html_ref(d, list[i].domain);
		html_int(d, list[i].version);
		html_close(d, ']');
	}
	html_close(d, ']');
}

/* -------------------------------------------------------------------------------- model -- */

static void devices(html_draft *d)
{
	const oray_model_info *info = d->info;
	html_key(d, "devices");
	html_open(d, '[');
	for (size_t i = 0; i < info->n_configurations && html_turn(d); i++) {
		const oray_device_configuration *c = &info->configurations[i];
		html_open(d, '[');
		html_ref(d, c->name);
		html_int(d, c->n_devices);
		for (size_t k = 0; k < c->n_names && html_turn(d); k++)
			html_ref(d, oray_model_string(d->model, c->names[k]));
		html_close(d, ']');
	}
	html_close(d, ']');
}

void html_model(html_draft *d)
{
	const oray_model_info *info = d->info;
	html_key(d, "model");
	html_open(d, '{');
	html_key(d, "ir");
	html_int(d, info->ir_version);
	member(d, "producer", info->producer);
	member(d, "producer_version", info->producer_version);
	html_key(d, "version");
	if (info->has_model_version)
		html_int(d, info->model_version);
	else
		html_null(d);
	member(d, "domain", info->domain);
	member(d, "doc", info->doc);
	opsets(d, info->opsets, info->n_opsets);
	html_key(d, "meta");
	html_pairs(d, info->metadata, info->n_metadata);
	html_key(d, "file_bytes");
	html_count(d, info->file_bytes);
	html_key(d, "model_bytes");
	html_count(d, info->model_bytes);
	html_key(d, "truncated");
	html_int(d, info->truncated);
	html_key(d, "training");
	html_count(d, info->n_training);
	devices(d);
	html_close(d, '}');
}

/* ------------------------------------------------------------------------------- graphs -- */

static void values(html_draft *d, const char *key, const oray_id *list, size_t n)
{
	html_key(d, key);
	html_open(d, '[');
	for (size_t i = 0; i < n && html_turn(d); i++)
		html_int(d, list[i] == ORAY_NONE ? -1 : (int64_t)list[i]);
	html_close(d, ']');
}

static void graph(html_draft *d, oray_id id, const oray_graph *g)
{
	static const char *const kinds[] = {"main", "body", "function", "initialization", "algorithm"};
	html_open(d, '{');
	member(d, "name", g->name);
	html_key(d, "kind");
	html_cstr(d, kinds[g->role]);
	buf_clear(&d->word);
	graph_place_text(&d->word, d->model, id);
	member(d, "title", (oray_str){buf_text(&d->word), d->word.n});
	html_key(d, "node");
	html_int(d, g->parent_node == ORAY_NONE ? -1 : (int64_t)g->parent_node);
	oray_attribute holder;
	if (g->attribute != ORAY_NONE && oray_model_attribute(d->model, g->attribute, &holder))
		member(d, "attribute", holder.name);
	html_key(d, "depth");
	html_count(d, g->depth);
	html_key(d, "first");
	html_count(d, g->first_node);
	html_key(d, "nodes");
	html_count(d, g->n_nodes);
	values(d, "inputs", g->inputs, g->n_inputs);
	values(d, "outputs", g->outputs, g->n_outputs);
	values(d, "initializers", g->initializers, g->n_initializers);
	member(d, "doc", g->doc);
	html_key(d, "meta");
	html_pairs(d, g->metadata, g->n_metadata);
	html_close(d, '}');
}

static void function(html_draft *d, const oray_function *f)
{
	html_open(d, '{');
	member(d, "name", f->name);
	member(d, "domain", f->domain);
	member(d, "overload", f->overload);
	member(d, "doc", f->doc);
	html_key(d, "graph");
	html_int(d, f->graph == ORAY_NONE ? -1 : (int64_t)f->graph);
	html_key(d, "attributes");
	html_open(d, '[');
	for (size_t i = 0; i < f->n_attributes && html_turn(d); i++)
		html_ref(d, oray_model_string(d->model, f->attributes[i]));
	html_close(d, ']');
	const oray_node defaults = {.first_attribute = f->first_default, .n_attributes = f->n_defaults};
	html_key(d, "defaults");
	html_count(d, html_attributes_of(d, &defaults, NULL));
	opsets(d, f->opsets, f->n_opsets);
	html_key(d, "meta");
	html_pairs(d, f->metadata, f->n_metadata);
	html_close(d, '}');
}

void html_graphs(html_draft *d)
{
	const oray_graph *g;
	const oray_function *f;
	html_key(d, "graphs");
	html_open(d, '[');
	for (oray_id i = 0; html_turn(d) && (g = oray_model_graph(d->model, i)); i++)
		graph(d, i, g);
	html_close(d, ']');
	html_key(d, "functions");
	html_open(d, '[');
	for (oray_id i = 0; html_turn(d) && (f = oray_model_function(d->model, i)); i++)
		function(d, f);
	html_close(d, ']');
}

/* ------------------------------------------------------------------------------- themes -- */

static void colour(html_draft *d, uint32_t color)
{
	char hex[THEME_HEX];
	html_cstr(d, theme_hex(color, hex));
}

static void inks(html_draft *d, const char *name, theme_paint p)
{
	html_open(d, '[');
	if (name)
		html_cstr(d, name);
	colour(d, p.fill);
	colour(d, p.border);
	colour(d, p.text);
	colour(d, p.muted);
	html_close(d, ']');
}

static void one_theme(html_draft *d, const theme *t)
{
	const struct {
		const char *name;
		uint32_t color;
	} plain[] = {{"page", t->page},
	             {"wire", t->wire},
	             {"wire_text", t->wire_text},
	             {"captured", t->captured}};
	const struct {
		const char *name;
		theme_paint paint;
	} areas[] = {
	    {"body", t->body}, {"quantized", t->quantized}, {"nested", t->nested}, {"pill", t->pill}};
	const uint32_t strokes[PIC_N_STROKES] = {
	    [PIC_SOLID] = t->wire,
	    [PIC_CAPTURED] = t->captured,
	    [PIC_REMOVED] = t->state[THEME_REMOVED].border,
	    [PIC_QUANTIZED] = t->quantized.border,
	};
	html_key(d, t->name);
	html_open(d, '{');
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
		html_key(d, plain[i].name);
		colour(d, plain[i].color);
	}
	for (size_t i = 0; i < sizeof areas / sizeof *areas; i++) {
		html_key(d, areas[i].name);
		inks(d, NULL, areas[i].paint);
	}
	html_key(d, "strokes");
	html_open(d, '[');
	for (size_t i = 0; i < PIC_N_STROKES; i++)
		colour(d, strokes[i]);
	html_close(d, ']');
	html_key(d, "paints");
	html_open(d, '[');
	for (unsigned i = 0; i < PIC_N_PAINTS; i++)
		inks(d, pic_paint_name(i), pic_paint_ink(t, i));
	html_close(d, ']');
	html_close(d, '}');
}

static void sizes(html_draft *d)
{
	static const struct {
		const char *name;
		int size;
	} all[] = {
	    {"title", PIC_TITLE_SIZE},
	    {"name", PIC_NAME_SIZE},
	    {"row", PIC_ROW_SIZE},
	    {"tag", PIC_TAG_SIZE},
	    {"title_height", PIC_TITLE_HEIGHT},
	    {"name_height", PIC_NAME_HEIGHT},
	    {"row_height", PIC_ROW_HEIGHT},
	    {"rows_above", PIC_ROWS_ABOVE},
	    {"rows_below", PIC_ROWS_BELOW},
	    {"side", PIC_SIDE},
	    {"radius", PIC_RADIUS},
	    {"tag_height", PIC_TAG_HEIGHT},
	    {"tag_rise", PIC_TAG_RISE},
	    {"tag_side", PIC_TAG_SIDE},
	    {"end_out", PIC_END_OUT},
	    {"end_in", PIC_END_IN},
	    {"round", PIC_ROUND},
	    {"margin", PIC_MARGIN},
	};
	html_key(d, "sizes");
	html_open(d, '{');
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		html_key(d, all[i].name);
		html_int(d, all[i].size);
	}
	html_key(d, "font");
	html_cstr(d, PIC_FONT);
	html_close(d, '}');
}

void html_themes(html_draft *d)
{
	const char *asked = d->drawing->theme;
	html_key(d, "themes");
	html_open(d, '{');
	one_theme(d, theme_find("light"));
	one_theme(d, theme_find("dark"));
	html_close(d, '}');
	html_key(d, "theme");
	if (asked && strcmp(asked, "auto") != 0)
		html_cstr(d, asked);
	else
		html_int(d, 0);
	sizes(d);
}
