/* SPDX-License-Identifier: Apache-2.0 */
#include <onnxray/onnxray.h>

#define TEXT(x)  #x
#define VALUE(x) TEXT(x)

const char *oray_version(void)
{
	return VALUE(ORAY_VERSION_MAJOR) "." VALUE(ORAY_VERSION_MINOR) "." VALUE(ORAY_VERSION_PATCH);
}

const char *oray_status_name(oray_status status)
{
	static const char *const names[] = {"ok",        "memory",    "limit",     "io",
	                                    "not_onnx",  "malformed", "truncated", "external",
	                                    "not_found", "usage",     "write",     "tool"};
	return (unsigned)status < sizeof names / sizeof *names ? names[status] : "unknown";
}
