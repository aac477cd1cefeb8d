/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "rules/ms.h"

ms_input ms_get(call *c, size_t input, size_t rank)
{
	infer_type t = call_in(c, input);
	ms_input out = {.element = ms_element(c, input)};
	for (size_t i = 0; i < MS_RANK; i++)
		out.at[i] = DIM_LOST;
	if (!t.ranked)
		return out;
	if (t.n != rank) {
		call_complain(c, "rank", "input %zu has %u dims where %zu are expected", input, t.n, rank);
		return out;
	}
	out.ranked = true;
	for (size_t i = 0; i < rank; i++)
		out.at[i] = t.at[i];
	return out;
}

int32_t ms_element(call *c, size_t input)
{
	infer_type t = call_in(c, input);
	return t.kind == ORAY_KIND_TENSOR || t.kind == ORAY_KIND_SPARSE_TENSOR ? t.element : 0;
}

dim ms_dim(call *c, size_t input, int axis)
{
	infer_type t = call_in(c, input);
	int64_t at = axis < 0 ? (int64_t)t.n + axis : axis;
	return t.ranked && at >= 0 && at < (int64_t)t.n ? t.at[at] : DIM_LOST;
}

dim ms_rows(call *c, size_t input)
{
	infer_type t = call_in(c, input);
	return t.ranked && t.n ? dim_product(c->d, t.at, t.n - 1) : DIM_LOST;
}

dim ms_count(call *c, const char *name)
{
	int64_t n = call_int(c, name, 0);
	return n > 0 ? dim_number(c->d, n) : DIM_LOST;
}

dim ms_length(call *c, const char *name, int64_t fallback)
{
	int64_t n = call_int(c, name, fallback);
	return n >= 0 ? dim_number(c->d, n) : DIM_LOST;
}

dim ms_size(call *c, dim size)
{
	int64_t n;
	if (!dim_is_number(c->d, size, &n) || n >= 0)
		return size;
	call_complain(c, "size", "a size of %lld is asked for", (long long)n);
	return DIM_LOST;
}

dim ms_part(call *c, dim whole, dim parts)
{
	int64_t n, by;
	if (dim_is_number(c->d, parts, &by) && by <= 0)
		return DIM_LOST;
	if (dim_is_number(c->d, whole, &n) && dim_is_number(c->d, parts, &by) && n % by != 0) {
		call_complain(c, "divisible", "%lld cannot be divided into %lld parts", (long long)n,
		              (long long)by);
		return DIM_LOST;
	}
	return dim_exact_div(c->d, whole, parts);
}

dim ms_either(call *c, dim a, dim b, const char *what)
{
	if (!dim_is_known(a))
		return b;
	return dim_is_known(b) ? call_equal(c, a, b, what) : a;
}

void ms_say(call *c, size_t i, int32_t element, size_t n, const dim *at)
{
	if (call_wants(c, i))
		call_tensor(c, i, element, n, at);
}

void ms_same_but_last(call *c, size_t out, size_t in, int32_t element, dim last)
{
	infer_type t = call_in(c, in);
	if (!call_wants(c, out))
		return;
	if (!t.ranked || t.n == 0) {
		call_unranked(c, out, element);
		return;
	}
	dim at[RANK_MOST];
	memcpy(at, t.at, t.n * sizeof *at);
	at[t.n - 1] = last;
	call_tensor(c, out, element, t.n, at);
}

void ms_copy(call *c, size_t i, size_t j)
{
	if (call_wants(c, i) && call_has(c, j))
		call_same(c, i, j);
}

bool ms_is(const call *c, const char *name)
{
	return c->row && strcmp(c->row->name, name) == 0;
}

dim ms_squares(call *c, int begins, int pasts)
{
	infer_values at = call_values(c, (size_t)begins), past = {0};
	dim sum = DIM(0);
	if (pasts >= 0)
		past = call_values(c, (size_t)pasts);
	if (!at.known || (pasts >= 0 && (!past.known || past.n + 1 != at.n)))
		return DIM_LOST;
	for (uint32_t i = 0; i + 1 < at.n; i++) {
		dim n = dim_sub(c->d, at.at[i + 1], at.at[i]);
		dim all = pasts >= 0 ? dim_add(c->d, n, past.at[i]) : n;
		sum = dim_add(c->d, sum, dim_mul(c->d, n, all));
	}
	return sum;
}

dim ms_said(call *c)
{
	infer_type y = call_said(c, 0);
	return y.ranked ? dim_product(c->d, y.at, y.n) : DIM_LOST;
}
