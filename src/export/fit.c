/* SPDX-License-Identifier: Apache-2.0 */
#include "export/fit.h"

#include <string.h>

#include "base/utf8.h"

/* Bytes and columns of the character at the start; a stray byte counts as one. */
static size_t character(const char *text, size_t size, size_t *columns)
{
	uint32_t code;
	if ((unsigned char)*text < 0x80) {
		*columns = 1;
		return 1;
	}
	size_t n = utf8_decode(text, size, &code);
	*columns = n ? utf8_width(code) : 1;
	return n ? n : 1;
}

size_t fit_width(const char *text, size_t size)
{
	size_t width = 0, columns;
	for (size_t i = 0; i < size; width += columns)
		i += character(text + i, size - i, &columns);
	return width;
}

size_t fit_start(const char *text, size_t size, size_t columns, size_t *taken)
{
	size_t i = 0, width = 0, wide;
	while (i < size) {
		size_t n = character(text + i, size - i, &wide);
		if (width + wide > columns)
			break;
		width += wide;
		i += n;
	}
	*taken = width;
	return i;
}

/* First byte of the longest end that takes at most `columns`. */
static size_t fit_last(const char *text, size_t size, size_t columns, size_t *taken)
{
	size_t i = size, width = 0, wide;
	while (i > 0) {
		size_t at = i - 1;
		while (at > 0 && i - at < 4 && ((unsigned char)text[at] & 0xc0) == 0x80)
			at--;
		if (character(text + at, i - at, &wide) != i - at) {
			at = i - 1;
			wide = 1;
		}
		if (width + wide > columns)
			break;
		width += wide;
		i = at;
	}
	*taken = width;
	return i;
}

static size_t add_end(buf *b, const char *text, size_t size, size_t columns, const glyphs *g)
{
	size_t mark = fit_width(g->cut, strlen(g->cut)), taken;
	if (mark > columns)
		return 0;
	size_t n = fit_start(text, size, columns - mark, &taken);
	buf_add(b, text, n);
	buf_str(b, g->cut);
	return taken + mark;
}

static size_t add_middle(buf *b, const char *text, size_t size, size_t columns, const glyphs *g)
{
	size_t mark = fit_width(g->cut, strlen(g->cut)), head, tail;
	if (columns < mark + 2)
		return add_end(b, text, size, columns, g);
	size_t room = columns - mark;
	size_t first = fit_start(text, size, room * 2 / 5, &head);
	size_t last = fit_last(text, size, room - head, &tail);
	buf_add(b, text, first);
	buf_str(b, g->cut);
	buf_add(b, text + last, size - last);
	return head + mark + tail;
}

/* Bytes of the lines of a tree in front of a name. */
static size_t guides(const char *text, size_t size, const glyphs *g)
{
	const char *const pieces[] = {g->pipe, "   ", g->branch, g->corner};
	size_t at = 0;
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		size_t n = strlen(pieces[i]);
		if (size - at < n || memcmp(text + at, pieces[i], n))
			continue;
		at += n;
		i = (size_t)-1; /* from the first piece again */
	}
	return at;
}

static size_t add_tree(buf *b, const char *text, size_t size, size_t columns, const glyphs *g)
{
	size_t n = guides(text, size, g), taken = fit_width(text, n);
	if (taken + 5 > columns)
		return add_middle(b, text, size, columns, g);
	buf_add(b, text, n);
	return taken + add_middle(b, text + n, size - n, columns - taken, g);
}

/* ------------------------------------------------------------------------------ shapes -- */

/* Bytes of the dimension at the start, up to the multiplication sign. */
static size_t dimension(const char *text, size_t size, const glyphs *g)
{
	size_t times = strlen(g->times);
	bool ascii = times == 1;
	for (size_t i = 0; i + times <= size; i++) {
		/* a plain x separates only between dimensions, not inside a symbol such as "max" */
		bool digit = i > 0 && (text[i - 1] == '?' || (text[i - 1] >= '0' && text[i - 1] <= '9'));
		bool follows = i + times < size && (text[i + times] == '?' ||
		                                    (text[i + times] >= '0' && text[i + times] <= '9'));
		if (!memcmp(text + i, g->times, times) && (!ascii || digit || follows))
			return i;
	}
	return size;
}

static bool is_number(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (text[i] != '?' && text[i] != '-' && (text[i] < '0' || text[i] > '9'))
			return false;
	return true;
}

/* Width with every symbol held to `limit` columns; writes it too when `b` is not NULL. */
static size_t limited(buf *b, const char *text, size_t size, size_t limit, const glyphs *g)
{
	size_t width = 0, times = strlen(g->times);
	for (size_t i = 0; i <= size;) {
		size_t n = dimension(text + i, size - i, g), wide = fit_width(text + i, n);
		if (b && i)
			buf_str(b, g->times);
		if (wide > limit && !is_number(text + i, n)) {
			if (b)
				add_middle(b, text + i, n, limit, g);
			width += limit;
		} else {
			if (b)
				buf_add(b, text + i, n);
			width += wide;
		}
		width += i ? 1 : 0;
		i += n + times;
	}
	return width;
}

static size_t add_shape(buf *b, const char *text, size_t size, size_t columns, const glyphs *g)
{
	size_t low = fit_width(g->cut, strlen(g->cut)), high = columns;
	if (limited(NULL, text, size, low, g) > columns)
		return add_middle(b, text, size, columns, g);
	while (low < high) {
		size_t middle = low + (high - low + 1) / 2;
		if (limited(NULL, text, size, middle, g) <= columns)
			low = middle;
		else
			high = middle - 1;
	}
	size_t start = b->n;
	limited(b, text, size, low, g);
	return b->data ? fit_width(b->data + start, b->n - start) : 0;
}

/* ------------------------------------------------------------------------------- formulas -- */

/* End of the term at the start: where " + " or " - " follows. */
static size_t term_end(const char *text, size_t size, size_t from)
{
	for (size_t i = from; i + 3 <= size; i++)
		if (text[i] == ' ' && (text[i + 1] == '+' || text[i + 1] == '-') && text[i + 2] == ' ')
			return i;
	return size;
}

/* A term whose number is kept, with long symbols cut as in a shape. */
static size_t add_term(buf *b, const char *text, size_t size, size_t columns, const glyphs *g)
{
	glyphs symbols = *g;
	size_t n = 0, product = strlen(g->product);
	while (n + product <= size && memcmp(text + n, g->product, product) && text[n] != '(')
		n++;
	if (n < size && text[n] == '(') /* max(...): its factors are not ours */
		return add_end(b, text, size, columns, g);
	size_t number = fit_width(text, n) + 1;
	if (product == 1 || n + product > size || number + 3 > columns)
		return add_end(b, text, size, columns, g);
	symbols.times = g->product;
	buf_add(b, text, n + product);
	return number + fit_add(b, FIT_SHAPE, text + n + product, size - n - product, columns - number,
	                        &symbols);
}

/* As many terms as there is room for, from the first on; at least a part of that. */
static size_t add_formula(buf *b, const char *text, size_t size, size_t columns, const glyphs *g)
{
	size_t mark = 3 + fit_width(g->cut, strlen(g->cut)), taken = 0, best = 0;
	for (size_t i = term_end(text, size, 0); i < size; i = term_end(text, size, i + 3)) {
		size_t wide = fit_width(text, i);
		if (wide + mark > columns)
			break;
		best = i;
		taken = wide;
	}
	size_t first = term_end(text, size, 0);
	if (!best && first == size)
		return add_term(b, text, size, columns, g);
	if (!best && columns < mark + 6)
		return add_end(b, text, first, columns, g);
	if (best)
		buf_add(b, text, best);
	else
		taken = add_term(b, text, first, columns - mark, g);
	buf_str(b, " + ");
	buf_str(b, g->cut);
	return taken + mark;
}

size_t fit_add(buf *b, fit how, const char *text, size_t size, size_t columns, const glyphs *g)
{
	static size_t (*const shorten[])(buf *, const char *, size_t, size_t, const glyphs *) = {
	    [FIT_RIGID] = add_end,   [FIT_NAME] = add_middle, [FIT_TREE] = add_tree,
	    [FIT_SHAPE] = add_shape, [FIT_END] = add_end,     [FIT_FORMULA] = add_formula,
	};
	size_t taken, n = fit_start(text, size, columns, &taken);
	if (n < size)
		return shorten[how](b, text, size, columns, g);
	buf_add(b, text, size);
	return taken;
}
