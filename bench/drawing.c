/* SPDX-License-Identifier: Apache-2.0 */
/*
 * drawing.c - what a picture costs, without a process around it.
 *
 *     drawing MODEL FILE [RUNS]
 *     {"nodes": n, "boxes": n, "infer": s, "layout": s, "picture": s, "svg": s, "whole": s,
 *      "bytes": n}
 *
 * Every run loads the model anew, and then infers it, makes the picture and writes it to FILE.
 * `layout` is part of `picture`, `whole` is all but the loading. CPU seconds, each the best of all
 * runs; so `whole` may be more than its parts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "export/svg.h"
#include "layout/layout.h"

enum { INFER, LAYOUT, PICTURE, SVG, WHOLE, N_PARTS };

static const char *const names[N_PARTS] = {"infer", "layout", "picture", "svg", "whole"};
static double in_layout;

static double cpu_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The linker leads calls of layout_run() here. */
layout_status __real_layout_run(const layout_graph *graph, const layout_options *options,
                                mem_budget *budget, layout_result *result);
layout_status __wrap_layout_run(const layout_graph *graph, const layout_options *options,
                                mem_budget *budget, layout_result *result);

layout_status __wrap_layout_run(const layout_graph *graph, const layout_options *options,
                                mem_budget *budget, layout_result *result)
{
	double start = cpu_seconds();
	layout_status status = __real_layout_run(graph, options, budget, result);
	in_layout += cpu_seconds() - start;
	return status;
}

static int put(void *context, const char *data, size_t size)
{
	return fwrite(data, 1, size, context) != size;
}

static void fail(const char *path, const oray_error *err)
{
	fprintf(stderr, "drawing: %s: %s\n", path, err->message);
	exit(3);
}

static void run(const char *path, const char *file, double took[N_PARTS], size_t counts[3])
{
	oray_error err = {.message = ""};
	oray_model *m;
	picture pic;
	if (oray_model_load(path, NULL, &m, &err) != ORAY_OK)
		fail(path, &err);
	FILE *out = fopen(file, "wb");
	if (!out)
		fail(file, &err);
	setvbuf(out, NULL, _IONBF, 0);
	in_layout = 0;
	double start = cpu_seconds();
	if (oray_model_infer(m, NULL, &err) != ORAY_OK)
		fail(path, &err);
	double inferred = cpu_seconds();
	if (picture_make(&pic, m, NULL, &err) != ORAY_OK)
		fail(path, &err);
	double made = cpu_seconds();
	if (svg_write(&pic, NULL, put, out, &err) != ORAY_OK)
		fail(path, &err);
	double written = cpu_seconds();
	const double now[N_PARTS] = {inferred - start, in_layout, made - inferred, written - made,
	                             written - start};
	for (int i = 0; i < N_PARTS; i++)
		took[i] = took[i] == 0 || now[i] < took[i] ? now[i] : took[i];
	counts[0] = oray_model_describe(m)->n_nodes;
	counts[1] = pic.plan.items.n;
	counts[2] = (size_t)ftell(out);
	fclose(out);
	picture_free(&pic);
	oray_model_free(m);
}

int main(int argc, char **argv)
{
	double took[N_PARTS] = {0};
	size_t counts[3] = {0};
	long runs = argc > 3 ? strtol(argv[3], NULL, 10) : 5;
	if (argc < 3 || runs < 1) {
		fprintf(stderr, "usage: drawing MODEL FILE [RUNS]\n");
		return 2;
	}
	/* a program draws once: every run pays for its pages */
#ifdef __GLIBC__
	mallopt(M_MMAP_THRESHOLD, 128 * 1024);
#endif
	for (long i = 0; i < runs; i++)
		run(argv[1], argv[2], took, counts);
	printf("{\"nodes\": %zu, \"boxes\": %zu, \"bytes\": %zu", counts[0], counts[1], counts[2]);
	for (int i = 0; i < N_PARTS; i++)
		printf(", \"%s\": %.6f", names[i], took[i]);
	printf("}\n");
	return 0;
}
