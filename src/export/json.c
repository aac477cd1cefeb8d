/* SPDX-License-Identifier: Apache-2.0 */
#include "export/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/heap.h"
#include "base/utf8.h"
#include "words/describe.h"
#include "export/escape.h"
#include "words/numbers.h"

#define LINE 96

/* ------------------------------------------------------------------------------- items -- */

void json_put(emit *e, cJSON *object, const char *key, cJSON *item)
{
	if (item && object && cJSON_AddItemToObjectCS(object, key, item))
		return;
	cJSON_Delete(item);
	emit_fail(e, ORAY_ERR_MEMORY);
}

void json_push(emit *e, cJSON *array, cJSON *item)
{
	if (item && array && cJSON_AddItemToArray(array, item))
		return;
	cJSON_Delete(item);
	emit_fail(e, ORAY_ERR_MEMORY);
}

cJSON *json_raw(const buf *b)
{
	return buf_ok(b) ? cJSON_CreateRaw(buf_text(b)) : NULL;
}

cJSON *json_text(oray_str s)
{
	buf b = {0};
	escape_json(&b, s.data, s.size);
	cJSON *item = json_raw(&b);
	buf_free(&b);
	return item;
}

cJSON *json_cstr(const char *s)
{
	return s ? json_text((oray_str){s, strlen(s)}) : cJSON_CreateNull();
}

cJSON *json_u64(uint64_t n)
{
	char text[24];
	snprintf(text, sizeof text, "%" PRIu64, n);
	return cJSON_CreateRaw(text);
}

cJSON *json_i64(int64_t n)
{
	char text[24];
	snprintf(text, sizeof text, "%" PRId64, n);
	return cJSON_CreateRaw(text);
}

void json_add_float(buf *b, double x, int32_t type)
{
	char text[NUMBER_SIZE];
	size_t n = number_float(x, type, text);
	if (isnan(x) || isinf(x))
		buf_format(b, "\"%s\"", text);
	else
		buf_format(b, "%s%s", text, memchr(text, '.', n) || memchr(text, 'e', n) ? "" : ".0");
}

static cJSON *json_float(double x, int32_t type)
{
	buf b = {0};
	json_add_float(&b, x, type);
	cJSON *item = json_raw(&b);
	buf_free(&b);
	return item;
}

cJSON *json_float32(float x)
{
	return json_float((double)x, ORAY_FLOAT32);
}

cJSON *json_float64(double x)
{
	return json_float(x, ORAY_FLOAT64);
}

cJSON *json_document(emit *e)
{
	cJSON *object = cJSON_CreateObject();
	json_put(e, object, "schema", json_u64(1));
	return object;
}

/* Under a key that is made here, and so copied. */
static void put_suffixed(emit *e, cJSON *object, const char *key, const char *suffix, uint64_t n)
{
	buf whole = {0};
	cJSON *item = json_u64(n);
	buf_format(&whole, "%s%s", key, suffix);
	if (!buf_ok(&whole) || !item || !cJSON_AddItemToObject(object, buf_text(&whole), item)) {
		cJSON_Delete(item);
		emit_fail(e, ORAY_ERR_MEMORY);
	}
	buf_free(&whole);
}

void json_put_count(emit *e, cJSON *object, const char *key, oray_count n)
{
	json_put(e, object, key, n.exact ? json_u64(n.value) : cJSON_CreateNull());
	if (!n.exact)
		put_suffixed(e, object, key, "_known", n.value);
}

void json_put_length(emit *e, cJSON *object, const char *key, uint64_t n)
{
	put_suffixed(e, object, key, "_count", n);
}

/* -------------------------------------------------------------------------------- maps -- */

/* cJSON ends keys at NUL and lets DEL and the like through. */
static bool key_is_plain(oray_str key)
{
	for (size_t i = 0; i < key.size;) {
		uint32_t code;
		size_t n = utf8_decode(key.data + i, key.size - i, &code);
		if (!n || utf8_is_unsafe(code))
			return false;
		i += n;
	}
	return true;
}

static int compare_entries(const void *a, const void *b)
{
	const json_entry *x = *(json_entry *const *)a, *y = *(json_entry *const *)b;
	int order = str_compare(x->key, y->key);
	return order ? order : (x > y) - (x < y);
}

/* Frees the values of all but the last member of each key. */
static bool drop_repeated(json_entry *entries, size_t n)
{
	json_entry **order = heap_get(n * sizeof *order);
	if (!order)
		return false;
	for (size_t i = 0; i < n; i++)
		order[i] = &entries[i];
	qsort(order, n, sizeof *order, compare_entries);
	for (size_t i = 0; i + 1 < n; i++) {
		if (str_compare(order[i]->key, order[i + 1]->key))
			continue;
		cJSON_Delete(order[i]->value);
		order[i]->value = NULL;
	}
	heap_free(order);
	return true;
}

static cJSON *plain_map(emit *e, json_entry *entries, size_t n)
{
	cJSON *object = cJSON_CreateObject();
	buf key = {0}; /* keys of the operator table do not end in NUL */
	for (size_t i = 0; i < n; i++) {
		if (!entries[i].value)
			continue;
		buf_clear(&key);
		buf_add(&key, entries[i].key.data, entries[i].key.size);
		if (!object || !buf_ok(&key) ||
		    !cJSON_AddItemToObject(object, buf_text(&key), entries[i].value)) {
			cJSON_Delete(entries[i].value);
			emit_fail(e, ORAY_ERR_MEMORY);
		}
	}
	buf_free(&key);
	return object;
}

static cJSON *raw_map(emit *e, json_entry *entries, size_t n)
{
	buf b = {0};
	const char *comma = "";
	buf_char(&b, '{');
	for (size_t i = 0; i < n; i++) {
		if (!entries[i].value)
			continue;
		char *value = cJSON_PrintUnformatted(entries[i].value);
		buf_str(&b, comma);
		escape_json(&b, entries[i].key.data, entries[i].key.size);
		buf_char(&b, ':');
		if (value)
			buf_str(&b, value);
		else
			emit_fail(e, ORAY_ERR_MEMORY);
		comma = ",";
		cJSON_free(value);
		cJSON_Delete(entries[i].value);
	}
	buf_char(&b, '}');
	cJSON *item = json_raw(&b);
	buf_free(&b);
	return item;
}

cJSON *json_map(emit *e, json_entry *entries, size_t n)
{
	bool plain = true;
	for (size_t i = 0; i < n; i++) {
		if (!entries[i].value)
			emit_fail(e, ORAY_ERR_MEMORY);
		plain = plain && key_is_plain(entries[i].key);
	}
	if (n > 1 && !drop_repeated(entries, n))
		emit_fail(e, ORAY_ERR_MEMORY);
	return plain ? plain_map(e, entries, n) : raw_map(e, entries, n);
}

cJSON *json_pairs(emit *e, const oray_pair *pairs, size_t n)
{
	json_entry *entries = n ? heap_zeroed(n, sizeof *entries) : NULL;
	if (n && !entries)
		return NULL;
	for (size_t i = 0; i < n; i++)
		entries[i] = (json_entry){pairs[i].key, json_text(pairs[i].value)};
	cJSON *object = json_map(e, entries, n);
	heap_free(entries);
	return object;
}

/* ----------------------------------------------------------------------------- writing -- */

/* Length of the string literal at the start. */
static size_t literal(const char *p)
{
	size_t n = 1;
	while (p[n] != '"')
		n += p[n] == '\\' ? 2 : 1;
	return n + 1;
}

/* Length of the bracketed text at the start with its blanks, or 0 when it exceeds `room`. */
static size_t inline_length(const char *p, size_t room)
{
	size_t n = 0, depth = 0, columns = 0;
	do {
		size_t step = p[n] == '"' ? literal(p + n) : 1;
		depth += p[n] == '{' || p[n] == '[';
		depth -= p[n] == '}' || p[n] == ']';
		columns += step + (p[n] == ',' || p[n] == ':');
		n += step;
		if (columns > room)
			return 0;
	} while (depth);
	return n;
}

static void write_inline(emit *e, const char *p, size_t size)
{
	for (size_t i = 0; i < size;) {
		size_t step = p[i] == '"' ? literal(p + i) : 1;
		emit_add(e, p + i, step);
		if (p[i] == ',' || p[i] == ':')
			emit_str(e, " ");
		i += step;
	}
}

/* Length of a number, word or string. */
static size_t scalar_length(const char *p)
{
	return *p == '"' ? literal(p) : strcspn(p, ",]}");
}

/* True for a list that holds neither lists nor objects. */
static bool is_plain_list(const char *p)
{
	if (*p++ != '[')
		return false;
	while (*p != ']' && *p != '[' && *p != '{') {
		p += scalar_length(p);
		p += *p == ',';
	}
	return *p == ']';
}

static void new_line(emit *e, size_t depth)
{
	emit_str(e, "\n");
	emit_repeat(e, "  ", depth);
}

/* A long list of plain values, as many to a line as fit. Returns its length. */
static size_t write_list(emit *e, const char *p, size_t depth)
{
	size_t i = 1, column = LINE;
	emit_str(e, "[");
	while (p[i] != ']' && emit_ok(e)) {
		size_t n = scalar_length(p + i);
		bool first = i == 1;
		if (column + 2 + n > LINE) {
			emit_str(e, first ? "" : ",");
			new_line(e, depth + 1);
			column = 2 * depth + 2;
		} else {
			emit_str(e, ", ");
			column += 2;
		}
		emit_add(e, p + i, n);
		column += n;
		i += n + (p[i + n] == ',');
	}
	new_line(e, depth);
	emit_str(e, "]");
	return i + 1;
}

/* What is written as a whole when it starts with a bracket; 0: it is to be opened up. */
static size_t write_whole(emit *e, const char *p, size_t depth, size_t *column)
{
	bool empty = p[1] == '}' || p[1] == ']';
	/* the outermost object is always opened up */
	size_t n = depth && *column < LINE ? inline_length(p, LINE - *column) : 0;
	n = !n && empty ? 2 : n;
	if (n)
		write_inline(e, p, n);
	else if (is_plain_list(p))
		n = write_list(e, p, depth);
	*column += n;
	return n;
}

static void write_indented(emit *e, const char *p)
{
	size_t depth = 0, column = 0;
	while (*p && emit_ok(e)) {
		bool opens = *p == '{' || *p == '[', closes = *p == '}' || *p == ']';
		size_t step = opens ? write_whole(e, p, depth, &column) : 0;
		if (step) {
			p += step;
			continue;
		}
		step = *p == '"' ? literal(p) : 1;
		depth -= closes;
		if (closes)
			new_line(e, depth);
		emit_add(e, p, step);
		column += step;
		depth += opens;
		if (opens || *p == ',') {
			new_line(e, depth);
			column = 2 * depth;
		} else if (*p == ':') {
			emit_str(e, " ");
			column++;
		}
		p += step;
	}
}

static char *take_text(emit *e, cJSON *item)
{
	char *text = item && emit_ok(e) ? cJSON_PrintUnformatted(item) : NULL;
	cJSON_Delete(item);
	if (!text)
		emit_fail(e, ORAY_ERR_MEMORY);
	return text;
}

void json_write(emit *e, cJSON *item, bool indented)
{
	char *text = take_text(e, item);
	if (text && indented)
		write_indented(e, text);
	else if (text)
		emit_str(e, text);
	emit_str(e, "\n");
	cJSON_free(text);
}

void json_write_row(emit *e, cJSON *item)
{
	char *text = take_text(e, item);
	if (text)
		emit_str(e, text);
	cJSON_free(text);
}
