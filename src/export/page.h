/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page.h - everything around tables: headings, facts, paragraphs; in text, Markdown and CSV.
 *
 * Text is never wider than the page and never cut here: it wraps at blanks, and within a word only
 * when the word alone is too long. In CSV a page becomes rows of (section, name, value).
 */
#ifndef EXPORT_PAGE_H
#define EXPORT_PAGE_H

#include "export/grid.h"

typedef struct page {
	emit *e;
	oray_format format;
	bool verbose;
	bool no_header;  /**< CSV: somebody wrote it already */
	bool begun;      /**< CSV: the header line is out */
	unsigned width;  /**< of text; at most the terminal's */
	unsigned label;  /**< columns that labels of facts take */
	unsigned indent; /**< blanks before facts; more inside a section */
	enum { PAGE_TOP, PAGE_ITEM, PAGE_BLOCK } last; /**< Markdown: what was written last */
	const char *section;                           /**< the last one opened */
} page;

/** A page for these options; `format` must not be JSON. */
void page_start(page *p, emit *e, const oray_style *style);

/** Facts in a row: "21 nodes · 27.1 k parameters". */
#define FACTS_MOST 24
typedef struct facts {
	buf text; /**< printable; append, then facts_end() */
	size_t n;
	struct {
		size_t end;
		paint paint;
	} item[FACTS_MOST];
} facts;

/** Ends the fact under construction; an empty one leaves no trace. */
void facts_end(facts *f, paint p);
void facts_add(facts *f, const char *format, ...) __attribute__((format(printf, 2, 3)));

/**
 * What the page is about, and in one breath the most important about it, to the right of column 80
 * if there is room, else on a line of its own.
 */
void page_heading(page *p, const char *left, const char *right);

/** Opens a part with a title. */
void page_section(page *p, const char *title);

/** A blank line in text; Markdown has its own where they are needed. */
void page_gap(page *p);

/** Markdown: call before writing a block of lines directly. */
void page_block(page *p);

/** Facts on lines of their own, behind a label or NULL; frees them. */
void page_facts(page *p, const char *label, facts *f);

/** The same right under the heading, without indentation. */
void page_subheading(page *p, facts *f);

/** Makes the column of labels wide enough for one more, if that is not very long. */
void page_label_room(page *p, oray_str label);

/** One fact behind a label; `text` is printable, newlines in it are line breaks. */
void page_fact(page *p, const char *label, paint color, const char *text, size_t size);

/**
 * Appends text of the model that may have several lines: printable, with its line breaks kept where
 * the format has them.
 */
void page_prose(const page *p, buf *b, const char *data, size_t size);

/** A paragraph of printable text. */
void page_paragraph(page *p, paint color, const char *text, size_t size);

/** The same, with all lines of text but the first indented a little more. */
void page_item(page *p, paint color, const char *text, size_t size);

/** A table, indented under its section. */
void page_table(page *p, grid *g);

/** Two pieces of text, line by line beside each other; or below each other if that is too wide. */
void page_beside(page *p, const buf *left, const buf *right, unsigned gap);

/** Widest line of text, colours not counted. */
size_t page_lines_width(const buf *text);

#endif
