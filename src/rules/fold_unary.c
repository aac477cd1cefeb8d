/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fold_unary.c - contents of operators of one input.
 *
 * A symbolic element goes through where its sign or its wholeness is all that counts; the functions
 * of analysis take numbers only.
 */
#include "rules/fold.h"

#include <math.h>
#include <string.h>

/** Which kinds of infinity IsInf looks for. */
enum { DETECT_POSITIVE = 1, DETECT_NEGATIVE = 2 };

typedef dim (*unary_op)(dims *d, int32_t element, int64_t mode, dim a);

static bool is_nonneg(dim_order order)
{
	return order == DIM_MORE || order == DIM_NOT_LESS || order == DIM_EQUAL;
}

static bool is_nonpos(dim_order order)
{
	return order == DIM_LESS || order == DIM_NOT_MORE || order == DIM_EQUAL;
}

static dim op_neg(dims *d, int32_t element, int64_t mode, dim a)
{
	(void)element, (void)mode;
	return dim_neg(d, a);
}

static dim op_abs(dims *d, int32_t element, int64_t mode, dim a)
{
	dim_order order = dim_compare(d, a, DIM(0));
	(void)element, (void)mode;
	if (is_nonneg(order))
		return a;
	return is_nonpos(order) ? dim_neg(d, a) : dim_max(d, a, dim_neg(d, a));
}

/** Of whole numbers also min(a, 1) above zero, and max(a, -1) below. */
static dim op_sign(dims *d, int32_t element, int64_t mode, dim a)
{
	dim_order order = dim_compare(d, a, DIM(0));
	double v;
	(void)element, (void)mode;
	if (dim_is_real(d, a, &v))
		return DIM((v > 0) - (v < 0));
	if (order == DIM_MORE || order == DIM_LESS)
		return order == DIM_MORE ? DIM(1) : DIM(-1);
	if (dim_floor(d, a) != a)
		return DIM_LOST;
	if (!is_nonneg(order))
		a = dim_max(d, a, DIM(-1));
	return is_nonpos(order) ? a : dim_min(d, a, DIM(1));
}

static dim op_relu(dims *d, int32_t element, int64_t mode, dim a)
{
	dim_order order = dim_compare(d, a, DIM(0));
	(void)element, (void)mode;
	if (is_nonneg(order))
		return a;
	return is_nonpos(order) ? DIM(0) : dim_max(d, a, DIM(0));
}

static dim op_floor(dims *d, int32_t element, int64_t mode, dim a)
{
	(void)element, (void)mode;
	return dim_floor(d, a);
}

static dim op_ceil(dims *d, int32_t element, int64_t mode, dim a)
{
	(void)element, (void)mode;
	return dim_ceil(d, a);
}

/** Halves to even. */
static dim op_round(dims *d, int32_t element, int64_t mode, dim a)
{
	double v;
	(void)element, (void)mode;
	if (dim_is_real(d, a, &v))
		return dim_real(d, rint(v));
	return dim_floor(d, a) == a ? a : DIM_LOST;
}

static dim op_not(dims *d, int32_t element, int64_t mode, dim a)
{
	(void)d, (void)element, (void)mode;
	return a == DIM(0) ? DIM(1) : a == DIM(1) ? DIM(0) : DIM_LOST;
}

/** -1 - a, or what is left to the largest number of an unsigned type. */
static dim op_bitwise_not(dims *d, int32_t element, int64_t mode, dim a)
{
	int64_t least, most;
	(void)mode;
	if (!fold_range(element, &least, &most) || element == ORAY_UINT64)
		return DIM_LOST;
	return dim_sub(d, dim_number(d, least ? -1 : most), a);
}

static dim op_reciprocal(dims *d, int32_t element, int64_t mode, dim a)
{
	(void)element, (void)mode;
	return dim_real_div(d, DIM(1), a);
}

/** NaN is not followed: it is lost. A symbol is finite. */
static dim op_is_nan(dims *d, int32_t element, int64_t mode, dim a)
{
	(void)d, (void)element, (void)mode;
	return a == DIM_LOST ? a : DIM(0);
}

static dim op_is_inf(dims *d, int32_t element, int64_t mode, dim a)
{
	double v;
	(void)element;
	if (!dim_is_real(d, a, &v))
		return a == DIM_LOST ? a : DIM(0);
	return DIM(isinf(v) && (mode & (v > 0 ? DETECT_POSITIVE : DETECT_NEGATIVE)));
}

static double sigmoid(double v)
{
	return 1 / (1 + exp(-v));
}

static double softplus(double v)
{
	return v > 0 ? v + log1p(exp(-v)) : log1p(exp(v));
}

static double softsign(double v)
{
	return v / (1 + fabs(v));
}

static const struct unary_entry {
	const char *name;
	unary_op op;
	double (*real)(double); /**< when `op` is NULL */
} unaries[] = {
    {"Neg", op_neg, NULL},
    {"Abs", op_abs, NULL},
    {"Sign", op_sign, NULL},
    {"Relu", op_relu, NULL},
    {"Floor", op_floor, NULL},
    {"Ceil", op_ceil, NULL},
    {"Round", op_round, NULL},
    {"Not", op_not, NULL},
    {"BitwiseNot", op_bitwise_not, NULL},
    {"Reciprocal", op_reciprocal, NULL},
    {"IsNaN", op_is_nan, NULL},
    {"IsInf", op_is_inf, NULL},
    {"Sqrt", NULL, sqrt},
    {"Exp", NULL, exp},
    {"Log", NULL, log},
    {"Sin", NULL, sin},
    {"Cos", NULL, cos},
    {"Tan", NULL, tan},
    {"Asin", NULL, asin},
    {"Acos", NULL, acos},
    {"Atan", NULL, atan},
    {"Sinh", NULL, sinh},
    {"Cosh", NULL, cosh},
    {"Tanh", NULL, tanh},
    {"Asinh", NULL, asinh},
    {"Acosh", NULL, acosh},
    {"Atanh", NULL, atanh},
    {"Erf", NULL, erf},
    {"Sigmoid", NULL, sigmoid},
    {"Softplus", NULL, softplus},
    {"Softsign", NULL, softsign},
};

static const struct unary_entry *unary_of(const call *c)
{
	for (size_t i = 0; c->row && i < sizeof unaries / sizeof *unaries; i++)
		if (!strcmp(unaries[i].name, c->row->name))
			return &unaries[i];
	return NULL;
}

static int64_t mode_of(call *c, const struct unary_entry *e)
{
	if (e->op != op_is_inf)
		return 0;
	return (call_int(c, "detect_positive", 1) ? DETECT_POSITIVE : 0) |
	       (call_int(c, "detect_negative", 1) ? DETECT_NEGATIVE : 0);
}

void fold_unary(call *c)
{
	infer_type out = call_said(c, 0), in = call_in(c, 0);
	const struct unary_entry *e;
	size_t n;
	double v;
	if (!call_can_hold(c, &out, &n) || !(e = unary_of(c)))
		return;
	infer_values from = call_values(c, 0);
	dim *at;
	if (!from.known || from.n != n || !(at = fold_room(c, n)))
		return;
	int64_t mode = mode_of(c, e);
	for (size_t i = 0; i < n; i++) {
		dim a = from.at[i];
		if (e->op)
			a = a == DIM_LOST ? a : e->op(c->d, in.element, mode, a);
		else
			a = dim_is_real(c->d, a, &v) ? dim_real(c->d, e->real(v)) : DIM_LOST;
		at[i] = fold_settle(c->d, out.element, a);
	}
	fold_give(c, n, at);
}
