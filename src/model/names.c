/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names.c - what people call things: labels of nodes, paths of graphs, and finding both again.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/num.h"
#include "model/model.h"

enum { PATH_DEPTH = 64 };

static size_t deliver(buf *text, char *out, size_t size)
{
	size_t n = text->n;
	if (size) {
		size_t kept = n < size ? n : size - 1;
		while (kept < n && kept && ((unsigned char)text->data[kept] & 0xc0) == 0x80)
			kept--;
		if (kept)
			memcpy(out, buf_text(text), kept);
		out[kept] = '\0';
	}
	buf_free(text);
	return n;
}

static void add_label(const oray_model *m, oray_id node, buf *out)
{
	const model_node *n = &m->nodes.at[node];
	oray_str name = strings_get(&m->strings, n->name);
	if (name.size) {
		buf_printable(out, name.data, name.size);
		return;
	}
	oray_str op = strings_get(&m->strings, m->ops.at[n->op].name);
	buf_printable(out, op.data, op.size);
	buf_format(out, "_%u", (unsigned)(node - m->graphs.at[n->graph].first_node));
}

size_t oray_node_label(const oray_model *m, oray_id node, char *out, size_t size)
{
	buf text = {0};
	if (node < m->nodes.n)
		add_label(m, node, &text);
	return deliver(&text, out, size);
}

/* "else_branch", or "branches[2]" in a list of graphs. */
static void add_body(const oray_model *m, oray_id graph, buf *out)
{
	const oray_graph *g = &m->graphs.at[graph];
	const model_attribute *a = &m->attributes.at[g->attribute];
	oray_str name = strings_get(&m->strings, a->name);
	buf_printable(out, name.data, name.size);
	for (uint32_t i = 0; a->type == ORAY_ATTR_GRAPHS && i < a->count; i++)
		if (a->v.ids[i] == graph)
			buf_format(out, "[%u]", (unsigned)i);
}

static void add_root(const oray_model *m, oray_id graph, buf *out)
{
	const oray_graph *g = &m->graphs.at[graph];
	unsigned training = 0;
	if (g->role == ORAY_GRAPH_FUNCTION) {
		const oray_function *f = &m->functions.at[g->function];
		buf_str(out, "fn:");
		buf_printable(out, f->domain.data, f->domain.size);
		buf_char(out, '.');
		buf_printable(out, f->name.data, f->name.size);
		if (f->overload.size) {
			buf_char(out, ':');
			buf_printable(out, f->overload.data, f->overload.size);
		}
	} else if (g->role != ORAY_GRAPH_MAIN) {
		for (oray_id i = 0; i < graph; i++)
			training += m->graphs.at[i].role == g->role;
		buf_format(out, "training[%u].%s", training,
		           g->role == ORAY_GRAPH_ALGORITHM ? "algorithm" : "initialization");
	}
}

size_t oray_graph_path(const oray_model *m, oray_id graph, char *out, size_t size)
{
	oray_id chain[PATH_DEPTH];
	size_t depth = 0;
	buf text = {0};
	if (graph >= m->graphs.n)
		return deliver(&text, out, size);
	while (m->graphs.at[graph].role == ORAY_GRAPH_BODY) {
		if (depth < PATH_DEPTH)
			chain[depth++] = graph;
		graph = m->nodes.at[m->graphs.at[graph].parent_node].graph;
	}
	add_root(m, graph, &text);
	while (depth--) {
		if (text.n)
			buf_char(&text, '/');
		add_label(m, m->graphs.at[chain[depth]].parent_node, &text);
		buf_char(&text, '.');
		add_body(m, chain[depth], &text);
	}
	return deliver(&text, out, size);
}

typedef struct finder {
	const oray_model *m;
	oray_str name;
	oray_ref *out;
	size_t capacity, n;
} finder;

static void found(finder *f, int what, oray_id id)
{
	if (f->n < f->capacity) {
		f->out[f->n].what = what;
		f->out[f->n].id = id;
	}
	f->n++;
}

static bool same(const finder *f, const char *data, size_t size)
{
	return size == f->name.size && memcmp(data, f->name.data, size) == 0;
}

static bool ends_with(const finder *f, const char *data, size_t size)
{
	return size <= f->name.size && memcmp(f->name.data + f->name.size - size, data, size) == 0;
}

/* A node answers to "#17", its name, its label, and "path/label". */
static bool node_answers(const finder *f, oray_id n, uint64_t number, bool is_number)
{
	const model_node *node = &f->m->nodes.at[n];
	oray_str name = strings_get(&f->m->strings, node->name);
	if (is_number && node->graph == 0 && n - f->m->graphs.at[0].first_node == number)
		return true;
	if (name.size && same(f, name.data, name.size))
		return true;
	oray_str op = strings_get(&f->m->strings, f->m->ops.at[node->op].name);
	if (!name.size && f->name.size <= op.size && node->graph == 0)
		return false; /* cannot be "Op_17" */
	buf label = {0};
	add_label(f->m, n, &label);
	bool yes = same(f, buf_text(&label), label.n);
	if (!yes && node->graph != 0 && ends_with(f, buf_text(&label), label.n)) {
		buf full = {0};
		char path[1024];
		oray_graph_path(f->m, node->graph, path, sizeof path);
		buf_str(&full, path);
		buf_char(&full, '/');
		buf_add(&full, buf_text(&label), label.n);
		yes = same(f, buf_text(&full), full.n);
		buf_free(&full);
	}
	buf_free(&label);
	return yes;
}

static void find_roots(finder *f)
{
	for (size_t i = 0; i < f->m->functions.n; i++) {
		const oray_function *fn = &f->m->functions.at[i];
		buf full = {0};
		buf_add(&full, fn->domain.data, fn->domain.size);
		buf_char(&full, '.');
		buf_add(&full, fn->name.data, fn->name.size);
		if (same(f, fn->name.data, fn->name.size) || same(f, buf_text(&full), full.n))
			found(f, ORAY_REF_FUNCTION, (oray_id)i);
		buf_free(&full);
	}
	for (size_t i = 0; i < f->m->graphs.n; i++) {
		const oray_graph *g = &f->m->graphs.at[i];
		char path[1024];
		bool yes = g->name.size && same(f, g->name.data, g->name.size);
		if (!yes && g->role != ORAY_GRAPH_MAIN) {
			oray_graph_path(f->m, (oray_id)i, path, sizeof path);
			yes = same(f, path, strlen(path));
		}
		if (yes)
			found(f, ORAY_REF_GRAPH, (oray_id)i);
	}
}

size_t oray_model_find(const oray_model *m, oray_str name, oray_ref *out, size_t capacity)
{
	finder f = {.m = m, .name = name, .out = out, .capacity = capacity};
	uint64_t number = 0;
	bool is_number =
	    name.size > 1 && name.data[0] == '#' && num_parse(name.data + 1, name.size - 1, &number);
	if (!name.size)
		return 0;
	for (size_t n = 0; n < m->nodes.n; n++)
		if (node_answers(&f, (oray_id)n, number, is_number))
			found(&f, ORAY_REF_NODE, (oray_id)n);
	oray_id id = strings_find(&m->strings, name.data, name.size);
	for (size_t v = 0; id != ORAY_NONE && v < m->values.n; v++)
		if (m->values.at[v].name == id)
			found(&f, ORAY_REF_VALUE, (oray_id)v);
	find_roots(&f);
	return f.n;
}
