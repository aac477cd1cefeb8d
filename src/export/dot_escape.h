/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dot_escape.h - a model's text inside Graphviz' language.
 *
 * Graphviz reads a text several times: as a token of its language, as markup, for escapes such as
 * \N (which stands for the node's id), for entities; and once more when it writes SVG, where it
 * leaves alone what looks like an entity already, "&#0;" included, which no XML parser accepts. So
 * the rules here are narrower than any one of these readers asks for. Whatever a model holds, the
 * result
 *
 *   - is valid UTF-8 of characters that XML 1.0 allows; bytes that are not UTF-8, control,
 *     bidirectional and invisible characters arrive as U+FFFD, tab and newline as a blank;
 *   - has no <, >, ", ' or [ ] as such, only as entities, and so cannot be or end any markup;
 *   - has every backslash doubled as often as it is going to be undone;
 *   - has no & that would make an entity with what follows: that & is drawn as its wide form,
 * U+FF06;
 *   - has at most `most` characters, the middle left out.
 *
 * The cost does not depend on how long the text is.
 */
#ifndef EXPORT_DOT_ESCAPE_H
#define EXPORT_DOT_ESCAPE_H

#include "base/buf.h"

/** Between the tags of an HTML-like label. */
void dot_html(buf *b, const char *data, size_t size, size_t most);

/** Inside a tooltip, which is a quoted string; the quotes are the caller's. */
void dot_tip(buf *b, const char *data, size_t size, size_t most);

#endif
