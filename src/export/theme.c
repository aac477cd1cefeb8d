/* SPDX-License-Identifier: Apache-2.0 */
#include "export/theme.h"

#include <math.h>
#include <string.h>

/*
 * White on a dark fill. The border is the fill, a little darker on white paper and a little lighter
 * on black; the muted text is nine tenths white.
 */
#define HEAD(fill, border, muted)                                                                  \
	{                                                                                              \
		0x##fill, 0x##border, 0xffffff, 0x##muted                                                  \
	}

static const theme themes[] = {
    {
        .name = "light",
        .page = 0xffffff,
        .body = {0xffffff, 0x3a3d42, 0x1b1c1e, 0x5f6368},
        .pill = {0xeeeeee, 0x8a8d91, 0x1b1c1e, 0x55595e},
        .stub = {0xfafafa, 0x9a9da1, 0x45484d, 0x64686d},
        .missing = {0xfdecea, 0xb3261e, 0x8c1d18, 0x8c1d18},
        .nested = {0xf6f7f9, 0xb9bdc3, 0x3a3d42, 0x5f6368},
        .wire = 0x3a3d42,
        .wire_text = 0x4f5358,
        .captured = 0x7a5195,
        .category =
            {
                [OPS_CUSTOM] = HEAD(393d51, 2b2e3e, ebecee),
                [OPS_FUNCTION] = HEAD(6d55b8, 523f8c, f0eef8),
                [OPS_LAYER] = HEAD(335588, 264066, ebeef3),
                [OPS_MATMUL] = HEAD(3a3f9e, 2b2f77, ebecf5),
                [OPS_ATTENTION] = HEAD(8e4200, 6b3200, f4ece6),
                [OPS_ACTIVATION] = HEAD(702921, 541f19, f1eae9),
                [OPS_NORMALIZATION] = HEAD(267557, 1c5841, e9f1ee),
                [OPS_POOL] = HEAD(3c601c, 2d4815, ecefe8),
                [OPS_ARITHMETIC] = HEAD(80670f, 604d0b, f2f0e7),
                [OPS_LOGIC] = HEAD(8a2d6b, 682250, f3eaf0),
                [OPS_REDUCTION] = HEAD(0b719a, 085574, e7f1f5),
                [OPS_SHAPE] = HEAD(6c4f47, 513b35, f0eded),
                [OPS_TENSOR] = HEAD(9f5248, 773e36, f5eeed),
                [OPS_CONSTANT] = HEAD(656c77, 4c5159, f0f0f1),
                [OPS_QUANTIZATION] = HEAD(b53d6a, 882e50, f8ecf0),
                [OPS_CONTROL] = HEAD(4b2270, 381a54, ede9f1),
                [OPS_SEQUENCE] = HEAD(8a5a95, 684470, f3eff4),
                [OPS_CLASSICAL] = HEAD(5a4200, 443200, efece6),
                [OPS_TEXT] = HEAD(064015, 053010, e6ece8),
                [OPS_SIGNAL] = HEAD(005561, 004049, e6eeef),
                [OPS_TRAINING] = HEAD(5e1640, 461030, efe8ec),
            },
    },
    {
        .name = "dark",
        .page = 0x1b1c1f,
        .body = {0x2a2c30, 0x7d8288, 0xe8eaed, 0xaeb4bb},
        .pill = {0x3b3e43, 0x8f959c, 0xf1f3f4, 0xc4c9cf},
        .stub = {0x222427, 0x7d8288, 0xc4c9cf, 0xaeb4bb},
        .missing = {0x45211f, 0xe5827b, 0xf6c7c3, 0xf6c7c3},
        .nested = {0x232529, 0x5c6168, 0xd5d9de, 0xaeb4bb},
        .wire = 0xa9afb6,
        .wire_text = 0xc0c5cb,
        .captured = 0xc3a6da,
        .category =
            {
                [OPS_CUSTOM] = HEAD(3b4056, 7d84a6, edeef1),
                [OPS_FUNCTION] = HEAD(6d55b8, 9c89d6, f0eef8),
                [OPS_LAYER] = HEAD(335588, 6d8cbd, ebeef3),
                [OPS_MATMUL] = HEAD(3a3f9e, 777cd0, ebecf5),
                [OPS_ATTENTION] = HEAD(8e4200, c87a37, f4ece6),
                [OPS_ACTIVATION] = HEAD(732a22, bb6a61, f2eae9),
                [OPS_NORMALIZATION] = HEAD(267557, 5da98c, e9f1ee),
                [OPS_POOL] = HEAD(3c601c, 769d54, ecefe8),
                [OPS_ARITHMETIC] = HEAD(80670f, b89e46, f2f0e7),
                [OPS_LOGIC] = HEAD(8a2d6b, c46ba6, f3eaf0),
                [OPS_REDUCTION] = HEAD(0b719a, 4ea6cb, e7f1f5),
                [OPS_SHAPE] = HEAD(6c4f47, a58880, f0eded),
                [OPS_TENSOR] = HEAD(9f5248, cf8b82, f5eeed),
                [OPS_CONSTANT] = HEAD(656c77, 9aa1ac, f0f0f1),
                [OPS_QUANTIZATION] = HEAD(b53d6a, dd7fa1, f8ecf0),
                [OPS_CONTROL] = HEAD(522878, 9670bf, efebf3),
                [OPS_SEQUENCE] = HEAD(8a5a95, b990c3, f3eff4),
                [OPS_CLASSICAL] = HEAD(5e4500, a58c4a, f0eee7),
                [OPS_TEXT] = HEAD(074417, 559a67, e8efea),
                [OPS_SIGNAL] = HEAD(005561, 4794a0, e6eeef),
                [OPS_TRAINING] = HEAD(661a46, b2688f, f2eaee),
            },
    },
};

const theme *theme_find(const char *name)
{
	for (size_t i = 0; i < sizeof themes / sizeof *themes; i++)
		if (!name || strcmp(themes[i].name, name) == 0)
			return &themes[i];
	return NULL;
}

const char *theme_hex(uint32_t color, char out[THEME_HEX])
{
	static const char digits[] = "0123456789abcdef";
	out[0] = '#';
	for (unsigned i = 0; i < 6; i++)
		out[1 + i] = digits[color >> (20 - 4 * i) & 15];
	out[7] = '\0';
	return out;
}

static double luminance(uint32_t color)
{
	static const double weights[3] = {0.2126, 0.7152, 0.0722};
	double sum = 0;
	for (unsigned i = 0; i < 3; i++) {
		double c = (color >> (16 - 8 * i) & 255) / 255.0;
		sum += weights[i] * (c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
	}
	return sum;
}

double theme_contrast(uint32_t a, uint32_t b)
{
	double x = luminance(a), y = luminance(b);
	return x > y ? (x + 0.05) / (y + 0.05) : (y + 0.05) / (x + 0.05);
}
