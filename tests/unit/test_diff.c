/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Differences: pairs when names, order and graphs change; folded normalizations; verdicts.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "diff/pairing.h"
#include "model_writer.h"

/* ------------------------------------------------------------------------- small models -- */

enum { CHANNELS = 8, LAYERS = 3 };

/* How a model is written down. */
typedef struct recipe {
	bool renamed;  /* no name is that of the other */
	bool folded;   /* normalizations are in the weights */
	bool gemm;     /* the last product is a Gemm with its weight transposed, and takes the bias */
	bool extra;    /* a Sigmoid more, in the middle */
	unsigned seed; /* of the weights */
	bool scaled;   /* every weight a little different, as after rounding */
} recipe;

static const char *name(const recipe *r, const char *plain)
{
	static char names[64][40];
	static unsigned next;
	char *at = names[next++ % 64];
	uint32_t hash = 7;

	if (!r->renamed)
		return plain;
	for (const char *c = plain; *c; c++)
		hash = hash * 31 + (unsigned char)*c;
	snprintf(at, sizeof *names, "q%08x.z", hash * 2654435761u);
	return at;
}

static const char *numbered(const char *word, int i)
{
	static char texts[64][40];
	static unsigned next;
	char *at = texts[next++ % 64];

	snprintf(at, sizeof *texts, "layer.%d.%s", i, word);
	return at;
}

static float number(unsigned seed, unsigned tensor, size_t i)
{
	uint64_t x = (seed * 977u + tensor) * 1000003u + i;

	x ^= x >> 13;
	x *= 0x9e3779b97f4a7c15u;
	x ^= x >> 29;
	x *= 0xbf58476d1ce4e5b9u;
	return (float)(x >> 40) / (float)(1 << 23) - 1;
}

static void put_floats(bytes *graph, const char *called, size_t n_dims, const int64_t *dims,
                       const float *data)
{
	bytes t = make_tensor(called, ORAY_FLOAT32, n_dims, dims);
	size_t n = 1;

	for (size_t i = 0; i < n_dims; i++)
		n *= (size_t)dims[i];
	put_data(&t, 9, data, n * sizeof *data);
	put_message(graph, 5, &t);
}

static void put_node(bytes *graph, const recipe *r, const char *op, const char *called,
                     const char *const *inputs, const char *output, const char *attribute,
                     int64_t value)
{
	bytes n = {0}, a = {0};

	for (; *inputs; inputs++)
		put_text(&n, 1, name(r, *inputs));
	put_text(&n, 2, name(r, output));
	put_text(&n, 3, name(r, called));
	put_text(&n, 4, op);
	if (attribute) {
		put_text(&a, 1, attribute);
		put_number(&a, 3, value);
		put_number(&a, 20, 2);
		put_message(&n, 5, &a);
	}
	put_message(graph, 1, &n);
}

/* Conv 1x1 and its normalization, or the Conv with both in one. */
static void put_layer(bytes *graph, const recipe *r, int i, const char *input, const char *output)
{
	float w[CHANNELS * CHANNELS], norm[4][CHANNELS], bias[CHANNELS];
	const char *weight = numbered("weight", i), *between = numbered("conv", i);
	const int64_t dims[] = {CHANNELS, CHANNELS, 1, 1}, vector[] = {CHANNELS};
	static const char *const parts[] = {"gamma", "beta", "mean", "variance"};

	for (size_t k = 0; k < CHANNELS; k++)
		for (unsigned p = 0; p < 4; p++)
			norm[p][k] = p == 0 || p == 3 ? 1.5f + number(r->seed, 40 + p + 9 * (unsigned)i, k)
			                              : number(r->seed, 40 + p + 9 * (unsigned)i, k);
	for (size_t k = 0; k < CHANNELS * CHANNELS; k++) {
		float f = norm[0][k / CHANNELS] / sqrtf(norm[3][k / CHANNELS] + 1e-5f);
		w[k] = number(r->seed, (unsigned)i, k) * (r->folded ? f : 1);
		if (r->scaled)
			w[k] = rintf(w[k] * 127) / 127;
		bias[k / CHANNELS] = norm[1][k / CHANNELS] - norm[2][k / CHANNELS] * f;
	}
	put_floats(graph, name(r, weight), 4, dims, w);
	if (r->folded) {
		put_floats(graph, name(r, numbered("beta", i)), 1, vector, bias);
		put_node(graph, r, "Conv", numbered("op", i),
		         (const char *const[]){input, weight, numbered("beta", i), NULL}, output, NULL, 0);
		return;
	}
	for (unsigned p = 0; p < 4; p++)
		put_floats(graph, name(r, numbered(parts[p], i)), 1, vector, norm[p]);
	put_node(graph, r, "Conv", numbered("op", i), (const char *const[]){input, weight, NULL},
	         between, NULL, 0);
	put_node(graph, r, "BatchNormalization", numbered("norm", i),
	         (const char *const[]){between, numbered("gamma", i), numbered("beta", i),
	                               numbered("mean", i), numbered("variance", i), NULL},
	         output, NULL, 0);
}

static void put_head(bytes *graph, const recipe *r, const char *input)
{
	float w[CHANNELS * CHANNELS], bias[CHANNELS];
	const int64_t square[] = {CHANNELS, CHANNELS}, vector[] = {CHANNELS};

	for (size_t k = 0; k < CHANNELS * CHANNELS; k++) {
		size_t at = r->gemm ? k % CHANNELS * CHANNELS + k / CHANNELS : k;
		w[k] = number(r->seed, 90, at);
	}
	for (size_t k = 0; k < CHANNELS; k++)
		bias[k] = number(r->seed, 91, k);
	put_floats(graph, name(r, "head.weight"), 2, square, w);
	put_floats(graph, name(r, "head.bias"), 1, vector, bias);
	if (r->gemm) {
		put_node(graph, r, "Gemm", "head.op",
		         (const char *const[]){input, "head.weight", "head.bias", NULL}, "result.y",
		         "transB", 1);
		return;
	}
	put_node(graph, r, "MatMul", "head.op", (const char *const[]){input, "head.weight", NULL},
	         "head.product", NULL, 0);
	put_node(graph, r, "Add", "head.add", (const char *const[]){"head.product", "head.bias", NULL},
	         "result.y", NULL, 0);
}

static oray_model *build(const recipe *r)
{
	bytes graph = {0}, model, value;
	const char *cur = "image.x";
	place p;
	oray_model *out;
	oray_error err;

	for (int i = 0; i < LAYERS; i++) {
		put_layer(&graph, r, i, cur, numbered("normal", i));
		put_node(&graph, r, i ? "Relu" : "Tanh", numbered("act", i),
		         (const char *const[]){numbered("normal", i), NULL}, numbered("out", i), NULL, 0);
		cur = numbered("out", i);
		if (r->extra && i == 1) {
			put_node(&graph, r, "Sigmoid", "more.op", (const char *const[]){cur, NULL}, "more.out",
			         NULL, 0);
			cur = "more.out";
		}
	}
	put_node(&graph, r, "Flatten", "flat.op", (const char *const[]){cur, NULL}, "flat.out", NULL,
	         0);
	put_head(&graph, r, "flat.out");
	value = make_value(name(r, "image.x"));
	put_message(&graph, 11, &value);
	value = make_value(name(r, "result.y"));
	put_message(&graph, 12, &value);
	model = make_model(&graph);
	place_make(&p);
	assert_int_equal(load_bytes(&p, &model, NULL, &out, &err), ORAY_OK);
	place_remove(&p);
	return out;
}

/* Two models, and what differs. */
typedef struct pair {
	oray_model *a, *b;
	oray_difference *d;
} pair;

static pair differ(recipe a, recipe b)
{
	pair p = {build(&a), build(&b), NULL};
	oray_error err;

	assert_int_equal(oray_compare(p.a, p.b, NULL, NULL, NULL, &p.d, &err), ORAY_OK);
	return p;
}

static void close_pair(pair *p)
{
	oray_difference_free(p->d);
	oray_model_free(p->a);
	oray_model_free(p->b);
}

/* A node that holds two bodies in a list: an operator each, and a Relu behind the second. */
static oray_model *build_list(bool longer)
{
	bytes graph = {0}, node = make_node("Choose", "x", "y"), list = {0}, body = {0}, inner, model;
	place p;
	oray_model *out;
	oray_error err;

	inner = make_node("Neg", "x", "first");
	put_message(&body, 1, &inner);
	put_text(&list, 1, "cases");
	put_message(&list, 11, &body);
	inner = make_node("Tanh", "x", "second");
	put_message(&body, 1, &inner);
	if (longer) {
		inner = make_node("Relu", "second", "third");
		put_message(&body, 1, &inner);
	}
	put_message(&list, 11, &body);
	put_number(&list, 20, ORAY_ATTR_GRAPHS);
	put_message(&node, 5, &list);
	put_message(&graph, 1, &node);
	model = make_model(&graph);
	place_make(&p);
	assert_int_equal(load_bytes(&p, &model, NULL, &out, &err), ORAY_OK);
	place_remove(&p);
	return out;
}

static const oray_weight_pair *weight_of(const pair *p, const char *a)
{
	for (size_t i = 0; i < p->d->n_weights; i++)
		if (p->d->weights[i].name_a.size == strlen(a) &&
		    !memcmp(p->d->weights[i].name_a.data, a, strlen(a)))
			return &p->d->weights[i];
	return NULL;
}

static const char *fate_of(const pair *p, const char *op)
{
	for (size_t i = 0; i < p->d->n_layers; i++) {
		const oray_layer_pair *l = &p->d->layers[i];
		oray_node n;
		if (l->fate &&
		    oray_model_node(l->a == ORAY_NONE ? p->b : p->a, l->a == ORAY_NONE ? l->b : l->a, &n) &&
		    n.op.size == strlen(op) && !memcmp(n.op.data, op, n.op.size))
			return l->fate;
	}
	return NULL;
}

/* -------------------------------------------------------------------------------- tests -- */

static void test_itself(void **state)
{
	(void)state;
	pair p = differ((recipe){0}, (recipe){0});
	assert_true(p.d->same);
	assert_int_equal(p.d->relation, ORAY_SAME_FILE);
	assert_int_equal(p.d->n_header + p.d->n_interface + p.d->n_operators, 0);
	assert_int_equal(p.d->n_weights, 5 * LAYERS + 2);
	for (size_t i = 0; i < p.d->n_weights; i++)
		assert_true(p.d->weights[i].measured && p.d->weights[i].fidelity.identical);
	close_pair(&p);
}

static void test_bodies_in_a_list(void **state)
{
	(void)state;
	for (int longer = 0; longer < 2; longer++) {
		pair p = {build_list(false), build_list(longer), NULL};
		assert_int_equal(oray_compare(p.a, p.b, NULL, NULL, NULL, &p.d, NULL), ORAY_OK);
		assert_int_equal(oray_model_describe(p.a)->n_nodes, 3);
		for (oray_id i = 0; i < 3; i++)
			assert_int_equal(p.d->partners[i], i);
		assert_int_equal(p.d->same, !longer);
		assert_null(fate_of(&p, "Neg"));
		if (longer)
			assert_non_null(fate_of(&p, "Relu"));
		close_pair(&p);
	}
}

static void test_renamed(void **state)
{
	(void)state;
	pair p = differ((recipe){0}, (recipe){.renamed = true});
	assert_false(p.d->same);
	assert_int_equal(p.d->relation, ORAY_SAME_MODEL);
	assert_int_equal(p.d->n_weights, 5 * LAYERS + 2);
	for (size_t i = 0; i < p.d->n_weights; i++)
		assert_true(p.d->weights[i].fidelity.identical);
	assert_null(fate_of(&p, "Conv"));
	close_pair(&p);
}

static void test_inserted(void **state)
{
	(void)state;
	for (int renamed = 0; renamed < 2; renamed++) {
		pair p = differ((recipe){0}, (recipe){.extra = true, .renamed = renamed});
		size_t alone = 0;
		for (size_t i = 0; i < p.d->n_layers; i++)
			alone += p.d->layers[i].a == ORAY_NONE || p.d->layers[i].b == ORAY_NONE;
		assert_int_equal(alone, 1);
		assert_non_null(fate_of(&p, "Sigmoid"));
		assert_int_equal(p.d->relation, ORAY_OPTIMIZED);
		close_pair(&p);
	}
}

static void test_folded(void **state)
{
	(void)state;
	for (int renamed = 0; renamed < 2; renamed++) {
		pair p = differ((recipe){0}, (recipe){.folded = true, .renamed = renamed});
		for (int i = 0; i < LAYERS; i++) {
			const oray_weight_pair *w = weight_of(&p, numbered("weight", i));
			const oray_weight_pair *b = weight_of(&p, numbered("beta", i));
			assert_non_null(w);
			assert_non_null(b);
			assert_true(w->folded && w->measured && w->fidelity.sqnr_db > 110);
			assert_true(b->folded && b->measured && b->fidelity.sqnr_db > 100);
		}
		assert_memory_equal(fate_of(&p, "BatchNormalization"), "folded into ", 12);
		assert_int_equal(p.d->relation, ORAY_OPTIMIZED);
		close_pair(&p);
	}
}

static void test_gemm(void **state)
{
	(void)state;
	pair p = differ((recipe){0}, (recipe){.gemm = true, .renamed = true});
	const oray_weight_pair *w = weight_of(&p, "head.weight"), *b = weight_of(&p, "head.bias");
	assert_non_null(w);
	assert_true(w->measured && w->fidelity.identical);
	assert_non_null(b);
	assert_true(b->measured && b->fidelity.identical);
	assert_memory_equal(fate_of(&p, "Add"), "fused into ", 11);
	close_pair(&p);
}

static void test_rounded(void **state)
{
	(void)state;
	pair p = differ((recipe){0}, (recipe){.scaled = true, .renamed = true});
	const oray_weight_pair *w = &p.d->weights[0];
	/* the most damaged ones come first */
	assert_true(w->measured && !w->fidelity.identical && w->fidelity.sqnr_db > 30);
	for (size_t i = 1; i < p.d->n_weights; i++)
		assert_true(p.d->weights[i].fidelity.sqnr_db >= p.d->weights[i - 1].fidelity.sqnr_db);
	close_pair(&p);
}

static void test_retrained(void **state)
{
	(void)state;
	pair p = differ((recipe){0}, (recipe){.seed = 5});
	assert_int_equal(p.d->relation, ORAY_RETRAINED);
	assert_int_equal(p.d->n_weights, 5 * LAYERS + 2);
	close_pair(&p);
}

static void test_mirrored(void **state)
{
	(void)state;
	static const recipe others[] = {{.renamed = true, .folded = true},
	                                {.extra = true, .gemm = true},
	                                {.seed = 3, .extra = true},
	                                {.renamed = true, .scaled = true, .folded = true}};
	for (size_t k = 0; k < sizeof others / sizeof *others; k++) {
		pair p = differ((recipe){0}, others[k]), q = differ(others[k], (recipe){0});
		size_t found = 0;
		assert_int_equal(p.d->relation, q.d->relation);
		assert_int_equal(p.d->n_weights, q.d->n_weights);
		assert_int_equal(p.d->n_layers, q.d->n_layers);
		assert_int_equal(p.d->n_equal, q.d->n_equal);
		for (size_t i = 0; i < p.d->n_layers; i++)
			for (size_t j = 0; j < q.d->n_layers; j++)
				found += p.d->layers[i].a == q.d->layers[j].b &&
				         p.d->layers[i].b == q.d->layers[j].a &&
				         p.d->layers[i].n_weights == q.d->layers[j].n_weights;
		assert_int_equal(found, p.d->n_layers);
		close_pair(&p);
		close_pair(&q);
	}
}

static int stop(void *context, double done)
{
	(void)done;
	++*(int *)context;
	return 1;
}

static void test_options(void **state)
{
	(void)state;
	oray_model *a = build(&(recipe){0}), *b = build(&(recipe){.seed = 2});
	oray_difference *d;
	oray_error err;
	int calls = 0;
	assert_int_not_equal(oray_compare(a, b, NULL, stop, &calls, &d, &err), ORAY_OK);
	assert_null(d);
	assert_int_equal(calls, 1);
	assert_int_equal(oray_compare(a, b, &(oray_difference_options){true}, NULL, NULL, &d, NULL),
	                 ORAY_OK);
	for (size_t i = 0; i < d->n_weights; i++)
		assert_true(!d->weights[i].measured && d->weights[i].why);
	oray_difference_free(d);
	oray_difference_free(NULL);
	oray_model_free(a);
	oray_model_free(b);
}

/* ---- sequences ---- */

typedef struct aligned {
	size_t n, a[400], b[400];
} aligned;

static void note(void *context, size_t a, size_t b)
{
	aligned *l = context;
	assert_true(l->n < 400);
	l->a[l->n] = a;
	l->b[l->n++] = b;
}

/* The length of the longest common subsequence, the slow way. */
static size_t longest(const uint64_t *a, size_t n, const uint64_t *b, size_t m)
{
	static size_t best[201][201];
	memset(best, 0, sizeof best);
	for (size_t i = 1; i <= n; i++)
		for (size_t j = 1; j <= m; j++) {
			size_t x = best[i - 1][j] > best[i][j - 1] ? best[i - 1][j] : best[i][j - 1];
			best[i][j] = a[i - 1] == b[j - 1] ? best[i - 1][j - 1] + 1 : x;
		}
	return best[n][m];
}

static void test_align(void **state)
{
	(void)state;
	uint64_t a[200], b[200];
	uint32_t x = 1;
	for (int round = 0; round < 300; round++) {
		aligned l = {0};
		size_t n = 0, m = 0, want;
		unsigned kinds = 2 + (unsigned)round % 4;
		for (size_t i = 0; i < 120; i++) {
			x = x * 1664525u + 1013904223u;
			uint64_t key = x >> 24;
			/* each kind often, so that none occurs once and the edit script decides */
			if ((x >> 8) % 8)
				a[n++] = key % kinds;
			if ((x >> 12) % 8)
				b[m++] = key % kinds;
		}
		want = longest(a, n, b, m);
		assert_true(align(a, n, b, m, note, &l));
		for (size_t i = 0; i < l.n; i++) {
			assert_true(l.a[i] < n && l.b[i] < m && a[l.a[i]] == b[l.b[i]]);
			for (size_t k = 0; k < i; k++)
				assert_true((l.a[k] < l.a[i]) == (l.b[k] < l.b[i]) && l.a[k] != l.a[i]);
		}
		assert_int_equal(l.n, want);
	}
}

static void test_ascending(void **state)
{
	(void)state;
	const oray_id values[] = {5, ORAY_NONE, 1, 2, 9, 3, ORAY_NONE, 4, 0};
	const bool want[] = {0, 0, 1, 1, 0, 1, 0, 1, 0};
	bool keep[9];
	assert_true(align_ascending(values, 9, keep));
	assert_memory_equal(keep, want, sizeof keep);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_itself),    cmocka_unit_test(test_renamed),
	    cmocka_unit_test(test_inserted),  cmocka_unit_test(test_folded),
	    cmocka_unit_test(test_gemm),      cmocka_unit_test(test_rounded),
	    cmocka_unit_test(test_retrained), cmocka_unit_test(test_mirrored),
	    cmocka_unit_test(test_options),   cmocka_unit_test(test_align),
	    cmocka_unit_test(test_ascending), cmocka_unit_test(test_bodies_in_a_list),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
