/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

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
	*err = (oray_error){.code = code, .offset = offset};
	if (where)
		copy_cut(err->where, sizeof err->where, where);
	buf raw = {0}, safe = {0};
	va_list args;
	va_start(args, format);
	buf_vformat(&raw, format, args);
	va_end(args);
	buf_printable(&safe, buf_text(&raw), raw.n);
	copy_cut(err->message, sizeof err->message,
	         buf_ok(&raw) && buf_ok(&safe) ? buf_text(&safe) : "out of memory");
	buf_free(&raw);
	buf_free(&safe);
	return code;
}

oray_status error_memory(oray_error *err)
{
	return error_set(err, ORAY_ERR_MEMORY, ORAY_NO_OFFSET, NULL, "out of memory");
}

oray_status error_errno(oray_error *err, oray_status code, const char *what, int number)
{
	char reason[128];
	if (strerror_r(number, reason, sizeof reason) != 0)
		snprintf(reason, sizeof reason, "error %d", number);
	return error_set(err, code, ORAY_NO_OFFSET, NULL, "%s: %s", what, reason);
}
