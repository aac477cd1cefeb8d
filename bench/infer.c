/* SPDX-License-Identifier: Apache-2.0 */
/*
 * infer.c - what inference costs, without a process around it: loads a model and infers it, again
 * and again, and prints one line of JSON.
 *
 *     infer MODEL [RUNS]      {"nodes": n, "values": n, "known": n, "best": s, "median": s}
 *
 * Only the inference is timed, in CPU seconds. `values` are what nodes put out, `known` those of
 * them whose every dimension is a number or a formula afterwards.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <onnxray/onnxray.h>

enum { RUNS_MOST = 1000 };

static double cpu_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static bool is_known(const oray_model *m, oray_id value)
{
	oray_value v;
	oray_type t;
	if (!oray_model_value(m, value, &v) || !oray_model_type(m, v.inferred, &t) || !t.has_shape)
		return false;
	for (size_t i = 0; i < t.n_dims; i++) {
		oray_dim d = oray_model_dim(m, t.id, i);
		if (d.kind == ORAY_DIM_UNKNOWN || (d.kind == ORAY_DIM_VALUE && d.value < 0))
			return false;
	}
	return true;
}

/* Loads and infers once. @return false after a message. */
static bool run(const char *path, double *took, size_t counts[3])
{
	oray_error err;
	oray_model *m;
	oray_node n;
	if (oray_model_load(path, NULL, &m, &err) != ORAY_OK) {
		fprintf(stderr, "infer: %s: %s\n", path, err.message);
		return false;
	}
	double start = cpu_seconds();
	oray_status status = oray_model_infer(m, NULL, &err);
	*took = cpu_seconds() - start;
	if (status != ORAY_OK)
		fprintf(stderr, "infer: %s: %s\n", path, err.message);
	counts[0] = counts[1] = counts[2] = 0;
	for (oray_id id = 0; oray_model_node(m, id, &n); id++) {
		counts[0]++;
		for (size_t i = 0; i < n.n_outputs; i++) {
			counts[1] += n.outputs[i] != ORAY_NONE;
			counts[2] += is_known(m, n.outputs[i]);
		}
	}
	oray_model_free(m);
	return status == ORAY_OK;
}

int main(int argc, char **argv)
{
	static double took[RUNS_MOST];
	size_t counts[3] = {0};
	long runs = argc > 2 ? strtol(argv[2], NULL, 10) : 5;
	if (argc < 2 || runs < 1 || runs > RUNS_MOST) {
		fprintf(stderr, "usage: infer MODEL [RUNS]\n");
		return 2;
	}
	for (long i = 0; i < runs; i++)
		if (!run(argv[1], &took[i], counts))
			return 3;
	qsort(took, (size_t)runs, sizeof *took, by_size);
	printf("{\"nodes\": %zu, \"values\": %zu, \"known\": %zu, \"best\": %.9f, \"median\": %.9f}\n",
	       counts[0], counts[1], counts[2], took[0], took[runs / 2]);
	return 0;
}
