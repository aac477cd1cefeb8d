/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allocations.c - everything the library does, again and again, with one allocation more that works
 * each time, until none fails: no crash, no leak, and an error wherever something is missing.
 *
 *     allocations [-n MOST] [-j JOB] [-s] [-x] [-v] MODEL...
 *         -n  runs of a job on a model at most; 0: no limit. Beyond the first half of them not every
 *             allocation fails, but ones ever further apart. 400 when not given
 *         -j  only jobs whose names begin so
 *         -s  all that follow fail as well; otherwise every other run does that
 *         -x  what other libraries allocate fails too, unless this is built with sanitizers: each
 *             run has a process of its own then, which may die in them
 *         -v  a line for each job
 *         -t  where the allocation was whose failure went wrong: for addr2line -fe allocations
 *
 * Linked with --wrap, so that it is the library's own calls that are looked at; those of cJSON come
 * through its hooks. A run whose failure was survived has to say the same as a run without.
 *
 * The last line is "N passed, N failed".
 */
#include <onnxray/onnxray.h>

#include <cjson/cJSON.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

/* ------------------------------------------------------------------------------ allocations -- */

static atomic_long seen, live, failures;
static long failing;   /* the number of the first that fails; 0: none */
static bool ever;      /* those after it fail too */
static bool all_others; /* -x */
static _Thread_local bool inside; /* one of ours is on its way: it was decided already */

static bool tracing, traced; /* -t: where the first failure is, once a run was found wanting */

static bool fails(void)
{
	long n = atomic_fetch_add(&seen, 1) + 1;
	bool bad = failing && (ever ? n >= failing : n == failing);
	failures += bad;
	if (bad && tracing && !traced) {
		void *at[16];
		traced = true;
		backtrace_symbols_fd(at, backtrace(at, 16), STDOUT_FILENO);
	}
	return bad;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
int __real_posix_memalign(void **p, size_t alignment, size_t size);
void __real_free(void *p);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
int __wrap_posix_memalign(void **p, size_t alignment, size_t size);
void __wrap_free(void *p);

static void *taken(void *p, bool is_new)
{
	inside = false;
	live += p && is_new;
	return p;
}

void *__wrap_malloc(size_t size)
{
	if (fails())
		return NULL;
	inside = true;
	return taken(__real_malloc(size), true);
}

void *__wrap_calloc(size_t n, size_t size)
{
	if (fails())
		return NULL;
	inside = true;
	return taken(__real_calloc(n, size), true);
}

void *__wrap_realloc(void *p, size_t size)
{
	if (fails())
		return NULL;
	inside = true;
	return taken(__real_realloc(p, size), !p);
}

int __wrap_posix_memalign(void **p, size_t alignment, size_t size)
{
	if (fails())
		return 12; /* ENOMEM */
	inside = true;
	int error = __real_posix_memalign(p, alignment, size);
	taken(error ? NULL : *p, true);
	return error;
}

void __wrap_free(void *p)
{
	live -= p != NULL;
	__real_free(p);
}

#if defined(__GLIBC__) && !defined(SANITIZED)
/* Those of everybody else, in front of the C library's. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);

static bool others_fail(void)
{
	return all_others && !inside && fails();
}

#define SHOWN __attribute__((used, visibility("default")))
SHOWN void *malloc(size_t size)
{
	return others_fail() ? NULL : __libc_malloc(size);
}

SHOWN void *calloc(size_t n, size_t size)
{
	return others_fail() ? NULL : __libc_calloc(n, size);
}

SHOWN void *realloc(void *p, size_t size)
{
	return others_fail() ? NULL : __libc_realloc(p, size);
}
#define CAN_FAIL_OTHERS true
#else
#define CAN_FAIL_OTHERS false
#endif

/* ------------------------------------------------------------------------------------- jobs -- */

/* What a run has written, and what it ended with. */
typedef struct outcome {
	uint64_t hash, bytes;
	oray_status status;
	oray_error err;
} outcome;

static int hash_sink(void *context, const char *data, size_t size)
{
	outcome *o = context;
	for (size_t i = 0; i < size; i++)
		o->hash = (o->hash ^ (unsigned char)data[i]) * 0x100000001B3u;
	o->bytes += size;
	return 0;
}

typedef struct job job;
struct job {
	const char *name;
	oray_status (*run)(const job *j, const oray_model *m, const oray_model *other, outcome *o);
	oray_style style;
	oray_drawing drawing;
	const char *type; /* of a picture */
	unsigned detail;
};

static oray_status run_load(const job *j, const oray_model *m, const oray_model *other, outcome *o)
{
	(void)j, (void)other;
	size_t n;
	uint64_t counts[3];
	const oray_finding *f = oray_model_findings(m, &n, counts);
	for (size_t i = 0; i < n; i++) {
		hash_sink(o, f[i].message, strlen(f[i].message));
		hash_sink(o, f[i].where, strlen(f[i].where));
	}
	return ORAY_OK;
}

static oray_status run_summary(const job *j, const oray_model *m, const oray_model *other, outcome *o)
{
	(void)other;
	oray_summary *s;
	oray_status status = oray_summarize(m, &s, &o->err);
	if (status == ORAY_OK)
		status = oray_write_summary(s, &j->style, hash_sink, o, &o->err);
	oray_summary_free(s);
	return status;
}

static oray_status run_layers(const job *j, const oray_model *m, const oray_model *other, outcome *o)
{
	(void)other;
	oray_layer_options all = {.all = j->detail != 0};
	oray_layers *l;
	oray_status status = oray_list_layers(m, &all, &l, &o->err);
	if (status == ORAY_OK)
		status = oray_write_layers(l, &j->style, hash_sink, o, &o->err);
	oray_layers_free(l);
	return status;
}

static oray_status run_params(const job *j, const oray_model *m, const oray_model *other, outcome *o)
{
	(void)other;
	oray_parameter_list *l;
	oray_status status = oray_list_parameters(m, &l, &o->err);
	if (status == ORAY_OK && j->detail)
		status = oray_measure_parameters(l, NULL, NULL, &o->err);
	if (status == ORAY_OK)
		status = oray_write_parameters(l, &j->style, hash_sink, o, &o->err);
	oray_parameter_list_free(l);
	return status;
}

static oray_status run_show(const job *j, const oray_model *m, const oray_model *other, outcome *o)
{
	(void)other;
	const oray_model_info *info = oray_model_describe(m);
	const size_t n[] = {info->n_nodes, info->n_values, info->n_functions, info->n_graphs};
	oray_status status = ORAY_OK;
	for (unsigned what = 0; what < 4; what++)
		for (oray_id i = 0; i < n[what] && i < 4 && status == ORAY_OK; i++) {
			oray_ref ref = {.id = i};
			ref.what = what == 0   ? ORAY_REF_NODE
			           : what == 1 ? ORAY_REF_VALUE
			           : what == 2 ? ORAY_REF_FUNCTION
			                       : ORAY_REF_GRAPH;
			status = oray_write_ref(m, ref, &j->style, hash_sink, o, &o->err);
		}
	return status;
}

static oray_status run_quant(const job *j, const oray_model *m, const oray_model *other, outcome *o)
{
	(void)other;
	oray_quantization *q;
	oray_status status = oray_explain_quantization(m, &q, &o->err);
	if (status == ORAY_OK && j->detail)
		status = oray_measure_quantization(q, &o->err);
	if (status == ORAY_OK)
		status = oray_write_quantization(q, &j->style, hash_sink, o, &o->err);
	oray_quantization_free(q);
	return status;
}

static oray_status run_diff(const job *j, const oray_model *m, const oray_model *other, outcome *o)
{
	oray_difference *d;
	oray_status status = oray_compare(other, m, NULL, NULL, NULL, &d, &o->err);
	if (status == ORAY_OK)
		status = oray_write_difference(d, &j->style, hash_sink, o, &o->err);
	oray_difference_free(d);
	return status;
}

static oray_status run_check(const job *j, const oray_model *m, const oray_model *other, outcome *o)
{
	(void)other;
	oray_check_report *r;
	oray_status status = oray_check(m, NULL, &r, &o->err);
	if (status == ORAY_OK)
		status = oray_write_check(r, &j->style, hash_sink, o, &o->err);
	if (status == ORAY_OK && j->detail)
		status = oray_write_baseline(r, "m", hash_sink, o, &o->err);
	oray_check_report_free(r);
	return status;
}

static oray_status run_draw(const job *j, const oray_model *m, const oray_model *other, outcome *o)
{
	oray_drawing drawing = j->drawing;
	oray_difference *d = NULL;
	oray_status status = ORAY_OK;
	if (j->detail)
		status = oray_compare(other, m, NULL, NULL, NULL, &d, &o->err);
	drawing.difference = d;
	if (status != ORAY_OK)
		;
	else if (strcmp(j->type, "dot") == 0)
		status = oray_write_dot(m, &drawing, hash_sink, o, &o->err);
	else if (strcmp(j->type, "html") == 0)
		status = oray_write_page(m, &drawing, hash_sink, o, &o->err);
	else
		status = oray_write_picture(m, &drawing, j->type, hash_sink, o, &o->err);
	oray_difference_free(d);
	return status;
}

enum { EVERY_FOLD = ORAY_FOLD_CONSTANTS | ORAY_FOLD_SHAPES | ORAY_FOLD_QDQ | ORAY_FOLD_REPEATS };

static const job jobs[] = {
    {"load", run_load, {0}, {0}, NULL, 0},
    {"summary-text", run_summary, {.utf8 = true, .color = true}, {0}, NULL, 0},
    {"summary-json", run_summary, {.format = ORAY_JSON}, {0}, NULL, 0},
    {"summary-csv", run_summary, {.format = ORAY_CSV}, {0}, NULL, 0},
    {"layers-text", run_layers, {.utf8 = true}, {0}, NULL, 0},
    {"layers-tree", run_layers, {.tree = true, .verbose = true}, {0}, NULL, 0},
    {"layers-sorted", run_layers, {.sort = "macs", .top = 3}, {0}, NULL, 1},
    {"layers-json", run_layers, {.format = ORAY_JSON}, {0}, NULL, 1},
    {"layers-markdown", run_layers, {.format = ORAY_MARKDOWN}, {0}, NULL, 0},
    {"params-text", run_params, {.utf8 = true}, {0}, NULL, 0},
    {"params-module", run_params, {.by = "module"}, {0}, NULL, 0},
    {"params-stats", run_params, {.by = "tensor", .sort = "elements"}, {0}, NULL, 1},
    {"params-json", run_params, {.format = ORAY_JSON}, {0}, NULL, 1},
    {"show-text", run_show, {.verbose = true}, {0}, NULL, 0},
    {"show-json", run_show, {.format = ORAY_JSON}, {0}, NULL, 0},
    {"quant-text", run_quant, {.verbose = true}, {0}, NULL, 1},
    {"quant-json", run_quant, {.format = ORAY_JSON}, {0}, NULL, 0},
    {"diff-text", run_diff, {.utf8 = true}, {0}, NULL, 0},
    {"diff-json", run_diff, {.format = ORAY_JSON}, {0}, NULL, 0},
    {"diff-csv", run_diff, {.format = ORAY_CSV}, {0}, NULL, 0},
    {"check-text", run_check, {.verbose = true}, {0}, NULL, 1},
    {"check-json", run_check, {.format = ORAY_JSON}, {0}, NULL, 0},
    {"check-sarif", run_check, {.format = ORAY_SARIF}, {0}, NULL, 0},
    {"dot", run_draw, {0}, {.all = true, .names = true}, "dot", 0},
    {"svg", run_draw, {0}, {.all = true, .names = true}, "svg", 0},
    {"svg-folded", run_draw, {0}, {.fold = EVERY_FOLD, .depth = 1, .color_by = "macs"}, "svg", 0},
    {"svg-both", run_draw, {0}, {.fold = EVERY_FOLD}, "svg", 1},
    {"png", run_draw, {0}, {.wrap = -1}, "png", 0},
    {"pdf", run_draw, {0}, {.right = true}, "pdf", 0},
    {"html", run_draw, {0}, {.fold = EVERY_FOLD}, "html", 0},
};

/* From the file to the last byte. @return what the first step that failed says. */
static outcome perform(const job *j, const char *path, const char *other_path)
{
	outcome o = {.hash = 0xCBF29CE484222325u};
	oray_load_options opts = oray_load_defaults();
	oray_model *m = NULL, *other = NULL;
	opts.thorough = j->run == run_check;
	o.err.offset = ORAY_NO_OFFSET;
	o.status = oray_model_load(path, &opts, &m, &o.err);
	if (o.status == ORAY_ERR_TRUNCATED && m)
		o.status = ORAY_OK;
	if (o.status == ORAY_OK)
		o.status = oray_model_infer(m, NULL, &o.err);
	if (o.status == ORAY_OK && (j->run == run_diff || (j->run == run_draw && j->detail))) {
		o.status = oray_model_load(other_path, NULL, &other, &o.err);
		if (o.status == ORAY_OK)
			o.status = oray_model_infer(other, NULL, &o.err);
	}
	if (o.status == ORAY_OK)
		o.status = j->run(j, m, other, &o);
	oray_model_free(m);
	oray_model_free(other);
	return o;
}

/* --------------------------------------------------------------------------------- the runs -- */

static int passed, failed;
static bool verbose, trace;

static int next_descriptor(void)
{
	int fd = dup(STDIN_FILENO);
	close(fd);
	return fd;
}

/* @return NULL when a run is as it should be, given one without failure. */
static const char *judge(const outcome *o, const outcome *whole, long n_live, int descriptor)
{
	if (live != n_live)
		return "leaks memory";
	if (next_descriptor() != descriptor)
		return "leaks a descriptor";
	if (o->status == ORAY_OK && (o->hash != whole->hash || o->bytes != whole->bytes))
		return "is incomplete, and does not say so";
	if (o->status == ORAY_OK || o->status == whole->status)
		return NULL;
	if (o->status != ORAY_ERR_MEMORY)
		return "fails with another error";
	if (o->err.code != ORAY_ERR_MEMORY || strcmp(o->err.message, "out of memory") != 0)
		return "has no message";
	return NULL;
}

static void complain(const job *j, const char *path, long n, const char *what, const outcome *o)
{
	failed++;
	printf("FAILED: %s: %s with allocation %ld%s failing %s (%s: %s)\n", path, j->name, n,
	       ever ? " and all after it" : "", what, oray_status_name(o->status), o->err.message);
	fflush(stdout);
}

/* One run. @return how many allocations failed. */
static long one(const job *j, const char *path, const char *other, long n, const outcome *whole,
                bool *good)
{
	long base = live;
	int descriptor = next_descriptor();
	seen = failures = 0;
	failing = n;
	outcome o = perform(j, path, other);
	failing = 0;
	const char *what = judge(&o, whole, base, descriptor);
	long hit = failures;
	if (what)
		complain(j, path, n, what, &o);
	if (what && trace) {
		seen = 0;
		traced = false;
		tracing = true;
		failing = n;
		perform(j, path, other);
		failing = 0;
		tracing = false;
	}
	*good = !what;
	return hit;
}

/* The same in a process of its own. */
static long apart(const job *j, const char *path, const char *other, long n, const outcome *whole,
                  bool *good)
{
	int ends[2], status = 0;
	long result[2] = {1, 0};
	fflush(stdout);
	if (pipe(ends) != 0)
		exit(2);
	pid_t child = fork();
	if (child == 0) {
		result[0] = one(j, path, other, n, whole, good);
		result[1] = *good;
		_exit(write(ends[1], result, sizeof result) == (ssize_t)sizeof result ? 0 : 9);
	}
	close(ends[1]);
	bool told = read(ends[0], result, sizeof result) == (ssize_t)sizeof result;
	close(ends[0]);
	waitpid(child, &status, 0);
	*good = told && result[1];
	if (!told) {
		outcome none = {.status = ORAY_OK};
		snprintf(none.err.message, sizeof none.err.message, "signal %d, exit %d",
		         WIFSIGNALED(status) ? WTERMSIG(status) : 0,
		         WIFEXITED(status) ? WEXITSTATUS(status) : 0);
		complain(j, path, n, "ends the process", &none);
	} else if (!*good) {
		failed++;
	}
	return result[0];
}

static void look_at(const job *j, const char *path, const char *other, long most, bool always_ever)
{
	outcome whole = perform(j, path, other);
	whole = perform(j, path, other); /* what is made once, was made */
	long n = 1, runs = 0, bad = 0, step = 1, shown = 0;
	seen = 0;
	whole = perform(j, path, other);
	long all = seen;
	for (;; n += step, runs++) {
		bool good = true;
		ever = always_ever || runs % 2;
		long hit = (all_others ? apart : one)(j, path, other, n, &whole, &good);
		bad += !good;
		if (!hit || (bad > 20 && ++shown))
			break;
		if (most && runs > most / 2)
			step = (all - n) / (most / 2) + 1;
	}
	passed += !bad;
	if (verbose)
		printf("%-16s %-24s %6ld allocations %6ld runs %4ld bad (%s)\n", j->name,
		       strrchr(path, '/') ? strrchr(path, '/') + 1 : path, all, runs, bad,
		       oray_status_name(whole.status));
}

static void *hook(size_t size)
{
	return __wrap_malloc(size);
}

int main(int argc, char **argv)
{
	const char *only = "";
	long most = 400;
	bool always_ever = false;
	int option;
	while ((option = getopt(argc, argv, "n:j:sxvt")) != -1)
		switch (option) {
		case 'n':
			most = atol(optarg);
			break;
		case 'j':
			only = optarg;
			break;
		case 's':
			always_ever = true;
			break;
		case 'x':
			all_others = CAN_FAIL_OTHERS;
			break;
		case 't':
			trace = true;
			break;
		case 'v':
			verbose = true;
			break;
		default:
			return 2;
		}
	cJSON_Hooks hooks = {hook, __wrap_free};
	cJSON_InitHooks(&hooks);
	for (int i = optind; i < argc; i++)
		for (size_t k = 0; k < sizeof jobs / sizeof *jobs; k++)
			if (strncmp(jobs[k].name, only, strlen(only)) == 0)
				look_at(&jobs[k], argv[i], argv[i == optind ? argc - 1 : i - 1], most, always_ever);
	printf("%d passed, %d failed\n", passed, failed);
	return failed != 0;
}
