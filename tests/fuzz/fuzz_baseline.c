/* SPDX-License-Identifier: Apache-2.0 */
/* Files of findings that are known. */
#include <string.h>

#include "../unit/model_writer.h"
#include "shared/fuzz.h"
#include "shared/sound.h"

/* A model with findings. */
static oray_model *get_model(void)
{
	static oray_model *m;
	if (m)
		return m;
	bytes graph = {0}, a = make_node("Relu", "x", "t"), b = make_node("Nothing", "nowhere", "t");
	put_message(&graph, 1, &a);
	put_message(&graph, 1, &b);
	bytes model = make_model(&graph);
	m = fuzz_load(1, (fuzz_part){model.at, model.n}, NULL);
	free(model.at);
	REQUIRE(m && oray_model_infer(m, NULL, NULL) == ORAY_OK, "the model");
	return m;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static oray_error err;
	oray_check_options o = {.baseline = (const char *)data,
	                        .baseline_size = size,
	                        .baseline_name = "model.onnx",
	                        .no_weights = true};
	oray_check_report *r;
	oray_status status = oray_check(get_model(), &o, &r, &err);
	if (status != ORAY_OK)
		fuzz_check_error(status, &err);
	oray_check_report_free(r);
	return 0;
}
