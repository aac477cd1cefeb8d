/* SPDX-License-Identifier: Apache-2.0 */
#include "base/num.h"

bool num_product(const int64_t *dims, size_t n, uint64_t *out)
{
	uint64_t product = 1;
	bool zero = false, fits = true;
	for (size_t i = 0; i < n; i++) {
		if (dims[i] < 0)
			return false;
		if (dims[i] == 0)
			zero = true;
		else if (fits)
			fits = num_mul(product, (uint64_t)dims[i], &product);
	}
	*out = zero ? 0 : product;
	return zero || fits;
}

bool num_parse(const char *text, size_t size, uint64_t *out)
{
	uint64_t value = 0;
	if (size == 0)
		return false;
	for (size_t i = 0; i < size; i++) {
		if (text[i] < '0' || text[i] > '9' || !num_mul(value, 10, &value) ||
		    !num_add(value, (uint64_t)(text[i] - '0'), &value))
			return false;
	}
	*out = value;
	return true;
}
