/* SPDX-License-Identifier: Apache-2.0 */
/*
 * devices.c - how a model may be spread over devices: hints, kept as text to be shown.
 */
#include <string.h>

#include "base/buf.h"
#include "load/loader.h"

enum { NODE_CONFIGURATION_SHARDING = 2 };
enum { SHARDING_GROUPS = 3, SHARDING_DIMS = 4 };
enum { SHARDED_DIM_PARTS = 2 };

bool load_configuration(loader *l, uint32_t depth, range at)
{
	Onnx__DeviceConfigurationProto *p = walk_flat(l, KIND_CONFIGURATION, depth, at);
	if (!p)
		return false;
	oray_device_configuration *c = vec_push(&l->m->budget, &l->configurations);
	oray_id *names = arena_alloc(&l->m->arena, p->n_device * sizeof *names);
	if (!c || !names)
		return fail_memory(l, at.offset);
	for (size_t i = 0; i < p->n_device; i++)
		names[i] = loader_name(l, p->device[i]);
	*c = (oray_device_configuration){.name = loader_text(l, p->name),
	                                 .n_devices = p->has_num_devices ? p->num_devices : 0,
	                                 .n_names = p->n_device,
	                                 .names = names};
	loader_done(l);
	return l->status == ORAY_OK;
}

static void separate(buf *out, const char *separator)
{
	if (out->n)
		buf_str(out, separator);
}

static bool describe_part(loader *l, uint32_t depth, range at, buf *out)
{
	Onnx__SimpleShardedDimProto *p = walk_flat(l, KIND_SIMPLE_SHARDED_DIM, depth, at);
	if (!p)
		return false;
	if (p->has_num_shards)
		buf_format(out, " %lld shards", (long long)p->num_shards);
	if (p->dim_case == ONNX__SIMPLE_SHARDED_DIM_PROTO__DIM_DIM_VALUE)
		buf_format(out, " of %lld", (long long)p->dim_value);
	else if (p->dim_case == ONNX__SIMPLE_SHARDED_DIM_PROTO__DIM_DIM_PARAM) {
		buf_str(out, " of ");
		buf_printable(out, (const char *)p->dim_param.data, p->dim_param.len);
	}
	loader_done(l);
	return true;
}

static bool describe_dim(loader *l, uint32_t depth, range at, buf *out)
{
	size_t mark = l->children.n;
	walk_handler handler = {.child = walk_collect};
	Onnx__ShardedDimProto *p = walk(l, KIND_SHARDED_DIM, depth, &at, 1, &handler);
	if (!p)
		return false;
	separate(out, "; ");
	buf_format(out, "axis %lld =", p->has_axis ? (long long)p->axis : 0LL);
	loader_done(l);
	for (size_t i = mark; i < l->children.n; i++)
		if (l->children.at[i].number == SHARDED_DIM_PARTS &&
		    !describe_part(l, depth + 1, l->children.at[i].at, out))
			return false;
	l->children.n = mark;
	return true;
}

static void describe_numbers(const int64_t *at, size_t n, buf *out)
{
	for (size_t i = 0; i < n; i++)
		buf_format(out, "%s%lld", i ? "," : " ", (long long)at[i]);
}

static bool describe_group(loader *l, uint32_t depth, range at, buf *out)
{
	Onnx__IntIntListEntryProto *p = walk_flat(l, KIND_INT_LIST_ENTRY, depth, at);
	if (!p)
		return false;
	separate(out, "; ");
	buf_format(out, "group %lld = devices", p->has_key ? (long long)p->key : 0LL);
	describe_numbers(p->value, p->n_value, out);
	loader_done(l);
	return true;
}

static bool describe_sharding(loader *l, uint32_t depth, range at, oray_sharding *sharding,
                              buf *out)
{
	size_t mark = l->children.n;
	walk_handler handler = {.child = walk_collect};
	Onnx__ShardingSpecProto *p = walk(l, KIND_SHARDING, depth, &at, 1, &handler);
	if (!p)
		return false;
	sharding->tensor = loader_text(l, p->tensor_name);
	if (p->n_device) {
		buf_str(out, "devices");
		describe_numbers(p->device, p->n_device, out);
	}
	loader_done(l);
	bool ok = l->status == ORAY_OK;
	for (size_t i = mark; i < l->children.n && ok; i++) {
		child c = l->children.at[i];
		if (c.number == SHARDING_DIMS)
			ok = describe_dim(l, depth + 1, c.at, out);
		else if (c.number == SHARDING_GROUPS)
			ok = describe_group(l, depth + 1, c.at, out);
	}
	l->children.n = mark;
	return ok;
}

static bool push_sharding(loader *l, const oray_sharding *sharding)
{
	oray_sharding *kept = vec_push(&l->m->budget, &l->shardings);
	if (!kept)
		return fail_memory(l, ORAY_NO_OFFSET);
	*kept = *sharding;
	return true;
}

bool load_node_configuration(loader *l, uint32_t depth, range at)
{
	size_t mark = l->children.n, before = l->shardings.n;
	walk_handler handler = {.child = walk_collect};
	Onnx__NodeDeviceConfigurationProto *p =
	    walk(l, KIND_NODE_CONFIGURATION, depth, &at, 1, &handler);
	if (!p)
		return false;
	oray_sharding base = {.configuration = loader_text(l, p->configuration_id),
	                      .has_stage = p->has_pipeline_stage,
	                      .pipeline_stage = p->has_pipeline_stage ? p->pipeline_stage : 0,
	                      .tensor = {"", 0},
	                      .spec = {"", 0}};
	loader_done(l);
	bool ok = l->status == ORAY_OK;
	for (size_t i = mark; i < l->children.n && ok; i++) {
		if (l->children.at[i].number != NODE_CONFIGURATION_SHARDING)
			continue;
		oray_sharding s = base;
		buf spec = {0};
		ok = describe_sharding(l, depth + 1, l->children.at[i].at, &s, &spec);
		ProtobufCBinaryData text = {spec.n, (uint8_t *)spec.data};
		s.spec = loader_text(l, text);
		if (!buf_ok(&spec))
			ok = fail_memory(l, at.offset);
		buf_free(&spec);
		ok = ok && push_sharding(l, &s);
	}
	l->children.n = mark;
	if (ok && l->shardings.n == before)
		ok = push_sharding(l, &base);
	return ok;
}
