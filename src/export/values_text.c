/* SPDX-License-Identifier: Apache-2.0 */
#include "export/values_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "words/numbers.h"

#define INDENT        4
#define GAP           2
#define LINES         10
#define LINES_VERBOSE 200
#define MOST_READ     4096
#define LAST_READ     64 /* more than fit a line */
#define CHUNK         256

bool values_inline(buf *b, const char *before, const oray_model *model, oray_id tensor,
                   uint64_t most)
{
	oray_element chunk[64];
	oray_tensor t;
	size_t n = 0;
	if (most > sizeof chunk / sizeof *chunk || !oray_model_tensor(model, tensor, &t) ||
	    t.storage == ORAY_STORAGE_EXTERNAL || !t.elements.exact || t.elements.value > most ||
	    t.elements.value == 0)
		return false;
	if (oray_tensor_read(model, tensor, 0, (size_t)t.elements.value, chunk, &n, NULL) != ORAY_OK)
		return false;
	for (size_t i = 0; i < n; i++) {
		buf_str(b, i ? ", " : before);
		number_element(b, t.type, &chunk[i]);
	}
	return n > 0;
}

/* Elements from `first` on, as text. */
typedef struct cells {
	buf text;
	VEC(size_t) end;
	uint64_t first;
	size_t widest;
	size_t left, right; /* most columns before the point of a number, and from it on */
} cells;

typedef struct values {
	page *p;
	const oray_model *model;
	oray_id tensor;
	oray_tensor t;
	uint64_t row; /* elements of the last dimension */
	size_t per_line;
	size_t index_width;
	bool text; /* strings: to the left */
	oray_error err;
} values;

static void cells_free(cells *c)
{
	buf_free(&c->text);
	vec_free(NULL, &c->end);
}

/* Columns before the point, or before the exponent, or all. */
static size_t before_point(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (text[i] == '.' || text[i] == 'e')
			return i;
	return size;
}

static void measure_cell(const values *v, cells *c, const char *text, size_t size)
{
	size_t wide = fit_width(text, size);
	if (number_is_float(v->t.type)) {
		size_t left = before_point(text, size);
		c->left = left > c->left ? left : c->left;
		c->right = size - left > c->right ? size - left : c->right;
		wide = c->left + c->right;
	}
	c->widest = wide > c->widest ? wide : c->widest;
}

static bool fill_cells(values *v, uint64_t first, uint64_t count, cells *c)
{
	oray_element chunk[CHUNK];
	*c = (cells){.first = first};
	for (uint64_t done = 0; done < count;) {
		size_t wanted = count - done < CHUNK ? (size_t)(count - done) : CHUNK, n = 0;
		if (oray_tensor_read(v->model, v->tensor, first + done, wanted, chunk, &n, &v->err) !=
		    ORAY_OK)
			return false;
		for (size_t i = 0; i < n; i++) {
			size_t start = c->text.n;
			number_element(&c->text, v->t.type, &chunk[i]);
			size_t *end = vec_push(NULL, &c->end);
			if (!end || !buf_ok(&c->text)) {
				emit_fail(v->p->e, ORAY_ERR_MEMORY);
				return false;
			}
			*end = c->text.n;
			measure_cell(v, c, c->text.data + start, c->text.n - start);
		}
		if (n < wanted)
			break;
		done += n;
	}
	return true;
}

/* @return false when that failed, with nothing to free. */
static bool read_cells(values *v, uint64_t first, uint64_t count, cells *c)
{
	bool fine = fill_cells(v, first, count, c);
	if (!fine)
		cells_free(c);
	return fine;
}

/* "[2,0,5]" of an element. */
static void index_text(const values *v, uint64_t element, buf *b)
{
	char digits[24];
	size_t rank = v->t.n_dims < 8 ? v->t.n_dims : 8, start = b->n;
	/* from the last dimension to the first, each put in front */
	for (size_t i = rank; i-- > 0;) {
		uint64_t size = (uint64_t)v->t.dims[i + v->t.n_dims - rank];
		uint64_t at = i == 0 ? element : element % size;
		int n = snprintf(digits, sizeof digits, "%s%" PRIu64, i ? "," : "[", at);
		buf_add(b, digits, (size_t)n);
		if (!buf_ok(b))
			return;
		memmove(b->data + start + n, b->data + start, b->n - start - (size_t)n);
		memcpy(b->data + start, digits, (size_t)n);
		element /= size;
	}
	buf_char(b, ']');
}

static void line(values *v, const cells *c, size_t from, size_t to, size_t width)
{
	page *p = v->p;
	buf b = {0}, cut = {0};
	emit_repeat(p->e, " ", INDENT);
	if (v->index_width) {
		index_text(v, c->first + from, &b);
		emit_painted(p->e, PAINT_DIM, buf_text(&b), b.n);
		emit_repeat(p->e, " ", v->index_width + GAP - fit_width(buf_text(&b), b.n));
	}
	for (size_t i = from; i < to; i++) {
		size_t start = i ? c->end.at[i - 1] : 0;
		buf_clear(&cut);
		size_t wide =
		    fit_add(&cut, FIT_END, c->text.data + start, c->end.at[i] - start, width, p->e->glyphs);
		size_t pad = width - wide, before = v->text ? 0 : pad;
		if (c->left && c->left + c->right <= width) /* points below each other */
			before = width - c->right - before_point(buf_text(&cut), cut.n);
		emit_repeat(p->e, " ", before);
		emit_add(p->e, buf_text(&cut), cut.n);
		emit_repeat(p->e, " ", i + 1 == to ? 0 : GAP + pad - before);
	}
	emit_str(p->e, "\n");
	buf_free(&b);
	buf_free(&cut);
}

/* Lines of cells until they end or `lines` are written; returns how many cells that were. */
static size_t some_lines(values *v, const cells *c, size_t lines, size_t width)
{
	size_t i = 0;
	for (; i < c->end.n && lines; lines--) {
		size_t to = i + v->per_line;
		if (v->t.n_dims > 1) {
			uint64_t left = v->row - (c->first + i) % v->row;
			to = left < v->per_line ? i + (size_t)left : to;
		}
		to = to < c->end.n ? to : c->end.n;
		line(v, c, i, to, width);
		i = to;
	}
	return i;
}

/* How wide the widest index is. */
static size_t widest_index(const values *v)
{
	buf b = {0};
	index_text(v, v->t.elements.value - 1, &b);
	size_t wide = b.n;
	buf_free(&b);
	return wide;
}

static size_t arrange(values *v, size_t widest)
{
	size_t room = v->p->width > INDENT + 8 ? v->p->width - INDENT : 8;
	size_t width = widest < room ? widest : room;
	v->index_width = 0;
	v->per_line = (room + GAP) / (width + GAP);
	if (v->t.n_dims == 0 || (v->t.n_dims == 1 && v->t.elements.value <= v->per_line))
		return width;
	v->index_width = widest_index(v);
	room = room > v->index_width + GAP + 8 ? room - v->index_width - GAP : 8;
	width = widest < room ? widest : room;
	v->per_line = (room + GAP) / (width + GAP);
	/* round numbers of columns are easier to count */
	if (v->per_line > 10 && v->t.n_dims == 1)
		v->per_line -= v->per_line % 5;
	return width;
}

static void unreadable(values *v)
{
	buf b = {0};
	buf_format(&b, "cannot be read: %s", v->err.message);
	page_paragraph(v->p, PAINT_WARN, buf_text(&b), b.n);
	buf_free(&b);
}

static void widen(cells *c, const cells *other)
{
	c->left = c->left > other->left ? c->left : other->left;
	c->right = c->right > other->right ? c->right : other->right;
	c->widest = c->widest > other->widest ? c->widest : other->widest;
	if (c->left + c->right > c->widest)
		c->widest = c->left + c->right;
}

static void text_values(values *v)
{
	uint64_t n = v->t.elements.value;
	size_t lines = v->p->verbose ? LINES_VERBOSE : LINES;
	cells head, tail;
	uint64_t end = n < LAST_READ ? n : LAST_READ;
	bool ok = read_cells(v, 0, n < MOST_READ ? n : MOST_READ, &head);
	/* the last line is to be as wide as the others, so its cells count from the start */
	ok = ok && read_cells(v, n - end, end, &tail);
	if (ok)
		widen(&head, &tail);
	if (ok)
		cells_free(&tail);
	if (ok && head.end.n) {
		size_t width = arrange(v, head.widest);
		size_t shown = some_lines(v, &head, lines, width);
		uint64_t last = n > v->per_line ? n - v->per_line : 0;
		if (v->t.n_dims > 1 && v->row && n - last > v->row)
			last = n - v->row;
		last = last > shown ? last : shown;
		if (shown < n && read_cells(v, last, n - last, &tail)) {
			if (last > shown) {
				emit_repeat(v->p->e, " ", INDENT);
				emit_paint_str(v->p->e, PAINT_DIM, v->p->e->glyphs->cut);
				emit_str(v->p->e, "\n");
			}
			widen(&tail, &head);
			some_lines(v, &tail, 1, width);
		}
		if (shown < n)
			cells_free(&tail);
	}
	cells_free(&head);
	if (!ok && emit_ok(v->p->e))
		unreadable(v);
}

/* One fact an element: for CSV, and for strings in Markdown, which are to be escaped as such. */
static void value_facts(values *v, uint64_t most)
{
	cells c;
	uint64_t n = v->t.elements.value;
	if (!read_cells(v, 0, n < most ? n : most, &c))
		unreadable(v);
	for (size_t i = 0; i < c.end.n; i++) {
		size_t start = i ? c.end.at[i - 1] : 0;
		buf index = {0};
		index_text(v, i, &index);
		page_fact(v->p, v->t.n_dims ? buf_text(&index) : "value", PAINT_PLAIN, c.text.data + start,
		          c.end.at[i] - start);
		buf_free(&index);
	}
	cells_free(&c);
}

void values_write(page *p, const oray_model *model, oray_id tensor)
{
	values v = {.p = p, .model = model, .tensor = tensor};
	if (!oray_model_tensor(model, tensor, &v.t))
		return;
	v.text = v.t.type == ORAY_STRING;
	v.row = v.t.n_dims ? (uint64_t)v.t.dims[v.t.n_dims - 1] : 1;
	if (!v.t.elements.exact) {
		page_paragraph(p, PAINT_WARN, "its dimensions are impossible", 29);
	} else if (v.t.elements.value == 0) {
		page_paragraph(p, PAINT_DIM, "none: a dimension is 0", 22);
	} else if (p->format == ORAY_CSV) {
		value_facts(&v, MOST_READ);
	} else if (p->format == ORAY_MARKDOWN && v.text) {
		value_facts(&v, p->verbose ? MOST_READ : 10 * LINES);
	} else {
		page_block(p);
		text_values(&v);
	}
}
