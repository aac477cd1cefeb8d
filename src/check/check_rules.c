/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_rules.c - the table of rules, and which of them are wanted.
 */
#include <string.h>

#include "base/error.h"
#include "check/check.h"

/* A row's hint, and what comes behind it. */
#define HEAD(hint, ...) hint
#define TAIL(hint, ...)                                                                            \
	{                                                                                              \
		__VA_ARGS__                                                                                \
	}

static const oray_rule table[] = {
#define RULE(id, called, how_bad, means, ...)                                                      \
	{.name = (called),                                                                             \
	 .group = GROUP,                                                                               \
	 .severity = (how_bad),                                                                        \
	 .sentence = (means),                                                                          \
	 .hint = HEAD(__VA_ARGS__, NULL),                                                              \
	 .requires = TAIL(__VA_ARGS__, NULL)},
#include "check/check_rules_all.inc"
#undef RULE
};

const oray_rule *oray_rules(size_t *n)
{
	if (n)
		*n = CHECK_N_RULES;
	return table;
}

bool check_rule_id(const char *name, check_rule *out)
{
	for (size_t i = 0; i < CHECK_N_RULES; i++)
		if (strcmp(table[i].name, name) == 0) {
			*out = (check_rule)i;
			return true;
		}
	return false;
}

const oray_rule *oray_rule_find(const char *name)
{
	check_rule id;
	return check_rule_id(name, &id) ? &table[id] : NULL;
}

/* Marks the rules of a name, or of a group. @return false when there is none. */
static bool mark(const char *name, bool as, bool wanted[CHECK_N_RULES])
{
	bool any = false;
	for (size_t i = 0; i < CHECK_N_RULES; i++) {
		if (strcmp(table[i].name, name) != 0 && strcmp(table[i].group, name) != 0)
			continue;
		wanted[i] = as;
		any = true;
	}
	return any;
}

oray_status check_select(const oray_check_options *options, bool wanted[CHECK_N_RULES],
                         oray_error *err)
{
	for (size_t i = 0; i < CHECK_N_RULES; i++)
		wanted[i] = options->n_only == 0 || strcmp(table[i].group, "budget") == 0;
	for (size_t i = 0; i < options->n_only + options->n_without; i++) {
		bool as = i < options->n_only;
		const char *name = as ? options->only[i] : options->without[i - options->n_only];
		if (!mark(name, as, wanted))
			return error_set(err, ORAY_ERR_USAGE, ORAY_NO_OFFSET, NULL,
			                 "there is no rule and no group of rules called '%s'", name);
	}
	return ORAY_OK;
}
