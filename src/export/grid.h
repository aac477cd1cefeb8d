/* SPDX-License-Identifier: Apache-2.0 */
/*
 * grid.h - one table writer for text, CSV and Markdown.
 *
 * A table is a list of columns and a function that fills a row when asked to. Text asks twice: once
 * to learn how wide everything is, once to print. Nothing is kept between rows, so a table of a
 * hundred thousand rows costs no more memory than one row.
 *
 * When the page is too narrow, columns with `drop` above 1 leave first, the largest first, until
 * the flexible ones are comfortable (`want`); then flexible columns shrink down to `min`; then
 * columns with `drop` 1 leave. Numbers are never cut, formulas are. A wide page makes names wider,
 * not gaps.
 */
#ifndef EXPORT_GRID_H
#define EXPORT_GRID_H

#include <onnxray/onnxray.h>

#include "export/emit.h"
#include "export/fit.h"

#define GRID_COLUMNS 32

/** The row number that asks for the total. */
#define GRID_TOTAL SIZE_MAX

/** Formats a column is in; 0 means all. */
enum { GRID_IN_TEXT = 1, GRID_IN_CSV = 2, GRID_IN_MARKDOWN = 4 };

typedef struct grid_column {
	const char *title;  /**< in text and Markdown */
	const char *field;  /**< in CSV */
	bool right;         /**< numbers */
	fit how;            /**< how it gives way */
	unsigned char min;  /**< not FIT_RIGID: narrowest width */
	unsigned char want; /**< not FIT_RIGID: comfortable width */
	unsigned char drop; /**< 0: stays; 1: leaves when nothing else helps; more: a luxury */
	unsigned char in;   /**< GRID_IN_*; 0: everywhere */
} grid_column;

typedef struct grid_cell {
	buf text; /**< printable */
	paint paint;
	bool foreign; /**< came from the model: escape with suspicion */
} grid_cell;

typedef struct grid grid;
struct grid {
	const grid_column *columns;
	size_t n_columns;
	size_t n_rows;
	void (*fill)(grid *g, size_t row); /**< fills the cells of a row; they come empty */
	const void *context;               /**< for fill */
	oray_format format;                /**< ORAY_TEXT, ORAY_CSV or ORAY_MARKDOWN */
	bool exact;                        /**< counts in full */
	bool total;                        /**< fill(GRID_TOTAL) makes a last row; not in CSV */
	bool no_header;
	const char *title;  /**< of the whole table, instead of the first column's; or NULL */
	size_t rule_before; /**< row that has a rule above it; 0: none */
	unsigned indent;    /**< blanks before each line of text */
	unsigned max_width; /**< of text, indent included; 0: the page */
	uint32_t hidden;    /**< columns that are left out: 1u << index */

	/* private */
	emit *e;
	grid_cell cells[GRID_COLUMNS];
	size_t width[GRID_COLUMNS];
	size_t natural[GRID_COLUMNS];
	size_t least[GRID_COLUMNS]; /* numbers among formulas */
	buf line;
};

/** Writes the table. Its rows are filled one after the other, from 0 on, twice for text. */
void grid_write(grid *g, emit *e);

/** Fills the cells of one row, for somebody who prints them otherwise; grid_free() afterwards. */
void grid_fill(grid *g, size_t row);
void grid_free(grid *g);

/* --------------------------------------------------------------- for `fill` functions -- */

/** Text of our own. */
void grid_text(grid *g, size_t column, const char *text);
void grid_format(grid *g, size_t column, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Text of the model, as it is in the model. */
void grid_model(grid *g, size_t column, oray_str s);

/** A buffer to append text of the model to that has been made printable. */
buf *grid_printable(grid *g, size_t column);

/** A count or bytes: short in text, all digits in CSV. `unit` is "" or "B". */
void grid_number(grid *g, size_t column, uint64_t n, const char *unit);

/** The same for a count that may have holes; in CSV empty unless exact. */
void grid_holey(grid *g, size_t column, oray_count n, const char *unit);

/** "There is none": a dash, in CSV nothing. */
void grid_none(grid *g, size_t column);

void grid_paint(grid *g, size_t column, paint p);

#endif
