/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures: SVG and DOT. */
#include "shared/fuzz.h"
#include "shared/sound.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static oray_error err;
	fuzz_input in;
	oray_model *m;
	if (!fuzz_split(data, size, &in) || !(m = fuzz_load(0, in.a, NULL)))
		return 0;
	bool dot = fuzz_choose(&in.choices, 3) == 1;
	fuzz_sink sink = fuzz_sink_new(&in.choices);
	if (fuzz_choose(&in.choices, 2)) {
		uint32_t none = 0;
		fuzz_infer(&none, m);
	}
	oray_drawing d = fuzz_drawing(&in.choices, m);
	oray_status status = dot ? oray_write_dot(m, &d, fuzz_take, &sink, &err)
	                         : oray_write_picture(m, &d, "svg", fuzz_take, &sink, &err);
	fuzz_check_output(&sink, status, &err, dot ? dot_fault : xml_fault);
	oray_model_free(m);
	return 0;
}
