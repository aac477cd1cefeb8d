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

/* The head ends after `head` of `height` points; below it is the colour `body`. */
static void table_begin(buf *b, const char *style, const theme_paint *ink, int line,
                        const pic_area *size, int32_t head, uint32_t body)
{
	char border[THEME_HEX], fill[THEME_HEX];
	buf_format(b,
	           "<TABLE BORDER=\"%d\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"0\" "
	           "WIDTH=\"%" PRId32 "\" HEIGHT=\"%" PRId32
	           "\" STYLE=\"%s\" COLOR=\"%s\" BGCOLOR=\"%s",
	           line, size->width, size->height, style, theme_hex(ink->border, border),
	           theme_hex(ink->fill, fill));
	if (head < size->height)
		buf_format(b, ";0.%04d:%s\" GRADIENTANGLE=\"270",
		           (int)((int64_t)head * 10000 / size->height), theme_hex(body, fill));
	buf_str(b, "\">");
}

static void pieces(buf *b, const pic_line *line, const theme_paint *ink)
{
	size_t at = 0, size;
	const char *data;
	pic_face face;
	while (pic_piece_next(line, &at, &face, &data, &size)) {
		bool bold = face == PIC_BOLD || line->role == PIC_TITLE;
		buf_str(b, bold ? "<B>" : "");
		font_begin(b, line->font,
		           face == PIC_MUTED || line->role == PIC_NAME ? ink->muted : ink->text);
		dot_html(b, data, size, CLEAN_MOST);
		buf_str(b, "</FONT>");
		buf_str(b, bold ? "</B>" : "");
	}
}

/* Heights of the lines, which together make up that of the box inside of its border. */
static int32_t height_of(const pic_label *x, const pic_line *line, bool named, int border)
{
	if (line->role == PIC_LINE)
		return PIC_ROW_HEIGHT;
	if (line->role == PIC_NAME)
		return PIC_NAME_HEIGHT + 4 - (x->rows ? 0 : border);
	return x->head - border - (named ? PIC_NAME_HEIGHT + 4 : x->rows ? 0 : border);
}

static void gap(buf *b, int32_t height)
{
	buf_format(b, "<TR><TD HEIGHT=\"%" PRId32 "\"></TD></TR>", height);
}

void dot_label_item(const picture *pic, const theme *t, uint32_t item, buf *b)
{
	const pic_label *x = &pic->labels.all.at[pic->label[item]];
	const pic_area size = {.width = pic->area[item].width, .height = x->height};
	theme_paint ink = pic_paint_ink(t, pic_paint_of(pic, item));
	bool quantized = pic_is_quantized(pic, item), named = x->head > PIC_TITLE_HEIGHT;
	const theme_paint *below = quantized ? &t->quantized : &t->body;
	pic_kind kind = pic->plan.items.at[item].kind;
	bool left = kind == PIC_NODE || kind == PIC_GONE;
	int border = quantized ? BORDER_QUANTIZED : BORDER;
	size_t lines = 1 + (size_t)named + (x->rows ? x->rows + 2 : 0), at = 0;
	pic_line line;
	if (quantized)
		ink.border = below->border;
	table_begin(b, pic_is_dashed(pic, item) ? "ROUNDED,DASHED" : "ROUNDED", &ink, border, &size,
	            x->head, below->fill);
	for (bool first = true, row = false; pic_line_next(&pic->labels, x, &at, &line);
	     first = false) {
		if (line.role == PIC_LINE && !row)
			gap(b, PIC_ROWS_ABOVE);
		row = line.role == PIC_LINE;
		buf_str(b, "<TR>");
		if (first && left)
			buf_format(b, "<TD ROWSPAN=\"%zu\" WIDTH=\"%d\"></TD>", lines, PIC_SIDE - border);
		buf_format(b, "<TD HEIGHT=\"%" PRId32 "\"", height_of(x, &line, named, border));
		if (first)
			buf_format(b, " WIDTH=\"%" PRId32 "\"",
			           size.width - border - (left ? PIC_SIDE : border));
		buf_str(b, left ? " ALIGN=\"LEFT\"" : "");
		buf_str(b, named && first ? " VALIGN=\"BOTTOM\">" : ">");
		pieces(b, &line, row ? below : &ink);
		buf_str(b, "</TD></TR>");
	}
	if (x->rows)
		gap(b, PIC_ROWS_BELOW - border);
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

static void cell(const picture *pic, uint32_t label, const theme_paint *ink, bool filled, buf *out)
{
	char border[THEME_HEX], fill[THEME_HEX];
	const pic_label *x = &pic->labels.all.at[label];
	size_t at = 0;
	pic_line line;
	buf_format(out, "<TD WIDTH=\"%" PRId32 "\" HEIGHT=\"%d\"", x->width, PIC_TAG_HEIGHT);
	if (filled)
		buf_format(out, " BORDER=\"1\" STYLE=\"ROUNDED\" COLOR=\"%s\" BGCOLOR=\"%s\"",
		           theme_hex(ink->border, border), theme_hex(ink->fill, fill));
	buf_str(out, ">");
	while (pic_line_next(&pic->labels, x, &at, &line))
		pieces(out, &line, ink);
	buf_str(out, "</TD>");
}

void dot_label_pill(const picture *pic, const theme *t, uint32_t label, buf *out)
{
	const theme_paint ink = {t->pill.fill, t->pill.border, t->wire_text, t->wire_text};
	buf_str(out, "<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"0\"><TR>");
	cell(pic, label, &ink, true, out);
	buf_str(out, "</TR></TABLE>");
}

/* A row of the table for each row of chips. */
void dot_label_legend(const picture *pic, const theme *t, buf *out)
{
	buf_str(out, "<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"4\" CELLPADDING=\"2\">");
	for (size_t i = 0; i < pic->legend.n; i++) {
		const pic_chip *x = &pic->legend.at[i];
		bool filled = x->paint < PIC_N_PAINTS;
		const theme_paint ink = filled ? pic_paint_ink(t, x->paint) : t->body;
		if (i == 0 || x->area.y > x[-1].area.y)
			buf_str(out, i ? "</TR><TR>" : "<TR>");
		if (x->label != ORAY_NONE)
			cell(pic, x->label, &ink, filled, out);
		else
			buf_format(out, "<TD WIDTH=\"%" PRId32 "\" BGCOLOR=\"%s\"></TD>", x->area.width,
			           theme_hex(ink.fill, (char[THEME_HEX]){0}));
	}
	buf_str(out, "</TR></TABLE>");
}
