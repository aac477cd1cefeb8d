/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/rule.h"

void rule_sequence_construct(call *c)
{
	(void)c;
}

void rule_sequence_empty(call *c)
{
	(void)c;
}

void rule_sequence_at(call *c)
{
	(void)c;
}

void rule_sequence_erase(call *c)
{
	(void)c;
}

void rule_sequence_insert(call *c)
{
	(void)c;
}

void rule_sequence_length(call *c)
{
	(void)c;
}

void rule_split_to_sequence(call *c)
{
	(void)c;
}

void rule_concat_from_sequence(call *c)
{
	(void)c;
}

void rule_optional(call *c)
{
	(void)c;
}

void rule_optional_get_element(call *c)
{
	(void)c;
}

void rule_optional_has_element(call *c)
{
	(void)c;
}
