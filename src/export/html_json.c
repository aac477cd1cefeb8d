/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"
#include "export/html_draft.h"

enum { MUCH = 1 << 16 }; /* bytes that are handed on at once */

/* A comma, unless something begins. */
static void separate(html_draft *d)
{
	char last = d->json.n ? d->json.data[d->json.n - 1] : d->last;
	if (last != '[' && last != '{' && last != ':' && last)
		buf_char(&d->json, ',');
}

void html_key(html_draft *d, const char *name)
{
	separate(d);
	buf_char(&d->json, '"');
	buf_str(&d->json, name);
	buf_add(&d->json, "\":", 2);
}

void html_open(html_draft *d, char bracket)
{
	separate(d);
	buf_char(&d->json, bracket);
}

void html_close(html_draft *d, char bracket)
{
	buf_char(&d->json, bracket);
}

static void digits(html_draft *d, uint64_t n, bool minus)
{
	char text[24], *end = text + sizeof text, *at = end;
	separate(d);
	do
		*--at = (char)('0' + n % 10);
	while (n /= 10);
	if (minus)
		*--at = '-';
	buf_add(&d->json, at, (size_t)(end - at));
}

void html_int(html_draft *d, int64_t n)
{
	digits(d, n < 0 ? -(uint64_t)n : (uint64_t)n, n < 0);
}

void html_count(html_draft *d, uint64_t n)
{
	digits(d, n, false);
}

void html_null(html_draft *d)
{
	separate(d);
	buf_add(&d->json, "null", 4);
}

/* ------------------------------------------------------------------------------- texts -- */

/* True for what stands for itself in JSON. */
static bool is_itself(unsigned char c)
{
	return c >= ' ' && c < 0x7f && c != '"' && c != '\\' && c != '<';
}

/* Browsers keep a text in one byte a character as long as all are of Latin-1, and read it faster.
 */
static void add_code(buf *b, uint32_t code, const char *data, size_t size)
{
	if (code <= 0xff)
		buf_add(b, data, size);
	else if (code < 0x10000)
		buf_format(b, "\\u%04x", code);
	else
		buf_format(b, "\\u%04x\\u%04x", 0xd7c0 + (code >> 10), 0xdc00 + (code & 0x3ff));
}

void html_escape(buf *b, const char *data, size_t size)
{
	bool cut = size > HTML_MOST_TEXT;
	size = cut ? HTML_MOST_TEXT : size;
	for (size_t i = 0, from; i < size;) {
		uint32_t code = 0;
		for (from = i; i < size && is_itself((unsigned char)data[i]);)
			i++;
		buf_add(b, data + from, i - from);
		if (i == size)
			break;
		size_t n = utf8_decode(data + i, size - i, &code);
		if (code == '"' || code == '\\') {
			char pair[2] = {'\\', (char)code};
			buf_add(b, pair, 2);
		} else if (code == '<') {
			buf_str(b, "\\u003c");
		} else if (n && (code == '\n' || code == '\t')) {
			buf_str(b, code == '\n' ? "\\n" : "\\t");
		} else if (!n || utf8_is_unsafe(code) || (code & 0xfffe) == 0xfffe) {
			buf_str(b, "\\ufffd");
		} else {
			add_code(b, code, data + i, n);
		}
		i += n ? n : 1;
	}
	if (cut)
		buf_str(b, "\\u2026");
}

void html_text(html_draft *d, const char *data, size_t size)
{
	separate(d);
	buf_char(&d->json, '"');
	html_escape(&d->json, data, size);
	buf_char(&d->json, '"');
}

void html_str(html_draft *d, oray_str s)
{
	html_text(d, s.data, s.size);
}

void html_cstr(html_draft *d, const char *text)
{
	html_text(d, text, strlen(text));
}

void html_amount(html_draft *d, oray_amount a)
{
	char text[512];
	if (!a.exact) {
		html_null(d);
	} else if (!a.formula) {
		html_count(d, a.value);
	} else {
		size_t n = oray_amount_text(d->model, a, text, sizeof text);
		html_text(d, text, n < sizeof text ? n : sizeof text - 1);
	}
}

void html_amount_short(html_draft *d, oray_amount a)
{
	char text[512];
	if (!a.exact || !a.formula) {
		html_amount(d, a);
		return;
	}
	uint64_t hash = (a.formula * 0x9e3779b97f4a7c15u) ^ (a.value * 0xff51afd7ed558ccdu);
	size_t at = (size_t)(hash >> 32) % HTML_FORMULAS;
	if (d->formulas[at].formula != a.formula || d->formulas[at].value != a.value) {
		size_t n = oray_amount_text(d->model, a, text, sizeof text);
		d->formulas[at].formula = a.formula;
		d->formulas[at].value = a.value;
		d->formulas[at].text = html_keep(d, text, n < sizeof text ? n : sizeof text - 1);
	}
	html_int(d, -(int64_t)d->formulas[at].text);
}

uint32_t html_keep(html_draft *d, const char *data, size_t size)
{
	if (!size)
		return 0;
	oray_id id = strings_add(&d->texts, data, size < HTML_MOST_TEXT ? size : HTML_MOST_TEXT + 1);
	d->failed |= id == ORAY_NONE;
	return id == ORAY_NONE ? 0 : id;
}

void html_ref(html_draft *d, oray_str s)
{
	html_count(d, html_keep(d, s.data, s.size));
}

void html_pairs(html_draft *d, const oray_pair *pairs, size_t n)
{
	html_open(d, '[');
	for (size_t i = 0; i < n && html_turn(d); i++) {
		html_ref(d, pairs[i].key);
		html_ref(d, pairs[i].value);
	}
	html_close(d, ']');
}

void html_raw(html_draft *d, const char *data, size_t size)
{
	separate(d);
	buf_add(&d->json, data, size);
}

int html_foreign(void *context, const char *data, size_t size)
{
	html_draft *d = context;
	for (size_t i = 0; i < size;) {
		const char *found = memchr(data + i, '<', size - i);
		size_t n = found ? (size_t)(found - data) - i : size - i;
		buf_add(&d->json, data + i, n);
		if (found)
			buf_str(&d->json, "\\u003c");
		i += n + (found != NULL);
	}
	return !html_turn(d);
}

bool html_turn(html_draft *d)
{
	if (d->json.n < MUCH)
		return true;
	if (!buf_ok(&d->json) || d->failed) {
		emit_fail(d->out, ORAY_ERR_MEMORY);
		return false;
	}
	d->last = d->json.data[d->json.n - 1];
	html_pack_add(d->pack, d->json.data, d->json.n);
	buf_clear(&d->json);
	return emit_ok(d->out);
}

void html_texts(html_draft *d)
{
	html_key(d, "strings");
	html_open(d, '[');
	for (size_t i = 0; i < strings_count(&d->texts) && html_turn(d); i++)
		html_str(d, strings_get(&d->texts, (oray_id)i));
	html_close(d, ']');
}
