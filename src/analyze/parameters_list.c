/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parameters_list.c - all stored tensors with the nodes that read them.
 *
 * Tensors are collected first and put in file order. Then the nodes are walked twice, once to count
 * the readers of each tensor and once to write them down; `row_of` leads from a value to its row.
 */
#include <stdlib.h>
#include <string.h>

#include "analyze/parameters.h"
#include "analyze/scope.h"
#include "base/error.h"
#include "base/heap.h"

/* What oray_list_parameters() hands out, and what it owns. */
typedef struct parameter_book {
	oray_parameter_list public;
	arena arena;
	scopes scopes;
} parameter_book;

typedef struct listed {
	oray_parameter row;
	uint64_t offset;
	oray_id head;
} listed;

typedef struct collector {
	role_flow *flow;
	parameter_book *book;
	parameter_sums sums;
	VEC(listed) found;
	oray_parameter *rows; /* in file order */
	oray_id *row_of;      /* by value */
	oray_id *last;        /* by row: the reader noted last, so that one is noted once */
	oray_id **next;       /* by row: where the next reader goes; NULL while counting */
} collector;

static bool collect(void *context, const parameter *p)
{
	collector *c = context;
	const int64_t *dims = p->dims;
	listed *l;

	parameter_sums_add(&c->sums, p);
	if (p->in_training)
		return true;
	if (p->dims == p->shape) {
		int64_t *copy = arena_alloc(&c->book->arena, p->n_dims * sizeof *copy);
		if (!copy)
			return false;
		if (p->n_dims)
			memcpy(copy, p->dims, p->n_dims * sizeof *copy);
		dims = copy;
	}
	l = vec_push(NULL, &c->found);
	if (!l)
		return false;
	l->row = (oray_parameter){
	    .name = p->name,
	    .value = p->value,
	    .tensor = p->tensor,
	    .graph = p->graph,
	    .type = p->type,
	    .n_dims = p->n_dims,
	    .dims = dims,
	    .elements = p->elements,
	    .bytes = p->bytes,
	    .role = p->role,
	    .keeping = p->keeping,
	    .scope = {"", 0},
	};
	l->offset = p->offset;
	l->head = p->value;
	return true;
}

static int by_offset(const void *a, const void *b)
{
	const listed *x = a, *y = b;

	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return (x->head > y->head) - (x->head < y->head);
}

static void *array(collector *c, size_t n, size_t size)
{
	return n <= SIZE_MAX / size ? arena_alloc(&c->book->arena, n * size) : NULL;
}

static bool put_in_order(collector *c)
{
	size_t n = c->found.n;

	if (n)
		qsort(c->found.at, n, sizeof *c->found.at, by_offset);
	c->rows = array(c, n, sizeof *c->rows);
	c->row_of = mem_resize(NULL, NULL, 0, c->flow->n_values * sizeof *c->row_of);
	c->last = mem_resize(NULL, NULL, 0, n * sizeof *c->last);
	if (!c->rows || !c->row_of || !c->last)
		return false;
	memset(c->row_of, 0xff, c->flow->n_values * sizeof *c->row_of);
	for (size_t i = 0; i < n; i++) {
		c->rows[i] = c->found.at[i].row;
		c->row_of[c->found.at[i].head] = (oray_id)i;
	}
	vec_free(NULL, &c->found);
	c->book->public.n = n;
	c->book->public.tensors = c->rows;
	return true;
}

static void note_reader(void *context, oray_id head, oray_id node)
{
	collector *c = context;
	oray_id row = c->row_of[head];

	if (row == ORAY_NONE || c->last[row] == node)
		return;
	c->last[row] = node;
	if (c->next)
		*c->next[row]++ = node;
	else
		c->rows[row].n_used_by++;
}

static void walk_readers(collector *c)
{
	oray_node node;

	memset(c->last, 0xff, c->book->public.n * sizeof *c->last);
	for (oray_id g = 0; g < c->flow->n_graphs; g++) {
		const oray_graph *graph = oray_model_graph(c->flow->model, g);
		oray_id context = c->flow->context[g];
		if (context == ROLE_TRAINING)
			continue;
		role_each_result(c->flow, g, graph, note_reader, c);
		for (size_t i = 0; i < graph->n_nodes; i++) {
			oray_id id = (oray_id)(graph->first_node + i);
			const reading *r;
			if (!oray_model_node(c->flow->model, id, &node))
				continue;
			r = reading_of(&c->flow->readings, &node, context);
			if (r)
				role_each_reading(c->flow, id, &node, r, note_reader, c);
		}
	}
}

static int by_id(const void *a, const void *b)
{
	oray_id x = *(const oray_id *)a, y = *(const oray_id *)b;

	return (x > y) - (x < y);
}

/* Readers arrive graph by graph; their numbers may go up and down. */
static void sort_readers(oray_parameter *row, oray_id *readers)
{
	size_t kept = 0;
	bool sorted = true;

	for (size_t i = 1; i < row->n_used_by && sorted; i++)
		sorted = readers[i - 1] < readers[i];
	if (!sorted)
		qsort(readers, row->n_used_by, sizeof *readers, by_id);
	for (size_t i = 0; i < row->n_used_by; i++)
		if (!kept || readers[kept - 1] != readers[i])
			readers[kept++] = readers[i];
	row->used_by = readers;
	row->n_used_by = kept;
}

static bool find_readers(collector *c)
{
	size_t n = c->book->public.n, total = 0;
	oray_id *readers;
	oray_node node;

	walk_readers(c);
	for (size_t i = 0; i < n; i++)
		total += c->rows[i].n_used_by;
	readers = array(c, total, sizeof *readers);
	c->next = mem_resize(NULL, NULL, 0, n * sizeof *c->next);
	if (!readers || !c->next)
		return false;
	for (size_t i = 0; i < n; i++) {
		c->next[i] = readers;
		readers += c->rows[i].n_used_by;
	}
	walk_readers(c);
	for (size_t i = 0; i < n; i++) {
		oray_parameter *row = &c->rows[i];
		sort_readers(row, c->next[i] - row->n_used_by);
		if (row->n_used_by && oray_model_node(c->flow->model, row->used_by[0], &node))
			row->scope = scope_of(&c->book->scopes, &node);
	}
	return !c->book->scopes.failed;
}

static bool fill_book(role_flow *flow, parameter_book *book)
{
	collector c = {.flow = flow, .book = book};
	bool ok;

	parameter_sums_init(&c.sums);
	ok = parameters_walk(flow, collect, &c) && put_in_order(&c) && find_readers(&c);
	vec_free(NULL, &c.found);
	mem_free(NULL, c.row_of, 0);
	mem_free(NULL, c.last, 0);
	mem_free(NULL, c.next, 0);
	book->public.sums = c.sums.public;
	return ok;
}

oray_parameter_list *parameters_list(role_flow *flow)
{
	parameter_book *book = heap_zeroed(1, sizeof *book);

	if (!book)
		return NULL;
	scopes_init(&book->scopes);
	book->public.model = flow->model;
	if (fill_book(flow, book))
		return &book->public;
	oray_parameter_list_free(&book->public);
	return NULL;
}

oray_status oray_list_parameters(const oray_model *model, oray_parameter_list **out,
                                 oray_error *err)
{
	role_flow flow;

	*out = role_flow_build(&flow, model, NULL, NULL) ? parameters_list(&flow) : NULL;
	role_flow_free(&flow);
	return *out ? ORAY_OK : error_memory(err);
}

void oray_parameter_list_free(oray_parameter_list *list)
{
	parameter_book *book = (parameter_book *)list;

	if (!book)
		return;
	scopes_free(&book->scopes);
	arena_free(&book->arena);
	heap_free((void *)book->public.statistics); /* of oray_measure_parameters() */
	heap_free(book);
}
