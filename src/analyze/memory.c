/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory.c - how much memory activations take while a model runs.
 *
 *     node     x    a    b    y        Nodes run in the order of the file. A value lives from the
 *     Conv     |    *                  node that makes it to the last that reads it, at any depth;
 *     Relu          |    *             an input from the start, an output to the end. Values do not
 *     Conv               |    *        share memory. Weights and constants are not activations.
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
	LARGE = 1024,   /* what symbols stand for while the largest live set is looked for */
	NESTING_MOST = 64
};

/* One graph on its way. */
typedef struct span {
	oray_id value;
	size_t birth, death; /* positions of nodes */
} span;

typedef struct measurer {
	const oray_model *model;
	oray_amount *inner; /* by graph: largest live set of a body; exact only once `known` */
	bool *known, *busy;
	unsigned depth;
	bool failed;
} measurer;

static bool is_constant(const oray_model *m, const oray_value *v)
{
	oray_node n;
	return v->initializer != ORAY_NONE || v->sparse != ORAY_NONE ||
	       (v->producer != ORAY_NONE && oray_model_node(m, v->producer, &n) && n.op.size == 8 &&
	        !memcmp(n.op.data, "Constant", 8));
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

static span life_of(const oray_model *m, oray_id graph, const oray_graph *g, oray_id value)
{
	span s = {value, 0, 0};
	oray_value v;
	if (!oray_model_value(m, value, &v) || is_constant(m, &v)) {
		s.value = ORAY_NONE;
		return s;
	}
	if (v.producer != ORAY_NONE)
		s.birth = s.death = v.producer - g->first_node;
	for (size_t i = 0; i < v.n_uses; i++) {
		size_t at = position(m, v.uses[i], graph);
		if (at != SIZE_MAX && at > s.death)
			s.death = at;
	}
	if (v.is_output)
		s.death = g->n_nodes ? g->n_nodes - 1 : 0;
	return s;
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

/* Sum of what lives at one position. */
static oray_amount sum_at(measurer *k, const span *spans, size_t n, size_t at, oray_amount inner)
{
	for (size_t i = 0; i < n; i++)
		if (spans[i].birth <= at && at <= spans[i].death)
			inner = oray_amount_add(k->model, inner, oray_value_bytes(k->model, spans[i].value));
	return inner;
}

static size_t list_spans(measurer *k, oray_id graph, const oray_graph *g, span *spans)
{
	size_t n = 0;
	oray_node node;
	for (size_t i = 0; i < g->n_inputs && g->role == ORAY_GRAPH_MAIN; i++) {
		spans[n] = life_of(k->model, graph, g, g->inputs[i]);
		n += spans[n].value != ORAY_NONE;
	}
	for (size_t i = 0; i < g->n_nodes; i++) {
		if (!oray_model_node(k->model, (oray_id)(g->first_node + i), &node))
			continue;
		for (size_t o = 0; o < node.n_outputs; o++) {
			spans[n] = life_of(k->model, graph, g, node.outputs[o]);
			n += spans[n].value != ORAY_NONE;
		}
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

/* Numbers are summed exactly along the way; what has symbols, where they are large. */
typedef struct level {
	uint64_t born, died; /* bytes that come and go here */
	double born_at, died_at;
	oray_amount inner;
	bool hole; /* something that lives from here on is unknown */
} level;

static void add_span(measurer *k, level *levels, const span *s)
{
	oray_amount bytes = oray_value_bytes(k->model, s->value);
	levels[s->birth].born += bytes.value;
	levels[s->death + 1].died += bytes.value;
	levels[s->birth].hole |= !bytes.exact;
	if (bytes.formula) {
		double at = oray_amount_at(k->model, bytes, LARGE);
		levels[s->birth].born_at += at;
		levels[s->death + 1].died_at += at;
	}
}

static size_t find_peak(const oray_model *m, const level *levels, size_t n, oray_amount *live)
{
	size_t peak = 0;
	double most = -1, symbols = 0;
	uint64_t bytes = 0;
	for (size_t i = 0; i < n; i++) {
		bytes = bytes - levels[i].died + levels[i].born;
		symbols = symbols - levels[i].died_at + levels[i].born_at;
		double now = (double)bytes + symbols + oray_amount_at(m, levels[i].inner, LARGE);
		if (now > most) {
			most = now;
			peak = i;
		}
		if (live)
			live[i] = (oray_amount){bytes + levels[i].inner.value, 0,
			                        symbols < 1 && oray_amount_is_number(levels[i].inner)};
	}
	return peak;
}

static oray_amount fill_levels(measurer *k, const oray_graph *g, level *levels, const span *spans,
                               size_t n, oray_amount *live, oray_id *peak_node)
{
	oray_node node;
	bool holes = false;
	for (size_t i = 0; i < n; i++)
		add_span(k, levels, &spans[i]);
	for (size_t i = 0; i < g->n_nodes; i++) {
		levels[i].inner = (oray_amount){0, 0, true};
		if (oray_model_node(k->model, (oray_id)(g->first_node + i), &node))
			levels[i].inner = inside(k, &node);
		holes |= levels[i].hole || !levels[i].inner.exact;
	}
	size_t peak = find_peak(k->model, levels, g->n_nodes, live);
	oray_amount out = sum_at(k, spans, n, peak, levels[peak].inner);
	out.exact &= !holes;
	if (peak_node)
		*peak_node = g->n_nodes ? (oray_id)(g->first_node + peak) : ORAY_NONE;
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
	span *spans = malloc(most_spans(k->model, g) * sizeof *spans);
	level *levels = calloc(g->n_nodes + 2, sizeof *levels);
	if (spans && levels && g->n_nodes) {
		size_t n = list_spans(k, graph, g, spans);
		out = fill_levels(k, g, levels, spans, n, live, peak_node);
	} else {
		out.exact = spans && levels;
	}
	k->failed |= !spans || !levels;
	free(spans);
	free(levels);
	k->depth--;
	k->busy[graph] = false;
	k->known[graph] = true;
	k->inner[graph] = out;
	return out;
}

bool memory_measure(const oray_model *model, memory_use *out)
{
	const oray_model_info *info = oray_model_describe(model);
	size_t n = info->n_graphs;
	measurer k = {
	    .model = model,
	    .inner = calloc(n + 1, sizeof *k.inner),
	    .known = calloc(n + 1, sizeof *k.known),
	    .busy = calloc(n + 1, sizeof *k.busy),
	};
	const oray_graph *main = oray_model_graph(model, 0);
	*out = (memory_use){.peak_node = ORAY_NONE};
	out->live = calloc(main ? main->n_nodes + 1 : 1, sizeof *out->live);
	out->n_live = main ? main->n_nodes : 0;
	bool ok = k.inner && k.known && k.busy && out->live;
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
