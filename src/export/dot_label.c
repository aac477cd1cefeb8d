/* SPDX-License-Identifier: Apache-2.0 */
#include "export/dot_label.h"

#include <inttypes.h>

#include "export/dot_escape.h"
#include "words/clean.h"

enum {
	BORDER = 1,
	BORDER_QUANTIZED = 2,
};

static void font_begin(buf *b, uint32_t size, uint32_t color)
{
	char hex[THEME_HEX];
	buf_format(b, "<FONT POINT-SIZE=\"%" PRIu32 "\" COLOR=\"%s\">", size, theme_hex(color, hex));
}

/* The head ends after `head` of `total` points; below it is the colour `body`. */
static void table_begin(buf *b, const char *style, const theme_paint *ink, int line,
                        const pic_label *x, uint32_t body)
{
	char border[THEME_HEX], fill[THEME_HEX];
	buf_format(b,
	           "<TABLE BORDER=\"%d\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"0\" "
	           "STYLE=\"%s\" COLOR=\"%s\" BGCOLOR=\"%s",
	           line, style, theme_hex(ink->border, border), theme_hex(ink->fill, fill));
	if (x->rows) {
		int edge = (x->head + line) * 10000 / (x->height + 2 * line);
		buf_format(b, ";0.%04d:%s\" GRADIENTANGLE=\"270", edge, theme_hex(body, fill));
	}
	buf_str(b, "\">");
}

static void pieces(buf *b, const pic_line *line, const theme_paint *ink)
{
	size_t at = 0, size;
	const char *data;
	pic_face face;
	while (pic_piece_next(line, &at, &face, &data, &size)) {
		buf_str(b, face == PIC_BOLD ? "<B>" : "");
		font_begin(b, line->font,
		           face == PIC_MUTED || line->role == PIC_NAME ? ink->muted : ink->text);
		dot_html(b, data, size, CLEAN_MOST);
		buf_str(b, "</FONT>");
		buf_str(b, face == PIC_BOLD ? "</B>" : "");
	}
}

static int32_t height_of(const pic_label *x, const pic_line *line, bool named)
{
	if (line->role == PIC_LINE)
		return PIC_ROW_HEIGHT;
	if (line->role == PIC_NAME)
		return (x->head - PIC_TITLE_HEIGHT + 4);
	return named ? x->head - PIC_NAME_HEIGHT - 4 : x->head;
}

void dot_label_item(const picture *pic, const theme *t, uint32_t item, buf *b)
{
	const pic_label *x = &pic->labels.all.at[pic->label[item]];
	theme_paint ink = pic_paint_ink(t, pic_paint_of(pic, item));
	bool quantized = pic_is_quantized(pic, item), named = x->head > PIC_TITLE_HEIGHT;
	const theme_paint *below = quantized ? &t->quantized : &t->body;
	const pic_item *what = &pic->plan.items.at[item];
	const char *align = what->kind == PIC_NODE ? "LEFT" : "CENTER";
	size_t lines = 1 + (size_t)named + (x->rows ? x->rows + 2 : 0), at = 0;
	pic_line line;
	if (quantized)
		ink.border = below->border;
	table_begin(b, pic_is_dashed(pic, item) ? "ROUNDED,DASHED" : "ROUNDED", &ink,
	            quantized ? BORDER_QUANTIZED : BORDER, x, below->fill);
	for (bool first = true, row = false; pic_line_next(&pic->labels, x, &at, &line);
	     first = false) {
		if (line.role == PIC_LINE && !row)
			buf_format(b, "<TR><TD HEIGHT=\"%d\"></TD></TR>", PIC_ROWS_ABOVE);
		row = line.role == PIC_LINE;
		buf_str(b, "<TR>");
		if (first)
			buf_format(b, "<TD ROWSPAN=\"%zu\" WIDTH=\"%d\"></TD>", lines, PIC_SIDE - 2);
		buf_format(b, "<TD HEIGHT=\"%" PRId32 "\" ALIGN=\"%s\">", height_of(x, &line, named),
		           align);
		pieces(b, &line, row ? below : &ink);
		buf_str(b, "</TD>");
		if (first)
			buf_format(b, "<TD ROWSPAN=\"%zu\" WIDTH=\"%d\"></TD>", lines, PIC_SIDE - 2);
		buf_str(b, "</TR>");
	}
	if (x->rows)
		buf_format(b, "<TR><TD HEIGHT=\"%d\"></TD></TR>", PIC_ROWS_BELOW);
	buf_str(b, "</TABLE>");
}

void dot_label_text(const picture *pic, uint32_t label, uint32_t color, buf *out)
{
	const theme_paint ink = {.text = color, .muted = color};
	size_t at = 0;
	pic_line line;
	while (pic_line_next(&pic->labels, &pic->labels.all.at[label], &at, &line))
		pieces(out, &line, &ink);
}
