/* SPDX-License-Identifier: Apache-2.0 */
#include "picture/pic_metric.h"

#include "base/utf8.h"

/* Advance widths of ' ' to '~' in thousandths of an em, as Adobe's font metrics list them and the
 * files of Liberation Sans 2 hold them. */
static const uint16_t regular[] = {
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333,  278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667,  611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278,  556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,  500, 334, 260, 334, 584,
};
static const uint16_t heavy[] = {
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667,
    611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556,
    278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
};

/* The same of U+00A0 to U+00FF. */
static const uint16_t regular_latin[] = {
    278, 333, 556, 556, 556, 556, 260,  556, 333, 737, 370, 556, 584, 333, 737, 552,
    400, 549, 333, 333, 333, 576, 537,  278, 333, 333, 365, 556, 834, 834, 834, 611,
    667, 667, 667, 667, 667, 667, 1000, 722, 667, 667, 667, 667, 278, 278, 278, 278,
    722, 722, 778, 778, 778, 778, 778,  584, 778, 722, 722, 722, 722, 667, 667, 611,
    556, 556, 556, 556, 556, 556, 889,  500, 556, 556, 556, 556, 278, 278, 278, 278,
    556, 556, 556, 556, 556, 556, 556,  549, 611, 556, 556, 556, 556, 500, 556, 500};
static const uint16_t heavy_latin[] = {
    278, 333, 556, 556, 556, 556, 280,  556, 333, 737, 370, 556, 584, 333, 737, 552,
    400, 549, 333, 333, 333, 576, 556,  278, 333, 333, 365, 556, 834, 834, 834, 611,
    722, 722, 722, 722, 722, 722, 1000, 722, 667, 667, 667, 667, 278, 278, 278, 278,
    722, 722, 778, 778, 778, 778, 778,  584, 778, 722, 722, 722, 722, 667, 667, 611,
    556, 556, 556, 556, 556, 556, 889,  556, 556, 556, 556, 556, 278, 278, 278, 278,
    611, 611, 611, 611, 611, 611, 611,  549, 611, 611, 611, 611, 611, 556, 611, 556};

/* What is beyond has bounds: of the widest in each range, bold or not, in Liberation Sans, or in
 * DejaVu Sans where that has none. */
static const struct {
	uint32_t last;
	uint16_t width;
} ranges[] =
    {
        {0x151, 800},    {0x153, 1000},  {0x173, 800},   {0x177, 950},   {0x180, 750},
        {0x1c3, 1100},   {0x1cc, 1600},  {0x1f0, 1100},  {0x1f3, 1600},  {0x24f, 1300},
        {0x2af, 1250},   {0x2ff, 700},   {0x36f, 0}, /* combining */
        {0x3ab, 1050},   {0x3ce, 850},   {0x3ff, 1100},  {0x42f, 1100},  {0x45f, 1000},
        {0x52f, 1450},   {0x10ff, 1400}, {0x11ff, 1000}, {0x1fff, 1600}, {0x200a, 1000},
        {0x200f, 0}, /* of no width, directions */
        {0x2030, 1000},  {0x2031, 1900}, {0x206f, 1050}, {0x218f, 1700}, {0x21ff, 1000},
        {0x221f, 1000},  {0x2bff, 1700}, {0x2fff, 1250}, {0xfffc, 1000}, /* East Asian: an em */
        {0xffff, 1120}, /* what stands for bytes that are no text */
        {0x1efff, 1000},
};
#define WIDEST 1400 /* emoji */

static uint32_t width_of(uint32_t c, bool bold)
{
	if (c >= 0xa0 && c < 0x100)
		return (bold ? heavy_latin : regular_latin)[c - 0xa0];
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if (c <= ranges[i].last)
			return c < 0xa0 ? 0 : ranges[i].width;
	return WIDEST;
}

uint32_t pic_text_width(const char *data, size_t size, bool bold)
{
	const uint16_t *table = bold ? heavy : regular;
	uint64_t sum = 0;
	for (size_t i = 0; i < size;) {
		unsigned char c = (unsigned char)data[i];
		if (c < 0x80) {
			sum += c >= ' ' && c < 0x7f ? table[c - ' '] : 0;
			i++;
			continue;
		}
		uint32_t code;
		size_t n = utf8_decode(data + i, size - i, &code);
		sum += width_of(n ? code : 0xfffd, bold);
		i += n ? n : 1;
	}
	return sum < UINT32_MAX ? (uint32_t)sum : UINT32_MAX;
}
