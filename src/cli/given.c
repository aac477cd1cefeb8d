/* SPDX-License-Identifier: Apache-2.0 */
/*
 * given.c - the words of --dim, --input and --bind, taken apart.
 */
#include "given.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RANK_MOST = 64 };

/* All that the options say. Names are copies; everything is freed by given_free(). */
typedef struct given {
	oray_infer_options infer;
	oray_dim_value *dims;
	oray_input_shape *shapes;
	oray_input_value *values;
	oray_array **arrays;
	char **texts; /* names and shapes */
	size_t n_texts;
} given;

static oray_status wrong(oray_error *err, const char *format, const char *word, const char *more)
{
	draft safe = {0}, text = {0};
	draft_printable(&safe, word);
	*err = (oray_error){.code = ORAY_ERR_USAGE, .offset = ORAY_NO_OFFSET};
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	draft_format(&text, format, draft_text(&safe), more);
#pragma GCC diagnostic pop
	draft_fit(draft_text(&text), err->message, sizeof err->message);
	draft_free(&safe);
	draft_free(&text);
	return ORAY_ERR_USAGE;
}

/* A copy of `size` bytes that is freed with the rest; NULL without memory. */
static char *keep(given *g, const char *text, size_t size)
{
	char *copy = malloc(size + 1);
	if (!copy)
		return NULL;
	memcpy(copy, text, size);
	copy[size] = 0;
	g->texts[g->n_texts++] = copy;
	return copy;
}

/* Reads digits; false when there are none, or too many. */
static bool read_number(const char **at, int64_t *out)
{
	size_t digits = strspn(*at, "0123456789");
	if (!digits || digits > 18)
		return false;
	*out = strtoll(*at, NULL, 10);
	*at += digits;
	return true;
}

static oray_status take_dim(given *g, const char *word, oray_error *err)
{
	const char *equals = strrchr(word, '='), *at = equals ? equals + 1 : word;
	int64_t value;
	if (!equals || equals == word || !read_number(&at, &value) || *at)
		return wrong(err, "--dim: '%s' is not NAME=N%s", word, ", such as batch=4");
	char *name = keep(g, word, (size_t)(equals - word));
	if (!name)
		return ORAY_ERR_MEMORY;
	g->dims[g->infer.n_dims++] = (oray_dim_value){name, value};
	return ORAY_OK;
}

/* "1x3x224x224", "1,3,224,224", "[1, 3]", "" for a scalar; '?' or -1 as declared. */
static bool read_shape(const char *at, int64_t *dims, size_t *n)
{
	bool bracket = *at == '[';
	*n = 0;
	at += bracket;
	while (*at == ' ')
		at++;
	while (*at && *at != ']') {
		if (*n == RANK_MOST)
			return false;
		if (*at == '?' || !strncmp(at, "-1", 2)) {
			dims[(*n)++] = -1;
			at += *at == '?' ? 1 : 2;
		} else if (!read_number(&at, &dims[(*n)++])) {
			return false;
		}
		at += strspn(at, " ");
		if (*at && *at != ']' && !strchr("xX,*", *at))
			return false;
		if (*at && *at != ']') {
			at++;
			at += strspn(at, " ");
			if (!*at || *at == ']')
				return false;
		}
	}
	return bracket ? !strcmp(at, "]") : !*at;
}

static oray_status take_shape(given *g, const char *word, oray_error *err)
{
	const char *colon = strrchr(word, ':');
	int64_t dims[RANK_MOST];
	size_t n;
	if (!colon || colon == word || !read_shape(colon + 1, dims, &n))
		return wrong(err, "--input: '%s' is not NAME:SHAPE%s", word, ", such as x:1x3x224x224");
	char *name = keep(g, word, (size_t)(colon - word));
	char *copy = name ? keep(g, (const char *)dims, n * sizeof *dims) : NULL;
	if (!copy)
		return ORAY_ERR_MEMORY;
	g->shapes[g->infer.n_shapes++] =
	    (oray_input_shape){name, n, (const int64_t *)(const void *)copy};
	return ORAY_OK;
}

static oray_status take_value(given *g, const char *word, oray_error *err)
{
	const char *equals = strchr(word, '=');
	if (!equals || equals == word || !equals[1])
		return wrong(err, "--bind: '%s' is not NAME=FILE%s", word, ", such as shape=input_1.pb");
	oray_array **array = &g->arrays[g->infer.n_values];
	oray_status status = oray_array_load(equals + 1, array, err);
	if (status != ORAY_OK) {
		char why[sizeof err->message];
		memcpy(why, err->message, sizeof why);
		wrong(err, "--bind: %s: %s", equals + 1, why);
		return err->code = status == ORAY_ERR_MEMORY ? status : ORAY_ERR_USAGE;
	}
	char *name = keep(g, word, (size_t)(equals - word));
	if (!name)
		return ORAY_ERR_MEMORY;
	g->values[g->infer.n_values++] = (oray_input_value){
	    name, (*array)->type, (*array)->n_dims, (*array)->dims, (*array)->n, (*array)->at};
	return ORAY_OK;
}

static oray_status take_all(given *g, const options *o, oray_error *err)
{
	oray_status status = ORAY_OK;
	g->dims = calloc(o->dim.n + 1, sizeof *g->dims);
	g->shapes = calloc(o->input.n + 1, sizeof *g->shapes);
	g->values = calloc(o->bind.n + 1, sizeof *g->values);
	g->arrays = calloc(o->bind.n + 1, sizeof *g->arrays);
	g->texts = calloc(o->dim.n + 2 * o->input.n + o->bind.n + 1, sizeof *g->texts);
	if (!g->dims || !g->shapes || !g->values || !g->arrays || !g->texts)
		return ORAY_ERR_MEMORY;
	for (size_t i = 0; i < o->dim.n && status == ORAY_OK; i++)
		status = take_dim(g, o->dim.items[i], err);
	for (size_t i = 0; i < o->input.n && status == ORAY_OK; i++)
		status = take_shape(g, o->input.items[i], err);
	for (size_t i = 0; i < o->bind.n && status == ORAY_OK; i++)
		status = take_value(g, o->bind.items[i], err);
	g->infer.dims = g->dims;
	g->infer.shapes = g->shapes;
	g->infer.values = g->values;
	return status;
}

static void given_free(given *g, const options *o)
{
	for (size_t i = 0; g->arrays && i < o->bind.n; i++)
		oray_array_free(g->arrays[i]);
	for (size_t i = 0; i < g->n_texts; i++)
		free(g->texts[i]);
	free(g->dims);
	free(g->shapes);
	free(g->values);
	free(g->arrays);
	free(g->texts);
}

oray_counting given_counting(const options *o)
{
	for (int i = 0; o->count && i < ORAY_N_COUNTINGS; i++)
		if (!strcmp(o->count, oray_counting_name((oray_counting)i)))
			return (oray_counting)i;
	return ORAY_COUNT_MACS;
}

/* --------------------------------------------------------------------------- two models -- */

static bool is_name(oray_str s, const char *name)
{
	return s.size == strlen(name) && memcmp(s.data, name, s.size) == 0;
}

static bool has_input(const oray_model *model, const char *name)
{
	const oray_graph *main = oray_model_graph(model, 0);
	oray_value v;
	for (size_t i = 0; main && i < main->n_inputs; i++)
		if (oray_model_value(model, main->inputs[i], &v) && is_name(v.name, name))
			return true;
	return false;
}

static bool has_dim(const oray_model *model, const char *name)
{
	size_t n = oray_model_describe(model)->n_values;
	for (size_t i = 0; i < n; i++) {
		oray_value v;
		oray_type t;
		if (!oray_model_value(model, (oray_id)i, &v) || !oray_model_type(model, v.type, &t))
			continue;
		for (size_t k = 0; k < t.n_dims; k++) {
			oray_dim d = oray_model_dim(model, t.id, k);
			if (d.kind == ORAY_DIM_SYMBOL && is_name(d.symbol, name))
				return true;
		}
	}
	return false;
}

/* Leaves out what is said of the other model only. What neither knows stays, to be complained of.
 */
static void leave_out(oray_infer_options *all, given *g, const oray_model *model,
                      const oray_model *other)
{
#define KEEP(n, list, has)                                                                         \
	do {                                                                                           \
		size_t kept = 0;                                                                           \
		for (size_t i = 0; i < all->n; i++)                                                        \
			if (has(model, g->list[i].name) || !has(other, g->list[i].name)) {                     \
				__typeof__(g->list[i]) swap = g->list[kept];                                       \
				g->list[kept++] = g->list[i];                                                      \
				g->list[i] = swap;                                                                 \
			}                                                                                      \
		all->n = kept;                                                                             \
	} while (0)
	KEEP(n_dims, dims, has_dim);
	KEEP(n_shapes, shapes, has_input);
	KEEP(n_values, values, has_input);
#undef KEEP
}

oray_status given_infer_pair(const options *o, oray_model *a, oray_model *b, oray_error *err)
{
	given g = {0};
	oray_model *models[] = {a, b};
	if (o->no_infer)
		return ORAY_OK;
	oray_status status = take_all(&g, o, err);
	if (status == ORAY_ERR_MEMORY)
		*err = (oray_error){ORAY_ERR_MEMORY, ORAY_NO_OFFSET, "", "out of memory"};
	g.infer.counting = given_counting(o);
	for (size_t i = 0; i < 2 && status == ORAY_OK; i++) {
		oray_infer_options all = g.infer;
		leave_out(&all, &g, models[i], models[1 - i]);
		status = oray_model_infer(models[i], &all, err);
	}
	given_free(&g, o);
	return status;
}

oray_status given_infer(const options *o, oray_model *model, oray_error *err)
{
	given g = {0};
	if (o->no_infer)
		return ORAY_OK;
	oray_status status = take_all(&g, o, err);
	g.infer.counting = given_counting(o);
	if (status == ORAY_OK)
		status = oray_model_infer(model, &g.infer, err);
	else if (status == ORAY_ERR_MEMORY)
		*err = (oray_error){ORAY_ERR_MEMORY, ORAY_NO_OFFSET, "", "out of memory"};
	given_free(&g, o);
	return status;
}
