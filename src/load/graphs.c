/* SPDX-License-Identifier: Apache-2.0 */
/*
 * graphs.c - the messages that may hold a hundred thousand children: model, graph, function.
 *
 * They are streamed: a child is loaded when the walk meets it and forgotten. The model is walked
 * first, over its graph, so that opsets and functions are known and only then the queue of graphs
 * is worked off: main graph, functions, training, and the bodies found on the way.
 */
#include <string.h>

#include "load/loader.h"
#include "load/verify.h"

enum {
	MODEL_GRAPH = 7,
	MODEL_OPSETS = 8,
	MODEL_METADATA = 14,
	MODEL_TRAINING = 20,
	MODEL_FUNCTIONS = 25,
	MODEL_CONFIGURATIONS = 26
};
enum {
	GRAPH_NODE = 1,
	GRAPH_INITIALIZER = 5,
	GRAPH_INPUT = 11,
	GRAPH_OUTPUT = 12,
	GRAPH_VALUE_INFO = 13,
	GRAPH_ANNOTATION = 14,
	GRAPH_SPARSE = 15,
	GRAPH_METADATA = 16
};
enum {
	FUNCTION_NODE = 7,
	FUNCTION_OPSETS = 9,
	FUNCTION_DEFAULTS = 11,
	FUNCTION_VALUE_INFO = 12,
	FUNCTION_METADATA = 14
};
enum { TRAINING_INITIALIZATION = 1, TRAINING_ALGORITHM = 2 };

bool queue_graph(loader *l, oray_graph_role role, oray_id node, oray_id attribute, uint32_t nesting,
                 uint32_t depth, const range *pieces, size_t n, oray_id *out)
{
	mem_budget *b = &l->m->budget;
	oray_graph *g = vec_push(b, &l->m->graphs);
	pending *p = g ? vec_push(b, &l->queue) : NULL;
	if (!p)
		return fail_memory(l, n ? pieces[0].offset : 0);
	*g = (oray_graph){.role = role,
	                  .name = {"", 0},
	                  .doc = {"", 0},
	                  .parent_node = node,
	                  .attribute = attribute,
	                  .function = ORAY_NONE,
	                  .depth = nesting,
	                  .offset = n ? pieces[0].offset : 0};
	*out = (oray_id)(l->m->graphs.n - 1);
	*p = (pending){.graph = *out, .depth = depth, .first = l->ranges.n, .n = n};
	for (size_t i = 0; i < n; i++) {
		range *r = vec_push(b, &l->ranges);
		if (!r)
			return fail_memory(l, pieces[i].offset);
		*r = pieces[i];
	}
	return true;
}

bool load_pair(loader *l, uint32_t depth, range at)
{
	Onnx__StringStringEntryProto *p = walk_flat(l, KIND_PAIR, depth, at);
	if (!p)
		return false;
	oray_pair *pair = vec_push(&l->m->budget, &l->pairs);
	if (!pair)
		return fail_memory(l, at.offset);
	*pair = (oray_pair){loader_text(l, p->key), loader_text(l, p->value)};
	loader_done(l);
	return l->status == ORAY_OK;
}

bool load_opset(loader *l, uint32_t depth, range at)
{
	Onnx__OperatorSetIdProto *p = walk_flat(l, KIND_OPSET, depth, at);
	if (!p)
		return false;
	oray_opset *opset = vec_push(&l->m->budget, &l->opsets);
	if (!opset)
		return fail_memory(l, at.offset);
	*opset = (oray_opset){loader_text(l, p->domain), p->has_version ? p->version : 0};
	if (!opset->domain.size)
		opset->domain = (oray_str){"ai.onnx", 7};
	loader_done(l);
	return l->status == ORAY_OK;
}

static bool keep_opsets(loader *l, size_t mark, const oray_opset **out, size_t *n)
{
	*n = l->opsets.n - mark;
	oray_opset *copy = arena_alloc(&l->m->arena, *n * sizeof *copy);
	if (!copy)
		return fail_memory(l, ORAY_NO_OFFSET);
	if (*n)
		memcpy(copy, l->opsets.at + mark, *n * sizeof *copy);
	l->opsets.n = mark;
	*out = copy;
	return true;
}

static bool push_id(loader *l, model_id_list *list, oray_id id)
{
	oray_id *p = vec_push(&l->m->budget, list);
	if (!p)
		return fail_memory(l, ORAY_NO_OFFSET);
	*p = id;
	return true;
}

/* ------------------------------------------------------------------ graph */

typedef struct graph_walk {
	oray_id id;
	uint32_t depth;
} graph_walk;

static bool declare_interface(loader *l, graph_walk *g, range at, bool is_input)
{
	model_declaration d;
	if (!load_value_info(l, g->depth + 1, at, &d))
		return false;
	d.graph = g->id;
	if (l->m->thorough)
		verify_interface(l, &d, is_input, at.offset);
	/* Documentation and metadata stay with the name until it is linked. */
	if (d.note != ORAY_NONE) {
		model_declaration *kept = vec_push(&l->m->budget, &l->names.value_infos);
		if (!kept)
			return fail_memory(l, at.offset);
		*kept = d;
		kept->type = ORAY_NONE;
	}
	return is_input ? push_id(l, &l->inputs, d.name) && push_id(l, &l->names.input_types, d.type)
	                : push_id(l, &l->outputs, d.name) && push_id(l, &l->names.output_types, d.type);
}

static bool declare_value(loader *l, graph_walk *g, range at)
{
	model_declaration d;
	if (!load_value_info(l, g->depth + 1, at, &d))
		return false;
	d.graph = g->id;
	model_declaration *kept = vec_push(&l->m->budget, &l->names.value_infos);
	if (!kept)
		return fail_memory(l, at.offset);
	*kept = d;
	return true;
}

static bool is_key(oray_str s, const char *key)
{
	return s.size == strlen(key) && memcmp(s.data, key, s.size) == 0;
}

static bool annotate(loader *l, graph_walk *g, range at)
{
	size_t mark = l->children.n, pairs = l->pairs.n;
	walk_handler collect = {.child = walk_collect};
	Onnx__TensorAnnotation *p = walk(l, KIND_ANNOTATION, g->depth + 1, &at, 1, &collect);
	if (!p)
		return false;
	oray_id name = loader_name(l, p->tensor_name);
	loader_done(l);
	for (size_t i = mark; i < l->children.n; i++)
		if (!load_pair(l, g->depth + 2, l->children.at[i].at))
			return false;
	l->children.n = mark;
	model_note note = {.doc = {"", 0}, .scale = {"", 0}, .zero_point = {"", 0}};
	for (size_t i = pairs; i < l->pairs.n; i++) {
		if (is_key(l->pairs.at[i].key, "SCALE_TENSOR"))
			note.scale = l->pairs.at[i].value;
		else if (is_key(l->pairs.at[i].key, "ZERO_POINT_TENSOR"))
			note.zero_point = l->pairs.at[i].value;
	}
	l->pairs.n = pairs;
	model_note *kept = vec_push(&l->m->budget, &l->names.notes);
	model_declaration *d = kept ? vec_push(&l->m->budget, &l->names.value_infos) : NULL;
	if (!d)
		return fail_memory(l, at.offset);
	*kept = note;
	*d = (model_declaration){g->id, name, ORAY_NONE, (oray_id)(l->names.notes.n - 1)};
	return l->status == ORAY_OK;
}

static bool graph_child(loader *l, void *context, uint32_t number, range at)
{
	graph_walk *g = context;
	oray_id id;
	if (number == GRAPH_INITIALIZER) /* worth having even when its data is cut off */
		return load_tensor(l, g->id, ORAY_NONE, g->depth + 1, &at, 1, &id) &&
		       push_id(l, &l->initializers, id);
	if (is_cut(l, at))
		return true;
	switch (number) {
	case GRAPH_NODE:
		return load_node(l, g->id, g->depth + 1, at);
	case GRAPH_INPUT:
	case GRAPH_OUTPUT:
		return declare_interface(l, g, at, number == GRAPH_INPUT);
	case GRAPH_VALUE_INFO:
		return declare_value(l, g, at);
	case GRAPH_ANNOTATION:
		return annotate(l, g, at);
	case GRAPH_SPARSE:
		return load_sparse(l, g->id, ORAY_NONE, g->depth + 1, &at, 1, &id) &&
		       push_id(l, &l->sparse, id);
	case GRAPH_METADATA:
		return load_pair(l, g->depth + 1, at);
	default:
		return true;
	}
}

static void begin_graph(loader *l, oray_id id)
{
	l->inputs.n = l->outputs.n = l->initializers.n = l->sparse.n = 0;
	l->m->graphs.at[id].first_node = (oray_id)l->m->nodes.n;
}

/* Lists collected while walking move to the model. Names become values when linked. */
static bool end_graph(loader *l, oray_id id)
{
	oray_graph *g = &l->m->graphs.at[id];
	g->n_nodes = l->m->nodes.n - g->first_node;
	g->n_inputs = l->inputs.n;
	g->n_outputs = l->outputs.n;
	g->n_initializers = l->initializers.n;
	g->n_sparse = l->sparse.n;
	g->inputs = model_ids(l->m, l->inputs.at, l->inputs.n);
	g->outputs = model_ids(l->m, l->outputs.at, l->outputs.n);
	g->initializers = model_ids(l->m, l->initializers.at, l->initializers.n);
	g->sparse = model_ids(l->m, l->sparse.at, l->sparse.n);
	if (!g->inputs || !g->outputs || !g->initializers || !g->sparse)
		return fail_memory(l, g->offset);
	return loader_keep_pairs(l, 0, &g->metadata, &g->n_metadata);
}

static bool load_graph(loader *l, oray_id id, uint32_t depth, const range *pieces, size_t n)
{
	graph_walk g = {id, depth};
	walk_handler handler = {.child = graph_child, .context = &g};
	begin_graph(l, id);
	Onnx__GraphProto *p = walk(l, KIND_GRAPH, depth, pieces, n, &handler);
	if (!p)
		return false;
	l->m->graphs.at[id].name = loader_text(l, p->name);
	l->m->graphs.at[id].doc = loader_text(l, p->doc_string);
	loader_done(l);
	return end_graph(l, id);
}

/* --------------------------------------------------------------- function */

static bool function_child(loader *l, void *context, uint32_t number, range at)
{
	graph_walk *g = context;
	if (is_cut(l, at))
		return true;
	switch (number) {
	case FUNCTION_NODE:
		return load_node(l, g->id, g->depth + 1, at);
	case FUNCTION_OPSETS:
		return load_opset(l, g->depth + 1, at);
	case FUNCTION_DEFAULTS: /* must be one run: loaded when the nodes are done */
		return walk_collect(l, NULL, number, at);
	case FUNCTION_VALUE_INFO:
		return declare_value(l, g, at);
	case FUNCTION_METADATA:
		return load_pair(l, g->depth + 1, at);
	default:
		return true;
	}
}

static bool read_function(loader *l, const Onnx__FunctionProto *p, oray_function *f)
{
	f->name = loader_text(l, p->name);
	f->domain = loader_text(l, p->domain);
	f->overload = loader_text(l, p->overload);
	f->doc = loader_text(l, p->doc_string);
	for (size_t i = 0; i < p->n_input; i++)
		if (!push_id(l, &l->inputs, loader_name(l, p->input[i])) ||
		    !push_id(l, &l->names.input_types, ORAY_NONE))
			return false;
	for (size_t i = 0; i < p->n_output; i++)
		if (!push_id(l, &l->outputs, loader_name(l, p->output[i])) ||
		    !push_id(l, &l->names.output_types, ORAY_NONE))
			return false;
	size_t mark = l->ids.n;
	for (size_t i = 0; i < p->n_attribute; i++)
		if (!push_id(l, &l->ids, loader_name(l, p->attribute[i])))
			return false;
	f->n_attributes = l->ids.n - mark;
	f->attributes = model_ids(l->m, l->ids.at + mark, f->n_attributes);
	l->ids.n = mark;
	return f->attributes ? l->status == ORAY_OK : fail_memory(l, ORAY_NO_OFFSET);
}

static bool load_function(loader *l, oray_id graph, uint32_t depth, const range *pieces, size_t n)
{
	oray_function f = {.graph = graph};
	graph_walk g = {graph, depth};
	walk_handler handler = {.child = function_child, .context = &g};
	size_t opsets = l->opsets.n, defaults = l->children.n;
	begin_graph(l, graph);
	Onnx__FunctionProto *p = walk(l, KIND_FUNCTION, depth, pieces, n, &handler);
	if (!p || !read_function(l, p, &f))
		return false;
	if (l->m->thorough)
		verify_function(l, f.name, p->has_domain, pieces[0].offset);
	loader_done(l);
	f.first_default = (oray_id)l->m->attributes.n;
	for (size_t i = defaults; i < l->children.n; i++)
		if (!load_attribute(l, graph, ORAY_NONE, depth + 1, l->children.at[i].at))
			return false;
	f.n_defaults = l->m->attributes.n - f.first_default;
	l->children.n = defaults;
	if (!keep_opsets(l, opsets, &f.opsets, &f.n_opsets) ||
	    !loader_keep_pairs(l, 0, &f.metadata, &f.n_metadata) || !end_graph(l, graph))
		return false;
	l->m->graphs.at[graph].name = f.name;
	l->m->graphs.at[graph].doc = f.doc;
	l->m->graphs.at[graph].function = (oray_id)l->m->functions.n;
	oray_function *kept = vec_push(&l->m->budget, &l->m->functions);
	if (!kept)
		return fail_memory(l, pieces[0].offset);
	*kept = f;
	return true;
}

/* ------------------------------------------------------------------ model */

static bool queue_training(loader *l, range at)
{
	size_t mark = l->children.n;
	walk_handler collect = {.child = walk_collect};
	if (!walk(l, KIND_TRAINING, 1, &at, 1, &collect))
		return false;
	loader_done(l);
	static const struct {
		uint32_t number;
		oray_graph_role role;
	} parts[] = {{TRAINING_INITIALIZATION, ORAY_GRAPH_INITIALIZATION},
	             {TRAINING_ALGORITHM, ORAY_GRAPH_ALGORITHM}};
	l->n_training++;
	for (size_t i = 0; i < 2; i++) {
		size_t first, n = walk_pieces(l, mark, parts[i].number, &first);
		oray_id id;
		if (l->status != ORAY_OK)
			return false;
		if (!vec_reserve(&l->m->budget, &l->ranges, n))
			return fail_memory(l, at.offset);
		if (n && !queue_graph(l, parts[i].role, ORAY_NONE, ORAY_NONE, 0, 2, l->ranges.at + first, n,
		                      &id))
			return false;
	}
	l->children.n = mark;
	return true;
}

static bool model_child(loader *l, void *context, uint32_t number, range at)
{
	(void)context;
	if (number == MODEL_GRAPH) {
		range *r = vec_push(&l->m->budget, &l->main_graph);
		if (!r)
			return fail_memory(l, at.offset);
		*r = at;
		l->has_graph = true;
		is_cut(l, at);
		return true;
	}
	if (is_cut(l, at))
		return true;
	switch (number) {
	case MODEL_OPSETS:
		return load_opset(l, 1, at);
	case MODEL_METADATA:
		return load_pair(l, 1, at);
	case MODEL_CONFIGURATIONS:
		return load_configuration(l, 1, at);
	case MODEL_TRAINING:
	case MODEL_FUNCTIONS:
		return walk_collect(l, NULL, number, at);
	default:
		return true;
	}
}

static bool read_info(loader *l, const Onnx__ModelProto *p)
{
	oray_model_info *info = &l->m->info;
	info->ir_version = p->has_ir_version ? p->ir_version : 0;
	info->has_model_version = p->has_model_version;
	info->model_version = p->has_model_version ? p->model_version : 0;
	info->producer = loader_text(l, p->producer_name);
	info->producer_version = loader_text(l, p->producer_version);
	info->domain = loader_text(l, p->domain);
	info->doc = loader_text(l, p->doc_string);
	return l->status == ORAY_OK;
}

static bool queue_rest(loader *l)
{
	oray_id id;
	for (size_t i = 0; i < l->children.n; i++) {
		child c = l->children.at[i];
		if (c.number == MODEL_FUNCTIONS &&
		    !queue_graph(l, ORAY_GRAPH_FUNCTION, ORAY_NONE, ORAY_NONE, 0, 1, &c.at, 1, &id))
			return false;
	}
	for (size_t i = 0, n = l->children.n; i < n; i++)
		if (l->children.at[i].number == MODEL_TRAINING && !queue_training(l, l->children.at[i].at))
			return false;
	l->children.n = 0;
	return true;
}

static bool work_off(loader *l)
{
	for (size_t i = 0; i < l->queue.n; i++) {
		pending p = l->queue.at[i];
		bool is_function = l->m->graphs.at[p.graph].role == ORAY_GRAPH_FUNCTION;
		const range *pieces = i ? l->ranges.at + p.first : l->main_graph.at;
		size_t n = i ? p.n : l->main_graph.n;
		/* The list may grow, and move, while it is walked. */
		VEC(range) own = {0};
		if (!vec_reserve(&l->m->budget, &own, n ? n : 1))
			return fail_memory(l, ORAY_NO_OFFSET);
		if (n)
			memcpy(own.at, pieces, n * sizeof *pieces);
		bool ok = is_function ? load_function(l, p.graph, p.depth, own.at, n)
		                      : load_graph(l, p.graph, p.depth, own.at, n);
		vec_free(&l->m->budget, &own);
		if (!ok)
			return false;
	}
	return true;
}

bool load_model(loader *l)
{
	range all = {0, INT64_MAX};
	walk_handler handler = {.child = model_child};
	oray_id main = ORAY_NONE;
	oray_model_info *info = &l->m->info;
	l->no_name = strings_add(&l->m->strings, "", 0);
	if (l->no_name == ORAY_NONE)
		return fail_memory(l, ORAY_NO_OFFSET);
	if (!queue_graph(l, ORAY_GRAPH_MAIN, ORAY_NONE, ORAY_NONE, 0, 1, NULL, 0, &main))
		return false;
	Onnx__ModelProto *p = walk(l, KIND_MODEL, 0, &all, 1, &handler);
	if (!p || !read_info(l, p))
		return false;
	loader_done(l);
	if (l->main_graph.n)
		l->m->graphs.at[main].offset = l->main_graph.at[0].offset;
	if (!keep_opsets(l, 0, &info->opsets, &info->n_opsets) ||
	    !loader_keep_pairs(l, 0, &info->metadata, &info->n_metadata) || !queue_rest(l))
		return false;
	return work_off(l);
}
