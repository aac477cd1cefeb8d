/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_export.c - numbers, tables and escaping, mostly as properties over random input.
 *
 * The random numbers come from a generator with a fixed seed: every run tests the same.
 */
#include <float.h>
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "export/escape.h"
#include "export/fit.h"
#include "export/grid.h"
#include "export/json.h"
#include "words/numbers.h"
#include "export/order.h"
#include "export/page.h"

static uint64_t state = 0x9e3779b97f4a7c15u;

static uint64_t random64(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state * 0x2545f4914f6cdd1du;
}

static size_t below(size_t n)
{
	return (size_t)(random64() % n);
}

static const char *text_of(buf *b)
{
	assert_true(buf_ok(b));
	return buf_text(b);
}

/* ----------------------------------------------------------------------------- numbers -- */

static void short_is(uint64_t n, const char *want)
{
	buf b = {0};
	number_short(&b, n);
	assert_string_equal(text_of(&b), want);
	buf_free(&b);
}

static void test_short(void **unused)
{
	(void)unused;
	short_is(0, "0");
	short_is(999, "999");
	short_is(1000, "1.00 k");
	short_is(1004, "1.00 k");
	short_is(1005, "1.01 k");
	short_is(9994, "9.99 k");
	short_is(9995, "10.0 k");
	short_is(27142, "27.1 k");
	short_is(99949, "99.9 k");
	short_is(99950, "100 k");
	short_is(999499, "999 k");
	short_is(999500, "1.00 M");
	short_is(5713152, "5.71 M");
	short_is(1427914752, "1.43 G");
	short_is(999999999999, "1.00 T");
	short_is(UINT64_MAX, "18.4 E");
}

static void test_short_is_near(void **unused)
{
	(void)unused;
	static const char prefixes[] = " kMGTPE";
	for (int i = 0; i < 200000; i++) {
		uint64_t n = random64() >> below(64);
		buf b = {0};
		double value;
		char unit = ' ';
		number_short(&b, n);
		assert_true(b.n <= 6);
		assert_true(sscanf(text_of(&b), "%lf %c", &value, &unit) >= 1);
		double scale = pow(1000, (double)(strchr(prefixes, unit) - prefixes));
		assert_true(fabs(value * scale - (double)n) <= (double)n * 0.005000001);
		buf_free(&b);
	}
}

static void test_exact(void **unused)
{
	(void)unused;
	buf b = {0};
	number_exact(&b, 0);
	buf_char(&b, ' ');
	number_exact(&b, 999);
	buf_char(&b, ' ');
	number_exact(&b, 1000);
	buf_char(&b, ' ');
	number_bytes(&b, UINT64_MAX, true);
	assert_string_equal(text_of(&b), "0 999 1,000 18,446,744,073,709,551,615 B");
	buf_free(&b);
}

static void test_holes(void **unused)
{
	(void)unused;
	buf b = {0};
	const glyphs *g = glyphs_of(false);
	number_holey(&b, (oray_count){0, false}, "B", false, g);
	buf_char(&b, ' ');
	number_holey(&b, (oray_count){1500, false}, "", false, g);
	buf_char(&b, ' ');
	number_holey(&b, (oray_count){0, true}, "B", false, g);
	assert_string_equal(text_of(&b), "? >= 1.50 k 0 B");
	buf_free(&b);
}

static void percent_is(double share, const char *want)
{
	buf b = {0};
	number_percent(&b, share);
	assert_string_equal(text_of(&b), want);
	buf_free(&b);
}

static void test_percent(void **unused)
{
	(void)unused;
	percent_is(0, "0 %");
	percent_is(1, "100 %");
	percent_is(0.99999, "99.9 %");
	percent_is(0.0001, "<0.1 %");
	percent_is(0.125, "12.5 %");
	percent_is((double)NAN, "?");
}

/* ------------------------------------------------------------------------------ floats -- */

static void float_is(float x, const char *want)
{
	char text[NUMBER_SIZE];
	size_t n = number_float32(x, text);
	assert_int_equal(n, strlen(want));
	assert_string_equal(text, want);
}

static void test_float_texts(void **unused)
{
	(void)unused;
	float_is(0.02f, "0.02");
	float_is(0.1f, "0.1");
	float_is(1, "1");
	float_is(-1e9f, "-1e9");
	float_is(1e-5f, "1e-5");
	float_is(0.0001f, "0.0001");
	float_is(16777216, "16777216");
	float_is(1000000, "1000000");
	float_is(1e7f, "1e7");
	float_is(FLT_MAX, "3.4028235e38");
	float_is(FLT_MIN, "1.1754944e-38");
	float_is(1.40129846e-45f, "1e-45");
	float_is(-0.0f, "-0");
	float_is((float)NAN, "nan");
	float_is(-(float)INFINITY, "-inf");
	float_is(9.5367431640625e-7f, "9.536743e-7");
}

/* Significant digits of a number as written. */
static int digits_of(const char *text)
{
	int n = 0, zeros = 0;
	for (; *text && *text != 'e'; text++) {
		if (*text < '0' || *text > '9' || (!n && *text == '0'))
			continue;
		zeros = *text == '0' ? zeros + 1 : 0;
		n++;
	}
	return n - zeros;
}

static void test_float32_round_trip(void **unused)
{
	(void)unused;
	char text[NUMBER_SIZE], shorter[64];
	for (int i = 0; i < 100000; i++) {
		uint32_t bits = (uint32_t)random64(), back;
		float x, y;
		if (i < 512) /* powers of two, where the neighbours are not equally far */
			bits = (uint32_t)(i & 255) << 23 | (uint32_t)(i >> 8) << 31;
		memcpy(&x, &bits, sizeof x);
		if (isnan(x))
			continue;
		assert_true(number_float32(x, text) < NUMBER_SIZE);
		y = strtof(text, NULL);
		memcpy(&back, &y, sizeof back);
		assert_int_equal(bits, back);
		int digits = digits_of(text);
		if (digits < 2 || isinf(x))
			continue;
		snprintf(shorter, sizeof shorter, "%.*e", digits - 2, (double)x);
		assert_true(strtof(shorter, NULL) != x);
	}
}

static void test_float64_round_trip(void **unused)
{
	(void)unused;
	char text[NUMBER_SIZE], shorter[64];
	for (int i = 0; i < 100000; i++) {
		uint64_t bits = random64(), back;
		double x, y;
		if (i < 2048)
			bits = (uint64_t)i << 52;
		memcpy(&x, &bits, sizeof x);
		if (isnan(x))
			continue;
		assert_true(number_float64(x, text) < NUMBER_SIZE);
		y = strtod(text, NULL);
		memcpy(&back, &y, sizeof back);
		assert_true(bits == back);
		int digits = digits_of(text);
		if (digits < 2 || isinf(x))
			continue;
		snprintf(shorter, sizeof shorter, "%.*e", digits - 2, x);
		assert_true(strtod(shorter, NULL) != x);
	}
}

/* Every float16, widened by hand: the text must lie nearer to it than to its neighbours. */
static double half(unsigned bits)
{
	int exponent = (int)(bits >> 10 & 31);
	double fraction = bits & 1023;
	return exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24);
}

static void test_float16(void **unused)
{
	(void)unused;
	char text[NUMBER_SIZE];
	for (unsigned bits = 1; bits < 0x7c00; bits++) {
		double x = half(bits), under = half(bits - 1),
		       over = bits == 0x7bff ? 65536 : half(bits + 1);
		number_float(x, ORAY_FLOAT16, text);
		double back = strtod(text, NULL);
		assert_true(back > (x + under) / 2 && back < (x + over) / 2);
	}
	number_float(half(0x2e66), ORAY_FLOAT16, text);
	assert_string_equal(text, "0.1");
	number_float(65504, ORAY_FLOAT16, text);
	assert_string_equal(text, "65504");
}

static void test_read(void **unused)
{
	(void)unused;
	assert_true(number_read("1e-05", 5) == 1e-5);
	assert_true(number_read("-0.75", 5) == -0.75);
	assert_true(number_read("128 more", 3) == 128);
}

static void test_locale(void **unused)
{
	(void)unused;
	if (!setlocale(LC_ALL, "de_DE.UTF-8") && !setlocale(LC_ALL, "fr_FR.UTF-8"))
		skip();
	float_is(0.5f, "0.5");
	assert_true(number_read("0.25", 4) == 0.25);
	setlocale(LC_ALL, "C");
}

static void test_elements(void **unused)
{
	(void)unused;
	buf b = {0};
	number_element(&b, ORAY_BOOL, &(oray_element){.u = 1});
	buf_char(&b, ' ');
	number_element(&b, ORAY_INT4, &(oray_element){.i = -8});
	buf_char(&b, ' ');
	number_element(&b, ORAY_UINT64, &(oray_element){.u = UINT64_MAX});
	buf_char(&b, ' ');
	number_element(&b, ORAY_COMPLEX64, &(oray_element){.c = {0.5, -1}});
	buf_char(&b, ' ');
	number_element(&b, ORAY_STRING, &(oray_element){.s = {"a\"\n\xff", 4}});
	assert_string_equal(text_of(&b), "true -8 18446744073709551615 0.5-1i \"a\\\"\\x0a\\xff\"");
	buf_free(&b);
}

/* ------------------------------------------------------------------------------ shapes -- */

static void test_shapes(void **unused)
{
	(void)unused;
	static const int64_t dims[] = {1, 0, 3, -5, INT64_MAX};
	static const oray_dim others[] = {
	    {.kind = ORAY_DIM_SYMBOL, .symbol = {"batch", 5}},
	    {.kind = ORAY_DIM_UNKNOWN},
	    {.kind = ORAY_DIM_VALUE, .value = 7},
	    {.kind = ORAY_DIM_SYMBOL, .symbol = {"\x1b[1m", 4}},
	    {.kind = ORAY_DIM_SYMBOL, .symbol = {"", 0}},
	};
	const glyphs *g = glyphs_of(true);
	buf b = {0};
	shape_of_dims(&b, dims, 5, glyphs_of(false));
	assert_string_equal(text_of(&b), "1x0x3x-5x9223372036854775807");
	buf_clear(&b);
	shape_of_dims(&b, dims, 0, g);
	assert_string_equal(text_of(&b), "scalar");
	buf_clear(&b);
	for (size_t i = 0; i < 5; i++)
		shape_add_dim(&b, &others[i]);
	assert_string_equal(text_of(&b), "batch?7\\x1b[1m?");
	buf_clear(&b);
	shape_of_type(&b, NULL, &(oray_type){.has_shape = true}, 0, g);
	assert_string_equal(text_of(&b), "scalar");
	buf_clear(&b);
	shape_of_type(&b, NULL, &(oray_type){.has_shape = false}, 0, g);
	assert_string_equal(text_of(&b), "unknown");
	buf_free(&b);
}

static void test_many_dims(void **unused)
{
	(void)unused;
	size_t n = 1000000;
	int64_t *dims = calloc(n, sizeof *dims);
	buf b = {0};
	assert_non_null(dims);
	shape_of_dims(&b, dims, n, glyphs_of(false));
	assert_true(b.n < 80);
	assert_non_null(strstr(text_of(&b), "(1000000 dims)"));
	free(dims);
	buf_free(&b);
}

/* ------------------------------------------------------------------------------- widths -- */

static const char *const pieces[] = {
    "a", "layer", "/", ".", "0", "17", "é", "日", "本", "😀", "e\u0301", "x", "×", "?", " ", "_",
};

static void random_text(buf *b, size_t most)
{
	for (size_t n = below(most); n; n--)
		buf_str(b, pieces[below(sizeof pieces / sizeof *pieces)]);
}

static void test_fit(void **unused)
{
	(void)unused;
	for (int i = 0; i < 100000; i++) {
		buf text = {0}, out = {0};
		size_t columns = below(40);
		fit how = (fit)below(5);
		const glyphs *g = glyphs_of(i & 1);
		random_text(&text, 40);
		size_t full = fit_width(buf_text(&text), text.n);
		size_t taken = fit_add(&out, how, buf_text(&text), text.n, columns, g);
		assert_int_equal(taken, fit_width(text_of(&out), out.n));
		assert_true(taken <= columns);
		assert_true(utf8_valid(buf_text(&out), out.n));
		if (full <= columns)
			assert_string_equal(buf_text(&out), buf_text(&text));
		else if (columns >= 4 && how == FIT_NAME)
			assert_non_null(strstr(buf_text(&out), g->cut));
		buf_free(&text);
		buf_free(&out);
	}
}

static void fits_as(fit how, const char *text, size_t columns, const char *want)
{
	buf b = {0};
	fit_add(&b, how, text, strlen(text), columns, glyphs_of(true));
	assert_string_equal(text_of(&b), want);
	buf_free(&b);
}

static void test_fit_examples(void **unused)
{
	(void)unused;
	fits_as(FIT_NAME, "model/layers.0/attention/q_proj", 16, "model/…on/q_proj");
	fits_as(FIT_END, "from a_long_name_of_a_node", 12, "from a_long…");
	fits_as(FIT_TREE, "│  ├─ a_long_name_of_a_module", 16, "│  ├─ a_l…module");
	/* numbers stay, symbols give way */
	fits_as(FIT_SHAPE, "batch_size×12×past_sequence_length×64", 24, "ba…_size×12×pa…ength×64");
	fits_as(FIT_SHAPE, "1×3×224×224", 11, "1×3×224×224");
}

/* ------------------------------------------------------------------------------- tables -- */

typedef struct random_table {
	size_t rows, columns;
	buf cells[24][6];
	bool right[6];
} random_table;

static void fill_random(grid *g, size_t row)
{
	const random_table *t = g->context;
	for (size_t i = 0; i < t->columns; i++) {
		const buf *cell = &t->cells[row == GRID_TOTAL ? t->rows : row][i];
		buf_add(grid_printable(g, i), buf_text(cell), cell->n);
		grid_paint(g, i, (paint)below(8));
	}
}

static int collect(void *context, const char *data, size_t size)
{
	buf_add(context, data, size);
	return 0;
}

static void make_table(random_table *t, grid_column *columns)
{
	*t = (random_table){.rows = below(20), .columns = 1 + below(6)};
	for (size_t i = 0; i < t->columns; i++) {
		columns[i] = (grid_column){
		    .title = i % 2 ? "Title" : "",
		    .field = "field",
		    .right = below(2),
		    .how = (fit)below(5),
		    .min = (unsigned char)(1 + below(12)),
		    .drop = (unsigned char)below(4),
		};
		columns[i].want = (unsigned char)(columns[i].min + below(12));
		for (size_t row = 0; row <= t->rows; row++)
			random_text(&t->cells[row][i], columns[i].how == FIT_RIGID ? 8 : 60);
	}
}

static void free_table(random_table *t)
{
	for (size_t row = 0; row <= t->rows; row++)
		for (size_t i = 0; i < t->columns; i++)
			buf_free(&t->cells[row][i]);
}

static void check_lines(const buf *text, size_t most, bool color)
{
	assert_true(page_lines_width(text) <= most);
	for (size_t i = 1; i < text->n && !color; i++)
		if (text->data[i] == '\n' && text->data[i - 1] == ' ')
			fail_msg("a line ends in a blank: %s", text->data);
}

static void test_table_widths(void **unused)
{
	(void)unused;
	static const unsigned widths[] = {40, 60, 79, 80, 81, 100, 120, 200, 1000};
	for (int round = 0; round < 400; round++) {
		random_table t;
		grid_column columns[6];
		make_table(&t, columns);
		for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
			oray_style style = oray_style_defaults();
			style.width = widths[w];
			style.color = round & 1;
			style.utf8 = round & 2;
			buf text = {0};
			emit e;
			emit_init(&e, &style, collect, &text);
			grid g = {
			    .columns = columns,
			    .n_columns = t.columns,
			    .n_rows = t.rows,
			    .fill = fill_random,
			    .context = &t,
			    .total = round & 4,
			    .indent = (unsigned)below(5),
			};
			grid_write(&g, &e);
			assert_int_equal(emit_end(&e, NULL), ORAY_OK);
			/* cells that are blanks themselves may end a line */
			check_lines(&text, widths[w], true);
			buf_free(&text);
		}
		free_table(&t);
	}
}

static void fill_layers(grid *g, size_t row)
{
	grid_format(g, 0, "model/encoder/layers.%zu/attention/output/dense/MatMul", row);
	grid_number(g, 1, row == GRID_TOTAL ? 123456789 : 1000000 + row, "");
	grid_number(g, 2, row == GRID_TOTAL ? UINT64_MAX : row, "B");
	grid_none(g, 3);
}

static void test_table_keeps_numbers(void **unused)
{
	(void)unused;
	static const grid_column columns[] = {
	    {.title = "Name", .field = "name", .how = FIT_NAME, .min = 8, .want = 20},
	    {.title = "Count", .field = "count", .right = true},
	    {.title = "Bytes", .field = "bytes", .right = true},
	    {.title = "None", .field = "none", .drop = 2},
	};
	for (unsigned width = 52; width < 220; width++) {
		oray_style style = oray_style_defaults();
		buf text = {0};
		emit e;
		style.width = width;
		emit_init(&e, &style, collect, &text);
		grid g = {
		    .columns = columns,
		    .n_columns = 4,
		    .n_rows = 30,
		    .fill = fill_layers,
		    .exact = true,
		    .total = true,
		};
		grid_write(&g, &e);
		assert_int_equal(emit_end(&e, NULL), ORAY_OK);
		check_lines(&text, width, false);
		assert_non_null(strstr(text.data, " 1,000,029 "));
		assert_non_null(strstr(text.data, " 123,456,789  18,446,744,073,709,551,615 B"));
		buf_free(&text);
	}
}

static void fill_hostile(grid *g, size_t row)
{
	static const char *const cells[] = {"=1+1", "a,\"b\"", "-x", "plain", "@x", "| <b> `c`"};
	grid_model(g, 0, (oray_str){cells[row], strlen(cells[row])});
	grid_number(g, 1, row * 1000000, "B");
	grid_holey(g, 2, (oray_count){5, row % 2}, "");
}

static void test_table_formats(void **unused)
{
	(void)unused;
	static const grid_column columns[] = {
	    {.title = "Name", .field = "name"},
	    {.title = "Bytes", .field = "bytes", .right = true},
	    {.title = "Known", .field = "known", .right = true},
	};
	static const char *const want[] = {
	    "name,bytes,known\r\n\"'=1+1\",0,\r\n\"a,\"\"b\"\"\",1000000,5\r\n\"'-x\",2000000,\r\n"
	    "plain,3000000,5\r\n\"'@x\",4000000,\r\n| <b> `c`,5000000,5\r\n",
	    "| Name | Bytes | Known |\n| --- | ---: | ---: |\n| =1+1 | 0 B | ≥ 5 |\n"
	    "| a,\"b\" | 1.00 MB | 5 |\n| -x | 2.00 MB | ≥ 5 |\n| plain | 3.00 MB | 5 |\n"
	    "| &#64;x | 4.00 MB | ≥ 5 |\n| \\| &lt;b&gt; \\`c\\` | 5.00 MB | 5 |\n",
	};
	static const oray_format formats[] = {ORAY_CSV, ORAY_MARKDOWN};
	for (size_t i = 0; i < 2; i++) {
		oray_style style = oray_style_defaults();
		buf text = {0};
		emit e;
		style.format = formats[i];
		emit_init(&e, &style, collect, &text);
		grid g = {
		    .columns = columns,
		    .n_columns = 3,
		    .n_rows = 6,
		    .fill = fill_hostile,
		    .format = formats[i],
		};
		grid_write(&g, &e);
		assert_int_equal(emit_end(&e, NULL), ORAY_OK);
		assert_string_equal(text_of(&text), want[i]);
		buf_free(&text);
	}
}

/* -------------------------------------------------------------------------------- pages -- */

static void random_prose(buf *b, size_t most)
{
	for (size_t n = below(most); n; n--)
		buf_str(b, below(8) ? pieces[below(sizeof pieces / sizeof *pieces)] : " ");
}

static void random_page(page *p)
{
	buf a = {0}, b = {0};
	facts f = {.n = 0};
	random_prose(&a, 60);
	random_prose(&b, 200);
	page_heading(p, buf_text(&a), buf_text(&b));
	page_section(p, "Section");
	for (size_t n = below(6); n; n--) {
		random_prose(&f.text, 80);
		facts_end(&f, (paint)below(8));
	}
	page_label_room(p, (oray_str){buf_text(&a), a.n});
	page_facts(p, below(2) ? buf_text(&a) : NULL, &f);
	for (size_t n = below(4); n; n--)
		buf_str(&b, "\n   indented ");
	page_fact(p, buf_text(&a), PAINT_NOTE, buf_text(&b), b.n);
	page_paragraph(p, PAINT_PLAIN, buf_text(&b), b.n);
	buf_free(&a);
	buf_free(&b);
}

static void test_page_widths(void **unused)
{
	(void)unused;
	for (int i = 0; i < 5000; i++) {
		oray_style style = oray_style_defaults();
		buf text = {0};
		emit e;
		page p;
		style.width = (unsigned)(40 + below(100));
		style.color = i & 1;
		style.utf8 = i & 2;
		emit_init(&e, &style, collect, &text);
		page_start(&p, &e, &style);
		random_page(&p);
		assert_int_equal(emit_end(&e, NULL), ORAY_OK);
		if (page_lines_width(&text) > style.width)
			fail_msg("wider than %u:\n%s", style.width, text.data);
		buf_free(&text);
	}
}

static void test_page_long_text(void **unused)
{
	(void)unused;
	oray_style style = oray_style_defaults();
	buf text = {0}, name = {0};
	emit e;
	page p;
	buf_repeat(&name, "x", 2000000);
	style.verbose = true;
	emit_init(&e, &style, collect, &text);
	page_start(&p, &e, &style);
	page_paragraph(&p, PAINT_PLAIN, buf_text(&name), name.n);
	assert_int_equal(emit_end(&e, NULL), ORAY_OK);
	assert_true(page_lines_width(&text) == 80);
	assert_true(text.n > 2000000 && text.n < 2100000);
	buf_free(&text);
	buf_free(&name);
}

/* ------------------------------------------------------------------------------ escaping -- */

static void random_bytes(buf *b, size_t most)
{
	static const char nasty[] =
	    "\0\n\r\t\"\\'=+-@,|<>`_*[]\x1b\x7f\xff\xc2\x9b\xe2\x80\xae\xed\xa0\x80";
	for (size_t n = below(most); n; n--) {
		if (below(3))
			buf_char(b, nasty[below(sizeof nasty)]);
		else
			buf_str(b, pieces[below(sizeof pieces / sizeof *pieces)]);
	}
}

static unsigned hex4(const char *p)
{
	char digits[5] = {p[0], p[1], p[2], p[3], 0};
	return (unsigned)strtoul(digits, NULL, 16);
}

/* Reads a JSON string back, with \udcNN as the byte NN. */
static void unescape_json(const char *p, buf *out)
{
	assert_int_equal(*p++, '"');
	while (*p != '"') {
		char utf8[4];
		if (*p != '\\') {
			buf_char(out, *p++);
			continue;
		}
		char c = p[1];
		p += 2;
		if (c == 'n' || c == 't') {
			buf_char(out, c == 'n' ? '\n' : '\t');
		} else if (c == 'u') {
			uint32_t code = hex4(p);
			p += 4;
			if (code >= 0xd800 && code < 0xdc00) {
				assert_memory_equal(p, "\\u", 2);
				code = 0x10000 + ((code - 0xd800) << 10) + (hex4(p + 2) - 0xdc00);
				p += 6;
			}
			if (code >= 0xdc80 && code < 0xdd00)
				buf_char(out, (char)(code - 0xdc00));
			else
				buf_add(out, utf8, utf8_encode(code, utf8));
		} else {
			buf_char(out, c);
		}
	}
	assert_int_equal(p[1], '\0');
}

static void test_json_strings(void **unused)
{
	(void)unused;
	for (int i = 0; i < 50000; i++) {
		buf bytes = {0}, json = {0}, back = {0};
		random_bytes(&bytes, 30);
		escape_json(&json, buf_text(&bytes), bytes.n);
		assert_true(utf8_valid(text_of(&json), json.n));
		for (size_t k = 0; k < json.n; k++)
			assert_true((unsigned char)json.data[k] >= 0x20 && json.data[k] != 0x7f);
		unescape_json(json.data, &back);
		assert_int_equal(back.n, bytes.n);
		if (bytes.n)
			assert_memory_equal(back.data, bytes.data, bytes.n);
		buf_free(&bytes);
		buf_free(&json);
		buf_free(&back);
	}
}

static void test_json_examples(void **unused)
{
	(void)unused;
	buf b = {0};
	escape_json(&b, "a\0b\xff\x1b\"\\\xc2\x9b\xf0\x9f\x98\x80", 13);
	assert_string_equal(text_of(&b), "\"a\\u0000b\\udcff\\u001b\\\"\\\\\\u009b\xf0\x9f\x98\x80\"");
	buf_free(&b);
}

/* Reads a CSV cell back. */
static void unescape_csv(const char *p, buf *out)
{
	if (*p != '"') {
		buf_str(out, p);
		return;
	}
	for (p++; *p != '"' || p[1] == '"'; p++) {
		if (*p == '"')
			p++;
		buf_char(out, *p);
	}
	assert_int_equal(p[1], '\0');
}

static void test_csv(void **unused)
{
	(void)unused;
	for (int i = 0; i < 50000; i++) {
		buf bytes = {0}, text = {0}, cell = {0}, back = {0};
		random_bytes(&bytes, 20);
		buf_printable(&text, buf_text(&bytes), bytes.n);
		escape_csv(&cell, buf_text(&text), text.n, true);
		unescape_csv(text_of(&cell), &back);
		const char *read = text_of(&back);
		if (*read == '\'' && text.n && strchr("=+-@", text.data[0]))
			read++;
		assert_string_equal(read, buf_text(&text));
		assert_null(strchr("=+-@", *buf_text(&back) ? *buf_text(&back) : 'x'));
		buf_free(&bytes);
		buf_free(&text);
		buf_free(&cell);
		buf_free(&back);
	}
}

static void markdown_is(const char *text, const char *want)
{
	buf b = {0};
	escape_markdown(&b, text, strlen(text));
	assert_string_equal(text_of(&b), want);
	buf_free(&b);
}

static void test_markdown(void **unused)
{
	(void)unused;
	markdown_is("layer1_0__conv", "layer1_0__conv");
	markdown_is("_x_ **b** [a](b) `c`", "\\_x\\_ \\*\\*b\\*\\* \\[a\\](b) \\`c\\`");
	markdown_is("a|b\nc<script>&", "a\\|b c&lt;script&gt;&amp;");
	markdown_is("http://x www.x.y @me #1 $x$", "http&#58;//x www&#46;x.y &#64;me \\#1 \\$x\\$");
	markdown_is("back\\slash", "back\\\\slash");
}

/* ---------------------------------------------------------------------------------- JSON -- */

static void test_json_document(void **unused)
{
	(void)unused;
	oray_style style = oray_style_defaults();
	buf text = {0};
	emit e;
	style.format = ORAY_JSON;
	emit_init(&e, &style, collect, &text);
	json_entry entries[] = {
	    {{"a", 1}, json_u64(UINT64_MAX)},
	    {{"b\0c", 3}, json_i64(INT64_MIN)},
	    {{"a", 1}, json_float32(0.02f)},
	    {{"n", 1}, json_float64((double)NAN)},
	};
	cJSON *document = json_document(&e);
	json_put(&e, document, "map", json_map(&e, entries, 4));
	json_put_count(&e, document, "macs", (oray_count){7, false});
	json_write(&e, document, true);
	assert_int_equal(emit_end(&e, NULL), ORAY_OK);
	assert_string_equal(text_of(&text),
	                    "{\n  \"schema\": 1,\n  \"map\": {\"b\\u0000c\": -9223372036854775808, "
	                    "\"a\": 0.02, \"n\": \"nan\"},\n  \"macs\": null,\n"
	                    "  \"macs_known\": 7\n}\n");
	buf_free(&text);
}

static cJSON *random_item(emit *e, unsigned depth)
{
	size_t kind = below(depth < 5 ? 6 : 4), n = below(depth < 5 ? 12 : 40);
	cJSON *item = NULL;
	buf text = {0};
	switch (kind) {
	case 0:
		random_bytes(&text, 40);
		item = json_text((oray_str){buf_text(&text), text.n});
		buf_free(&text);
		return item;
	case 1:
		return json_u64(random64() >> below(64));
	case 2:
		return cJSON_CreateNull();
	case 3:
		item = cJSON_CreateArray();
		while (n--)
			json_push(e, item, json_u64(random64() >> below(64)));
		return item;
	case 4:
		item = cJSON_CreateArray();
		while (n--)
			json_push(e, item, random_item(e, depth + 1));
		return item;
	default:
		item = cJSON_CreateObject();
		while (n--)
			json_put(e, item, "key", random_item(e, depth + 1));
		return item;
	}
}

/* Without the blanks between tokens. */
static void squeezed(const buf *json, buf *out)
{
	bool inside = false;
	for (size_t i = 0; i < json->n; i++) {
		char c = json->data[i];
		if (!inside && (c == ' ' || c == '\n'))
			continue;
		buf_char(out, c);
		if (inside && c == '\\')
			buf_char(out, json->data[++i]);
		else if (c == '"')
			inside = !inside;
	}
}

static void test_json_indented(void **unused)
{
	(void)unused;
	for (int i = 0; i < 3000; i++) {
		buf flat = {0}, indented = {0}, a = {0}, b = {0};
		emit to_flat, to_indented;
		oray_style style = oray_style_defaults();
		style.format = ORAY_JSON;
		emit_init(&to_flat, &style, collect, &flat);
		emit_init(&to_indented, &style, collect, &indented);
		cJSON *document = json_document(&to_flat);
		json_put(&to_flat, document, "random", random_item(&to_flat, 0));
		json_write(&to_indented, cJSON_Duplicate(document, true), true);
		json_write(&to_flat, document, false);
		assert_int_equal(emit_end(&to_flat, NULL), ORAY_OK);
		assert_int_equal(emit_end(&to_indented, NULL), ORAY_OK);
		squeezed(&flat, &a);
		squeezed(&indented, &b);
		assert_string_equal(text_of(&a), text_of(&b));
		check_lines(&indented, SIZE_MAX, false);
		buf_free(&flat);
		buf_free(&indented);
		buf_free(&a);
		buf_free(&b);
	}
}

static int refuse(void *context, const char *data, size_t size)
{
	(void)context;
	(void)data;
	(void)size;
	return 1;
}

static void test_refusing_sink(void **unused)
{
	(void)unused;
	oray_error failure = {.code = ORAY_ERR_IO, .offset = ORAY_NO_OFFSET, .message = "no"};
	oray_style style = oray_style_defaults();
	buf text = {0};
	assert_int_equal(oray_write_error(&failure, "f", &style, refuse, NULL), ORAY_ERR_WRITE);
	style.format = ORAY_NDJSON;
	assert_int_equal(oray_write_error(&failure, NULL, &style, collect, &text), ORAY_OK);
	assert_string_equal(text_of(&text),
	                    "{\"schema\":1,\"error\":{\"code\":\"io\",\"message\":\"no\","
	                    "\"file\":null,\"offset\":null,\"where\":\"\"}}\n");
	buf_free(&text);
}

/* --------------------------------------------------------------------------------- order -- */

static void key_of(const void *rows, size_t row, order_key *out)
{
	out->number = ((const uint64_t *)rows)[row];
	out->unknown = out->number == 99;
}

static void test_order(void **unused)
{
	(void)unused;
	static const uint64_t rows[] = {5, 99, 7, 5, 0};
	static const size_t want[] = {2, 0, 3, 4, 1};
	static const order_column columns[] = {{"size", "bytes", false, key_of}};
	oray_error err;
	assert_null(order_find(columns, 1, "colour", &err));
	assert_string_equal(err.message, "cannot sort by 'colour'; columns are size");
	size_t *order = order_rows(order_find(columns, 1, "bytes", &err), rows, 5);
	assert_memory_equal(order, want, sizeof want);
	free(order);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_short),
	    cmocka_unit_test(test_short_is_near),
	    cmocka_unit_test(test_exact),
	    cmocka_unit_test(test_holes),
	    cmocka_unit_test(test_percent),
	    cmocka_unit_test(test_float_texts),
	    cmocka_unit_test(test_float32_round_trip),
	    cmocka_unit_test(test_float64_round_trip),
	    cmocka_unit_test(test_float16),
	    cmocka_unit_test(test_read),
	    cmocka_unit_test(test_locale),
	    cmocka_unit_test(test_elements),
	    cmocka_unit_test(test_shapes),
	    cmocka_unit_test(test_many_dims),
	    cmocka_unit_test(test_fit),
	    cmocka_unit_test(test_fit_examples),
	    cmocka_unit_test(test_table_widths),
	    cmocka_unit_test(test_table_keeps_numbers),
	    cmocka_unit_test(test_table_formats),
	    cmocka_unit_test(test_page_widths),
	    cmocka_unit_test(test_page_long_text),
	    cmocka_unit_test(test_json_strings),
	    cmocka_unit_test(test_json_examples),
	    cmocka_unit_test(test_csv),
	    cmocka_unit_test(test_markdown),
	    cmocka_unit_test(test_json_document),
	    cmocka_unit_test(test_json_indented),
	    cmocka_unit_test(test_refusing_sink),
	    cmocka_unit_test(test_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
