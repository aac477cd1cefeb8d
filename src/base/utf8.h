/* SPDX-License-Identifier: Apache-2.0 */
/*
 * utf8.h - reading text that may not be text.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Decodes the character at the start of `data`. Overlong forms, surrogates, truncated sequences and
 * values above U+10FFFF are not characters.
 * @param code  Receives the code point, or the byte itself when it is not valid.
 * @return bytes taken (1..4), or 0: the first byte is not the start of a valid character.
 */
size_t utf8_decode(const char *data, size_t size, uint32_t *code);

/** Writes a code point as UTF-8. @return bytes written, 1..4. */
size_t utf8_encode(uint32_t code, char out[4]);

/** True when all of it is valid. */
bool utf8_valid(const char *data, size_t size);

/**
 * True for what must not reach a terminal as it is: C0, DEL, C1, line and paragraph separators,
 * bidirectional controls, zero-width and other invisible format characters, private use tags.
 */
bool utf8_is_unsafe(uint32_t code);

enum { UTF8_PRINTABLE = 12 /**< bytes of an escape, terminated */ };

/**
 * What the character at the start of `data` becomes so that a terminal is safe with it: see
 * oray_printable(). Different texts never come out the same.
 * @param out  receives the escape; size must not be 0.
 * @param n    receives its size, 0 when the character may stay as it is.
 * @return bytes taken, 1..4.
 */
size_t utf8_printable(const char *data, size_t size, char out[UTF8_PRINTABLE], size_t *n);

/** Columns a code point takes in a terminal: 0 (combining), 1, or 2 (wide East Asian, emoji). */
unsigned utf8_width(uint32_t code);

#endif
