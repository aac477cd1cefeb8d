/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_curve.c - ways as smooth lines. A slanted part becomes one cubic whose ends are upright, so
 * it stays between the two ranks that it lies between.
 */
#include "picture/picture.h"

bool pic_segment_next(const picture *pic, const pic_way *way, uint32_t *at, pic_segment *out)
{
	const pic_point *p = pic->points.at + way->first;
	uint32_t from = way->shared ? way->shared - 1 : 0;
	if (!*at) {
		*at = from + 1;
		*out = (pic_segment){.move = PIC_MOVE, .to = p[from]};
		return from + 1 < way->n;
	}
	if (*at >= way->n)
		return false;
	pic_point a = p[*at - 1], b = p[*at];
	++*at;
	*out = (pic_segment){.move = PIC_LINE_TO, .to = b};
	if (a.x != b.x && a.y != b.y) {
		int32_t mx = a.x + (b.x - a.x) / 2, my = a.y + (b.y - a.y) / 2;
		out->move = PIC_CURVE;
		out->a = pic->right ? (pic_point){mx, a.y} : (pic_point){a.x, my};
		out->b = pic->right ? (pic_point){mx, b.y} : (pic_point){b.x, my};
	}
	return true;
}
