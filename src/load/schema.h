/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schema.h - what the walker knows about each message: taken from the very descriptors that
 * protobuf-c decodes with, so that the two cannot disagree.
 */
#ifndef LOAD_SCHEMA_H
#define LOAD_SCHEMA_H

#include <protobuf-c/protobuf-c.h>
#include <stdint.h>

/** Messages that are walked. */
typedef enum schema_kind {
	KIND_NONE,
	KIND_MODEL,
	KIND_GRAPH,
	KIND_NODE,
	KIND_ATTRIBUTE,
	KIND_TENSOR,
	KIND_SPARSE,
	KIND_VALUE_INFO,
	KIND_TYPE,
	KIND_TYPE_TENSOR,
	KIND_TYPE_SPARSE,
	KIND_TYPE_SEQUENCE,
	KIND_TYPE_OPTIONAL,
	KIND_TYPE_MAP,
	KIND_TYPE_OPAQUE,
	KIND_SHAPE,
	KIND_DIMENSION,
	KIND_FUNCTION,
	KIND_TRAINING,
	KIND_ANNOTATION,
	KIND_OPSET,
	KIND_PAIR,
	KIND_SEGMENT,
	KIND_CONFIGURATION,
	KIND_NODE_CONFIGURATION,
	KIND_SHARDING,
	KIND_SHARDED_DIM,
	KIND_SIMPLE_SHARDED_DIM,
	KIND_INT_LIST_ENTRY,
	N_KINDS
} schema_kind;

/** What to do with a field. */
enum {
	FIELD_UNKNOWN, /**< not in the standard we know: skip and count */
	FIELD_KEEP,    /**< small: give it to protobuf-c */
	FIELD_CHILD,   /**< a message of its own: give it to a handler */
	FIELD_BULK     /**< possibly huge: note where it is */
};

typedef struct schema_field {
	uint8_t action;
	uint8_t wire;     /**< wire type of one element */
	uint8_t child;    /**< schema_kind of a FIELD_CHILD */
	uint8_t repeated; /**< a list; numbers may come packed (wire type 2) */
	uint8_t width;    /**< bytes of one packed element; 0: varints; unused for bytes */
	const char *name;
} schema_field;

enum { SCHEMA_FIELDS = 32 };

typedef struct schema_message {
	const ProtobufCMessageDescriptor *descriptor;
	schema_field fields[SCHEMA_FIELDS]; /**< by number; higher numbers are unknown */
} schema_message;

typedef struct schema {
	schema_message messages[N_KINDS];
} schema;

/** The table, built on first use and shared. */
const schema *schema_get(void);

#endif
