/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_matmul.c - products of matrices.
 *
 * MatMul follows numpy: [..., M, K] x [..., K, N] = [..., M, N], leading dims broadcast. A vector
 * on the left is one row, on the right one column, and that dim is missing in the result. Gemm has
 * exactly two dims each, and transposes on demand. Both K must be equal, which binds symbols.
 */
#include "rules/einsum.h"

/** MatMul on two inputs; Y gets this element type. */
static void matmul_shape(call *c, size_t left, size_t right, int32_t element)
{
	infer_type a = call_in(c, left);
	infer_type b = call_in(c, right);
	if ((a.ranked && !a.n) || (b.ranked && !b.n))
		call_complain(c, "rank-mismatch", "a scalar cannot be multiplied as a matrix");
	if (!a.ranked || !b.ranked || !a.n || !b.n) {
		call_unranked(c, 0, element);
		return;
	}
	call_equal(c, a.at[a.n - 1], b.at[b.n > 1 ? b.n - 2 : 0], "inner sizes of the product");
	infer_type batch[2] = {infer_tensor(element, true, a.n > 2 ? a.n - 2 : 0, a.at),
	                       infer_tensor(element, true, b.n > 2 ? b.n - 2 : 0, b.at)};
	dim out[RANK_MOST];
	size_t n;
	if (!call_broadcast(c, batch, 2, out, &n)) {
		call_unranked(c, 0, element);
		return;
	}
	if (a.n > 1)
		out[n++] = a.at[a.n - 2];
	if (b.n > 1)
		out[n++] = b.at[b.n - 1];
	call_tensor(c, 0, element, n, out);
}

/** Element type of the first of inputs 0 and 1 that has one. */
static int32_t element_of_two(call *c)
{
	int32_t element = call_in(c, 0).element;
	return element ? element : call_in(c, 1).element;
}

void rule_matmul(call *c)
{
	matmul_shape(c, 0, 1, element_of_two(c));
}

void rule_matmul_integer(call *c)
{
	matmul_shape(c, 0, 1, ORAY_INT32);
}

void rule_qlinear_matmul(call *c)
{
	matmul_shape(c, 0, 3, call_in(c, 7).element);
}

/** Dim `i` of a matrix that may be transposed; lost when it is not known or not a matrix. */
static dim matrix_dim(call *c, size_t input, bool transposed, size_t i)
{
	infer_type t = call_in(c, input);
	return t.ranked && t.n == 2 ? t.at[transposed ? 1 - i : i] : DIM_LOST;
}

/** C is broadcast to [M, N], so a size of it that is more than 1 is a size of the result. */
static dim widened(call *c, dim size, size_t from_end)
{
	infer_type t = call_in(c, 2);
	int64_t n;
	if (dim_is_known(size) || !t.ranked || t.n < from_end)
		return size;
	dim told = t.at[t.n - from_end];
	return dim_is_number(c->d, told, &n) && n > 1 ? told : size;
}

void rule_gemm(call *c)
{
	bool trans_a = call_int(c, "transA", 0) != 0;
	bool trans_b = call_int(c, "transB", 0) != 0;
	for (size_t i = 0; i < 2; i++) {
		infer_type t = call_in(c, i);
		if (t.ranked && t.n != 2)
			call_complain(c, "rank-mismatch", "input %zu has %u dims instead of 2", i, t.n);
	}
	call_equal(c, matrix_dim(c, 0, trans_a, 1), matrix_dim(c, 1, trans_b, 0),
	           "inner sizes of the product");
	dim out[2] = {widened(c, matrix_dim(c, 0, trans_a, 0), 2),
	              widened(c, matrix_dim(c, 1, trans_b, 1), 1)};
	call_tensor(c, 0, element_of_two(c), 2, out);
}

void rule_einsum(call *c)
{
	int32_t element = 0;
	for (size_t i = 0; i < c->n_in && !element; i++)
		element = call_in(c, i).element;
	einsum e;
	if (einsum_read(c, false, &e) && e.ranked)
		call_tensor(c, 0, element, e.n_out, e.out);
	else
		call_unranked(c, 0, element);
}

/* The determinants of a batch of square matrices. */
void rule_det(call *c)
{
	infer_type x = call_in(c, 0);
	if (x.ranked && x.n < 2)
		call_complain(c, "rank-mismatch", "a determinant takes 2 dims or more, not %u", x.n);
	if (!x.ranked || x.n < 2) {
		call_unranked(c, 0, x.element);
		return;
	}
	call_equal(c, x.at[x.n - 1], x.at[x.n - 2], "sides of the matrix");
	call_tensor(c, 0, x.element, x.n - 2, x.at);
}
