/* SPDX-License-Identifier: Apache-2.0 */
#include "picture/pic_legend.h"

#include <string.h>

#include "picture/pic_marks.h"
#include "words/clean.h"
#include "picture/pic_words.h"
#include "words/numbers.h"

/* In pixels. The row ends where a page would. */
enum {
	LEFT = PIC_MARGIN,
	TOP = 12,
	BELOW = 4,
	HEIGHT = 18,
	GAP = 6,
	LINE = 24,
	WIDEST = 900,
	STEP = 22
};

#define BASELINE  13 /* below the top of a chip */
#define MOST_WORD 40 /* characters */

/* -------------------------------------------------------------------------------- chips -- */

/* Puts a chip to the right of the last one, or below all where there is no room. Its text, if any,
 * is the label in work. */
static void chip(picture *pic, unsigned paint, bool texted, int32_t width, int32_t gap)
{
	const pic_chip *last = pic->legend.n ? &pic->legend.at[pic->legend.n - 1] : NULL;
	uint32_t label = ORAY_NONE;
	if (texted) {
		pic_line_end(&pic->look);
		label = pic_keep(&pic->labels, &pic->look);
		if (pic->labels.failed)
			return;
		width = pic->labels.all.at[label].width;
	}
	pic_area area = {LEFT, TOP, width, HEIGHT};
	if (last) {
		area.x = last->area.x + last->area.width + gap;
		area.y = last->area.y;
		if (area.x + width > WIDEST && gap) {
			area.x = LEFT;
			area.y += LINE;
		}
	}
	pic_chip *x = vec_push(NULL, &pic->legend);
	if (!x) {
		pic->failed = true;
		return;
	}
	*x = (pic_chip){paint, label, area.y + BASELINE, area};
	if (area.x + width > pic->legend_width)
		pic->legend_width = area.x + width;
	pic->legend_height = area.y + HEIGHT + BELOW;
}

static buf *begin(picture *pic)
{
	pic_begin(&pic->look);
	pic_line_begin(&pic->look, PIC_LINE);
	return &pic->look.text;
}

/* Text on the page, without a chip around it. */
static void words(picture *pic, const char *text, size_t size)
{
	if (size)
		clean_text(begin(pic), text, size, MOST_WORD);
	if (size)
		chip(pic, PIC_N_PAINTS, true, 0, GAP);
}

static void counted(picture *pic, unsigned paint, const char *text, size_t n)
{
	buf *b = begin(pic);
	buf_format(b, "%s: %zu", text, n);
	chip(pic, paint, true, 0, GAP);
}

/* ------------------------------------------------------------------------------- legends -- */

void pic_legend_states(picture *pic)
{
	static const char *const texts[THEME_N_STATES] = {
	    [THEME_KEPT] = "kept",           [THEME_CHANGED] = "changed",
	    [THEME_ADDED] = "added",         [THEME_HELPER] = "added to quantize",
	    [THEME_REMOVED] = "removed",     [THEME_SQNR_0] = "below 10 dB",
	    [THEME_SQNR_10] = "10 to 20 dB", [THEME_SQNR_20] = "20 to 30 dB",
	    [THEME_SQNR_30] = "30 to 40 dB", [THEME_SQNR_40] = "40 dB and more",
	};
	static const char part[] = "unchanged parts are left out";
	static const char quantized[] = "quantized:";
	const pic_marks *m = pic->plan.marks;
	bool told = false;
	for (unsigned s = THEME_KEPT; s < THEME_N_STATES; s++) {
		if (!m->count[s])
			continue;
		if (s >= THEME_SQNR_0 && !told)
			words(pic, quantized, sizeof quantized - 1);
		told |= s >= THEME_SQNR_0;
		counted(pic, PIC_PAINT_STATE + s, texts[s], m->count[s]);
	}
	if (m->is_part)
		words(pic, part, sizeof part - 1);
}

void pic_legend_counts(picture *pic, const char *word)
{
	static const char *const types[THEME_N_TYPES] = {"unknown",
	                                                 "float32",
	                                                 "float64",
	                                                 "float16, bfloat16",
	                                                 "float8 and narrower",
	                                                 "int64",
	                                                 "int32, int16",
	                                                 "int8 and narrower",
	                                                 "bool",
	                                                 "string, complex"};
	size_t n[PIC_N_PAINTS] = {0};
	words(pic, word, strlen(word));
	for (uint32_t i = 0; i < pic->plan.items.n; i++)
		n[pic->paint[i]]++;
	for (;;) {
		unsigned most = PIC_PAINT_CATEGORY;
		for (unsigned p = most + 1; p < PIC_N_PAINTS; p++)
			if (n[p] > n[most] && (p < PIC_PAINT_STATE || p >= PIC_PAINT_TYPE))
				most = p;
		if (!n[most])
			return;
		counted(pic, most,
		        most < PIC_PAINT_STATE ? pic_paint_name(most) : types[most - PIC_PAINT_TYPE],
		        n[most]);
		n[most] = 0;
	}
}

/* 1.85 G, 0.0123, -40 */
static void number(buf *b, double x)
{
	if (x >= 1000 && x < 1e18)
		number_short(b, (uint64_t)x);
	else
		pic_real(x, ORAY_FLOAT64, b);
}

static void end_of_scale(picture *pic, double x)
{
	number(begin(pic), x);
	chip(pic, PIC_N_PAINTS, true, 0, GAP);
}

void pic_legend_scale(picture *pic, const pic_scale *s, const char *word)
{
	words(pic, word, strlen(word));
	if (s->low <= s->high) {
		end_of_scale(pic, s->low);
		for (unsigned i = 0; i < PIC_STEP_NONE; i++)
			chip(pic, PIC_PAINT_SCALE + i, false, STEP, i ? 0 : GAP);
		end_of_scale(pic, s->high);
	}
	if (s->unknown)
		counted(pic, PIC_PAINT_SCALE + PIC_STEP_NONE, "unknown", s->unknown);
}
