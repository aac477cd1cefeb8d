/* SPDX-License-Identifier: Apache-2.0 */
/*
 * weights.c - how fast weights are measured and compared, beside only reading the same bytes by the
 * same access path.
 *
 *     weights FLOATS [INT8 [RUNS]]
 *
 * INT8 holds the weights of FLOATS in the same order, each followed by its scale. Prints seconds of
 * CPU time, the best of all runs, as JSON; RUNS 0: the pair is compared once, nothing else is done.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <onnxray/onnxray.h>

#include "load/tensor_bytes.h"

enum { LARGE = 64 * 1024 };

static double cpu_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static uint64_t seen; /* so that reading is not optimised away */

static oray_status only_read(const oray_model *m, oray_id tensor, oray_error *err)
{
	tensor_bytes *bytes;
	oray_status status = tensor_bytes_open(m, tensor, &bytes, err);
	while (status == ORAY_OK) {
		const uint8_t *p;
		size_t n;
		status = tensor_bytes_peek(bytes, 8, &p, &n, err);
		if (status != ORAY_OK || !n)
			break;
		uint64_t sum = 0, word;
		for (size_t i = 0; i + 8 <= n; i += 8) {
			memcpy(&word, p + i, 8);
			sum += word;
		}
		seen += sum;
		tensor_bytes_take(bytes, n);
	}
	tensor_bytes_close(bytes);
	return status;
}

/* The next tensor from `*id` on that is large; false past the last. */
static bool next_large(const oray_model *m, oray_id *id, oray_tensor *t)
{
	for (; oray_model_tensor(m, *id, t); ++*id)
		if (t->bytes.value > LARGE)
			return true;
	return false;
}

static oray_status read_all(const oray_model *a, const oray_model *b, oray_error *err)
{
	oray_tensor t;
	oray_status status = ORAY_OK;
	for (oray_id i = 0, j = 0; status == ORAY_OK && next_large(a, &i, &t); i++) {
		status = only_read(a, i, err);
		if (b && status == ORAY_OK && next_large(b, &j, &t))
			status = only_read(b, j++, err);
	}
	return status;
}

static oray_status measure_all(const oray_model *a, const oray_model *b, oray_error *err)
{
	oray_tensor t;
	oray_statistics s;
	oray_status status = ORAY_OK;
	(void)b;
	for (oray_id i = 0; status == ORAY_OK && next_large(a, &i, &t); i++)
		status = oray_measure(a, i, 0, &s, err);
	return status;
}

static oray_status compare_all(const oray_model *a, const oray_model *b, oray_error *err)
{
	oray_tensor t, q, s;
	oray_fidelity f;
	oray_status status = ORAY_OK;
	for (oray_id i = 0, j = 0; status == ORAY_OK && next_large(a, &i, &t); i++, j++) {
		if (!next_large(b, &j, &q) || !oray_model_tensor(b, j + 1, &s))
			break;
		oray_encoding e = {.type = q.type,
		                   .n_dims = q.n_dims,
		                   .dims = q.dims,
		                   .granularity = s.elements.value > 1 ? ORAY_PER_AXIS : ORAY_PER_TENSOR,
		                   .axis = s.elements.value > 1 ? 0 : -1,
		                   .scale = j + 1,
		                   .zero_point = ORAY_NONE};
		oray_weight wa = {.model = a, .tensor = i};
		oray_weight wb = {.model = b, .tensor = j, .encoding = &e};
		status = oray_compare_weights(&wa, &wb, e.axis, &f, err);
	}
	return status;
}

typedef oray_status work(const oray_model *, const oray_model *, oray_error *);

static void best(work *how, const oray_model *a, const oray_model *b, double *out)
{
	oray_error err;
	double start = cpu_now();
	if (how(a, b, &err) != ORAY_OK) {
		fprintf(stderr, "weights: %s\n", err.message);
		exit(1);
	}
	double took = cpu_now() - start;
	*out = *out == 0 || took < *out ? took : *out;
}

int main(int argc, char **argv)
{
	oray_error err;
	oray_model *a, *b = NULL;
	if (argc < 2 || oray_model_load(argv[1], NULL, &a, &err) != ORAY_OK ||
	    (argc > 2 && oray_model_load(argv[2], NULL, &b, &err) != ORAY_OK)) {
		fprintf(stderr, "weights: %s\n", argc < 2 ? "which model?" : err.message);
		return 1;
	}
	int runs = argc > 3 ? atoi(argv[3]) : 5;
	double reading = 0, measuring = 0, reading_both = 0, measuring_bytes = 0, reading_bytes = 0,
	       comparing = 0;
	if (!runs)
		best(compare_all, a, b, &comparing);
	for (int i = 0; i < runs; i++) {
		best(read_all, a, NULL, &reading);
		best(measure_all, a, NULL, &measuring);
		if (!b)
			continue;
		best(read_all, b, NULL, &reading_bytes);
		best(measure_all, b, NULL, &measuring_bytes);
		best(read_all, a, b, &reading_both);
		best(compare_all, a, b, &comparing);
	}
	printf("{\"reading\": %.6f, \"measuring\": %.6f, \"reading_bytes\": %.6f, "
	       "\"measuring_bytes\": %.6f, \"reading_both\": %.6f, \"comparing\": %.6f}\n",
	       reading, measuring, reading_bytes, measuring_bytes, reading_both, comparing);
	oray_model_free(a);
	oray_model_free(b);
	return seen == 1;
}
