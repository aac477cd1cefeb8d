/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_ml.c - ai.onnx.ml: trees, support vectors, linear models, encoders, maps.
 *
 * The standard says little about shapes here, so what ONNX Runtime returns is the truth:
 *
 *   - A model of one row may be given as [C] instead of [1,C]; labels are [N], scores [N,E].
 *   - E of a linear classifier is the number of intercepts; a single one with two labels makes two
 *     columns, one for either class. E of trees is the number of labels.
 *   - E of a support vector classifier is the number of labels as well, unless there are vectors
 * and no probabilities: then it is the number of pairs of classes, of two or less it is two.
 */
#include "infer/rule.h"

/* ------------------------------------------------------------------- attributes as sizes -- */

/* Entries of a list attribute, 0 when it is not there. */
static size_t list_size(call *c, const char *name)
{
	oray_attribute a;
	return call_attribute(c, name, &a) ? a.count : 0;
}

/* Type of a tensor attribute, 0 when it is not there. */
static int32_t tensor_attribute_type(call *c, const char *name)
{
	oray_attribute a;
	oray_tensor t;
	if (!call_attribute(c, name, &a) || a.type != ORAY_ATTR_TENSOR ||
	    !oray_model_tensor(c->model, a.v.id, &t))
		return 0;
	return t.type;
}

/* A list of class labels, under the two names that an operator has for it. */
typedef struct label_list {
	size_t n;
	int32_t type; /* of a label; 0: there are none */
} label_list;

static label_list read_labels(call *c, const char *texts, const char *ints)
{
	label_list l = {list_size(c, texts), ORAY_STRING};
	if (!l.n)
		l = (label_list){list_size(c, ints), ORAY_INT64};
	if (!l.n)
		l.type = 0;
	return l;
}

/* A count written as an attribute; nonsense and absence are unknown. */
static dim positive_attribute(call *c, const char *name, int64_t fallback)
{
	int64_t n = call_int(c, name, fallback);
	return n > 0 ? dim_number(c->d, n) : DIM_LOST;
}

/* ------------------------------------------------------------------- classifiers, regressors -- */

/* Rows of a table; [C] is a table of one row. */
static dim rows_of(const infer_type *x)
{
	if (!x->ranked)
		return DIM_LOST;
	return x->n < 2 ? DIM(1) : x->at[0];
}

/* Labels [N] and scores [N,E]. */
static void say_classes(call *c, int32_t label, dim columns)
{
	infer_type x = call_in(c, 0);
	dim out[2] = {rows_of(&x), columns};
	call_tensor(c, 0, label, 1, out);
	call_tensor(c, 1, ORAY_FLOAT32, 2, out);
}

static void say_targets(call *c, int32_t element, dim columns)
{
	infer_type x = call_in(c, 0);
	dim out[2] = {rows_of(&x), columns};
	call_tensor(c, 0, element, 2, out);
}

void rule_ml_linear_classifier(call *c)
{
	label_list labels = read_labels(c, "classlabels_strings", "classlabels_ints");
	size_t n = list_size(c, "intercepts");
	if (!n || (n == 1 && labels.n == 2))
		n = labels.n;
	say_classes(c, labels.type ? labels.type : ORAY_INT64,
	            n ? dim_number(c->d, (int64_t)n) : DIM_LOST);
}

/* True when an INTS attribute has a number that is not zero. */
static bool some_positive(call *c, const char *name)
{
	int64_t at[64];
	size_t n;
	if (!call_ints(c, name, at, 64, &n))
		return list_size(c, name) > 64;
	for (size_t i = 0; i < n; i++)
		if (at[i] > 0)
			return true;
	return false;
}

void rule_ml_svm_classifier(call *c)
{
	label_list labels = read_labels(c, "classlabels_strings", "classlabels_ints");
	dim n = dim_number(c->d, (int64_t)labels.n);
	dim columns = labels.n ? n : DIM_LOST;
	if (labels.n && !list_size(c, "prob_a") && some_positive(c, "vectors_per_class"))
		columns = labels.n < 3
		              ? DIM(2)
		              : dim_floor_div(c->d, dim_mul(c->d, n, dim_sub(c->d, n, DIM(1))), DIM(2));
	say_classes(c, labels.type, columns);
}

void rule_ml_tree_classifier(call *c)
{
	label_list labels = read_labels(c, "classlabels_strings", "classlabels_int64s");
	say_classes(c, labels.type, labels.n ? dim_number(c->d, (int64_t)labels.n) : DIM_LOST);
}

void rule_ml_linear_regressor(call *c)
{
	say_targets(c, ORAY_FLOAT32, positive_attribute(c, "targets", 1));
}

void rule_ml_svm_regressor(call *c)
{
	say_targets(c, ORAY_FLOAT32, DIM(1));
}

void rule_ml_tree_regressor(call *c)
{
	say_targets(c, ORAY_FLOAT32, positive_attribute(c, "n_targets", 0));
}

void rule_ml_tree_ensemble(call *c)
{
	infer_type x = call_in(c, 0);
	int32_t element = x.element ? x.element : tensor_attribute_type(c, "leaf_weights");
	say_targets(c, element, positive_attribute(c, "n_targets", 0));
}

/* ------------------------------------------------------------------------------ encoders -- */

/* Scaler, Normalizer: float32 whatever comes. */
void rule_ml_scaler(call *c)
{
	call_same_shape(c, 0, 0, ORAY_FLOAT32);
}

/*
 * CategoryMapper, and LabelEncoder of version 1: strings become integers and the other way round.
 * Later versions name the type of what they give.
 */
void rule_ml_label_encoder(call *c)
{
	static const struct {
		const char *name;
		int32_t type;
	} given[] = {{"values_strings", ORAY_STRING},
	             {"values_int64s", ORAY_INT64},
	             {"values_floats", ORAY_FLOAT32}};
	int32_t element = tensor_attribute_type(c, "values_tensor");
	for (size_t i = 0; !element && i < sizeof given / sizeof *given; i++)
		if (list_size(c, given[i].name))
			element = given[i].type;
	int32_t from = call_in(c, 0).element;
	if (!element && from)
		element = from == ORAY_STRING ? ORAY_INT64 : ORAY_STRING;
	call_same_shape(c, 0, 0, element);
}

void rule_ml_one_hot(call *c)
{
	label_list labels = read_labels(c, "cats_strings", "cats_int64s");
	infer_type x = call_in(c, 0);
	if (!x.ranked || x.n == RANK_MOST) {
		call_unranked(c, 0, ORAY_FLOAT32);
		return;
	}
	dim out[RANK_MOST];
	for (size_t i = 0; i < x.n; i++)
		out[i] = x.at[i];
	out[x.n] = labels.n ? dim_number(c->d, (int64_t)labels.n) : DIM_LOST;
	call_tensor(c, 0, ORAY_FLOAT32, x.n + 1, out);
}

/* Columns Y of X: as many as Y has elements, whatever its rank. A row [C] becomes [1,n]. */
void rule_ml_array_feature_extractor(call *c)
{
	infer_type x = call_in(c, 0), y = call_in(c, 1);
	dim n = y.ranked ? dim_product(c->d, y.at, y.n) : DIM_LOST;
	if (!x.ranked || !x.n) {
		call_unranked(c, 0, x.element);
		return;
	}
	dim out[RANK_MOST] = {DIM(1), n};
	if (x.n > 1) {
		for (size_t i = 0; i + 1 < x.n; i++)
			out[i] = x.at[i];
		out[x.n - 1] = n;
	}
	call_tensor(c, 0, x.element, x.n > 1 ? x.n : 2, out);
}

/* What one input adds to the columns: all dims but the first, or all of a row. */
static dim feature_columns(call *c, const infer_type *x)
{
	if (!x->ranked)
		return DIM_LOST;
	return x->n < 2 ? dim_product(c->d, x->at, x->n) : dim_product(c->d, x->at + 1, x->n - 1);
}

/* The attribute rules where it is given: inputs are cut, or filled with zeros, to these lengths. */
static bool declared_columns(call *c, dim *columns)
{
	oray_attribute a;
	if (!call_attribute(c, "inputdimensions", &a) || a.type != ORAY_ATTR_INTS || !a.count)
		return false;
	*columns = a.on_disk ? DIM_LOST : DIM(0);
	for (size_t i = 0; !a.on_disk && i < a.count; i++)
		*columns =
		    a.v.ints[i] < 0 ? DIM_LOST : dim_add(c->d, *columns, dim_number(c->d, a.v.ints[i]));
	return true;
}

void rule_ml_feature_vectorizer(call *c)
{
	dim rows = DIM_LOST, columns = DIM(0);
	for (size_t i = 0; i < c->n_in; i++) {
		infer_type x = call_in(c, i);
		columns = dim_add(c->d, columns, feature_columns(c, &x));
		if (x.ranked)
			rows = i ? call_equal(c, rows, rows_of(&x), "rows of inputs") : rows_of(&x);
	}
	declared_columns(c, &columns);
	call_tensor(c, 0, ORAY_FLOAT32, 2, (dim[]){rows, columns});
}

/* ---------------------------------------------------------------------------------- maps -- */

/* Type of the values of a map; 0 when that is not known. */
static int32_t map_value_type(call *c, const infer_type *map)
{
	if (map->kind != ORAY_KIND_MAP)
		return 0;
	infer_type value = call_type(c, map->inner);
	return value.kind == ORAY_KIND_TENSOR ? value.element : 0;
}

void rule_ml_cast_map(call *c)
{
	int32_t element = call_str_is(c, "cast_to", "TO_FLOAT", "TO_FLOAT")    ? ORAY_FLOAT32
	                  : call_str_is(c, "cast_to", "TO_FLOAT", "TO_STRING") ? ORAY_STRING
	                  : call_str_is(c, "cast_to", "TO_FLOAT", "TO_INT64")  ? ORAY_INT64
	                                                                       : 0;
	dim columns = call_str_is(c, "map_form", "DENSE", "SPARSE")
	                  ? positive_attribute(c, "max_map", 1)
	                  : call_fresh(c, 0, 1);
	call_tensor(c, 0, element, 2, (dim[]){DIM(1), columns});
}

void rule_ml_dict_vectorizer(call *c)
{
	label_list words = read_labels(c, "string_vocabulary", "int64_vocabulary");
	infer_type x = call_in(c, 0);
	dim columns = words.n ? dim_number(c->d, (int64_t)words.n) : DIM_LOST;
	call_tensor(c, 0, map_value_type(c, &x), 2, (dim[]){DIM(1), columns});
}

void rule_ml_zip_map(call *c)
{
	label_list labels = read_labels(c, "classlabels_strings", "classlabels_int64s");
	if (!labels.n) {
		oray_attribute reference;
		bool said = call_attribute(c, "classlabels_strings", &reference) ||
		            call_attribute(c, "classlabels_int64s", &reference);
		if (!said || !reference.count)
			call_complain(c, "bad-attribute",
			              "there are no class labels, so that keys have no type");
		return;
	}
	infer_type map = {.kind = ORAY_KIND_MAP,
	                  .key = labels.type,
	                  .inner = call_type_id(c, infer_tensor(ORAY_FLOAT32, true, 0, NULL))};
	infer_type list = {.kind = ORAY_KIND_SEQUENCE, .inner = call_type_id(c, map)};
	call_out(c, 0, list);
}
