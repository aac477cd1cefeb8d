/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dump_ops - prints the operator table, one row a line, for tests/truth/ops_truth.py and for eyes.
 *
 * Columns, separated by tabs: domain, operator, since, versions, category, deprecated, least and
 * most inputs, least and most outputs ("*" for no limit), inputs, outputs, attributes. Lists are
 * separated by "|"; a formal is name, flag ("", "?" or "*") and role; an attribute is name, type
 * number, required, and "=" with the default where there is one.
 */
#include <stdio.h>

#include "ops/ops.h"

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

int main(void)
{
	size_t n;
	const ops_row *rows = ops_rows(&n);

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
