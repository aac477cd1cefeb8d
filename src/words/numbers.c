/* SPDX-License-Identifier: Apache-2.0 */
#include "words/numbers.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_DIMS 16

/* ------------------------------------------------------------------------------ counts -- */

/* Three significant digits; the unit moves on when rounding reaches 1000. */
static void scaled(buf *b, uint64_t n, const char *unit)
{
	static const char prefixes[] = " kMGTPE";
	uint64_t divisor = 1;
	size_t p = 0;
	while (n / divisor >= 1000) {
		divisor *= 1000;
		p++;
	}
	if (p == 0) {
		buf_format(b, "%" PRIu64 "%s%s", n, *unit ? " " : "", unit);
		return;
	}
	/* n / divisor in hundredths, rounded; the divisor is at least 1000, so nothing overflows */
	uint64_t whole = n / divisor, rest = n % divisor;
	uint64_t step = whole >= 100 ? 1 : whole >= 10 ? 10 : 100;
	uint64_t part = divisor / step;
	uint64_t digits = whole * step + rest / part + (rest % part >= part - part / 2);
	if (digits >= 1000) {
		digits = step == 1 ? 100 : digits / 10;
		if (step == 1)
			p++;
		step = step == 1 ? 100 : step / 10;
	}
	if (step == 1)
		buf_format(b, "%" PRIu64, digits);
	else
		buf_format(b, "%" PRIu64 ".%0*" PRIu64, digits / step, step == 10 ? 1 : 2, digits % step);
	buf_format(b, " %c%s", prefixes[p], unit);
}

void number_short(buf *b, uint64_t n)
{
	scaled(b, n, "");
}

void number_exact(buf *b, uint64_t n)
{
	char digits[24];
	int size = snprintf(digits, sizeof digits, "%" PRIu64, n);
	for (int i = 0; i < size; i++) {
		if (i && (size - i) % 3 == 0)
			buf_char(b, ',');
		buf_char(b, digits[i]);
	}
}

void number_count(buf *b, uint64_t n, bool exact)
{
	if (exact)
		number_exact(b, n);
	else
		number_short(b, n);
}

void number_bytes(buf *b, uint64_t n, bool exact)
{
	if (!exact) {
		scaled(b, n, "B");
		return;
	}
	number_exact(b, n);
	buf_str(b, " B");
}

void number_holey(buf *b, oray_count n, const char *unit, bool exact, const glyphs *g)
{
	if (!n.exact && n.value == 0) {
		buf_char(b, '?');
		return;
	}
	if (!n.exact)
		buf_str(b, g->at_least);
	if (*unit)
		number_bytes(b, n.value, exact);
	else
		number_count(b, n.value, exact);
}

void number_percent(buf *b, double share)
{
	double percent = share * 100;
	if (isnan(share))
		buf_char(b, '?');
	else if (percent > 0 && percent < 0.1)
		buf_str(b, "<0.1 %");
	else if (percent >= 99.95 && percent < 100)
		buf_str(b, "99.9 %");
	else if (percent == 100 || percent == 0)
		buf_format(b, "%d %%", (int)percent);
	else {
		int tenths = (int)(percent * 10 + 0.5);
		buf_format(b, "%d.%d %%", tenths / 10, tenths % 10);
	}
}

/* ------------------------------------------------------------------------------ floats -- */

/* Significant digits and decimal exponent: d.ddd x 10^exponent. */
typedef struct decimal {
	char digits[20];
	int n;
	int exponent;
} decimal;

static void decimal_from(double magnitude, int digits, decimal *d)
{
	char text[64];
	snprintf(text, sizeof text, "%.*e", digits - 1, magnitude);
	const char *e = strchr(text, 'e');
	d->n = 0;
	for (const char *p = text; p < e && d->n < digits; p++)
		if (*p >= '0' && *p <= '9') /* skips the radix character, whatever the locale */
			d->digits[d->n++] = *p;
	d->exponent = (int)strtol(e + 1, NULL, 10);
}

/* Written without a radix character, for strtod() of any locale: digits, then an exponent. */
static void decimal_text(const decimal *d, char text[NUMBER_SIZE])
{
	snprintf(text, NUMBER_SIZE, "%.*se%d", d->n, d->digits, d->exponent - (d->n - 1));
}

static bool decimal_increment(decimal *d)
{
	for (int i = d->n - 1; i >= 0; i--) {
		if (d->digits[i] != '9') {
			d->digits[i]++;
			return true;
		}
		d->digits[i] = '0';
	}
	return false;
}

/*
 * What a type can tell apart. A decimal stands for x when it is nearer to x than half the distance
 * to x's neighbour; below a power of two the neighbour is twice as near.
 */
typedef struct precision {
	int mantissa; /* bits after the leading one */
	int lowest;   /* exponent of the smallest subnormal */
} precision;

static bool stands_for(const decimal *d, double x, precision p)
{
	char text[NUMBER_SIZE];
	int exponent;
	decimal_text(d, text);
	if (p.mantissa == 23)
		return (double)strtof(text, NULL) == x;
	double value = strtod(text, NULL);
	if (p.mantissa == 52)
		return value == x;
	double fraction = frexp(x, &exponent);
	int last = exponent - 1 - p.mantissa;
	double gap = ldexp(1, last < p.lowest ? p.lowest : last);
	bool narrow = value < x && fraction == 0.5 && last > p.lowest;
	return fabs(value - x) < gap / (narrow ? 4 : 2);
}

static void shortest(double x, precision p, decimal *d)
{
	int exponent;
	bool power_of_two = frexp(x, &exponent) == 0.5;
	for (int digits = 1; digits <= 17; digits++) {
		decimal_from(x, digits, d);
		if (stands_for(d, x, p))
			return;
		decimal up = *d;
		if (power_of_two && decimal_increment(&up) && stands_for(&up, x, p)) {
			*d = up;
			return;
		}
	}
}

/* Plain digits while they are few, an exponent otherwise. */
static size_t lay_out(decimal *d, bool negative, char out[NUMBER_SIZE])
{
	while (d->n > 1 && d->digits[d->n - 1] == '0')
		d->n--;
	int point = d->exponent + 1, limit = d->n > 7 ? d->n : 7;
	size_t n = 0;
	if (negative)
		out[n++] = '-';
	if (point > limit || point < -3) {
		out[n++] = d->digits[0];
		if (d->n > 1) {
			out[n++] = '.';
			memcpy(out + n, d->digits + 1, (size_t)d->n - 1);
			n += (size_t)d->n - 1;
		}
		return n + (size_t)snprintf(out + n, NUMBER_SIZE - n, "e%d", d->exponent);
	}
	if (point <= 0) {
		n += (size_t)snprintf(out + n, NUMBER_SIZE - n, "0.%.*s%.*s", -point, "000", d->n,
		                      d->digits);
		return n;
	}
	for (int i = 0; i < point; i++)
		out[n++] = i < d->n ? d->digits[i] : '0';
	if (d->n > point) {
		out[n++] = '.';
		memcpy(out + n, d->digits + point, (size_t)(d->n - point));
		n += (size_t)(d->n - point);
	}
	out[n] = '\0';
	return n;
}

static size_t number_text(double x, precision p, char out[NUMBER_SIZE])
{
	decimal d;
	if (isnan(x) || isinf(x))
		return (size_t)snprintf(out, NUMBER_SIZE, "%s", isnan(x) ? "nan" : x < 0 ? "-inf" : "inf");
	if (x == 0)
		return (size_t)snprintf(out, NUMBER_SIZE, "%s", signbit(x) ? "-0" : "0");
	/* a coarse type would round 65504 to 65500, which is true but puzzling */
	if (p.mantissa < 23 && fabs(x) < 1e6 && x == floor(x))
		p.mantissa = 52;
	shortest(fabs(x), p, &d);
	return lay_out(&d, x < 0, out);
}

static const precision binary64 = {52, -1074}, binary32 = {23, -149};

size_t number_float32(float x, char out[NUMBER_SIZE])
{
	return number_text((double)x, binary32, out);
}

size_t number_float64(double x, char out[NUMBER_SIZE])
{
	return number_text(x, binary64, out);
}

size_t number_float(double x, int32_t type, char out[NUMBER_SIZE])
{
	switch (type) {
	case ORAY_FLOAT32:
	case ORAY_COMPLEX64:
	case ORAY_FLOAT8E8M0:
		return number_text(x, binary32, out);
	case ORAY_FLOAT16:
		return number_text(x, (precision){10, -24}, out);
	case ORAY_BFLOAT16:
		return number_text(x, (precision){7, -133}, out);
	default: /* eight bits and fewer have few digits: all of them */
		return number_text(x, binary64, out);
	}
}

/* Moves the point into the exponent, where no locale looks for it. */
double number_read(const char *text, size_t size)
{
	char digits[NUMBER_SIZE];
	size_t n = 0, i = 0;
	int exponent = 0;
	bool fraction = false;
	for (; i < size && text[i] != 'e' && text[i] != 'E' && n < 24; i++) {
		if (text[i] == '.') {
			fraction = true;
			continue;
		}
		digits[n++] = text[i];
		exponent -= fraction;
	}
	if (i + 1 < size)
		exponent += (int)strtol(text + i + 1, NULL, 10);
	snprintf(digits + n, sizeof digits - n, "e%d", exponent);
	return strtod(digits, NULL);
}

/* ---------------------------------------------------------------------------- elements -- */

bool number_is_float(int32_t type)
{
	switch (type) {
	case ORAY_FLOAT32:
	case ORAY_FLOAT16:
	case ORAY_FLOAT64:
	case ORAY_BFLOAT16:
	case ORAY_FLOAT8E4M3FN:
	case ORAY_FLOAT8E4M3FNUZ:
	case ORAY_FLOAT8E5M2:
	case ORAY_FLOAT8E5M2FNUZ:
	case ORAY_FLOAT4E2M1:
	case ORAY_FLOAT8E8M0:
	case ORAY_FLOAT6E2M3:
	case ORAY_FLOAT6E3M2:
		return true;
	default:
		return false;
	}
}

static void quoted(buf *b, oray_str s)
{
	buf text = {0};
	buf_printable(&text, s.data, s.size);
	buf_char(b, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.data[i] == '"')
			buf_char(b, '\\');
		buf_char(b, text.data[i]);
	}
	buf_char(b, '"');
	if (!buf_ok(&text))
		b->failed = true;
	buf_free(&text);
}

void number_element(buf *b, int32_t type, const oray_element *element)
{
	char text[NUMBER_SIZE];
	if (number_is_float(type)) {
		buf_add(b, text, number_float(element->f, type, text));
		return;
	}
	switch (type) {
	case ORAY_STRING:
		quoted(b, element->s);
		return;
	case ORAY_BOOL:
		buf_str(b, element->u ? "true" : "false");
		return;
	case ORAY_COMPLEX64:
	case ORAY_COMPLEX128:
		buf_add(b, text, number_float(element->c.re, type, text));
		if (!signbit(element->c.im))
			buf_char(b, '+');
		buf_add(b, text, number_float(element->c.im, type, text));
		buf_char(b, 'i');
		return;
	case ORAY_UINT2:
	case ORAY_UINT4:
	case ORAY_UINT8:
	case ORAY_UINT16:
	case ORAY_UINT32:
	case ORAY_UINT64:
		buf_format(b, "%" PRIu64, element->u);
		return;
	default:
		buf_format(b, "%" PRId64, element->i);
	}
}

/* ------------------------------------------------------------------------------ shapes -- */

/* Index of the i-th dimension that is shown; `n` in the place of those that are not. */
static size_t shown(size_t i, size_t n)
{
	if (n <= MOST_DIMS || i < MOST_DIMS / 2)
		return i;
	return i == MOST_DIMS / 2 ? n : n - (MOST_DIMS - i);
}

void shape_of_dims(buf *b, const int64_t *dims, size_t n, const glyphs *g)
{
	if (n == 0)
		buf_str(b, "scalar");
	for (size_t i = 0; i < n && i < MOST_DIMS; i++) {
		size_t at = shown(i, n);
		buf_str(b, i ? g->times : "");
		if (at == n)
			buf_str(b, g->cut);
		else
			buf_format(b, "%" PRId64, dims[at]);
	}
	if (n > MOST_DIMS)
		buf_format(b, " (%zu dims)", n);
}

void shape_add_dim(buf *b, const oray_dim *dim)
{
	if (dim->kind == ORAY_DIM_VALUE)
		buf_format(b, "%" PRId64, dim->value);
	else if (dim->kind == ORAY_DIM_SYMBOL && dim->symbol.size)
		buf_printable(b, dim->symbol.data, dim->symbol.size);
	else
		buf_char(b, '?');
}

void shape_of(buf *b, size_t n, oray_dim (*dim)(const void *context, size_t index),
              const void *context, const glyphs *g)
{
	if (n == 0)
		buf_str(b, "scalar");
	for (size_t i = 0; i < n && i < MOST_DIMS; i++) {
		size_t at = shown(i, n);
		buf_str(b, i ? g->times : "");
		if (at == n) {
			buf_str(b, g->cut);
			continue;
		}
		oray_dim one = dim(context, at);
		shape_add_dim(b, &one);
	}
	if (n > MOST_DIMS)
		buf_format(b, " (%zu dims)", n);
}

typedef struct type_part {
	const oray_model *model;
	oray_id type;
	size_t first;
} type_part;

static oray_dim dim_of_part(const void *context, size_t index)
{
	const type_part *part = context;
	return oray_model_dim(part->model, part->type, part->first + index);
}

void shape_of_type(buf *b, const oray_model *model, const oray_type *type, size_t first,
                   const glyphs *g)
{
	type_part part = {model, type->id, first};
	if (type->has_shape)
		shape_of(b, first < type->n_dims ? type->n_dims - first : 0, dim_of_part, &part, g);
	else
		buf_str(b, "unknown");
}
