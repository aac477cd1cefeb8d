/* SPDX-License-Identifier: Apache-2.0 */
#include "export/summary.h"

oray_status oray_write_summary(const oray_summary *summary, const oray_style *style, oray_sink sink,
                               void *context, oray_error *err)
{
	static void (*const writers[ORAY_N_FORMATS])(emit *, const oray_summary *,
	                                             const oray_style *) = {
	    [ORAY_TEXT] = summary_page, [ORAY_JSON] = summary_json,     [ORAY_NDJSON] = summary_json,
	    [ORAY_CSV] = summary_csv,   [ORAY_MARKDOWN] = summary_page,
	};
	oray_style s;
	emit e;
	oray_status status = emit_style(style, &s, err);
	if (status != ORAY_OK)
		return status;
	emit_init(&e, &s, sink, context);
	writers[s.format](&e, summary, &s);
	return emit_end(&e, err);
}
