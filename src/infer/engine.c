/* SPDX-License-Identifier: Apache-2.0 */
/*
 * engine.c - the walk over nodes, bodies and functions.
 */
#include <string.h>

#include "infer/engine.h"

static const infer_rule rules[OPS_N_SHAPES] = {
#define SHAPE(name) rule_##name,
#include "ops/rules.inc"
#undef SHAPE
};

static const infer_cost costs[OPS_N_COSTS] = {
#define COST(name) cost_##name,
#include "ops/rules.inc"
#undef COST
};

void rule_none(call *c)
{
	(void)c;
}

dim cost_none(call *c)
{
	(void)c;
	return DIM(0);
}

/* --------------------------------------------------------------- what an operator means -- */

static oray_str domain_of(const infer *x, const model_op *op)
{
	oray_str s = strings_get(&x->m->strings, op->domain);
	return s.size ? s : (oray_str){"ai.onnx", 7};
}

static const meaning *meaning_of(infer *x, oray_id op_id)
{
	oray_id context = x->frame ? x->frame->function : ORAY_NONE;
	uint32_t h = (op_id * 2654435761u) ^ (context * 2246822519u);
	meaning *w = &x->meanings[(h >> 8) % MEANINGS];
	if (w->is_set && w->op == op_id && w->context == context)
		return w;
	const model_op *op = &x->m->ops.at[op_id];
	oray_str domain = domain_of(x, op), name = strings_get(&x->m->strings, op->name);
	int64_t version = 0;
	if (context != ORAY_NONE)
		model_imported(&x->imports, context, domain, &version);
	if (!version)
		model_imported(&x->imports, ORAY_NONE, domain, &version);
	if (!version && !x->m->info.n_opsets && domain.size == 7) /* IR 1 and 2 have no imports */
		version = 1;
	*w = (meaning){op_id, context, NULL, version, true};
	w->row = ops_find(domain.data, domain.size, name.data, name.size, version);
	if (!w->row) /* newer than the import: tools are lenient, and so are we */
		w->row = ops_find(domain.data, domain.size, name.data, name.size, 0);
	if (version <= 0)
		w->opset = w->row ? w->row->since : 1;
	return w;
}

/* --------------------------------------------------------------------------------- calls -- */

void engine_pass(infer *x, oray_id from, oray_id to)
{
	fact_set(x, to, fact_type_id(x, from), fact_contents(x, from));
}

static bool is_active(const infer *x, oray_id function)
{
	for (const frame *f = x->frame; f; f = f->up)
		if (f->function == function)
			return true;
	return false;
}

/* The body of a function, as this call sees it. */
static dim call_function(active *a, oray_id function)
{
	infer *x = a->c.x;
	const oray_function *f = &x->m->functions.at[function];
	const oray_graph *g = &x->m->graphs.at[f->graph];
	if (is_active(x, function)) {
		call_complain(&a->c, "recursive-function", "the function calls itself");
		return DIM_LOST;
	}
	unsigned frames = 0;
	for (const frame *up = x->frame; up; up = up->up)
		frames++;
	if (frames >= FRAMES_MOST) {
		call_warn(&a->c, "deep-functions", "more than %d calls within each other", FRAMES_MOST);
		return DIM_LOST;
	}
	frame own = {x->frame, a->c.node, function};
	bool joining = x->joining;
	uint32_t context = x->context;
	x->context = ++x->n_frames;
	x->joining = true;
	x->frame = &own;
	for (size_t i = 0; i < g->n_inputs; i++) {
		oray_id from = call_value_id(&a->c, i);
		if (from == ORAY_NONE)
			fact_set(x, g->inputs[i], 0, 0);
		else
			engine_pass(x, from, g->inputs[i]);
	}
	dim total = engine_graph(x, f->graph);
	x->frame = own.up;
	x->joining = joining;
	x->context = context;
	for (size_t i = 0; i < a->c.n_out && i < g->n_outputs; i++) {
		a->said[i] = fact_type_id(x, g->outputs[i]);
		a->contents[i] = fact_contents(x, g->outputs[i]);
	}
	return total;
}

/* A bound on all work, so that calls that double at each level end. */
static bool may_go_on(active *a)
{
	infer *x = a->c.x;
	if (x->steps++ < x->most_steps && !x->failed)
		return true;
	if (!x->gave_up && x->counting)
		model_finding(x->m, ORAY_WARNING, "inference-limit", (oray_place){0}, "",
		              "shapes are inferred no further: the model asks for too much work");
	x->gave_up |= x->counting;
	return false;
}

static bool has_room(infer *x, size_t n, active *a)
{
	uint32_t *declared = a->few;
	if (n > FEW_OUTPUTS) {
		declared = arena_alloc(a->scratch, n * 3 * sizeof *declared);
		if (!declared) {
			x->failed = true;
			return false;
		}
	}
	a->declared = declared;
	a->said = declared + n;
	a->contents = a->said + n;
	memset(a->said, 0, n * 2 * sizeof *a->said);
	for (size_t i = 0; i < n; i++) {
		oray_id type = a->out[i] == ORAY_NONE ? ORAY_NONE : x->m->values.at[a->out[i]].type;
		declared[i] = type == ORAY_NONE ? 0 : type_import(x, type);
	}
	return true;
}

static dim cost_of(active *a, const ops_row *row)
{
	infer *x = a->c.x;
	bool container = row && row->category == OPS_CONTROL;
	if (!row || container)
		return DIM(0);
	return count_node(&a->c, x->count, row->cost == OPS_COST_none ? NULL : costs[row->cost]);
}

static dim infer_node(infer *x, oray_id id)
{
	const oray_model *m = x->m;
	const model_node *node = &m->nodes.at[id];
	oray_id function = m->ops.at[node->op].function;
	const meaning *w = meaning_of(x, node->op);
	const ops_row *row = w->row;
	dim total = DIM(0), own = DIM(0);
	active a = {
	    .c = {.x = x, .d = x->d, .model = m, .node = id, .row = row, .opset = w->opset},
	    .scratch = &x->scratch[x->depth],
	};
	a.c.n_in = node->n_inputs;
	a.c.n_out = model_n_outputs(m, id);
	a.in = m->edges.at + node->edges;
	a.out = a.in + node->n_inputs;
	arena_reset(a.scratch);
	if (!has_room(x, a.c.n_out, &a))
		return DIM_LOST;
	if (!may_go_on(&a)) {
		total = own = DIM_LOST;
	} else if (function != ORAY_NONE) {
		total = call_function(&a, function);
	} else if (row) {
		x->body_cost = DIM(0);
		rules[row->shape](&a.c);
		total = row->category == OPS_CONTROL ? x->body_cost : DIM(0);
	}
	engine_conclude(&a);
	if (!total && function == ORAY_NONE)
		own = cost_of(&a, row); /* after what is declared filled the holes */
	x->visited[id] = 1;
	if (x->counting && own)
		x->macs[id] = dim_add(x->d, x->macs[id], dim_mul(x->d, own, x->weight));
	else if (x->counting && total)
		x->macs[id] = dim_add(x->d, x->macs[id], dim_mul(x->d, total, x->weight));
	return !own ? total : !total ? own : dim_add(x->d, own, total);
}

dim engine_graph(infer *x, oray_id graph)
{
	const oray_graph *g = &x->m->graphs.at[graph];
	dim total = DIM(0);
	if (x->depth >= DEPTH_MOST)
		return DIM_LOST;
	x->depth++;
	for (size_t i = 0; i < g->n_nodes; i++) {
		oray_id node = (oray_id)(g->first_node + i);
		dim cost = infer_node(x, x->sorted ? x->sorted[node] : node);
		if (cost)
			total = dim_add(x->d, total, cost);
	}
	x->depth--;
	return total;
}

/* ------------------------------------------------------------------------------ the walk -- */

void engine_set_inputs(infer *x)
{
	const oray_graph *main = &x->m->graphs.at[0];
	for (size_t i = 0; i < main->n_inputs; i++) {
		oray_id value = main->inputs[i];
		const model_value *v = &x->m->values.at[value];
		if (!(v->flags & (VALUE_FROM_TENSOR | VALUE_FROM_SPARSE)))
			x->of_value[value] = type_import_input(x, v->type);
	}
}

static void reset(infer *x)
{
	size_t n = x->m->values.n;
	memset(x->of_value, 0, n * sizeof *x->of_value);
	memset(x->shown, 0, n * sizeof *x->shown);
	memset(x->macs, 0, x->m->nodes.n * sizeof *x->macs);
	memset(x->visited, 0, x->m->nodes.n);
	x->n_frames = x->context = 0;
	x->words.n = 0;
	x->steps = x->work = 0;
	x->gave_up = false;
	model_findings_return(x->m);
}

/* Bodies and functions that nothing led to: what they declare, and what follows from it. */
static void walk_the_rest(infer *x)
{
	x->counting = false;
	for (oray_id g = 1; g < x->m->graphs.n; g++) {
		const oray_graph *graph = &x->m->graphs.at[g];
		if (!graph->n_nodes || x->visited[graph->first_node])
			continue;
		for (size_t i = 0; i < graph->n_inputs; i++) {
			oray_id type = x->m->values.at[graph->inputs[i]].type;
			if (!x->of_value[graph->inputs[i]])
				fact_set(x, graph->inputs[i], type == ORAY_NONE ? 0 : type_import_input(x, type), 0);
		}
		frame own = {NULL, ORAY_NONE, graph->function};
		x->context = ++x->n_frames;
		x->frame = graph->role == ORAY_GRAPH_FUNCTION ? &own : NULL;
		engine_graph(x, g);
		x->frame = NULL;
	}
	x->counting = true;
}

void engine_run(infer *x)
{
	model_findings_mark(x->m);
	uint32_t *inputs = NULL;
	size_t n_inputs = x->m->graphs.at[0].n_inputs;
	inputs = arena_alloc(&x->arena, (n_inputs ? n_inputs : 1) * sizeof *inputs);
	if (!inputs)
		return;
	for (size_t i = 0; i < n_inputs; i++)
		inputs[i] = x->of_value[x->m->graphs.at[0].inputs[i]];
	for (unsigned walk = 0; walk < WALKS_MOST && !x->failed; walk++) {
		size_t bound = dims_bound(x->d);
		if (walk)
			reset(x);
		for (size_t i = 0; i < n_inputs && walk; i++)
			x->of_value[x->m->graphs.at[0].inputs[i]] = inputs[i];
		x->counting = true;
		x->weight = DIM(1);
		engine_graph(x, 0);
		if (dims_bound(x->d) == bound)
			break;
	}
	walk_the_rest(x);
}
