/* SPDX-License-Identifier: Apache-2.0 */
/* Files of values: .npy, or one TensorProto. */
#include "shared/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static oray_error err;
	oray_array *a;
	oray_status status = oray_array_load(fuzz_file(0, (fuzz_part){data, size}), &a, &err);
	if (status != ORAY_OK) {
		fuzz_check_error(status, &err);
		REQUIRE(!a, "an array after a failure");
		return 0;
	}
	uint64_t n = 1;
	bool empty = false;
	for (size_t i = 0; i < a->n_dims; i++)
		empty |= a->dims[i] == 0;
	for (size_t i = 0; i < a->n_dims && !empty; i++)
		REQUIRE(a->dims[i] >= 0 && !__builtin_mul_overflow(n, (uint64_t)a->dims[i], &n), "dims");
	n = empty ? 0 : n;
	REQUIRE(!a->at || a->n == n, "as many elements as dims say");
	oray_array_free(a);
	return 0;
}
