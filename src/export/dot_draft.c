/* SPDX-License-Identifier: Apache-2.0 */
#include "export/dot_draft.h"

#include <string.h>

#include "export/dot_escape.h"
#include "export/dot_place.h"
#include "words/clean.h"

/* cgraph's functions take strings that they do not change as char *. */
static char *mutable(const char *text)
{
	union {
		const char *in;
		char *out;
	} same = {text};
	return same.out;
}
static Agsym_t *declare(dot_draft *d, int kind, const char *name, const char *value)
{
	Agsym_t *symbol = agattr(d->root, kind, mutable(name), mutable(value));
	d->failed |= !symbol;
	return symbol;
}

void dot_draft_set(dot_draft *d, void *thing, Agsym_t *symbol, const char *value)
{
	d->failed |= !symbol || agxset(thing, symbol, mutable(value)) != 0;
}

static char *markup(dot_draft *d)
{
	char *text = buf_ok(&d->label) ? agstrdup_html(d->root, mutable(buf_text(&d->label))) : NULL;
	d->failed |= !text;
	return text;
}

void dot_draft_set_markup(dot_draft *d, void *thing, Agsym_t *symbol)
{
	char *text = markup(d);
	if (text)
		dot_draft_set(d, thing, symbol, text);
}

void dot_draft_set_tip(dot_draft *d, void *thing, Agsym_t *symbol)
{
	buf_clear(&d->tip);
	for (size_t at = 0; at < d->words.n;) {
		const char *line = d->words.data + at, *end = memchr(line, '\n', d->words.n - at);
		size_t size = end ? (size_t)(end - line) : d->words.n - at;
		buf_str(&d->tip, at ? "\\n" : "");
		dot_tip(&d->tip, line, size, CLEAN_MOST);
		at += size + 1;
	}
	d->failed |= !buf_ok(&d->tip) || !buf_ok(&d->words);
	dot_draft_set(d, thing, symbol, buf_text(&d->tip));
}

void dot_draft_set_words(dot_draft *d, void *thing, Agsym_t *symbol)
{
	d->failed |= !buf_ok(&d->words);
	dot_draft_set(d, thing, symbol, buf_text(&d->words));
}

void dot_draft_set_graph(dot_draft *d, Agraph_t *g, const char *name, const char *value)
{
	d->failed |= agsafeset(g, mutable(name), mutable(value), mutable("")) != 0;
}

void dot_draft_set_title(dot_draft *d, Agraph_t *g)
{
	char *text = markup(d);
	if (text)
		dot_draft_set_graph(d, g, "label", text);
}

/* What `neato -n2` draws as it is, and a layout leaves alone. */
static void declare_places(dot_draft *d)
{
	buf_clear(&d->words);
	dot_corners(d->pic, &(pic_area){0, 0, d->pic->width, d->pic->height}, &d->words);
	d->failed |= !buf_ok(&d->words);
	declare(d, AGRAPH, "bb", buf_text(&d->words));
	declare(d, AGRAPH, "notranslate", "true");
	d->node_pos = declare(d, AGNODE, "pos", "");
	d->node_width = declare(d, AGNODE, "width", "");
	d->node_height = declare(d, AGNODE, "height", "");
	declare(d, AGNODE, "pin", "true");
	d->wire_pos = declare(d, AGEDGE, "pos", "");
	d->wire_at = declare(d, AGEDGE, "lp", "");
	d->tail_label = declare(d, AGEDGE, "taillabel", "");
	d->tail_at = declare(d, AGEDGE, "tail_lp", "");
	d->head_label = declare(d, AGEDGE, "headlabel", "");
	d->head_at = declare(d, AGEDGE, "head_lp", "");
}

void dot_draft_declare(dot_draft *d, const dot_setting *extra)
{
	const theme *t = d->theme;
	char hex[THEME_HEX];
	static const char *const graph[][2] = {
	    {"charset", "UTF-8"}, {"nodesep", "0.25"}, {"ranksep", "0.3"},  {"fontname", DOT_FONT},
	    {"fontsize", "10"},   {"labeljust", "l"},  {"linelength", "0"},
	};
	for (size_t i = 0; i < sizeof graph / sizeof *graph; i++)
		declare(d, AGRAPH, graph[i][0], graph[i][1]);
	declare(d, AGRAPH, "rankdir", d->pic->right ? "LR" : "TB");
	declare(d, AGRAPH, "bgcolor", theme_hex(t->page, hex));
	for (; extra && extra->name; extra++)
		declare(d, AGRAPH, extra->name, extra->value);

	declare(d, AGNODE, "shape", "plain");
	declare(d, AGNODE, "id", "\\N");
	declare(d, AGNODE, "fontname", DOT_FONT);
	declare(d, AGNODE, "fontsize", "9");
	declare(d, AGNODE, "fontcolor", theme_hex(t->body.text, hex));
	d->node_label = declare(d, AGNODE, "label", "");
	d->node_tip = declare(d, AGNODE, "tooltip", "");
	d->node_class = declare(d, AGNODE, "class", "");

	declare(d, AGEDGE, "fontname", DOT_FONT);
	declare(d, AGEDGE, "fontsize", "8");
	declare(d, AGEDGE, "fontcolor", theme_hex(t->wire_text, hex));
	declare(d, AGEDGE, "arrowsize", DOT_ARROW_SIZE);
	declare(d, AGEDGE, "penwidth", "0.8");
	d->wire_color = declare(d, AGEDGE, "color", theme_hex(t->wire, hex));
	d->wire_style = declare(d, AGEDGE, "style", "");
	d->wire_label = declare(d, AGEDGE, "label", "");
	d->wire_tip = declare(d, AGEDGE, "tooltip", "");
	d->wire_class = declare(d, AGEDGE, "class", "");
	if (d->places)
		declare_places(d);
}
