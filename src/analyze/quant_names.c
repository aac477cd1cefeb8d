/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quant_names.c - names without what quantizers append.
 */
#include "analyze/quant_names.h"

#include <string.h>

enum { ROUNDS = 4 };

/* Of each list longer ones stand before those they end in. */
static const char *const of_nodes[] = {
    "_DequantizeLinear",
    "_QuantizeLinear",
    "_matmul_Q4",
    "_DQ_Q4",
    "_DQ_Q8",
    "_quant_scales_mul",
    "_quant",
    "_Q4",
    "_Q8",
    "_nhwc",
    NULL,
};

static const char *const of_values[] = {
    "_quant_output_scale_mul:0",
    "_output_quantized_cast_output",
    "_DequantizeLinear_Output",
    "_QuantizeLinear_Output",
    "_DequantizeLinear_Input",
    "_QuantizeLinear_Input",
    "_output_quantized",
    "_DequantizeLinear",
    "_QuantizeLinear",
    "_quantized",
    "_DQ_Q4",
    "_DQ_Q8",
    "_Q4",
    "_Q8",
    "_uint8",
    "_int8",
    NULL,
};

static const char *const of_scales[] = {
    "_quantized_zero_point", "_quantized_scale", "_DQ_zero_points", "_DQ_scales", "_zero_points",
    "_zero_point",           "_scales",          "_scale",          "_zp",        NULL,
};

static bool ends_in(oray_str s, const char *suffix)
{
	size_t size = strlen(suffix);

	return s.size > size && !memcmp(s.data + s.size - size, suffix, size);
}

/* "_1" behind another suffix: something that got several pairs of helpers. */
static oray_str without_count(oray_str s)
{
	size_t digits = 0;

	while (digits < s.size && s.data[s.size - 1 - digits] >= '0' &&
	       s.data[s.size - 1 - digits] <= '9')
		digits++;
	if (digits && digits + 1 < s.size && s.data[s.size - 1 - digits] == '_')
		s.size -= digits + 1;
	return s;
}

static bool strip_one(oray_str *name, const char *const *suffixes)
{
	for (size_t i = 0; suffixes[i]; i++) {
		oray_str plain = ends_in(*name, suffixes[i]) ? *name : without_count(*name);
		if (!ends_in(plain, suffixes[i]))
			continue;
		name->size = plain.size - strlen(suffixes[i]);
		return true;
	}
	return false;
}

static oray_str stripped(oray_str name, const char *const *suffixes)
{
	for (unsigned round = 0; round < ROUNDS && strip_one(&name, suffixes); round++)
		;
	return name;
}

oray_str quant_plain_value(oray_str name)
{
	return stripped(name, of_values);
}

oray_str quant_plain_node(oray_str name)
{
	return stripped(name, of_nodes);
}

oray_str quant_plain_scale(oray_str name)
{
	strip_one(&name, of_scales);
	return stripped(name, of_values);
}

bool quant_name_tells(oray_str name)
{
	static const char *const telling[] = {
	    "_QuantizeLinear_Output",
	    "_DequantizeLinear_Output",
	    "_QuantizeLinear_Input",
	    "_QuantizeLinear",
	    "_DequantizeLinear",
	    "_quantized",
	    "_DQ_Q4",
	    "_Q4",
	    NULL,
	};

	return strip_one(&name, telling);
}
