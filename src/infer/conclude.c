/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conclude.c - what a rule said, met with what the model declares.
 *
 *     inferred      declared      kept
 *     nothing       anything      the declaration
 *     [n, 3]        [?, 4]        [n, 3], and a finding: 3 and 4 contradict
 *     [n, ?]        [2, 4]        [n, 4]: n comes from an input that may change, the 2 is a memory
 *     [u0, 3]       [k, 3]        [k, 3]: u0 depends on contents, the model has a name for it
 *     [2*n, 3]      [k, 3]        [2*n, 3]
 */
#include "infer/engine.h"

static void place_of(const infer *x, oray_id value, buf *where)
{
	oray_str name = strings_get(&x->m->strings, x->m->values.at[value].name);
	buf_add(where, name.data, name.size < 200 ? name.size : 200);
}

static void contradict(infer *x, oray_id value, const char *what, const char *inferred,
                       const char *declared)
{
	buf where = {0};
	if (!x->counting)
		return;
	place_of(x, value, &where);
	model_finding(x->m, ORAY_ERROR, "declared-shape", (oray_place){ORAY_PLACE_VALUE, value},
	              buf_text(&where),
	              "the model declares %s %s, but it is %s", what, declared, inferred);
	buf_free(&where);
}

static void shape_text(infer *x, const infer_type *t, buf *out)
{
	buf_char(out, '[');
	for (uint32_t i = 0; i < t->n; i++) {
		buf_str(out, i ? "," : "");
		dim_text(x->d, t->at[i], true, out);
	}
	buf_char(out, ']');
}

static void contradict_shape(infer *x, oray_id value, const infer_type *t, const infer_type *d)
{
	buf inferred = {0}, declared = {0};
	shape_text(x, t, &inferred);
	shape_text(x, d, &declared);
	contradict(x, value, "shape", buf_text(&inferred), buf_text(&declared));
	buf_free(&inferred);
	buf_free(&declared);
}

/*
 * True when a word that the model has for a dimension is met for the first time. Exporters that
 * compare traced sizes write the same word for different ones, so it names the first only.
 */
static bool first_use(infer *x, dim word)
{
	size_t at = (size_t)(word & UINT32_MAX);
	while (x->words.n <= at) {
		uint8_t *used = vec_push(x->budget, &x->words);
		if (!used)
			return false;
		*used = 0;
	}
	bool first = !x->words.at[at];
	x->words.at[at] = 1;
	return first;
}

/* @return false when the two contradict. */
static bool meet_dim(infer *x, dim inferred, dim declared, dim *out)
{
	int64_t a, b;
	*out = inferred;
	if (inferred == declared || declared == DIM_LOST)
		return true;
	if (inferred == DIM_LOST) {
		*out = declared;
		return true;
	}
	bool is_a = dim_is_number(x->d, inferred, &a), is_b = dim_is_number(x->d, declared, &b);
	if (is_a && is_b)
		return false;
	bool from_data = DIM_KIND(inferred) == DIM_IS_SYMBOL &&
	                 dim_symbol_origin(x->d, inferred) == DIM_DATA;
	bool is_word = DIM_KIND(declared) == DIM_IS_SYMBOL &&
	               dim_symbol_origin(x->d, declared) == DIM_DECLARED;
	if (from_data && is_b)
		*out = declared;
	else if (is_word && first_use(x, declared) && from_data && !x->unsure)
		dim_unify(x->d, inferred, declared, out);
	return true;
}

static uint32_t meet_shapes(infer *x, oray_id value, const infer_type *t, const infer_type *d)
{
	dim at[RANK_MOST];
	infer_type out = *t;
	bool agree = t->n == d->n;
	out.at = at;
	for (uint32_t i = 0; i < t->n && t->n == d->n; i++)
		agree &= meet_dim(x, t->at[i], d->at[i], &at[i]);
	if (!agree)
		contradict_shape(x, value, t, d);
	if (t->n != d->n)
		out.at = t->at;
	if (!out.element)
		out.element = d->element;
	return type_add(x, &out);
}

static const char *type_word(const infer_type *t)
{
	static const char *const kinds[] = {
	    [ORAY_KIND_SPARSE_TENSOR] = "a sparse tensor", [ORAY_KIND_SEQUENCE] = "a sequence",
	    [ORAY_KIND_OPTIONAL] = "an optional",          [ORAY_KIND_MAP] = "a map",
	    [ORAY_KIND_OPAQUE] = "opaque",
	};
	const char *name = oray_type_name(t->element);
	if (t->kind == ORAY_KIND_TENSOR)
		return name ? name : "of a type unknown";
	return t->kind < sizeof kinds / sizeof *kinds && kinds[t->kind] ? kinds[t->kind] : "unknown";
}

static uint32_t meet(infer *x, oray_id value, uint32_t said, uint32_t declared)
{
	if (!declared || said == declared)
		return said;
	if (!said)
		return declared;
	infer_type t = type_get(x, said), d = type_get(x, declared);
	if (d.kind == ORAY_KIND_UNKNOWN)
		return said;
	if (t.kind == ORAY_KIND_UNKNOWN)
		return declared;
	if (t.kind != d.kind || (t.element && d.element && t.element != d.element)) {
		contradict(x, value, "type", type_word(&t), type_word(&d));
		return said;
	}
	if (t.kind != ORAY_KIND_TENSOR && t.kind != ORAY_KIND_SPARSE_TENSOR) {
		infer_type inner = type_get(x, t.inner);
		return !t.inner || inner.kind == ORAY_KIND_UNKNOWN ? declared : said;
	}
	if (t.ranked && d.ranked)
		return type_equal(&t, &d) ? said : meet_shapes(x, value, &t, &d);
	if (d.ranked && (d.element || !t.element))
		return declared;
	if (d.ranked)
		t.ranked = true, t.n = d.n, t.at = d.at;
	if (!t.element)
		t.element = d.element;
	return type_add(x, &t);
}

void engine_conclude(active *a)
{
	infer *x = a->c.x;
	for (size_t i = 0; i < a->c.n_out; i++) {
		oray_id value = a->out[i];
		if (value == ORAY_NONE)
			continue;
		a->said[i] = meet(x, value, a->said[i], a->declared[i]);
		fact_set(x, value, a->said[i], a->contents[i]);
	}
}
