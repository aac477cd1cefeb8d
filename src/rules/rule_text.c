/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_text.c - strings. How many pieces or words there are depends on the text.
 */
#include "infer/rule.h"

#include <string.h>

/* [C] or [1,C]. Stop words fall out; how many is not known. */
void rule_string_normalizer(call *c)
{
	infer_type x = call_in(c, 0);
	oray_attribute words;
	bool stays = !call_attribute(c, "stopwords", &words) || !words.count;
	if (!x.ranked || !x.n || x.n > 2) {
		call_unranked(c, 0, ORAY_STRING);
		return;
	}
	dim n = stays ? x.at[x.n - 1] : call_fresh(c, 0, x.n - 1);
	if (n == DIM(0))
		n = DIM(1);
	call_tensor(c, 0, ORAY_STRING, x.n, x.n == 1 ? &n : (dim[]){x.at[0], n});
}

/* Pieces stand in a new last dim as long as the most pieces of an element. */
void rule_string_split(call *c)
{
	infer_type x = call_in(c, 0);
	call_same_shape(c, 1, 0, ORAY_INT64);
	if (!x.ranked || x.n == RANK_MOST) {
		call_unranked(c, 0, ORAY_STRING);
		return;
	}
	dim out[RANK_MOST];
	if (x.n)
		memcpy(out, x.at, x.n * sizeof *out);
	out[x.n] = call_fresh(c, 0, x.n);
	call_tensor(c, 0, ORAY_STRING, x.n + 1, out);
}

enum { LONG_LIST = 1 << 20 }; /* entries of a list in the file that are looked at */

/* The id of an attribute of this node by name, ORAY_NONE when there is none. */
static oray_id attribute_id(call *c, const char *name)
{
	oray_node node;
	if (!oray_model_node(c->model, c->node, &node))
		return ORAY_NONE;
	size_t size = strlen(name);
	for (size_t i = 0; i < node.n_attributes; i++) {
		oray_attribute a;
		oray_id id = node.first_attribute + (oray_id)i;
		if (oray_model_attribute(c->model, id, &a) && a.name.size == size &&
		    !memcmp(a.name.data, name, size))
			return id;
	}
	return ORAY_NONE;
}

/*
 * The largest number of a list that was left in the file; -1 when it cannot be read. All at once: a
 * read finds its first entry by counting from the start.
 */
static int64_t largest_on_disk(call *c, oray_id id, size_t count)
{
	int64_t largest = -1;
	size_t n = 0;
	oray_element *at = count <= LONG_LIST ? call_scratch(c, count * sizeof *at) : NULL;
	if (!at || oray_attribute_read(c->model, id, 0, count, at, &n, NULL) != ORAY_OK)
		return -1;
	for (size_t i = 0; i < n; i++)
		largest = at[i].i > largest ? at[i].i : largest;
	return largest;
}

/* The largest number of an INTS attribute; -1 when that is unknown. */
static int64_t largest_of(call *c, const char *name)
{
	oray_attribute a;
	if (!call_attribute(c, name, &a) || a.type != ORAY_ATTR_INTS)
		return -1;
	if (a.on_disk)
		return largest_on_disk(c, attribute_id(c, name), a.count);
	int64_t largest = -1;
	for (size_t i = 0; i < a.count; i++)
		largest = a.v.ints[i] > largest ? a.v.ints[i] : largest;
	return largest;
}

/* [C] or [N,C]; the last dim has a place for each index that is named. */
void rule_tf_idf(call *c)
{
	infer_type x = call_in(c, 0);
	int64_t largest = largest_of(c, "ngram_indexes");
	dim n = largest >= 0 ? dim_add(c->d, dim_number(c->d, largest), DIM(1)) : DIM_LOST;
	if (!x.ranked || x.n > 2)
		call_unranked(c, 0, ORAY_FLOAT32);
	else if (x.n < 2)
		call_tensor(c, 0, ORAY_FLOAT32, 1, &n);
	else
		call_tensor(c, 0, ORAY_FLOAT32, 2, (dim[]){x.at[0], n});
}
