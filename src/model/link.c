/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link.c - from names to values.
 *
 *   graph main          x ---- Add --- y          `bound` says for every name which value it means
 *     body of If             reads x, makes z      right now. Entering a graph binds its own names,
 *                                                  leaving it restores what they meant outside:
 *                                                  until uses are counted, model_value.uses keeps
 *                                                  that.
 *
 * All names of a graph are bound before its nodes are looked at, so that an unsorted graph links
 * like a sorted one (and is reported). Bodies are entered at their node, depth first; the nesting
 * is bounded by the loader's depth limit.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "model/model.h"

typedef struct linker {
	oray_model *m;
	const model_names *names;
	oray_id *bound;            /* by name: value it means now, or ORAY_NONE */
	const size_t *first_info;  /* by graph: first of its value infos */
	const size_t *first_input; /* by graph: first of its input types */
	const size_t *first_output;
	bool has_bodies;
	bool ok;
} linker;

/* All that linking finds is an error. `graph` and `name` make the words, `place` says where. */
static void report(linker *k, const char *rule, oray_place place, oray_id graph, oray_id name,
                   const char *format)
{
	oray_str text = strings_get(&k->m->strings, name);
	buf safe = {0};
	char path[256];
	buf_printable(&safe, text.data, text.size < 200 ? text.size : 200);
	oray_graph_path(k->m, graph, path, sizeof path);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	model_finding(k->m, ORAY_ERROR, rule, place, path, format, buf_text(&safe));
#pragma GCC diagnostic pop
	buf_free(&safe);
}

static bool is_named(linker *k, oray_id name)
{
	return strings_get(&k->m->strings, name).size != 0;
}

static oray_id new_value(linker *k, oray_id graph, oray_id name)
{
	model_value *v = vec_push(&k->m->budget, &k->m->values);
	if (!v) {
		k->ok = false;
		return ORAY_NONE;
	}
	*v = (model_value){.name = name, .graph = graph, .type = ORAY_NONE, .source = ORAY_NONE};
	return (oray_id)(k->m->values.n - 1);
}

/*
 * Whether a value around a body is there when the body runs: made before the node that holds it.
 * The way out is as long as bodies nest.
 */
static bool is_made_before(const linker *k, oray_id outer, oray_id body)
{
	const model_value *v = &k->m->values.at[outer];
	if (!(v->flags & VALUE_FROM_NODE))
		return true;
	oray_id holder = k->m->graphs.at[body].parent_node;
	while (holder != ORAY_NONE && k->m->nodes.at[holder].graph != v->graph)
		holder = k->m->graphs.at[k->m->nodes.at[holder].graph].parent_node;
	return holder == ORAY_NONE || v->source < holder;
}

/* The value of a name if this very graph defines it. */
static oray_id own(linker *k, oray_id graph, oray_id name)
{
	oray_id v = k->bound[name];
	return v != ORAY_NONE && k->m->values.at[v].graph == graph ? v : ORAY_NONE;
}

static void bind(linker *k, oray_id name, oray_id value)
{
	k->m->values.at[value].uses = k->bound[name];
	k->bound[name] = value;
}

/* A value for a name that a graph defines; bound unless the name is empty or taken. */
static oray_id define(linker *k, oray_id graph, oray_id name, const char *taken)
{
	bool again = is_named(k, name) && own(k, graph, name) != ORAY_NONE;
	oray_id v = new_value(k, graph, name);
	if (v == ORAY_NONE)
		return v;
	if (again)
		report(k, "duplicate-name", (oray_place){ORAY_PLACE_VALUE, v}, graph, name, taken);
	else if (is_named(k, name))
		bind(k, name, v);
	return v;
}

static void define_inputs(linker *k, oray_id g)
{
	oray_graph *graph = &k->m->graphs.at[g];
	oray_id *inputs = (oray_id *)graph->inputs;
	for (size_t i = 0; i < graph->n_inputs && k->ok; i++) {
		oray_id v = define(k, g, inputs[i], "'%s' is a graph input twice");
		if (v == ORAY_NONE)
			return;
		k->m->values.at[v].flags |= VALUE_INPUT;
		k->m->values.at[v].type = k->names->input_types.at[k->first_input[g] + i];
		inputs[i] = v;
	}
}

/* What has no name is not a value: nobody can read it. */
static void define_stored(linker *k, oray_id g, oray_id name, oray_id source, uint32_t flag)
{
	if (!is_named(k, name))
		return;
	oray_id v = own(k, g, name);
	uint32_t stored = VALUE_FROM_TENSOR | VALUE_FROM_SPARSE;
	if (v == ORAY_NONE || (k->m->values.at[v].flags & stored)) {
		v = define(k, g, name, "'%s' is the name of two initializers");
		if (v == ORAY_NONE)
			return;
	}
	k->m->values.at[v].flags |= flag;
	k->m->values.at[v].source = source;
}

static void define_initializers(linker *k, oray_id g)
{
	oray_graph *graph = &k->m->graphs.at[g];
	for (size_t i = 0; i < graph->n_initializers && k->ok; i++) {
		oray_id t = graph->initializers[i];
		define_stored(k, g, k->m->tensors.at[t].name, t, VALUE_FROM_TENSOR);
	}
	for (size_t i = 0; i < graph->n_sparse && k->ok; i++) {
		oray_id t = k->m->sparse.at[graph->sparse[i]].values;
		if (t != ORAY_NONE)
			define_stored(k, g, k->m->tensors.at[t].name, graph->sparse[i], VALUE_FROM_SPARSE);
	}
}

/* A body that makes a value of a name which is one outside: what that means there is lost. */
static void note_shadow(linker *k, oray_id body, oray_id v)
{
	const model_value *value = &k->m->values.at[v];
	if (k->bound[value->name] != v)
		return; /* twice in the body itself */
	oray_id outer = value->uses;
	if (outer != ORAY_NONE && !(k->m->values.at[outer].flags & VALUE_UNDEFINED) &&
	    is_made_before(k, outer, body))
		report(k, "shadowed-name", (oray_place){ORAY_PLACE_VALUE, v}, body, value->name,
		       "'%s' is the name of a value outside as well");
}

static void define_results(linker *k, oray_id g)
{
	oray_graph *graph = &k->m->graphs.at[g];
	for (size_t i = 0; i < graph->n_nodes && k->ok; i++) {
		oray_id n = (oray_id)(graph->first_node + i);
		const model_node *node = &k->m->nodes.at[n];
		oray_id *out = k->m->edges.at + node->edges + node->n_inputs;
		uint32_t n_outputs = model_n_outputs(k->m, n);
		for (uint32_t o = 0; o < n_outputs && k->ok; o++) {
			oray_id name = out[o];
			if (!is_named(k, name)) {
				out[o] = ORAY_NONE;
				continue;
			}
			oray_id v = define(k, g, name, "'%s' is produced twice");
			if (v == ORAY_NONE)
				return;
			k->m->values.at[v].flags |= VALUE_FROM_NODE;
			k->m->values.at[v].source = n;
			k->m->values.at[v].output = o;
			out[o] = v;
			if (graph->role == ORAY_GRAPH_BODY)
				note_shadow(k, g, v);
		}
	}
}

/* The value that a name means here; one that nobody defines is made up, once a graph. */
static oray_id resolve(linker *k, oray_id g, oray_id name, const char *undefined)
{
	oray_id v = k->bound[name];
	if (v != ORAY_NONE)
		return v;
	v = new_value(k, g, name);
	if (v == ORAY_NONE)
		return v;
	k->m->values.at[v].flags |= VALUE_UNDEFINED;
	bind(k, name, v);
	/* What a truncated file no longer defines is not the model's fault. */
	if (!k->m->info.truncated)
		report(k, "undefined-input", (oray_place){ORAY_PLACE_VALUE, v}, g, name, undefined);
	return v;
}

static void resolve_outputs(linker *k, oray_id g)
{
	oray_graph *graph = &k->m->graphs.at[g];
	oray_id *outputs = (oray_id *)graph->outputs;
	for (size_t i = 0; i < graph->n_outputs && k->ok; i++) {
		oray_id v = resolve(k, g, outputs[i], "graph output '%s' is not produced by anything");
		if (v == ORAY_NONE)
			return;
		model_value *value = &k->m->values.at[v];
		value->flags |= VALUE_OUTPUT;
		if (value->type == ORAY_NONE)
			value->type = k->names->output_types.at[k->first_output[g] + i];
		outputs[i] = v;
	}
}

static void apply_declarations(linker *k, oray_id g)
{
	for (size_t i = k->first_info[g]; i < k->first_info[g + 1] && k->ok; i++) {
		const model_declaration *d = &k->names->value_infos.at[i];
		oray_id v = own(k, g, d->name);
		if (v == ORAY_NONE)
			continue;
		if (k->m->values.at[v].type == ORAY_NONE)
			k->m->values.at[v].type = d->type;
		if (d->note == ORAY_NONE)
			continue;
		model_note *note = vec_push(&k->m->budget, &k->m->value_notes);
		if (!note) {
			k->ok = false;
			return;
		}
		*note = k->names->notes.at[d->note];
		note->owner = v;
	}
}

static void link_graph(linker *k, oray_id g);

static void link_bodies(linker *k, const model_node *node)
{
	for (uint32_t i = 0; i < node->n_attributes && k->ok; i++) {
		const model_attribute *a = &k->m->attributes.at[node->attributes + i];
		if (a->type == ORAY_ATTR_GRAPH && a->v.id != ORAY_NONE)
			link_graph(k, a->v.id);
		for (uint32_t j = 0; a->type == ORAY_ATTR_GRAPHS && j < a->count && k->ok; j++)
			link_graph(k, a->v.ids[j]);
	}
}

static void link_nodes(linker *k, oray_id g)
{
	oray_id first = k->m->graphs.at[g].first_node;
	oray_id end = (oray_id)(first + k->m->graphs.at[g].n_nodes);
	for (oray_id n = first; n < end && k->ok; n++) {
		const model_node *node = &k->m->nodes.at[n];
		oray_id *in = k->m->edges.at + node->edges;
		bool early = false;
		for (uint32_t i = 0; i < node->n_inputs && k->ok; i++) {
			if (!is_named(k, in[i])) {
				in[i] = ORAY_NONE;
				continue;
			}
			in[i] = resolve(k, g, in[i], "'%s' is read but never defined");
			if (in[i] == ORAY_NONE)
				return;
			const model_value *v = &k->m->values.at[in[i]];
			bool late = v->graph == g ? (v->flags & VALUE_FROM_NODE) && v->source >= n
			                          : k->has_bodies && !is_made_before(k, in[i], g);
			if (!early && late) {
				early = true;
				report(k, "not-sorted", (oray_place){ORAY_PLACE_NODE, n}, g, v->name,
				       "'%s' is read before it is produced");
			}
		}
		if (k->has_bodies)
			link_bodies(k, node);
	}
}

/* Forgets the values made since `mark`. Those of inner graphs are forgotten already. */
static void leave(linker *k, size_t mark)
{
	for (size_t v = k->m->values.n; v-- > mark;) {
		const model_value *value = &k->m->values.at[v];
		if (k->bound[value->name] == v)
			k->bound[value->name] = value->uses;
	}
}

static void enter(linker *k, oray_id g)
{
	define_inputs(k, g);
	define_initializers(k, g);
	define_results(k, g);
	apply_declarations(k, g);
	resolve_outputs(k, g);
	link_nodes(k, g);
}

static void link_graph(linker *k, oray_id g)
{
	size_t mark = k->m->values.n;
	enter(k, g);
	leave(k, mark);
}

/* Training graphs see the main graph's names: a trainer runs them together. */
static void link_roots(linker *k)
{
	for (oray_id g = 0; g < k->m->graphs.n && k->ok; g++) {
		oray_graph_role role = k->m->graphs.at[g].role;
		if (role == ORAY_GRAPH_FUNCTION)
			link_graph(k, g);
		if (role != ORAY_GRAPH_MAIN)
			continue;
		size_t mark = k->m->values.n;
		enter(k, g);
		for (oray_id t = 0; t < k->m->graphs.n && k->ok; t++)
			if (k->m->graphs.at[t].role == ORAY_GRAPH_INITIALIZATION ||
			    k->m->graphs.at[t].role == ORAY_GRAPH_ALGORITHM)
				link_graph(k, t);
		leave(k, mark);
	}
}

/* Counts, turns counts into ends of runs, then fills the runs from their ends. */
static bool count_uses(oray_model *m)
{
	uint32_t total = 0;
	for (size_t v = 0; v < m->values.n; v++)
		m->values.at[v].uses = 0;
	for (size_t n = 0; n < m->nodes.n; n++) {
		const model_node *node = &m->nodes.at[n];
		for (uint32_t i = 0; i < node->n_inputs; i++) {
			oray_id v = m->edges.at[node->edges + i];
			if (v != ORAY_NONE)
				m->values.at[v].uses++;
		}
	}
	for (size_t v = 0; v < m->values.n; v++)
		m->values.at[v].uses = total += m->values.at[v].uses;
	if (!vec_reserve(&m->budget, &m->uses, total))
		return false;
	m->uses.n = total;
	for (size_t n = m->nodes.n; n-- > 0;) {
		const model_node *node = &m->nodes.at[n];
		for (uint32_t i = node->n_inputs; i-- > 0;) {
			oray_id v = m->edges.at[node->edges + i];
			if (v != ORAY_NONE)
				m->uses.at[--m->values.at[v].uses] = (oray_id)n;
		}
	}
	return true;
}

static bool match_functions(oray_model *m)
{
	for (size_t f = m->functions.n; f-- > 0;) { /* the first of equal ones wins */
		const oray_function *fn = &m->functions.at[f];
		oray_str domain = fn->domain;
		if (domain.size == 7 && memcmp(domain.data, "ai.onnx", 7) == 0)
			domain.size = 0; /* as nodes spell it */
		oray_id key[3] = {strings_find(&m->strings, domain.data, domain.size),
		                  strings_find(&m->strings, fn->name.data, fn->name.size),
		                  strings_find(&m->strings, fn->overload.data, fn->overload.size)};
		oray_id op = strings_find(&m->op_keys, (const char *)key, sizeof key);
		if (op != ORAY_NONE)
			m->ops.at[op].function = (oray_id)f;
	}
	return true;
}

static int by_owner(const void *a, const void *b)
{
	oray_id x = ((const model_note *)a)->owner, y = ((const model_note *)b)->owner;
	return (x > y) - (x < y);
}

/* Two notes of one value (a value info and an annotation) become one. */
static void merge_notes(model_notes *notes)
{
	if (notes->n)
		qsort(notes->at, notes->n, sizeof *notes->at, by_owner);
	size_t kept = 0;
	for (size_t i = 0; i < notes->n; i++) {
		model_note *last = kept ? &notes->at[kept - 1] : NULL, *next = &notes->at[i];
		if (!last || last->owner != next->owner) {
			notes->at[kept++] = *next;
			continue;
		}
		if (!last->doc.size)
			last->doc = next->doc;
		if (!last->n_metadata) {
			last->metadata = next->metadata;
			last->n_metadata = next->n_metadata;
		}
		if (!last->scale.size)
			last->scale = next->scale;
		if (!last->zero_point.size)
			last->zero_point = next->zero_point;
	}
	notes->n = kept;
}

/* firsts[g]: where the entries of graph g start, firsts[n]: the end. */
static bool index_graphs(linker *k, size_t *info, size_t *input, size_t *output)
{
	size_t n = k->m->graphs.n, d = 0;
	input[0] = output[0] = 0;
	for (size_t g = 0; g < n; g++) {
		info[g] = d;
		while (d < k->names->value_infos.n && k->names->value_infos.at[d].graph == g)
			d++;
		input[g + 1] = input[g] + k->m->graphs.at[g].n_inputs;
		output[g + 1] = output[g] + k->m->graphs.at[g].n_outputs;
		k->has_bodies |= k->m->graphs.at[g].role == ORAY_GRAPH_BODY;
	}
	info[n] = d;
	return true;
}

bool model_link(oray_model *m, const model_names *names)
{
	linker k = {.m = m, .names = names, .ok = true};
	size_t n_names = strings_count(&m->strings), n_firsts = m->graphs.n + 1;
	size_t *firsts = mem_resize(&m->budget, NULL, 0, 3 * n_firsts * sizeof *firsts);
	k.bound = mem_resize(&m->budget, NULL, 0, n_names * sizeof *k.bound);
	bool ok = firsts && k.bound;
	if (ok) {
		memset(k.bound, 0xff, n_names * sizeof *k.bound);
		index_graphs(&k, firsts, firsts + n_firsts, firsts + 2 * n_firsts);
		k.first_info = firsts;
		k.first_input = firsts + n_firsts;
		k.first_output = firsts + 2 * n_firsts;
		link_roots(&k);
		ok = k.ok;
	}
	mem_free(&m->budget, firsts, 3 * n_firsts * sizeof *firsts);
	mem_free(&m->budget, k.bound, n_names * sizeof *k.bound);
	if (!ok || !count_uses(m) || !match_functions(m))
		return false;
	merge_notes(&m->value_notes);
	strings_free(&m->op_keys);
	return true;
}
