/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table.c - joins the files of rows into one sorted array. Their order here matters: domains in
 * byte order, and names in byte order within a domain.
 */
#include "ops/table.h"

#define ANY UINT16_MAX
#define ENTRY(old, name, since, versions, category, shape, cost, in0, in1, out0, out1, in, out,    \
              attr)                                                                                \
	{                                                                                              \
		DOMAIN, name, versions, since, OPS_##category, OPS_SHAPE_##shape, OPS_COST_##cost, old,    \
		    in0, in1, out0, out1, in, out, attr                                                    \
	}
#define ROW(...) ENTRY(0, __VA_ARGS__)
#define OLD(...) ENTRY(1, __VA_ARGS__)

const ops_row ops_table[] = {
#include "ops/table_onnx_a_e.inc"
#include "ops/table_onnx_f_p.inc"
#include "ops/table_onnx_q_z.inc"
#include "ops/table_onnx_ml.inc"
#include "ops/table_onnx_preview.inc"
#include "ops/table_quark.inc"
#include "ops/table_microsoft_a_l.inc"
#include "ops/table_microsoft_m_z.inc"
#include "ops/table_microsoft_layout.inc"
#include "ops/table_vitis.inc"
#include "ops/table_qonnx.inc"
};

const size_t ops_table_size = sizeof(ops_table) / sizeof(*ops_table);
