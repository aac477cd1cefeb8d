/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_curve.c - ways as smooth lines. A slanted part becomes one cubic whose ends are upright, so
 * it stays between the two ranks that it lies between; where upright and level parts meet, the
 * corner is rounded. The last bit before the head is straight, so that arrows are.
 */
#include "picture/picture.h"

/* Straight before the head of an arrow, where the slanted part leaves room for it. */
#define STRAIGHT 7

/* Steps of one point, as `at` counts them: the line to it, and what goes around its corner. */
#define STEPS 2

static bool is_straight(pic_point a, pic_point b)
{
	return a.x == b.x || a.y == b.y;
}

static int32_t length(pic_point a, pic_point b)
{
	int32_t x = a.x < b.x ? b.x - a.x : a.x - b.x, y = a.y < b.y ? b.y - a.y : a.y - b.y;
	return x > y ? x : y;
}

/* So far from a towards b, which is straight above, below or beside it. */
static pic_point towards(pic_point a, pic_point b, int32_t far)
{
	a.x += b.x > a.x ? far : b.x < a.x ? -far : 0;
	a.y += b.y > a.y ? far : b.y < a.y ? -far : 0;
	return a;
}

/* How round the corner at b is. */
static int32_t radius(pic_point a, pic_point b, pic_point c)
{
	bool corner = (a.x == b.x && b.y == c.y && a.y != b.y && b.x != c.x) ||
	              (a.y == b.y && b.x == c.x && a.x != b.x && b.y != c.y);
	if (!corner)
		return 0;
	int32_t in = length(a, b) / 2, out = length(b, c) / 2, most = in < out ? in : out;
	return most < PIC_ROUND ? most : PIC_ROUND;
}

/* The ends of what is not drawn through. */
static bool next_end(const picture *pic, const pic_way *way, uint32_t *at, pic_segment *out)
{
	pic_point tail = pic->points.at[way->first], head = pic->points.at[way->first + way->n - 1];
	uint32_t step = *at;
	if (!step && way->shared)
		step = 2;
	if (step >= 4)
		return false;
	pic_point p = step < 2 ? tail : head;
	int32_t off = step == 1 ? PIC_END_OUT : step == 2 ? -PIC_END_IN : 0;
	(pic->right ? &p.x : &p.y)[0] += off;
	*out = (pic_segment){.move = step % 2 ? PIC_LINE_TO : PIC_MOVE, .to = p};
	*at = step + 1;
	return true;
}

static void curve(bool right, pic_point a, pic_point b, pic_segment *out)
{
	int32_t x = a.x + (b.x - a.x) / 2, y = a.y + (b.y - a.y) / 2;
	out->move = PIC_CURVE;
	out->a = right ? (pic_point){x, a.y} : (pic_point){a.x, y};
	out->b = right ? (pic_point){x, b.y} : (pic_point){b.x, y};
	out->to = b;
}

pic_point pic_curve_end(const picture *pic, const pic_way *way, pic_point from, uint32_t i)
{
	pic_point end = pic->points.at[way->first + i];
	int32_t *along = pic->right ? &end.x : &end.y;
	if (i + 1 == way->n && *along - (pic->right ? from.x : from.y) > 2 * STRAIGHT)
		*along -= STRAIGHT;
	return end;
}

bool pic_segment_next(const picture *pic, const pic_way *way, uint32_t *at, pic_segment *out)
{
	const pic_point *p = pic->points.at + way->first;
	if (way->is_reference)
		return next_end(pic, way, at, out);
	uint32_t first = way->shared ? way->shared : 1;
	if (!*at) {
		*at = first * STEPS;
		*out = (pic_segment){.move = PIC_MOVE, .to = way->from};
		return first < way->n;
	}
	uint32_t i = *at / STEPS;
	if (i >= way->n)
		return false;
	pic_point a = i == first ? way->from : p[i - 1], b = p[i];
	bool last = i + 1 == way->n;
	int32_t round = last ? 0 : radius(a, b, p[i + 1]);
	if (*at % STEPS) {
		*at += 1;
		if (last) {
			*out = (pic_segment){.move = PIC_LINE_TO, .to = b};
			return true;
		}
		*out = (pic_segment){.move = PIC_CURVE,
		                     .a = towards(b, a, round / 2),
		                     .b = towards(b, p[i + 1], round / 2),
		                     .to = towards(b, p[i + 1], round)};
		return true;
	}
	*at += round ? 1 : STEPS;
	*out = (pic_segment){.move = PIC_LINE_TO, .to = towards(b, a, round)};
	if (is_straight(a, b))
		return true;
	pic_point end = pic_curve_end(pic, way, a, i);
	if (end.x != b.x || end.y != b.y)
		*at -= 1;
	curve(pic->right, a, end, out);
	return true;
}
