/* SPDX-License-Identifier: Apache-2.0 */
/*
 * changes.c - what the headers, interfaces and operator counts of two models say differently.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/heap.h"
#include "base/num.h"
#include "diff/comparison.h"

typedef VEC(oray_change) change_list;

/* Adds a change; what is empty was not there. */
static void add(comparison *c, void *to, const char *what, const char *a, const char *b)
{
	change_list *list = to;
	oray_change *change;

	if (a && b && !strcmp(a, b))
		return;
	change = vec_push(NULL, list);
	if (!change) {
		c->failed = true;
		return;
	}
	change->what = comparison_keep(c, what);
	change->a = a ? comparison_keep(c, a) : NULL;
	change->b = b ? comparison_keep(c, b) : NULL;
}

void changes_add_texts(comparison *c, const char *what)
{
	bool a = c->text.n > 0, b = c->text_b.n > 0;

	if (a || b)
		add(c, &c->changes, what, a ? buf_text(&c->text) : NULL, b ? buf_text(&c->text_b) : NULL);
}

/* ---- header ---- */

static void header_numbers(comparison *c, const char *what, bool has_a, int64_t a, bool has_b,
                           int64_t b)
{
	buf_clear(&c->text);
	buf_clear(&c->text_b);
	buf_format(&c->text, "%" PRId64, a);
	buf_format(&c->text_b, "%" PRId64, b);
	if (has_a || has_b)
		add(c, &c->book->header, what, has_a ? buf_text(&c->text) : NULL,
		    has_b ? buf_text(&c->text_b) : NULL);
}

/* Of what somebody wrote no more than anybody reads; its size tells long ones from each other. */
static void shown(buf *out, oray_str s)
{
	enum { MOST = 1 << 16 };
	buf_clear(out);
	buf_printable(out, s.data, s.size < MOST ? s.size : MOST);
	if (s.size > MOST)
		buf_format(out, "... (%zu bytes)", s.size);
}

static void header_strings(comparison *c, const char *what, oray_str a, oray_str b)
{
	shown(&c->text, a);
	shown(&c->text_b, b);
	if (a.size == b.size && a.size && memcmp(a.data, b.data, a.size) != 0 &&
	    strcmp(buf_text(&c->text), buf_text(&c->text_b)) == 0)
		buf_str(&c->text_b, ", further on not the same");
	if (a.size || b.size)
		add(c, &c->book->header, what, a.size ? buf_text(&c->text) : NULL,
		    b.size ? buf_text(&c->text_b) : NULL);
}

static bool same(oray_str a, oray_str b)
{
	return a.size == b.size && !memcmp(a.data, b.data, a.size);
}

static const char *named(comparison *c, buf *b, const char *kind, oray_str name)
{
	(void)c;
	buf_clear(b);
	buf_str(b, kind);
	buf_char(b, ' ');
	buf_printable(b, name.data, name.size);
	return buf_text(b);
}

/* Models import few domains; a hostile one with many is told by their number alone. */
enum { LIST_MOST = 256, OPERATORS_MOST = 4096 };

_Static_assert(!offsetof(oray_opset, domain) && !offsetof(oray_pair, key), "keys come first");

/* Which of the keys of y answers to key `index` of x: of equal ones the first to the first. n_y:
 * none. Keys stand `step` bytes apart. */
static size_t find_key(const void *x, size_t index, const void *y, size_t n_y, size_t step)
{
	const char *at_x = x, *at_y = y;
	oray_str key, other;
	size_t before = 0, j = 0;

	memcpy(&key, at_x + index * step, sizeof key);
	for (size_t i = 0; i < index; i++) {
		memcpy(&other, at_x + i * step, sizeof other);
		before += same(key, other);
	}
	for (; j < n_y; j++) {
		memcpy(&other, at_y + j * step, sizeof other);
		if (same(key, other) && !before--)
			break;
	}
	return j;
}

static void opsets(comparison *c, const oray_model_info *a, const oray_model_info *b)
{
	const oray_opset *x = a->opsets, *y = b->opsets;
	buf what = {0};

	if (a->n_opsets > LIST_MOST || b->n_opsets > LIST_MOST) {
		header_numbers(c, "opsets", true, (int64_t)a->n_opsets, true, (int64_t)b->n_opsets);
		return;
	}
	for (size_t i = 0; i < a->n_opsets; i++) {
		size_t j = find_key(x, i, y, b->n_opsets, sizeof *x);
		header_numbers(c, named(c, &what, "opset", x[i].domain), true, x[i].version,
		               j < b->n_opsets, j < b->n_opsets ? y[j].version : 0);
	}
	for (size_t j = 0; j < b->n_opsets; j++)
		if (find_key(y, j, x, a->n_opsets, sizeof *y) == a->n_opsets)
			header_numbers(c, named(c, &what, "opset", y[j].domain), false, 0, true, y[j].version);
	buf_free(&what);
}

static void metadata(comparison *c, const char *kind, const oray_pair *a, size_t n_a,
                     const oray_pair *b, size_t n_b)
{
	const oray_str none = {"", 0};
	buf what = {0};

	if (n_a > LIST_MOST || n_b > LIST_MOST) {
		header_numbers(c, kind, true, (int64_t)n_a, true, (int64_t)n_b);
		return;
	}
	for (size_t i = 0; i < n_a; i++) {
		size_t j = find_key(a, i, b, n_b, sizeof *a);
		header_strings(c, named(c, &what, kind, a[i].key), a[i].value, j < n_b ? b[j].value : none);
	}
	for (size_t j = 0; j < n_b; j++)
		if (find_key(b, j, a, n_a, sizeof *b) == n_a)
			header_strings(c, named(c, &what, kind, b[j].key), none, b[j].value);
	buf_free(&what);
}

static void functions(comparison *c)
{
	buf what = {0};

	for (unsigned of = 0; of < 2; of++) {
		const oray_function *f;
		for (oray_id i = 0; (f = oray_model_function(c->model[of], i)); i++) {
			if (c->pairing.graph[c->side[of]][f->graph] != ORAY_NONE)
				continue;
			named(c, &what, "function", f->name);
			add(c, &c->book->header, buf_text(&what), of ? NULL : "defined", of ? "defined" : NULL);
		}
	}
	buf_free(&what);
}

static void header(comparison *c)
{
	const oray_model_info *a = c->skeleton[0].info, *b = c->skeleton[1].info;
	const oray_graph *g = oray_model_graph(c->model[0], 0), *h = oray_model_graph(c->model[1], 0);

	header_numbers(c, "IR version", a->ir_version, a->ir_version, b->ir_version, b->ir_version);
	opsets(c, a, b);
	header_strings(c, "producer", a->producer, b->producer);
	header_strings(c, "producer version", a->producer_version, b->producer_version);
	header_strings(c, "domain", a->domain, b->domain);
	header_numbers(c, "model version", a->has_model_version, a->model_version, b->has_model_version,
	               b->model_version);
	header_strings(c, "description", a->doc, b->doc);
	if (g && h) {
		header_strings(c, "graph name", g->name, h->name);
		header_strings(c, "graph description", g->doc, h->doc);
		metadata(c, "graph metadata", g->metadata, g->n_metadata, h->metadata, h->n_metadata);
	}
	metadata(c, "metadata", a->metadata, a->n_metadata, b->metadata, b->n_metadata);
	functions(c);
}

/* ---- interface ---- */

/* "float32 [1,3,224,224]", with the name before it when that differs as well. */
static const char *face(comparison *c, buf *b, unsigned of, oray_id value, bool with_name)
{
	oray_value v;

	buf_clear(b);
	if (!oray_model_value(c->model[of], value, &v))
		return "";
	if (with_name) {
		buf_printable(b, v.name.data, v.name.size);
		buf_char(b, ' ');
	}
	text_of_type(b, c->model[of], v.type != ORAY_NONE ? v.type : v.inferred);
	return buf_text(b);
}

/* Leaves both in c->text and c->text_b. */
static bool same_faces(comparison *c, oray_id a, oray_id b)
{
	face(c, &c->text, 0, a, false);
	face(c, &c->text_b, 1, b, false);
	return !strcmp(buf_text(&c->text), buf_text(&c->text_b));
}

static oray_str name_of(const oray_model *model, oray_id value)
{
	oray_value v;

	return oray_model_value(model, value, &v) ? v.name : (oray_str){"", 0};
}

static size_t find_name(const oray_model *model, const oray_id *values, size_t n, oray_str name,
                        size_t first)
{
	for (size_t i = 0; i < n; i++) {
		size_t k = (first + i) % n;
		if (same(name_of(model, values[k]), name))
			return k;
	}
	return n;
}

static void faces(comparison *c, const char *kind, const oray_id *a, size_t n_a, const oray_id *b,
                  size_t n_b)
{
	buf what = {0};
	bool *taken_a = mem_zeroed(NULL, n_a + 1, 1), *taken_b = mem_zeroed(NULL, n_b + 1, 1);
	size_t i, j;

	for (i = 0; taken_a && taken_b && i < n_a && n_b; i++) {
		/* hostile models have ten thousand inputs: those in place are found at once */
		j = n_a <= LIST_MOST || n_b <= LIST_MOST
		        ? find_name(c->model[1], b, n_b, name_of(c->model[0], a[i]), i)
		    : i < n_b && same(name_of(c->model[0], a[i]), name_of(c->model[1], b[i])) ? i
		                                                                              : n_b;
		if (j == n_b || taken_b[j])
			continue;
		taken_a[i] = taken_b[j] = true;
		c->n_faces += !same_faces(c, a[i], b[j]);
		add(c, &c->book->interface, named(c, &what, kind, name_of(c->model[0], a[i])),
		    buf_text(&c->text), buf_text(&c->text_b));
	}
	for (i = j = 0; taken_a && taken_b; i++, j++) {
		while (i < n_a && taken_a[i])
			i++;
		while (j < n_b && taken_b[j])
			j++;
		if (i >= n_a && j >= n_b)
			break;
		buf_clear(&what);
		buf_format(&what, "%s %zu", kind, i < n_a ? i : j);
		c->n_faces += i >= n_a || j >= n_b || !same_faces(c, a[i], b[j]);
		buf_clear(&c->text);
		buf_clear(&c->text_b);
		if (i < n_a)
			face(c, &c->text, 0, a[i], true);
		if (j < n_b)
			face(c, &c->text_b, 1, b[j], true);
		add(c, &c->book->interface, buf_text(&what), i < n_a ? buf_text(&c->text) : NULL,
		    j < n_b ? buf_text(&c->text_b) : NULL);
	}
	c->failed |= !taken_a || !taken_b;
	heap_free(taken_a);
	heap_free(taken_b);
	buf_free(&what);
}

/* ---- operators ---- */

static uint64_t by_how_much(const oray_change *c)
{
	uint64_t a = 0, b = 0;

	if (c->a && !num_parse(c->a, strlen(c->a), &a))
		a = 0;
	if (c->b && !num_parse(c->b, strlen(c->b), &b))
		b = 0;
	return a > b ? a - b : b - a;
}

static int more(const void *x, const void *y)
{
	const oray_change *a = x, *b = y;
	uint64_t n = by_how_much(a), m = by_how_much(b);

	return n != m ? (n > m ? -1 : 1) : strcmp(a->what, b->what);
}

static const oray_operator *find_operator(const oray_summary *s, const oray_operator *o)
{
	for (size_t i = 0; i < s->n_operators; i++)
		if (same(s->operators[i].op, o->op) && same(s->operators[i].domain, o->domain))
			return &s->operators[i];
	return NULL;
}

static void operators(comparison *c)
{
	buf what = {0};

	if (c->summary[0]->n_operators > OPERATORS_MOST || c->summary[1]->n_operators > OPERATORS_MOST)
		return;
	for (unsigned of = 0; of < 2; of++)
		for (size_t i = 0; i < c->summary[of]->n_operators; i++) {
			const oray_operator *o = &c->summary[of]->operators[i];
			const oray_operator *p = find_operator(c->summary[!of], o);
			char mine[24], other[24];
			buf number = {0};
			if (p && (of || p->count == o->count))
				continue;
			buf_clear(&what);
			if (!text_is(o->domain, "ai.onnx")) {
				buf_printable(&what, o->domain.data, o->domain.size);
				buf_char(&what, '.');
			}
			buf_printable(&what, o->op.data, o->op.size);
			buf_format(&number, "%" PRIu64, o->count);
			strncpy(mine, buf_text(&number), sizeof mine - 1);
			mine[sizeof mine - 1] = 0;
			buf_clear(&number);
			buf_format(&number, "%" PRIu64, p ? p->count : 0);
			strncpy(other, buf_text(&number), sizeof other - 1);
			other[sizeof other - 1] = 0;
			buf_free(&number);
			add(c, &c->book->operators, buf_text(&what),
			    !of ? mine
			    : p ? other
			        : NULL,
			    of  ? mine
			    : p ? other
			        : NULL);
		}
	if (c->book->operators.n)
		qsort(c->book->operators.at, c->book->operators.n, sizeof *c->book->operators.at, more);
	buf_free(&what);
}

void changes_of_model(comparison *c)
{
	const oray_summary *a = c->summary[0], *b = c->summary[1];

	header(c);
	faces(c, "input", a->inputs, a->n_inputs, b->inputs, b->n_inputs);
	faces(c, "output", a->outputs, a->n_outputs, b->outputs, b->n_outputs);
	operators(c);
}
