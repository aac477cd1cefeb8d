/* SPDX-License-Identifier: Apache-2.0 */
/* The small readers that fuzz targets hold outputs to: what they take, and what they refuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "../fuzz/shared/sound_markup.c"
#include "../fuzz/shared/sound_text.c"

typedef const char *reader(const char *data, size_t size);

static void takes(reader *read, const char *text)
{
	const char *fault = read(text, strlen(text));
	if (fault)
		fail_msg("%s: %s", text, fault);
}

static void refuses(reader *read, const char *text)
{
	if (!read(text, strlen(text)))
		fail_msg("%s: taken", text);
}

static void json_is_read_strictly(void **state)
{
	(void)state;
	static const char *const good[] = {
	    "0",           "-1.5e+3",
	    "[]",          " {\"a\": [1, {\"b\": null}], \"c\": \"\\u00e9\\n\"} \n",
	    "[[[]], {}]",  "\"\\ud83d\\ude00\"",
	    "\"\\udc80\"", "true"};
	static const char *const bad[] = {
	    "",        "01",        "1.",          "[1,]",         "[1 2]",   "{\"a\" 1}",
	    "{1:2}",   "[",         "[}",          "\"a",          "\"\n\"",  "\"\xff\"",
	    "\"\\x\"", "\"\\u12\"", "\"\\ud83d\"", "\"\\udfff\"",  "nul",     "[1]]",
	    "NaN",     "+1",        "{\"a\":1,}",  "\"\xc0\x80\"", "'a'",     "1 2",
	    "-",       "1e",        "[1,,2]",      "{\"a\":}",     "{\"a\"}", "\"\xed\xa0\x80\""};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		takes(json_fault, good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		refuses(json_fault, bad[i]);
	takes(ndjson_fault, "1\n{}\n");
	refuses(ndjson_fault, "1\n{}");
	refuses(ndjson_fault, "1\n\n");
}

static void text_has_nothing_that_commands(void **state)
{
	(void)state;
	takes(text_fault, "one\ntwo \xc3\xa9\n");
	refuses(text_fault, "\x1b[1m");
	refuses(text_fault, "a\rb");
	refuses(text_fault, "a\tb");
	refuses(text_fault, "\x7f");
	refuses(text_fault, "\xc2\x9b");
	refuses(text_fault, "\xe2\x80\xae");
	refuses(text_fault, "\xe9");
	takes(color_fault, "\x1b[1;31mred\x1b[0m");
	refuses(color_fault, "\x1b]0;title\x07");
	refuses(color_fault, "\x1b[2J");
	refuses(color_fault, "\x1b[1");
}

static void csv_has_rows_of_one_length(void **state)
{
	(void)state;
	takes(csv_fault, "a,b\r\n\"x,\"\"y\r\n\",2\r\n");
	takes(csv_fault, "a\r\n\r\n");
	refuses(csv_fault, "a,b\n1,2\n");
	refuses(csv_fault, "a,b\r\n1\r\n");
	refuses(csv_fault, "a,b\r\n\"1\"2,3\r\n");
	refuses(csv_fault, "a,\"b\r\n");
	refuses(csv_fault, "a,b");
	refuses(csv_fault, "a,b\"c\r\n");
	refuses(csv_fault, "a,\x1b\r\n");
}

static void xml_is_well_formed(void **state)
{
	(void)state;
	takes(xml_fault, "<?xml version=\"1.0\"?>\n<a b='1' c=\"&lt;&#233;\">x<d/><!-- < --></a>\n");
	takes(xml_fault, "<a><![CDATA[<&]]></a>");
	static const char *const bad[] = {"",
	                                  "<a>",
	                                  "<a></b>",
	                                  "<a/><b/>",
	                                  "x<a/>",
	                                  "<a b=1/>",
	                                  "<a b='1' b='2'/>",
	                                  "<a b='<'/>",
	                                  "<a>&amp</a>",
	                                  "<a>&nbsp;</a>",
	                                  "<a>&#1;</a>",
	                                  "<a>\x01</a>",
	                                  "<a>\xff</a>",
	                                  "<a>]]></a>",
	                                  "<a>a < b</a>",
	                                  "<a b='1'c='2'/>",
	                                  "<a></a",
	                                  "<a>\xef\xbf\xbf</a>"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		refuses(xml_fault, bad[i]);
}

static void dot_is_balanced(void **state)
{
	(void)state;
	takes(dot_fault, "digraph \"a\\\"b\" { n1 [label=<<b>x</b> &amp; y>, w=\"{\"]; n1 -> n2 }");
	refuses(dot_fault, "digraph { ");
	refuses(dot_fault, "digraph { a [label=\"x] }");
	refuses(dot_fault, "digraph { a [label=<<b>x</i>>] }");
	refuses(dot_fault, "digraph { a [label=<x & y>] }");
	takes(dot_fault, "digraph { \xc3\xa9 }"); /* a letter in this language */
	refuses(dot_fault, "digraph { \xff }");
	refuses(dot_fault, "digraph { a [x=\x1b] }");
	refuses(dot_fault, "digraph } {");
	refuses(dot_fault, "digraph { a [x=\"\x1b\"] }");
}

static void page_keeps_to_its_first(void **state)
{
	(void)state;
#define PAGE(title, more, data)                                                                    \
	"<title>" title "</title>" more "<script type=\"application/json\" id=\"data\">" data          \
	"</script><script>run()</script>"
	takes(page_fault, PAGE("a", "<p>", "{\"a\":1}"));
	takes(page_fault, PAGE("b &lt;", "<p>", "[2]"));
	refuses(page_fault, PAGE("b", "<p>", "[2"));
	refuses(page_fault, PAGE("b", "<i>", "[2]"));
	refuses(page_fault, PAGE("b<b>", "<p>", "[2]"));
	refuses(page_fault, PAGE("b", "<p>", "[\"</script><script>alert(1)</script>\"]"));
	refuses(page_fault, "<p>");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(json_is_read_strictly),
	    cmocka_unit_test(text_has_nothing_that_commands),
	    cmocka_unit_test(csv_has_rows_of_one_length),
	    cmocka_unit_test(xml_is_well_formed),
	    cmocka_unit_test(dot_is_balanced),
	    cmocka_unit_test(page_keeps_to_its_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
