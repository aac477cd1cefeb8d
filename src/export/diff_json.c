/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff_json.c - a difference for programs. Layers are made, written and freed one by one.
 */
#include "export/amounts.h"
#include "export/diff_view.h"
#include "export/json_model.h"

/* -------------------------------------------------------------------------------- parts -- */

static cJSON *changes_item(emit *e, const oray_change *changes, size_t n)
{
	cJSON *array = cJSON_CreateArray();
	for (size_t i = 0; i < n && emit_ok(e); i++) {
		cJSON *object = cJSON_CreateObject();
		json_put(e, object, "what", json_cstr(changes[i].what));
		json_put(e, object, "a", json_cstr(changes[i].a));
		json_put(e, object, "b", json_cstr(changes[i].b));
		json_push(e, array, object);
	}
	return array;
}

/* Counts come as text; nothing there is none of them. */
static cJSON *count_item(const char *text)
{
	uint64_t n = 0;
	for (; text && *text >= '0' && *text <= '9'; text++)
		n = n * 10 + (uint64_t)(*text - '0');
	return text && *text ? json_cstr(text) : json_u64(n);
}

static cJSON *operators_item(emit *e, const oray_difference *d)
{
	cJSON *array = cJSON_CreateArray();
	for (size_t i = 0; i < d->n_operators && emit_ok(e); i++) {
		cJSON *object = cJSON_CreateObject();
		json_put(e, object, "op", json_cstr(d->operators[i].what));
		json_put(e, object, "a", count_item(d->operators[i].a));
		json_put(e, object, "b", count_item(d->operators[i].b));
		json_push(e, array, object);
	}
	return array;
}

static cJSON *both(emit *e, uint64_t a, uint64_t b)
{
	cJSON *object = cJSON_CreateObject();
	json_put(e, object, "a", json_u64(a));
	json_put(e, object, "b", json_u64(b));
	return object;
}

static cJSON *both_holey(emit *e, oray_count a, oray_count b)
{
	cJSON *object = cJSON_CreateObject();
	json_put_count(e, object, "a", a);
	json_put_count(e, object, "b", b);
	return object;
}

static cJSON *macs_item(emit *e, const oray_difference *d)
{
	oray_amount unknown = {0};
	cJSON *object = cJSON_CreateObject();
	amount_put(e, object, d->a, "a", "a", oray_model_is_inferred(d->a) ? d->macs_a : unknown);
	amount_put(e, object, d->b, "b", "b", oray_model_is_inferred(d->b) ? d->macs_b : unknown);
	return object;
}

static cJSON *type_item(int32_t type)
{
	const char *name = oray_type_name(type);
	return type == ORAY_UNDEFINED || !name ? cJSON_CreateNull() : json_cstr(name);
}

static cJSON *shape_item(const oray_model *model, oray_id value)
{
	oray_value v;
	oray_tensor t;
	if (oray_model_value(model, value, &v) && oray_model_tensor(model, v.initializer, &t))
		return json_dims(t.dims, t.n_dims);
	return cJSON_CreateNull();
}

static void put_fidelity(emit *e, cJSON *object, const oray_weight_pair *w)
{
	const oray_fidelity *f = &w->fidelity;
	bool m = w->measured, channels = m && f->axis >= 0;
#define NUMBER(is, x) ((is) ? json_float64(x) : cJSON_CreateNull())
	json_put(e, object, "elements", m ? json_u64(f->elements) : cJSON_CreateNull());
	json_put(e, object, "sqnr_db", NUMBER(m, f->sqnr_db));
	json_put(e, object, "mse", NUMBER(m, f->mse));
	json_put(e, object, "max_abs_error", NUMBER(m, f->max_abs_error));
	json_put(e, object, "max_abs", NUMBER(m, f->max_abs));
	json_put(e, object, "cosine", NUMBER(m, f->cosine));
	json_put(e, object, "relative_l2", NUMBER(m, f->relative_l2));
	json_put(e, object, "channel_axis", channels ? json_i64(f->axis) : cJSON_CreateNull());
	json_put(e, object, "worst_channel",
	         channels ? json_u64(f->worst_channel) : cJSON_CreateNull());
	json_put(e, object, "worst_channel_sqnr_db", NUMBER(channels, f->worst_sqnr_db));
	json_put(e, object, "identical", m ? cJSON_CreateBool(f->identical) : cJSON_CreateNull());
#undef NUMBER
}

static cJSON *weight_item(emit *e, const oray_difference *d, const oray_weight_pair *w)
{
	cJSON *object = cJSON_CreateObject();
	json_put(e, object, "a", json_text(w->name_a));
	json_put(e, object, "b", json_text(w->name_b));
	json_put(e, object, "role", json_cstr(oray_role_name(w->role)));
	json_put(e, object, "type_a", type_item(w->type_a));
	json_put(e, object, "type_b", type_item(w->type_b));
	json_put(e, object, "shape", shape_item(d->a, w->value_a));
	json_put_count(e, object, "bytes_a", w->bytes_a);
	json_put_count(e, object, "bytes_b", w->bytes_b);
	json_put(e, object, "matched_by", json_cstr(oray_match_name(w->matched_by)));
	json_put(e, object, "folded", cJSON_CreateBool(w->folded));
	put_fidelity(e, object, w);
	if (w->why)
		json_put(e, object, "why", json_cstr(w->why));
	return object;
}

static cJSON *label_item(const oray_model *model, oray_id node)
{
	return node == ORAY_NONE ? cJSON_CreateNull() : json_node_label(model, node);
}

static cJSON *op_item(const oray_model *model, oray_id node)
{
	return node == ORAY_NONE ? cJSON_CreateNull() : json_text(diff_op(model, node));
}

static cJSON *layer_item(emit *e, const diff_view *v, const oray_layer_pair *l)
{
	const oray_difference *d = v->d;
	bool paired = l->a != ORAY_NONE && l->b != ORAY_NONE;
	cJSON *object = cJSON_CreateObject(), *weights = cJSON_CreateArray();
	json_put(e, object, "a", label_item(d->a, l->a));
	json_put(e, object, "b", label_item(d->b, l->b));
	json_put(e, object, "matched_by",
	         paired ? json_cstr(oray_match_name(l->matched_by)) : cJSON_CreateNull());
	json_put(e, object, "op_a", op_item(d->a, l->a));
	json_put(e, object, "op_b", op_item(d->b, l->b));
	json_put(e, object, "changes", changes_item(e, l->changes, l->n_changes));
	for (size_t i = 0; i < l->n_weights && emit_ok(e); i++)
		json_push(e, weights, weight_item(e, d, &d->weights[l->weights[i]]));
	json_put(e, object, "weights", weights);
	if (!paired)
		json_put(e, object, "fate", json_cstr(l->fate));
	return object;
}

static cJSON *lone_item(emit *e, const oray_model *model, oray_id node, const char *fate)
{
	cJSON *object = cJSON_CreateObject();
	json_put(e, object, "name", json_node_label(model, node));
	json_put(e, object, "op", json_text(diff_op(model, node)));
	json_put(e, object, "fate", json_cstr(fate));
	return object;
}

/* ---------------------------------------------------------------------------- documents -- */

static void put_member(emit *e, const char *key, cJSON *item)
{
	emit_format(e, ",\n\"%s\":", key);
	json_write_row(e, item);
}

static void put_head(emit *e, const diff_view *v)
{
	const oray_difference *d = v->d;
	emit_str(e, "{\"schema\":1");
	put_member(e, "a", json_text(oray_model_describe(d->a)->path));
	put_member(e, "b", json_text(oray_model_describe(d->b)->path));
	put_member(e, "same", cJSON_CreateBool(d->same));
	put_member(e, "relation", json_cstr(oray_relation_name(d->relation)));
	put_member(e, "verdict", json_cstr(d->verdict));
	put_member(e, "header", changes_item(e, d->header, d->n_header));
	put_member(e, "interface", changes_item(e, d->interface, d->n_interface));
	put_member(e, "operators", operators_item(e, d));
	put_member(e, "parameters", both(e, d->parameters_a, d->parameters_b));
	put_member(e, "bytes", both_holey(e, d->bytes_a, d->bytes_b));
	put_member(e, "file_bytes", both(e, d->file_a, d->file_b));
	put_member(e, "macs", macs_item(e, d));
	put_member(e, "weight_tensors", both(e, d->weights_a, d->weights_b));
	put_member(e, "equal_layers", json_u64(d->n_equal));
	put_member(e, "worst_sqnr_db",
	           v->sum.worst == v->sum.worst ? json_float64(v->sum.worst) : cJSON_CreateNull());
}

/* Rows of pairs, or of the nodes that only one side has. */
static void put_layers(emit *e, const diff_view *v, const char *key, int side)
{
	const oray_difference *d = v->d;
	bool first = true;
	emit_format(e, ",\n\"%s\":[", key);
	for (size_t i = 0; i < d->n_layers && emit_ok(e); i++) {
		const oray_layer_pair *l = &d->layers[i];
		int is = l->b == ORAY_NONE ? 1 : l->a == ORAY_NONE ? 2 : 0;
		if (is != side)
			continue;
		emit_str(e, first ? "\n" : ",\n");
		first = false;
		json_write_row(e, side == 0   ? layer_item(e, v, l)
		                  : side == 1 ? lone_item(e, d->a, l->a, l->fate)
		                              : lone_item(e, d->b, l->b, l->fate));
	}
	emit_str(e, "]");
}

/* Pairs that no layer holds: weights of other things than layers. */
static void put_other_weights(emit *e, const diff_view *v)
{
	bool first = true;
	emit_str(e, ",\n\"other_weights\":[");
	for (size_t i = 0; i < v->d->n_weights && emit_ok(e); i++) {
		size_t owner = v->owner[i];
		if (owner != SIZE_MAX && v->d->layers[owner].a != ORAY_NONE &&
		    v->d->layers[owner].b != ORAY_NONE)
			continue;
		emit_str(e, first ? "\n" : ",\n");
		first = false;
		json_write_row(e, weight_item(e, v->d, &v->d->weights[i]));
	}
	emit_str(e, "]");
}

void diff_json(emit *e, diff_view *v, const oray_style *style)
{
	(void)style;
	put_head(e, v);
	put_layers(e, v, "layers", 0);
	put_layers(e, v, "only_a", 1);
	put_layers(e, v, "only_b", 2);
	put_other_weights(e, v);
	emit_str(e, "}\n");
}

void diff_ndjson(emit *e, diff_view *v, const oray_style *style)
{
	(void)style;
	for (size_t i = 0; i < v->d->n_layers && emit_ok(e); i++)
		json_write(e, layer_item(e, v, &v->d->layers[i]), false);
}
