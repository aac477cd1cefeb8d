/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_metric.h - how wide text is, on every machine the same.
 *
 * Boxes have to be placed before anybody knows which font will draw them, and equal models must
 * give equal bytes. So widths come from one table: those of Helvetica, which Arial, Liberation Sans
 * and Nimbus Sans share by design. What is not in the table is taken for as wide as an em where it
 * is East Asian or a symbol, and for a wide letter elsewhere.
 */
#ifndef PICTURE_PIC_METRIC_H
#define PICTURE_PIC_METRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The fonts that have these widths, as CSS lists them. */
#define PIC_FONT "Helvetica,Arial,Liberation Sans,Nimbus Sans,sans-serif"

/** Width of UTF-8 text in thousandths of its font size. Bytes below ' ' take no room. */
uint32_t pic_text_width(const char *data, size_t size, bool bold);

#endif
