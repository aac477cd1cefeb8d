/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quantization_values.c - what the stored integers of quantized weights tell: are they clipped, is
 * the range they could use left empty.
 *
 * A step of its own, since it reads the weights, each byte once; explaining reads only scales.
 */
#include <math.h>

#include "base/error.h"
#include "analyze/quantization_numbers.h"
#include "base/heap.h"
#include "base/num.h"

enum {
	ELEMENTS_LEAST = 64, /* fewer say nothing about a distribution */
	STEPS_LEAST = 200    /* so do elements of a few bits: much stands at their ends */
};
static const double clipped = 0.01;  /* share of elements at the ends that is worth a word */
static const double half_used = 0.5; /* share of the steps between the ends that is not */

/* What a type can stand for at most is no end of a range to floats: they are scaled to it. */
static bool is_measured(const oray_encoding *e)
{
	return e->tensor != ORAY_NONE && e->role == ORAY_QUANTIZED_WEIGHT && !e->is_fake && e->type &&
	       e->type != ORAY_INT32 && !numbers_are_real(e->type) &&
	       e->packing != ORAY_PACK_UNSUPPORTED;
}

/* How elements of few bits lie in bytes: rows of so many, each starting so many after the last. */
typedef struct rows {
	uint64_t row, stride, n;
	unsigned bits;
} rows;

static bool lay_out(const oray_encoding *e, rows *r)
{
	bool nbits = e->packing == ORAY_PACK_NBITS;
	uint64_t block = (uint64_t)e->block_size;

	r->bits = e->bits;
	if ((r->bits != 2 && r->bits != 4 && r->bits != 8) || !e->elements.exact ||
	    !e->elements.value || (nbits ? e->n_dims != 2 || e->block_size <= 0 : !e->n_dims))
		return false;
	r->row = r->stride = (uint64_t)e->dims[nbits ? 0 : e->n_dims - 1];
	r->n = e->elements.value / r->row;
	if (nbits && !num_mul((r->row - 1) / block + 1, block, &r->stride))
		return false;
	return r->stride <= UINT64_MAX / 8 && r->stride * r->bits % 8 == 0 &&
	       (!nbits || block * r->bits % 8 == 0);
}

typedef struct counting {
	rows r;
	uint64_t at;   /* place in its row of the next element */
	uint64_t left; /* bytes */
	uint64_t counts[256];
} counting;

/* Counts a piece of bytes. */
static int count_piece(void *context, const oray_element *p, size_t n)
{
	counting *c = context;
	const rows *r = &c->r;
	const unsigned mask = (1u << r->bits) - 1;

	for (size_t i = 0; i < n && c->left; i++, c->left--) {
		for (unsigned bit = 0; bit < 8; bit += r->bits, c->at++)
			if (c->at < r->row) /* the rest pads the last block */
				c->counts[(unsigned)p[i].u >> bit & mask]++;
		if (c->at >= r->stride)
			c->at = 0;
	}
	return c->left == 0;
}

static void sum_up(const rows *r, const uint64_t counts[256], oray_statistics *out)
{
	unsigned top = (1u << r->bits) - 1;

	*out = (oray_statistics){.elements = r->row * r->n, .min = NAN, .max = NAN};
	for (unsigned i = 0; i <= top; i++)
		if (counts[i]) {
			out->min = isnan(out->min) ? i : out->min;
			out->max = i;
		}
	out->lowest = counts[0];
	out->highest = counts[top];
}

static oray_status measure_packed(const oray_model *model, const oray_encoding *e,
                                  oray_statistics *out, oray_error *err)
{
	counting c = {.at = 0};
	oray_tensor t;

	*out = (oray_statistics){.elements = 0};
	if (!oray_model_tensor(model, e->tensor, &t) || t.type != ORAY_UINT8 || !lay_out(e, &c.r) ||
	    !num_mul(c.r.n, c.r.stride * c.r.bits / 8, &c.left) || !t.elements.exact ||
	    t.elements.value < c.left)
		return ORAY_OK;
	oray_status status = oray_tensor_walk(model, e->tensor, count_piece, &c, err);
	if (status == ORAY_OK && !c.left)
		sum_up(&c.r, c.counts, out);
	return status;
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
	double share =
	    ((double)(s->lowest + s->highest) - 2 * (double)e->n_scales) / (double)s->elements;

	if (s->elements < ELEMENTS_LEAST || steps < STEPS_LEAST)
		return;
	if (share > clipped && e->reader != ORAY_NONE) /* elsewhere a constant repeats itself */
		quant_finding(book, ORAY_WARNING, "quant-saturated", quant_at(e),
		              "%.1f %% of its elements stand at the ends of their range: the scale clips "
		              "them, choose it larger or one for each channel",
		              100 * share);
	if (reach_of(e, s) < half_used)
		quant_finding(
		    book, ORAY_INFO, "quant-unused-range", quant_at(e),
		    "its numbers go from %g to %g and leave the rest of %g to %g unused: the scale "
		    "is larger than it need be",
		    s->min, s->max, e->lowest, e->highest);
	if (e->type == ORAY_INT8 && s->min <= -128 && quant_is_tensorrt(book))
		quant_finding(book, ORAY_WARNING, "quant-minus-128", quant_at(e),
		              "it holds -128, where TensorRT expects -127 to 127");
}

/* The zero point when all elements have one, as far as one of stored integers can be. */
static int64_t common_zero_point(const oray_encoding *e)
{
	double z = e->zero_point_min;
	return z == e->zero_point_max && z > -0x1p63 && z < 0x1p63 ? (int64_t)z : 0;
}

oray_status oray_measure_quantization(oray_quantization *quantization, oray_error *err)
{
	uint64_t failures = heap_failures();
	quant_book *book = (quant_book *)quantization;

	for (size_t i = 0; i < book->encodings.n; i++) {
		oray_encoding *e = &book->encodings.at[i];
		oray_statistics s;
		oray_status status;
		if (!is_measured(e))
			continue;
		status = e->packing == ORAY_PACK_PLAIN
		             ? oray_measure(book->public.model, e->tensor, common_zero_point(e), &s, err)
		             : measure_packed(book->public.model, e, &s, err);
		if (error_is_memory(status))
			return status;
		if (status != ORAY_OK || !s.elements)
			continue; /* what cannot be read stays unknown */
		e->saturated = (oray_count){s.lowest + s.highest, true};
		judge(book, e, &s);
	}
	book->public.findings = book->findings.at;
	book->public.n_findings = book->findings.n;
	return heap_failures() != failures ? error_memory(err) : ORAY_OK;
}
