/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_tensors.c - data in other files, and sparse tensors. What is wrong with data in the model
 * itself the loader has noted.
 */
#include <inttypes.h>
#include <string.h>

#include "check/check.h"

static bool is_location(oray_pair p)
{
	return p.key.size == 8 && memcmp(p.key.data, "location", 8) == 0;
}

static void check_external(check_pass *pass, oray_id id, const oray_tensor *t)
{
	oray_element one;
	oray_error err;
	size_t n;
	bool found = false;
	for (size_t i = 0; i < t->n_external; i++)
		found |= is_location(t->external[i]);
	if (!found)
		check_report(pass, CHECK_external_data, check_at_tensor(id),
		             "the data are in another file, which is not named");
	else if (oray_tensor_read(pass->model, id, 0, 1, &one, &n, &err) == ORAY_ERR_EXTERNAL)
		check_report_text(pass, CHECK_external_data, check_at_tensor(id), err.message);
}

/* -------------------------------------------------------------------------------- sparse -- */

typedef struct sparse_check {
	check_pass *pass;
	const oray_sparse *s;
	oray_place place;
	oray_id indices;
	bool linear; /* one index an element, instead of one a dimension */
	uint64_t nnz;
	int64_t previous; /* index of the element before, counted through */
	uint64_t element; /* that is read, */
	size_t axis;      /* how many of its indices were, */
	int64_t here;     /* and where they have led */
} sparse_check;

#define SAY(c, ...) check_report((c)->pass, CHECK_sparse_tensor, (c)->place, __VA_ARGS__)

/* Another number of the indices: `element` has them up to `axis`. @return false after a finding. */
static bool check_index(sparse_check *c, int64_t index)
{
	int64_t size = c->linear ? (int64_t)c->s->elements.value : c->s->dims[c->axis];
	if (index < 0 || index >= size) {
		SAY(c, "index %" PRId64 " of element %" PRIu64 " is not below %" PRId64, index, c->element,
		    size);
		return false;
	}
	c->here = c->here * size + index;
	if (!c->linear && ++c->axis < c->s->n_dims)
		return true;
	if (c->here <= c->previous) {
		SAY(c, "the index of element %" PRIu64 " is not above the one before", c->element);
		return false;
	}
	c->previous = c->here;
	c->here = 0;
	c->axis = 0;
	c->element++;
	return true;
}

static int check_some(void *context, const oray_element *at, size_t n)
{
	sparse_check *c = context;
	for (size_t i = 0; i < n; i++)
		if (!check_index(c, at[i].i))
			return 1;
	return 0;
}

static void check_indices_shape(sparse_check *c)
{
	oray_tensor t;
	if (c->s->indices == ORAY_NONE || !oray_model_tensor(c->pass->model, c->s->indices, &t)) {
		if (c->nnz)
			SAY(c, "there are %" PRIu64 " values and no indices", c->nnz);
		return;
	}
	c->indices = c->s->indices;
	c->linear = t.n_dims == 1;
	if (t.type != ORAY_INT64)
		SAY(c, "indices are %s, they should be int64",
		    oray_type_name(t.type) ? oray_type_name(t.type) : "of no known type");
	else if (t.n_dims != 1 && t.n_dims != 2)
		SAY(c, "indices have %zu dimensions, they should have 1 or 2", t.n_dims);
	else if (t.dims[0] < 0 || (uint64_t)t.dims[0] != c->nnz)
		SAY(c, "there are %" PRIu64 " values, and indices of %" PRId64, c->nnz, t.dims[0]);
	else if (!c->linear && (uint64_t)t.dims[1] != c->s->n_dims)
		SAY(c, "indices have %" PRId64 " numbers each, the shape has %zu dimensions", t.dims[1],
		    c->s->n_dims);
	else if (!t.size_mismatch && c->s->elements.exact && c->s->elements.value <= INT64_MAX &&
	         !c->pass->options->no_weights &&
	         oray_tensor_walk(c->pass->model, c->indices, check_some, c, NULL) != ORAY_OK)
		return; /* the tensor has findings of its own */
}

static void check_sparse(check_pass *pass, oray_id graph, oray_id node, oray_id id)
{
	oray_sparse s;
	oray_tensor values;
	if (!oray_model_sparse(pass->model, id, &s))
		return;
	sparse_check c = {.pass = pass,
	                  .s = &s,
	                  .previous = -1,
	                  .place = node != ORAY_NONE ? check_at_node(node) : check_at_graph(graph)};
	if (s.values == ORAY_NONE || !oray_model_tensor(pass->model, s.values, &values)) {
		SAY(&c, "there are no values");
		return;
	}
	c.place = check_at_tensor(s.values);
	if (values.n_dims != 1) {
		SAY(&c, "values have %zu dimensions, they should be a list", values.n_dims);
		return;
	}
	c.nnz = values.dims[0] > 0 ? (uint64_t)values.dims[0] : 0;
	if (!s.n_dims)
		SAY(&c, "the shape has no dimensions, it needs one at least");
	for (size_t i = 0; i < s.n_dims; i++)
		if (s.dims[i] <= 0) {
			SAY(&c, "dimension %zu of the shape is %" PRId64 ", it should be 1 or more", i,
			    s.dims[i]);
			return;
		}
	if (s.n_dims && (!s.elements.exact || s.elements.value > INT64_MAX))
		SAY(&c, "the shape holds more elements than 63 bits count");
	check_indices_shape(&c);
}

static void check_node_sparse(check_pass *pass, oray_id id, const oray_node *node)
{
	oray_attribute a;
	for (size_t i = 0; i < node->n_attributes; i++) {
		if (!oray_model_attribute(pass->model, (oray_id)(node->first_attribute + i), &a))
			return;
		if (a.type == ORAY_ATTR_SPARSE_TENSOR && a.v.id != ORAY_NONE)
			check_sparse(pass, node->graph, id, a.v.id);
		for (size_t k = 0; a.type == ORAY_ATTR_SPARSE_TENSORS && k < a.count; k++)
			check_sparse(pass, node->graph, id, a.v.ids[k]);
	}
}

void check_tensors(check_pass *pass)
{
	oray_tensor t;
	oray_node node;
	oray_sparse s;
	for (oray_id id = 0; oray_model_tensor(pass->model, id, &t); id++)
		if (t.storage == ORAY_STORAGE_EXTERNAL && !pass->options->no_weights)
			check_external(pass, id, &t);
	for (oray_id id = 0; id < pass->info->n_graphs; id++) {
		const oray_graph *g = oray_model_graph(pass->model, id);
		for (size_t i = 0; i < g->n_sparse; i++)
			check_sparse(pass, id, ORAY_NONE, g->sparse[i]);
	}
	if (!oray_model_sparse(pass->model, 0, &s))
		return;
	for (oray_id id = 0; oray_model_node(pass->model, id, &node); id++)
		check_node_sparse(pass, id, &node);
}
