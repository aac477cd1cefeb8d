/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quantization_values.c - what the stored integers of quantized weights tell: are they clipped, is
 * the range they could use left empty.
 *
 * A step of its own, since it reads the weights, each byte once; explaining reads only scales.
 */
#include <math.h>

#include "analyze/quantization.h"

enum {
	ELEMENTS_LEAST = 64, /* fewer say nothing about a distribution */
	STEPS_LEAST = 200    /* so do elements of a few bits: much stands at their ends */
};
static const double clipped = 0.01;  /* share of elements at the ends that is worth a word */
static const double half_used = 0.5; /* share of the steps between the ends that is not */

static bool is_measured(const oray_encoding *e)
{
	return e->tensor != ORAY_NONE && e->role == ORAY_QUANTIZED_WEIGHT && !e->is_fake &&
	       e->packing == ORAY_PACK_PLAIN && e->type != ORAY_INT32;
}

/* How much of the range is used. Around a zero point in the middle the scale follows from the
 * largest number on either side: the other side may be empty. */
static double reach_of(const oray_encoding *e, const oray_statistics *s)
{
	double zero = e->zero_point_min;

	if (e->symmetric != 1 || e->zero_point_max != zero)
		return (s->max - s->min) / (e->highest - e->lowest);
	return fmax(fabs(s->max - zero), fabs(s->min - zero)) / (e->highest - zero);
}

static void judge(quant_book *book, const oray_encoding *e, const oray_statistics *s)
{
	double steps = e->highest - e->lowest;
	/* The largest element that a scale is for stands at an end by right, perhaps at both. */
	double share = ((double)(s->lowest + s->highest) - 2 * (double)e->n_scales) /
	               (double)s->elements;

	if (s->elements < ELEMENTS_LEAST || steps < STEPS_LEAST)
		return;
	if (share > clipped && e->reader != ORAY_NONE) /* elsewhere a constant repeats itself */
		quant_finding(book, ORAY_WARNING, "quant-saturated", e->name,
		              "%.1f %% of its elements stand at the ends of their range: the scale clips "
		              "them, choose it larger or one for each channel",
		              100 * share);
	if (reach_of(e, s) < half_used)
		quant_finding(book, ORAY_INFO, "quant-unused-range", e->name,
		              "its numbers go from %g to %g and leave the rest of %g to %g unused: the scale "
		              "is larger than it need be",
		              s->min, s->max, e->lowest, e->highest);
	if (e->type == ORAY_INT8 && s->min <= -128 && quant_is_tensorrt(book))
		quant_finding(book, ORAY_WARNING, "quant-minus-128", e->name,
		              "it holds -128, where TensorRT expects -127 to 127");
}

oray_status oray_measure_quantization(oray_quantization *quantization, oray_error *err)
{
	quant_book *book = (quant_book *)quantization;

	for (size_t i = 0; i < book->encodings.n; i++) {
		oray_encoding *e = &book->encodings.at[i];
		double zero = e->zero_point_min == e->zero_point_max ? e->zero_point_min : 0;
		oray_statistics s;
		oray_status status;
		if (!is_measured(e))
			continue;
		status = oray_measure(book->public.model, e->tensor, (int64_t)zero, &s, err);
		if (status == ORAY_ERR_MEMORY)
			return status;
		if (status != ORAY_OK || !s.elements)
			continue; /* what cannot be read stays unknown */
		e->saturated = (oray_count){s.lowest + s.highest, true};
		judge(book, e, &s);
	}
	book->public.findings = book->findings.at;
	book->public.n_findings = book->findings.n;
	return ORAY_OK;
}
