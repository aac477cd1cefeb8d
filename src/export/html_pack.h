/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_pack.h - an element with data of an HTML page.
 *
 * Little data is written as it is, for people who open the page in an editor; more of it deflated
 * (RFC 1951, without any header) and in base64, which a browser undoes quickly. Nothing grows with
 * the data.
 */
#ifndef EXPORT_HTML_PACK_H
#define EXPORT_HTML_PACK_H

#include "export/emit.h"

/** Up to so many bytes are written as they are: of the data, and of an opening, which is to be seen
 * soon more than it is to be small. */
#define HTML_PLAIN_DATA 65536
#define HTML_PLAIN_MOST 262144

typedef struct html_pack html_pack;

/**
 * @param id     Of the element; static.
 * @param plain  Bytes that are written as they are, at most HTML_PLAIN_MOST.
 * @return NULL without memory; freed by html_pack_end().
 */
html_pack *html_pack_begin(emit *out, const char *id, size_t plain);

/** Adds to the data: JSON in which no '<' is. What goes wrong ends up in the emit. */
void html_pack_add(html_pack *p, const char *data, size_t size);

/** Writes the end of the element. NULL is nothing. */
void html_pack_end(html_pack *p);

#endif
