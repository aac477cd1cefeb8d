/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_image.c - AffineGrid, GridSample, Col2Im, ImageDecoder: what goes from pictures to grids and
 * columns, and back.
 */
#include "rules/fresh.h"

#include <string.h>

static dim dim_of(const infer_type *t, size_t i)
{
	return t->ranked && i < t->n ? t->at[i] : DIM_LOST;
}

/*
 * theta [N,2,3] and size [N,C,H,W] make a grid [N,H,W,2]; theta [N,3,4] and [N,C,D,H,W] one of
 * [N,D,H,W,3].
 */
void rule_affine_grid(call *c)
{
	infer_type theta = call_in(c, 0);
	dim size[RANK_MOST];
	size_t n = 0;
	int64_t rows;
	list_state state = call_list(c, 1, NULL, size, RANK_MOST, &n);
	if (state != LIST_KNOWN && state != LIST_LENGTH) {
		bool known = dim_is_number(c->d, dim_of(&theta, 1), &rows) && (rows == 2 || rows == 3);
		n = known ? (size_t)rows + 2 : 0;
		for (size_t i = 0; i < n; i++)
			size[i] = DIM_LOST;
	}
	if (n != 4 && n != 5) {
		if (n)
			call_complain(c, "length", "a grid of %zu dimensions", n);
		call_unranked(c, 0, theta.element);
		return;
	}
	dim out[5] = {call_equal(c, size[0], dim_of(&theta, 0), "batch size")};
	for (size_t i = 2; i < n; i++)
		out[i - 1] = size[i];
	out[n - 1] = dim_number(c->d, (int64_t)n - 2);
	name_lost_dims(c, n, out);
	call_tensor(c, 0, theta.element, n, out);
}

/* X [N,C,...] seen through a grid [N,D1,...,Dr,r]: [N,C,D1,...,Dr]. */
void rule_grid_sample(call *c)
{
	infer_type x = call_in(c, 0), grid = call_in(c, 1);
	size_t n = x.ranked ? x.n : grid.n;
	if (x.ranked && grid.ranked && x.n != grid.n && n < 3)
		call_complain(c, "rank", "a grid of rank %u does not fit data of rank %u", grid.n, x.n);
	if ((!x.ranked && !grid.ranked) || n < 3) {
		call_unranked(c, 0, x.element);
		return;
	}
	int64_t width;
	if (grid.ranked && grid.n && dim_is_number(c->d, grid.at[grid.n - 1], &width) &&
	    width != (int64_t)grid.n - 2)
		call_complain(c, "bad-shape", "places in a grid of rank %u have %lld coordinates, not %u",
		              grid.n, (long long)width, grid.n - 2);
	if (x.ranked && grid.ranked && x.n != grid.n) {
		call_complain(c, "rank", "a grid of rank %u does not fit data of rank %u", grid.n, x.n);
		grid.ranked = false;
	}
	dim out[RANK_MOST] = {call_equal(c, dim_of(&x, 0), dim_of(&grid, 0), "batch size"),
	                      dim_of(&x, 1)};
	for (size_t i = 2; i < n; i++)
		out[i] = dim_of(&grid, i - 1);
	call_tensor(c, 0, x.element, n, out);
}

/* Columns [N, C * product of the block, L] become an image [N, C, image...]. */
void rule_col2im(call *c)
{
	infer_type x = call_in(c, 0);
	dim out[RANK_MOST], block[RANK_MOST];
	size_t n = 0, n_block = 0;
	list_state image = call_list(c, 1, NULL, out + 2, RANK_MOST - 2, &n);
	list_state blocks = call_list(c, 2, NULL, block, RANK_MOST - 2, &n_block);
	bool known = image == LIST_KNOWN || image == LIST_LENGTH;
	if (!known && blocks != LIST_KNOWN && blocks != LIST_LENGTH) {
		call_unranked(c, 0, x.element);
		return;
	}
	if (!known) {
		n = n_block;
		for (size_t i = 0; i < n; i++)
			out[i + 2] = DIM_LOST;
	}
	dim columns = dim_of(&x, 1);
	out[0] = dim_of(&x, 0);
	out[1] = blocks == LIST_KNOWN ? dim_quotient(c->d, &columns, 1, block, n_block) : DIM_LOST;
	for (size_t i = 0; i < n; i++) {
		int64_t size;
		if (dim_is_number(c->d, out[i + 2], &size) && size < 0) {
			call_complain(c, "value", "an image of size %lld", (long long)size);
			out[i + 2] = DIM_LOST;
		}
	}
	name_lost_dims(c, n + 2, out);
	call_tensor(c, 0, x.element, n + 2, out);
}

/* Height, width and channels; the first two are in the picture. */
void rule_image_decoder(call *c)
{
	bool grey = call_str_is(c, "pixel_format", "RGB", "Grayscale");
	dim out[3] = {call_fresh(c, 0, 0), call_fresh(c, 0, 1), DIM(grey ? 1 : 3)};
	call_tensor(c, 0, ORAY_UINT8, 3, out);
}
