/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_label.c - what boxes say, how wide that is, and how they are painted: text that stays text,
 * equal labels kept once, rows that hold what differs, steps of scales, legends.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>

#include "base/utf8.h"
#include "picture/pic_metric.h"
#include "picture/pic_scale.h"
#include "picture/picture.h"
#include "model_writer.h"

#define BOLD  "\2"
#define MUTED "\3"
#define PLAIN "\1"

/* --------------------------------------------------------------------------------- widths -- */

/* What fontTools says of Liberation Sans 2.1, advances scaled to thousandths of an em. */
static void test_widths(void **unused)
{
	(void)unused;
	static const struct {
		const char *text;
		uint32_t width;
		bool bold;
	} facts[] = {
	    {"Conv", 2500, true},
	    {"BatchNormalization", 9390, true},
	    {"DequantizeLinear", 8335, true},
	    {"W 64×3×7×7", 5754, false},
	    {"scale = 0.0235 zero = 128 uint8", 14009, false},
	    {"w int8 per channel · a uint8", 11951, false},
	    {"float32 1×3×224×224", 9480, false},
	    {"→", 1000, false},
	    {"…", 1000, true},
	    {"é", 556, true},
	    {"Æ", 1000, false},
	    {"\n\1\2", 0, false},
	    {"", 0, true},
	};
	/* bounds: nothing that may be in a name is wider than it is taken for */
	static const struct {
		const char *text;
		uint32_t least;
	} bounds[] = {{"Ω", 802},   {"α", 615},   {"Ж", 923},     {"Œ", 1000},
	              {"中", 1000}, {"あ", 1000}, {"\xff", 1113}, {"\xef\xbf\xbd", 1113},
	              {"∞", 713}};
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
		assert_int_equal(pic_text_width(facts[i].text, strlen(facts[i].text), facts[i].bold),
		                 facts[i].width);
	for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
		uint32_t width = pic_text_width(bounds[i].text, strlen(bounds[i].text), true);
		assert_in_range(width, bounds[i].least, bounds[i].least * 3 / 2);
	}
	assert_int_equal(pic_text_width("e\xcc\x81", 3, false), 556); /* an accent adds nothing */
}

/* -------------------------------------------------------------------------------- keeping -- */

static uint32_t keep(pic_labels *labels, pic_look *look, const char *title, const char *row)
{
	pic_begin(look);
	pic_line_begin(look, PIC_TITLE);
	buf_str(&look->text, title);
	pic_line_end(look);
	if (row && pic_line_begin(look, PIC_LINE)) {
		buf_str(&look->text, row);
		pic_line_end(look);
	}
	return pic_keep(labels, look);
}

static void test_keeping(void **unused)
{
	(void)unused;
	pic_labels labels = {.failed = false};
	pic_look look = {.plan = NULL};
	char text[32];
	for (int round = 0; round < 2; round++)
		for (uint32_t i = 0; i < 5000; i++) {
			/* that differ early, late, and in length alone */
			snprintf(text, sizeof text, "%u-abcdefgh", i % 2500);
			assert_int_equal(keep(&labels, &look, text, i < 2500 ? NULL : "row"), i);
		}
	assert_int_equal(labels.all.n, 5000);
	assert_false(labels.failed);

	uint32_t a = keep(&labels, &look, "Conv", BOLD "W" PLAIN " 64×3×7×7");
	const pic_label *x = &labels.all.at[a];
	/* 5754 + what a bold W has more: 944 - 944; 10 pixels, slack, rounded up, sides */
	assert_int_equal(x->width, 57 * (100 + PIC_SLACK) / 100 + 1 + 2 * PIC_SIDE);
	assert_int_equal(x->head, PIC_TITLE_HEIGHT);
	assert_int_equal(x->height,
	                 PIC_TITLE_HEIGHT + PIC_ROWS_ABOVE + PIC_ROW_HEIGHT + PIC_ROWS_BELOW);
	assert_int_equal(x->rows, 1);
	size_t at = 0, piece = 0, size;
	pic_line line;
	pic_face face;
	const char *data;
	assert_true(pic_line_next(&labels, x, &at, &line));
	assert_int_equal(line.role, PIC_TITLE);
	assert_true(pic_line_next(&labels, x, &at, &line));
	assert_true(pic_piece_next(&line, &piece, &face, &data, &size));
	assert_true(face == PIC_BOLD && size == 1 && *data == 'W');
	assert_true(pic_piece_next(&line, &piece, &face, &data, &size));
	assert_true(face == PIC_PLAIN && size == strlen(" 64×3×7×7"));
	assert_false(pic_piece_next(&line, &piece, &face, &data, &size));
	assert_in_range(line.baseline, x->head + PIC_ROWS_ABOVE, x->height - PIC_ROWS_BELOW);
	assert_false(pic_line_next(&labels, x, &at, &line));

	/* rows without room are counted */
	pic_begin(&look);
	pic_line_begin(&look, PIC_TITLE);
	pic_line_end(&look);
	for (int i = 0; i < PIC_MOST_ROWS + 5; i++)
		if (pic_line_begin(&look, PIC_LINE))
			pic_line_end(&look);
	a = pic_keep(&labels, &look);
	assert_int_equal(labels.all.at[a].rows, PIC_MOST_ROWS);
	assert_non_null(strstr(labels.text.data + labels.all.at[a].text, "… 6 more\n"));
	pic_labels_free(&labels);
	pic_look_free(&look);
}

/* ---------------------------------------------------------------------------------- rows -- */

typedef struct sight {
	place folder;
	oray_model *model;
	pic_plan plan;
	pic_look look;
} sight;

static void see(sight *s, bytes *graph)
{
	bytes m = make_model(graph);
	oray_error err;
	place_make(&s->folder);
	assert_int_equal(load_bytes(&s->folder, &m, NULL, &s->model, &err), ORAY_OK);
	assert_int_equal(pic_plan_make(&s->plan, s->model, NULL, &err), ORAY_OK);
	s->look = (pic_look){.plan = &s->plan, .rows = true, .attributes_shown = true};
}

static void unsee(sight *s)
{
	pic_look_free(&s->look);
	pic_plan_free(&s->plan);
	oray_model_free(s->model);
	place_remove(&s->folder);
}

static const char *label_of(sight *s, oray_id node)
{
	pic_item item = {.kind = PIC_NODE, .id = node};
	pic_label_item(&s->look, &item);
	return buf_text(&s->look.text);
}

static void put_ints(bytes *node, const char *name, size_t n, const int64_t *numbers)
{
	bytes a = {0};
	put_text(&a, 1, name);
	for (size_t i = 0; i < n; i++)
		put_number(&a, 8, numbers[i]);
	put_number(&a, 20, 7);
	put_message(node, 5, &a);
}

static void put_string(bytes *node, const char *name, const char *data, size_t size)
{
	bytes a = {0};
	put_text(&a, 1, name);
	put_data(&a, 4, data, size);
	put_number(&a, 20, 3);
	put_message(node, 5, &a);
}

static void put_int(bytes *node, const char *name, int64_t number)
{
	bytes a = {0};
	put_text(&a, 1, name);
	put_number(&a, 3, number);
	put_number(&a, 20, 2);
	put_message(node, 5, &a);
}

static void put_weight(bytes *graph, const char *name, int32_t type, size_t n, const int64_t *dims,
                       const void *data, size_t size)
{
	bytes t = make_tensor(name, type, n, dims);
	put_data(&t, 9, data, size);
	put_message(graph, 5, &t);
}

static void test_rows(void **unused)
{
	(void)unused;
	sight s;
	bytes graph = {0}, x = make_value("x"), node;
	static const uint8_t zeros[2 * 3 * 3 * 3 * 4];
	static const float scale = 0.0039196536f;
	static const int64_t shape[] = {1, -1, INT64_MAX};
	put_message(&graph, 11, &x);
	put_weight(&graph, "w", 1, 4, (int64_t[]){2, 3, 3, 3}, zeros, sizeof zeros);
	put_weight(&graph, "b", 10, 1, (int64_t[]){2}, zeros, 4);
	put_weight(&graph, "s", 1, 0, NULL, &scale, 4);
	put_weight(&graph, "z", 2, 0, NULL, "\200", 1);
	put_weight(&graph, "ss", 1, 1, (int64_t[]){9}, zeros, 36);
	put_weight(&graph, "zs", 3, 1, (int64_t[]){9}, zeros, 9);
	put_weight(&graph, "shape", 7, 1, (int64_t[]){3}, shape, sizeof shape);

	node =
	    make_node("Conv", "x", "c"); /* 0: what the weight says, and what is default, is not said */
	put_text(&node, 1, "w");
	put_text(&node, 1, "b");
	put_ints(&node, "strides", 2, (int64_t[]){2, 2});
	put_ints(&node, "pads", 4, (int64_t[]){0, 0, 0, 0});
	put_ints(&node, "dilations", 2, (int64_t[]){1, 1});
	put_ints(&node, "kernel_shape", 2, (int64_t[]){3, 3});
	put_int(&node, "group", 1);
	put_string(&node, "auto_pad", "NOTSET", 6);
	put_message(&graph, 1, &node);
	node = make_node("Conv", "x", "d"); /* 1: a kernel that is not the weight's */
	put_text(&node, 1, "w");
	put_ints(&node, "kernel_shape", 2, (int64_t[]){3, 1});
	put_int(&node, "group", 2);
	put_message(&graph, 1, &node);
	node = make_node("QuantizeLinear", "x", "q"); /* 2 */
	put_text(&node, 1, "s");
	put_text(&node, 1, "z");
	put_message(&graph, 1, &node);
	node = make_node("QuantizeLinear", "x", "r"); /* 3 */
	put_text(&node, 1, "ss");
	put_text(&node, 1, "zs");
	put_message(&graph, 1, &node);
	node = make_node("Reshape", "x", "e"); /* 4 */
	put_text(&node, 1, "shape");
	put_message(&graph, 1, &node);
	node = make_node("Gelu", "x", "f"); /* 5 */
	put_text(&node, 7, "com.microsoft");
	put_string(&node, "empty", "", 0);
	put_message(&graph, 1, &node);
	node = make_node("BatchNormalization", "x", "n"); /* 6: what is alike has one row */
	for (int i = 0; i < 3; i++)
		put_text(&node, 1, "ss");
	put_text(&node, 1, "b");
	put_message(&graph, 1, &node);
	see(&s, &graph);

	assert_string_equal(label_of(&s, 6),
	                    "TBatchNormalization\nL" BOLD "scale, B, input_mean" PLAIN " 9\nL" BOLD
	                    "input_var" PLAIN " 2" PLAIN " " MUTED "float16\n");
	assert_string_equal(label_of(&s, 0),
	                    "TConv\nL" BOLD "W" PLAIN " 2×3×3×3\nL" BOLD "B" PLAIN " 2" PLAIN " " MUTED
	                    "float16\nL" MUTED "strides" PLAIN " = 2×2\n");
	assert_string_equal(label_of(&s, 1), "TConv\nL" BOLD "W" PLAIN " 2×3×3×3\nL" MUTED "group" PLAIN
	                                     " = 2\nL" MUTED "kernel_shape" PLAIN " = 3×1\n");
	assert_string_equal(label_of(&s, 2),
	                    "TQuantizeLinear\nL" BOLD "scale" PLAIN " = 0.0039197" PLAIN " " BOLD
	                    "zero" PLAIN " = 128" PLAIN " " MUTED "uint8\n");
	assert_string_equal(label_of(&s, 3), "TQuantizeLinear\nL" BOLD "9 scales" PLAIN " " BOLD
	                                     "9 zeros" PLAIN " " MUTED "int8\n");
	assert_string_equal(label_of(&s, 4), "TReshape\nL" BOLD "shape" PLAIN " = 1,-1,max\n");
	assert_string_equal(label_of(&s, 5),
	                    "TGelu " MUTED "com.microsoft\nL" MUTED "empty" PLAIN " = (empty)\n");
	s.look.attributes_shown = false;
	assert_string_equal(label_of(&s, 1), "TConv\nL" BOLD "W" PLAIN " 2×3×3×3\n");
	s.look.rows = false;
	assert_string_equal(label_of(&s, 1), "TConv\n");
	unsee(&s);
}

/* -------------------------------------------------------------------------------- hostile -- */

/* Lines of known roles, faces at most, and characters that any format can hold. */
static void check_label(const char *text, size_t size)
{
	bool start = true;
	assert_true(size > 0 && size < 4000 && text[size - 1] == '\n');
	for (size_t i = 0; i < size;) {
		uint32_t code;
		size_t n = utf8_decode(text + i, size - i, &code);
		assert_true(n > 0);
		if (start)
			assert_true(code == 'T' || code == 'N' || code == 'L');
		else
			assert_true(code == '\n' || (code >= 1 && code <= 3) || !utf8_is_unsafe(code));
		start = code == '\n';
		i += n;
	}
}

static void test_hostile(void **unused)
{
	(void)unused;
	static const char *const texts[] = {
	    "",
	    "a\nTitle\nL\2",
	    "\1\2\3\x1b[31m",
	    "\xe2\x80\xae\145vil\xe2\x80\xac", /* an e would belong to the number before it */
	    "\xff\xfe\xc0\x80\xed\xa0\x80",
	    "</text><script>alert(1)</script>&amp;\"'",
	    "\xf0\x9f\x98\x80\xef\xbf\xbe\xf4\x8f\xbf\xbf",
	    "\xc2\x85\xe2\x80\xa8\xe2\x80\xa9",
	};
	enum { LONG = 10 * 1000 * 1000 };
	char *huge = malloc(LONG + 1);
	assert_non_null(huge);
	memset(huge, 'x', LONG);
	huge[LONG] = '\0';
	sight s;
	bytes graph = {0}, x = make_value("x");
	put_message(&graph, 11, &x);
	size_t n = sizeof texts / sizeof *texts;
	for (size_t i = 0; i <= n; i++) {
		const char *t = i < n ? texts[i] : huge;
		bytes node = {0}, a = {0};
		put_text(&node, 1, "x");
		put_text(&node, 2, "y");
		put_text(&node, 3, t);
		put_text(&node, 4, t);
		put_text(&node, 7, t);
		put_string(&node, t, t, strlen(t));
		put_text(&a, 1, t);
		put_text(&a, 21, t); /* a reference */
		put_number(&a, 20, 8);
		put_message(&node, 5, &a);
		put_message(&graph, 1, &node);
	}
	free(huge);
	see(&s, &graph);
	s.look.names = true;
	pic_labels labels = {.failed = false};
	buf tip = {0};
	for (size_t i = 0; i <= n; i++) {
		const char *text = label_of(&s, (oray_id)i);
		check_label(text, s.look.text.n);
		uint32_t kept = pic_keep(&labels, &s.look);
		assert_in_range(labels.all.at[kept].width, 2 * PIC_SIDE, 1200);
		pic_item item = {.kind = PIC_NODE, .id = (oray_id)i};
		buf_clear(&tip);
		pic_tip_item(&s.look, &item, true, &tip);
		assert_in_range(tip.n, 1, 6000);
		for (size_t at = 0; at < tip.n;) {
			uint32_t code;
			size_t size = utf8_decode(tip.data + at, tip.n - at, &code);
			assert_true(size && (code == '\n' || !utf8_is_unsafe(code)));
			at += size;
		}
	}
	buf_free(&tip);
	pic_labels_free(&labels);
	unsee(&s);
}

/* --------------------------------------------------------------------------------- scales -- */

static pic_scale scale_of(size_t n, const double *numbers)
{
	pic_scale s;
	pic_scale_begin(&s);
	for (size_t i = 0; i < n; i++)
		pic_scale_add(&s, numbers[i]);
	pic_scale_end(&s, false);
	return s;
}

static void test_scales(void **unused)
{
	(void)unused;
	double even[] = {-40, -39, 0, 49.9, 50, NAN, INFINITY, -INFINITY};
	pic_scale s = scale_of(8, even);
	assert_false(s.ratios);
	assert_int_equal(s.unknown, 1);
	static const unsigned want[] = {0, 0, 4, 8, 8, PIC_STEP_NONE, 8, 0};
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(pic_scale_step(&s, even[i]), want[i]);

	/* nine decades: a step each, wherever a number is in its decade */
	double decades[20] = {1, 1e9};
	s = scale_of(2, decades);
	assert_true(s.ratios && !s.zeros);
	for (unsigned i = 0; i < 9; i++) {
		assert_int_equal(pic_scale_step(&s, pow(10, i) * 1.001), i);
		assert_int_equal(pic_scale_step(&s, pow(10, i + 1) * 0.999), i);
	}
	/* against the logarithm of the C library */
	for (double x = 1; x < 1e9; x *= 1.37)
		if (fabs(log10(x) - round(log10(x))) > 1e-6)
			assert_int_equal(pic_scale_step(&s, x), (unsigned)floor(log10(x)));

	/* zero has a step of its own, and all others share the rest */
	double sparse[] = {0, 1, 1e8, 0};
	s = scale_of(4, sparse);
	assert_true(s.ratios && s.zeros);
	assert_int_equal(pic_scale_step(&s, 0), 0);
	assert_int_equal(pic_scale_step(&s, 1), 1);
	assert_int_equal(pic_scale_step(&s, 1e8), 8);

	double sizes[] = {0, 10, 40};
	pic_scale_begin(&s);
	for (size_t i = 0; i < 3; i++)
		pic_scale_add(&s, sizes[i]);
	pic_scale_end(&s, true);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(pic_scale_step(&s, sizes[i]), i == 2 ? 8 : i);

	double same[] = {7, 7}, none[] = {NAN}, wide[] = {-1.7e308, 1.7e308};
	s = scale_of(2, same);
	assert_int_equal(pic_scale_step(&s, 7), 4);
	s = scale_of(1, none);
	assert_true(s.low > s.high);
	assert_int_equal(pic_scale_step(&s, NAN), PIC_STEP_NONE);
	s = scale_of(2, wide);
	assert_int_equal(pic_scale_step(&s, 0), 4);
	assert_int_equal(pic_scale_step(&s, 1.7e308), 8);
}

/* -------------------------------------------------------------------------------- legends -- */

static oray_model *make_mixed(const place *p)
{
	static const uint8_t zeros[2 * 2 * 4];
	bytes graph = {0}, x = make_value("x"), node;
	oray_model *model;
	oray_error err;
	put_message(&graph, 11, &x);
	put_weight(&graph, "w", 1, 2, (int64_t[]){2, 2}, zeros, sizeof zeros);
	node = make_node("Transpose", "x", "t");
	put_message(&graph, 1, &node);
	node = make_node("MatMul", "t", "m");
	put_text(&node, 1, "w");
	put_message(&graph, 1, &node);
	node = make_node("Relu", "m", "r");
	put_message(&graph, 1, &node);
	node = make_node("Relu", "r", "y");
	put_message(&graph, 1, &node);
	node = make_node("Cast", "y", "h");
	put_int(&node, "to", 10);
	put_message(&graph, 1, &node);
	bytes m = make_model(&graph);
	assert_int_equal(load_bytes(p, &m, NULL, &model, &err), ORAY_OK);
	assert_int_equal(oray_model_infer(model, NULL, &err), ORAY_OK);
	return model;
}

/* The texts of a legend, with '|' between. */
static void legend_text(const picture *pic, buf *out)
{
	buf_clear(out);
	for (size_t i = 0; i < pic->legend.n; i++) {
		const pic_chip *c = &pic->legend.at[i];
		buf_str(out, i ? "|" : "");
		assert_true(c->area.x >= 0 && c->area.x + c->area.width <= pic->legend_width);
		assert_true(c->area.y + c->area.height <= pic->legend_height);
		assert_true(pic->legend_width <= pic->width);
		for (size_t j = 0; j < i; j++) /* they do not overlap */
			assert_true(pic->legend.at[j].area.x + pic->legend.at[j].area.width <= c->area.x ||
			            pic->legend.at[j].area.y + pic->legend.at[j].area.height <= c->area.y);
		if (c->label == ORAY_NONE)
			continue;
		const pic_label *x = &pic->labels.all.at[c->label];
		assert_int_equal(x->width, c->area.width);
		buf_add(out, pic->labels.text.data + x->text + 1, x->size - 2);
	}
	for (size_t i = 0; i < pic->plan.items.n; i++)
		assert_true(pic->area[i].y >= pic->legend_height);
}

static void check_legend(const oray_model *model, const oray_drawing *d, const char *legend,
                         const unsigned *paints)
{
	picture pic;
	oray_error err;
	buf text = {0};
	assert_int_equal(picture_make(&pic, model, d, &err), ORAY_OK);
	legend_text(&pic, &text);
	assert_string_equal(buf_text(&text), legend);
	for (oray_id i = 0; i < 5; i++)
		assert_int_equal(pic_paint_of(&pic, pic.plan.node_item[i]), paints[i]);
	buf_free(&text);
	picture_free(&pic);
}

static void test_legends(void **unused)
{
	(void)unused;
	place p;
	place_make(&p);
	oray_model *model = make_mixed(&p);
	enum { C = PIC_PAINT_CATEGORY, S = PIC_PAINT_SCALE, T = PIC_PAINT_TYPE };
	static const unsigned categories[] = {C + OPS_SHAPE, C + OPS_MATMUL, C + OPS_ACTIVATION,
	                                      C + OPS_ACTIVATION, C + OPS_SHAPE};
	static const unsigned types[] = {T + THEME_TYPE_FLOAT32, T + THEME_TYPE_FLOAT32,
	                                 T + THEME_TYPE_FLOAT32, T + THEME_TYPE_FLOAT32,
	                                 T + THEME_TYPE_FLOAT16};
	static const unsigned steps[] = {S, S + 8, S, S, S};
	static const unsigned mine[] = {S + 8, S, S + 4, S + PIC_STEP_NONE, S + PIC_STEP_NONE};
	static const double values[] = {3, 1, 2, NAN, NAN};
	oray_drawing d = {.color_by = NULL};
	check_legend(model, &d, "", categories);
	d.color_by = "category";
	check_legend(model, &d, "activation: 2|shape: 2|matmul: 1", categories);
	d.color_by = "type";
	check_legend(model, &d, "first output:|float32: 4|float16, bfloat16: 1", types);
	d.color_by = "params";
	check_legend(model, &d, "parameters|0||||||||||4", steps);
	d.color_by = "latency\n\2";
	d.values = values;
	check_legend(model, &d, "latency \xef\xbf\xbd|1||||||||||3|unknown: 2", mine);

	picture pic;
	oray_error err;
	d = (oray_drawing){.color_by = "sqnr"};
	assert_int_equal(picture_make(&pic, model, &d, &err), ORAY_ERR_USAGE);
	picture_free(&pic);
	d.color_by = "taste";
	assert_int_equal(picture_make(&pic, model, &d, &err), ORAY_ERR_USAGE);
	assert_non_null(strstr(err.message, "taste"));
	picture_free(&pic);
	d.color_by = "macs"; /* n x 2 by 2 x 2, with 128 for n */
	assert_int_equal(picture_make(&pic, model, &d, &err), ORAY_OK);
	assert_int_equal(pic_paint_of(&pic, pic.plan.node_item[1]), PIC_PAINT_SCALE + 8);
	buf text = {0};
	legend_text(&pic, &text);
	assert_string_equal(buf_text(&text), "MACs, 128 for every symbol|0||||||||||512");
	buf_free(&text);
	picture_free(&pic);
	oray_model_free(model);
	place_remove(&p);
}

/* ----------------------------------------------------------------------------------- tips -- */

static void test_tips(void **unused)
{
	(void)unused;
	place p;
	place_make(&p);
	oray_model *model = make_mixed(&p);
	pic_plan plan;
	assert_int_equal(pic_plan_make(&plan, model, NULL, NULL), ORAY_OK);
	pic_look look = {.plan = &plan};
	buf tip = {0};
	pic_item item = {.kind = PIC_NODE, .id = 1};
	pic_tip_item(&look, &item, true, &tip);
	assert_string_equal(buf_text(&tip),
	                    "MatMul_1\nMatMul\nA: t float32 n×2\nB: w\n→ Y: m float32 n×2");
	buf_free(&tip);
	pic_look_free(&look);
	pic_plan_free(&plan);
	oray_model_free(model);
	place_remove(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_widths), cmocka_unit_test(test_keeping),
	    cmocka_unit_test(test_rows),   cmocka_unit_test(test_hostile),
	    cmocka_unit_test(test_scales), cmocka_unit_test(test_legends),
	    cmocka_unit_test(test_tips),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
