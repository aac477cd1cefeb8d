/* SPDX-License-Identifier: Apache-2.0 */
/*
 * types.h - types as value infos and attributes declare them.
 */
#ifndef DIFFERENTIAL_TYPES_H
#define DIFFERENTIAL_TYPES_H

#include "check.h"

static void same_dimension(check *c, const oray_dim *ours,
                           const Onnx__TensorShapeProto__Dimension *d)
{
	bool number = d->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
	bool symbol = d->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM &&
	              d->dim_param.len;
	same_number(c, " (kind)", ours->kind,
	            number   ? ORAY_DIM_VALUE
	            : symbol ? ORAY_DIM_SYMBOL
	                     : ORAY_DIM_UNKNOWN);
	if (number)
		same_number(c, ".dim_value", ours->value, d->dim_value);
	if (symbol)
		same_text(c, ".dim_param", ours->symbol, d->dim_param);
	same_text(c, ".denotation", ours->denotation, d->denotation);
}

static void same_shape(check *c, const oray_type *ours, const Onnx__TensorShapeProto *s)
{
	size_t mark = down(c, ".shape");
	if (same_number(c, " (present)", ours->has_shape, s != NULL) && s &&
	    same_number(c, ".dim (number)", (int64_t)ours->n_dims, (int64_t)s->n_dim)) {
		for (size_t i = 0; i < s->n_dim; i++) {
			size_t inner = down(c, ".dim[%zu]", i);
			oray_dim dim = oray_model_dim(c->m, ours->id, i);
			same_dimension(c, &dim, s->dim[i]);
			up(c, inner);
		}
	}
	up(c, mark);
}

static void same_type(check *c, oray_id id, const Onnx__TypeProto *t);

static void same_inner(check *c, oray_id id, const Onnx__TypeProto *t)
{
	size_t mark = down(c, "<>");
	same_type(c, id, t);
	up(c, mark);
}

/* The alternative that a type has. */
static void same_kind(check *c, const oray_type *ours, const Onnx__TypeProto *t)
{
	static const oray_kind kinds[] = {
	    [ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE] = ORAY_KIND_TENSOR,
	    [ONNX__TYPE_PROTO__VALUE_SEQUENCE_TYPE] = ORAY_KIND_SEQUENCE,
	    [ONNX__TYPE_PROTO__VALUE_MAP_TYPE] = ORAY_KIND_MAP,
	    [ONNX__TYPE_PROTO__VALUE_OPAQUE_TYPE] = ORAY_KIND_OPAQUE,
	    [ONNX__TYPE_PROTO__VALUE_SPARSE_TENSOR_TYPE] = ORAY_KIND_SPARSE_TENSOR,
	    [ONNX__TYPE_PROTO__VALUE_OPTIONAL_TYPE] = ORAY_KIND_OPTIONAL,
	};
	if (!same_number(c, " (kind)", ours->kind, kinds[t->value_case]))
		return;
	switch (ours->kind) {
	case ORAY_KIND_TENSOR:
		same_number(c, ".elem_type", ours->element,
		            t->tensor_type->has_elem_type ? t->tensor_type->elem_type : 0);
		same_shape(c, ours, t->tensor_type->shape);
		break;
	case ORAY_KIND_SPARSE_TENSOR:
		same_number(c, ".elem_type", ours->element,
		            t->sparse_tensor_type->has_elem_type ? t->sparse_tensor_type->elem_type : 0);
		same_shape(c, ours, t->sparse_tensor_type->shape);
		break;
	case ORAY_KIND_SEQUENCE:
		same_inner(c, ours->inner, t->sequence_type->elem_type);
		break;
	case ORAY_KIND_OPTIONAL:
		same_inner(c, ours->inner, t->optional_type->elem_type);
		break;
	case ORAY_KIND_MAP:
		same_number(c, ".key_type", ours->key,
		            t->map_type->has_key_type ? t->map_type->key_type : 0);
		same_inner(c, ours->inner, t->map_type->value_type);
		break;
	case ORAY_KIND_OPAQUE:
		same_text(c, ".domain", ours->domain, t->opaque_type->domain);
		same_text(c, ".name", ours->name, t->opaque_type->name);
		break;
	default:
		break;
	}
}

/* NULL: the message says no type. */
static void same_type(check *c, oray_id id, const Onnx__TypeProto *t)
{
	size_t mark = down(c, ".type");
	oray_type ours;
	bool present = oray_model_type(c->m, id, &ours);
	if (same_number(c, " (present)", present, t != NULL) && t) {
		same_kind(c, &ours, t);
		same_text(c, ".denotation", ours.denotation, t->denotation);
	}
	up(c, mark);
}

#endif
