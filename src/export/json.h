/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.h - building JSON with cJSON, without what cJSON would lose.
 *
 * cJSON keeps numbers as double and strings up to the first NUL. Here integers are raw text, exact
 * to 64 bits; floats are the shortest decimals, nan and the infinities strings; strings go through
 * escape_json() and keep every byte, keys included. Unknown is null.
 *
 * Items are handed on: json_put() and json_push() take theirs in any case, and a failed allocation
 * ends up in the emit, so that no caller needs to look.
 */
#ifndef EXPORT_JSON_H
#define EXPORT_JSON_H

#include <cjson/cJSON.h>
#include <onnxray/onnxray.h>

#include "export/emit.h"

/** Adds `item` (NULL: out of memory) under a key that outlives the object. */
void json_put(emit *e, cJSON *object, const char *key, cJSON *item);
void json_push(emit *e, cJSON *array, cJSON *item);

/** The text is taken as it is: it must be JSON. */
cJSON *json_raw(const buf *b);

cJSON *json_text(oray_str s);
cJSON *json_cstr(const char *s); /**< NULL gives null */
cJSON *json_u64(uint64_t n);
cJSON *json_i64(int64_t n);
cJSON *json_float32(float x);
cJSON *json_float64(double x);

/** Appends a float to a list under construction: 1.0, 0.02, "nan". */
void json_add_float(buf *b, double x, int32_t type);

/** An object again with a new schema number: the start of every document. */
cJSON *json_document(emit *e);

/** A count: null when it has holes, and then "KEY_known" holds the known part. */
void json_put_count(emit *e, cJSON *object, const char *key, oray_count n);

/** "KEY_count", for a list that is not complete. */
void json_put_length(emit *e, cJSON *object, const char *key, uint64_t n);

/** One member of an object whose keys come from a model. */
typedef struct json_entry {
	oray_str key;
	cJSON *value;
} json_entry;

/** An object of members in order; a key that is repeated is written once, with the last value. */
cJSON *json_map(emit *e, json_entry *entries, size_t n);

/** The same for pairs of strings. */
cJSON *json_pairs(emit *e, const oray_pair *pairs, size_t n);

/**
 * Writes and frees an item: on one line, or indented, with everything that fits a line left on one.
 * A newline follows.
 */
void json_write(emit *e, cJSON *item, bool indented);

/** The same without the newline, on one line: a row of a list. */
void json_write_row(emit *e, cJSON *item);

#endif
