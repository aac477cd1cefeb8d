/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layout.c - what the layout costs by itself, on graphs in the shapes that models have.
 *
 *     layout [FAMILY [BOXES]]     one line of JSON for each family and size
 *
 * `ms` is the best of some runs in CPU time, `mb` the most memory taken at a time while it ran (the
 * input not counted), `twice` the time at this size over that at half of it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "layout_families.h"

static double cpu_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* The best of some runs. The smallest budget it can do with is what it needs. */
static double measure(const family_kind *kind, uint32_t n, layout_result *last, double *mb)
{
	family f = {.seed = 1};
	kind->make(&f, n);
	layout_graph g = family_graph(&f);
	layout_options o = layout_options_default();
	double best = 1e9, begin = cpu_ms();
	for (int run = 0; run < 50 && (run < 3 || cpu_ms() - begin < 300); run++) {
		double t = cpu_ms();
		layout_result r;
		if (layout_run(&g, &o, NULL, &r) != LAYOUT_OK)
			abort();
		t = cpu_ms() - t;
		best = t < best ? t : best;
		*last = r;
		layout_free(&r, NULL);
	}
	if (mb) {
		uint64_t low = 0, high = (uint64_t)1 << 32;
		while (high - low > high / 50) {
			mem_budget budget = {.limit = low + (high - low) / 2};
			layout_result r;
			if (layout_run(&g, &o, &budget, &r) == LAYOUT_OK) {
				high = budget.limit;
				layout_free(&r, &budget);
			} else {
				low = budget.limit;
			}
		}
		*mb = (double)high / 1e6;
	}
	last->n_boxes = f.boxes.n;
	last->n_edges = f.edges.n;
	family_free(&f);
	return best;
}

int main(int argc, char **argv)
{
	/* a program lays out once: every run pays for its pages, small or large */
#ifdef __GLIBC__
	mallopt(M_MMAP_THRESHOLD, 128 * 1024);
#endif
	static const uint32_t sizes[] = {1000, 10000, 30000, 100000};
	for (size_t i = 0; i < FAMILIES_N; i++) {
		const family_kind *kind = &FAMILIES[i];
		if (argc > 1 && strcmp(argv[1], kind->name) != 0)
			continue;
		for (size_t k = kind->odd ? 3 : 0; k < 4; k++) {
			uint32_t n = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : sizes[k];
			layout_result r, half;
			double mb = 0, ms = measure(kind, n, &r, &mb);
			double before = measure(kind, n / 2, &half, NULL);
			printf("{\"family\": \"%s\", \"boxes\": %zu, \"edges\": %zu, \"ms\": %.2f, "
			       "\"mb\": %.1f, \"twice\": %.2f, \"crossings\": %" PRIu64 ", \"pieces\": %" PRIu32
			       ", \"different\": %" PRIu32 ", \"width\": %" PRId32 ", \"height\": %" PRId32
			       "}\n",
			       kind->name, r.n_boxes, r.n_edges, ms, mb, ms / before, r.crossings, r.n_pieces,
			       r.n_different, r.width, r.height);
			fflush(stdout);
			if (argc > 2)
				break;
		}
	}
	return 0;
}
