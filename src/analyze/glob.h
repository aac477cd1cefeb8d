/* SPDX-License-Identifier: Apache-2.0 */
/*
 * glob.h - shell patterns on names.
 */
#ifndef ANALYZE_GLOB_H
#define ANALYZE_GLOB_H

#include <stdbool.h>
#include <stddef.h>

/**
 * True when all of `text` matches: `*` any bytes, slashes too; `?` one character; `[a-z]`, `[!a-z]`
 * one byte of a set; `\x` the character x. A bracket that is never closed stands for itself.
 * At worst pattern times text steps, never more.
 */
bool glob_match(const char *pattern, const char *text, size_t size);

#endif
