/* SPDX-License-Identifier: Apache-2.0 */
#include "export/page.h"

#include <string.h>

#include "export/escape.h"

#define INDENT     2
#define LABEL_MOST 24
#define USUAL      80

/* Longer text than this is shortened, unless all of it is wanted. */
#define WRAP_BYTES   16384
#define WRAP_COLUMNS 4000

void page_start(page *p, emit *e, const oray_style *style)
{
	*p = (page){
	    .e = e,
	    .format = style->format,
	    .verbose = style->verbose,
	    .no_header = style->no_header,
	    .width = e->width,
	    .label = 12,
	    .indent = INDENT,
	    .section = "",
	};
}

/* --------------------------------------------------------------------------------- CSV -- */

static void csv_fact(page *p, const char *name, const char *text, size_t size)
{
	buf line = {0};
	if (!p->begun && !p->no_header)
		emit_str(p->e, "section,name,value\r\n");
	p->begun = true;
	escape_csv(&line, p->section, strlen(p->section), false);
	buf_char(&line, ',');
	escape_csv(&line, name, strlen(name), true);
	buf_char(&line, ',');
	escape_csv(&line, text, size, true);
	buf_str(&line, "\r\n");
	if (!buf_ok(&line))
		emit_fail(p->e, ORAY_ERR_MEMORY);
	emit_add(p->e, buf_text(&line), line.n);
	buf_free(&line);
}

static void markdown(page *p, const char *text, size_t size)
{
	buf line = {0};
	escape_markdown(&line, text, size);
	if (!buf_ok(&line))
		emit_fail(p->e, ORAY_ERR_MEMORY);
	emit_add(p->e, buf_text(&line), line.n);
	buf_free(&line);
}

/* ------------------------------------------------------------------------------- lines -- */

/* Text without blanks and line breaks at its end. */
static size_t trimmed(const char *text, size_t size)
{
	while (size && (text[size - 1] == ' ' || text[size - 1] == '\n'))
		size--;
	return size;
}

/* True in the middle of a character. */
static bool continues(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* Length of the word at the start, up to more than a line can hold; whole characters. */
static size_t word(const page *p, const char *text, size_t size)
{
	size_t n = 0, most = (size_t)p->width * 4 + 4; /* bytes of a character */
	while (n < size && n < most && text[n] != ' ' && text[n] != '\n')
		n++;
	while (n > 1 && n < size && continues(text[n]))
		n--;
	return n;
}

/*
 * Words that go on where the last line stopped: `column` columns are taken, more lines start with
 * `hang` blanks. Returns the column reached.
 */
static size_t wrap(page *p, paint color, const char *text, size_t size, size_t column, size_t hang)
{
	size_t line = 0; /* first byte that is not written yet */
	buf cut = {0};
	if (!p->verbose && size > WRAP_BYTES) {
		fit_add(&cut, FIT_END, text, size, WRAP_COLUMNS, p->e->glyphs);
		text = buf_text(&cut);
		size = cut.n;
	}
	size = trimmed(text, size);
	for (size_t i = 0; i < size && emit_ok(p->e);) {
		size_t blanks = 0;
		while (i + blanks < size && text[i + blanks] == ' ')
			blanks++;
		size_t start = i + blanks, n = word(p, text + start, size - start);
		size_t wide = fit_width(text + start, n), needed = column + blanks + wide;
		if (n && (needed <= p->width || (column == hang && !blanks))) {
			if (needed > p->width) { /* too long for any line */
				n = fit_start(text + start, n, p->width > column ? p->width - column : 1, &wide);
				if (!n)
					do
						n++;
					while (start + n < size && continues(text[start + n]));
			}
			column += blanks + wide;
			i = start + n;
			continue;
		}
		if (n && column == hang) { /* a long word that is indented: there is no room for that */
			line = i = start;
			continue;
		}
		emit_painted(p->e, color, text + line, trimmed(text + line, i - line));
		emit_str(p->e, "\n");
		i = start + (start < size && text[start] == '\n');
		emit_repeat(p->e, " ", i < size && text[i] == '\n' ? 0 : hang);
		column = hang;
		line = i;
	}
	emit_painted(p->e, color, text + line, size - line);
	buf_free(&cut);
	return column;
}

/* Starts a block or a list item of Markdown with the blank line that it needs. */
static void open_block(page *p, bool item)
{
	if (p->last == PAGE_BLOCK || (p->last == PAGE_ITEM && !item))
		emit_str(p->e, "\n");
	p->last = item ? PAGE_ITEM : PAGE_BLOCK;
}

void page_block(page *p)
{
	if (p->format == ORAY_MARKDOWN)
		open_block(p, false);
}

void page_heading(page *p, const char *left, const char *right)
{
	size_t n = strlen(left), m = strlen(right);
	if (p->format == ORAY_CSV) {
		csv_fact(p, "name", left, n);
		csv_fact(p, "summary", right, m);
		return;
	}
	if (p->format == ORAY_MARKDOWN) {
		open_block(p, false);
		emit_str(p->e, "## ");
		markdown(p, left, n);
		emit_str(p->e, m ? "\n\n" : "\n");
		markdown(p, right, m);
		emit_str(p->e, m ? "\n" : "");
		return;
	}
	size_t needed = fit_width(left, n) + 2 + fit_width(right, m);
	size_t edge = needed > USUAL || p->width < USUAL ? p->width : USUAL;
	edge = needed > USUAL && needed < edge ? needed : edge;
	size_t column = wrap(p, PAINT_TITLE, left, n, 0, 0);
	if (m && needed > edge) {
		emit_str(p->e, "\n");
		wrap(p, PAINT_PLAIN, right, m, 0, 0);
	} else if (m) {
		emit_repeat(p->e, " ", edge - column - fit_width(right, m));
		emit_str(p->e, right);
	}
	emit_str(p->e, "\n");
}

void page_gap(page *p)
{
	if (p->format == ORAY_TEXT)
		emit_str(p->e, "\n");
}

void page_section(page *p, const char *title)
{
	p->section = title;
	p->indent = 2 * INDENT;
	p->label = 10;
	if (p->format == ORAY_MARKDOWN) {
		open_block(p, false);
		emit_format(p->e, "### %s\n", title);
	}
	if (p->format != ORAY_TEXT)
		return;
	emit_str(p->e, "\n  ");
	emit_paint_str(p->e, PAINT_TITLE, title);
	emit_str(p->e, "\n");
}

void page_prose(const page *p, buf *b, const char *data, size_t size)
{
	if (p->format == ORAY_CSV) {
		buf_printable(b, data, size);
		return;
	}
	for (size_t i = 0; i < size;) {
		size_t n = 0;
		while (i + n < size && data[i + n] != '\n' && data[i + n] != '\t' && data[i + n] != '\r')
			n++;
		buf_printable(b, data + i, n);
		i += n;
		if (i == size)
			break;
		bool pair = data[i] == '\r' && i + 1 < size && data[i + 1] == '\n';
		buf_str(b, data[i] == '\t' ? "    " : pair ? "" : "\n");
		i++;
	}
}

void page_paragraph(page *p, paint color, const char *text, size_t size)
{
	if (p->format == ORAY_CSV) {
		csv_fact(p, "text", text, size);
	} else if (p->format == ORAY_MARKDOWN) {
		open_block(p, false);
		markdown(p, text, size);
		emit_str(p->e, "\n");
	} else {
		emit_repeat(p->e, " ", p->indent);
		wrap(p, color, text, size, p->indent, p->indent);
		emit_str(p->e, "\n");
	}
}

void page_item(page *p, paint color, const char *text, size_t size)
{
	unsigned hang = p->indent + 2;
	if (p->format != ORAY_TEXT) {
		page_paragraph(p, color, text, size);
		return;
	}
	emit_repeat(p->e, " ", p->indent);
	wrap(p, color, text, size, p->indent, hang);
	emit_str(p->e, "\n");
}

/* A label that is too long for its column has the line to itself. */
static size_t text_label(page *p, const char *label)
{
	size_t wide = fit_width(label, strlen(label)), column = p->indent + p->label;
	emit_repeat(p->e, " ", p->indent);
	if (wide + 2 <= p->label) {
		emit_paint_str(p->e, PAINT_DIM, label);
		emit_repeat(p->e, " ", p->label - wide);
	} else {
		wrap(p, PAINT_DIM, label, strlen(label), p->indent, p->indent);
		emit_str(p->e, "\n");
		emit_repeat(p->e, " ", column);
	}
	return column;
}

void page_label_room(page *p, oray_str label)
{
	size_t wide = fit_width(label.data, label.size) + 2;
	if (wide > p->label && wide <= LABEL_MOST)
		p->label = (unsigned)wide;
}

void page_fact(page *p, const char *label, paint color, const char *text, size_t size)
{
	if (p->format == ORAY_CSV) {
		csv_fact(p, label, text, size);
	} else if (p->format == ORAY_MARKDOWN) {
		open_block(p, true);
		emit_str(p->e, "- **");
		markdown(p, label, strlen(label));
		emit_str(p->e, "**: ");
		markdown(p, text, size);
		emit_str(p->e, "\n");
	} else if (!size) {
		const char *none = p->e->glyphs->none;
		text_label(p, label);
		emit_paint_str(p->e, PAINT_DIM, none);
		emit_str(p->e, "\n");
	} else {
		size_t column = text_label(p, label);
		wrap(p, color, text, size, column, p->indent + p->label);
		emit_str(p->e, "\n");
	}
}

/* ------------------------------------------------------------------------------- facts -- */

void facts_end(facts *f, paint p)
{
	size_t start = f->n ? f->item[f->n - 1].end : 0;
	if (f->text.n == start || f->n == FACTS_MOST)
		return;
	f->item[f->n].end = f->text.n;
	f->item[f->n].paint = p;
	f->n++;
}

void facts_add(facts *f, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	buf_vformat(&f->text, format, args);
	va_end(args);
	facts_end(f, PAINT_PLAIN);
}

static void text_facts(page *p, const facts *f, size_t column, size_t hang)
{
	const char *dot = p->e->glyphs->dot;
	size_t between = fit_width(dot, strlen(dot)), start = 0;
	for (size_t i = 0; i < f->n; i++) {
		const char *text = f->text.data + start;
		size_t size = f->item[i].end - start, wide = fit_width(text, size);
		if (i && column + between + wide > p->width && column > hang) {
			emit_str(p->e, "\n");
			emit_repeat(p->e, " ", hang);
			column = hang;
		} else if (i) {
			emit_paint_str(p->e, PAINT_DIM, dot);
			column += between;
		}
		column = wrap(p, f->item[i].paint, text, size, column, hang);
		start = f->item[i].end;
	}
	emit_str(p->e, "\n");
}

static void joined(const facts *f, buf *out)
{
	size_t start = 0;
	for (size_t i = 0; i < f->n; i++) {
		buf_str(out, i ? " · " : "");
		buf_add(out, f->text.data + start, f->item[i].end - start);
		start = f->item[i].end;
	}
}

void page_facts(page *p, const char *label, facts *f)
{
	if (!buf_ok(&f->text))
		emit_fail(p->e, ORAY_ERR_MEMORY);
	if (f->n && emit_ok(p->e) && p->format == ORAY_TEXT) {
		size_t column = p->indent;
		if (label)
			column = text_label(p, label);
		else
			emit_repeat(p->e, " ", p->indent);
		text_facts(p, f, column, label ? p->indent + p->label : p->indent);
	} else if (f->n && emit_ok(p->e)) {
		buf line = {0};
		joined(f, &line);
		if (label || p->format == ORAY_CSV)
			page_fact(p, label ? label : "summary", PAINT_PLAIN, buf_text(&line), line.n);
		else
			page_paragraph(p, PAINT_PLAIN, buf_text(&line), line.n);
		buf_free(&line);
	}
	buf_free(&f->text);
	f->n = 0;
}

void page_subheading(page *p, facts *f)
{
	if (p->format != ORAY_TEXT) {
		page_facts(p, NULL, f);
		return;
	}
	if (!buf_ok(&f->text))
		emit_fail(p->e, ORAY_ERR_MEMORY);
	else if (f->n)
		text_facts(p, f, 0, 0);
	buf_free(&f->text);
	f->n = 0;
}

/* ------------------------------------------------------------------------------ tables -- */

static void csv_table(page *p, grid *g)
{
	buf name = {0}, value = {0};
	g->e = p->e;
	for (size_t row = 0; row < g->n_rows && emit_ok(p->e); row++) {
		grid_fill(g, row);
		buf_clear(&name);
		buf_clear(&value);
		buf_str(&name, buf_text(&g->cells[0].text));
		for (size_t i = 1; i < g->n_columns; i++) {
			if (!g->cells[i].text.n || g->hidden >> i & 1)
				continue;
			buf_str(&value, value.n ? " " : "");
			buf_add(&value, buf_text(&g->cells[i].text), g->cells[i].text.n);
		}
		csv_fact(p, buf_text(&name), buf_text(&value), value.n);
	}
	grid_free(g);
	buf_free(&name);
	buf_free(&value);
}

void page_table(page *p, grid *g)
{
	g->format = p->format;
	g->exact = p->verbose;
	g->max_width = p->width;
	if (p->format == ORAY_CSV) {
		csv_table(p, g);
		return;
	}
	page_block(p);
	grid_write(g, p->e);
}

/* Length of the line at the start, and its columns without colours. */
static size_t line_length(const char *text, size_t size, size_t *columns)
{
	size_t n = 0, plain = 0;
	*columns = 0;
	while (n < size && text[n] != '\n') {
		if (text[n] != '\033') {
			n++;
			continue;
		}
		*columns += fit_width(text + plain, n - plain);
		while (n < size && text[n] != 'm')
			n++;
		n += n < size;
		plain = n;
	}
	*columns += fit_width(text + plain, n - plain);
	return n;
}

size_t page_lines_width(const buf *text)
{
	size_t widest = 0, columns;
	for (size_t i = 0; i < text->n; i++) {
		i += line_length(text->data + i, text->n - i, &columns);
		if (columns > widest)
			widest = columns;
	}
	return widest;
}

void page_beside(page *p, const buf *left, const buf *right, unsigned gap)
{
	size_t wide = page_lines_width(left), columns, i = 0, k = 0;
	if (wide + gap + page_lines_width(right) > p->width) {
		emit_add(p->e, buf_text(left), left->n);
		emit_str(p->e, left->n && right->n ? "\n" : "");
		emit_add(p->e, buf_text(right), right->n);
		return;
	}
	while (i < left->n || k < right->n) {
		size_t n = line_length(buf_text(left) + i, left->n - i, &columns);
		emit_add(p->e, buf_text(left) + i, n);
		i += n + (i + n < left->n);
		size_t pad = wide + gap - columns;
		n = line_length(buf_text(right) + k, right->n - k, &columns);
		emit_repeat(p->e, " ", columns ? pad : 0);
		emit_add(p->e, buf_text(right) + k, n);
		k += n + (k + n < right->n);
		emit_str(p->e, "\n");
	}
}
