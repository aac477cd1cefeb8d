/* SPDX-License-Identifier: Apache-2.0 */
#include "picture/pic_defaults.h"

#include <string.h>

#include "words/describe.h"
#include "words/numbers.h"

/* Numbers are compared as float32 has them: 0.01 is not the double of that text. */
static bool is_near(double x, double y)
{
	double tolerance = 1e-6 * (y < 0 ? -y : y);
	return x >= y - tolerance && x <= y + tolerance;
}

static bool is_list(const oray_attribute *a, const char *text, size_t size)
{
	const char *end = text + size;
	for (size_t i = 0; i < a->count; i++) {
		const char *comma = text < end ? memchr(text, ',', (size_t)(end - text)) : NULL;
		size_t n = (size_t)((comma ? comma : end) - text);
		double x = a->type == ORAY_ATTR_INTS ? (double)a->v.ints[i] : (double)a->v.floats[i];
		if (!n || !is_near(x, number_read(text, n)))
			return false;
		text = comma ? comma + 1 : end;
	}
	return text == end;
}

static bool all_are(const oray_attribute *a, int64_t wanted)
{
	for (size_t i = 0; i < a->count; i++)
		if (a->v.ints[i] != wanted)
			return false;
	return true;
}

/* Lists whose default is "1 (or 0) along each axis", which the table cannot say. */
static bool is_neutral(const oray_attribute *a)
{
	if (a->type != ORAY_ATTR_INTS)
		return false;
	if (str_is(a->name, "strides") || str_is(a->name, "dilations"))
		return all_are(a, 1);
	return (str_is(a->name, "pads") || str_is(a->name, "output_padding")) && all_are(a, 0);
}

bool pic_default_is(pic_known *k, const ops_row *row, const oray_attribute *a)
{
	if (!row || a->reference.size || a->on_disk)
		return false;
	const pic_default *d = pic_known_default(k, row, a->name);
	if (!d->exists)
		return false;
	if (!d->formal.value || (int)d->formal.type != (int)a->type)
		return !d->formal.value && is_neutral(a);
	switch (a->type) {
	case ORAY_ATTR_INT:
		return is_near((double)a->v.i, d->number);
	case ORAY_ATTR_FLOAT:
		return is_near((double)a->v.f, d->number);
	case ORAY_ATTR_STRING:
		return a->v.s.size == d->formal.value_size &&
		       memcmp(a->v.s.data, d->formal.value, d->formal.value_size) == 0;
	case ORAY_ATTR_INTS:
	case ORAY_ATTR_FLOATS:
		return is_list(a, d->formal.value, d->formal.value_size);
	default:
		return false;
	}
}

bool pic_default_is_kernel(const oray_model *model, const oray_node *n, const oray_attribute *a)
{
	size_t input = str_is(n->op, "QLinearConv") ? 3 : 1;
	oray_value v;
	oray_tensor t;
	if (a->type != ORAY_ATTR_INTS || a->on_disk || a->reference.size || n->n_inputs <= input ||
	    !str_is(a->name, "kernel_shape") || !oray_model_value(model, n->inputs[input], &v) ||
	    v.is_input || !oray_model_tensor(model, v.initializer, &t) || t.n_dims != a->count + 2)
		return false;
	return memcmp(t.dims + 2, a->v.ints, a->count * sizeof *a->v.ints) == 0;
}
