/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quantization_read.c - scales and zero points as numbers, and what they span.
 *
 *     real = (stored - zero point) * scale
 *
 * A pair of scale and zero point lets real numbers from (lowest - zero) * scale to
 * (highest - zero) * scale be told apart; an encoding spans the union over its pairs.
 */
#include <math.h>
#include <string.h>

#include "analyze/quantization.h"

enum { CHUNK = 256, FACTORS = 4 };

/* -------------------------------------------------------------------------------- types -- */

static bool is_float(int32_t type)
{
	return type == ORAY_FLOAT32 || type == ORAY_FLOAT64 || type == ORAY_FLOAT16 ||
	       type == ORAY_BFLOAT16 || (type >= ORAY_FLOAT8E4M3FN && type <= ORAY_FLOAT8E5M2FNUZ) ||
	       type == ORAY_FLOAT4E2M1 || type == ORAY_FLOAT8E8M0 || type == ORAY_FLOAT6E2M3 ||
	       type == ORAY_FLOAT6E3M2;
}

static bool is_signed(int32_t type)
{
	return type == ORAY_INT2 || type == ORAY_INT4 || type == ORAY_INT8 || type == ORAY_INT16 ||
	       type == ORAY_INT32 || type == ORAY_INT64;
}

bool quant_limits(int32_t type, uint32_t bits, double *low, double *high)
{
	/* largest finite numbers of float types: the ONNX documents on float8, float4 and float6 */
	static const double largest[ORAY_N_TYPES] = {
	    [ORAY_FLOAT8E4M3FN] = 448,     [ORAY_FLOAT8E4M3FNUZ] = 240, [ORAY_FLOAT8E5M2] = 57344,
	    [ORAY_FLOAT8E5M2FNUZ] = 57344, [ORAY_FLOAT4E2M1] = 6,       [ORAY_FLOAT6E2M3] = 7.5,
	    [ORAY_FLOAT6E3M2] = 28,
	};

	if (type > 0 && type < ORAY_N_TYPES && largest[type] > 0) {
		*high = largest[type];
		*low = -*high;
		return true;
	}
	if (is_float(type) || type == ORAY_BOOL || type == ORAY_STRING || !bits || bits > 32)
		return false;
	*low = is_signed(type) ? -ldexp(1, (int)bits - 1) : 0;
	*high = ldexp(1, (int)bits - is_signed(type)) - 1;
	if (bits == 1 && is_signed(type)) /* bipolar */
		*high = 1;
	return true;
}

/* -------------------------------------------------------------------------------- reading -- */

static double number_of(int32_t type, const oray_element *x)
{
	if (is_float(type))
		return x->f;
	return is_signed(type) ? (double)x->i : (double)x->u;
}

/* Where numbers come from: a tensor, a number, or a product or quotient of such. */
typedef struct source {
	const oray_model *model;
	oray_id tensor; /* ORAY_NONE: `number` */
	oray_tensor t;
	uint64_t n;
	double number;
	uint32_t packed; /* bits of an element, several to a byte; 0: as the type says */
	uint64_t row;    /* packed: elements of a row, which starts on a byte */
	oray_element chunk[CHUNK];
	uint64_t first;
	size_t filled;
	bool failed;
} source;

typedef struct sources {
	source of[FACTORS];
	bool divides[FACTORS];
	size_t n;
} sources;

static bool open_stored(quant_book *book, oray_id head, source *s)
{
	oray_value v;
	oray_node node;
	oray_attribute a;

	s->model = book->public.model;
	s->tensor = quant_stored(book, head);
	if (oray_model_tensor(s->model, s->tensor, &s->t)) {
		s->n = s->t.elements.exact ? s->t.elements.value : 0;
		return s->t.elements.exact;
	}
	if (!oray_model_value(s->model, head, &v) || !oray_model_node(s->model, v.producer, &node) ||
	    !role_constant(s->model, &node, &a) || a.on_disk)
		return false;
	s->n = 1;
	if (a.type == ORAY_ATTR_FLOAT)
		s->number = (double)a.v.f;
	else if (a.type == ORAY_ATTR_INT)
		s->number = (double)a.v.i;
	else if (a.type == ORAY_ATTR_FLOATS && a.count == 1)
		s->number = (double)a.v.floats[0];
	else if (a.type == ORAY_ATTR_INTS && a.count == 1)
		s->number = (double)a.v.ints[0];
	else
		return false;
	return true;
}

static bool node_is(const oray_node *node, const char *op)
{
	return node->op.size == strlen(op) && !memcmp(node->op.data, op, node->op.size);
}

/* A stored value, or a product of stored ones: scales of integer products are written so. */
static bool open_sources(quant_book *book, oray_id value, sources *s)
{
	oray_id todo[FACTORS] = {role_head(&book->flow, value)};
	bool divides[FACTORS] = {false};
	size_t n = 1;
	oray_value v;
	oray_node node;

	s->n = 0;
	for (size_t i = 0; i < n; i++) {
		if (book->flow.facts[todo[i]] & FACT_STORED) {
			memset(&s->of[s->n], 0, sizeof s->of[s->n]);
			s->divides[s->n] = divides[i];
			if (!open_stored(book, todo[i], &s->of[s->n++]))
				return false;
			continue;
		}
		if (!(book->flow.facts[todo[i]] & FACT_CONSTANT) ||
		    !oray_model_value(book->public.model, todo[i], &v) ||
		    !oray_model_node(book->public.model, v.producer, &node) || node.n_inputs != 2 ||
		    node.inputs[0] == ORAY_NONE || node.inputs[1] == ORAY_NONE || n + 2 > FACTORS ||
		    (!node_is(&node, "Mul") && !node_is(&node, "Div")))
			return false;
		divides[n] = divides[i];
		todo[n++] = role_head(&book->flow, node.inputs[0]);
		divides[n] = divides[i] != node_is(&node, "Div");
		todo[n++] = role_head(&book->flow, node.inputs[1]);
	}
	return s->n > 0;
}

static bool fetch(source *s, uint64_t index, oray_element *out)
{
	if (index < s->first || index >= s->first + s->filled) {
		s->first = index;
		if (s->failed ||
		    oray_tensor_read(s->model, s->tensor, index, CHUNK, s->chunk, &s->filled, NULL) !=
		        ORAY_OK ||
		    !s->filled) {
			s->filled = 0;
			s->failed = true;
			return false;
		}
	}
	*out = s->chunk[index - s->first];
	return true;
}

/* Element `index` of a source; one element stands for all. */
static double take(source *s, uint64_t index)
{
	oray_element x;
	uint64_t byte, bit;

	if (s->tensor == ORAY_NONE)
		return s->number;
	if (!s->packed) {
		if (!fetch(s, s->n == 1 ? 0 : index, &x))
			return NAN;
		return number_of(s->t.type, &x);
	}
	/* bits may lie across two bytes, as with 3 of them */
	bit = index % s->row * s->packed;
	byte = index / s->row * ((s->row * s->packed + 7) / 8) + bit / 8;
	if (byte >= s->n || !fetch(s, byte, &x))
		return NAN;
	uint64_t both = x.u;
	if (bit % 8 + s->packed > 8 && byte + 1 < s->n && fetch(s, byte + 1, &x))
		both |= x.u << 8;
	return (double)(both >> bit % 8 & ((UINT64_C(1) << s->packed) - 1));
}

static double take_product(sources *s, uint64_t index)
{
	double product = 1;

	for (size_t i = 0; i < s->n; i++) {
		double x = take(&s->of[i], index);
		product = s->divides[i] ? product / x : product * x;
	}
	return product;
}

static bool any_failed(const sources *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->of[i].failed)
			return true;
	return false;
}

static uint64_t longest(const sources *s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n = s->of[i].n > n ? s->of[i].n : n;
	return n;
}

double quant_number(quant_book *book, oray_id value, uint64_t index)
{
	sources s;
	double x;

	if (value == ORAY_NONE || !open_sources(book, value, &s) || index >= longest(&s))
		return NAN;
	x = take_product(&s, index);
	return any_failed(&s) ? NAN : x;
}

/* ---------------------------------------------------------------------------- granularity -- */

static int64_t normal_axis(const oray_encoding *e, quant_facts *f, int64_t axis)
{
	int64_t rank = (int64_t)e->n_dims;

	f->axis_said = true;
	f->axis_value = axis;
	if (!rank)
		return axis >= 0 ? axis : -1;
	if (axis < -rank || axis >= rank) {
		f->axis_bad = true;
		return -1;
	}
	return axis < 0 ? axis + rank : axis;
}

static void set_axis(quant_book *book, oray_encoding *e, int64_t axis, uint64_t n)
{
	quant_facts *f = quant_facts_of(book, e);

	e->granularity = ORAY_PER_AXIS;
	e->axis = normal_axis(e, f, axis);
	if (e->axis >= 0 && (size_t)e->axis < e->n_dims && e->dims[e->axis] >= 0 &&
	    (uint64_t)e->dims[e->axis] != n)
		f->length_wanted = (uint64_t)e->dims[e->axis];
}

/* Scales of as many axes as the data: one that varies is an axis, several are blocks. */
static void of_same_rank(quant_book *book, oray_encoding *e, const oray_tensor *scale, int64_t axis,
                         int64_t block)
{
	size_t varying = 0, which = 0;
	quant_facts *f = quant_facts_of(book, e);

	for (size_t i = 0; i < scale->n_dims; i++)
		if (scale->dims[i] != 1) {
			varying++;
			which = i;
		}
	if (!block && varying == 1) {
		set_axis(book, e, (int64_t)which, (uint64_t)scale->dims[which]);
		return;
	}
	e->granularity = ORAY_PER_BLOCK;
	e->axis = normal_axis(e, f, axis);
	if (e->axis < 0 || (size_t)e->axis >= scale->n_dims || (size_t)e->axis >= e->n_dims)
		return;
	int64_t blocks = scale->dims[e->axis], size = e->dims[e->axis];
	if (!block && blocks > 0 && size > 0)
		block = (size + blocks - 1) / blocks;
	e->block_size = block;
	if (block > 0 && size > 0 && blocks != (size - 1) / block + 1)
		f->length_wanted = (uint64_t)((size - 1) / block + 1);
}

void quant_granularity(quant_book *book, oray_encoding *e, oray_id scale, int64_t axis,
                       int64_t block)
{
	oray_id stored = quant_stored(book, scale);
	oray_tensor t;

	e->granularity = ORAY_PER_TENSOR;
	e->axis = -1;
	if (!oray_model_tensor(book->public.model, stored, &t) || !t.elements.exact ||
	    t.elements.value == 1) {
		if (block > 0 && t.n_dims > 1 && stored != ORAY_NONE && t.n_dims == e->n_dims)
			e->block_size = 0;
		return;
	}
	if (t.n_dims == 1)
		set_axis(book, e, axis, t.elements.value);
	else if (t.n_dims == e->n_dims)
		of_same_rank(book, e, &t, axis, block > 0 ? block : 0);
	else if (t.n_dims == 2 && t.dims[0] == 1) /* [1, N] for a last axis */
		set_axis(book, e, axis, t.elements.value);
	else
		set_axis(book, e, axis, t.elements.value);
}

/* -------------------------------------------------------------------------------- ranges -- */

static double least(double a, double b)
{
	return a < b || b != b ? a : b;
}

static double most(double a, double b)
{
	return a > b || b != b ? a : b;
}

static void judge_scale(quant_facts *f, int32_t type, double s)
{
	double tiny = type == ORAY_FLOAT16 ? 6.103515625e-5 : 1.1754943508222875e-38;

	f->zeros += s == 0;
	f->bad += !isfinite(s);
	f->negative += isfinite(s) && s < 0;
	f->denormal += s != 0 && fabs(s) < tiny && type != ORAY_FLOAT64;
}

static double middle_of(const oray_encoding *e, double low)
{
	return low < 0 ? 0 : ldexp(1, (int)e->bits - 1);
}

/* Bounds hold for finite scales only: what is broken has no range. */
static void take_pair(oray_encoding *e, double s, double z, const double limits[2])
{
	e->scale_min = least(s, e->scale_min);
	e->scale_max = most(s, e->scale_max);
	if (isnan(z) || !isfinite(s) || isnan(limits[0]))
		return;
	double a = (limits[0] - z) * s, b = (limits[1] - z) * s;
	e->low = least(least(a, b), e->low);
	e->high = most(most(a, b), e->high);
}

static void take_zero(oray_encoding *e, quant_facts *f, double z, const double limits[2],
                      bool is_real)
{
	f->zero_points++;
	f->nonzero += z != 0;
	e->zero_point_min = least(z, e->zero_point_min);
	e->zero_point_max = most(z, e->zero_point_max);
	if (isnan(limits[0]))
		return;
	f->out_of_range += !isnan(z) && (z < limits[0] || z > limits[1]);
	f->off_middle += !is_real && z != middle_of(e, limits[0]);
}

static void read_pairs(oray_encoding *e, quant_facts *f, sources *scales, sources *zeros,
                       const double limits[2], bool is_real)
{
	bool packed = e->zero_point_packed;
	uint64_t n_scales = longest(scales), n_zeros = packed ? n_scales : longest(zeros);
	uint64_t n = n_scales > n_zeros ? n_scales : n_zeros;
	double implied = f->zero != ORAY_NONE ? NAN
	                 : e->packing == ORAY_PACK_NBITS || e->packing == ORAY_PACK_ROWS
	                     ? middle_of(e, limits[0])
	                     : 0;

	for (uint64_t i = 0; i < n; i++) {
		double s = NAN, z = implied;
		if (n_scales == 1 || i < n_scales) {
			s = take_product(scales, i);
			if (i < n_scales)
				judge_scale(f, scales->of[0].t.type, s);
		}
		if (zeros->n && (n_zeros == 1 || i < n_zeros)) {
			z = take_product(zeros, i);
			if (i < n_zeros)
				take_zero(e, f, z, limits, is_real);
		}
		if (any_failed(scales) || any_failed(zeros)) {
			f->unreadable = true;
			return;
		}
		if (n_scales)
			take_pair(e, s, z, limits);
	}
	if (!zeros->n && f->zero == ORAY_NONE) {
		take_zero(e, f, implied, limits, is_real);
		f->zero_points = 0;
	}
	f->scale_read = n_scales > 0;
}

static bool is_zero_packed(const oray_encoding *e, const sources *zeros)
{
	return (e->packing == ORAY_PACK_NBITS || e->packing == ORAY_PACK_ROWS) && zeros->n == 1 &&
	       zeros->of[0].tensor != ORAY_NONE && zeros->of[0].t.type == ORAY_UINT8 && e->bits &&
	       e->bits < 8;
}

static void open_packed(oray_encoding *e, sources *zeros, uint64_t n_scales)
{
	source *z = &zeros->of[0];
	uint64_t per = 1;

	e->zero_point_packed = true;
	z->packed = e->bits;
	z->row = n_scales ? n_scales : 1;
	/* a row of blocks for each output; for rows the last axis of the scales */
	if (e->packing == ORAY_PACK_NBITS && e->n_dims == 2 && e->dims[1] > 0)
		per = n_scales / (uint64_t)e->dims[1];
	else if (z->t.n_dims && z->t.dims[z->t.n_dims - 1] > 0)
		per = (uint64_t)z->t.dims[z->t.n_dims - 1] * 8 / e->bits;
	if (per)
		z->row = per < z->row ? per : z->row;
}

void quant_read(quant_book *book, oray_encoding *e, oray_id scale, oray_id zero)
{
	quant_facts *f = quant_facts_of(book, e);
	double limits[2] = {NAN, NAN};
	sources scales, zeros;

	f->scale = scale;
	f->zero = zero;
	scales.n = zeros.n = 0;
	if (scale != ORAY_NONE && !open_sources(book, scale, &scales))
		scales.n = 0;
	if (zero != ORAY_NONE) {
		f->zero_type = quant_type_of(book, zero);
		if (!open_sources(book, zero, &zeros)) {
			zeros.n = 0;
			if (scales.n == 0 || e->is_dynamic)
				return;
		}
	}
	if (!quant_limits(e->type, e->bits, &limits[0], &limits[1]))
		limits[0] = limits[1] = NAN;
	if (f->narrow && limits[0] < 0)
		limits[0] = -limits[1];
	e->lowest = limits[0];
	e->highest = limits[1];
	if (scales.n == 1)
		e->scale = scales.of[0].tensor;
	if (zeros.n == 1)
		e->zero_point = zeros.of[0].tensor;
	e->n_scales = longest(&scales);
	if (scales.n && is_zero_packed(e, &zeros))
		open_packed(e, &zeros, e->n_scales);
	read_pairs(e, f, &scales, &zeros, limits, is_float(e->type));
	if (f->unreadable || (zero != ORAY_NONE && !zeros.n))
		return;
	e->symmetric =
	    is_float(e->type) || isnan(limits[0]) ? (f->nonzero ? 0 : 1) : f->off_middle == 0;
}
