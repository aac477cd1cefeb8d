/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quantization_check.c - what looks wrong about how a model is quantized, and what to do about it.
 */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "analyze/quantization.h"
#include "base/buf.h"
#include "base/num.h"
#include "model/model.h"

enum { FINDINGS_MOST = 400, SAME_RULE_MOST = 16, THOROUGH_MOST = 10000 };

/* ------------------------------------------------------------------------------ telling -- */

/* How many there are of a rule, this one included. */
static size_t count(quant_book *book, const char *rule)
{
	quant_count *next;

	for (size_t i = 0; i < book->counts.n; i++)
		if (strcmp(book->counts.at[i].rule, rule) == 0)
			return ++book->counts.at[i].n;
	next = vec_push(NULL, &book->counts);
	if (next)
		*next = (quant_count){rule, 1};
	else
		book->failed = true;
	return 1;
}

void quant_finding(quant_book *book, oray_severity severity, const char *rule, quant_where where,
                   const char *format, ...)
{
	bool thorough = book->public.model->thorough;
	size_t same = count(book, rule), most = thorough ? THOROUGH_MOST : SAME_RULE_MOST;
	buf message = {0}, place = {0};
	oray_finding *next;
	va_list args;

	if (same > most || (!thorough && book->findings.n >= FINDINGS_MOST))
		return;
	va_start(args, format);
	buf_vformat(&message, format, args);
	va_end(args);
	if (same == most)
		buf_str(&message, "; more of the same are not listed");
	buf_printable(&place, where.text.data, where.text.size);
	next = vec_push(NULL, &book->findings);
	if (next) {
		*next = (oray_finding){
		    .severity = severity,
		    .rule = rule,
		    .where = arena_copy(&book->texts, buf_text(&place), place.n),
		    .message = arena_copy(&book->texts, buf_text(&message), message.n),
		    .offset = ORAY_NO_OFFSET,
		    .place = where.place,
		};
		if (!next->where || !next->message || !buf_ok(&message) || !buf_ok(&place))
			book->failed = true;
	} else {
		book->failed = true;
	}
	buf_free(&message);
	buf_free(&place);
}

quant_where quant_at(const oray_encoding *e)
{
	quant_where where = {.text = e->name};

	if (e->value != ORAY_NONE)
		where.place = (oray_place){ORAY_PLACE_VALUE, e->value};
	else if (e->node != ORAY_NONE)
		where.place = (oray_place){ORAY_PLACE_NODE, e->node};
	return where;
}

quant_where quant_label(const quant_book *book, oray_id node, char *text, size_t size)
{
	size_t n = oray_node_label(book->public.model, node, text, size);

	return (quant_where){{text, n < size ? n : size - 1}, {ORAY_PLACE_NODE, node}};
}

const char *quant_type_name(int32_t type)
{
	const char *name = oray_type_name(type);

	return name ? name : "an unknown type";
}

/* ------------------------------------------------------------------------- of one encoding -- */

/* Quantizers of four bits, and of blocks, that are symmetric keep the sign of the extreme: there a
 * scale may be negative. */
static bool may_be_negative(const oray_encoding *e)
{
	return (e->bits <= 4 || e->granularity == ORAY_PER_BLOCK) && e->role == ORAY_QUANTIZED_WEIGHT;
}

static void check_scales(quant_book *book, const oray_encoding *e, const quant_facts *f)
{
	if (f->bad)
		quant_finding(book, ORAY_ERROR, "quant-scale-not-finite", quant_at(e),
		              "%" PRIu64 " of %" PRIu64 " scales are NaN or infinite, so the real numbers "
		              "are lost; quantize again, calibration saw such values",
		              f->bad, e->n_scales);
	if (f->zeros)
		quant_finding(book, ORAY_ERROR, "quant-scale-zero", quant_at(e),
		              "%" PRIu64 " of %" PRIu64 " scales are 0: everything there becomes 0, or is "
		              "divided by 0; quantize again with a lower bound for scales",
		              f->zeros, e->n_scales);
	if (f->negative && !may_be_negative(e))
		quant_finding(book, ORAY_ERROR, "quant-scale-negative", quant_at(e),
		              "%" PRIu64 " of %" PRIu64 " scales are negative, the lowest is %g; runtimes "
		              "expect them above 0",
		              f->negative, e->n_scales, e->scale_min);
	if (f->denormal && !f->zeros)
		quant_finding(book, ORAY_WARNING, "quant-scale-denormal", quant_at(e),
		              "%" PRIu64 " of %" PRIu64 " scales are too small for a normal number, the "
		              "lowest is %g: some hardware takes them for 0; the values are all but 0",
		              f->denormal, e->n_scales, e->scale_min);
	if (f->unreadable)
		quant_finding(book, ORAY_INFO, "quant-scale-unreadable", quant_at(e),
		              "scales or zero points are stored where they could not be read");
}

static void check_zeros(quant_book *book, const oray_encoding *e, const quant_facts *f)
{
	bool compared = f->source != QUANT_BY_FAKE && e->packing == ORAY_PACK_PLAIN && e->type &&
	                f->zero_type && f->source != QUANT_BY_ANNOTATION;

	if (compared && f->zero_type != e->type)
		quant_finding(
		    book, ORAY_ERROR, "quant-zero-point-type", quant_at(e),
		    "the zero point is %s, but what it belongs to is %s; they have to be the same",
		    quant_type_name(f->zero_type), quant_type_name(e->type));
	if (f->out_of_range && e->packing == ORAY_PACK_PLAIN)
		quant_finding(book, ORAY_ERROR, "quant-zero-point-range", quant_at(e),
		              "%" PRIu64 " of %" PRIu64
		              " zero points (%g to %g) are outside of what %s can "
		              "hold",
		              f->out_of_range, f->zero_points, e->zero_point_min, e->zero_point_max,
		              quant_type_name(e->type));
	if ((f->source == QUANT_BY_QUANTIZE || f->source == QUANT_BY_DEQUANTIZE) && f->scale_read &&
	    f->zero_points && f->zero_points != e->n_scales)
		quant_finding(book, ORAY_ERROR, "quant-zero-point-length", quant_at(e),
		              "%" PRIu64 " zero points for %" PRIu64 " scales; there have to be as many",
		              f->zero_points, e->n_scales);
	if (e->role == ORAY_QUANTIZED_BIAS && e->type == ORAY_INT32 && f->nonzero)
		quant_finding(book, ORAY_WARNING, "quant-bias-zero-point", quant_at(e),
		              "the zero point of a bias of int32 is %g, runtimes take it for 0",
		              e->zero_point_max);
}

static void check_shape(quant_book *book, const oray_encoding *e, const quant_facts *f)
{
	if (f->axis_bad)
		quant_finding(book, ORAY_ERROR, "quant-axis", quant_at(e),
		              "axis %" PRId64 " is outside of the %zu axes of the tensor", f->axis_value,
		              e->n_dims);
	if (!f->length_wanted)
		return;
	if (e->packing == ORAY_PACK_NBITS || e->packing == ORAY_PACK_NF4 || e->packing == ORAY_PACK_FP4)
		quant_finding(book, ORAY_ERROR, "quant-blocks", quant_at(e),
		              "%" PRIu64 " scales, but K = %" PRId64 ", N = %" PRId64
		              " in blocks of %" PRId64 " ask for %" PRIu64,
		              e->n_scales, e->n_dims == 2 ? e->dims[0] : 0, e->n_dims == 2 ? e->dims[1] : 0,
		              e->block_size, f->length_wanted);
	else if (f->laid_out_otherwise)
		quant_finding(book, ORAY_ERROR, "quant-blocks", quant_at(e),
		              "its scales are not laid out as blocks of %" PRId64 " along axis %" PRId64
		              " are: there are %" PRIu64 " where %" PRIu64
		              " are asked for, or their axes differ",
		              e->block_size, f->axis_value, e->n_scales, f->length_wanted);
	else
		quant_finding(book, ORAY_ERROR, "quant-scale-length", quant_at(e),
		              "%" PRIu64 " scales along axis %" PRId64 ", which asks for %" PRIu64
		              "; perhaps the axis is another one",
		              e->n_scales, e->axis, f->length_wanted);
}

/* MatMulNBits: [N, blocks, block_size * bits / 8], from K, N, bits and block_size. */
static bool bytes_of_blocks(const oray_encoding *e, uint64_t *out)
{
	uint64_t blocks, row;

	if (e->block_size <= 0)
		return false;
	blocks = ((uint64_t)e->dims[0] - 1) / (uint64_t)e->block_size + 1;
	return num_mul((uint64_t)e->block_size, e->bits, &row) && num_mul(blocks, (row + 7) / 8, out) &&
	       num_mul(*out, (uint64_t)e->dims[1], out);
}

static void check_packed(quant_book *book, const oray_encoding *e)
{
	oray_tensor t;
	uint64_t wanted;

	if ((e->packing != ORAY_PACK_NBITS && e->packing != ORAY_PACK_NF4 &&
	     e->packing != ORAY_PACK_FP4) ||
	    e->n_dims != 2 || e->dims[0] <= 0 || e->dims[1] <= 0 ||
	    !oray_model_tensor(book->public.model, e->tensor, &t) || !t.bytes.exact)
		return;
	if (e->packing != ORAY_PACK_NBITS) {
		if (!e->elements.exact)
			return;
		wanted = e->elements.value / 2 + e->elements.value % 2;
	} else if (!bytes_of_blocks(e, &wanted)) {
		return;
	}
	if (wanted == t.bytes.value)
		return;
	quant_finding(book, ORAY_ERROR, "quant-packed-size", quant_at(e),
	              "%" PRIu64 " bytes, but K = %" PRId64 ", N = %" PRId64
	              ", %u bits in blocks of %" PRId64 " take %" PRIu64,
	              t.bytes.value, e->dims[0], e->dims[1], e->bits, e->block_size, wanted);
}

static void check_fake(quant_book *book, const oray_encoding *e, const quant_facts *f)
{
	if (!e->is_fake || e->role != ORAY_QUANTIZED_WEIGHT || f->source != QUANT_BY_QUANTIZE ||
	    !e->elements.exact || e->elements.value < 2 || e->tensor == ORAY_NONE)
		return;
	quant_finding(book, ORAY_INFO, "quant-fake-weight", quant_at(e),
	              "stored as floats and rounded to %s when used: the file is as large as before; "
	              "fold QuantizeLinear into the weight to store %" PRIu64 " elements of %u bits",
	              quant_type_name(e->type), e->elements.value, e->bits);
}

static void check_symmetry(quant_book *book, const oray_encoding *e)
{
	if (quant_is_tensorrt(book) && e->symmetric == 0 && e->role == ORAY_QUANTIZED_WEIGHT)
		quant_finding(book, ORAY_ERROR, "quant-asymmetric-weight", quant_at(e),
		              "zero points from %g to %g: TensorRT takes symmetric weights only, all zero "
		              "points have to be 0",
		              e->zero_point_min, e->zero_point_max);
}

void quant_check(quant_book *book)
{
	for (size_t i = 0; i < book->encodings.n && !book->failed; i++) {
		const oray_encoding *e = &book->encodings.at[i];
		const quant_facts *f = &book->facts.at[i];
		check_scales(book, e, f);
		check_zeros(book, e, f);
		check_shape(book, e, f);
		check_packed(book, e);
		check_fake(book, e, f);
		check_symmetry(book, e);
		quant_check_chain(book, e, f);
	}
	quant_check_layers(book);
	quant_check_flow(book);
}
