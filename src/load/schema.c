/* SPDX-License-Identifier: Apache-2.0 */
#include "load/schema.h"

#include <pthread.h>

#include "load/wire.h"
#include "onnx.pb-c.h"

static const ProtobufCMessageDescriptor *const descriptors[N_KINDS] = {
    [KIND_MODEL] = &onnx__model_proto__descriptor,
    [KIND_GRAPH] = &onnx__graph_proto__descriptor,
    [KIND_NODE] = &onnx__node_proto__descriptor,
    [KIND_ATTRIBUTE] = &onnx__attribute_proto__descriptor,
    [KIND_TENSOR] = &onnx__tensor_proto__descriptor,
    [KIND_SPARSE] = &onnx__sparse_tensor_proto__descriptor,
    [KIND_VALUE_INFO] = &onnx__value_info_proto__descriptor,
    [KIND_TYPE] = &onnx__type_proto__descriptor,
    [KIND_TYPE_TENSOR] = &onnx__type_proto__tensor__descriptor,
    [KIND_TYPE_SPARSE] = &onnx__type_proto__sparse_tensor__descriptor,
    [KIND_TYPE_SEQUENCE] = &onnx__type_proto__sequence__descriptor,
    [KIND_TYPE_OPTIONAL] = &onnx__type_proto__optional__descriptor,
    [KIND_TYPE_MAP] = &onnx__type_proto__map__descriptor,
    [KIND_TYPE_OPAQUE] = &onnx__type_proto__opaque__descriptor,
    [KIND_SHAPE] = &onnx__tensor_shape_proto__descriptor,
    [KIND_DIMENSION] = &onnx__tensor_shape_proto__dimension__descriptor,
    [KIND_FUNCTION] = &onnx__function_proto__descriptor,
    [KIND_TRAINING] = &onnx__training_info_proto__descriptor,
    [KIND_ANNOTATION] = &onnx__tensor_annotation__descriptor,
    [KIND_OPSET] = &onnx__operator_set_id_proto__descriptor,
    [KIND_PAIR] = &onnx__string_string_entry_proto__descriptor,
    [KIND_SEGMENT] = &onnx__tensor_proto__segment__descriptor,
    [KIND_CONFIGURATION] = &onnx__device_configuration_proto__descriptor,
    [KIND_NODE_CONFIGURATION] = &onnx__node_device_configuration_proto__descriptor,
    [KIND_SHARDING] = &onnx__sharding_spec_proto__descriptor,
    [KIND_SHARDED_DIM] = &onnx__sharded_dim_proto__descriptor,
    [KIND_SIMPLE_SHARDED_DIM] = &onnx__simple_sharded_dim_proto__descriptor,
    [KIND_INT_LIST_ENTRY] = &onnx__int_int_list_entry_proto__descriptor,
};

/* The fields that hold weights, or lists as long as weights. */
static const struct {
	uint8_t kind, number;
} bulk[] = {
    {KIND_TENSOR, 4},    {KIND_TENSOR, 5},    {KIND_TENSOR, 6},    {KIND_TENSOR, 7},
    {KIND_TENSOR, 9},    {KIND_TENSOR, 10},   {KIND_TENSOR, 11},   {KIND_ATTRIBUTE, 4},
    {KIND_ATTRIBUTE, 7}, {KIND_ATTRIBUTE, 8}, {KIND_ATTRIBUTE, 9},
};

static const struct {
	uint8_t wire, width;
} encodings[] = {
    [PROTOBUF_C_TYPE_INT32] = {WIRE_VARINT, 0},     [PROTOBUF_C_TYPE_SINT32] = {WIRE_VARINT, 0},
    [PROTOBUF_C_TYPE_SFIXED32] = {WIRE_FIXED32, 4}, [PROTOBUF_C_TYPE_INT64] = {WIRE_VARINT, 0},
    [PROTOBUF_C_TYPE_SINT64] = {WIRE_VARINT, 0},    [PROTOBUF_C_TYPE_SFIXED64] = {WIRE_FIXED64, 8},
    [PROTOBUF_C_TYPE_UINT32] = {WIRE_VARINT, 0},    [PROTOBUF_C_TYPE_FIXED32] = {WIRE_FIXED32, 4},
    [PROTOBUF_C_TYPE_UINT64] = {WIRE_VARINT, 0},    [PROTOBUF_C_TYPE_FIXED64] = {WIRE_FIXED64, 8},
    [PROTOBUF_C_TYPE_FLOAT] = {WIRE_FIXED32, 4},    [PROTOBUF_C_TYPE_DOUBLE] = {WIRE_FIXED64, 8},
    [PROTOBUF_C_TYPE_BOOL] = {WIRE_VARINT, 0},      [PROTOBUF_C_TYPE_ENUM] = {WIRE_VARINT, 0},
    [PROTOBUF_C_TYPE_STRING] = {WIRE_BYTES, 0},     [PROTOBUF_C_TYPE_BYTES] = {WIRE_BYTES, 0},
    [PROTOBUF_C_TYPE_MESSAGE] = {WIRE_BYTES, 0},
};

static schema table;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static uint8_t kind_of(const void *descriptor)
{
	for (int k = KIND_MODEL; k < N_KINDS; k++)
		if (descriptors[k] == descriptor)
			return (uint8_t)k;
	return KIND_NONE;
}

static void build(void)
{
	for (int k = KIND_MODEL; k < N_KINDS; k++) {
		schema_message *m = &table.messages[k];
		m->descriptor = descriptors[k];
		for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
			const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];
			if (f->id >= SCHEMA_FIELDS)
				continue;
			bool message = f->type == PROTOBUF_C_TYPE_MESSAGE;
			m->fields[f->id] = (schema_field){
			    .action = message ? FIELD_CHILD : FIELD_KEEP,
			    .wire = encodings[f->type].wire,
			    .width = encodings[f->type].width,
			    .child = message ? kind_of(f->descriptor) : KIND_NONE,
			    .repeated = f->label == PROTOBUF_C_LABEL_REPEATED,
			    .name = f->name,
			};
		}
	}
	for (size_t i = 0; i < sizeof bulk / sizeof *bulk; i++)
		table.messages[bulk[i].kind].fields[bulk[i].number].action = FIELD_BULK;
}

const schema *schema_get(void)
{
	pthread_once(&once, build);
	return &table;
}
