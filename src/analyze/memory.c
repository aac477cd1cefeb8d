/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory.c - how much memory activations take while a model runs.
 *
 *     node     x    a    b    y        Nodes run in the order of the file. A value lives from the
 *     Conv     |    *                  node that makes it to the last that reads it, at any depth;
 *     Relu          |    *             an input from the start, an output to the end. Values do not
 *     Conv               |    *        share memory. Weights, and what is computed from nothing but
 *                                      weights and constants, are not activations.
 *
 * The live set at a node is what lives while it runs, its own outputs included; a node with bodies
 * adds the largest live set inside.
 *
 * With symbols in it, the largest live set is a question of what they stand for. Then it is looked
 * for where all symbols are large and alike, and told as a formula.
 */
#include "analyze/memory.h"

#include <string.h>

#include "base/error.h"
#include "base/heap.h"

enum {
	LARGE = 1024, /* what symbols stand for while the largest live set is looked for */
	NESTING_MOST = 64,
	FORMULAS_MOST = 256, /* different formulas among the sizes of the values of a graph */
	SUMS_MOST = 400000   /* sums of formulas for `live`; later ones are told without */
};

/* A value on its way whose size is not a plain number. */
typedef struct span {
	oray_amount bytes;
	double large;          /* size of the formula where symbols are large */
	uint32_t birth, death; /* positions of nodes */
} span;

typedef struct measurer {
	role_flow *flow;
	const oray_model *model;
	oray_amount *inner; /* by graph: largest live set of a body; valid once `known` */
	bool *known, *busy;
	bool *constant;   /* by value: computed from constants alone */
	bool has_bodies;  /* there are other graphs than the main one */
	oray_amount last; /* the last formula that was measured, and its size */
	double last_at;
	oray_id last_type; /* and the type of the last value, with its size */
	oray_amount last_bytes;
	unsigned depth;
	size_t sums;
	bool failed;
} measurer;

/* A graph on its way: what plain sizes change at each node; the others in order of birth. */
typedef struct run {
	measurer *k;
	const oray_graph *graph;
	uint64_t *delta; /* by position, and one past the last; modulo 2^64 */
	VEC(span) spans;
	uint32_t *by_death;
} run;

static bool is_constant(const measurer *k, oray_id value)
{
	return k->constant[value] || k->flow->facts[value] & FACT_STORED;
}

/* A node whose results could be computed beforehand. */
static bool is_folded(measurer *k, const oray_node *node)
{
	const reading *r;
	bool reads = false;
	for (size_t i = 0; i < node->n_inputs; i++) {
		if (node->inputs[i] == ORAY_NONE)
			continue;
		if (!is_constant(k, node->inputs[i]))
			return false;
		reads = true;
	}
	r = reading_of(&k->flow->readings, node, k->flow->context[node->graph]);
	return r && (r->kind == READ_CONSTANT || (reads && (r->folds || r->kind == READ_GENERATE)));
}

/* Position in the graph of the node that is, or holds, `node`; nodes of a graph are one run. */
static size_t position(const run *r, oray_id node)
{
	oray_node n;
	for (unsigned depth = 0; depth < 1000; depth++) {
		if (node - r->graph->first_node < r->graph->n_nodes)
			return node - r->graph->first_node;
		if (!oray_model_node(r->k->model, node, &n))
			break;
		node = oray_model_graph(r->k->model, n.graph)->parent_node;
	}
	return SIZE_MAX;
}

static double large(measurer *k, oray_amount a)
{
	if (!a.formula)
		return 0;
	if (a.formula != k->last.formula) {
		k->last = (oray_amount){0, a.formula, true};
		k->last_at = oray_amount_at(k->model, k->last, LARGE);
	}
	return k->last_at;
}

static void add_value(run *r, oray_id value, size_t birth)
{
	measurer *k = r->k;
	oray_value v;
	size_t death = birth;
	if (value == ORAY_NONE || is_constant(k, value) || !oray_model_value(k->model, value, &v))
		return;
	for (size_t i = 0; i < v.n_uses; i++) {
		size_t at = position(r, v.uses[i]);
		if (at != SIZE_MAX && at > death)
			death = at;
	}
	if (v.is_output)
		death = r->graph->n_nodes - 1;
	if (v.inferred != k->last_type || v.inferred == ORAY_NONE) {
		k->last_type = v.inferred;
		k->last_bytes = oray_value_bytes(k->model, value);
	}
	if (oray_amount_is_number(k->last_bytes)) {
		r->delta[birth] += k->last_bytes.value;
		r->delta[death + 1] -= k->last_bytes.value;
		return;
	}
	span *s = vec_push(NULL, &r->spans);
	k->failed |= !s;
	if (s)
		*s = (span){k->last_bytes, large(k, k->last_bytes), (uint32_t)birth, (uint32_t)death};
}

static void list_spans(run *r)
{
	const oray_graph *g = r->graph;
	oray_node node;
	for (size_t i = 0; i < g->n_inputs && g->role == ORAY_GRAPH_MAIN; i++)
		add_value(r, g->inputs[i], 0);
	for (size_t i = 0; i < g->n_nodes && !r->k->failed; i++) {
		if (!oray_model_node(r->k->model, (oray_id)(g->first_node + i), &node))
			continue;
		bool folded = is_folded(r->k, &node);
		for (size_t o = 0; o < node.n_outputs; o++) {
			if (folded && node.outputs[o] != ORAY_NONE)
				r->k->constant[node.outputs[o]] = true;
			add_value(r, node.outputs[o], i);
		}
	}
}

/* A counting sort. */
static bool sort_deaths(run *r)
{
	size_t n = r->spans.n, places = r->graph->n_nodes;
	if (!n)
		return true;
	uint32_t *start = heap_zeroed(places + 2, sizeof *start);
	r->by_death = heap_get((n + 1) * sizeof *r->by_death);
	if (start && r->by_death) {
		for (size_t i = 0; i < n; i++)
			start[r->spans.at[i].death + 1]++;
		for (size_t i = 1; i <= places; i++)
			start[i] += start[i - 1];
		for (size_t i = 0; i < n; i++)
			r->by_death[start[r->spans.at[i].death]++] = (uint32_t)i;
	}
	heap_free(start);
	return start && r->by_death;
}

/* ------------------------------------------------------------------------------ bodies -- */

static oray_amount measure_graph(measurer *k, oray_id graph, memory_use *out);

/* Largest live set among the bodies of a node. */
static oray_amount inside(measurer *k, const oray_node *n)
{
	oray_amount most = {0, 0, true};
	const oray_function *f = oray_model_function(k->model, n->function);
	oray_attribute a;
	if (f)
		most = measure_graph(k, f->graph, NULL);
	for (size_t i = 0; i < n->n_attributes; i++) {
		if (!oray_model_attribute(k->model, (oray_id)(n->first_attribute + i), &a) ||
		    a.type != ORAY_ATTR_GRAPH || a.reference.size)
			continue;
		oray_amount body = measure_graph(k, a.v.id, NULL);
		bool exact = body.exact && most.exact;
		if (oray_amount_at(k->model, body, LARGE) > oray_amount_at(k->model, most, LARGE))
			most = body;
		most.exact = exact;
	}
	return most;
}

static oray_amount inside_at(const run *r, size_t at)
{
	oray_node node;
	if (!r->k->has_bodies ||
	    !oray_model_node(r->k->model, (oray_id)(r->graph->first_node + at), &node))
		return (oray_amount){0, 0, true};
	return inside(r->k, &node);
}

/* ------------------------------------------------------------------- along the nodes -- */

/* What is alive. Formulas are counted one by one only where each node is to be told. */
typedef struct alive {
	uint64_t plain; /* bytes of values of plain size */
	uint64_t bytes, holes;
	double large;
	size_t born, dead; /* spans that have come, and gone */
	bool changed;      /* formulas have */
	bool full;
	size_t n;
	uint64_t formula[FORMULAS_MOST];
	uint64_t times[FORMULAS_MOST];
	oray_amount sum; /* of the formulas */
} alive;

static void count_formula(alive *a, uint64_t formula, bool born)
{
	size_t i = 0;
	a->changed = true;
	while (i < a->n && a->formula[i] != formula)
		i++;
	if (i == FORMULAS_MOST) {
		a->full = true;
		return;
	}
	if (i == a->n) {
		a->formula[a->n] = formula;
		a->times[a->n++] = 0;
	}
	a->times[i] += born ? 1 : (uint64_t)-1;
}

static void pass(alive *a, const span *s, bool born, bool formulas)
{
	uint64_t sign = born ? 1 : (uint64_t)-1;
	a->bytes += sign * s->bytes.value;
	a->holes += sign * !s->bytes.exact;
	a->large += born ? s->large : -s->large;
	if (formulas && s->bytes.formula)
		count_formula(a, s->bytes.formula, born);
}

static void arrive(alive *a, const run *r, size_t at, bool formulas)
{
	a->plain += r->delta[at];
	for (; a->dead < r->spans.n && r->spans.at[r->by_death[a->dead]].death < at; a->dead++)
		pass(a, &r->spans.at[r->by_death[a->dead]], false, formulas);
	for (; a->born < r->spans.n && r->spans.at[a->born].birth <= at; a->born++)
		pass(a, &r->spans.at[a->born], true, formulas);
}

static oray_amount formulas_of(alive *a, measurer *k)
{
	if (!a->changed)
		return a->sum;
	a->changed = false;
	a->sum = (oray_amount){0, 0, !a->full && k->sums < SUMS_MOST};
	for (size_t f = 0; a->sum.exact && f < a->n; f++) {
		oray_amount one = {0, a->formula[f], true};
		if (!a->times[f])
			continue;
		a->sum = oray_amount_add(k->model, a->sum, oray_amount_times(k->model, one, a->times[f]));
		k->sums++;
	}
	return a->sum;
}

/*
 * Goes along the nodes. @return where most is alive, with the bytes of plain size there; `holes` when
 * something is unknown.
 */
static size_t sweep(run *r, alive *a, oray_amount *live, bool *holes, uint64_t *plain_there)
{
	const oray_model *m = r->k->model;
	size_t peak = 0;
	double most = -1;
	for (size_t i = 0; i < r->graph->n_nodes; i++) {
		arrive(a, r, i, live != NULL);
		oray_amount inner = inside_at(r, i);
		double now = (double)(a->plain + a->bytes) + a->large + oray_amount_at(m, inner, LARGE);
		*holes |= a->holes || !inner.exact;
		if (now > most) {
			most = now;
			peak = i;
			*plain_there = a->plain;
		}
		if (!live)
			continue;
		oray_amount plain = {a->plain + a->bytes, 0, a->holes == 0};
		live[i] = oray_amount_add(m, plain, oray_amount_add(m, inner, formulas_of(a, r->k)));
	}
	return peak;
}

static oray_amount measure_run(run *r, memory_use *out)
{
	oray_amount sum = {0, 0, false};
	alive *a = heap_zeroed(1, sizeof *a);
	bool holes = false;
	uint64_t plain = 0;
	r->delta = heap_zeroed(r->graph->n_nodes + 2, sizeof *r->delta);
	if (r->delta)
		list_spans(r);
	if (!a || !r->delta || r->k->failed || !sort_deaths(r)) {
		r->k->failed = true;
		heap_free(a);
		return sum;
	}
	a->sum.exact = true;
	size_t peak = sweep(r, a, out ? out->live : NULL, &holes, &plain);
	heap_free(a);
	sum = oray_amount_add(r->k->model, inside_at(r, peak), (oray_amount){plain, 0, true});
	for (size_t i = 0; i < r->spans.n; i++)
		if (r->spans.at[i].birth <= peak && peak <= r->spans.at[i].death)
			sum = oray_amount_add(r->k->model, sum, r->spans.at[i].bytes);
	sum.exact &= !holes;
	if (out)
		out->peak_node = (oray_id)(r->graph->first_node + peak);
	return sum;
}

static oray_amount measure_graph(measurer *k, oray_id graph, memory_use *out)
{
	run r = {.k = k, .graph = oray_model_graph(k->model, graph)};
	oray_amount sum = {0, 0, true};
	if (!r.graph || k->busy[graph] || k->depth >= NESTING_MOST)
		return (oray_amount){0, 0, false};
	if (k->known[graph])
		return k->inner[graph];
	k->busy[graph] = true;
	k->depth++;
	if (r.graph->n_nodes)
		sum = measure_run(&r, out);
	vec_free(NULL, &r.spans);
	heap_free(r.by_death);
	heap_free(r.delta);
	k->depth--;
	k->busy[graph] = false;
	k->known[graph] = true;
	k->inner[graph] = sum;
	return sum;
}

bool memory_measure(role_flow *flow, bool want_live, memory_use *out)
{
	const oray_model *model = flow->model;
	size_t n = oray_model_describe(model)->n_graphs;
	measurer k = {
	    .flow = flow,
	    .model = model,
	    .has_bodies = n > 1,
	    .last_type = ORAY_NONE,
	    .inner = heap_zeroed(n + 1, sizeof *k.inner),
	    .known = heap_zeroed(n + 1, sizeof *k.known),
	    .busy = heap_zeroed(n + 1, sizeof *k.busy),
	    .constant = heap_zeroed(flow->n_values + 1, sizeof *k.constant),
	};
	const oray_graph *main = oray_model_graph(model, 0);
	*out = (memory_use){.peak_node = ORAY_NONE};
	out->n_live = main && want_live ? main->n_nodes : 0;
	if (want_live)
		out->live = heap_zeroed(out->n_live + 1, sizeof *out->live);
	bool ok = k.inner && k.known && k.busy && k.constant && (out->live || !want_live);
	if (ok && main)
		out->peak = measure_graph(&k, 0, out);
	heap_free(k.inner);
	heap_free(k.known);
	heap_free(k.busy);
	heap_free(k.constant);
	return ok && !k.failed;
}

void memory_free(memory_use *use)
{
	heap_free(use->live);
	use->live = NULL;
}
