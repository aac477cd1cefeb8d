/* SPDX-License-Identifier: Apache-2.0 */
/*
 * drawing.h - what the command line says of a picture.
 */
#ifndef CLI_DRAWING_H
#define CLI_DRAWING_H

#include "draft.h"
#include "options.h"

/**
 * Fills a drawing from --rows, --shapes, --names, --fold, --depth, --direction, --wrap, --theme,
 * --engine, --all, and --color-by where it names no file. Nodes and difference are left alone.
 * @param problem  Receives what is wrong; nothing when it returns true.
 */
bool drawing_read(const options *o, oray_drawing *drawing, draft *problem);

/** The file that --color-by names; NULL: it names none, or is not given. */
const char *drawing_file(const options *o);

/** The format to draw in: said, or that of the file's name. NULL: the name tells none. */
const char *drawing_format(const options *o);

#endif
