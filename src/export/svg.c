/* SPDX-License-Identifier: Apache-2.0 */
#include "export/svg.h"

#include <inttypes.h>

#include "base/error.h"
#include "export/emit.h"
#include "picture/pic_metric.h"

static void escaped(emit *out, const char *data, size_t size)
{
	size_t from = 0;
	for (size_t i = 0; i < size; i++) {
		const char *entity = data[i] == '<'   ? "&lt;"
		                     : data[i] == '>' ? "&gt;"
		                     : data[i] == '&' ? "&amp;"
		                     : data[i] == '"' ? "&quot;"
		                                      : NULL;
		if (!entity)
			continue;
		emit_add(out, data + from, i - from);
		emit_str(out, entity);
		from = i + 1;
	}
	emit_add(out, data + from, size - from);
}

static void style(emit *out, const theme *t)
{
	char a[THEME_HEX], b[THEME_HEX], c[THEME_HEX];
	emit_format(out, "<style>text{font:10px " PIC_FONT ";fill:%s}", theme_hex(t->body.text, a));
	emit_format(out,
	            ".w path{fill:none;stroke:%s}.T{font-size:12px;font-weight:600}.N{font-size:9px}"
	            "b{}.B{font-weight:600}.t{fill:%s}.body{fill:%s;stroke:%s}",
	            theme_hex(t->wire, a), theme_hex(t->wire_text, b), theme_hex(t->body.fill, c),
	            "#3a3d42");
	for (unsigned p = 0; p < PIC_N_PAINTS; p++) {
		theme_paint ink = pic_paint_ink(t, p);
		const char *name = pic_paint_name(p);
		if (!name)
			continue;
		emit_format(out, ".%s .h{fill:%s;stroke:%s}.%s .T,.%s .N{fill:%s}", name,
		            theme_hex(ink.fill, a), theme_hex(ink.border, b), name, name,
		            theme_hex(ink.text, c));
	}
	emit_str(out, "</style>\n");
}

static void box(const picture *pic, uint32_t item, emit *out)
{
	const pic_area *a = &pic->area[item];
	const pic_label *x = &pic->labels.all.at[pic->label[item]];
	emit_format(out, "<g class=\"%s\" transform=\"translate(%d %d)\">",
	            pic_paint_name(pic_paint_of(pic, item)), a->x, a->y);
	if (x->rows)
		emit_format(out, "<rect class=\"body\" width=\"%d\" height=\"%d\" rx=\"5\"/>", a->width,
		            a->height);
	emit_format(out, "<rect class=\"h\" width=\"%d\" height=\"%d\" rx=\"5\"/>", a->width, x->head);
	size_t at = 0;
	pic_line line;
	while (pic_line_next(&pic->labels, x, &at, &line)) {
		emit_format(out, "<text class=\"%c\" x=\"%d\" y=\"%d\">", line.role, PIC_SIDE,
		            line.baseline);
		size_t piece = 0, size;
		const char *data;
		pic_face face;
		while (pic_piece_next(&line, &piece, &face, &data, &size)) {
			if (face == PIC_BOLD)
				emit_str(out, "<tspan class=\"B\">");
			escaped(out, data, size);
			if (face == PIC_BOLD)
				emit_str(out, "</tspan>");
		}
		emit_str(out, "</text>");
	}
	emit_str(out, "</g>\n");
}

oray_status svg_write(const picture *pic, const oray_drawing *drawing, oray_sink sink,
                      void *context, oray_error *err)
{
	const theme *t = theme_find(drawing ? drawing->theme : NULL);
	emit out;
	if (!t)
		return error_set(err, ORAY_ERR_USAGE, ORAY_NO_OFFSET, NULL,
		                 "no theme \"%s\"; there are light and dark", drawing->theme);
	emit_init(&out, NULL, sink, context);
	emit_format(&out,
	            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
	            "viewBox=\"0 0 %d %d\">\n",
	            pic->width, pic->height, pic->width, pic->height);
	style(&out, t);
	emit_str(&out, "<g class=\"w\">\n");
	for (size_t i = 0; i < pic->ways.n; i++) {
		uint32_t at = 0;
		pic_segment s;
		emit_str(&out, "<path d=\"");
		while (pic_segment_next(pic, &pic->ways.at[i], &at, &s))
			if (s.move == PIC_CURVE)
				emit_format(&out, "C%d %d %d %d %d %d", s.a.x, s.a.y, s.b.x, s.b.y, s.to.x, s.to.y);
			else
				emit_format(&out, "%c%d %d", s.move == PIC_MOVE ? 'M' : 'L', s.to.x, s.to.y);
		emit_str(&out, "\"/>\n");
	}
	emit_str(&out, "</g>\n");
	for (uint32_t i = 0; i < pic->plan.items.n; i++)
		box(pic, i, &out);
	emit_str(&out, "</svg>\n");
	return emit_end(&out, err);
}
