/* SPDX-License-Identifier: Apache-2.0 */
/*
 * modules.c - the tree of modules that the scopes of nodes describe.
 *
 * Every beginning of a scope is a path, and the string pool gives each new path the next number, so
 * the number of a path is the number of its module and a parent always comes before its children.
 * Sums and signatures are therefore made in one pass from the last module to the first.
 */
#include <string.h>

#include "base/heap.h"
#include "base/num.h"
#include "words/describe.h"
#include "export/layers.h"

oray_str module_name(const module_tree *tree, oray_id at)
{
	oray_str path = strings_get(&tree->paths, at);
	oray_id parent = tree->modules.at[at].parent;
	size_t skip = parent == ORAY_NONE ? 0 : strings_get(&tree->paths, parent).size;
	skip += parent != ORAY_NONE && parent != 0;
	return (oray_str){path.data + skip, path.size - skip};
}

static module *add_module(module_tree *tree, oray_id parent)
{
	module *m = vec_push(NULL, &tree->modules);
	if (!m)
		return NULL;
	oray_id id = (oray_id)(tree->modules.n - 1);
	*m = (module){
	    .parent = parent,
	    .first_child = ORAY_NONE,
	    .last_child = ORAY_NONE,
	    .next_sibling = ORAY_NONE,
	    .first_row = SIZE_MAX,
	    .last_row = SIZE_MAX,
	    .bytes = {0, true},
	    .macs = {0, 0, true},
	    .memory = {0, 0, true},
	};
	if (parent == ORAY_NONE)
		return m;
	module *up = &tree->modules.at[parent];
	m->depth = up->depth + 1;
	if (up->last_child == ORAY_NONE)
		up->first_child = id;
	else
		tree->modules.at[up->last_child].next_sibling = id;
	up->last_child = id;
	return m;
}

/* Walks down a path, making what is missing. Returns the module, or ORAY_NONE. */
static oray_id descend(module_tree *tree, const char *path, size_t size, unsigned depth)
{
	oray_id at = 0;
	unsigned level = 0;
	for (size_t i = 0; i < size;) {
		size_t end = i;
		bool last = ++level == depth;
		while (end < size && path[end] != '/')
			end++;
		oray_id id = strings_add(&tree->paths, path, end);
		if (id == ORAY_NONE)
			return ORAY_NONE;
		if (id == tree->modules.n && !add_module(tree, at))
			return ORAY_NONE;
		at = id;
		if (last)
			break;
		i = end + 1;
	}
	return at;
}

static bool add_layer(module_tree *tree, size_t row, buf *path, unsigned depth)
{
	const oray_layer *layer = &tree->layers->rows[row];
	buf_clear(path);
	if (layer->graph != 0) {
		graph_path_text(path, tree->layers->model, layer->graph);
		buf_str(path, layer->scope.size ? "/" : "");
	}
	buf_add(path, layer->scope.data, layer->scope.size);
	oray_id at = buf_ok(path) ? descend(tree, buf_text(path), path->n, depth) : ORAY_NONE;
	if (at == ORAY_NONE)
		return false;
	module *m = &tree->modules.at[at];
	if (m->first_row == SIZE_MAX)
		m->first_row = row;
	else
		tree->next_row[m->last_row] = row;
	m->last_row = row;
	tree->next_row[row] = SIZE_MAX;
	m->own_nodes++;
	return true;
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash ^= value + 0x9e3779b97f4a7c15u + (hash << 6) + (hash >> 2);
	hash *= 0xff51afd7ed558ccdu;
	return hash ^ hash >> 33;
}

static uint64_t mix_text(uint64_t hash, oray_str s)
{
	for (size_t i = 0; i < s.size; i++)
		hash = (hash ^ (unsigned char)s.data[i]) * 0x100000001b3u;
	return mix(hash, s.size);
}

static void count_add(oray_count *sum, oray_count more)
{
	if (!num_add(sum->value, more.value, &sum->value)) {
		sum->value = UINT64_MAX;
		sum->exact = false;
	}
	sum->exact = sum->exact && more.exact;
}

static void sum_rows(module_tree *tree, module *m)
{
	m->nodes = m->own_nodes;
	for (size_t row = m->first_row; row != SIZE_MAX; row = tree->next_row[row]) {
		const oray_layer *layer = &tree->layers->rows[row];
		oray_node node = {.op_type = 0};
		oray_model_node(tree->layers->model, layer->node, &node);
		m->parameters += layer->parameters;
		count_add(&m->bytes, layer->parameter_bytes);
		m->macs = oray_amount_add(tree->layers->model, m->macs, layer->macs);
		m->memory = oray_amount_add(tree->layers->model, m->memory, layer->memory);
		m->signature = mix(m->signature, node.op_type);
	}
	m->signature = mix(m->signature, m->parameters);
	m->signature = mix(m->signature, m->macs.value);
	m->signature = mix(m->signature, m->macs.formula);
	m->signature = mix(m->signature, m->memory.value);
	m->signature = mix(m->signature, m->memory.formula);
}

static void sum_children(module_tree *tree, module *m)
{
	for (oray_id c = m->first_child; c != ORAY_NONE; c = tree->modules.at[c].next_sibling) {
		const module *child = &tree->modules.at[c];
		m->nodes += child->nodes;
		m->parameters += child->parameters;
		count_add(&m->bytes, child->bytes);
		m->macs = oray_amount_add(tree->layers->model, m->macs, child->macs);
		m->memory = oray_amount_add(tree->layers->model, m->memory, child->memory);
		m->signature = mix_text(mix(m->signature, child->signature), module_name(tree, c));
	}
}

bool module_tree_make(module_tree *tree, const oray_layers *layers, unsigned depth)
{
	buf path = {0};
	bool ok;
	*tree = (module_tree){.layers = layers};
	strings_init(&tree->paths, NULL);
	tree->next_row = heap_get((layers->n ? layers->n : 1) * sizeof *tree->next_row);
	ok = tree->next_row && strings_add(&tree->paths, "", 0) == 0 && add_module(tree, ORAY_NONE);
	if (!depth || depth > MODULE_DEPTH)
		depth = MODULE_DEPTH;
	for (size_t i = 0; ok && i < layers->n; i++)
		ok = add_layer(tree, i, &path, depth);
	for (size_t i = tree->modules.n; ok && i-- > 0;) {
		sum_rows(tree, &tree->modules.at[i]);
		sum_children(tree, &tree->modules.at[i]);
	}
	buf_free(&path);
	return ok;
}

void module_tree_free(module_tree *tree)
{
	strings_free(&tree->paths);
	vec_free(NULL, &tree->modules);
	heap_free(tree->next_row);
}
