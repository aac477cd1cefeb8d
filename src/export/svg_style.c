/* SPDX-License-Identifier: Apache-2.0 */
/*
 * svg_style.c - one style block: what does not depend on colours first, then the colours of one
 * theme, and those of the dark one for readers who prefer it. Readers that know nothing of such
 * preferences take the first: what they may not understand comes last.
 *
 * In a box, `rect` is its body, `path` its head, or class h where there is only a head; text of
 * class t is its title, n its name, b bold and m of less matter.
 */
#include "export/svg_draft.h"
#include "picture/pic_metric.h"

const char *const svg_stroke_names[PIC_N_STROKES] = {
    [PIC_CAPTURED] = "captured", [PIC_REMOVED] = "removed", [PIC_QUANTIZED] = "quantized"};

/* `before`, a colour, `after`. */
static void colour(buf *b, const char *before, uint32_t color, const char *after)
{
	char hex[THEME_HEX];
	buf_str(b, before);
	theme_hex(color, hex);
	if (hex[1] == hex[2] && hex[3] == hex[4] && hex[5] == hex[6]) {
		hex[2] = hex[3];
		hex[3] = hex[5];
		hex[4] = '\0';
	}
	buf_str(b, hex);
	buf_str(b, after);
}

static void rules_of_paint(const svg_found *found, const char *name, theme_paint ink, buf *b)
{
	buf_format(b, ".%s{stroke:", name);
	colour(b, "", ink.border, "}");
	buf_format(b, ".%s path,.%s .h{fill:", name, name);
	colour(b, "", ink.fill, "}");
	buf_format(b, ".%s .t{fill:", name);
	colour(b, "", ink.text, "}");
	if (found->names || found->muted) {
		buf_format(b, ".%s .n,.%s .t .m{fill:", name, name);
		colour(b, "", ink.muted, "}");
	}
	svg_lit(b, "\n");
}

static void rules_of_wires(const svg_found *found, const theme *t, buf *b)
{
	const uint32_t colours[PIC_N_STROKES] = {
	    [PIC_SOLID] = t->wire,
	    [PIC_CAPTURED] = t->captured,
	    [PIC_REMOVED] = t->state[THEME_REMOVED].border,
	    [PIC_QUANTIZED] = t->quantized.border,
	};
	colour(b, ".wires{stroke:", t->wire, "}");
	colour(b, ".head{fill:", t->wire, "}");
	for (unsigned i = PIC_SOLID + 1; i < PIC_N_STROKES; i++) {
		if (!found->stroke[i])
			continue;
		buf_format(b, ".wires .%s{stroke:", svg_stroke_names[i]);
		colour(b, "", colours[i], "}");
		buf_format(b, ".head.%s{fill:", svg_stroke_names[i]);
		colour(b, "", colours[i], "}");
	}
	svg_lit(b, "\n");
}

/* Everything that has a colour. */
static void rules(const svg_found *found, const theme *t, buf *b)
{
	colour(b, ".page{fill:", t->page, "}");
	colour(b, "text{fill:", t->body.text, "}");
	colour(b, "rect{fill:", t->body.fill, "}");
	if (found->muted)
		colour(b, ".m{fill:", t->body.muted, "}");
	rules_of_wires(found, t, b);
	if (found->tags)
		colour(b, ".tags text{fill:", t->wire_text, "}");
	if (found->ends) {
		colour(b, ".tags rect{fill:", t->pill.fill, ";");
		colour(b, "stroke:", t->pill.border, "}");
	}
	if (found->frames) {
		colour(b, ".frame{stroke:", t->nested.border, "}");
		colour(b, ".frame rect{fill:", t->nested.fill, "}");
		colour(b, ".frame .t{fill:", t->nested.text, "}");
	}
	for (unsigned p = 0; p < PIC_N_PAINTS; p++)
		if (found->paint[p])
			rules_of_paint(found, pic_paint_name(p), pic_paint_ink(t, p), b);
	if (!found->quantized)
		return;
	colour(b, ".quant{stroke:", t->quantized.border, "}");
	colour(b, ".quant rect{fill:", t->quantized.fill, "}");
	colour(b, ".quant text{fill:", t->quantized.text, "}");
	colour(b, ".quant .m{fill:", t->quantized.muted, "}\n");
}

void svg_style(svg_draft *d, const theme *light, const theme *dark)
{
	const svg_found *found = &d->found;
	buf *b = d->b;
	buf_format(b, "<style>\ntext{font:%dpx " PIC_FONT ";stroke:none}", PIC_ROW_SIZE);
	buf_format(b, ".t{font-size:%dpx;font-weight:bold}", PIC_TITLE_SIZE);
	svg_lit(b, ".wires{fill:none}.wires path.head{stroke:none}");
	if (found->names)
		buf_format(b, ".n{font-size:%dpx}", PIC_NAME_SIZE);
	if (found->bold)
		svg_lit(b, ".b{font-weight:bold}");
	if (found->tags && PIC_TAG_SIZE != PIC_ROW_SIZE)
		buf_format(b, ".tags text{font-size:%dpx}", PIC_TAG_SIZE);
	if (found->paint[PIC_PAINT_PILL] || found->paint[PIC_PAINT_MISSING])
		svg_lit(b, ".pill text,.undefined text{text-anchor:middle}");
	if (found->legend)
		buf_format(b, ".legend .t{font-size:%dpx;font-weight:normal}", PIC_ROW_SIZE);
	if (found->dashed)
		svg_lit(b, ".dashed{stroke-dasharray:4 3}");
	if (found->stroke[PIC_CAPTURED])
		svg_lit(b, ".wires .captured{stroke-dasharray:4 3}");
	if (found->stroke[PIC_REMOVED])
		svg_lit(b, ".wires .removed{stroke-dasharray:6 3}");
	if (found->quantized)
		svg_lit(b, ".quant{stroke-width:2}");
	svg_lit(b, "\n");
	rules(found, light, b);
	if (dark) {
		svg_lit(b, "@media (prefers-color-scheme:dark){\n");
		rules(found, dark, b);
		svg_lit(b, "}\n");
	}
	svg_lit(b, "</style>\n");
}
