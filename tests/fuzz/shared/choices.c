/* SPDX-License-Identifier: Apache-2.0 */
/* Options of styles, inference and pictures, drawn from choices. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "sound.h"

oray_style fuzz_style(uint32_t *choices, oray_format format)
{
	static const unsigned widths[] = {0, 40, 60, 200};
	static const char *const sorts[] = {NULL, "macs", "params", "name", "op", "bytes", "no such"};
	static const char *const groups[] = {NULL, "role", "type", "op", "module", "tensor", "no such"};
	oray_style s = oray_style_defaults();
	s.format = format;
	s.width = widths[fuzz_choose(choices, 4)];
	s.color = fuzz_choose(choices, 2);
	s.utf8 = fuzz_choose(choices, 2);
	s.verbose = fuzz_choose(choices, 2);
	s.tree = fuzz_choose(choices, 3) == 0;
	s.depth = s.tree ? fuzz_choose(choices, 4) : 0;
	s.sort = sorts[fuzz_choose(choices, 7)];
	s.by = groups[fuzz_choose(choices, 7)];
	s.top = fuzz_choose(choices, 3);
	s.no_header = fuzz_choose(choices, 8) == 0;
	return s;
}

const char *(*fuzz_fault_of(oray_format format, bool color))(const char *data, size_t size)
{
	switch (format) {
	case ORAY_JSON:
		return json_fault;
	case ORAY_NDJSON:
		return ndjson_fault;
	case ORAY_CSV:
		return csv_fault;
	case ORAY_TEXT:
		return color ? color_fault : text_fault;
	default:
		return text_fault;
	}
}

/* ---- inference ---- */

enum { SYMBOLS = 3, SHAPES = 2, RANK = 8, NAME = 64 };

static char names[SYMBOLS + SHAPES][NAME];

static bool keep_name(char *to, oray_str s)
{
	if (!s.size || s.size >= NAME || memchr(s.data, 0, s.size))
		return false;
	memcpy(to, s.data, s.size + 1);
	return true;
}

/* Sizes for the first symbols of the model's inputs. */
static size_t choose_symbols(uint32_t *choices, const oray_model *model, oray_dim_value *out)
{
	static const int64_t sizes[] = {1, 0, 2, 7, 1 << 20, 3037000500, INT64_MAX, -1};
	const oray_graph *main = oray_model_graph(model, 0);
	oray_value v;
	oray_type t;
	size_t n = 0;
	for (size_t i = 0; main && i < main->n_inputs && n < SYMBOLS; i++) {
		if (!oray_model_value(model, main->inputs[i], &v) || !oray_model_type(model, v.type, &t))
			continue;
		for (size_t k = 0; k < t.n_dims && k < RANK && n < SYMBOLS; k++) {
			oray_dim d = oray_model_dim(model, t.id, k);
			if (d.kind == ORAY_DIM_SYMBOL && keep_name(names[n], d.symbol)) {
				out[n] = (oray_dim_value){names[n], sizes[fuzz_choose(choices, 8)]};
				n++;
			}
		}
	}
	return n;
}

static size_t choose_shapes(uint32_t *choices, const oray_model *model, oray_input_shape *out)
{
	static const int64_t sizes[] = {1, 3, 8, 224, 0, -1, 1 << 30, INT64_MAX};
	static int64_t dims[SHAPES][RANK];
	const oray_graph *main = oray_model_graph(model, 0);
	oray_value v;
	size_t n = 0;
	for (size_t i = 0; main && i < main->n_inputs && n < SHAPES; i++) {
		char *name = names[SYMBOLS + n];
		if (!oray_model_value(model, main->inputs[i], &v) || !keep_name(name, v.name))
			continue;
		size_t rank = fuzz_choose(choices, 6);
		for (size_t k = 0; k < rank; k++)
			dims[n][k] = sizes[fuzz_choose(choices, 8)];
		out[n] = (oray_input_shape){name, rank, dims[n]};
		n++;
	}
	return n;
}

void fuzz_infer(uint32_t *choices, oray_model *model)
{
	static oray_error err;
	oray_dim_value symbols[SYMBOLS];
	oray_input_shape shapes[SHAPES];
	oray_infer_options o = {.dims = symbols, .shapes = shapes};
	uint32_t how = fuzz_choose(choices, 8);
	o.counting = how < 4 ? ORAY_COUNT_MACS : (oray_counting)fuzz_choose(choices, ORAY_N_COUNTINGS);
	if (how % 4 == 1)
		o.n_dims = choose_symbols(choices, model, symbols);
	if (how % 4 == 2)
		o.n_shapes = choose_shapes(choices, model, shapes);
	oray_status status = oray_model_infer(model, &o, &err);
	if (status != ORAY_OK)
		fuzz_check_error(status, &err);
	REQUIRE(status == ORAY_OK || o.n_dims || o.n_shapes || status == ORAY_ERR_MEMORY,
	        "inference failed");
}

/* ---- pictures ---- */

enum { NODES = 4096 };

oray_drawing fuzz_drawing(uint32_t *choices, const oray_model *model)
{
	static const char *const themes[] = {NULL, "dark", "light", "auto"};
	static const char *const colors[] = {NULL,     "category",           "type", "macs", "sqnr",
	                                     "params", "a <word> & \"more\""};
	static const int32_t wraps[] = {0, -1, 100, 1000};
	static double values[NODES];
	static oray_id some[4];
	size_t n = oray_model_describe(model)->n_nodes;
	oray_drawing d = {.theme = themes[fuzz_choose(choices, 4)]};
	d.fold = fuzz_choose(choices, 17);
	d.depth = fuzz_choose(choices, 3);
	d.all = fuzz_choose(choices, 2);
	d.rows = (oray_rows)fuzz_choose(choices, 3);
	d.names = fuzz_choose(choices, 2);
	d.no_shapes = fuzz_choose(choices, 3) == 0;
	d.right = fuzz_choose(choices, 2);
	d.wrap = wraps[fuzz_choose(choices, 4)];
	d.color_by = colors[fuzz_choose(choices, 7)];
	for (size_t i = 0; i < n && i < NODES; i++)
		values[i] = i % 3 ? (double)i * 1.5 : NAN;
	d.values = d.color_by && strchr(d.color_by, ' ') && n <= NODES ? values : NULL;
	if (fuzz_choose(choices, 8) == 1 && n) {
		d.only = some;
		d.n_only = 1 + fuzz_choose(choices, 4);
		for (size_t i = 0; i < d.n_only; i++)
			some[i] = (oray_id)(n * i / 4);
	}
	return d;
}
