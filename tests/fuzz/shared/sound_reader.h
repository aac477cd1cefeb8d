/* SPDX-License-Identifier: Apache-2.0 */
/* sound_reader.h - for the files sound_*.c only. */
#ifndef FUZZ_SOUND_READER_H
#define FUZZ_SOUND_READER_H

#include <stddef.h>
#include <stdint.h>

/** The code point at *i, which is passed; UINT32_MAX: no UTF-8. */
uint32_t sound_utf8(const char *data, size_t size, size_t *i);

/** "what at byte 17", static. */
const char *sound_at(const char *what, size_t at);

#endif
