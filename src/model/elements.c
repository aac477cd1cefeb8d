/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elements.c - element types: names and sizes. The library's smallest table.
 */
#include "base/num.h"
#include "model/model.h"

static const struct {
	const char *name;
	uint8_t bits; /* 0: no fixed size */
} elements[ORAY_N_TYPES] = {
    [ORAY_UNDEFINED] = {"undefined", 0},
    [ORAY_FLOAT32] = {"float32", 32},
    [ORAY_UINT8] = {"uint8", 8},
    [ORAY_INT8] = {"int8", 8},
    [ORAY_UINT16] = {"uint16", 16},
    [ORAY_INT16] = {"int16", 16},
    [ORAY_INT32] = {"int32", 32},
    [ORAY_INT64] = {"int64", 64},
    [ORAY_STRING] = {"string", 0},
    [ORAY_BOOL] = {"bool", 8},
    [ORAY_FLOAT16] = {"float16", 16},
    [ORAY_FLOAT64] = {"float64", 64},
    [ORAY_UINT32] = {"uint32", 32},
    [ORAY_UINT64] = {"uint64", 64},
    [ORAY_COMPLEX64] = {"complex64", 64},
    [ORAY_COMPLEX128] = {"complex128", 128},
    [ORAY_BFLOAT16] = {"bfloat16", 16},
    [ORAY_FLOAT8E4M3FN] = {"float8e4m3fn", 8},
    [ORAY_FLOAT8E4M3FNUZ] = {"float8e4m3fnuz", 8},
    [ORAY_FLOAT8E5M2] = {"float8e5m2", 8},
    [ORAY_FLOAT8E5M2FNUZ] = {"float8e5m2fnuz", 8},
    [ORAY_UINT4] = {"uint4", 4},
    [ORAY_INT4] = {"int4", 4},
    [ORAY_FLOAT4E2M1] = {"float4e2m1", 4},
    [ORAY_FLOAT8E8M0] = {"float8e8m0", 8},
    [ORAY_UINT2] = {"uint2", 2},
    [ORAY_INT2] = {"int2", 2},
    [ORAY_FLOAT6E2M3] = {"float6e2m3", 6},
    [ORAY_FLOAT6E3M2] = {"float6e3m2", 6},
};

const char *oray_type_name(int32_t type)
{
	return type >= 0 && type < ORAY_N_TYPES ? elements[type].name : NULL;
}

uint32_t oray_type_bits(int32_t type)
{
	return type >= 0 && type < ORAY_N_TYPES ? elements[type].bits : 0;
}

bool oray_type_bytes(int32_t type, uint64_t n, uint64_t *bytes)
{
	uint32_t bits = oray_type_bits(type);
	if (!bits)
		return false;
	if (bits < 8) { /* eight elements fill `bits` bytes */
		*bytes = n / 8 * bits + (n % 8 * bits + 7) / 8;
		return true;
	}
	return num_mul(n, bits / 8, bytes);
}
