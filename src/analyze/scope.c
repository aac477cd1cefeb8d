/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scope.c - the module a node belongs to, as far as names tell.
 */
#include "analyze/scope.h"

#include <string.h>

/* Written where a node came from no module at all. */
static const char no_module[] = "_empty_nn_module_stack_from_metadata_hook";

/* A path under construction; an entry is added when the next one shows that it is not the last. */
typedef struct path_maker {
	buf *path;
	oray_str last;  /* entry that waits */
	oray_str outer; /* entry before it: what `last` may repeat */
	bool waits;
	bool any;
} path_maker;

void scopes_init(scopes *s)
{
	strings_init(&s->pool, NULL);
}

void scopes_free(scopes *s)
{
	strings_free(&s->pool);
	buf_free(&s->path);
}

static bool starts_with(oray_str s, oray_str prefix)
{
	return s.size >= prefix.size && !memcmp(s.data, prefix.data, prefix.size);
}

/* "layer2.1" within "layer2" is "1". */
static void add_entry(path_maker *p)
{
	oray_str entry = p->last;

	if (!entry.size ||
	    (entry.size == sizeof no_module - 1 && !memcmp(entry.data, no_module, entry.size)))
		return;
	if (p->outer.size && entry.size > p->outer.size + 1 && starts_with(entry, p->outer) &&
	    entry.data[p->outer.size] == '.') {
		entry.data += p->outer.size + 1;
		entry.size -= p->outer.size + 1;
	}
	if (p->path->n)
		buf_char(p->path, '/');
	buf_add(p->path, entry.data, entry.size);
	p->outer = p->last;
}

static void next_entry(path_maker *p, const char *data, size_t size)
{
	if (p->waits)
		add_entry(p);
	p->last = (oray_str){data, size};
	p->waits = p->any = true;
}

/* ['', 'encoder', "it's"] as Python prints a list of texts. */
static bool read_list(path_maker *p, oray_str list)
{
	size_t i = 0;

	if (list.size < 2 || list.data[0] != '[' || list.data[list.size - 1] != ']')
		return false;
	while (++i < list.size - 1) {
		char quote = list.data[i];
		size_t first = i + 1;
		if (quote == ' ' || quote == ',')
			continue;
		if (quote != '\'' && quote != '"')
			return false;
		for (i++; i < list.size && list.data[i] != quote; i++)
			i += list.data[i] == '\\';
		if (i >= list.size)
			return false;
		next_entry(p, list.data + first, i - first);
	}
	return p->any;
}

/* ": Net/encoder: torch.nn.LSTM/mul: aten.mul.Tensor": names with types, which hold no slash. */
static bool read_namespace(path_maker *p, oray_str s)
{
	size_t first = 0;

	while (first < s.size) {
		const char *end = memchr(s.data + first, '/', s.size - first);
		size_t size = end ? (size_t)(end - s.data) - first : s.size - first;
		const char *colon = memchr(s.data + first, ':', size);
		next_entry(p, s.data + first, colon ? (size_t)(colon - s.data) - first : size);
		first += size + 1;
	}
	return p->any;
}

static const struct {
	const char *key;
	bool (*read)(path_maker *p, oray_str value);
} sources[] = {
    {"pkg.torch.onnx.name_scopes", read_list},
    {"pkg.torch.onnx.namespace", read_namespace},
    {"namespace", read_namespace},
};

static bool from_metadata(scopes *s, const oray_node *node)
{
	for (size_t k = 0; k < sizeof sources / sizeof *sources; k++) {
		size_t size = strlen(sources[k].key);
		for (size_t i = 0; i < node->n_metadata; i++) {
			path_maker p = {.path = &s->path};
			const oray_pair *pair = &node->metadata[i];
			if (pair->key.size != size || memcmp(pair->key.data, sources[k].key, size) != 0)
				continue;
			buf_clear(&s->path);
			if (sources[k].read(&p, pair->value))
				return true;
		}
	}
	return false;
}

static oray_str from_name(oray_str name)
{
	const char *end = name.size ? memchr(name.data, ';', name.size) : NULL;

	if (end)
		name.size = (size_t)(end - name.data);
	while (name.size && name.data[name.size - 1] != '/')
		name.size--;
	while (name.size && name.data[name.size - 1] == '/')
		name.size--;
	while (name.size && *name.data == '/') {
		name.data++;
		name.size--;
	}
	return name;
}

oray_str scope_of(scopes *s, const oray_node *node)
{
	oray_str found;
	oray_id id;

	if (node->n_metadata && from_metadata(s, node))
		found = (oray_str){buf_text(&s->path), s->path.n};
	else
		found = from_name(node->name);
	if (!found.size)
		return (oray_str){"", 0};
	id = strings_add(&s->pool, found.data, found.size);
	s->failed |= id == ORAY_NONE || !buf_ok(&s->path);
	return strings_get(&s->pool, id);
}
