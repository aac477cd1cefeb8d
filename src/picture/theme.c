/* SPDX-License-Identifier: Apache-2.0 */
#include "picture/theme.h"

#include <math.h>
#include <string.h>

/* Written by the build from the files in templates/: light first. */
static const theme themes[] = {
#include "themes.inc"
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
