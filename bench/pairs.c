/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pairs.c - how fast weights of each type are measured, and floats compared with each kind of
 * partner, beside only reading the same bytes by the same access path: front to back, or in tiles
 * where one of two is stored the other way round.
 *
 *     pairs SCRATCH [RUNS [KIND]]
 *
 * Writes models of 60 weights of about half a million elements to SCRATCH, one after the other, and
 * removes them. Prints a line of JSON for each kind: seconds of CPU time, the best of all runs.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <onnxray/onnxray.h>

#include "load/tensor_bytes.h"
#include "measure/quick.h"

enum { COUNT = 60, ROWS = 1024, COLUMNS = 480, ELEMENTS = ROWS * COLUMNS, BLOCK = 32 };

typedef struct kind {
	const char *name;
	int32_t type;
	oray_granularity granularity;
	int64_t axis;
	oray_packing packing;
	bool has_zero, transposed, is_conv;
	int64_t channels; /* axis of a */
} kind;

#define TENSOR ORAY_PER_TENSOR
#define AXIS   ORAY_PER_AXIS
#define BLOCKS ORAY_PER_BLOCK
#define PLAIN  ORAY_PACK_PLAIN

static const kind kinds[] = {
    {"int8, a scale a tensor", ORAY_INT8, TENSOR, -1, PLAIN, false, false, false, -1},
    {"int8, a scale a row", ORAY_INT8, AXIS, 0, PLAIN, false, false, false, 0},
    {"uint8, a scale a column", ORAY_UINT8, AXIS, 1, PLAIN, true, false, false, 1},
    {"int8, a scale a column", ORAY_INT8, AXIS, 1, PLAIN, false, false, false, 1},
    {"int8, a scale, told by column", ORAY_INT8, TENSOR, -1, PLAIN, false, false, false, 1},
    {"int8, a scale a middle axis", ORAY_INT8, AXIS, 1, PLAIN, false, false, true, 1},
    {"int8, a scale 9 elements", ORAY_INT8, AXIS, 0, PLAIN, false, false, true, 0},
    {"int8, transposed, a scale a row", ORAY_INT8, AXIS, 1, PLAIN, false, true, false, 1},
    {"float32, transposed", ORAY_FLOAT32, TENSOR, -1, PLAIN, false, true, false, 1},
    {"int4, a scale a row", ORAY_INT4, AXIS, 0, PLAIN, false, false, false, 0},
    {"uint4, a scale a column", ORAY_UINT4, AXIS, 1, PLAIN, true, false, false, 1},
    {"int4, blocks down columns", ORAY_INT4, BLOCKS, 0, PLAIN, false, false, false, 1},
    {"uint4, blocks along rows", ORAY_UINT4, BLOCKS, 1, PLAIN, true, false, false, 0},
    {"int8, blocks down columns", ORAY_INT8, BLOCKS, 0, PLAIN, false, false, false, 1},
    {"MatMulNBits of 4 bits", ORAY_UINT4, BLOCKS, 0, ORAY_PACK_NBITS, true, false, false, 1},
    {"int2, blocks along rows", ORAY_INT2, BLOCKS, 1, PLAIN, false, false, false, 0},
    {"int16, a scale a row", ORAY_INT16, AXIS, 0, PLAIN, false, false, false, 0},
    {"uint16, a scale a column", ORAY_UINT16, AXIS, 1, PLAIN, true, false, false, 1},
    {"float8, a scale a column", ORAY_FLOAT8E4M3FN, AXIS, 1, PLAIN, false, false, false, 1},
    {"float16", ORAY_FLOAT16, TENSOR, -1, PLAIN, false, false, false, 1},
    {"bfloat16", ORAY_BFLOAT16, TENSOR, -1, PLAIN, false, false, false, 1},
    {"float32", ORAY_FLOAT32, TENSOR, -1, PLAIN, false, false, false, 1},
};
#define N_KINDS (sizeof kinds / sizeof *kinds)

static double cpu_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void fail(const char *what)
{
	fprintf(stderr, "pairs: %s\n", what);
	exit(1);
}

/* -------------------------------------------------------------------------------- contents -- */

static uint64_t dice = 88172645463325252u;

static double noise(void)
{
	double sum = 0;
	for (int i = 0; i < 6; i++) {
		dice ^= dice << 13;
		dice ^= dice >> 7;
		dice ^= dice << 17;
		sum += (double)(dice >> 11) * 0x1p-53 - 0.5;
	}
	return sum * 0.07; /* 0.05 wide */
}

static bool is_float(int32_t type)
{
	return type == ORAY_FLOAT32 || type == ORAY_FLOAT16 || type == ORAY_BFLOAT16 ||
	       type == ORAY_FLOAT64;
}

/* Elements as weights are: floats about 0.05 wide, integers over most of their range, scales that
 * are powers of two from 2^-15 to 1. */
static void make_elements(int32_t type, size_t n, uint8_t *to)
{
	unsigned bits = oray_type_bits(type);
	memset(to, 0, (n * bits + 7) / 8);
	for (size_t i = 0; i < n; i++) {
		double x = noise();
		float single = (float)x;
		uint32_t word;
		uint64_t v;
		memcpy(&word, &single, sizeof word);
		if (type == ORAY_FLOAT32)
			v = word;
		else if (type == ORAY_BFLOAT16)
			v = word >> 16;
		else if (type == ORAY_FLOAT64)
			memcpy(&v, &x, sizeof v);
		else if (type == ORAY_FLOAT16) /* denormals aside */
			v = (word >> 16 & 0x8000) |
			    ((word & 0x7fffffff) < 0x38800000 ? 0 : ((word & 0x7fffffff) - 0x38000000) >> 13);
		else if (type == ORAY_FLOAT8E8M0)
			v = 112 + (dice >> 20 & 15);
		else if (bits == 8 && type != ORAY_INT8 && type != ORAY_UINT8)
			v = (uint64_t)(dice & 0xb7); /* no exponent of all ones */
		else
			v = (uint64_t)(int64_t)rint(x * 4.9 * ldexp(1, (int)bits - 1) +
			                            (type == ORAY_UINT8 || type == ORAY_UINT4 ||
			                                     type == ORAY_UINT16 || type == ORAY_UINT2
			                                 ? ldexp(1, (int)bits - 1)
			                                 : 0));
		for (unsigned k = 0; k < bits; k += 8)
			to[(i * bits + k) / 8] |=
			    (uint8_t)((bits < 8 ? v & ((1u << bits) - 1) : v >> k & 255) << (i * bits % 8));
	}
}

/* ----------------------------------------------------------------------------------- model -- */

typedef struct piece {
	uint8_t head[96];
	size_t head_size, size, body_size; /* body: of the tensor's message */
	const uint8_t *raw;
} piece;

static size_t put_varint(uint8_t *to, uint64_t v)
{
	size_t n = 0;
	for (; v > 127; v >>= 7)
		to[n++] = (uint8_t)(v | 128);
	to[n++] = (uint8_t)v;
	return n;
}

static piece make_piece(int32_t type, size_t n_dims, const int64_t *dims, const uint8_t *raw)
{
	piece p = {.raw = raw};
	uint64_t n = 1, size;
	for (size_t i = 0; i < n_dims; i++) {
		p.head[p.head_size++] = 0x08;
		p.head_size += put_varint(p.head + p.head_size, (uint64_t)dims[i]);
		n *= (uint64_t)dims[i];
	}
	oray_type_bytes(type, n, &size);
	p.head[p.head_size++] = 0x10;
	p.head_size += put_varint(p.head + p.head_size, (uint64_t)type);
	p.head[p.head_size++] = 0x42; /* name: empty would be no tensor */
	p.head[p.head_size++] = 1;
	p.head[p.head_size++] = 'w';
	p.head[p.head_size++] = 0x4a;
	p.head_size += put_varint(p.head + p.head_size, size);
	p.size = (size_t)size;
	return p;
}

/* Each piece in turn, all that so often. */
static oray_model *write_model(const char *path, const piece *pieces, size_t n)
{
	uint8_t before[16], lengths[8][16];
	uint64_t all = 0;
	size_t of_length[8];
	FILE *f = fopen(path, "wb");
	for (size_t i = 0; i < n; i++) {
		lengths[i][0] = 0x2a;
		of_length[i] = 1 + put_varint(lengths[i] + 1, pieces[i].head_size + pieces[i].size);
		all += COUNT * (of_length[i] + pieces[i].head_size + pieces[i].size);
	}
	static const uint8_t start[] = {0x08, 8, 0x42, 2, 0x10, 13, 0x3a};
	if (!f || fwrite(start, 1, sizeof start, f) != sizeof start)
		fail("cannot write");
	fwrite(before, 1, put_varint(before, all), f);
	for (int k = 0; k < COUNT; k++)
		for (size_t i = 0; i < n; i++) {
			fwrite(lengths[i], 1, of_length[i], f);
			fwrite(pieces[i].head, 1, pieces[i].head_size, f);
			fwrite(pieces[i].raw, 1, pieces[i].size, f);
		}
	oray_model *m;
	oray_error err;
	if (fclose(f) != 0)
		fail("cannot write");
	if (oray_model_load(path, NULL, &m, &err) != ORAY_OK)
		fail(err.message);
	return m;
}

/* ------------------------------------------------------------------------------------ work -- */

static uint64_t seen; /* so that reading is not optimised away */

/* A function of its own: what surrounds it must not change how fast it is. */
__attribute__((noinline)) static uint64_t sum_words(const uint8_t *p, size_t n)
{
	uint64_t sum = 0, word;
	for (size_t i = 0; i + 8 <= n; i += 8) {
		memcpy(&word, p + i, 8);
		sum += word;
	}
	return sum;
}

static void only_read(const oray_model *m, oray_id tensor)
{
	tensor_bytes *bytes;
	oray_error err;
	oray_status status = tensor_bytes_open(m, tensor, &bytes, &err);
	while (status == ORAY_OK) {
		const uint8_t *p;
		size_t n;
		status = tensor_bytes_peek(bytes, 8, &p, &n, &err);
		if (status != ORAY_OK || !n)
			break;
		seen += sum_words(p, n);
		tensor_bytes_take(bytes, n);
	}
	if (status != ORAY_OK)
		fail(err.message);
	tensor_bytes_close(bytes);
}

/* `n` rows of `row` bytes from a place on, `pitch` bytes apart; together if they are in one piece,
 * as many as the comparison takes. */
static void read_rows(const tensor_bytes *t, uint64_t at, size_t n, size_t row, size_t pitch,
                      uint8_t *space)
{
	oray_error err;
	size_t at_once = row == pitch ? QUICK_STRIP : 1;
	for (size_t i = 0; i < n; i += at_once) {
		size_t some = n - i < at_once ? n - i : at_once;
		if (tensor_bytes_at(t, at + i * pitch, some * row, space, &err) != ORAY_OK)
			fail(err.message);
		seen += sum_words(space, some * row);
	}
}

/* [rows, columns] of some bits, and [columns, rows] of floats. */
static void only_read_tiles(const oray_model *m, oray_id floats, oray_id other, size_t rows,
                            size_t columns, unsigned bits)
{
	tensor_bytes *a, *b;
	oray_error err;
	uint8_t *space = malloc(QUICK_STRIP * QUICK_WIDTH * sizeof(float));
	if (!space || tensor_bytes_open(m, floats, &a, &err) != ORAY_OK ||
	    tensor_bytes_open(m, other, &b, &err) != ORAY_OK)
		fail("cannot read");
	for (size_t r = 0; r < rows; r += QUICK_HEIGHT)
		for (size_t c = 0; c < columns; c += QUICK_WIDTH) {
			size_t height = rows - r < QUICK_HEIGHT ? rows - r : QUICK_HEIGHT;
			size_t width = columns - c < QUICK_WIDTH ? columns - c : QUICK_WIDTH;
			read_rows(a, (c * rows + r) * 4, width, height * 4, rows * 4, space);
			read_rows(b, (r * columns + c) * bits / 8, height, width * bits / 8, columns * bits / 8,
			          space);
		}
	tensor_bytes_close(a);
	tensor_bytes_close(b);
	free(space);
}

static double better(double best, double start)
{
	double took = cpu_now() - start;
	return best == 0 || took < best ? took : best;
}

static void report(const char *what, const char *name, double reading, double working)
{
	printf("{\"what\": \"%s\", \"kind\": \"%s\", \"reading\": %.6f, \"working\": %.6f}\n", what,
	       name, reading, working);
	fflush(stdout);
}

static void compare_kind(const kind *k, const char *path, int runs, uint8_t *const space[4])
{
	int64_t dims[3] = {ROWS, COLUMNS, 1}, conv[3] = {ROWS, COLUMNS / 10, 9}, other[3];
	int64_t stored[3], parts[2] = {1, 1};
	size_t n_dims = 2, rank = 0, n = ELEMENTS;
	if (k->is_conv) {
		memcpy(dims, conv, sizeof dims);
		n_dims = 3;
		n = ROWS * (COLUMNS / 10) * 9;
	}
	memcpy(other, dims, sizeof dims);
	if (k->transposed) {
		other[0] = dims[1];
		other[1] = dims[0];
	}
	memcpy(stored, other, sizeof other);
	int64_t axis = k->transposed ? 1 - k->axis : k->axis;
	if (k->granularity == AXIS) {
		parts[0] = other[axis];
		rank = 1;
	} else if (k->granularity == BLOCKS) {
		parts[0] = other[0];
		parts[1] = other[1];
		parts[axis] = (parts[axis] + BLOCK - 1) / BLOCK;
		rank = 2;
	}
	int32_t type = k->type, zero_type = k->type;
	size_t n_stored = 2;
	if (k->packing == ORAY_PACK_NBITS) { /* [N, blocks, bytes] for [K, N] */
		stored[0] = dims[1];
		stored[1] = (dims[0] + BLOCK - 1) / BLOCK;
		stored[2] = BLOCK / 2;
		n_stored = 3;
		type = zero_type = ORAY_UINT8;
		rank = 1;
		parts[0] = stored[0] * stored[1];
	}
	int64_t zeros[2] = {
	    k->packing == ORAY_PACK_NBITS ? stored[0] * ((stored[1] + 1) / 2) : parts[0], parts[1]};
	make_elements(ORAY_FLOAT32, n, space[0]);
	make_elements(k->type, k->packing == ORAY_PACK_NBITS ? n * 2 : n, space[1]);
	for (size_t i = 0; i < n; i++) {
		float scale =
		    (float)(0.2 / ldexp(1, (int)oray_type_bits(k->type) - 1) * (1 + fabs(noise())));
		memcpy(space[2] + i * 4, &scale, 4);
	}
	memset(space[3], k->type == ORAY_UINT4 ? 0x88 : 0x80, n * 2);
	piece pieces[] = {make_piece(ORAY_FLOAT32, n_dims, dims, space[0]),
	                  make_piece(type, k->is_conv ? 3 : n_stored, stored, space[1]),
	                  make_piece(ORAY_FLOAT32, rank, parts, space[2]),
	                  make_piece(zero_type, rank, zeros, space[3])};
	oray_model *m = write_model(path, pieces, 4);
	oray_encoding e = {.type = k->type,
	                   .packing = k->packing,
	                   .n_dims = n_dims,
	                   .dims = k->packing == ORAY_PACK_NBITS ? dims : other,
	                   .granularity = k->granularity,
	                   .axis = axis,
	                   .block_size = BLOCK,
	                   .zero_point_packed = k->packing == ORAY_PACK_NBITS};
	double reading = 0, comparing = 0;
	for (int r = 0; r < runs; r++) {
		double start = cpu_now();
		for (oray_id i = 0; i < COUNT * 4; i += 4) {
			bool nbits = k->packing == ORAY_PACK_NBITS;
			if (k->transposed || nbits) {
				only_read_tiles(m, i, i + 1, (size_t)(nbits ? stored[0] : other[0]),
				                (size_t)(nbits ? dims[0] : other[1]), oray_type_bits(k->type));
				continue;
			}
			only_read(m, i);
			only_read(m, i + 1);
		}
		reading = better(reading, start);
		start = cpu_now();
		for (oray_id i = 0; i < COUNT * 4; i += 4) {
			oray_weight a = {.model = m, .tensor = i};
			oray_weight b = {.model = m, .tensor = i + 1, .transposed = k->transposed};
			oray_fidelity f;
			oray_error err;
			e.scale = i + 2;
			e.zero_point = k->has_zero ? i + 3 : ORAY_NONE;
			b.encoding = is_float(k->type) ? NULL : &e;
			if (oray_compare_weights(&a, &b, k->channels, &f, &err) != ORAY_OK)
				fail(err.message);
		}
		comparing = better(comparing, start);
	}
	report("compare", k->name, reading, comparing);
	oray_model_free(m);
	unlink(path);
}

static void measure_type(int32_t type, const char *path, int runs, uint8_t *space)
{
	int64_t dims[] = {ROWS, COLUMNS};
	make_elements(type, ELEMENTS, space);
	piece p = make_piece(type, 2, dims, space);
	oray_model *m = write_model(path, &p, 1);
	double reading = 0, measuring = 0;
	for (int r = 0; r < runs; r++) {
		double start = cpu_now();
		for (oray_id i = 0; i < COUNT; i++)
			only_read(m, i);
		reading = better(reading, start);
		start = cpu_now();
		for (oray_id i = 0; i < COUNT; i++) {
			oray_statistics s;
			oray_error err;
			if (oray_measure(m, i, 0, &s, &err) != ORAY_OK)
				fail(err.message);
		}
		measuring = better(measuring, start);
	}
	report("measure", oray_type_name(type), reading, measuring);
	oray_model_free(m);
	unlink(path);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		fail("where?");
	int runs = argc > 2 ? atoi(argv[2]) : 5;
	uint8_t *space[4];
	for (int i = 0; i < 4; i++) {
		space[i] = malloc(ELEMENTS * 8);
		if (!space[i])
			fail("no memory");
	}
	for (size_t i = 0; i < N_KINDS; i++)
		if (argc < 4 || strcmp(argv[3], kinds[i].name) == 0)
			compare_kind(&kinds[i], argv[1], runs, space);
	for (int32_t type = 1; type < ORAY_N_TYPES; type++) {
		bool fits = oray_type_bits(type) && type != ORAY_COMPLEX64 && type != ORAY_COMPLEX128;
		if (fits && (argc < 4 || strcmp(argv[3], oray_type_name(type)) == 0))
			measure_type(type, argv[1], runs, space[0]);
	}
	for (int i = 0; i < 4; i++)
		free(space[i]);
	return seen == 1;
}
