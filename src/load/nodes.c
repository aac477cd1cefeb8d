/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nodes.c - nodes: operator, edges, and where their attributes are.
 */
#include <string.h>

#include "load/loader.h"

enum {
	NODE_INPUT = 1,
	NODE_OUTPUT = 2,
	NODE_NAME = 3,
	NODE_OP = 4,
	NODE_ATTRIBUTE = 5,
	NODE_DOC = 6,
	NODE_DOMAIN = 7,
	NODE_OVERLOAD = 8,
	NODE_METADATA = 9,
	NODE_CONFIGURATION = 10
};

typedef struct node_walk {
	uint32_t depth;
	oray_id id;
	model_node n;
	oray_id domain, op, overload;
	oray_str doc;
	size_t outputs; /* mark in loader.ids: they follow the inputs when these are complete */
} node_walk;

static bool node_child(loader *l, void *context, uint32_t number, range at)
{
	node_walk *w = context;
	switch (number) {
	case NODE_ATTRIBUTE:
		return load_attribute(l, w->n.graph, w->id, w->depth + 1, at);
	case NODE_METADATA:
		return load_pair(l, w->depth + 1, at);
	case NODE_CONFIGURATION:
		return load_node_configuration(l, w->depth + 1, at);
	default:
		return true;
	}
}

/* Without it clang's analyzer takes the address of a member for what may be NULL. */
__attribute__((nonnull(2))) static bool node_field(loader *l, void *context, const wire_head *h,
                                                   const uint8_t *bytes)
{
	node_walk *w = context;
	if (h->number == NODE_DOC) {
		w->doc = loader_text(l, wire_text(h, bytes));
		return l->status == ORAY_OK;
	}
	oray_id name = loader_name(l, wire_text(h, bytes)), *place = NULL;
	switch (h->number) {
	case NODE_INPUT:
		place = vec_push(&l->m->budget, &l->m->edges);
		break;
	case NODE_OUTPUT:
		place = vec_push(&l->m->budget, &l->ids);
		break;
	case NODE_NAME:
		place = &w->n.name;
		break;
	case NODE_OP:
		place = &w->op;
		break;
	case NODE_DOMAIN:
		place = &w->domain;
		break;
	case NODE_OVERLOAD:
		place = &w->overload;
		break;
	default:
		return true;
	}
	if (!place)
		return fail_memory(l, w->n.offset);
	*place = name;
	return l->status == ORAY_OK;
}

/* "ai.onnx" is the long name of the empty domain. */
static oray_id node_op(loader *l, const node_walk *w)
{
	static const char standard[] = "ai.onnx";
	oray_str text = strings_get(&l->m->strings, w->domain);
	bool is_standard =
	    text.size == sizeof standard - 1 && memcmp(text.data, standard, text.size) == 0;
	oray_id domain = is_standard ? l->no_name : w->domain;
	oray_id *recent = &l->recent_ops[w->op % LOADER_RECENT];
	const model_op *known = *recent < l->m->ops.n ? &l->m->ops.at[*recent] : NULL;
	if (known && known->name == w->op && known->domain == domain && known->overload == w->overload)
		return *recent;
	oray_id op = model_op_id(l->m, domain, w->op, w->overload);
	if (op == ORAY_NONE)
		fail_memory(l, w->n.offset);
	return *recent = op;
}

static bool end_edges(loader *l, node_walk *w)
{
	oray_model *m = l->m;
	size_t n_outputs = l->ids.n - w->outputs;
	w->n.n_inputs = (uint32_t)(m->edges.n - w->n.edges);
	if (!vec_reserve(&m->budget, &m->edges, n_outputs))
		return fail_memory(l, w->n.offset);
	for (size_t i = 0; i < n_outputs; i++)
		m->edges.at[m->edges.n++] = l->ids.at[w->outputs + i];
	l->ids.n = w->outputs;
	return true;
}

static bool keep_node_note(loader *l, oray_id node, oray_str doc, size_t pairs)
{
	model_note note = {.owner = node, .doc = doc, .scale = {"", 0}, .zero_point = {"", 0}};
	if (!doc.size && l->pairs.n == pairs && !l->shardings.n)
		return true;
	if (!loader_keep_pairs(l, pairs, &note.metadata, &note.n_metadata))
		return false;
	note.n_shardings = l->shardings.n;
	const void *shardings = NULL;
	if (!loader_keep_list(l, l->shardings.at, l->shardings.n, sizeof *l->shardings.at, &shardings))
		return false;
	note.shardings = shardings;
	l->shardings.n = 0;
	model_note *kept = vec_push(&l->m->budget, &l->m->node_notes);
	if (!kept)
		return fail_memory(l, ORAY_NO_OFFSET);
	*kept = note;
	return true;
}

bool load_node(loader *l, oray_id graph, uint32_t depth, range at)
{
	oray_model *m = l->m;
	if (m->nodes.n >= l->max_nodes)
		return fail(l, ORAY_ERR_LIMIT, ORAY_NO_OFFSET,
		            "more than %u nodes; --max-nodes raises the limit", (unsigned)l->max_nodes);
	node_walk w = {.depth = depth,
	               .id = (oray_id)m->nodes.n,
	               .n = {.name = l->no_name,
	                     .graph = graph,
	                     .edges = (uint32_t)m->edges.n,
	                     .attributes = (uint32_t)m->attributes.n,
	                     .offset = at.offset,
	                     .size = at.size < UINT32_MAX ? (uint32_t)at.size : UINT32_MAX},
	               .domain = l->no_name,
	               .op = l->no_name,
	               .overload = l->no_name,
	               .doc = {"", 0},
	               .outputs = l->ids.n};
	walk_handler handler = {.child = node_child, .field = node_field, .context = &w};
	size_t pairs = l->pairs.n;
	if (!walk(l, KIND_NODE, depth, &at, 1, &handler) || !end_edges(l, &w))
		return false;
	w.n.op = node_op(l, &w);
	w.n.n_attributes = (uint32_t)(m->attributes.n - w.n.attributes);
	if (l->status != ORAY_OK || !keep_node_note(l, w.id, w.doc, pairs))
		return false;
	model_node *kept = vec_push(&m->budget, &m->nodes);
	if (!kept)
		return fail_memory(l, at.offset);
	*kept = w.n;
	return true;
}
