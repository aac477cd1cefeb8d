/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "words/describe.h"
#include "words/diff_words.h"
#include "words/numbers.h"

/* Decibels; a float32 has 24 bits, 144 dB. */
#define ROUNDING 120.0

#define MANY_TIMES 10.0 /* growth above this is said as a factor */

bool diff_is_float(int32_t type)
{
	return type == ORAY_FLOAT32 || type == ORAY_FLOAT16 || type == ORAY_FLOAT64 ||
	       type == ORAY_BFLOAT16;
}

bool diff_is_quantized(const oray_weight_pair *w)
{
	return diff_is_float(w->type_a) && !diff_is_float(w->type_b) && w->type_b != ORAY_UNDEFINED;
}

bool diff_is_rounding(const oray_weight_pair *w)
{
	return w->measured && !w->fidelity.identical && w->type_a == w->type_b &&
	       w->fidelity.sqnr_db >= ROUNDING;
}

void diff_types(buf *b, int32_t type_a, int32_t type_b, const glyphs *g)
{
	element_type_text(b, type_a);
	if (type_a == type_b)
		return;
	buf_str(b, g->arrow);
	element_type_text(b, type_b);
}

/* The C library's radix character is the locale's. */
static void with_point(buf *b, char *text)
{
	char *comma = strchr(text, ',');
	if (comma)
		*comma = '.';
	buf_str(b, text);
}

static bool is_word(buf *b, double x)
{
	if (isfinite(x))
		return false;
	buf_str(b, isnan(x) ? "nan" : x > 0 ? "inf" : "-inf");
	return true;
}

void diff_fixed(buf *b, double x, unsigned decimals)
{
	char text[NUMBER_SIZE];
	if (is_word(b, x))
		return;
	if (fabs(x) >= 1e15) {
		diff_three(b, x);
		return;
	}
	snprintf(text, sizeof text, "%.*f", (int)decimals, x);
	with_point(b, text);
}

void diff_three(buf *b, double x)
{
	char text[NUMBER_SIZE];
	if (is_word(b, x))
		return;
	snprintf(text, sizeof text, "%.3g", x);
	with_point(b, text);
}

void diff_growth(buf *b, double before, double after)
{
	double change;
	if (before == after) {
		buf_char(b, '=');
		return;
	}
	if (before <= 0 || after <= 0) {
		buf_str(b, before <= 0 ? "new" : "gone");
		return;
	}
	change = (after - before) / before * 100;
	if (change > MANY_TIMES * 100) {
		diff_fixed(b, after / before, after / before < 100);
		buf_str(b, " times");
		return;
	}
	/* no "-100 %" for what is not gone, no "0 %" for what changed */
	unsigned decimals = change < -99 || fabs(change) < 10 ? 1 : 0;
	if (fabs(change) < 0.1 || change < -99.9)
		decimals = 3;
	buf_str(b, change > 0 ? "+" : "");
	diff_fixed(b, change, decimals);
	buf_str(b, " %");
}

void diff_label(buf *b, const oray_model *model, oray_id node)
{
	if (node == ORAY_NONE)
		buf_char(b, '?');
	else
		node_label_text(b, model, node);
}

oray_str diff_op(const oray_model *model, oray_id node)
{
	oray_node n;
	return oray_model_node(model, node, &n) ? n.op : (oray_str){"", 0};
}
