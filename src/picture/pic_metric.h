/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_metric.h - how wide text is, on every machine the same.
 *
 * Boxes have to be placed before anybody knows which font will draw them, and equal models must
 * give equal bytes. So widths come from one table: those of Helvetica, which Arial, Arimo,
 * Liberation Sans and Nimbus Sans share by design. Of what is not in the table, the width is a
 * bound.
 */
#ifndef PICTURE_PIC_METRIC_H
#define PICTURE_PIC_METRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The fonts that have these widths, as CSS lists them. */
#define PIC_FONT "Helvetica,Arial,Arimo,Liberation Sans,Nimbus Sans,sans-serif"

/** Boxes are so many percent wider than their text, for browsers that round the steps of letters
 * and for machines that have none of these fonts. */
#define PIC_SLACK 4

/** Width of UTF-8 text in thousandths of its font size. Bytes below ' ' take no room. */
uint32_t pic_text_width(const char *data, size_t size, bool bold);

#endif
