/* SPDX-License-Identifier: Apache-2.0 */
/*
 * infer.c - the door of this room: oray_model_infer().
 */
#include <string.h>

#include "base/error.h"
#include "base/heap.h"
#include "infer/engine.h"

static void *zeroed(infer *x, size_t n, size_t size)
{
	void *p = mem_zeroed(x->budget, n, size);
	x->failed |= !p;
	return p;
}

static bool open_inference(infer *x, oray_model *m, const oray_infer_options *o)
{
	x->m = m;
	x->budget = &m->budget;
	x->arena.budget = x->budget;
	for (size_t i = 0; i <= DEPTH_MOST; i++)
		x->scratch[i].budget = x->budget;
	x->count = (infer_count)o->counting;
	x->n_declared = (uint32_t)m->types.n;
	x->weight = DIM(1);
	x->counting = true;
	x->most_steps = SLOW_STEPS + 20 * (uint64_t)m->nodes.n;
	x->most_work = 2000000 + 200 * (uint64_t)m->nodes.n;
	x->failed |= !model_imports_open(&x->imports, m, x->budget);
	x->d = dims_new(x->budget);
	x->imported = zeroed(x, m->types.n, sizeof *x->imported);
	x->of_value = zeroed(x, m->values.n, sizeof *x->of_value);
	x->shown = zeroed(x, m->values.n, sizeof *x->shown);
	x->holds = zeroed(x, m->values.n, sizeof *x->holds);
	x->macs = zeroed(x, m->nodes.n, sizeof *x->macs);
	x->visited = zeroed(x, m->nodes.n, sizeof *x->visited);
	return x->d && !x->failed && engine_order(x);
}

static void close_inference(infer *x)
{
	mem_budget *b = x->budget;
	size_t values = x->m->values.n, nodes = x->m->nodes.n;
	mem_free(b, x->imported, x->n_declared * sizeof *x->imported);
	mem_free(b, x->of_value, values * sizeof *x->of_value);
	mem_free(b, x->shown, values * sizeof *x->shown);
	mem_free(b, x->holds, values * sizeof *x->holds);
	mem_free(b, x->macs, nodes * sizeof *x->macs);
	mem_free(b, x->visited, nodes);
	mem_free(b, x->sorted, x->sorted ? nodes * sizeof *x->sorted : 0);
	mem_free(b, x->slots, x->n_slots * sizeof *x->slots);
	mem_free(b, x->fresh_slots, x->n_fresh_slots * sizeof *x->fresh_slots);
	vec_free(b, &x->types);
	vec_free(b, &x->contents);
	vec_free(b, &x->fresh);
	vec_free(b, &x->words);
	for (size_t i = 0; i <= DEPTH_MOST; i++)
		arena_free(&x->scratch[i]);
	arena_free(&x->arena);
	model_imports_close(&x->imports, b);
	dims_free(x->d);
}

/* --------------------------------------------------------------- what the user knows better -- */

static oray_id input_named(const infer *x, const char *name)
{
	const oray_graph *main = &x->m->graphs.at[0];
	for (size_t i = 0; i < main->n_inputs; i++) {
		oray_str s = strings_get(&x->m->strings, x->m->values.at[main->inputs[i]].name);
		if (s.size == strlen(name) && !memcmp(s.data, name, s.size))
			return main->inputs[i];
	}
	return ORAY_NONE;
}

static oray_status no_such_input(const infer *x, const char *name, oray_error *err)
{
	const oray_graph *main = &x->m->graphs.at[0];
	buf list = {0};
	for (size_t i = 0; i < main->n_inputs && i < 12; i++) {
		oray_str s = strings_get(&x->m->strings, x->m->values.at[main->inputs[i]].name);
		buf_str(&list, i ? ", " : "");
		buf_add(&list, s.data, s.size);
	}
	error_set(err, ORAY_ERR_USAGE, ORAY_NO_OFFSET, NULL, "no input '%s'; the model has: %s", name,
	          list.n ? buf_text(&list) : "none");
	buf_free(&list);
	return ORAY_ERR_USAGE;
}

/* Where the model has a symbol, the number is the symbol's from now on. */
static void set_shape(infer *x, oray_id value, int32_t element, size_t n, const int64_t *given)
{
	infer_type t = type_get(x, x->of_value[value]);
	dim at[RANK_MOST];
	bool fits = t.ranked && t.n == n;
	for (size_t i = 0; i < n; i++) {
		at[i] = given[i] < 0 ? (fits ? t.at[i] : dim_fresh(x->d, DIM_UNNAMED))
		                     : dim_number(x->d, given[i]);
		if (fits && given[i] >= 0)
			dim_unify(x->d, t.at[i], at[i], NULL);
	}
	infer_type out = infer_tensor(element ? element : t.element, true, n, at);
	x->of_value[value] = type_add(x, &out);
}

static oray_status take_shapes(infer *x, const oray_infer_options *o, oray_error *err)
{
	for (size_t i = 0; i < o->n_shapes; i++) {
		oray_id value = input_named(x, o->shapes[i].name);
		if (value == ORAY_NONE)
			return no_such_input(x, o->shapes[i].name, err);
		if (o->shapes[i].n_dims > RANK_MOST)
			return error_set(err, ORAY_ERR_USAGE, ORAY_NO_OFFSET, NULL,
			                 "the shape of '%s' has more than %d dimensions", o->shapes[i].name,
			                 RANK_MOST);
		set_shape(x, value, 0, o->shapes[i].n_dims, o->shapes[i].dims);
	}
	return ORAY_OK;
}

static void take_contents(infer *x, oray_id value, const oray_input_value *v)
{
	if (!v->at || v->n > (type_is_float(v->type) ? (size_t)FLOATS_MOST : VALUES_MOST))
		return;
	dim *at = arena_alloc(&x->arena, (v->n ? v->n : 1) * sizeof *at);
	if (!at)
		return;
	for (size_t i = 0; i < v->n; i++)
		at[i] = contents_element(x, v->type, &v->at[i]);
	x->holds[value] = contents_add(x, v->n, at, true);
}

static oray_status take_values(infer *x, const oray_infer_options *o, oray_error *err)
{
	for (size_t i = 0; i < o->n_values; i++) {
		const oray_input_value *v = &o->values[i];
		oray_id value = input_named(x, v->name);
		if (value == ORAY_NONE)
			return no_such_input(x, v->name, err);
		if (v->n_dims > RANK_MOST)
			continue;
		/* Files of old test sets hold bfloat16 as uint16: the model's word on the type counts. */
		int32_t declared = type_get(x, x->of_value[value]).element;
		set_shape(x, value, declared ? declared : v->type, v->n_dims, v->dims);
		if (!declared || declared == v->type)
			take_contents(x, value, v);
	}
	return ORAY_OK;
}

static oray_status take_dims(infer *x, const oray_infer_options *o, oray_error *err)
{
	for (size_t i = 0; i < o->n_dims; i++) {
		const char *name = o->dims[i].name;
		dim number = dim_number(x->d, o->dims[i].value);
		if (o->dims[i].value < 0)
			return error_set(err, ORAY_ERR_USAGE, ORAY_NO_OFFSET, NULL,
			                 "dimension '%s' cannot be negative", name);
		if (dim_bind(x->d, name, strlen(name), number))
			continue;
		buf list = {0};
		dims_names(x->d, &list);
		error_set(err, ORAY_ERR_USAGE, ORAY_NO_OFFSET, NULL, "no dimension '%s'; the model has: %s",
		          name, list.n ? buf_text(&list) : "none with a name");
		buf_free(&list);
		return ORAY_ERR_USAGE;
	}
	return ORAY_OK;
}

/* ------------------------------------------------------------------------------ the call -- */

oray_status oray_model_infer(oray_model *model, const oray_infer_options *opts, oray_error *err)
{
	static const oray_infer_options nothing;
	const oray_infer_options *o = opts ? opts : &nothing;
	oray_status status = ORAY_OK;
	if (model->inference.types || !model->graphs.n)
		return ORAY_OK;
	uint64_t failures = heap_failures();
	infer *x = mem_zeroed(NULL, 1, sizeof *x);
	if (!x)
		return error_memory(err);
	if (!open_inference(x, model, o)) {
		status = error_memory(err);
	} else {
		engine_set_inputs(x);
		status = take_dims(x, o, err);
		if (status == ORAY_OK)
			status = take_shapes(x, o, err);
		if (status == ORAY_OK)
			status = take_values(x, o, err);
		if (status == ORAY_OK)
			engine_run(x);
		if (status == ORAY_OK && (!engine_freeze(x) || heap_failures() != failures))
			status = error_memory(err);
	}
	close_inference(x);
	model_settle(model);
	mem_free(NULL, x, sizeof *x);
	return status;
}

bool oray_model_is_inferred(const oray_model *model)
{
	return model->inference.types != NULL;
}

const char *oray_counting_name(oray_counting counting)
{
	static const char *const names[] = {
	    [ORAY_COUNT_MACS] = "macs",     [ORAY_COUNT_FLOPS] = "flops",
	    [ORAY_COUNT_TORCHVISION] = "torchvision", [ORAY_COUNT_FVCORE] = "fvcore",
	    [ORAY_COUNT_THOP] = "thop",     [ORAY_COUNT_ONNX_TOOL] = "onnx-tool",
	};
	return (unsigned)counting < ORAY_N_COUNTINGS ? names[counting] : NULL;
}
