/* SPDX-License-Identifier: Apache-2.0 */
/*
 * order.h - rows in the order of a column.
 *
 * Numbers go from the largest to the smallest, texts from A to Z, unknown numbers last; rows that
 * are equal keep their order.
 */
#ifndef EXPORT_ORDER_H
#define EXPORT_ORDER_H

#include <onnxray/onnxray.h>

/** What a row is sorted by. */
typedef struct order_key {
	oray_str text;
	uint64_t number;
	bool unknown; /**< the number is not known */
	size_t row;   /**< filled in */
} order_key;

/** A column that can be sorted by. */
typedef struct order_column {
	const char *name, *alias; /**< alias may be NULL */
	bool is_text;
	void (*key)(const void *rows, size_t row, order_key *out);
} order_column;

/**
 * Finds a column.
 * @return NULL with a message that lists the columns when there is none of that name.
 */
const order_column *order_find(const order_column *columns, size_t n, const char *name,
                               oray_error *err);

/**
 * The order of `n` rows by a column, or as they are when `column` is NULL.
 * @return an array of row numbers to be freed, or NULL when memory is out.
 */
size_t *order_rows(const order_column *column, const void *rows, size_t n);

/** What a writer of one list starts from. */
typedef struct order_view {
	oray_style style;
	size_t *order; /**< row numbers, to be freed */
	size_t n;      /**< rows that are shown: all, or the first `top` */
} order_view;

/**
 * Reads the style and brings a list into the order that it asks for.
 * @param columns  Those that the list can be sorted by.
 * @return ORAY_ERR_USAGE for a format or column that does not exist; then there is nothing to free.
 */
oray_status order_begin(order_view *view, const oray_style *style, const order_column *columns,
                        size_t n_columns, const void *rows, size_t n, oray_error *err);

#endif
