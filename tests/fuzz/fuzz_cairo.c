/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures that cairo draws: PNG and PDF. */
#include "shared/fuzz.h"
#include "shared/sound.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static oray_error err;
	fuzz_input in;
	oray_model *m;
	if (!fuzz_split(data, size, &in) || !(m = fuzz_load(0, in.a, NULL)))
		return 0;
	bool pdf = fuzz_choose(&in.choices, 2);
	fuzz_sink sink = fuzz_sink_new(&in.choices);
	if (fuzz_choose(&in.choices, 2)) {
		uint32_t none = 0;
		fuzz_infer(&none, m);
	}
	oray_drawing d = fuzz_drawing(&in.choices, m);
	oray_status status = oray_write_picture(m, &d, pdf ? "pdf" : "png", fuzz_take, &sink, &err);
	if (status != ORAY_ERR_TOOL)
		fuzz_check_output(&sink, status, &err, pdf ? pdf_fault : png_fault);
	oray_model_free(m);
	return 0;
}
