/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dump_ops - prints the operator table, one row a line, for tests/truth/ops_truth.py and for eyes.
 *
 * Columns, separated by tabs: domain, operator, since, versions, category, deprecated, least and
 * most inputs, least and most outputs ("*" for no limit), inputs, outputs, attributes. Lists are
 * separated by "|"; a formal is name, flag ("", "?" or "*") and role; an attribute is name, type
 * number, required, and "=" with the default where there is one.
 *
 *     dump_ops types    prints the table of types: domain, operator, versions, inputs, outputs; a
 *                       formal is variable, "~" where each tensor has a type of its own, and the
 *                       sets as hexadecimal numbers
 */
#include <stdio.h>
#include <string.h>

#include "ops/ops.h"
#include "ops/types.h"

static void put_limit(unsigned n)
{
	if (n == UINT16_MAX)
		printf("\t*");
	else
		printf("\t%u", n);
}

static void put_formals(const ops_row *row, bool (*get)(const ops_row *, size_t, ops_formal *))
{
	ops_formal f;

	putchar('\t');
	for (size_t i = 0; get(row, i, &f); i++) {
		printf("%s%.*s,%s,%d", i ? "|" : "", (int)f.name_size, f.name,
		       f.variadic   ? "*"
		       : f.optional ? "?"
		                    : "",
		       (int)f.role);
		if (f.variadic)
			break;
	}
}

static void put_attributes(const ops_row *row)
{
	ops_attr a;

	putchar('\t');
	for (size_t i = 0; ops_attribute(row, i, &a); i++) {
		printf("%s%.*s,%d,%d,", i ? "|" : "", (int)a.name_size, a.name, (int)a.type, a.required);
		if (a.value)
			printf("=%.*s", (int)a.value_size, a.value);
	}
}

static void put_typing(const ops_types *row, const char *formals,
                       bool (*get)(const ops_types *, size_t, ops_typing *))
{
	size_t n = *formals != '\0';

	putchar('\t');
	for (const char *p = formals; *p; p++)
		n += *p == ' ';
	for (size_t i = 0; i < n; i++) {
		ops_typing t;

		get(row, i, &t);
		printf("%s%.*s,%s,%x,%x,%x,%x,%x", i ? "|" : "", (int)t.size, t.size ? t.variable : "",
		       t.own ? "~" : "", (unsigned)t.set.tensors, (unsigned)t.set.sequences,
		       (unsigned)t.set.optionals, (unsigned)t.set.optional_sequences,
		       (unsigned)t.set.maps);
	}
}

static int dump_types(void)
{
	size_t n;
	const ops_types *rows = ops_types_rows(&n);

	for (size_t i = 0; i < n; i++) {
		printf("%s\t%s\t%s", rows[i].domain, rows[i].name, rows[i].versions);
		put_typing(&rows[i], rows[i].inputs, ops_types_input);
		put_typing(&rows[i], rows[i].outputs, ops_types_output);
		putchar('\n');
	}
	return 0;
}

int main(int argc, char **argv)
{
	size_t n;
	const ops_row *rows = ops_rows(&n);

	if (argc > 1 && strcmp(argv[1], "types") == 0)
		return dump_types();
	for (size_t i = 0; i < n; i++) {
		const ops_row *row = &rows[i];

		printf("%s\t%s\t%d\t%s\t%s\t%d", row->domain, row->name, row->since, row->versions,
		       ops_category_name((ops_category)row->category), row->deprecated);
		put_limit(row->min_inputs);
		put_limit(row->max_inputs);
		put_limit(row->min_outputs);
		put_limit(row->max_outputs);
		put_formals(row, ops_input);
		put_formals(row, ops_output);
		put_attributes(row);
		putchar('\n');
	}
	return 0;
}
