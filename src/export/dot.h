/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dot.h - writing a picture in Graphviz' language.
 */
#ifndef EXPORT_DOT_H
#define EXPORT_DOT_H

#include "picture/picture.h"

/** A font that is on most machines under one of these names. */
#define DOT_FONT "Helvetica,Arial,sans-serif"

/** An attribute of the graph. */
typedef struct dot_setting {
	const char *name, *value;
} dot_setting;

typedef struct dot_manner {
	const char *theme;        /**< as in theme_find() */
	bool places;              /**< with the places of the picture, for neato -n2 */
	const dot_setting *extra; /**< more attributes, ended by one without name; or NULL */
} dot_manner;

oray_status dot_write(picture *pic, const dot_manner *manner, oray_sink sink, void *context,
                      oray_error *err);

#endif
