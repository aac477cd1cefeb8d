/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_functions.c - functions that the model defines: their names, and who calls whom.
 *
 * The depth of a function is one more than that of the deepest one it calls. It is found without
 * recursion: a stack holds the way from a function down, and `next` how far each has got in its
 * list of callees.
 */
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/strings.h"
#include "check/check_operators.h"

enum { MOST_FUNCTIONS = 10000, MOST_DEPTH = 100 };
enum { NOT_VISITED, ON_THE_WAY = UINT16_MAX }; /* of depth */

typedef struct function_check {
	check_pass *pass;
	check_operators operators;
	size_t n;
	VEC(size_t) first; /* by function: first of its callees; one more at the end */
	VEC(oray_id) callees;
	VEC(size_t) next; /* by function */
	VEC(uint32_t) depth;
	VEC(oray_id) way;
} function_check;

/* ------------------------------------------------------------------------- who calls whom -- */

/* Hands every call in a function, or in a body inside it, to `take`. */
static void each_call(function_check *c, void (*take)(function_check *, oray_id, oray_id))
{
	const oray_model *m = c->pass->model;
	for (oray_id g = 0; g < c->pass->info->n_graphs; g++) {
		const oray_graph *graph = oray_model_graph(m, g);
		oray_id from = check_function_of(m, g);
		oray_node node;
		for (size_t i = 0; from != ORAY_NONE && i < graph->n_nodes; i++)
			if (oray_model_node(m, (oray_id)(graph->first_node + i), &node) &&
			    node.function != ORAY_NONE)
				take(c, from, node.function);
	}
}

static void count_call(function_check *c, oray_id from, oray_id to)
{
	(void)to;
	c->first.at[from + 1]++;
}

static void keep_call(function_check *c, oray_id from, oray_id to)
{
	c->callees.at[c->next.at[from]++] = to;
}

static bool collect_calls(function_check *c)
{
	if (!vec_reserve(NULL, &c->first, c->n + 1) || !vec_reserve(NULL, &c->next, c->n + 1) ||
	    !vec_reserve(NULL, &c->depth, c->n + 1))
		return false;
	memset(c->first.at, 0, (c->n + 1) * sizeof *c->first.at);
	memset(c->depth.at, 0, (c->n + 1) * sizeof *c->depth.at);
	each_call(c, count_call);
	for (size_t f = 0; f < c->n; f++)
		c->first.at[f + 1] += c->first.at[f];
	if (!vec_reserve(NULL, &c->callees, c->first.at[c->n] + 1))
		return false;
	memcpy(c->next.at, c->first.at, (c->n + 1) * sizeof *c->first.at);
	each_call(c, keep_call);
	memcpy(c->next.at, c->first.at, (c->n + 1) * sizeof *c->first.at);
	return true;
}

/* ---------------------------------------------------------------------------------- depth -- */

static bool enter(function_check *c, oray_id f)
{
	oray_id *on = vec_push(NULL, &c->way);
	if (on)
		*on = f;
	c->depth.at[f] = ON_THE_WAY;
	return on != NULL;
}

static void leave(function_check *c, oray_id f)
{
	uint32_t depth = 0;
	for (size_t i = c->first.at[f]; i < c->first.at[f + 1]; i++) {
		uint32_t below = c->depth.at[c->callees.at[i]];
		if (below != ON_THE_WAY && below > depth)
			depth = below;
	}
	c->way.n--;
	c->depth.at[f] = depth + 1 < ON_THE_WAY ? depth + 1 : ON_THE_WAY - 1;
}

static void walk_from(function_check *c, oray_id root)
{
	if (!enter(c, root))
		return;
	while (c->way.n) {
		oray_id f = c->way.at[c->way.n - 1];
		if (c->next.at[f] == c->first.at[f + 1]) {
			leave(c, f);
			continue;
		}
		oray_id to = c->callees.at[c->next.at[f]++];
		if (c->depth.at[to] == ON_THE_WAY) {
			oray_str name = oray_model_function(c->pass->model, to)->name;
			check_report(c->pass, CHECK_recursive_function, check_at_function(f),
			             "the function calls '%.*s', which leads back to it", CHECK_NAME(name));
		} else if (c->depth.at[to] == NOT_VISITED && !enter(c, to)) {
			return;
		}
	}
}

static void check_calls(function_check *c)
{
	if (!collect_calls(c))
		return;
	for (oray_id f = 0; f < c->n; f++)
		if (c->depth.at[f] == NOT_VISITED)
			walk_from(c, f);
	/* Of a chain the first that is too deep is enough. */
	for (oray_id f = 0; f < c->n; f++)
		if (c->depth.at[f] == MOST_DEPTH + 1)
			check_report(c->pass, CHECK_function_depth, check_at_function(f),
			             "calls below the function are nested %" PRIu32 " deep, others stop at %d",
			             c->depth.at[f], MOST_DEPTH);
}

/* ---------------------------------------------------------------------------------- names -- */

/* True when the texts were seen before by this pool. Ids of new strings count up. */
static bool again(strings *pool, const oray_str *parts, size_t n_parts)
{
	buf key = {0};
	for (size_t i = 0; i < n_parts; i++) {
		buf_format(&key, "%zu ", parts[i].size);
		buf_add(&key, parts[i].data, parts[i].size);
	}
	size_t n = strings_count(pool);
	oray_id id = buf_ok(&key) ? strings_add(pool, buf_text(&key), key.n) : ORAY_NONE;
	buf_free(&key);
	return id < n;
}

static void check_ids(function_check *c)
{
	strings seen = {0};
	strings_init(&seen, NULL);
	for (oray_id i = 0; i < c->n; i++) {
		const oray_function *f = oray_model_function(c->pass->model, i);
		oray_str parts[3] = {f->domain, f->name, f->overload};
		if (!f->name.size)
			check_report(c->pass, CHECK_function_name, check_at_function(i),
			             "the function has no name");
		if (again(&seen, parts, 3))
			check_report(c->pass, CHECK_function_duplicate, check_at_function(i),
			             "another function has the same domain, name and overload");
	}
	strings_free(&seen);
}

/* Outputs and attributes of one function are told apart by name; inputs are, where values are. */
static void check_lists(function_check *c)
{
	oray_value v;
	for (oray_id i = 0; i < c->n; i++) {
		const oray_function *f = oray_model_function(c->pass->model, i);
		const oray_graph *g = oray_model_graph(c->pass->model, f->graph);
		strings outputs = {0}, attributes = {0};
		strings_init(&outputs, NULL);
		strings_init(&attributes, NULL);
		for (size_t k = 0; k < g->n_outputs; k++)
			if (oray_model_value(c->pass->model, g->outputs[k], &v) && again(&outputs, &v.name, 1))
				check_report(c->pass, CHECK_function_duplicate, check_at_function(i),
				             "output '%.*s' is there more than once", CHECK_NAME(v.name));
		for (size_t k = 0; k < f->n_attributes; k++) {
			oray_str name = oray_model_string(c->pass->model, f->attributes[k]);
			if (again(&attributes, &name, 1))
				check_report(c->pass, CHECK_function_duplicate, check_at_function(i),
				             "attribute '%.*s' is there more than once", CHECK_NAME(name));
		}
		strings_free(&outputs);
		strings_free(&attributes);
	}
}

/* -------------------------------------------------------------------------------- imports -- */

/* What domains the model as a whole imports: its own imports, then those of its functions. */
typedef struct imports {
	strings domains;
	VEC(int64_t) versions; /* by id in `domains` */
} imports;

static void add_imports(imports *all, const oray_opset *at, size_t n, bool last)
{
	for (size_t i = 0; i < n; i++) {
		oray_id id = strings_add(&all->domains, at[i].domain.data, at[i].domain.size);
		if (id < all->versions.n) {
			if (last)
				all->versions.at[id] = at[i].version;
			continue;
		}
		int64_t *version = id == ORAY_NONE ? NULL : vec_push(NULL, &all->versions);
		if (version)
			*version = at[i].version;
	}
}

/* A node means the same by the function's import and by that of the model. */
static void check_opset(function_check *c, const imports *all, oray_id function, oray_id id)
{
	oray_node node;
	int64_t own;
	if (!oray_model_node(c->pass->model, id, &node))
		return;
	oray_str d = node.domain;
	oray_id domain = strings_find(&all->domains, d.data, d.size);
	model_imported(&c->operators.imports, function, d, &own);
	int64_t other = domain < all->versions.n ? all->versions.at[domain] : 0;
	if (own <= 0 || other <= 0 || own == other)
		return;
	const ops_row *mine = ops_find(d.data, d.size, node.op.data, node.op.size, own);
	const ops_row *theirs = ops_find(d.data, d.size, node.op.data, node.op.size, other);
	if (!mine && !theirs)
		return;
	if (mine && theirs && check_since(mine->versions, own) == check_since(theirs->versions, other))
		return;
	check_report(c->pass, CHECK_function_opset, check_at_node(id),
	             "%.*s is another operator by opset %" PRId64
	             " of %.*s, which the function imports, "
	             "than by %" PRId64 " of the model",
	             CHECK_NAME(node.op), own, CHECK_NAME(d), other);
}

static void check_opsets(function_check *c)
{
	const oray_model *m = c->pass->model;
	imports all = {0};
	strings_init(&all.domains, NULL);
	add_imports(&all, c->pass->info->opsets, c->pass->info->n_opsets, true);
	for (oray_id i = 0; i < c->n; i++) {
		const oray_function *f = oray_model_function(m, i);
		add_imports(&all, f->opsets, f->n_opsets, false);
	}
	for (oray_id i = 0; i < c->n; i++) {
		const oray_graph *g = oray_model_graph(m, oray_model_function(m, i)->graph);
		for (size_t k = 0; k < g->n_nodes; k++)
			check_opset(c, &all, i, (oray_id)(g->first_node + k));
	}
	strings_free(&all.domains);
	vec_free(NULL, &all.versions);
}

void check_functions(check_pass *pass)
{
	function_check c = {.pass = pass, .n = pass->info->n_functions};
	if (!c.n)
		return;
	check_operators_open(&c.operators, pass->model);
	if (c.n > MOST_FUNCTIONS)
		check_report(pass, CHECK_function_count, check_at_model(),
		             "the model defines %zu functions, others stop at %d", c.n, MOST_FUNCTIONS);
	check_ids(&c);
	check_lists(&c);
	check_opsets(&c);
	check_calls(&c);
	vec_free(NULL, &c.first);
	vec_free(NULL, &c.callees);
	vec_free(NULL, &c.next);
	vec_free(NULL, &c.depth);
	vec_free(NULL, &c.way);
	check_operators_close(&c.operators);
}
