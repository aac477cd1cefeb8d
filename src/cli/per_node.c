/* SPDX-License-Identifier: Apache-2.0 */
#include "per_node.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Nobody has more nodes than that, and no name is longer. */
enum { MOST_BYTES = 256 << 20, MOST_TITLE = 60, MOST_NAMED = 3, MOST_LABEL = 256 };

/* A field, unquoted in place: it is never longer than it was. */
typedef struct field {
	char *data;
	size_t size;
} field;

typedef struct table {
	char *at, *end;
	char separator;
} table;

static oray_status fail(oray_error *err, oray_status code, const char *path, const char *what)
{
	draft safe = {0};
	char name[201];
	draft_printable(&safe, path);
	draft_fit(draft_text(&safe), name, sizeof name);
	*err = (oray_error){.code = code, .offset = ORAY_NO_OFFSET};
	snprintf(err->message, sizeof err->message, "--color-by: %s: %s", name, what);
	draft_free(&safe);
	return code;
}

/* -------------------------------------------------------------------------------- reading -- */

static char *read_all(const char *path, size_t *size, const char **problem)
{
	FILE *f = fopen(path, "rb");
	char *data = NULL;
	size_t capacity = 0;
	*size = 0;
	*problem = NULL;
	if (!f) {
		*problem = strerror(errno);
		return NULL;
	}
	for (;;) {
		if (*size + 1 >= capacity) {
			capacity = capacity ? capacity * 2 : 1 << 16;
			char *more = *size < MOST_BYTES ? realloc(data, capacity) : NULL;
			if (!more) {
				*problem = *size < MOST_BYTES ? "out of memory" : "more than 256 MiB";
				break;
			}
			data = more;
		}
		size_t n = fread(data + *size, 1, capacity - *size - 1, f);
		if (!n)
			break;
		*size += n;
	}
	if (!*problem && ferror(f))
		*problem = strerror(errno);
	fclose(f);
	if (*problem) {
		free(data);
		return NULL;
	}
	data[*size] = 0;
	return data;
}

/* What stands between columns: of the signs in the first line the most frequent. */
static char find_separator(const char *at, const char *end)
{
	static const char signs[] = {'\t', ';', ','};
	size_t count[sizeof signs] = {0}, best = sizeof signs - 1;
	bool quoted = false;
	for (; at < end && (quoted || (*at != '\n' && *at != '\r')); at++) {
		quoted ^= *at == '"';
		for (size_t i = 0; !quoted && i < sizeof signs; i++)
			count[i] += *at == signs[i];
	}
	for (size_t i = 0; i < sizeof signs; i++)
		best = count[i] > count[best] ? i : best;
	return signs[best];
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Takes the next field; *last tells that the row ends with it. */
static field next_field(table *t, bool *last)
{
	field f = {t->at, 0};
	if (t->at < t->end && *t->at == '"') {
		char *to = t->at++;
		f.data = to;
		for (; t->at < t->end; t->at++) {
			if (*t->at == '"' && (t->at + 1 == t->end || *++t->at != '"'))
				break;
			*to++ = *t->at;
		}
		f.size = (size_t)(to - f.data);
		while (t->at < t->end && *t->at != t->separator && *t->at != '\n' && *t->at != '\r')
			t->at++;
	} else {
		while (t->at < t->end && *t->at != t->separator && *t->at != '\n' && *t->at != '\r')
			t->at++;
		f.size = (size_t)(t->at - f.data);
		while (f.size && is_blank(f.data[f.size - 1]))
			f.size--;
		while (f.size && is_blank(*f.data))
			f.data++, f.size--;
	}
	*last = t->at == t->end || *t->at != t->separator;
	if (!*last)
		t->at++;
	return f;
}

/* Takes a row; lines without anything are skipped. @return false at the end. */
static bool next_row(table *t, field out[2])
{
	bool last = false;
	while (t->at < t->end && (*t->at == '\n' || *t->at == '\r'))
		t->at++;
	if (t->at == t->end)
		return false;
	out[0] = out[1] = (field){t->at, 0};
	for (size_t i = 0; !last; i++) {
		field f = next_field(t, &last);
		if (i < 2)
			out[i] = f;
	}
	return true;
}

/* A plain decimal number in any locale: "12", "-1.5e3", "nan", "inf". */
static bool read_number(field f, double *number)
{
	char text[64], *end, point = '.';
	if (!f.size || f.size >= sizeof text)
		return false;
	for (size_t i = 0; i < f.size; i++)
		if (!f.data[i] || strchr("xXpP()", f.data[i]))
			return false;
	snprintf(text, sizeof text, "%.1f", 0.5);
	point = text[1];
	memcpy(text, f.data, f.size);
	text[f.size] = 0;
	for (char *c = text; *c; c++)
		if (*c == '.')
			*c = point;
	*number = strtod(text, &end);
	return end != text && !*end;
}

/* -------------------------------------------------------------------------------- matching -- */

/* A name of a node: its own, else made of operator and index, or that of an output. */
typedef enum kind { OWN_NAME, LABEL, OUTPUT } kind;

typedef struct entry {
	uint64_t hash;
	kind kind;
	oray_id node;
	uint32_t output;
} entry;

/* The library finds one name by looking at all nodes; a table has many names. */
typedef struct names {
	const oray_model *model;
	entry *at; /* by hash, then in the order in which they win */
	size_t n;
} names;

static uint64_t hash_of(const char *data, size_t size)
{
	uint64_t h = 0xCBF29CE484222325u;
	for (size_t i = 0; i < size; i++)
		h = (h ^ (unsigned char)data[i]) * 0x100000001B3u;
	return h;
}

static int by_hash(const void *a, const void *b)
{
	const entry *x = a, *y = b;
	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return x->node < y->node ? -1 : x->node > y->node;
}

static oray_str name_of(const oray_model *model, const entry *e, char *label, size_t size)
{
	oray_node n = {0};
	oray_value v = {0};
	oray_model_node(model, e->node, &n);
	if (e->kind == OWN_NAME)
		return n.name;
	if (e->kind == LABEL) {
		size_t length = oray_node_label(model, e->node, label, size);
		return (oray_str){label, length < size ? length : 0};
	}
	oray_model_value(model, n.outputs[e->output], &v);
	return v.name;
}

static void add_name(names *all, entry e)
{
	char label[MOST_LABEL];
	oray_str name = name_of(all->model, &e, label, sizeof label);
	if (!name.size)
		return;
	e.hash = hash_of(name.data, name.size);
	all->at[all->n++] = e;
}

static bool list_names(names *all)
{
	size_t n = oray_model_describe(all->model)->n_nodes, room = 0;
	oray_node node;
	for (oray_id i = 0; i < n; i++)
		room += 1 + (oray_model_node(all->model, i, &node) ? node.n_outputs : 0);
	all->at = malloc((room + 1) * sizeof *all->at);
	for (oray_id i = 0; all->at && i < n; i++) {
		oray_model_node(all->model, i, &node);
		add_name(all, (entry){.kind = node.name.size ? OWN_NAME : LABEL, .node = i});
		for (size_t k = 0; k < node.n_outputs; k++)
			if (node.outputs[k] != ORAY_NONE)
				add_name(all, (entry){.kind = OUTPUT, .node = i, .output = (uint32_t)k});
	}
	if (all->at)
		qsort(all->at, all->n, sizeof *all->at, by_hash);
	return all->at != NULL;
}

static oray_id find_node(const names *all, field name)
{
	uint64_t hash = hash_of(name.data, name.size);
	size_t low = 0, high = all->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (all->at[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	for (; name.size && low < all->n && all->at[low].hash == hash; low++) {
		char label[MOST_LABEL];
		oray_str known = name_of(all->model, &all->at[low], label, sizeof label);
		if (known.size == name.size && memcmp(known.data, name.data, name.size) == 0)
			return all->at[low].node;
	}
	return ORAY_NONE;
}

typedef struct tally {
	size_t unknown, no_number;
	draft names; /* the first of those that are unknown */
} tally;

static void note_unknown(tally *t, field name)
{
	if (t->unknown++ >= MOST_NAMED)
		return;
	char text[80];
	snprintf(text, sizeof text, "%.*s", (int)(name.size < 60 ? name.size : 60), name.data);
	draft_str(&t->names, t->unknown == 1 ? ": '" : ", '");
	draft_printable(&t->names, text);
	draft_str(&t->names, "'");
}

static void take_row(const names *all, const field row[2], per_node *out, tally *t)
{
	double number;
	out->rows++;
	oray_id node = find_node(all, row[0]);
	if (node == ORAY_NONE) {
		note_unknown(t, row[0]);
		return;
	}
	if (!read_number(row[1], &number) || !isfinite(number)) {
		t->no_number++;
		return;
	}
	out->matched++;
	out->values[node] = isnan(out->values[node]) ? number : out->values[node] + number;
}

static char *copy_title(const char *data, size_t size)
{
	draft safe = {0};
	char text[MOST_TITLE + 1];
	snprintf(text, sizeof text, "%.*s", (int)(size < MOST_TITLE ? size : MOST_TITLE), data);
	draft_printable(&safe, text);
	char *copy = safe.failed || !safe.n ? NULL : safe.data;
	if (!copy)
		draft_free(&safe);
	return copy;
}

static char *title_of_file(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');
	return copy_title(name, dot && dot != name ? (size_t)(dot - name) : strlen(name));
}

/* The words that the library takes for colourings of its own. */
static bool is_taken(const char *title)
{
	static const char *const words[] = {"category", "type", "macs", "params", "sqnr"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(title, words[i]) == 0)
			return true;
	return false;
}

/* The first row is titles when it has no number, and names nothing in the model. */
static bool is_heading(const names *all, const field row[2])
{
	double number;
	return !read_number(row[1], &number) && find_node(all, row[0]) == ORAY_NONE;
}

static void tell(const char *path, const per_node *out, const tally *t, draft *notes)
{
	draft safe = {0};
	draft_printable(&safe, path);
	if (t->unknown)
		draft_format(notes, "onnxray: %s: %zu of %zu rows name no node of the model%s%s\n",
		             draft_text(&safe), t->unknown, out->rows, draft_text(&t->names),
		             t->unknown > MOST_NAMED ? ", ..." : "");
	if (t->no_number)
		draft_format(notes, "onnxray: %s: %zu of %zu rows have no finite number\n",
		             draft_text(&safe), t->no_number, out->rows);
	draft_free(&safe);
}

static oray_status take_rows(const oray_model *model, const char *path, table *t, per_node *out,
                             draft *notes, oray_error *err)
{
	tally missing = {0};
	names all = {.model = model};
	field row[2];
	size_t n = oray_model_describe(model)->n_nodes;
	out->values = malloc((n + 1) * sizeof *out->values);
	bool fine = out->values && list_names(&all);
	for (size_t i = 0; fine && i < n; i++)
		out->values[i] = NAN;
	for (bool first = true; fine && next_row(t, row); first = false) {
		if (!first || !is_heading(&all, row))
			take_row(&all, row, out, &missing);
		else if (row[1].size)
			out->title = copy_title(row[1].data, row[1].size);
	}
	if (!out->title || is_taken(out->title)) {
		free(out->title);
		out->title = title_of_file(path);
	}
	free(all.at);
	oray_status status = ORAY_OK;
	if (!fine || !out->title)
		status = fail(err, ORAY_ERR_MEMORY, path, "out of memory");
	else if (!out->matched)
		status = fail(err, ORAY_ERR_USAGE, path,
		              !out->rows        ? "there is no table of names and numbers in it"
		              : missing.unknown ? "no row of it names a node or a value of the model"
		                                : "no row of it has a finite number");
	else
		tell(path, out, &missing, notes);
	draft_free(&missing.names);
	return status;
}

oray_status per_node_read(const oray_model *model, const char *path, per_node *out, draft *notes,
                          oray_error *err)
{
	const char *problem;
	size_t size;
	*out = (per_node){0};
	char *data = read_all(path, &size, &problem);
	if (!data) {
		char text[256];
		snprintf(text, sizeof text, "%.120s; it is category, type, macs, params, sqnr or a file",
		         problem);
		return fail(err, ORAY_ERR_USAGE, path, text);
	}
	table t = {data, data + size, ','};
	if (size >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0)
		t.at += 3;
	t.separator = find_separator(t.at, t.end);
	oray_status status = take_rows(model, path, &t, out, notes, err);
	free(data);
	if (status != ORAY_OK)
		per_node_free(out);
	return status;
}

void per_node_free(per_node *n)
{
	free(n->title);
	free(n->values);
	*n = (per_node){0};
}
