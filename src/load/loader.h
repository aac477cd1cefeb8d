/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loader.h - the one pass over a file, shared by the files of this room.
 *
 *   walk.c      goes through the fields of one message, whatever its size
 *   graphs.c    model, graphs, functions, training: streamed child by child
 *   nodes.c     nodes, and node_attributes.c their attributes
 *   keep.c      texts, lists and segments, moved to the model
 *   tensors.c   tensors, sparse tensors, metadata
 *   types.c     value infos and types
 *   devices.c   device configurations and shardings
 *   locate.c    from a byte offset back to a path, for messages
 *
 * Every message is taken apart one level deep. Its small fields go to protobuf-c as a message of
 * their own; its children go to the function that knows them; its bulk fields are only noted. So
 * protobuf-c never recurses, never sees a weight, and never merges anything. Nodes, attributes,
 * tensors and value infos, which come by the hundred thousand, take their few fields themselves as
 * the walk meets them. Graphs inside nodes wait in a queue until the graph around them is done,
 * which keeps the nodes of each graph in one run and the C stack flat.
 */
#ifndef LOAD_LOADER_H
#define LOAD_LOADER_H

#include <onnxray/onnxray.h>

#include "base/mem.h"
#include "load/schema.h"
#include "load/window.h"
#include "load/wire.h"
#include "model/model.h"
#include "onnx.pb-c.h"

/** The largest depth limit that may be set. */
enum { LOADER_DEPTH_MOST = 1000 };

/** Slots for operators that were met last. */
enum { LOADER_RECENT = 64 };

/** Bytes of the file. A message may run past the end of a truncated one. */
typedef struct range {
	uint64_t offset, size;
} range;

/** A child message that was put aside. */
typedef struct child {
	uint32_t number;
	range at;
} child;

/** A graph or function that waits for its turn. */
typedef struct pending {
	oray_id graph;
	uint32_t depth;  /**< of its message */
	size_t first, n; /**< ranges in loader.ranges; a repeated singular field has several */
} pending;

typedef struct loader {
	oray_model *m;
	window window;
	const schema *schema;
	uint32_t max_depth, max_nodes;

	arena arena;                  /**< what protobuf-c decodes into; reset after each message */
	ProtobufCAllocator allocator; /**< for it */
	VEC(uint8_t) flat;            /**< kept fields of the messages being walked; a stack */
	VEC(child) children;          /**< a stack */
	VEC(model_segment) segments;  /**< a stack */
	VEC(oray_pair) pairs;         /**< a stack */
	VEC(oray_opset) opsets;       /**< a stack */
	VEC(oray_sharding) shardings;
	VEC(oray_device_configuration) configurations;
	VEC(model_dim) dims; /**< of the type being read; a stack */
	VEC(float) floats;   /**< of the attribute being read */
	VEC(int64_t) ints;
	model_id_list ids;                                   /**< a stack */
	model_id_list inputs, outputs, initializers, sparse; /**< of the graph being read */
	VEC(pending) queue;
	VEC(range) ranges;
	VEC(range) main_graph; /**< occurrences of ModelProto.graph */

	model_names names;
	oray_id no_name; /**< of the empty string, which most strings are */
	oray_id recent_ops[LOADER_RECENT]; /**< by name, modulo: any model_op */
	uint64_t unknown_fields;
	uint64_t n_training;
	bool is_model; /**< a field of a ModelProto was seen */
	bool has_graph;
	uint64_t declared_end; /**< largest end that a length in the file promises */
	bool truncated;

	oray_status status; /**< first failure; ORAY_OK so far */
	uint64_t error_offset;
	char error[256];
} loader;

/** Remembers a failure at a byte of the file. @return false, for `return fail(...)`. */
bool fail(loader *l, oray_status status, uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/** The same for memory: our limit, or the allocator. */
bool fail_memory(loader *l, uint64_t offset);

/* ----------------------------------------------------------------- walk.c */

/** Receives what walk() finds, in file order. Return false to give up (after fail()). */
typedef struct walk_handler {
	/** A child message of field `number`. `at` may run past the end of the file. */
	bool (*child)(loader *l, void *context, uint32_t number, range at);
	/** A bulk field, or one unpacked element of it. NULL: bulk fields are kept like the others. */
	bool (*bulk)(loader *l, void *context, const model_segment *segment);
	/**
	 * Any other known field, for messages that are many. NULL: protobuf-c decodes these.
	 * @param bytes  The payload; NULL for a varint, which is in the head.
	 */
	bool (*field)(loader *l, void *context, const wire_head *h, const uint8_t *bytes);
	void *context;
} walk_handler;

/**
 * Goes through a message that may come in several pieces.
 *
 * @param depth  Nesting of this message; the root has 0.
 * @return the kept fields, decoded; valid until loader_done(). NULL on failure. Something else when
 *         the handler takes the fields itself.
 */
void *walk(loader *l, schema_kind kind, uint32_t depth, const range *pieces, size_t n,
           const walk_handler *handler);

/** A message without children of interest in one piece. */
void *walk_flat(loader *l, schema_kind kind, uint32_t depth, range at);

/** Forgets what walk() returned. */
void loader_done(loader *l);

/** A child handler that puts children aside in loader.children. */
bool walk_collect(loader *l, void *context, uint32_t number, range at);

/**
 * The pieces of singular field `number` among children put aside since `mark`, moved to
 * loader.ranges; `*first` receives where. @return their number.
 */
size_t walk_pieces(loader *l, size_t mark, uint32_t number, size_t *first);

/** True when some of it lies behind the end of a truncated file; notes that. */
bool is_cut(loader *l, range at);

/** `size` bytes of the file in one piece: in the window, or copied to loader.flat. NULL: failed. */
const uint8_t *loader_bytes(loader *l, range at);

/* ----------------------------------------------------------------- keep.c */

/** The payload of a string field. */
static inline ProtobufCBinaryData wire_text(const wire_head *h, const uint8_t *bytes)
{
	return (ProtobufCBinaryData){(size_t)h->payload, (uint8_t *)bytes};
}

/** Id of a string; fails (ORAY_NONE) only with fail_memory(). */
oray_id loader_name(loader *l, ProtobufCBinaryData text);
oray_str loader_text(loader *l, ProtobufCBinaryData text);

/** Moves pairs since `mark` to the model. */
bool loader_keep_pairs(loader *l, size_t mark, const oray_pair **out, size_t *n);

/** A copy of a list of `n` elements of `size` bytes that lives with the model. */
bool loader_keep_list(loader *l, const void *data, size_t n, size_t size, const void **out);

/** Appends a piece of data to loader.segments; unpacked neighbours since `mark` become one piece.
 */
bool loader_add_segment(loader *l, size_t mark, const model_segment *s);

/* ---------------------------------------------------------------- rooms */

/** The model message; fills info, queues graphs, loads them. */
bool load_model(loader *l);

bool load_node(loader *l, oray_id graph, uint32_t depth, range at);
/** @param node  Owner, or ORAY_NONE for a function's default; then graphs in it are left out. */
bool load_attribute(loader *l, oray_id graph, oray_id node, uint32_t depth, range at);
/** @param out  Receives the tensor's id. */
bool load_tensor(loader *l, oray_id graph, oray_id node, uint32_t depth, const range *pieces,
                 size_t n, oray_id *out);
bool load_sparse(loader *l, oray_id graph, oray_id node, uint32_t depth, const range *pieces,
                 size_t n, oray_id *out);
bool load_pair(loader *l, uint32_t depth, range at);
bool load_opset(loader *l, uint32_t depth, range at);
bool load_value_info(loader *l, uint32_t depth, range at, model_declaration *out);
/** Type of the bytes; equal bytes give equal ids. */
bool load_type(loader *l, uint32_t depth, const range *pieces, size_t n, oray_id *out);
bool load_configuration(loader *l, uint32_t depth, range at);
bool load_node_configuration(loader *l, uint32_t depth, range at);
/** Puts a body in the queue. */
bool queue_graph(loader *l, oray_graph_role role, oray_id node, oray_id attribute, uint32_t nesting,
                 uint32_t depth, const range *pieces, size_t n, oray_id *out);

/** "graph.node[17].attribute[2].t": the innermost message that covers a byte. */
void locate(loader *l, uint64_t offset, char *out, size_t size);

#endif
