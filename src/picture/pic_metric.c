/* SPDX-License-Identifier: Apache-2.0 */
#include "picture/pic_metric.h"

#include "base/utf8.h"

/* Advance widths of ' ' to '~' in thousandths of an em, as Adobe's font metrics list them. */
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

/* What is not in the tables. */
static uint32_t width_of(uint32_t c)
{
	if (c == 0x2026) /* ellipsis */
		return 1000;
	if (c == 0xd7) /* times */
		return 584;
	if (c == 0xb7) /* middle dot */
		return 333;
	if (c < 0x250)
		return 722;
	if ((c >= 0x300 && c < 0x370) || (c >= 0x200b && c <= 0x200f))
		return 0;
	return c < 0x1100 ? 778 : 1000;
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
		uint32_t code = 0xfffd;
		size_t n = utf8_decode(data + i, size - i, &code);
		sum += width_of(code);
		i += n ? n : 1;
	}
	return sum < UINT32_MAX ? (uint32_t)sum : UINT32_MAX;
}
