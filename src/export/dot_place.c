/* SPDX-License-Identifier: Apache-2.0 */
#include "export/dot_place.h"

#include <stdlib.h>

/* Written by the hundred thousand, so not by printf. `half` adds ".5". */
static void number(buf *b, int64_t n, bool half)
{
	char digits[24];
	size_t at = sizeof digits;
	bool negative = n < 0;
	uint64_t rest = negative ? 0 - (uint64_t)n : (uint64_t)n;
	if (half) {
		digits[--at] = '5';
		digits[--at] = '.';
	}
	do
		digits[--at] = (char)('0' + rest % 10);
	while (rest /= 10);
	if (negative)
		digits[--at] = '-';
	buf_add(b, digits + at, sizeof digits - at);
}

static void point(const picture *pic, buf *b, pic_point p)
{
	number(b, p.x, false);
	buf_char(b, ',');
	number(b, (int64_t)pic->height - p.y, false);
}

/* n / 2. */
static void halved(buf *b, int64_t n)
{
	if (n < 0 && n & 1) {
		buf_char(b, '-');
		n = -n;
	}
	number(b, n / 2, n & 1);
}

void dot_middle(const picture *pic, const pic_area *a, buf *out)
{
	halved(out, 2 * (int64_t)a->x + a->width);
	buf_char(out, ',');
	halved(out, 2 * ((int64_t)pic->height - a->y) - a->height);
}

void dot_corners(const picture *pic, const pic_area *a, buf *out)
{
	number(out, a->x, false);
	buf_char(out, ',');
	number(out, (int64_t)pic->height - a->y - a->height, false);
	buf_char(out, ',');
	number(out, (int64_t)a->x + a->width, false);
	buf_char(out, ',');
	number(out, (int64_t)pic->height - a->y, false);
}

void dot_inches(int32_t length, buf *out)
{
	int64_t parts = ((int64_t)length * 10000 + 36) / 72, rest = parts % 10000;
	number(out, parts / 10000, false);
	buf_char(out, '.');
	for (int64_t unit = 1000; unit; unit /= 10)
		buf_char(out, (char)('0' + rest / unit % 10));
}

/* So much nearer to `from`, but not beyond it; all but curves between boxes ends upright or level.
 */
static int32_t nearer(int32_t to, int32_t from)
{
	int64_t far = (int64_t)to - from;
	if (far > DOT_ARROW)
		return to - DOT_ARROW;
	return far < -DOT_ARROW ? to + DOT_ARROW : from;
}

static pic_point shortened(pic_point to, pic_point from)
{
	if (llabs((int64_t)to.y - from.y) >= llabs((int64_t)to.x - from.x))
		to.y = nearer(to.y, from.y);
	else
		to.x = nearer(to.x, from.x);
	return to;
}

static void piece(const picture *pic, buf *b, pic_point from, const pic_segment *s, bool last)
{
	bool curve = s->move == PIC_CURVE;
	pic_point before = curve && (s->b.x != s->to.x || s->b.y != s->to.y) ? s->b : from;
	pic_point to = last ? shortened(s->to, before) : s->to;
	const pic_point controls[] = {curve ? s->a : from, curve ? s->b : to, to};
	for (size_t i = 0; i < 3; i++) {
		buf_char(b, ' ');
		point(pic, b, controls[i]);
	}
}

void dot_way(const picture *pic, const pic_way *way, buf *out)
{
	pic_way whole = *way;
	pic_segment s, pending = {.move = PIC_MOVE};
	pic_point from = {0, 0};
	uint32_t at = 0, moves = 0, ends_in = way->is_reference && !way->shared ? 2 : 1;
	if (!way->is_reference) {
		whole.shared = 0;
		whole.from = pic->points.at[way->first];
	}
	/* a piece is written when it is known whether another one follows it */
	while (pic_segment_next(pic, &whole, &at, &s)) {
		if (pending.move != PIC_MOVE)
			piece(pic, out, from, &pending, false);
		if (s.move == PIC_MOVE) {
			buf_str(out, moves ? ";" : "");
			if (++moves == ends_in) {
				buf_str(out, "e,");
				point(pic, out, pic->points.at[way->first + way->n - 1]);
				buf_char(out, ' ');
			}
			point(pic, out, s.to);
			from = s.to;
		} else {
			from = pending.move != PIC_MOVE ? pending.to : from;
		}
		pending = s;
	}
	if (pending.move != PIC_MOVE)
		piece(pic, out, from, &pending, true);
}

pic_area dot_tag_area(const picture *pic, const pic_tag *tag)
{
	int32_t width = pic->labels.all.at[tag->label].width - 2 * PIC_SIDE;
	int32_t side = tag->is_end ? PIC_TAG_SIDE : 0;
	return (pic_area){tag->x - side, tag->y - PIC_TAG_RISE, width + 2 * side, PIC_TAG_HEIGHT};
}
