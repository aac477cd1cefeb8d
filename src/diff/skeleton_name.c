/* SPDX-License-Identifier: Apache-2.0 */
/*
 * skeleton_name.c - names without what toolchains append.
 */
#include "analyze/quant_names.h"
#include "diff/skeleton.h"

static oray_id kept(strings *words, oray_str name)
{
	return name.size ? strings_add(words, name.data, name.size) : ORAY_NONE;
}

oray_id name_of_node(strings *words, oray_str name)
{
	return kept(words, quant_plain_node(name));
}

oray_id name_of_value(strings *words, oray_str name)
{
	return kept(words, quant_plain_value(name));
}

bool name_tells(oray_str name)
{
	size_t i = 0;

	/* "Conv_17", "17", "n17", "Relu17" */
	while (i < name.size && ((name.data[i] | 32) >= 'a' && (name.data[i] | 32) <= 'z'))
		i++;
	while (i < name.size && (name.data[i] == '_' || name.data[i] == ':'))
		i++;
	while (i < name.size && name.data[i] >= '0' && name.data[i] <= '9')
		i++;
	return i < name.size;
}
