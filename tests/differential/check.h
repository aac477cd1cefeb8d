/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check.h - comparing one fact at a time, and saying where two facts differ.
 *
 * A check knows the model as the library shows it. Paths grow and shrink while the comparison goes
 * down and up; values are found by the name they have in a graph.
 */
#ifndef DIFFERENTIAL_CHECK_H
#define DIFFERENTIAL_CHECK_H

#include <onnxray/onnxray.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "onnx.pb-c.h"

enum { DIFFERENCES_SHOWN = 8 };

typedef struct check {
	const char *file;
	const oray_model *m;
	const uint8_t *bytes;  /**< the whole model, decompressed */
	size_t size;
	unsigned found;        /**< differences */
	char path[1024];
	size_t at;             /**< end of the path */
	oray_id *slots;        /**< first value of a name in a graph, by hash; ORAY_NONE: free */
	size_t n_slots;
	uint32_t *reads;       /**< by value: how often nodes read it */
	size_t graphs, nodes, tensors; /**< met so far */
} check;

typedef ProtobufCBinaryData bin;

static void *must(void *p)
{
	if (p)
		return p;
	fputs("out of memory\n", stderr);
	exit(2);
}

/** Goes down. @return what up() needs to come back. */
static size_t __attribute__((format(printf, 2, 3))) down(check *c, const char *format, ...)
{
	size_t mark = c->at;
	va_list args;
	va_start(args, format);
	int n = vsnprintf(c->path + c->at, sizeof c->path - c->at, format, args);
	va_end(args);
	if (n > 0)
		c->at += (size_t)n < sizeof c->path - c->at ? (size_t)n : sizeof c->path - c->at - 1;
	return mark;
}

static void up(check *c, size_t mark)
{
	c->at = mark;
	c->path[mark] = '\0';
}

static void __attribute__((format(printf, 3, 4))) differ(check *c, const char *what,
                                                         const char *format, ...)
{
	if (c->found++ >= DIFFERENCES_SHOWN)
		return;
	printf("DIFFERENT %s: %s%s: ", c->file, c->path, what);
	va_list args;
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

static bool same_number(check *c, const char *what, int64_t ours, int64_t theirs)
{
	if (ours == theirs)
		return true;
	differ(c, what, "%" PRId64 " here, %" PRId64 " in the message", ours, theirs);
	return false;
}

static bool str_is(oray_str s, const void *data, size_t size)
{
	return s.size == size && (!size || memcmp(s.data, data, size) == 0);
}

static void same_text(check *c, const char *what, oray_str ours, bin theirs)
{
	if (!str_is(ours, theirs.data, theirs.len))
		differ(c, what, "'%.*s' (%zu bytes) here, '%.*s' (%zu bytes) in the message",
		       (int)(ours.size < 60 ? ours.size : 60), ours.data, ours.size,
		       (int)(theirs.len < 60 ? theirs.len : 60), (const char *)theirs.data, theirs.len);
	else if (ours.data[ours.size] != '\0')
		differ(c, what, "no NUL behind the text");
}

/** The default operator set may be spelled with nothing. */
static void same_domain(check *c, const char *what, oray_str ours, bin theirs)
{
	static uint8_t standard[] = "ai.onnx";
	same_text(c, what, ours, theirs.len ? theirs : (bin){7, standard});
}

static void same_pairs(check *c, const char *what, const oray_pair *ours, size_t n,
                       Onnx__StringStringEntryProto *const *theirs, size_t n_theirs)
{
	size_t mark = down(c, ".%s", what);
	if (same_number(c, " (number)", (int64_t)n, (int64_t)n_theirs)) {
		for (size_t i = 0; i < n; i++) {
			size_t inner = down(c, "[%zu]", i);
			same_text(c, ".key", ours[i].key, theirs[i]->key);
			same_text(c, ".value", ours[i].value, theirs[i]->value);
			up(c, inner);
		}
	}
	up(c, mark);
}

static void same_opsets(check *c, const oray_opset *ours, size_t n,
                        Onnx__OperatorSetIdProto *const *theirs, size_t n_theirs)
{
	size_t mark = down(c, ".opset_import");
	if (same_number(c, " (number)", (int64_t)n, (int64_t)n_theirs)) {
		for (size_t i = 0; i < n; i++) {
			size_t inner = down(c, "[%zu]", i);
			same_domain(c, ".domain", ours[i].domain, theirs[i]->domain);
			same_number(c, ".version", ours[i].version,
			            theirs[i]->has_version ? theirs[i]->version : 0);
			up(c, inner);
		}
	}
	up(c, mark);
}

/* ------------------------------------------------------------------------------- values -- */

static size_t slot_of(const check *c, oray_id graph, const void *name, size_t size)
{
	const uint8_t *p = name;
	uint64_t h = 0xcbf29ce484222325u ^ graph;
	for (size_t i = 0; i < size; i++)
		h = (h ^ p[i]) * 0x100000001b3u;
	size_t at = (size_t)(h ^ h >> 29) & (c->n_slots - 1);
	for (; c->slots[at] != ORAY_NONE; at = (at + 1) & (c->n_slots - 1)) {
		oray_value v;
		oray_model_value(c->m, c->slots[at], &v);
		if (v.graph == graph && str_is(v.name, name, size))
			break;
	}
	return at;
}

/** The first value that a graph defines under a name, or ORAY_NONE. */
static oray_id value_in(const check *c, oray_id graph, bin name)
{
	return c->slots[slot_of(c, graph, name.data, name.len)];
}

/** Remembers what every name means. */
static void index_values(check *c)
{
	size_t n = oray_model_describe(c->m)->n_values;
	for (c->n_slots = 16; c->n_slots < n * 2; c->n_slots *= 2)
		;
	c->slots = must(malloc(c->n_slots * sizeof *c->slots));
	memset(c->slots, 0xff, c->n_slots * sizeof *c->slots);
	c->reads = must(calloc(n + 1, sizeof *c->reads));
	for (size_t i = 0; i < n; i++) {
		oray_value v;
		oray_model_value(c->m, (oray_id)i, &v);
		if (v.is_undefined)
			continue;
		size_t at = slot_of(c, v.graph, v.name.data, v.name.size);
		if (c->slots[at] == ORAY_NONE)
			c->slots[at] = (oray_id)i;
	}
}

/** The graph whose names another one sees, or ORAY_NONE. */
static oray_id graph_around(const check *c, oray_id graph)
{
	const oray_graph *g = oray_model_graph(c->m, graph);
	oray_node n;
	if (g->role == ORAY_GRAPH_BODY && oray_model_node(c->m, g->parent_node, &n))
		return n.graph;
	return g->role == ORAY_GRAPH_INITIALIZATION || g->role == ORAY_GRAPH_ALGORITHM ? 0 : ORAY_NONE;
}

/** What a name means in a graph: its own value, or one of the graphs around it. */
static oray_id value_seen(const check *c, oray_id graph, bin name)
{
	oray_id v = ORAY_NONE;
	for (; graph != ORAY_NONE && v == ORAY_NONE; graph = graph_around(c, graph))
		v = value_in(c, graph, name);
	return v;
}

#endif
