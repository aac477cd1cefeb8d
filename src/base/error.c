/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/heap.h"

/* What error.h tells of them to an analyzer. */
#undef error_set
#undef error_memory
#undef error_errno

static void copy_cut(char *out, size_t capacity, const char *text)
{
	size_t n = strlen(text);
	if (n >= capacity) {
		n = capacity - 1;
		while (n && ((unsigned char)text[n] & 0xc0) == 0x80)
			n--;
	}
	memcpy(out, text, n);
	out[n] = '\0';
}

oray_status error_set(oray_error *err, oray_status code, uint64_t offset, const char *where,
                      const char *format, ...)
{
	if (!err)
		return code;
	char raw[2 * sizeof err->message];
	va_list args;
	va_start(args, format);
	int n = vsnprintf(raw, sizeof raw, format, args);
	va_end(args);
	size_t size = n < 0 ? 0 : (size_t)n < sizeof raw ? (size_t)n : sizeof raw - 1;
	*err = (oray_error){.code = code, .offset = offset};
	if (where)
		copy_cut(err->where, sizeof err->where, where);
	buf safe = {0};
	buf_printable(&safe, raw, size);
	if (!buf_ok(&safe)) { /* better a word less than no words */
		for (size_t i = 0; i < size; i++)
			raw[i] = raw[i] < ' ' || raw[i] > '~' ? '?' : raw[i];
		raw[size] = '\0';
	}
	copy_cut(err->message, sizeof err->message, buf_ok(&safe) ? buf_text(&safe) : raw);
	buf_free(&safe);
	return code;
}

oray_status error_of_memory(char *text, size_t size)
{
	uint64_t most = heap_refused();
	bool small = most < 10000000;
	if (!most)
		snprintf(text, size, "out of memory");
	else if (most == UINT64_MAX)
		snprintf(text, size, "needs more memory than there can be");
	else
		snprintf(text, size, "needs more than %llu %s of memory; --max-memory raises the limit",
		         (unsigned long long)(most / (small ? 1000 : 1000000)), small ? "kB" : "MB");
	return most ? ORAY_ERR_LIMIT : ORAY_ERR_MEMORY;
}

oray_status error_memory(oray_error *err)
{
	oray_error e = {.offset = ORAY_NO_OFFSET};
	e.code = error_of_memory(e.message, sizeof e.message);
	if (err)
		*err = e;
	return e.code;
}

oray_status error_errno(oray_error *err, oray_status code, const char *what, int number)
{
	char reason[128];
	if (strerror_r(number, reason, sizeof reason) != 0)
		snprintf(reason, sizeof reason, "error %d", number);
	return error_set(err, code, ORAY_NO_OFFSET, NULL, "%s: %s", what, reason);
}
