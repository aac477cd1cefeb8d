/* SPDX-License-Identifier: Apache-2.0 */
/* The page: nothing of a model may get out of its block of data. */
#include "shared/fuzz.h"
#include "shared/sound.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static oray_error err;
	fuzz_input in;
	oray_model *m;
	if (!fuzz_split(data, size, &in) || !(m = fuzz_load(0, in.a, NULL)))
		return 0;
	fuzz_sink sink = fuzz_sink_new(&in.choices);
	if (fuzz_choose(&in.choices, 3)) {
		uint32_t none = 0;
		fuzz_infer(&none, m);
	}
	oray_drawing d = fuzz_drawing(&in.choices, m);
	oray_status status = oray_write_page(m, &d, fuzz_take, &sink, &err);
	fuzz_check_output(&sink, status, &err, page_fault);
	oray_model_free(m);
	return 0;
}
