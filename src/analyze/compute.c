/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compute.c - what nodes cost, and of which nodes that is not known.
 *
 * The engine told the cost of each node, over all its executions. Nodes that hold bodies, or call
 * functions, have that of what is inside; so the cost of a model is the sum over its main graph.
 *
 * Walks look at the engine's own list first: most nodes cost nothing, and a model has many.
 */
#include "analyze/compute.h"


#include "base/heap.h"
#include "analyze/memory.h"
#include "model/model.h"

#define NESTING_MOST 16
#define INPUTS_MOST  64 /* of a node, that are compared with each other */

static const oray_amount nothing = {0, 0, true}, unknown = {0, 0, false};

/* A node that runs its bodies as often as it likes: a search for the best text. */
static bool is_opaque(const reading *r)
{
	return r->category == OPS_CONTROL && r->row && r->row->cost == OPS_COST_unknown;
}

/* True for graphs that run nobody knows how often. */
static bool is_within_opaque(const role_flow *flow, oray_id graph)
{
	const oray_graph *g = oray_model_graph(flow->model, graph);
	oray_node parent;

	for (unsigned depth = 0; g && depth < NESTING_MOST; depth++) {
		if (!oray_model_node(flow->model, g->parent_node, &parent))
			return false;
		const ops_row *row =
		    ops_find(parent.domain.data, parent.domain.size, parent.op.data, parent.op.size, 0);
		if (row && row->category == OPS_CONTROL && row->cost == OPS_COST_unknown)
			return true;
		g = oray_model_graph(flow->model, parent.graph);
	}
	return false;
}

/* Tools are lenient where a model uses an operator that is newer than its opset; so is the engine.
 */
static bool is_known_operator(const oray_node *node, const reading *r)
{
	return r->row ||
	       ops_find(node->domain.data, node->domain.size, node->op.data, node->op.size, 0);
}

bool compute_costs_anything(role_flow *flow)
{
	oray_node node;
	oray_amount cost;

	for (oray_id g = 0; g < flow->n_graphs; g++) {
		const oray_graph *graph = oray_model_graph(flow->model, g);
		for (size_t i = 0; flow->context[g] != ROLE_TRAINING && i < graph->n_nodes; i++) {
			oray_id id = (oray_id)(graph->first_node + i);
			const reading *r;
			if (oray_model_node(flow->model, id, &node) &&
			    (r = reading_of(&flow->readings, &node, flow->context[g])) &&
			    compute_cost(flow, id, &node, r, &cost) == COST_OWN)
				return true;
		}
	}
	return false;
}

cost_kind compute_cost(const role_flow *flow, oray_id id, const oray_node *node, const reading *r,
                       oray_amount *out)
{
	const oray_model *model = flow->model;
	bool inferred = oray_model_is_inferred(model);
	bool container = node->function != ORAY_NONE || r->category == OPS_CONTROL;

	*out = unknown;
	if (is_opaque(r))
		return COST_OWN;
	if (container) {
		if (inferred && !oray_node_cost(model, id, out))
			*out = nothing;
		return COST_INSIDE;
	}
	if (oray_node_cost(model, id, out)) {
		if (is_within_opaque(flow, node->graph))
			*out = unknown;
		return COST_OWN;
	}
	if (r->counts_macs || (inferred && !is_known_operator(node, r)))
		return COST_OWN;
	*out = nothing;
	return COST_NONE;
}

oray_amount compute_outputs(const oray_model *model, const oray_node *node)
{
	oray_amount sum = nothing;

	for (size_t i = 0; i < node->n_outputs; i++)
		if (node->outputs[i] != ORAY_NONE)
			sum = oray_amount_add(model, sum, oray_value_bytes(model, node->outputs[i]));
	return sum;
}

/* Of weights the tensor says it. */
static oray_amount bytes_of(const oray_model *model, oray_id value)
{
	oray_value v;
	oray_tensor tensor;
	oray_sparse sparse;

	if (!oray_model_value(model, value, &v))
		return unknown;
	if (oray_model_tensor(model, v.initializer, &tensor) ||
	    (oray_model_sparse(model, v.sparse, &sparse) &&
	     oray_model_tensor(model, sparse.values, &tensor)))
		return (oray_amount){tensor.bytes.value, 0, tensor.bytes.exact};
	return oray_value_bytes(model, value);
}

static bool was_read(const oray_node *node, size_t input)
{
	for (size_t i = 0; i < input && i < INPUTS_MOST; i++)
		if (node->inputs[i] == node->inputs[input])
			return true;
	return false;
}

oray_amount compute_moved(const oray_model *model, const oray_node *node)
{
	oray_amount sum = compute_outputs(model, node);

	for (size_t i = 0; i < node->n_inputs; i++)
		if (node->inputs[i] != ORAY_NONE && !was_read(node, i))
			sum = oray_amount_add(model, sum, bytes_of(model, node->inputs[i]));
	return sum;
}

/* ------------------------------------------------------------------------------ shapes -- */

static knowledge tensor_knowledge(const oray_model *model, const oray_type *t)
{
	knowledge least = SHAPE_KNOWN;

	if (!t->has_shape)
		return SHAPE_UNKNOWN;
	for (size_t i = 0; i < t->n_dims; i++) {
		if (MODEL_DIM_KIND(model->type_dims.at[model->types.at[t->id].dims + i]) == DIM_NUMBER)
			continue;
		oray_dim dim = oray_model_dim(model, t->id, i);
		knowledge k = dim.kind == ORAY_DIM_VALUE && dim.value >= 0     ? SHAPE_KNOWN
		              : dim.kind == ORAY_DIM_SYMBOL && dim.symbol.size ? SHAPE_SYMBOLIC
		                                                               : SHAPE_HOLES;
		if (k < least)
			least = k;
	}
	return least;
}

knowledge compute_knowledge(const oray_model *model, oray_id type)
{
	oray_type t;

	for (unsigned depth = 0; depth < NESTING_MOST && oray_model_type(model, type, &t); depth++) {
		if (t.kind == ORAY_KIND_TENSOR || t.kind == ORAY_KIND_SPARSE_TENSOR)
			return tensor_knowledge(model, &t);
		if (t.kind == ORAY_KIND_MAP || t.kind == ORAY_KIND_OPAQUE)
			return SHAPE_KNOWN;
		if (t.kind == ORAY_KIND_UNKNOWN)
			break;
		type = t.inner;
	}
	return SHAPE_UNKNOWN;
}

static bool all_told(const oray_model *model, const oray_id *values, size_t n)
{
	oray_value v;

	for (size_t i = 0; i < n; i++)
		if (oray_model_value(model, values[i], &v) && v.initializer == ORAY_NONE &&
		    v.sparse == ORAY_NONE && compute_knowledge(model, v.inferred) <= SHAPE_HOLES)
			return false;
	return true;
}

static bool is_culprit(const oray_model *model, const oray_node *node)
{
	return !all_told(model, node->outputs, node->n_outputs) &&
	       all_told(model, node->inputs, node->n_inputs);
}

/* ----------------------------------------------------------------------------- summary -- */

static void name_operator(oray_summary *s, oray_id id, const oray_node *node)
{
	oray_node other;

	for (size_t i = 0; i < s->compute.n_unknown_ops; i++)
		if (oray_model_node(s->model, s->compute.unknown_ops[i], &other) &&
		    other.op_type == node->op_type)
			return;
	if (s->compute.n_unknown_ops < ORAY_EXAMPLES)
		s->compute.unknown_ops[s->compute.n_unknown_ops++] = id;
}

static void add_cost(oray_summary *s, oray_id id, const oray_node *node, cost_kind kind,
                     oray_amount cost)
{
	if (kind == COST_OWN && cost.exact)
		s->compute.macs_nodes++;
	if (kind == COST_OWN && !cost.exact) {
		s->compute.macs_unknown_nodes++;
		name_operator(s, id, node);
	}
	if (node->graph == 0 && (kind == COST_OWN || oray_model_is_inferred(s->model)))
		s->compute.macs = oray_amount_add(s->model, s->compute.macs, cost);
}

/* Bodies say better than the node that holds them where a shape was lost. */
static void add_culprit(oray_summary *s, oray_id id, bool container, bool want_containers)
{
	if (container != want_containers)
		return;
	if (s->shapes.n_culprits < ORAY_EXAMPLES)
		s->shapes.culprits[s->shapes.n_culprits] = id;
	s->shapes.n_culprits++;
}

typedef struct walker {
	oray_summary *summary;
	role_flow *flow;
	uint8_t *free_ops; /* by operator: costs nothing, unless the engine says so of a node */
	bool costs;        /* add up costs */
	bool culprits, containers;
	bool failed;
} walker;

/* Most nodes: no cost, whatever is counted, and an operator that has none. */
static bool is_free(const walker *w, oray_id id)
{
	const oray_model *m = w->flow->model;
	return !w->culprits && id < m->inference.n_costs && !m->inference.costs[id] &&
	       w->free_ops[m->nodes.at[id].op];
}

static void walk_node(walker *w, oray_id id, oray_id graph)
{
	oray_node node;
	oray_amount cost;

	if (!oray_model_node(w->flow->model, id, &node))
		return;
	const reading *r = reading_of(&w->flow->readings, &node, w->flow->context[graph]);
	if (!r) {
		w->failed = true;
		return;
	}
	cost_kind kind = compute_cost(w->flow, id, &node, r, &cost);
	w->free_ops[node.op_type] = kind == COST_NONE;
	if (w->costs)
		add_cost(w->summary, id, &node, kind, cost);
	if (w->culprits && is_culprit(w->flow->model, &node))
		add_culprit(w->summary, id, kind == COST_INSIDE, w->containers);
}

static void walk(walker *w)
{
	for (oray_id g = 0; g < w->flow->n_graphs; g++) {
		const oray_graph *graph = oray_model_graph(w->flow->model, g);
		for (size_t i = 0; w->flow->context[g] != ROLE_TRAINING && i < graph->n_nodes; i++)
			if (!is_free(w, (oray_id)(graph->first_node + i)))
				walk_node(w, (oray_id)(graph->first_node + i), g);
	}
}

static bool walk_all(oray_summary *s, role_flow *flow, bool lost)
{
	walker w = {.summary = s, .flow = flow, .costs = true, .culprits = lost};

	w.free_ops = heap_zeroed(flow->model->ops.n + 1, sizeof *w.free_ops);
	if (!w.free_ops)
		return false;
	walk(&w);
	if (lost && !s->shapes.n_culprits) {
		w.containers = true;
		w.costs = false;
		walk(&w);
	}
	heap_free(w.free_ops);
	return !w.failed;
}

bool compute_summarize(oray_summary *s, role_flow *flow, bool lost)
{
	bool inferred = oray_model_is_inferred(flow->model);
	memory_use use;

	s->compute.macs = nothing;
	s->compute.peak = unknown;
	s->compute.peak_node = ORAY_NONE;
	if (!walk_all(s, flow, lost && inferred))
		return false;
	if (!s->compute.macs_nodes && !s->compute.macs_unknown_nodes)
		s->compute.macs = nothing;
	s->compute.macs.exact &= s->compute.macs_unknown_nodes == 0;
	if (!inferred)
		return true;
	bool ok = memory_measure(flow, false, &use);
	s->compute.peak = use.peak;
	s->compute.peak_node = use.peak.exact ? use.peak_node : ORAY_NONE;
	memory_free(&use);
	return ok;
}
