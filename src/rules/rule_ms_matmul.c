/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Matrix products of the contributed operators. They differ from MatMul in where A and B are, in
 * what is transposed before, in how B is packed, and in the type of the result:
 *
 *     FusedMatMul        transA, transB: the last two dims change places;
 *                        transBatchA, transBatchB: dim 0 moves to the place before the last
 *     MatMulNBits, ...   B is a blob; its logical shape is in attributes or a third input
 *     QGemm, ...         both are integers, and the output type depends on which scales are there
 */
#include <string.h>

#include "rules/elements.h"
#include "rules/ms.h"

/** Dims of an operand as it is multiplied. @return false when the rank is unknown or 0. */
static bool operand(call *c, size_t input, bool trans, bool batch, dim out[RANK_MOST], size_t *n)
{
	infer_type t = call_in(c, input);
	if (!t.ranked)
		return false;
	if (t.n == 0) {
		call_complain(c, "rank", "input %zu is a scalar and cannot be multiplied as a matrix",
		              input);
		return false;
	}
	*n = t.n;
	memcpy(out, t.at, t.n * sizeof *out);
	if (batch && t.n > 2) {
		memmove(out, out + 1, (t.n - 2) * sizeof *out);
		out[t.n - 2] = t.at[0];
	}
	if (trans && t.n > 1) {
		dim last = out[t.n - 1];
		out[t.n - 1] = out[t.n - 2];
		out[t.n - 2] = last;
	}
	return true;
}

/** Broadcasts what comes before the last two dims. @return the rank of it. */
static size_t broadcast_batch(call *c, const dim *a, size_t n_a, const dim *b, size_t n_b,
                              dim out[RANK_MOST])
{
	size_t m_a = n_a > 2 ? n_a - 2 : 0, m_b = n_b > 2 ? n_b - 2 : 0, n = m_a > m_b ? m_a : m_b;
	for (size_t i = 0; i < n; i++) {
		dim x = i + m_a < n ? DIM(1) : a[i + m_a - n], y = i + m_b < n ? DIM(1) : b[i + m_b - n];
		out[i] = call_broadcast_dim(c, x, y);
	}
	return n;
}

void ms_multiply(call *c, const ms_product *p, int32_t element)
{
	dim a[RANK_MOST], b[RANK_MOST], out[RANK_MOST];
	size_t n_a, n_b;
	if (!operand(c, p->a, p->trans_a, p->batch_a, a, &n_a) ||
	    !operand(c, p->b, p->trans_b, p->batch_b, b, &n_b)) {
		call_unranked(c, 0, element);
		return;
	}
	call_equal(c, a[n_a - 1], b[n_b > 1 ? n_b - 2 : 0], "inner dims");
	size_t n = broadcast_batch(c, a, n_a, b, n_b, out);
	if (n_a > 1)
		out[n++] = a[n_a - 2];
	if (n_b > 1)
		out[n++] = b[n_b - 1];
	call_tensor(c, 0, element, n, out);
}

dim ms_inner(call *c, const ms_product *p)
{
	dim at[RANK_MOST];
	size_t n;
	if (operand(c, p->a, p->trans_a, p->batch_a, at, &n) && dim_is_known(at[n - 1]))
		return at[n - 1];
	if (operand(c, p->b, p->trans_b, p->batch_b, at, &n))
		return at[n > 1 ? n - 2 : 0];
	return DIM_LOST;
}

ms_product ms_fused_product(call *c)
{
	return (ms_product){.a = 0,
	                    .b = 1,
	                    .trans_a = call_int(c, "transA", 0) != 0,
	                    .trans_b = call_int(c, "transB", 0) != 0,
	                    .batch_a = call_int(c, "transBatchA", 0) != 0,
	                    .batch_b = call_int(c, "transBatchB", 0) != 0};
}

/** FusedMatMul, TransposeMatMul, FusedMatMulActivation. */
void rule_ms_fused_matmul(call *c)
{
	ms_product p = ms_fused_product(c);
	ms_multiply(c, &p, ms_element(c, 0));
}

/** GemmFastGelu and DynamicQuantizeMatMul: the type of A. */
void rule_ms_matmul(call *c)
{
	ms_multiply(c, &(ms_product){.a = 0, .b = 1}, ms_element(c, 0));
}

/** MatMulIntegerToFloat: the type of the scales. */
void rule_ms_matmul_scaled(call *c)
{
	int32_t element = ms_element(c, 2);
	ms_multiply(c, &(ms_product){.a = 0, .b = 1}, element ? element : ms_element(c, 3));
}

/** MatMulInteger16: products of 16 bits are summed in 32; unsigned when both are. */
void rule_ms_matmul_integer16(call *c)
{
	int32_t a = ms_element(c, 0), b = ms_element(c, 1);
	int32_t element = a == ORAY_UINT16 && b == ORAY_UINT16 ? ORAY_UINT32 : ORAY_INT32;
	ms_multiply(c, &(ms_product){.a = 0, .b = 1}, a && b ? element : 0);
}

/** QOrderedMatMul (A, scale, B, ...): B is two-dimensional, as a matrix of K rows. */
void rule_ms_qordered_matmul(call *c)
{
	ms_multiply(c, &(ms_product){.a = 0, .b = 2}, ms_element(c, 0));
}

/** SparseToDenseMatMul: A is a sparse tensor; two dims each. */
void rule_ms_sparse_matmul(call *c)
{
	ms_product p = ms_fused_product(c);
	ms_multiply(c, &p, ms_element(c, 1));
}

/** Says a product of two matrices. What is added to it tells nothing about the shape. */
static void gemm(call *c, size_t a, size_t b, int32_t element)
{
	bool trans_a = call_int(c, "transA", 0) != 0, trans_b = call_int(c, "transB", 0) != 0;
	ms_input x = ms_get(c, a, 2), w = ms_get(c, b, 2);
	call_equal(c, x.at[!trans_a], w.at[trans_b], "inner dims");
	MS_SAY(c, 0, element, x.at[trans_a], w.at[!trans_b]);
}

/** QGemm (A, a_scale, a_zero, B, b_scale, b_zero, C, y_scale, y_zero): floats without y_scale. */
void rule_ms_qgemm(call *c)
{
	int32_t element = call_has(c, 8) ? ms_element(c, 8) : call_has(c, 7) ? 0 : ORAY_FLOAT32;
	gemm(c, 0, 3, element);
}

/** GemmFloat8: the type is an attribute. */
void rule_ms_gemm_float8(call *c)
{
	gemm(c, 0, 1, element_type_attribute(c, "dtype", ORAY_FLOAT32));
}

/** MatMulNBits, MatMulFpQ4, MatMulBnb4, MatMulBlockQuantized*: A with another last dim. */
void rule_ms_matmul_packed(call *c)
{
	dim inner = ms_count(c, "K"), columns = ms_count(c, "N");
	if (ms_is(c, "MatMulFpQ4")) {
		dim shape[2] = {DIM_LOST, DIM_LOST};
		size_t n;
		if (call_list(c, 2, NULL, shape, 2, &n) != LIST_KNOWN || n != 2)
			shape[0] = shape[1] = DIM_LOST;
		inner = shape[0];
		columns = ms_size(c, shape[1]);
	} else if (ms_is(c, "MatMulBnb4") && call_int(c, "transB", 1) == 0) {
		dim swap = inner;
		inner = columns;
		columns = swap;
	} else if (ms_is(c, "MatMulBlockQuantizedFp4Weight")) {
		inner = dim_mul(c->d, ms_dim(c, 1, 1), DIM(2));
		columns = ms_dim(c, 1, 0);
	} else if (ms_is(c, "MatMulBlockQuantizedFp8Weight")) {
		inner = ms_dim(c, 1, 1);
		columns = ms_dim(c, 1, 0);
	}
	call_equal(c, ms_dim(c, 0, -1), inner, "inner dims");
	ms_same_but_last(c, 0, 0, ms_element(c, 0), columns);
}

/** MatMulNBitsMlp: gate and up share A, and their product is the result. */
void rule_ms_matmul_mlp(call *c)
{
	call_equal(c, ms_dim(c, 0, -1), ms_count(c, "K"), "inner dims");
	ms_same_but_last(c, 0, 0, ms_element(c, 0), ms_count(c, "N"));
	ms_copy(c, 1, 0);
}

/** MatMulNBitsQkv: three products of one A. */
void rule_ms_matmul_qkv(call *c)
{
	call_equal(c, ms_dim(c, 0, -1), ms_count(c, "K"), "inner dims");
	ms_same_but_last(c, 0, 0, ms_element(c, 0), ms_count(c, "Nq"));
	for (size_t i = 1; i < 3; i++)
		ms_same_but_last(c, i, 0, ms_element(c, 0), ms_count(c, "Nkv"));
	ms_copy(c, 3, 0);
}

/** CDist: rows of A against rows of B. */
void rule_ms_cdist(call *c)
{
	ms_input a = ms_get(c, 0, 2), b = ms_get(c, 1, 2);
	call_equal(c, a.at[1], b.at[1], "columns");
	MS_SAY(c, 0, a.element ? a.element : b.element, a.at[0], b.at[0]);
}

/** FC, from before the standard was one: X is flattened from `axis` on, W is (N, K). */
void rule_fc(call *c)
{
	infer_type x = call_in(c, 0);
	dim columns = call_int(c, "axis_w", 1) == 1 ? ms_dim(c, 1, 0) : DIM_LOST;
	size_t axis;
	if (!x.ranked) {
		call_unranked(c, 0, ms_element(c, 0));
		return;
	}
	if (!call_axis_up_to(c, call_int(c, "axis", 1), x.n, &axis) || axis + 1 > RANK_MOST) {
		call_unranked(c, 0, x.element);
		return;
	}
	dim out[RANK_MOST];
	for (size_t i = 0; i < axis; i++)
		out[i] = x.at[i];
	out[axis] = ms_either(c, columns, ms_dim(c, 2, 0), "columns");
	call_tensor(c, 0, x.element, axis + 1, out);
}
