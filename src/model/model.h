/* SPDX-License-Identifier: Apache-2.0 */
/*
 * model.h - the read-only picture of a model: arrays, and integers that point into them.
 *
 * A name is a number in one string pool, an edge is the number of a value, a graph is a run of
 * nodes. The compact records here are what memory is spent on (one a node, a value, a tensor, an
 * attribute); what is rare (documentation, metadata, external data) lives in side arrays. The
 * public accessors in access.c unfold a record into the generous structs of onnxray.h.
 *
 * Loading fills the arrays in file order with names; model_link() then turns names into values.
 * After that nothing changes any more.
 */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include <onnxray/onnxray.h>

#include "base/mem.h"
#include "base/strings.h"

/** Where some bytes of a tensor or a long attribute list are. */
typedef struct model_segment {
	uint64_t offset; /**< in the file; of the payload, or of the first tag when not packed */
	uint64_t size;   /**< bytes */
	uint8_t field;   /**< number of the protobuf field */
	bool packed;     /**< payload without tags: raw bytes, or a packed list */
	bool cut;        /**< the file ends before it does */
} model_segment;

/** Text that few things have. */
typedef struct model_note {
	oray_id owner; /**< node, value or tensor, ascending within one list */
	oray_str doc;
	const oray_pair *metadata;
	size_t n_metadata;
	const oray_sharding *shardings; /**< nodes */
	size_t n_shardings;
	oray_str scale, zero_point; /**< values: quantization_annotation */
} model_note;

/** A dimension in eight bytes: a kind in the two highest bits, and 62 bits of what it is. */
typedef uint64_t model_dim;
enum {
	DIM_NUMBER, /**< the number itself */
	DIM_SYMBOL, /**< a string id */
	DIM_UNKNOWN,
	DIM_RARE /**< index in model.rare_dims: negative, beyond 62 bits, with a denotation */
};
#define MODEL_DIM(kind, bits) ((uint64_t)(kind) << 62 | (uint64_t)(bits))
#define MODEL_DIM_KIND(dim)   ((dim) >> 62)
#define MODEL_DIM_BITS(dim)   ((dim) & ((UINT64_C(1) << 62) - 1))

/** What only some types have. */
typedef struct model_type_extra {
	oray_id inner, denotation, domain, name; /**< a type and strings, or ORAY_NONE */
	int32_t key;
} model_type_extra;

typedef struct model_type {
	int32_t element;
	uint32_t dims, n_dims; /**< run in model.type_dims */
	oray_id extra;         /**< in model.type_extras, or ORAY_NONE */
	uint8_t kind;          /**< oray_kind */
	bool has_shape;
} model_type;

/** Same (domain, operator, overload): same record. */
typedef struct model_op {
	oray_id domain, name, overload;
	oray_id function; /**< local function of that key, or ORAY_NONE; set by model_link() */
} model_op;

typedef struct model_node {
	oray_id name, op, graph;
	uint32_t edges;    /**< first of its inputs in model.edges; its outputs follow */
	uint32_t n_inputs; /**< and model_n_outputs() */
	uint32_t attributes, n_attributes;
	uint64_t offset;
	uint32_t size; /**< UINT32_MAX: that or more */
} model_node;

enum {
	VALUE_INPUT = 1,
	VALUE_OUTPUT = 2,
	VALUE_UNDEFINED = 4,
	VALUE_FROM_NODE = 8,
	VALUE_FROM_TENSOR = 16,
	VALUE_FROM_SPARSE = 32
};

typedef struct model_value {
	oray_id name, graph, type;
	oray_id source;  /**< node, tensor or sparse tensor, as the flags say */
	uint32_t output; /**< which output of the node */
	uint32_t uses;   /**< run in model.uses, up to that of the next value */
	uint32_t flags;
} model_value;

/** What only some tensors have. */
typedef struct model_tensor_extra {
	const oray_pair *external;
	size_t n_external;
	bool is_external;
	const model_segment *segments; /**< all of them, when more than one */
	size_t n_segments;
} model_tensor_extra;

typedef struct model_tensor {
	oray_id name;
	oray_id owner; /**< of an attribute's tensor the node, else the graph */
	int32_t type;
	uint32_t dims;  /**< first in model.dims */
	uint32_t extra; /**< in model.extras, or ORAY_NONE */
	uint16_t n_dims;
	uint8_t data_field; /**< 0: no data in the file */
	bool data_packed : 1, data_cut : 1, of_node : 1;
	uint64_t offset;          /**< of its message */
	uint64_t data, data_size; /**< its only segment, if it has one */
} model_tensor;

typedef struct model_attribute {
	oray_id name;
	uint8_t type;   /**< oray_attribute_type */
	bool on_disk;   /**< v.segments instead of the list */
	uint32_t count; /**< list entries */
	oray_id note;   /**< in model.attribute_notes, or ORAY_NONE */
	union {
		float f;
		int64_t i;
		oray_id id; /**< string, tensor, graph, sparse, type */
		const float *floats;
		const int64_t *ints;
		const oray_id *ids;
		const struct model_list *list; /**< on_disk */
	} v;
} model_attribute;

/** Pieces of a list that stayed in the file. */
typedef struct model_list {
	size_t n_segments;
	model_segment segments[];
} model_list;

typedef struct model_attribute_note {
	oray_id reference, doc; /**< strings, or ORAY_NONE */
} model_attribute_note;

typedef VEC(model_note) model_notes;
typedef VEC(oray_id) model_id_list;

/** Blocks of memory that wait for the next reader of a tensor: getting them anew from the system,
 * page by page, costs as much as a tenth of the reading. Any thread takes and gives. */
enum { MODEL_SPARES = 4 };
typedef struct model_spares {
	_Atomic(void *) at[MODEL_SPARES]; /**< of base/heap.h, all of one size; or NULL */
} model_spares;

/** How values are read back from the file after loading; implemented by the load room. */
typedef struct model_source {
	int fd;
	uint64_t size;   /**< bytes that can be read from fd */
	char *directory; /**< of the model, for external data; malloc'ed */
	bool unsafe_external;
} model_source;

/** Data of a tensor that may steer a shape: bytes at hand while loading, kept for who asks. */
typedef struct model_small {
	oray_id tensor;
	uint32_t at; /**< in model.small_bytes; as many as the tensor's data_size */
} model_small;

/** What inference found out; filled by the infer room, absent until then. */
typedef struct model_inference {
	oray_id *types; /**< by value: in model.types, or ORAY_NONE */
	size_t n_types;
	uint64_t *costs; /**< by node: as the infer room writes numbers */
	size_t n_costs;
	void *state; /**< for formulas */
	void (*free_state)(void *state);
} model_inference;

/** How often a rule was broken, of a thorough model. */
typedef struct model_rule_count {
	const char *rule;
	uint64_t count;
	uint64_t marked; /**< the count at model_findings_mark() */
} model_rule_count;

struct oray_model {
	mem_budget budget;
	int64_t settled; /**< bytes of it that heap.h knows of */
	bool thorough; /**< oray_load_options.thorough */
	arena arena; /**< lists and texts that live as long as the model */
	strings strings;
	model_source source;
	model_spares *spares;
	oray_model_info info;

	VEC(oray_graph) graphs;
	VEC(oray_function) functions;
	VEC(model_op) ops;
	VEC(model_node) nodes;
	model_id_list edges; /**< names until model_link(), then values */
	VEC(model_value) values;
	model_id_list uses;
	VEC(model_type) types;
	VEC(model_dim) type_dims;
	VEC(oray_dim) rare_dims;
	VEC(model_type_extra) type_extras;
	VEC(model_tensor) tensors;
	VEC(model_tensor_extra) extras;
	VEC(int64_t) dims; /**< of tensors */
	VEC(model_small) small; /**< ascending by tensor */
	VEC(uint8_t) small_bytes;
	VEC(oray_sparse) sparse;
	VEC(model_attribute) attributes;
	VEC(model_attribute_note) attribute_notes;
	VEC(oray_finding) findings;
	VEC(model_rule_count) rule_counts;
	model_notes node_notes, value_notes, tensor_notes;
	uint64_t finding_counts[3];
	size_t marked_findings; /**< model_findings_mark() */
	uint64_t marked_counts[3];
	model_inference inference;

	strings op_keys;   /**< finds a model_op: same ids; freed by model_link() */
	strings type_keys; /**< finds a type by its bytes: same ids; freed before linking */
};

/** What a graph says about a value by name, until model_link() finds the value. */
typedef struct model_declaration {
	oray_id graph, name, type; /**< string and type ids; type may be ORAY_NONE */
	oray_id note;              /**< in declarations.notes, or ORAY_NONE */
} model_declaration;

/** Names to be linked: kept apart because they are not needed afterwards. */
typedef struct model_names {
	VEC(model_declaration) value_infos; /**< graph by graph, ascending */
	VEC(model_note) notes;              /**< doc and metadata of value infos, annotations */
	model_id_list input_types;          /**< per input of every graph, in order of graphs */
	model_id_list output_types;
} model_names;

/** Outputs of a node: what is left of its edges. */
static inline uint32_t model_n_outputs(const oray_model *m, oray_id node)
{
	const model_node *n = &m->nodes.at[node];
	size_t end = node + 1 < m->nodes.n ? n[1].edges : m->edges.n;
	return (uint32_t)(end - n->edges - n->n_inputs);
}

/** Uses of a value. */
static inline uint32_t model_n_uses(const oray_model *m, oray_id value)
{
	const model_value *v = &m->values.at[value];
	size_t end = value + 1 < m->values.n ? v[1].uses : m->uses.n;
	return (uint32_t)(end - v->uses);
}

/** A new, empty model; NULL when memory ran out. `limit`: bytes it may use. */
oray_model *model_new(uint64_t limit);

/** Tells heap.h what the model takes now: to be called when it has grown. */
void model_settle(oray_model *m);

/** Remembers a finding; the texts are made printable. Never fails: drops it when memory is short.
 */
void model_finding(oray_model *m, oray_severity severity, const char *rule, oray_place place,
                   const char *where, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/** Remembers which findings there are, and forgets all that came after. */
void model_findings_mark(oray_model *m);
void model_findings_return(oray_model *m);

/** Id of an operator type, added when new; ORAY_NONE when memory ran out. */
oray_id model_op_id(oray_model *m, oray_id domain, oray_id name, oray_id overload);

/** A copy of `n` ids that lives with the model; "" when n is 0; NULL when memory ran out. */
oray_id *model_ids(oray_model *m, const oray_id *ids, size_t n);

/**
 * Turns names into values: every graph's inputs, initializers and node outputs become values, every
 * name that a node reads is looked up from the inside out. Then use lists. Reports what does not
 * fit (undefined, defined twice, read before it is produced) as findings.
 * @return false when memory ran out.
 */
bool model_link(oray_model *m, const model_names *names);

/** The note of an owner, or NULL. */
const model_note *model_note_search(const model_notes *notes, oray_id owner);
static inline const model_note *model_note_find(const model_notes *notes, oray_id owner)
{
	return notes->n ? model_note_search(notes, owner) : NULL;
}

/** Bytes that elements of a type occupy; inexact when either is unknown. */
oray_count model_bytes(int32_t type, oray_count elements);

/**
 * Segments of a tensor's data: a borrowed list, or `one` filled from the record. Where they are of
 * several fields, raw_data counts, else the first one's field.
 */
const model_segment *model_segments(const oray_model *m, oray_id tensor, model_segment *one,
                                    size_t *n);

/** The bytes of a tensor's only segment where they were kept, or NULL. */
const uint8_t *model_small_data(const oray_model *m, oray_id tensor);

#endif
