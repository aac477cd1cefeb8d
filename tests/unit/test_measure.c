/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_measure.c - statistics and comparisons of weights, against plain loops in double precision
 * over oray_tensor_read(): every type, every storage, sizes around blocks and chunks, data at odd
 * addresses, numbers that are not finite, and each set of kernels.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <math.h>

#include "measure/kernels.h"
#include "model_writer.h"

static place here;

static uint64_t dice = 88172645463325252u;

static uint64_t roll(void)
{
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return dice;
}

/* About normal, `width` wide. */
static double noise(double width)
{
	double sum = 0;
	for (int i = 0; i < 6; i++)
		sum += (double)(roll() >> 11) * 0x1p-53 - 0.5;
	return sum * width;
}

/* ------------------------------------------------------------------------------- models -- */

/* A model of tensors; they get the names "0", "1", ... */
typedef struct draft {
	bytes graph;
	unsigned n;
} draft;

static oray_id add_raw(draft *d, int32_t type, size_t n_dims, const int64_t *dims, const void *raw,
                       size_t size)
{
	char name[16];
	snprintf(name, sizeof name, "%u", d->n);
	bytes t = make_tensor(name, type, n_dims, dims);
	put_data(&t, 9, raw, size);
	put_message(&d->graph, 5, &t);
	return d->n++;
}

static oray_model *finish(draft *d)
{
	oray_model *m;
	oray_error err;
	bytes model = make_model(&d->graph);
	if (load_bytes(&here, &model, NULL, &m, &err) != ORAY_OK)
		fail_msg("%s", err.message);
	return m;
}

static double real_of(int32_t type, oray_element e)
{
	switch (type) {
	case ORAY_INT2:
	case ORAY_INT4:
	case ORAY_INT8:
	case ORAY_INT16:
	case ORAY_INT32:
	case ORAY_INT64:
		return (double)e.i;
	case ORAY_BOOL:
	case ORAY_UINT2:
	case ORAY_UINT4:
	case ORAY_UINT8:
	case ORAY_UINT16:
	case ORAY_UINT32:
	case ORAY_UINT64:
		return (double)e.u;
	default:
		return e.f;
	}
}

/* A walk meets the same elements, in pieces of any size. */
typedef struct walk {
	const oray_element *want;
	size_t n, met;
} walk;

static int meet(void *context, const oray_element *e, size_t n)
{
	walk *w = context;
	assert_true(n > 0 && n <= w->n - w->met);
	assert_memory_equal(e, w->want + w->met, n * sizeof *e);
	w->met += n;
	return 0;
}

static void check_walk(const oray_model *m, oray_id tensor, const oray_element *e, size_t n)
{
	walk w = {e, n, 0};
	assert_int_equal(oray_tensor_walk(m, tensor, meet, &w, NULL), ORAY_OK);
	assert_int_equal(w.met, n);
}

static double *read_all(const oray_model *m, oray_id tensor, size_t n, int32_t type)
{
	oray_element *e = calloc(n + 1, sizeof *e);
	double *x = malloc((n + 1) * sizeof *x);
	size_t got;
	assert_int_equal(oray_tensor_read(m, tensor, 0, n, e, &got, NULL), ORAY_OK);
	check_walk(m, tensor, e, n);
	assert_int_equal(got, n);
	for (size_t i = 0; i < n; i++)
		x[i] = real_of(type, e[i]);
	free(e);
	return x;
}

static void assert_close(double got, double want, double tolerance)
{
	if (isnan(want) ? !isnan(got) : !(fabs(got - want) <= tolerance) && got != want)
		fail_msg("%.17g instead of %.17g", got, want);
}

/* --------------------------------------------------------------------------- statistics -- */

static void check_statistics(const oray_model *m, oray_id tensor, int64_t zero)
{
	oray_tensor t;
	oray_statistics s;
	assert_true(oray_model_tensor(m, tensor, &t));
	size_t n = (size_t)t.elements.value, finite = 0, zeros = 0, nans = 0, infinities = 0;
	double *x = read_all(m, tensor, n, t.type), sum = 0, m2 = 0;
	double min = (double)NAN, max = (double)NAN;
	for (size_t i = 0; i < n; i++) {
		zeros += x[i] == (double)zero;
		nans += isnan(x[i]) != 0;
		infinities += isinf(x[i]) != 0;
		if (!isfinite(x[i]))
			continue;
		finite++;
		sum += x[i];
		min = !(min <= x[i]) ? x[i] : min;
		max = !(max >= x[i]) ? x[i] : max;
	}
	double mean = sum / (double)finite;
	for (size_t i = 0; i < n; i++)
		m2 += isfinite(x[i]) ? (x[i] - mean) * (x[i] - mean) : 0;
	double std = sqrt(m2 / (double)finite);
	assert_int_equal(oray_measure(m, tensor, zero, &s, NULL), ORAY_OK);
	assert_int_equal(s.elements, n);
	assert_int_equal(s.zeros, zeros);
	assert_int_equal(s.nans, nans);
	assert_int_equal(s.infinities, infinities);
	if (!finite) {
		assert_true(isnan(s.min) && isnan(s.mean) && isnan(s.std));
	} else {
		assert_true(s.min == min && s.max == max);
		assert_close(s.mean, mean, 1e-6 * std + 1e-9 * fabs(mean));
		assert_close(s.std, std, 1e-6 * std + 1e-9 * fabs(mean));
		uint64_t in_bins = 0, sure[ORAY_BINS] = {0}, perhaps[ORAY_BINS] = {0};
		for (size_t i = 0; i < ORAY_BINS; i++)
			in_bins += s.bins[i];
		for (size_t i = 0; i < n && max > min; i++) {
			if (!isfinite(x[i]))
				continue;
			double at = (x[i] - min) / (max - min) * ORAY_BINS, border = rint(at);
			size_t bin = at < ORAY_BINS ? (size_t)at : ORAY_BINS - 1;
			/* An element on a border may fall to either side. */
			if (fabs(at - border) < 1e-9 && border > 0 && border < ORAY_BINS) {
				perhaps[(size_t)border]++;
				perhaps[(size_t)border - 1]++;
			} else {
				sure[bin]++;
			}
		}
		assert_true(s.sampled ? in_bins < finite && in_bins > 8000 : in_bins == finite);
		for (size_t i = 0; i < ORAY_BINS && !s.sampled && max > min; i++)
			assert_true(s.bins[i] >= sure[i] && s.bins[i] <= sure[i] + perhaps[i]);
		for (size_t i = 0; i < ORAY_BINS && s.sampled && max > min; i++) {
			double got = (double)s.bins[i] / (double)in_bins;
			assert_true(got >= (double)sure[i] / (double)finite - 0.02);
			assert_true(got <= (double)(sure[i] + perhaps[i]) / (double)finite + 0.02);
		}
	}
	free(x);
}

static const size_t sizes[] = {0,  1,    2,    3,    7,    15,    16,    17,
                               63, 1023, 1024, 1025, 5000, 70001, 300007};
#define N_SIZES (sizeof sizes / sizeof *sizes)

static void each_level(void (*check)(void))
{
	for (int level = 0; level <= KERNELS_LEVELS; level++) {
		kernels_limit(level);
		check();
	}
}

static bool is_measured(int32_t type)
{
	return oray_type_bits(type) && type != ORAY_COMPLEX64 && type != ORAY_COMPLEX128;
}

/* Random bytes: every pattern of the small types, and NaNs and infinities of the floats. */
static void random_bytes(void)
{
	for (int32_t type = 1; type < ORAY_N_TYPES; type++) {
		draft d = {0};
		for (size_t i = 0; i < N_SIZES && is_measured(type); i++) {
			int64_t dims[] = {(int64_t)sizes[i]};
			uint64_t size;
			oray_type_bytes(type, sizes[i], &size);
			uint8_t *raw = malloc((size_t)size + 1);
			for (size_t k = 0; k < size; k++)
				raw[k] = (uint8_t)(roll() >> 33);
			if (type == ORAY_FLOAT64) /* of a width that a plain loop can square */
				for (size_t k = 7; k < size; k += 8)
					raw[k] = (raw[k] & 0x80) | 0x3f;
			add_raw(&d, type, 1, dims, raw, (size_t)size);
			free(raw);
		}
		unsigned n = d.n;
		oray_model *m = finish(&d);
		for (unsigned i = 0; i < n; i++) {
			check_statistics(m, i, 0);
			if (type != ORAY_FLOAT32 && type != ORAY_BFLOAT16 && type != ORAY_FLOAT16)
				check_statistics(m, i, 1);
		}
		oray_model_free(m);
	}
}

static void test_random_bytes(void **state)
{
	(void)state;
	each_level(random_bytes);
}

/* Weights as they are: far from zero, of one value, mostly zero, with a block of NaN, and at every
 * address. */
static void floats(void)
{
	draft d = {0};
	for (unsigned kind = 0; kind < 6; kind++)
		for (size_t i = 0; i < N_SIZES; i++) {
			int64_t dims[] = {(int64_t)sizes[i]};
			float *x = malloc((sizes[i] + 1) * sizeof *x);
			for (size_t k = 0; k < sizes[i]; k++) {
				double v = noise(0.05);
				x[k] = (float)(kind == 0   ? v
				               : kind == 1 ? v + 1000
				               : kind == 2 ? 0.25
				               : kind == 3 ? (k % 7 ? 0 : v)
				               : kind == 4 ? (k / 1024 == 2 ? (double)NAN : v)
				                           : (k % 3001 == 5 ? (double)-INFINITY : v * 1e25));
			}
			add_raw(&d, ORAY_FLOAT32, 1, dims, x, sizes[i] * sizeof *x);
			put_text(&d.graph, 10, &"xxx"[kind % 4]); /* so that addresses differ */
			free(x);
		}
	unsigned n = d.n;
	oray_model *m = finish(&d);
	for (unsigned i = 0; i < n; i++)
		check_statistics(m, i, 0);
	oray_model_free(m);
}

static void test_floats(void **state)
{
	(void)state;
	each_level(floats);
}

/* The same numbers in typed fields: packed, in two pieces, one by one with tags. */
static void test_typed(void **state)
{
	static const struct {
		int32_t type;
		uint32_t field;
	} fields[] = {{ORAY_FLOAT32, 4},     {ORAY_FLOAT64, 10}, {ORAY_INT8, 5},
	              {ORAY_UINT8, 5},       {ORAY_INT32, 5},    {ORAY_INT64, 7},
	              {ORAY_UINT32, 11},     {ORAY_FLOAT16, 5},  {ORAY_BFLOAT16, 5},
	              {ORAY_INT4, 5},        {ORAY_UINT2, 5},    {ORAY_FLOAT6E2M3, 5},
	              {ORAY_FLOAT8E4M3FN, 5}};
	(void)state;
	for (unsigned way = 0; way < 3; way++)
		for (size_t f = 0; f < sizeof fields / sizeof *fields; f++) {
			unsigned bits = oray_type_bits(fields[f].type);
			size_t per_entry = bits == 4 ? 2 : bits == 2 ? 4 : 1, n = 40009;
			size_t entries = (n + per_entry - 1) / per_entry;
			int64_t dims[] = {(int64_t)n};
			bytes t = make_tensor("0", fields[f].type, 1, dims), packed = {0};
			for (size_t i = 0; i < entries; i++) {
				float single = (float)noise(1);
				double wide = noise(1);
				uint64_t v = roll() >> (bits < 8 ? 56 : bits < 64 ? 64 - bits : 0);
				if (way == 2 || (way == 1 && i == entries / 3)) {
					if (packed.n)
						put_data(&t, fields[f].field, packed.at, packed.n);
					packed.n = 0;
				}
				bytes *to = way == 2 ? &t : &packed;
				if (way == 2)
					put_tag(to, fields[f].field,
					        fields[f].field == 4    ? 5
					        : fields[f].field == 10 ? 1
					                                : 0);
				if (fields[f].field == 4)
					put(to, &single, 4);
				else if (fields[f].field == 10)
					put(to, &wide, 8);
				else
					put_varint(to, fields[f].type == ORAY_INT32 ? (uint64_t)(int64_t)(int32_t)v : v,
					           0);
			}
			if (packed.n)
				put_data(&t, fields[f].field, packed.at, packed.n);
			free(packed.at);
			draft d = {.n = 1};
			put_message(&d.graph, 5, &t);
			oray_model *m = finish(&d);
			check_statistics(m, 0, 0);
			oray_model_free(m);
		}
}

static void test_refused(void **state)
{
	(void)state;
	draft d = {0};
	int64_t dims[] = {3}, hostile[] = {INT64_MAX, 4};
	float x[3] = {1, 2, 3};
	add_raw(&d, ORAY_COMPLEX64, 1, dims, x, 12);
	add_raw(&d, ORAY_STRING, 1, dims, x, 12);
	add_raw(&d, ORAY_FLOAT32, 2, hostile, x, 12);
	add_raw(&d, ORAY_FLOAT32, 1, dims, x, 8);
	oray_model *m = finish(&d);
	oray_statistics s;
	oray_fidelity f;
	for (oray_id i = 0; i < 5; i++) {
		oray_weight w = {.model = m, .tensor = i};
		assert_int_not_equal(oray_measure(m, i, 0, &s, NULL), ORAY_OK);
		assert_int_not_equal(oray_compare_weights(&w, &w, -1, &f, NULL), ORAY_OK);
	}
	oray_model_free(m);
}

/* --------------------------------------------------------------------------- comparison -- */

typedef struct truth {
	double xx, yy, xy, ee, max;
} truth;

static void truth_add(truth *t, double x, double y)
{
	double e = x - y;
	t->xx += x * x;
	t->yy += y * y;
	t->xy += x * y;
	t->ee += e * e;
	t->max = fabs(e) > t->max ? fabs(e) : t->max;
}

static double truth_db(const truth *t)
{
	return t->ee == 0 ? (double)INFINITY : t->xx == 0 ? (double)NAN : 10 * log10(t->xx / t->ee);
}

/* Compares with what plain loops make of x and y, where element i is of channel[i]. */
static void check_fidelity(const oray_weight *a, const oray_weight *b, int64_t axis, size_t n,
                           const double *x, const double *y, const size_t *channel)
{
	enum { CHANNELS = 1400 };
	truth all = {0}, *each = calloc(CHANNELS, sizeof *each);
	oray_fidelity f;
	oray_error err = {.message = ""};
	double worst = (double)NAN;
	for (size_t i = 0; i < n; i++) {
		truth_add(&all, x[i], y[i]);
		if (channel)
			truth_add(&each[channel[i]], x[i], y[i]);
	}
	for (size_t i = 0; i < CHANNELS; i++)
		if (each[i].xx > 0 && !(truth_db(&each[i]) >= worst))
			worst = truth_db(&each[i]);
	if (oray_compare_weights(a, b, axis, &f, &err) != ORAY_OK)
		fail_msg("%s", err.message);
	assert_int_equal(f.elements, n);
	assert_close(f.sqnr_db, truth_db(&all), 2e-6); /* errors are rounded to floats */
	assert_close(f.mse, all.ee / (double)n, 1e-6 * all.ee / (double)n);
	assert_close(f.max_abs_error, all.max, 1e-6 * all.max);
	assert_close(f.cosine, all.xy / sqrt(all.xx * all.yy), 3e-7);
	assert_close(f.relative_l2, all.xx > 0 ? sqrt(all.ee / all.xx) : (double)NAN, 1e-6);
	assert_int_equal(f.axis, axis);
	assert_true(f.identical == (all.max == 0));
	if (channel) {
		assert_close(f.worst_sqnr_db, worst, 5e-6);
		if (!isnan(worst))
			assert_close(truth_db(&each[f.worst_channel]), worst, 5e-6);
	}
	free(each);
}

/* One way in which a weight may be quantized. */
typedef struct scheme {
	int32_t type;
	oray_granularity granularity;
	int64_t axis, block;
	bool has_zero;
} scheme;

/* Quantizes and compares [rows, columns], also with b read the other way round. */
static void check_scheme(const scheme *s, size_t rows, size_t columns)
{
	size_t n = rows * columns, bits = oray_type_bits(s->type);
	size_t along = s->axis == 0 ? rows : columns, other = n / along;
	size_t lines = (along + (size_t)s->block - 1) / (size_t)s->block;
	size_t n_scales = s->granularity == ORAY_PER_TENSOR ? 1
	                  : s->granularity == ORAY_PER_AXIS ? along
	                                                    : lines * other;
	bool is_signed = s->type == ORAY_INT8 || s->type == ORAY_INT16 || s->type == ORAY_INT32 ||
	                 s->type == ORAY_INT4 || s->type == ORAY_INT2;
	double middle = is_signed || !s->has_zero ? 0 : ldexp(1, (int)bits - 1);
	float *x = malloc(n * sizeof *x), *scale = malloc(n_scales * sizeof *scale);
	double *dx = malloc(n * sizeof *dx), *dy = malloc(n * sizeof *dy);
	size_t *channel = malloc(n * sizeof *channel), size = (n * bits + 7) / 8;
	uint8_t *q = calloc(size + 8, 1), *zero = calloc(n_scales * bits / 8 + 9, 1);
	for (size_t i = 0; i < n_scales; i++) {
		scale[i] = (float)(ldexp(0.9, -(int)(bits < 16 ? bits : 16)) + fabs(noise(0.001)));
		if (s->has_zero)
			for (size_t k = 0; k < bits; k++) /* the middle, or one more */
				zero[(i * bits + k) / 8] |= (uint8_t)(((uint64_t)middle + i % 2) >> k & 1)
				                            << (i * bits + k) % 8;
	}
	for (size_t i = 0; i < n; i++) {
		size_t r = i / columns, c = i % columns, k = s->axis == 0 ? r : c;
		size_t at = s->granularity == ORAY_PER_TENSOR ? 0
		            : s->granularity == ORAY_PER_AXIS ? k
		            : s->axis == 0                    ? k / (size_t)s->block * columns + c
		                                              : r * lines + k / (size_t)s->block;
		double z = s->has_zero ? middle + (double)(at % 2) : 0, w = noise(0.7);
		double low = is_signed ? -ldexp(1, (int)bits - 1) : 0;
		double high = low + ldexp(1, (int)bits) - 1;
		x[i] = (float)(s->has_zero || is_signed ? w : fabs(w));
		double v = rint((double)x[i] / (double)scale[at]) + z;
		v = v < low ? low : v > high ? high : v;
		for (size_t b = 0; b < bits; b++)
			q[(i * bits + b) / 8] |= (uint8_t)((uint64_t)(int64_t)v >> b & 1) << (i * bits + b) % 8;
		dx[i] = (double)x[i];
		dy[i] = (v - z) * (double)scale[at];
		channel[i] = s->axis == 0 ? r : c;
	}
	int64_t dims[] = {(int64_t)rows, (int64_t)columns}, turned[] = {dims[1], dims[0]};
	int64_t shape[2] = {(int64_t)n_scales, 1};
	size_t rank = s->granularity == ORAY_PER_TENSOR ? 0 : 1;
	if (s->granularity == ORAY_PER_BLOCK) {
		shape[0] = s->axis == 0 ? (int64_t)lines : dims[0];
		shape[1] = s->axis == 0 ? dims[1] : (int64_t)lines;
		rank = 2;
	}
	float *back = malloc(n * sizeof *back);
	for (size_t i = 0; i < n; i++)
		back[i % columns * rows + i / columns] = x[i];
	draft d = {0};
	oray_id ix = add_raw(&d, ORAY_FLOAT32, 2, dims, x, n * sizeof *x);
	oray_id iq = add_raw(&d, s->type, 2, dims, q, size);
	oray_id is = add_raw(&d, ORAY_FLOAT32, rank, shape, scale, n_scales * sizeof *scale);
	oray_id iz = add_raw(&d, s->type, rank, shape, zero, (n_scales * bits + 7) / 8);
	oray_id ib = add_raw(&d, ORAY_FLOAT32, 2, turned, back, n * sizeof *back);
	int64_t conv[] = {dims[0], dims[1], 1, 1};
	oray_id ic = add_raw(&d, ORAY_FLOAT32, 4, conv, x, n * sizeof *x);
	oray_model *m = finish(&d);
	oray_encoding e = {.type = s->type,
	                   .n_dims = 2,
	                   .dims = dims,
	                   .granularity = s->granularity,
	                   .axis = s->granularity == ORAY_PER_TENSOR ? -1 : s->axis,
	                   .block_size = s->block,
	                   .scale = is,
	                   .zero_point = s->has_zero ? iz : ORAY_NONE};
	oray_weight a = {.model = m, .tensor = ix}, b = {.model = m, .tensor = iq, .encoding = &e};
	oray_weight crossed = {.model = m, .tensor = ib, .transposed = true};
	check_fidelity(&a, &b, s->axis, n, dx, dy, channel);
	check_fidelity(&a, &b, -1, n, dx, dy, NULL);
	check_fidelity(&crossed, &b, s->axis, n, dx, dy, channel);
	check_fidelity(&b, &crossed, s->axis, n, dy, dx, channel);
	oray_weight as_conv = {.model = m, .tensor = ic};
	check_fidelity(&as_conv, &crossed, s->axis, n, dx, dx, channel);
	check_fidelity(&crossed, &as_conv, s->axis, n, dx, dx, channel);
	oray_model_free(m);
	free(back);
	free(x);
	free(scale);
	free(dx);
	free(dy);
	free(channel);
	free(q);
	free(zero);
}

/* Under sanitizers large shapes take minutes: every third scheme of each type has them then. */
#ifdef __SANITIZE_ADDRESS__
enum { LARGE_EACH = 3 };
#else
enum { LARGE_EACH = 1 };
#endif

static void schemes(void)
{
	static const int32_t types[] = {ORAY_INT8, ORAY_UINT8, ORAY_INT16, ORAY_UINT16, ORAY_INT32,
	                                ORAY_INT4, ORAY_UINT4, ORAY_INT2,  ORAY_UINT2};
	static const size_t shapes[][2] = {{1, 1}, {3, 5}, {64, 9}, {37, 130}, {300, 512}, {511, 65}};
	for (size_t t = 0; t < sizeof types / sizeof *types; t++)
		for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
			for (int g = ORAY_PER_TENSOR; g <= ORAY_PER_BLOCK; g++)
				for (int k = 0; k < 4; k++) {
					bool large = shapes[i][0] * shapes[i][1] > 10000;
					if (large && (t + (size_t)g + (size_t)k) % LARGE_EACH)
						continue;
					scheme s = {types[t], (oray_granularity)g, k / 2, g == ORAY_PER_BLOCK ? 16 : 1,
					            k % 2 == 1};
					check_scheme(&s, shapes[i][0], shapes[i][1]);
				}
}

static void test_schemes(void **state)
{
	(void)state;
	each_level(schemes);
}

/* More rows and columns than a tile of crossed sides has; rows that end inside a byte. */
static void test_tiles(void **state)
{
	static const scheme some[] = {{ORAY_INT8, ORAY_PER_AXIS, 0, 1, false},
	                              {ORAY_UINT8, ORAY_PER_AXIS, 1, 1, true},
	                              {ORAY_INT4, ORAY_PER_BLOCK, 1, 32, false},
	                              {ORAY_INT16, ORAY_PER_TENSOR, 0, 1, true}};
	(void)state;
	for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
		check_scheme(&some[i], 1030, 1058);
		check_scheme(&some[i], 27, 1301);
	}
}

/* MatMulNBits: rows of blocks for columns of [K, N], zero points packed by row, or absent. */
static void test_nbits(void **state)
{
	(void)state;
	for (unsigned bits = 2; bits <= 8; bits *= 2)
		for (int with_zero = 0; with_zero < 2; with_zero++) {
			enum { K = 331, N = 33, BLOCK = 16, BLOCKS = 21 };
			size_t blob = BLOCK * bits / 8, zero_row = (BLOCKS * bits + 7) / 8;
			float x[K * N], scale[N * BLOCKS];
			double dx[K * N], dy[K * N];
			size_t channel[K * N];
			uint8_t q[N * BLOCKS * BLOCK] = {0}, zero[N * BLOCKS] = {0};
			for (size_t i = 0; i < N * BLOCKS; i++)
				scale[i] = (float)(0.01 + fabs(noise(0.01)));
			for (size_t c = 0; c < N; c++)
				for (size_t k = 0; k < BLOCKS * BLOCK; k++) {
					unsigned v = (unsigned)(roll() >> 40) & ((1u << bits) - 1);
					size_t at = c * BLOCKS * blob * 8 + k * bits, b = k / BLOCK;
					q[at / 8] |= (uint8_t)(v << at % 8);
					unsigned z = with_zero ? (unsigned)(c + b) % (1u << bits) : 1u << (bits - 1);
					if (k % BLOCK == 0)
						zero[c * zero_row + b * bits / 8] |= (uint8_t)(z << b * bits % 8);
					if (k >= K)
						continue;
					dy[k * N + c] = ((double)v - (double)z) * (double)scale[c * BLOCKS + b];
					x[k * N + c] = (float)(dy[k * N + c] + noise(0.01));
					dx[k * N + c] = (double)x[k * N + c];
					channel[k * N + c] = c;
				}
			int64_t dims[] = {K, N}, stored[] = {N, BLOCKS, (int64_t)blob};
			int64_t n_scales[] = {N * BLOCKS}, n_zeros[] = {(int64_t)(N * zero_row)};
			draft d = {0};
			add_raw(&d, ORAY_FLOAT32, 2, dims, x, sizeof x);
			add_raw(&d, ORAY_UINT8, 3, stored, q, N * BLOCKS * blob);
			add_raw(&d, ORAY_FLOAT32, 1, n_scales, scale, sizeof scale);
			add_raw(&d, ORAY_UINT8, 1, n_zeros, zero, N * zero_row);
			oray_model *m = finish(&d);
			oray_encoding e = {.type = bits == 2   ? ORAY_UINT2
			                           : bits == 4 ? ORAY_UINT4
			                                       : ORAY_UINT8,
			                   .packing = ORAY_PACK_NBITS,
			                   .n_dims = 2,
			                   .dims = dims,
			                   .granularity = ORAY_PER_BLOCK,
			                   .axis = 0,
			                   .block_size = BLOCK,
			                   .scale = 2,
			                   .zero_point = with_zero ? 3 : ORAY_NONE,
			                   .zero_point_packed = with_zero};
			oray_weight a = {.model = m}, b = {.model = m, .tensor = 1, .encoding = &e};
			check_fidelity(&a, &b, 1, K * N, dx, dy, channel);
			oray_model_free(m);
		}
}

/* Factors of a BatchNormalization, numbers that are not finite, equal and zero weights. */
static void test_special(void **state)
{
	enum { R = 6, C = 1500 };
	float *x = malloc(R * C * sizeof *x), *y = malloc(R * C * sizeof *y);
	double *dx = malloc(R * C * sizeof *dx), *dy = malloc(R * C * sizeof *dy), factors[R];
	int64_t dims[] = {R, C}, long_dims[] = {1, R, C, 1};
	(void)state;
	for (size_t i = 0; i < R; i++)
		factors[i] = 0.5 + (double)i;
	for (size_t i = 0; i < R * C; i++) {
		x[i] = (float)noise(1);
		dx[i] = (double)x[i] * factors[i / C];
		y[i] = (float)(dx[i] + noise(0.001));
		dy[i] = (double)y[i];
	}
	draft d = {0};
	add_raw(&d, ORAY_FLOAT32, 2, dims, x, R * C * sizeof *x);
	add_raw(&d, ORAY_FLOAT32, 4, long_dims, y, R * C * sizeof *y);
	float odd[4] = {1, (float)INFINITY, (float)NAN, 2}, other[4] = {1, (float)INFINITY, 3, 2};
	float zeros[4] = {0};
	int64_t four[] = {4};
	add_raw(&d, ORAY_FLOAT32, 1, four, odd, sizeof odd);
	add_raw(&d, ORAY_FLOAT32, 1, four, other, sizeof other);
	add_raw(&d, ORAY_FLOAT32, 1, four, zeros, sizeof zeros);
	oray_model *m = finish(&d);
	oray_weight w[5];
	oray_fidelity f;
	for (oray_id i = 0; i < 5; i++)
		w[i] = (oray_weight){.model = m, .tensor = i};
	w[0].factors = factors;
	w[0].n_factors = R;
	check_fidelity(&w[0], &w[1], -1, R * C, dx, dy, NULL);
	assert_int_equal(oray_compare_weights(&w[2], &w[2], 0, &f, NULL), ORAY_OK);
	assert_true(f.identical && isinf(f.sqnr_db));
	assert_int_equal(oray_compare_weights(&w[2], &w[3], 0, &f, NULL), ORAY_OK);
	assert_true(!f.identical && isinf(f.max_abs_error) && f.sqnr_db < 0);
	assert_int_equal(oray_compare_weights(&w[4], &w[4], 0, &f, NULL), ORAY_OK);
	assert_true(f.identical && f.sqnr_db > 0 && isnan(f.cosine));
	assert_int_equal(oray_compare_weights(&w[4], &w[3], 0, &f, NULL), ORAY_OK);
	assert_true(!f.identical && isnan(f.sqnr_db));
	assert_int_equal(oray_compare_weights(&w[0], &w[3], 0, &f, NULL), ORAY_ERR_USAGE);
	assert_int_equal(oray_compare_weights(&w[2], &w[3], 1, &f, NULL), ORAY_ERR_USAGE);
	oray_model_free(m);
	free(x);
	free(y);
	free(dx);
	free(dy);
}

/* Columns that single precision does not suit, among others: nothing, almost nothing, very much,
 * and a scale of 0. In both directions, which say the same, to the bit. */
static void columns(void)
{
	enum { R = 101, C = 300 };
	static float x[R * C], scale[C];
	static double dx[R * C], dy[R * C];
	static int8_t q[R * C];
	static size_t channel[R * C];
	static const double widths[] = {1, 0, 1e-30, 1e15, 1, 1e-12};
	int64_t dims[] = {R, C}, of_scale[] = {C};
	for (size_t c = 0; c < C; c++)
		scale[c] = (float)(c % 6 == 4 ? 0 : (widths[c % 6] + 1e-33) * 0.01);
	for (size_t i = 0; i < R * C; i++) {
		size_t c = i % C;
		x[i] = (float)(noise(0.5) * (c % 6 ? c % 6 == 3 && c > 10 ? 1 : widths[c % 6] : 1));
		double v = scale[c] > 0 ? rint((double)x[i] / (double)scale[c]) : 3;
		q[i] = (int8_t)(v < -127 ? -127 : v > 127 ? 127 : v);
		dx[i] = (double)x[i];
		dy[i] = (double)q[i] * (double)scale[c];
		channel[i] = c;
	}
	draft d = {0};
	add_raw(&d, ORAY_FLOAT32, 2, dims, x, sizeof x);
	add_raw(&d, ORAY_INT8, 2, dims, q, sizeof q);
	add_raw(&d, ORAY_FLOAT32, 1, of_scale, scale, sizeof scale);
	oray_model *m = finish(&d);
	oray_encoding e = {.type = ORAY_INT8,
	                   .n_dims = 2,
	                   .dims = dims,
	                   .granularity = ORAY_PER_AXIS,
	                   .axis = 1,
	                   .scale = 2,
	                   .zero_point = ORAY_NONE};
	oray_weight a = {.model = m}, b = {.model = m, .tensor = 1, .encoding = &e};
	oray_fidelity one, other;
	check_fidelity(&a, &b, 1, R * C, dx, dy, channel);
	check_fidelity(&b, &a, 1, R * C, dy, dx, channel);
	for (int64_t axis = -1; axis < 2; axis++) {
		assert_int_equal(oray_compare_weights(&a, &b, axis, &one, NULL), ORAY_OK);
		assert_int_equal(oray_compare_weights(&b, &a, axis, &other, NULL), ORAY_OK);
		assert_true(one.cosine == other.cosine && one.mse == other.mse);
		assert_true(one.max_abs_error == other.max_abs_error);
	}
	oray_model_free(m);
}

static void test_columns(void **state)
{
	(void)state;
	each_level(columns);
}

static int set_up(void **state)
{
	(void)state;
	place_make(&here);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	place_remove(&here);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_random_bytes), cmocka_unit_test(test_floats),
	    cmocka_unit_test(test_typed),        cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_schemes),      cmocka_unit_test(test_tiles),
	    cmocka_unit_test(test_nbits),        cmocka_unit_test(test_special),
	    cmocka_unit_test(test_columns),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
