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

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

enum {
	LARGE = 1024, /* what symbols stand for while the largest live set is looked for */
	NESTING_MOST = 64,
	FORMULAS_MOST = 256, /* different formulas among the sizes of the values of a graph */
	SUMS_MOST = 400000   /* sums of formulas for `live`; later ones are told without */
};

/* A value on its way. */
typedef struct span {
	oray_amount bytes;
	size_t birth, death; /* positions of nodes */
} span;

typedef struct measurer {
	role_flow *flow;
	const oray_model *model;
	oray_amount *inner; /* by graph: largest live set of a body; valid once `known` */
	bool *known, *busy;
	unsigned depth;
	size_t sums;
	bool failed;
} measurer;

/* What comes and goes at a node. Numbers are summed exactly; formulas where symbols are large. */
typedef struct level {
	uint64_t born, died;
	double born_at, died_at;
	uint32_t holes_born, holes_died; /* values of unknown size */
	size_t first_birth, first_death; /* spans with a formula, linked; SIZE_MAX ends */
	oray_amount inner;
} level;

static bool is_constant(measurer *k, oray_id value)
{
	return k->flow->facts[role_head(k->flow, value)] & FACT_CONSTANT;
}

/* Position in `graph` of the node that is, or holds, `node`. */
static size_t position(const oray_model *m, oray_id node, oray_id graph)
{
	oray_node n;
	for (unsigned depth = 0; depth < 1000 && oray_model_node(m, node, &n); depth++) {
		const oray_graph *g = oray_model_graph(m, n.graph);
		if (n.graph == graph)
			return node - g->first_node;
		node = g->parent_node;
	}
	return SIZE_MAX;
}

/* @return false for what is no activation. */
static bool life_of(measurer *k, oray_id graph, const oray_graph *g, oray_id value, span *s)
{
	oray_value v;
	if (!oray_model_value(k->model, value, &v) || is_constant(k, value))
		return false;
	*s = (span){.bytes = oray_value_bytes(k->model, value)};
	if (v.producer != ORAY_NONE)
		s->birth = s->death = v.producer - g->first_node;
	for (size_t i = 0; i < v.n_uses; i++) {
		size_t at = position(k->model, v.uses[i], graph);
		if (at != SIZE_MAX && at > s->death)
			s->death = at;
	}
	if (v.is_output)
		s->death = g->n_nodes - 1;
	return true;
}

static oray_amount measure_graph(measurer *k, oray_id graph, oray_amount *live, oray_id *peak_node);

/* Largest live set among the bodies of a node. */
static oray_amount inside(measurer *k, const oray_node *n)
{
	oray_amount most = {0, 0, true};
	const oray_function *f = oray_model_function(k->model, n->function);
	oray_attribute a;
	if (f)
		most = measure_graph(k, f->graph, NULL, NULL);
	for (size_t i = 0; i < n->n_attributes; i++) {
		if (!oray_model_attribute(k->model, (oray_id)(n->first_attribute + i), &a) ||
		    a.type != ORAY_ATTR_GRAPH || a.reference.size)
			continue;
		oray_amount body = measure_graph(k, a.v.id, NULL, NULL);
		bool exact = body.exact && most.exact;
		if (oray_amount_at(k->model, body, LARGE) > oray_amount_at(k->model, most, LARGE))
			most = body;
		most.exact = exact;
	}
	return most;
}

static size_t list_spans(measurer *k, oray_id graph, const oray_graph *g, span *spans)
{
	size_t n = 0;
	oray_node node;
	for (size_t i = 0; i < g->n_inputs && g->role == ORAY_GRAPH_MAIN; i++)
		n += life_of(k, graph, g, g->inputs[i], &spans[n]);
	for (size_t i = 0; i < g->n_nodes; i++) {
		if (!oray_model_node(k->model, (oray_id)(g->first_node + i), &node))
			continue;
		for (size_t o = 0; o < node.n_outputs; o++)
			if (node.outputs[o] != ORAY_NONE)
				n += life_of(k, graph, g, node.outputs[o], &spans[n]);
	}
	return n;
}

static size_t most_spans(const oray_model *m, const oray_graph *g)
{
	size_t n = g->n_inputs + 1;
	oray_node node;
	for (size_t i = 0; i < g->n_nodes; i++)
		if (oray_model_node(m, (oray_id)(g->first_node + i), &node))
			n += node.n_outputs;
	return n;
}

/* `next` has two links for each span: among those born, and among those that die, together. */
static void add_span(measurer *k, level *levels, const span *spans, size_t i, size_t *next)
{
	const span *s = &spans[i];
	level *from = &levels[s->birth], *to = &levels[s->death + 1];
	from->born += s->bytes.value;
	to->died += s->bytes.value;
	from->holes_born += !s->bytes.exact;
	to->holes_died += !s->bytes.exact;
	if (!s->bytes.formula)
		return;
	double at = oray_amount_at(k->model, (oray_amount){0, s->bytes.formula, true}, LARGE);
	from->born_at += at;
	to->died_at += at;
	next[2 * i] = from->first_birth;
	from->first_birth = i;
	next[2 * i + 1] = to->first_death;
	to->first_death = i;
}

/* Numbers of `live`, and where the peak is. */
static size_t find_peak(const oray_model *m, const level *levels, size_t n, oray_amount *live)
{
	size_t peak = 0;
	double most = -1, symbols = 0;
	uint64_t bytes = 0, holes = 0;
	for (size_t i = 0; i < n; i++) {
		bytes = bytes - levels[i].died + levels[i].born;
		symbols = symbols - levels[i].died_at + levels[i].born_at;
		holes = holes - levels[i].holes_died + levels[i].holes_born;
		double now = (double)bytes + symbols + oray_amount_at(m, levels[i].inner, LARGE);
		if (now > most) {
			most = now;
			peak = i;
		}
		if (live)
			live[i] = oray_amount_add(m, (oray_amount){bytes, 0, holes == 0}, levels[i].inner);
	}
	return peak;
}

/* Different formulas that are alive, and how often. */
typedef struct alive {
	size_t n;
	uint64_t formula[FORMULAS_MOST];
	uint64_t times[FORMULAS_MOST];
	bool full;
} alive;

static void alive_count(alive *a, uint64_t formula, bool born)
{
	size_t i = 0;
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

/* Adds formulas to the numbers of `live`. */
static void add_formulas(measurer *k, const level *levels, size_t n, const span *spans,
                         const size_t *next, oray_amount *live)
{
	alive *a = calloc(1, sizeof *a);
	oray_amount sum = {0, 0, true};
	k->failed |= !a;
	for (size_t i = 0; a && i < n; i++) {
		bool changed = levels[i].first_birth != SIZE_MAX || levels[i].first_death != SIZE_MAX;
		for (size_t s = levels[i].first_birth; s != SIZE_MAX; s = next[2 * s])
			alive_count(a, spans[s].bytes.formula, true);
		for (size_t s = levels[i].first_death; s != SIZE_MAX; s = next[2 * s + 1])
			alive_count(a, spans[s].bytes.formula, false);
		if (changed)
			sum = (oray_amount){0, 0, !a->full && k->sums < SUMS_MOST};
		for (size_t f = 0; changed && sum.exact && f < a->n; f++) {
			if (!a->times[f])
				continue;
			oray_amount one = {0, a->formula[f], true};
			sum = oray_amount_add(k->model, sum, oray_amount_times(k->model, one, a->times[f]));
			k->sums++;
		}
		live[i] = oray_amount_add(k->model, live[i], sum);
	}
	free(a);
}

static oray_amount fill_levels(measurer *k, const oray_graph *g, level *levels, const span *spans,
                               size_t n, size_t *next, oray_amount *live, oray_id *peak_node)
{
	oray_node node;
	bool holes = false;
	for (size_t i = 0; i < g->n_nodes + 2; i++)
		levels[i] = (level){.first_birth = SIZE_MAX, .first_death = SIZE_MAX};
	for (size_t i = 0; i < n; i++)
		add_span(k, levels, spans, i, next);
	for (size_t i = 0; i < g->n_nodes; i++) {
		levels[i].inner = (oray_amount){0, 0, true};
		if (oray_model_node(k->model, (oray_id)(g->first_node + i), &node))
			levels[i].inner = inside(k, &node);
		holes |= levels[i].holes_born || !levels[i].inner.exact;
	}
	size_t peak = find_peak(k->model, levels, g->n_nodes, live);
	if (live)
		add_formulas(k, levels, g->n_nodes, spans, next, live);
	oray_amount out = levels[peak].inner;
	for (size_t i = 0; i < n; i++)
		if (spans[i].birth <= peak && peak <= spans[i].death)
			out = oray_amount_add(k->model, out, spans[i].bytes);
	out.exact &= !holes;
	if (peak_node)
		*peak_node = (oray_id)(g->first_node + peak);
	return out;
}

static oray_amount measure_graph(measurer *k, oray_id graph, oray_amount *live, oray_id *peak_node)
{
	oray_amount out = {0, 0, false};
	const oray_graph *g = oray_model_graph(k->model, graph);
	if (!g || k->busy[graph] || k->depth >= NESTING_MOST)
		return out;
	if (k->known[graph])
		return k->inner[graph];
	k->busy[graph] = true;
	k->depth++;
	size_t most = most_spans(k->model, g);
	span *spans = malloc(most * sizeof *spans);
	size_t *next = malloc(2 * most * sizeof *next);
	level *levels = malloc((g->n_nodes + 2) * sizeof *levels);
	if (spans && levels && next && g->n_nodes) {
		size_t n = list_spans(k, graph, g, spans);
		out = fill_levels(k, g, levels, spans, n, next, live, peak_node);
	} else {
		out.exact = spans && levels && next;
	}
	k->failed |= !spans || !levels || !next;
	free(spans);
	free(levels);
	free(next);
	k->depth--;
	k->busy[graph] = false;
	k->known[graph] = true;
	k->inner[graph] = out;
	return out;
}

bool memory_measure(role_flow *flow, bool want_live, memory_use *out)
{
	const oray_model *model = flow->model;
	size_t n = oray_model_describe(model)->n_graphs;
	measurer k = {
	    .flow = flow,
	    .model = model,
	    .inner = calloc(n + 1, sizeof *k.inner),
	    .known = calloc(n + 1, sizeof *k.known),
	    .busy = calloc(n + 1, sizeof *k.busy),
	};
	const oray_graph *main = oray_model_graph(model, 0);
	*out = (memory_use){.peak_node = ORAY_NONE};
	out->n_live = main && want_live ? main->n_nodes : 0;
	if (want_live)
		out->live = calloc(out->n_live + 1, sizeof *out->live);
	bool ok = k.inner && k.known && k.busy && (out->live || !want_live);
	if (ok && main)
		out->peak = measure_graph(&k, 0, out->live, &out->peak_node);
	free(k.inner);
	free(k.known);
	free(k.busy);
	return ok && !k.failed;
}

void memory_free(memory_use *use)
{
	free(use->live);
	use->live = NULL;
}
