/* SPDX-License-Identifier: Apache-2.0 */
/**
 * onnxray.h - look inside ONNX models from C and C++.
 *
 * A tour in the order you will need it:
 *
 *   1. versions and strings        oray_version(), oray_str, oray_printable()
 *   2. errors                      oray_status, oray_error
 *   3. open a model                oray_model_load(), oray_model_free()
 *   4. walk it                     oray_model_graph(), _node(), _value(), _tensor(), _attribute()
 *   5. read values                 oray_tensor_read()
 *   6. infer                       oray_model_infer(): shapes that nobody wrote down, and costs
 *   7. analyze                     oray_summarize(), oray_list_layers(), oray_list_parameters()
 *   8. weights                     oray_measure(), oray_compare_weights()
 *   9. quantization                oray_explain_quantization()
 *  10. differences                 oray_compare()
 *  11. check                       oray_check(), oray_rules()
 *  12. write it down               oray_write_*(), in any format of oray_formats()
 *
 * The whole of the smallest useful program:
 *
 *     oray_error err;
 *     oray_model *model;
 *     if (oray_model_load("model.onnx", NULL, &model, &err) != ORAY_OK) {
 *         fprintf(stderr, "%s\n", err.message);
 *         return 1;
 *     }
 *     oray_summary *s;
 *     if (oray_summarize(model, &s, &err) == ORAY_OK)
 *         printf("%" PRIu64 " parameters\n", s->parameters.total);
 *     oray_summary_free(s);
 *     oray_model_free(model);
 *
 * Rules that hold everywhere:
 *
 *   - A pointer that a function returns, or that a struct holds, is borrowed: it lives as long as
 *     the model (or the result it was found in). What arrives through a `**out` is yours to free
 *     with the function of the same noun. Freeing NULL is fine.
 *   - On failure `*out` is NULL unless its function says otherwise.
 *   - `err` may always be NULL.
 *   - A model is read-only once loaded, and inferred if you want that. Any number of threads may
 *     use it at the same time.
 *   - The library never prints, never exits, never changes the locale or the working directory.
 *   - Unknown is never zero: where a number may be unknown the type is oray_count, or a comment
 *     names the value that says so.
 */
#ifndef ONNXRAY_ONNXRAY_H
#define ONNXRAY_ONNXRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define ORAY_API      __attribute__((visibility("default")))
#define ORAY_MUST_USE __attribute__((warn_unused_result))
#else
#define ORAY_API
#define ORAY_MUST_USE
#endif

/* ------------------------------------------------------------------ 1. versions and strings -- */

/** Version of this header; compare with oray_version() to learn what was linked. */
#define ORAY_VERSION_MAJOR 0
#define ORAY_VERSION_MINOR 1
#define ORAY_VERSION_PATCH 0

/** Version of the library in use, "0.1.0". */
ORAY_API const char *oray_version(void);

/** Newest IR version and newest ai.onnx opset whose operators the library knows by name. */
#define ORAY_NEWEST_IR    14
#define ORAY_NEWEST_OPSET 28

/**
 * A string of a model. Models may put any byte into a name, NUL and invalid UTF-8 included, so the
 * size counts; a NUL that is not part of it follows all the same. Borrowed from the model.
 * An absent string is {"", 0}.
 */
typedef struct oray_str {
	const char *data;
	size_t size;
} oray_str;

/**
 * Writes text so that a terminal is safe with it: control characters, invisible ones and those that
 * turn the line become \x1b or \u{202e}, bytes that are no UTF-8 \xff, and a backslash in front of
 * what then reads as one of these is doubled.
 * @param out room for `room` bytes; cut at the end of a character, and terminated unless room is 0.
 * @return bytes that the whole takes without its terminator, as snprintf.
 */
ORAY_API size_t oray_printable(const char *text, size_t size, char *out, size_t room);

/** An index into one of the model's arrays. */
typedef uint32_t oray_id;

/** No such thing: no producer, no initializer, no parent. */
#define ORAY_NONE UINT32_MAX

/** A number that may have holes: exact, or known only in part. */
typedef struct oray_count {
	uint64_t value; /**< the known part; 0 when nothing is known */
	bool exact;     /**< false: some part is unknown, `value` is a lower bound */
} oray_count;

/* ------------------------------------------------------------------------------- 2. errors -- */

/** Why a call failed. oray_status_name() gives the lower-case word that JSON uses. */
typedef enum oray_status {
	ORAY_OK = 0,
	ORAY_ERR_MEMORY,    /**< the allocator said no */
	ORAY_ERR_LIMIT,     /**< a limit of oray_load_options was reached; raise it if you trust it */
	ORAY_ERR_IO,        /**< the file could not be opened or read */
	ORAY_ERR_NOT_ONNX,  /**< readable, but something else; the message names what it looks like */
	ORAY_ERR_MALFORMED, /**< ONNX with broken bytes; offset and where say which */
	ORAY_ERR_TRUNCATED, /**< the file ends early; the model holds what is there */
	ORAY_ERR_EXTERNAL,  /**< external data missing, too short, or refused for safety */
	ORAY_ERR_NOT_FOUND, /**< no node, tensor or function of that name */
	ORAY_ERR_USAGE,     /**< an argument makes no sense */
	ORAY_ERR_WRITE,     /**< the sink refused bytes */
	ORAY_ERR_TOOL       /**< cairo or dot is absent, failed, or ran out of its bounds */
} oray_status;

/** "ok", "memory", "limit", "io", "not_onnx", "malformed", "truncated", ... */
ORAY_API const char *oray_status_name(oray_status status);

/** oray_error.offset when no byte of the file is to blame. */
#define ORAY_NO_OFFSET UINT64_MAX

/**
 * What went wrong, for people and for programs. Filled by the lowest layer that knows. Texts are
 * valid UTF-8 without control bytes, whatever the model holds: safe to print.
 */
typedef struct oray_error {
	oray_status code;
	uint64_t offset;   /**< byte of the (decompressed) file, or ORAY_NO_OFFSET */
	char where[192];   /**< path in the model, "graph.node[17].attribute[2].t", or "" */
	char message[512]; /**< one sentence, no full stop, place included, file name not included */
} oray_error;

/* ------------------------------------------------------------------------------- 3. opening -- */

/** An open model. Opaque; everything else borrows from it. */
typedef struct oray_model oray_model;

/**
 * Limits and permissions. Start from oray_load_defaults(); NULL in a call means these. No honest
 * model meets the limits that hold by default. Meeting one is ORAY_ERR_LIMIT, with a message that
 * names the option of the program that raises it.
 */
typedef struct oray_load_options {
	/** Bytes that the model may occupy in memory, together with all that is made of it: inference,
	 *  lists, pictures, texts on their way out. Several open models share the sum of theirs. Without
	 *  the code itself, some 8 MiB, and what cairo and cgraph take (see the manual, LIMITS).
	 *  0: 16 x the file's bytes + 64 MiB. */
	uint64_t max_memory;
	/** Bytes a compressed model or a pipe may expand to on disk. 0: 64 GiB. A compressed file that
	 *  grows beyond 1 GiB is refused anyway when it is more than 200 times its size. */
	uint64_t max_spool;
	/** Nesting of protobuf messages; 0: 100, as the reference implementation. At most 1000. A graph
	 *  in a node is three deeper than the graph around it. */
	uint32_t max_depth;
	/** Nodes in all graphs of the model; 0: two million. */
	uint32_t max_nodes;
	/** Let external data be anywhere: outside the model's directory, behind links. Off by default:
	 *  a model from the network could otherwise name /etc/passwd as its weights. */
	bool unsafe_external;
	/** Note all that oray_check() can tell about the file and keep every finding, where otherwise
	 *  200 are kept and facts that only a check asks for are passed over. Takes time and memory. */
	bool thorough;
} oray_load_options;

ORAY_API oray_load_options oray_load_defaults(void);

/**
 * Opens a model and learns enough to describe it.
 *
 * The file is walked through a small window: weights stay on disk until somebody asks for their
 * values, so a model of 30 GB opens as quickly as its graph allows. External data is not opened.
 * The file stays open until the model is freed.
 *
 * @param path  A .onnx file, gzip-compressed or not. "-" is standard input, which is copied to an
 *              unlinked temporary file unless it can seek. External data is looked up beside it.
 * @param opts  NULL for the defaults.
 * @param out   Receives the model, to be released with oray_model_free(). NULL on failure, with
 *              one exception: on ORAY_ERR_TRUNCATED it holds the part of the model that is there,
 *              if that is worth looking at.
 * @return ORAY_OK, or the code also found in err->code.
 */
ORAY_API ORAY_MUST_USE oray_status oray_model_load(const char *path, const oray_load_options *opts,
                                                   oray_model **out, oray_error *err);

/** Releases a model and everything borrowed from it. */
ORAY_API void oray_model_free(oray_model *model);

/* ------------------------------------------------------------------------------- 4. walking -- */

/** Element types; the values are those of TensorProto.DataType. Others may occur in a file. */
typedef enum oray_type_id {
	ORAY_UNDEFINED = 0,
	ORAY_FLOAT32 = 1,
	ORAY_UINT8 = 2,
	ORAY_INT8 = 3,
	ORAY_UINT16 = 4,
	ORAY_INT16 = 5,
	ORAY_INT32 = 6,
	ORAY_INT64 = 7,
	ORAY_STRING = 8,
	ORAY_BOOL = 9,
	ORAY_FLOAT16 = 10,
	ORAY_FLOAT64 = 11,
	ORAY_UINT32 = 12,
	ORAY_UINT64 = 13,
	ORAY_COMPLEX64 = 14,
	ORAY_COMPLEX128 = 15,
	ORAY_BFLOAT16 = 16,
	ORAY_FLOAT8E4M3FN = 17,
	ORAY_FLOAT8E4M3FNUZ = 18,
	ORAY_FLOAT8E5M2 = 19,
	ORAY_FLOAT8E5M2FNUZ = 20,
	ORAY_UINT4 = 21,
	ORAY_INT4 = 22,
	ORAY_FLOAT4E2M1 = 23,
	ORAY_FLOAT8E8M0 = 24,
	ORAY_UINT2 = 25,
	ORAY_INT2 = 26,
	ORAY_FLOAT6E2M3 = 27,
	ORAY_FLOAT6E3M2 = 28,
	ORAY_N_TYPES
} oray_type_id;

/** "float32", "int4", ...; NULL for a number the standard does not know. */
ORAY_API const char *oray_type_name(int32_t type);

/** Bits of one element: 32, 4, ...; 0 for strings and unknown types, whose size is not fixed. */
ORAY_API uint32_t oray_type_bits(int32_t type);

/**
 * Bytes that `elements` elements occupy, packed types included: ceil(elements * bits / 8).
 * @return false when the type has no fixed size or the product overflows.
 */
ORAY_API bool oray_type_bytes(int32_t type, uint64_t elements, uint64_t *bytes);

/** A dimension: a number, a symbol such as "batch", or nothing at all. */
typedef struct oray_dim {
	enum { ORAY_DIM_UNKNOWN, ORAY_DIM_VALUE, ORAY_DIM_SYMBOL } kind;
	int64_t value;       /**< ORAY_DIM_VALUE; hostile files hold negative ones */
	oray_str symbol;     /**< ORAY_DIM_SYMBOL */
	oray_str denotation; /**< "DATA_BATCH" and the like, or empty */
} oray_dim;

/** The kind of thing a value is. */
typedef enum oray_kind {
	ORAY_KIND_UNKNOWN,
	ORAY_KIND_TENSOR,
	ORAY_KIND_SPARSE_TENSOR,
	ORAY_KIND_SEQUENCE,
	ORAY_KIND_OPTIONAL,
	ORAY_KIND_MAP,
	ORAY_KIND_OPAQUE
} oray_kind;

/** A type as the model declares it. */
typedef struct oray_type {
	oray_id id;
	oray_kind kind;
	int32_t element;     /**< tensors: oray_type_id, 0 when not said */
	int32_t key;         /**< maps: oray_type_id of the key */
	oray_id inner;       /**< sequences, optionals, maps: type of the element, or ORAY_NONE */
	bool has_shape;      /**< tensors: false is "unknown rank", true with n_dims 0 is a scalar */
	size_t n_dims;       /**< read them with oray_model_dim() */
	oray_str denotation; /**< "IMAGE" and the like, or empty */
	oray_str domain;     /**< opaque types */
	oray_str name;       /**< opaque types */
} oray_type;

/** A key and its value: metadata_props, as written, repeated keys included. */
typedef struct oray_pair {
	oray_str key;
	oray_str value;
} oray_pair;

/** An imported operator set. `domain` is "ai.onnx" for the default one. */
typedef struct oray_opset {
	oray_str domain;
	int64_t version;
} oray_opset;

/** A group of devices the model may be spread over (IR 11). */
typedef struct oray_device_configuration {
	oray_str name;
	int32_t n_devices;
	size_t n_names;
	const oray_id *names; /**< device names: oray_model_string() */
} oray_device_configuration;

/** The model's own words about itself, and about its file. */
typedef struct oray_model_info {
	oray_str path;        /**< as given to oray_model_load() */
	uint64_t file_bytes;  /**< as stored: compressed size for a .gz */
	uint64_t model_bytes; /**< as parsed: after decompression */
	bool compressed;
	bool truncated;         /**< the file ended early; counts cover what is there */
	uint64_t missing_bytes; /**< truncated: at least so many */
	int64_t ir_version;     /**< 0 when absent */
	int64_t model_version;
	bool has_model_version;
	oray_str producer;
	oray_str producer_version;
	oray_str domain;
	oray_str doc;
	size_t n_opsets;
	const oray_opset *opsets;
	size_t n_metadata;
	const oray_pair *metadata;
	size_t n_configurations;
	const oray_device_configuration *configurations;
	size_t n_training; /**< training_info entries; their graphs are among the graphs */
	size_t n_functions;
	size_t n_graphs;         /**< main graph (id 0) and every body, function and training graph */
	size_t n_nodes;          /**< in all graphs */
	size_t n_values;         /**< in all graphs */
	size_t n_tensors;        /**< initializers, attribute tensors, parts of sparse ones */
	uint64_t unknown_fields; /**< protobuf fields that are newer than this library, skipped */
} oray_model_info;

ORAY_API const oray_model_info *oray_model_describe(const oray_model *model);

/** Text of a string id; {"", 0} for ORAY_NONE. */
ORAY_API oray_str oray_model_string(const oray_model *model, oray_id string);

/** What a graph is there for. */
typedef enum oray_graph_role {
	ORAY_GRAPH_MAIN,
	ORAY_GRAPH_BODY,           /**< attribute of a node: an If branch, a Loop body */
	ORAY_GRAPH_FUNCTION,       /**< body of a model-local function */
	ORAY_GRAPH_INITIALIZATION, /**< training_info */
	ORAY_GRAPH_ALGORITHM       /**< training_info */
} oray_graph_role;

typedef struct oray_graph {
	oray_graph_role role;
	oray_str name;
	oray_str doc;
	oray_id parent_node; /**< bodies: the node that holds it, else ORAY_NONE */
	oray_id attribute;   /**< bodies: the attribute that holds it, else ORAY_NONE */
	oray_id function;    /**< function bodies: which, else ORAY_NONE */
	uint32_t depth;      /**< 0 for roots, 1 for a body in them, ... */
	oray_id first_node;  /**< nodes of a graph are numbered in one run */
	size_t n_nodes;
	size_t n_inputs;
	const oray_id *inputs; /**< values; those that also have an initializer included */
	size_t n_outputs;
	const oray_id *outputs;
	size_t n_initializers;
	const oray_id *initializers; /**< tensors, file order, repeated names included */
	size_t n_sparse;
	const oray_id *sparse; /**< sparse initializers: oray_model_sparse() */
	size_t n_metadata;
	const oray_pair *metadata;
	uint64_t offset; /**< of its message in the file */
} oray_graph;

/** Graph 0 is the main graph. @return NULL past the last. */
ORAY_API const oray_graph *oray_model_graph(const oray_model *model, oray_id graph);

/**
 * Path of a graph for people: "" for the main one, "If_3.then_branch", "fn:domain.name",
 * "training[0].algorithm"; bodies of bodies are joined with "/".
 * @param buf  Receives at most `size` bytes, terminated, escaped for printing.
 * @return the length it would have had, as snprintf.
 */
ORAY_API size_t oray_graph_path(const oray_model *model, oray_id graph, char *buf, size_t size);

/** A function that the model defines. Its body is `graph`. */
typedef struct oray_function {
	oray_str name;
	oray_str domain;
	oray_str overload;
	oray_str doc;
	oray_id graph;
	size_t n_attributes;
	const oray_id *attributes; /**< names of attributes without default: oray_model_string() */
	oray_id first_default;     /**< attributes with default are numbered in one run */
	size_t n_defaults;
	size_t n_opsets;
	const oray_opset *opsets;
	size_t n_metadata;
	const oray_pair *metadata;
} oray_function;

ORAY_API const oray_function *oray_model_function(const oray_model *model, oray_id function);

/** How one tensor of a node is split over devices (IR 11). Kept as text, since it is a hint. */
typedef struct oray_sharding {
	oray_str configuration; /**< id of the oray_device_configuration */
	bool has_stage;
	int32_t pipeline_stage;
	oray_str tensor; /**< empty: the node only names configuration and stage */
	oray_str spec;   /**< "devices 0,1; axis 0 = 2 shards", made by the library */
} oray_sharding;

typedef struct oray_node {
	oray_str name;   /**< often empty; oray_node_label() always gives something */
	oray_str op;     /**< operator type */
	oray_str domain; /**< "ai.onnx" for the default one */
	oray_str overload;
	oray_str doc;
	oray_id op_type; /**< same (domain, op, overload): same number */
	oray_id graph;
	oray_id function; /**< the model-local function it calls, else ORAY_NONE */
	size_t n_inputs;
	const oray_id *inputs; /**< values; ORAY_NONE where an optional input is left out */
	size_t n_outputs;
	const oray_id *outputs; /**< values; ORAY_NONE where an optional output is left out */
	oray_id first_attribute;
	size_t n_attributes;
	size_t n_metadata;
	const oray_pair *metadata;
	size_t n_shardings;
	const oray_sharding *shardings;
	uint64_t offset; /**< of its message in the file, and its size */
	uint64_t size;
} oray_node;

/** @return false past the last node; `out` is then untouched. */
ORAY_API bool oray_model_node(const oray_model *model, oray_id node, oray_node *out);

/**
 * A name for people: the node's own, else "Op_17" made of operator and index in its graph.
 * Escaped for printing. @return the length it would have had, as snprintf.
 */
ORAY_API size_t oray_node_label(const oray_model *model, oray_id node, char *buf, size_t size);

/** Something that flows: a graph input, an initializer, an output of a node. */
typedef struct oray_value {
	oray_str name;
	oray_id graph;            /**< where it is defined */
	oray_id producer;         /**< node, else ORAY_NONE */
	uint32_t producer_output; /**< which output of it */
	oray_id initializer;      /**< tensor that gives it, else ORAY_NONE */
	oray_id sparse;           /**< sparse initializer that gives it, else ORAY_NONE */
	bool is_input;            /**< of its graph */
	bool is_output;           /**< of its graph */
	bool is_undefined;        /**< somebody reads it, nobody defines it */
	oray_id type;             /**< as declared: oray_model_type(), ORAY_NONE when nothing is said */
	oray_id inferred; /**< as inferred, where that said something; otherwise as declared. Of an
	                       initializer the tensor says it */
	size_t n_uses;
	const oray_id *uses; /**< nodes that read it, in any graph; twice if it is read twice */
	oray_str doc;
	size_t n_metadata;
	const oray_pair *metadata;
	oray_str scale;      /**< quantization_annotation: names of scale and zero point tensors, */
	oray_str zero_point; /**< empty where there is none */
} oray_value;

ORAY_API bool oray_model_value(const oray_model *model, oray_id value, oray_value *out);

/** @return false for ORAY_NONE or past the last; `out` is then untouched. */
ORAY_API bool oray_model_type(const oray_model *model, oray_id type, oray_type *out);

/** Dimension `index` of a type; an unknown one past the last. */
ORAY_API oray_dim oray_model_dim(const oray_model *model, oray_id type, size_t index);

/** Where the bytes of a tensor are. */
typedef enum oray_storage {
	ORAY_STORAGE_NONE,    /**< no data at all: an empty tensor, or a broken one */
	ORAY_STORAGE_RAW,     /**< raw_data */
	ORAY_STORAGE_TYPED,   /**< float_data, int32_data, ... */
	ORAY_STORAGE_EXTERNAL /**< another file */
} oray_storage;

typedef struct oray_tensor {
	oray_str name;
	int32_t type; /**< oray_type_id, or a number the standard does not know */
	size_t n_dims;
	const int64_t *dims;
	oray_count elements; /**< product of dims; inexact when negative or overflowing */
	oray_count bytes;    /**< elements x bits, packed; inexact for strings and unknown types */
	oray_storage storage;
	uint64_t stored_bytes; /**< bytes of data found in the model file; 0 for external */
	bool size_mismatch;    /**< raw_data or typed field holds too few or too many bytes for dims */
	bool incomplete;       /**< cut off by the end of a truncated file */
	oray_id graph;         /**< initializers: theirs; attribute tensors: that of their node */
	oray_id node;          /**< attribute tensors: the node, else ORAY_NONE */
	oray_str location;     /**< external: file, as written */
	bool has_offset;       /**< external: offset and length, when given and valid */
	uint64_t offset;
	bool has_length;
	uint64_t length;
	size_t n_external;
	const oray_pair *external; /**< external: all keys as written */
	oray_str doc;
	size_t n_metadata;
	const oray_pair *metadata;
	uint64_t file_offset; /**< of its message in the file */
} oray_tensor;

ORAY_API bool oray_model_tensor(const oray_model *model, oray_id tensor, oray_tensor *out);

/** A sparse tensor: NNZ values, their indices, and the shape it stands for. */
typedef struct oray_sparse {
	oray_id values;  /**< tensor [NNZ]; its name is the name of a sparse initializer; ORAY_NONE when
	                      absent */
	oray_id indices; /**< tensor int64 [NNZ] or [NNZ, rank]; ORAY_NONE when absent */
	size_t n_dims;
	const int64_t *dims;
	oray_count elements; /**< product of dims: the dense size */
} oray_sparse;

ORAY_API bool oray_model_sparse(const oray_model *model, oray_id sparse, oray_sparse *out);

/** Attribute types; the values are those of AttributeProto.AttributeType. */
typedef enum oray_attribute_type {
	ORAY_ATTR_UNDEFINED = 0,
	ORAY_ATTR_FLOAT,
	ORAY_ATTR_INT,
	ORAY_ATTR_STRING,
	ORAY_ATTR_TENSOR,
	ORAY_ATTR_GRAPH,
	ORAY_ATTR_FLOATS,
	ORAY_ATTR_INTS,
	ORAY_ATTR_STRINGS,
	ORAY_ATTR_TENSORS,
	ORAY_ATTR_GRAPHS,
	ORAY_ATTR_SPARSE_TENSOR,
	ORAY_ATTR_SPARSE_TENSORS,
	ORAY_ATTR_TYPE_PROTO,
	ORAY_ATTR_TYPE_PROTOS
} oray_attribute_type;

/**
 * An attribute of a node. Which member of the union counts follows from `type`; IR 1 files say no
 * type, then it is taken from the field that is set.
 */
typedef struct oray_attribute {
	oray_str name;
	oray_attribute_type type;
	oray_str reference; /**< in functions: the function's attribute it stands for, or empty */
	oray_str doc;
	size_t count;          /**< lists: number of entries; single values: 1 */
	bool on_disk;          /**< a long list or text left in the file: oray_attribute_read() */
	uint64_t stored_bytes; /**< on_disk: bytes it takes there; for a STRING its length */
	union {
		float f;
		int64_t i;
		oray_str s;
		oray_id id; /**< tensor, graph, sparse tensor or type */
		const float *floats;
		const int64_t *ints;
		const oray_id *ids; /**< strings (oray_model_string), tensors, graphs, sparse, types */
	} v;
} oray_attribute;

ORAY_API bool oray_model_attribute(const oray_model *model, oray_id attribute, oray_attribute *out);

/** What a name may refer to. */
typedef struct oray_ref {
	enum { ORAY_REF_NODE, ORAY_REF_VALUE, ORAY_REF_FUNCTION, ORAY_REF_GRAPH } what;
	oray_id id;
} oray_ref;

/**
 * All things of a name: nodes first, then values, functions and graphs, each in file order. A node
 * also answers to its label ("Conv_17"), to its label with the graph's path before it, and to
 * "#17", its index in the main graph.
 * @param out  Receives at most `capacity` refs; may be NULL when capacity is 0.
 * @return how many there are.
 */
ORAY_API size_t oray_model_find(const oray_model *model, oray_str name, oray_ref *out,
                                size_t capacity);

/* ---------------------------------------------------------------------------- 5. values -- */

/** One element, wide enough for all: look at the member that the tensor's type asks for. */
typedef union oray_element {
	double f;   /**< floating types, exactly */
	int64_t i;  /**< signed integers */
	uint64_t u; /**< unsigned integers and bool */
	struct {
		double re, im;
	} c;        /**< complex */
	oray_str s; /**< strings; valid until the next read by this thread */
} oray_element;

/**
 * Reads `count` elements from element `first` on, whatever their storage: raw, typed, external,
 * packed.
 *
 * @param first, count  In logical elements, row-major. Past the end reads fewer.
 * @param out    `count` elements.
 * @param n_read Receives how many were read.
 * @return ORAY_OK; ORAY_ERR_EXTERNAL when the file beside the model is missing, too short or not
 *         allowed; ORAY_ERR_MALFORMED when the data cannot be what dims and type say.
 */
ORAY_API ORAY_MUST_USE oray_status oray_tensor_read(const oray_model *model, oray_id tensor,
                                                    uint64_t first, size_t count, oray_element *out,
                                                    size_t *n_read, oray_error *err);

/** Receives elements in order; they are gone after the call. @return 0 to go on. */
typedef int (*oray_visit)(void *context, const oray_element *elements, size_t n);

/**
 * Reads all elements from front to back, each byte once, in pieces: for tensors of any size, where
 * reading piece after piece with oray_tensor_read() would begin anew each time if entries of a typed
 * field have to be counted through.
 * @param visit  Ends the walk with ORAY_OK when it returns something else than 0.
 * @return as oray_tensor_read(); ORAY_ERR_USAGE for strings, complex numbers and unknown types.
 */
ORAY_API ORAY_MUST_USE oray_status oray_tensor_walk(const oray_model *model, oray_id tensor,
                                                    oray_visit visit, void *context,
                                                    oray_error *err);

/**
 * As oray_tensor_read(), for a list attribute (FLOATS, INTS, STRINGS) or a text, in memory or left
 * in the file.
 */
ORAY_API ORAY_MUST_USE oray_status oray_attribute_read(const oray_model *model, oray_id attribute,
                                                       uint64_t first, size_t count,
                                                       oray_element *out, size_t *n_read,
                                                       oray_error *err);

/* ------------------------------------------------------------------------- 6. inference -- */

/** How the cost of a node is counted. The manual says what each of them includes. */
typedef enum oray_counting {
	ORAY_COUNT_MACS, /**< multiply-accumulates of layers, matrix products and attention */
	ORAY_COUNT_FLOPS,
	ORAY_COUNT_TORCHVISION,
	ORAY_COUNT_FVCORE,
	ORAY_COUNT_THOP,
	ORAY_COUNT_ONNX_TOOL,
	ORAY_N_COUNTINGS
} oray_counting;

/** "macs", "flops", "torchvision", "fvcore", "thop", "onnx-tool". */
ORAY_API const char *oray_counting_name(oray_counting counting);

/** A symbol and the number it stands for: batch = 4. */
typedef struct oray_dim_value {
	const char *name;
	int64_t value;
} oray_dim_value;

/** The shape of an input, in place of what the model declares. */
typedef struct oray_input_shape {
	const char *name;
	size_t n_dims;
	const int64_t *dims; /**< -1: as declared */
} oray_input_shape;

/** An array from a file of its own. */
typedef struct oray_array {
	int32_t type; /**< oray_type_id */
	size_t n_dims;
	const int64_t *dims;
	size_t n;                     /**< elements in `at` */
	const union oray_element *at; /**< row-major; NULL for more than 65,536, for strings, complex */
} oray_array;

/**
 * Reads a .npy file, or a file that is one TensorProto. Files above 64 MiB are refused.
 * @param out  To be released with oray_array_free(). NULL on failure.
 */
ORAY_API ORAY_MUST_USE oray_status oray_array_load(const char *path, oray_array **out,
                                                   oray_error *err);
ORAY_API void oray_array_free(oray_array *array);

/** The contents of an input, taken as a constant. */
typedef struct oray_input_value {
	const char *name;
	int32_t type; /**< oray_type_id */
	size_t n_dims;
	const int64_t *dims;
	size_t n;                     /**< elements that are given: all, or none when there are many */
	const union oray_element *at; /**< row-major */
} oray_input_value;

/** What the user knows better than the model. */
typedef struct oray_infer_options {
	size_t n_dims;
	const oray_dim_value *dims;
	size_t n_shapes;
	const oray_input_shape *shapes;
	size_t n_values;
	const oray_input_value *values;
	oray_counting counting;
} oray_infer_options;

/**
 * Finds out the shapes of all values, and what each node costs. From then on oray_value.inferred
 * tells them, and contradictions are among the findings. Call it once, before threads share the
 * model. It never fails because of the model: what cannot be known stays unknown.
 * @param opts  NULL: nothing is known better.
 * @return ORAY_OK; ORAY_ERR_USAGE for a name that the model has not; ORAY_ERR_MEMORY.
 */
ORAY_API ORAY_MUST_USE oray_status oray_model_infer(oray_model *model,
                                                    const oray_infer_options *opts,
                                                    oray_error *err);

/** True when oray_model_infer() was called. */
ORAY_API bool oray_model_is_inferred(const oray_model *model);

/** A number that may depend on symbols: 4089184256, or 12*batch*seq^2 + 400. */
typedef struct oray_amount {
	uint64_t value;   /**< the part without symbols */
	uint64_t formula; /**< the part with symbols: oray_amount_text(). 0: there is none */
	bool exact;       /**< false: some part is unknown as well */
} oray_amount;

/** True for one plain number. */
static inline bool oray_amount_is_number(oray_amount a)
{
	return a.exact && !a.formula;
}

ORAY_API oray_amount oray_amount_add(const oray_model *model, oray_amount a, oray_amount b);
ORAY_API oray_amount oray_amount_times(const oray_model *model, oray_amount a, uint64_t factor);

/**
 * "400", "12*batch*seq^2+400"; the known part only, when some part is unknown. Names are as in the
 * model, whatever bytes are in them.
 * @return the length it would have had, as snprintf.
 */
ORAY_API size_t oray_amount_text(const oray_model *model, oray_amount amount, char *buf,
                                 size_t size);

/** Size of an amount where every symbol stands for `symbols`: to compare formulas. */
ORAY_API double oray_amount_at(const oray_model *model, oray_amount amount, int64_t symbols);

/**
 * What a node costs in one run of the model, with all its executions: those of an If cost the
 * larger branch (the one that is taken, when that is known), those of a Loop as many iterations
 * as it has, those of a call its body.
 * @return false when the operator is none that costs, or nothing was inferred.
 */
ORAY_API bool oray_node_cost(const oray_model *model, oray_id node, oray_amount *out);

/** Bytes of a value, from its inferred type; symbols allowed. Inexact when unknown. */
ORAY_API oray_amount oray_value_bytes(const oray_model *model, oray_id value);

/* ---------------------------------------------------------------------------- 7. analyses -- */

/** What a parameter is for. An element belongs to exactly one. */
typedef enum oray_role {
	ORAY_ROLE_WEIGHT,
	ORAY_ROLE_BIAS,
	ORAY_ROLE_NORM,           /**< learned scale and shift of normalisations */
	ORAY_ROLE_NORM_STATISTIC, /**< running mean and variance */
	ORAY_ROLE_EMBEDDING,
	ORAY_ROLE_QUANTIZATION,   /**< scales and zero points */
	ORAY_ROLE_SHAPE_CONSTANT, /**< shapes, axes, slices, pads */
	ORAY_ROLE_OTHER,          /**< read by something that gives no hint, or by nobody */
	ORAY_N_ROLES
} oray_role;

/** "weight", "norm_statistic", ... as in JSON. */
ORAY_API const char *oray_role_name(oray_role role);

/** Elements and bytes of one role or type. */
typedef struct oray_share {
	uint64_t elements;
	oray_count bytes;
	size_t tensors;
} oray_share;

/**
 * Where the parameters are. Every stored tensor is counted once, in one role: initializers, tensors
 * of Constant nodes, sparse initializers (dense size), in all graphs but training ones, and the
 * output of ConstantOfShape with a constant shape where a compute node uses it as a weight.
 */
typedef struct oray_parameters {
	uint64_t total;        /**< elements of weight + bias + norm + embedding */
	oray_count bytes;      /**< of those */
	uint64_t all_elements; /**< every role: the column's sum */
	oray_count all_bytes;
	uint64_t initializer_elements; /**< main graph's initializers, product of dims: a naive count */
	bool overflow;                 /**< some dims were negative or too large: not in the sums */
	oray_share by_role[ORAY_N_ROLES];
	oray_share by_type[ORAY_N_TYPES]; /**< weight, bias, norm and embedding, by element type */
	uint64_t shared;                  /**< elements of `total` that more than one node reads */
	uint64_t unused;                  /**< elements of tensors that nobody reads */
	size_t unused_tensors;
	uint64_t training; /**< elements of the initializers of training graphs, apart */
} oray_parameters;

/** A count of one operator over all graphs. */
typedef struct oray_operator {
	oray_str domain;
	oray_str op;
	oray_id example; /**< one node of it */
	uint64_t count;
	const char *category; /**< "layer", "activation", ...: ops categories */
} oray_operator;

/** How bad a finding is. */
typedef enum oray_severity { ORAY_INFO, ORAY_WARNING, ORAY_ERROR } oray_severity;

/** What a finding is about. Zeroed: the model as a whole. */
typedef struct oray_place {
	enum {
		ORAY_PLACE_MODEL,
		ORAY_PLACE_GRAPH,
		ORAY_PLACE_FUNCTION,
		ORAY_PLACE_NODE,
		ORAY_PLACE_VALUE,
		ORAY_PLACE_TENSOR /**< an initializer, or the tensor of an attribute */
	} what;
	oray_id id; /**< of it; 0 for the model */
} oray_place;

/** Something questionable about a model. Not a failure. */
typedef struct oray_finding {
	oray_severity severity;
	const char *rule;    /**< "undefined-input": stable, for scripts; see oray_rules() */
	const char *where;   /**< path or name, escaped for printing */
	const char *message; /**< one sentence, escaped for printing */
	const char *hint;    /**< what to do about it; NULL: nothing is said */
	uint64_t offset;     /**< byte of the (decompressed) file, or ORAY_NO_OFFSET */
	oray_place place;
	/** Of oray_check(): the same as long as the finding is, also when nodes are put in or taken out
	 *  elsewhere. Printable, without tabs. NULL from others. */
	const char *fingerprint;
} oray_finding;

/** What was noticed while loading and inferring. At most 200 are kept, unless the load options ask
 *  for all; the counts are complete. */
ORAY_API const oray_finding *oray_model_findings(const oray_model *model, size_t *n,
                                                 uint64_t counts[3]);

/** How a model is quantized, in one word. */
typedef enum oray_scheme {
	ORAY_SCHEME_NONE,
	ORAY_SCHEME_QDQ,
	ORAY_SCHEME_QOPERATOR,
	ORAY_SCHEME_DYNAMIC,
	ORAY_SCHEME_WEIGHT_ONLY,
	ORAY_SCHEME_FAKE,
	ORAY_SCHEME_MIXED
} oray_scheme;

ORAY_API const char *oray_scheme_name(oray_scheme scheme);

/** Examples that a summary names. */
#define ORAY_EXAMPLES 4

/** Everything `onnxray summary` prints. */
typedef struct oray_summary {
	const oray_model *model;
	size_t nodes;        /**< main graph */
	size_t nodes_total;  /**< main graph, bodies, functions, once each; not training */
	size_t subgraphs;    /**< bodies */
	size_t initializers; /**< main graph, sparse ones included */
	size_t n_inputs;
	const oray_id *inputs; /**< main graph, without those that only name an initializer */
	size_t n_outputs;
	const oray_id *outputs;
	size_t n_operators;
	const oray_operator *operators; /**< most frequent first, then by name */
	oray_parameters parameters;
	uint64_t external_bytes; /**< as declared by shapes and lengths; no file is looked at */
	size_t n_external_files;
	const oray_str *external_files;
	struct {
		oray_amount macs;          /**< of one run; inexact when the cost of some node is unknown */
		size_t macs_nodes;         /**< nodes of all graphs with a cost of their own that is known */
		size_t macs_unknown_nodes; /**< ... that is unknown; operators that nobody knows included */
		size_t n_unknown_ops;      /**< distinct operators of these, at most ORAY_EXAMPLES */
		oray_id unknown_ops[ORAY_EXAMPLES]; /**< a node of each */
		oray_amount peak; /**< bytes of activations alive at the worst moment; inexact: unknown */
		oray_id peak_node; /**< when that is; ORAY_NONE when unknown */
	} compute;
	struct {
		size_t values;     /**< outputs of nodes in main graph, bodies and functions */
		size_t known;      /**< every dimension a number */
		size_t symbolic;   /**< rank known, some dimension a symbol or unknown */
		size_t unknown;    /**< sequences and the like count by what they hold, maps are known */
		size_t n_culprits; /**< nodes that know their inputs in full, but not their outputs */
		oray_id culprits[ORAY_EXAMPLES]; /**< the first of them */
	} shapes;
	struct {
		oray_scheme scheme;
		double node_coverage;      /**< share of compute nodes, 0..1; NAN: unknown */
		double parameter_coverage; /**< share of parameters, 0..1; NAN: unknown */
	} quantization;
	uint64_t findings[3]; /**< by oray_severity */
} oray_summary;

ORAY_API ORAY_MUST_USE oray_status oray_summarize(const oray_model *model, oray_summary **out,
                                                  oray_error *err);
ORAY_API void oray_summary_free(oray_summary *summary);

/** One node as a row of a table. */
typedef struct oray_layer {
	oray_id node;
	size_t index; /**< in its graph */
	oray_id graph;
	oray_str scope;      /**< module path "layer1.0/conv1", see oray_list_layers() */
	uint64_t parameters; /**< weight, bias, norm, embedding elements it reads */
	oray_count parameter_bytes;
	bool shared; /**< a parameter of it is counted at an earlier row */
	oray_amount macs;   /**< over all executions in one run */
	bool counts_macs;   /**< an operator that has MACs at all, or holds some */
	oray_amount memory; /**< bytes of its outputs */
	oray_amount live;   /**< bytes of activations alive while it runs; unknown in bodies */
	oray_amount moved;  /**< bytes of its inputs, weights and outputs */
} oray_layer;

/** Which rows, and how. */
typedef struct oray_layer_options {
	bool all;         /**< bodies and functions too; otherwise the main graph */
	const char *op;   /**< glob on the operator ("Conv*"), or NULL */
	const char *name; /**< glob on the label, or NULL */
} oray_layer_options;

typedef struct oray_layers {
	const oray_model *model;
	size_t n;
	const oray_layer *rows; /**< graph order */
	size_t n_total;         /**< nodes looked at, before the globs */
	uint64_t parameters;    /**< sum of the rows, shared ones once */
	oray_count parameter_bytes;
	oray_amount macs;   /**< sum; but all graphs, and no glob: one run, where of the branches of an
	                         If only one counts */
	oray_amount memory; /**< sum */
	oray_amount peak;   /**< largest live set of the whole main graph */
	bool branches;      /**< `macs` is not the sum of the rows, for that reason */
} oray_layers;

/**
 * Lists nodes in graph order. Without bodies and functions, the nodes that hold or call them cost
 * what is inside; with them these nodes cost nothing, since what is inside has rows.
 *
 * The scope of a node is found from names: its own up to the last "/",
 * or the namespace an exporter wrote into metadata ("pkg.torch.onnx.namespace",
 * "pkg.torch.onnx.name_scopes").
 * @param opts NULL: the main graph, all nodes.
 */
ORAY_API ORAY_MUST_USE oray_status oray_list_layers(const oray_model *model,
                                                    const oray_layer_options *opts,
                                                    oray_layers **out, oray_error *err);
ORAY_API void oray_layers_free(oray_layers *layers);

/** How a parameter is stored, finer than oray_storage. */
typedef enum oray_keeping {
	ORAY_KEPT_RAW,
	ORAY_KEPT_TYPED,
	ORAY_KEPT_EXTERNAL,
	ORAY_KEPT_CONSTANT, /**< attribute of a Constant node */
	ORAY_KEPT_SPARSE,
	ORAY_KEPT_GENERATED /**< no data: ConstantOfShape makes it */
} oray_keeping;

/** "raw", "typed", "external", "constant", "sparse", "generated". */
ORAY_API const char *oray_keeping_name(oray_keeping keeping);

/** One parameter tensor. */
typedef struct oray_parameter {
	oray_str name;  /**< of the value */
	oray_id value;  /**< ORAY_NONE for a tensor whose name another one took */
	oray_id tensor; /**< values of a sparse one; ORAY_NONE for generated ones */
	oray_id graph;
	int32_t type;
	size_t n_dims;
	const int64_t *dims;
	oray_count elements; /**< logical: a packed 4-bit weight in uint8 counts its 4-bit elements */
	oray_count bytes;    /**< stored */
	oray_role role;
	oray_keeping keeping;
	oray_str scope; /**< of the first node that reads it */
	size_t n_used_by;
	const oray_id *used_by; /**< nodes, in order; seen through Identity and the like */
} oray_parameter;

typedef struct oray_parameter_list {
	const oray_model *model;
	oray_parameters sums;
	size_t n;
	const oray_parameter *tensors; /**< file order */
	const struct oray_statistics *statistics; /**< of each; NULL: not asked for, see section 8 */
} oray_parameter_list;

ORAY_API ORAY_MUST_USE oray_status oray_list_parameters(const oray_model *model,
                                                        oray_parameter_list **out, oray_error *err);
ORAY_API void oray_parameter_list_free(oray_parameter_list *list);

/* ------------------------------------------------------------------------- 8. weights -- */

/** Bins of a histogram. */
#define ORAY_BINS 32

/** What the elements of a tensor are like. Numbers are stored ones: integers as they are. */
typedef struct oray_statistics {
	uint64_t elements; /**< logical */
	uint64_t zeros;    /**< equal to zero, or to the zero point where one was given */
	uint64_t nans;
	uint64_t infinities;
	uint64_t lowest;  /**< integers: elements at the lower end of the type's range */
	uint64_t highest; /**< and at its upper end: saturated, perhaps */
	double min, max, mean, std; /**< of the finite ones; NAN when there are none */
	double max_abs;
	uint64_t bins[ORAY_BINS]; /**< of equal width from min to max */
	bool sampled;             /**< bins hold an even sample, not every element */
	bool unread;              /**< in lists: there are no values to read, or they cannot be read */
} oray_statistics;

/** How much of the real numbers an element stands for: real = (stored - zero point) * scale. */
typedef enum oray_granularity {
	ORAY_PER_TENSOR,
	ORAY_PER_AXIS,
	ORAY_PER_BLOCK
} oray_granularity;

/** How the elements of a quantized weight lie in storage. */
typedef enum oray_packing {
	ORAY_PACK_PLAIN,      /**< as its dims say; sub-byte types as the standard packs them */
	ORAY_PACK_NBITS,      /**< MatMulNBits: uint8 [N, blocks, block_size * bits / 8], for [K, N] */
	ORAY_PACK_ROWS,       /**< GatherBlockQuantized: uint8, `bits` each along the last axis */
	ORAY_PACK_NF4, /**< MatMulBnb4: uint8, [N, K] in one row, the first of two in the high bits; each
	                    one of sixteen numbers from -1 to 1, times the scale of its block */
	ORAY_PACK_FP4,        /**< the same with other numbers */
	ORAY_PACK_UNSUPPORTED /**< MatMulFpQ4, block floating point, ...: not decoded */
} oray_packing;

/** What a quantized tensor is for. */
typedef enum oray_quantized_role {
	ORAY_QUANTIZED_WEIGHT,
	ORAY_QUANTIZED_ACTIVATION,
	ORAY_QUANTIZED_BIAS
} oray_quantized_role;

/** A quantized tensor: where it is, and how its numbers are to be read. */
typedef struct oray_encoding {
	oray_quantized_role role;
	oray_str name;   /**< of the value that holds the integers; for fake ones the float's */
	oray_str of;     /**< what it stands for: the name without the suffix a toolchain appended */
	oray_id value;   /**< the integers */
	oray_id tensor;  /**< stored: the tensor; ORAY_NONE for activations */
	oray_id real;    /**< the value with the real numbers: of DequantizeLinear; or ORAY_NONE */
	oray_id node;    /**< that says how: QuantizeLinear, DequantizeLinear, QLinearConv, ... */
	oray_id reader;  /**< the compute node that uses it, or ORAY_NONE */
	int32_t type;    /**< logical: uint4 for a 4-bit weight packed in uint8; 0: not known, or one of
	                      its own as that of ORAY_PACK_NF4 */
	uint32_t bits;   /**< of an element that are used: 3 of an int4; 0: not known */
	oray_packing packing;
	size_t n_dims;   /**< logical shape; of ORAY_PACK_NBITS [K, N] */
	const int64_t *dims;
	oray_count elements;
	oray_granularity granularity;
	int64_t axis;       /**< of dims, not negative; -1 for ORAY_PER_TENSOR, or not known */
	int64_t block_size; /**< ORAY_PER_BLOCK: along the axis */
	bool is_fake;       /**< stored as floats, rounded when used */
	bool is_dynamic;    /**< scale and zero point are computed while the model runs */
	oray_id scale;      /**< tensor, ORAY_NONE when computed or absent */
	oray_id zero_point; /**< tensor, ORAY_NONE: 0, or the middle for ORAY_PACK_NBITS and _ROWS */
	bool zero_point_packed; /**< zero points are packed as the weights are */
	double scale_factor;    /**< scales are times this as well: of biases the scale of the input the
	                             weight is multiplied with, `scale` being the weight's; where scales
	                             are quantized, their scale; 0: none */
	oray_count saturated; /**< elements at the ends of the type's range; not exact before
	                           oray_measure_quantization() */
	double lowest, highest; /**< of stored numbers, -7 and 7 of a narrow int4; NAN: not known */
	uint64_t n_scales;      /**< 0: not known */
	double scale_min, scale_max; /**< NAN: not known */
	double zero_point_min, zero_point_max;
	double low, high; /**< real numbers that can be told apart span so far; NAN: not known */
	int symmetric;    /**< 1 the zero point is the middle, 0 it is not, -1 not known */
} oray_encoding;

/** Which elements of a quantized weight are how far from what they were. */
typedef struct oray_fidelity {
	uint64_t elements;
	double sqnr_db;       /**< 20 log10(|x| / |x - x'|); INFINITY for equal ones, NAN: |x| is 0 */
	double mse;           /**< mean of (x - x')^2 */
	double max_abs_error;
	double max_abs;       /**< of x */
	double cosine;        /**< of the angle between x and x'; NAN where one is 0 */
	double relative_l2;   /**< |x - x'| / |x| */
	int64_t axis;         /**< along which channels were told apart, -1: none */
	uint64_t worst_channel;
	double worst_sqnr_db; /**< of that channel */
	bool identical;       /**< every element */
} oray_fidelity;

/**
 * Measures a tensor, each byte read once, in chunks; memory does not grow with it.
 * @param zero_point  What counts as zero; 0 for none.
 * @return as oray_tensor_read().
 */
ORAY_API ORAY_MUST_USE oray_status oray_measure(const oray_model *model, oray_id tensor,
                                                int64_t zero_point, oray_statistics *out,
                                                oray_error *err);

/**
 * Measures all tensors of a list, each once, into list->statistics. Elements packed in bytes count
 * as what they are, and zeros against the zero point, where oray_explain_quantization() tells of
 * one. Tensors without readable values are marked `unread`.
 * @param progress  Called by the calling thread now and then with what is done, 0..1; or NULL.
 *                  Non-zero stops.
 * @param err       Also says why the first of the unread ones was not read; its code is ORAY_OK when
 *                  all were.
 * @return ORAY_OK even when some could not be read; ORAY_ERR_MEMORY; ORAY_ERR_USAGE when stopped.
 */
ORAY_API ORAY_MUST_USE oray_status oray_measure_parameters(
    oray_parameter_list *list, int (*progress)(void *context, double done), void *context,
    oray_error *err);

/** One side of a comparison of weights: a tensor of real numbers, or a quantized one. */
typedef struct oray_weight {
	const oray_model *model;
	oray_id tensor;                /**< stored elements */
	const oray_encoding *encoding; /**< NULL: real numbers as they are */
	bool transposed; /**< two dims, to be read as if they were swapped; axes are those as read */
	size_t n_factors; /**< channels along `factor_axis` are multiplied by these on the way: a */
	const double *factors; /**< BatchNormalization that the other side has folded in; or 0 */
	size_t factor_axis;
} oray_weight;

/**
 * How far `b` is from `a`, both as real numbers, element by element in the order of a; each byte
 * read once. Dimensions of 1 need not match. Elements that are not finite are left out where both
 * are the same; where they are not, the error is infinite.
 * @param axis  Channels to tell apart, an axis of a as it is read; -1: none. A million channels that
 *              come mixed are too many, then none are told apart.
 * @return ORAY_ERR_USAGE when the shapes do not match, or an encoding cannot be decoded; otherwise
 *         as oray_tensor_read().
 */
ORAY_API ORAY_MUST_USE oray_status oray_compare_weights(const oray_weight *a, const oray_weight *b,
                                                        int64_t axis, oray_fidelity *out,
                                                        oray_error *err);

/* ------------------------------------------------------------------ 9. quantization -- */

/** A compute node, and what it computes with. */
typedef struct oray_quantized_layer {
	oray_id node;
	int32_t weight_type;     /**< logical type its weight is stored in, 0: it has no weight */
	int32_t activation_type; /**< type that flows in: float32, uint8; 0: not known */
	size_t weight;           /**< of `encodings`, SIZE_MAX: its weight is not quantized */
	size_t activation;       /**< of `encodings`: its first data input, SIZE_MAX: none */
	bool is_quantized;       /**< its weight is; where it has none, its activation */
	oray_count parameters;   /**< weight elements */
	oray_amount macs;
	const char *why;         /**< why a float one matters: "the largest float layer", or NULL */
} oray_quantized_layer;

/** Everything `onnxray quant` prints. */
typedef struct oray_quantization {
	const oray_model *model;
	oray_scheme scheme;
	size_t n_encodings;
	const oray_encoding *encodings; /**< weights, activations, biases in graph order */
	size_t n_layers;
	const oray_quantized_layer *layers; /**< compute nodes with a weight, or two activations */
	double node_coverage, parameter_coverage, macs_coverage; /**< 0..1; NAN: not known */
	size_t n_findings;
	const oray_finding *findings;
	const char *toolchain; /**< "ONNX Runtime", "QONNX", ...; NULL: nothing tells */
} oray_quantization;

/**
 * Explains how a model is quantized. Only scales and zero points are read. MACs need
 * oray_model_infer() to have been called.
 */
ORAY_API ORAY_MUST_USE oray_status oray_explain_quantization(const oray_model *model,
                                                             oray_quantization **out,
                                                             oray_error *err);
ORAY_API void oray_quantization_free(oray_quantization *quantization);

/**
 * Reads the quantized weights, each byte once, and adds what they tell: saturated elements, and
 * findings about clipped and unused ranges. What cannot be read stays unknown.
 */
ORAY_API ORAY_MUST_USE oray_status oray_measure_quantization(oray_quantization *quantization,
                                                             oray_error *err);

/* ------------------------------------------------------------------- 10. differences -- */

/** What two nodes, or two weights, were recognised by. */
typedef enum oray_match {
	ORAY_MATCH_NAME,
	ORAY_MATCH_OUTPUT,  /**< name of an output */
	ORAY_MATCH_WEIGHTS, /**< contents of a weight */
	ORAY_MATCH_STRUCTURE
} oray_match;

/** "name", "output", "weights", "structure". */
ORAY_API const char *oray_match_name(oray_match match);

/** One thing that differs: "opset ai.onnx", "13", "17". Texts are printable. */
typedef struct oray_change {
	const char *what;
	const char *a; /**< NULL: not there */
	const char *b;
} oray_change;

/** A pair of weights. */
typedef struct oray_weight_pair {
	oray_str name_a, name_b;
	oray_id value_a, value_b;
	int32_t type_a, type_b; /**< logical */
	oray_count bytes_a, bytes_b;
	oray_role role;
	oray_match matched_by;
	oray_id reader_a, reader_b; /**< the node that uses it on each side */
	bool folded;                /**< a BatchNormalization of a was put into it for comparison */
	bool measured;              /**< fidelity is there; otherwise `why` says why not */
	oray_fidelity fidelity;
	const char *why;
} oray_weight_pair;

/** A pair of nodes. Helpers of quantization are seen through: they have no pair. */
typedef struct oray_layer_pair {
	oray_id a, b; /**< nodes; ORAY_NONE: only in the other */
	oray_match matched_by;
	size_t n_changes;
	const oray_change *changes; /**< operator, attributes, shapes, types */
	size_t n_weights;
	const size_t *weights; /**< in oray_difference.weights */
	const char *fate; /**< only in a: "folded into Conv_3", "constant now", "removed"; only in b:
	                       "quantization", "inserted", ...; pairs: NULL */
} oray_layer_pair;

/** What two files are to each other, in one word. */
typedef enum oray_relation {
	ORAY_SAME_FILE,   /**< byte for byte, or nothing differs */
	ORAY_SAME_MODEL,  /**< differ in words only: names, producer, metadata */
	ORAY_QUANTIZED,   /**< b is a in fewer bits */
	ORAY_CONVERTED,   /**< b is a in another float type */
	ORAY_OPTIMIZED,   /**< same weights, other graph */
	ORAY_RETRAINED,   /**< same graph, other weights: only looks like a pair */
	ORAY_CHANGED,     /**< much in common */
	ORAY_UNRELATED
} oray_relation;

/** "same_file", "quantized", ... */
ORAY_API const char *oray_relation_name(oray_relation relation);

typedef struct oray_difference_options {
	bool no_weights; /**< do not read weights: structure only */
} oray_difference_options;

/** Everything `onnxray diff` prints. */
typedef struct oray_difference {
	const oray_model *a, *b;
	bool same; /**< nothing that is shown differs */
	oray_relation relation;
	const char *verdict; /**< a sentence: what b is to a, and what to beware of */
	size_t n_header;
	const oray_change *header; /**< IR, opsets, producer, metadata */
	size_t n_interface;
	const oray_change *interface; /**< inputs and outputs: names, types, shapes */
	size_t n_operators;
	const oray_change *operators; /**< counts, as text; those that differ, most first */
	size_t n_layers;
	const oray_layer_pair *layers; /**< pairs that differ or have weights, then only a, only b */
	size_t n_equal;                /**< pairs without any change, not among them */
	const oray_id *partners;       /**< by node of a: its pair in b, equal or not; ORAY_NONE */
	size_t n_weights;
	const oray_weight_pair *weights; /**< most damaged first */
	size_t weights_a, weights_b;     /**< weight and bias tensors on each side, paired or not */
	uint64_t parameters_a, parameters_b;
	oray_count bytes_a, bytes_b; /**< of parameters */
	uint64_t file_a, file_b;     /**< bytes with external data */
	oray_amount macs_a, macs_b;
} oray_difference;

/**
 * Says what changed from a to b. Shapes are compared if both were inferred. Weights of all pairs
 * are compared unless told otherwise, each byte read once.
 * @param progress  Called now and then with what is done, 0..1; or NULL. Non-zero stops.
 * @param out       To be released with oray_difference_free(); NULL on failure.
 * @return ORAY_ERR_MEMORY; ORAY_ERR_LIMIT when `progress` stopped it.
 */
ORAY_API ORAY_MUST_USE oray_status oray_compare(const oray_model *a, const oray_model *b,
                                                const oray_difference_options *opts,
                                                int (*progress)(void *context, double done),
                                                void *context, oray_difference **out,
                                                oray_error *err);
ORAY_API void oray_difference_free(oray_difference *difference);

/* ------------------------------------------------------------------------ 11. check -- */

/** Other rules that one rule may build on. */
#define ORAY_REQUIRES 4

/** Something that is checked. */
typedef struct oray_rule {
	const char *name;  /**< "undefined-input" */
	const char *group; /**< "format" "graph" "types" "weights" "quantization" "security"
	                        "portability" "advice" "budget" */
	oray_severity severity; /**< of its findings; some of them may be worse */
	const char *sentence;   /**< what a finding means, no full stop */
	const char *hint;       /**< what to do about it, no full stop; or NULL */
	/** Rules without which this one means nothing: a finding of one of them, at the same place or
	 *  about the model as a whole, takes the place of this one's. Up to the first NULL. */
	const char *requires[ORAY_REQUIRES];
} oray_rule;

/** All rules, group by group. They are constant. */
ORAY_API const oray_rule *oray_rules(size_t *n);

/** The rule of that name, or NULL. */
ORAY_API const oray_rule *oray_rule_find(const char *name);

/** Something the user demands of a model. What is not met, or not known, is a finding. */
typedef struct oray_budget {
	enum {
		ORAY_BUDGET_MOST,   /**< `figure` <= `limit` */
		ORAY_BUDGET_LEAST,  /**< `figure` >= `limit` */
		ORAY_BUDGET_DENY,   /**< no operator that matches the glob `text`: "Loop", "com.microsoft:*" */
		ORAY_BUDGET_ALLOW,  /**< only operators that match this one or another of its kind */
		ORAY_BUDGET_STATIC, /**< every shape is known in numbers */
		ORAY_BUDGET_ASSERT  /**< the expression `text` holds: "macs / params < 100" */
	} what;
	const char *figure; /**< "params" "bytes" "macs" "activation" "opset" "ir_version" "nodes" */
	uint64_t limit;
	const char *text;
} oray_budget;

/** What to check, and what to leave out. Zeroed: everything. */
typedef struct oray_check_options {
	size_t n_only;
	const char *const *only; /**< names of rules and of groups: only these; budgets always */
	size_t n_without;
	const char *const *without; /**< not these */
	size_t n_budgets;
	const oray_budget *budgets;
	/** NULL, or findings that are known, as oray_write_baseline() wrote them: they are counted in
	 *  oray_check_report.known and left out. */
	const char *baseline;
	size_t baseline_size;
	const char *baseline_name; /**< under which they were written: that of the model's file */
	size_t most;     /**< findings of one rule that are kept, the count goes on; 0: 10,000 */
	bool no_weights; /**< leave out what needs weights to be read */
} oray_check_options;

/** How often a rule was broken. */
typedef struct oray_rule_count {
	const oray_rule *rule;
	uint64_t count; /**< complete, even where not all findings are kept */
	size_t kept;
} oray_rule_count;

/** Everything `onnxray check` prints. */
typedef struct oray_check_report {
	const oray_model *model;
	size_t n;
	const oray_finding *findings; /**< worst first, then in order of the file */
	uint64_t counts[3];           /**< by oray_severity; complete */
	size_t n_rules;
	const oray_rule_count *rules; /**< rules with findings, in order of oray_rules() */
	uint64_t known;               /**< findings that the baseline holds: not among the others */
	uint64_t dropped;             /**< findings that are counted but not kept */
} oray_check_report;

/**
 * Checks a model with every rule, and goes on after a fault. Loaded with `thorough`, and after
 * oray_model_infer(), it has the most to say. Weights are read unless told otherwise.
 * @param opts  NULL: everything, no budgets.
 * @param out   To be released with oray_check_report_free().
 * @return ORAY_ERR_USAGE for a rule that does not exist or an expression that makes no sense;
 *         ORAY_ERR_MEMORY.
 */
ORAY_API ORAY_MUST_USE oray_status oray_check(const oray_model *model,
                                              const oray_check_options *opts,
                                              oray_check_report **out, oray_error *err);
ORAY_API void oray_check_report_free(oray_check_report *report);

/** Looks at options without a model: fails as oray_check() would. NULL is fine. */
ORAY_API ORAY_MUST_USE oray_status oray_check_verify(const oray_check_options *opts,
                                                     oray_error *err);

/* ------------------------------------------------------------------------ 12. writing -- */

/** Formats of results. */
typedef enum oray_format {
	ORAY_TEXT,
	ORAY_JSON,
	ORAY_NDJSON, /**< one object a line: a row of a list, or a whole summary */
	ORAY_CSV,    /**< RFC 4180, lines end in CR LF; a summary is one row; no totals */
	ORAY_MARKDOWN,
	ORAY_N_FORMATS,
	ORAY_SARIF = ORAY_N_FORMATS /**< of checks only: SARIF 2.1.0, what code hosts show */
} oray_format;

/**
 * How text looks. Other formats look at `verbose`, `top`, `sort`, `tree`, `depth`, `by`,
 * `no_header` and `error`. A `sort` or `by` that does not exist is ORAY_ERR_USAGE, and the message
 * lists those that do.
 */
typedef struct oray_style {
	oray_format format;
	unsigned width;   /**< columns; 0: 80; at least 40 */
	bool color;       /**< ANSI colours */
	bool utf8;        /**< box drawing, multiplication sign; otherwise plain ASCII */
	bool verbose;     /**< exact numbers, findings in full, nothing folded */
	size_t top;       /**< lists: only the first rows after sorting; 0: all */
	const char *sort; /**< lists: column to sort by, largest first for numbers; NULL: graph order */
	bool tree;        /**< layers: folded by module scope with subtotals */
	unsigned depth;   /**< tree: how deep; 0: all the way */
	const char *by;   /**< params: "role" "type" "op" "module" "tensor"; NULL: overview */
	oray_counting counting; /**< what costs are called: as in oray_infer_options */
	bool no_header;   /**< CSV: no line of titles, since these rows follow those of another model;
	                       SARIF: results only, with commas between, see oray_write_sarif_begin() */
	const char *severity; /**< checks: "error" "warning" "info", the least that is shown; NULL: all,
	                           but text and Markdown only count infos unless they are verbose */
	const oray_error *error; /**< what loading said about a truncated model, for JSON; or NULL */
} oray_style;

ORAY_API oray_style oray_style_defaults(void);

/**
 * Receives output. @return 0 to go on; anything else stops the writer with ORAY_ERR_WRITE.
 * Text never holds a control byte from a model; JSON is UTF-8.
 */
typedef int (*oray_sink)(void *context, const char *data, size_t size);

ORAY_API ORAY_MUST_USE oray_status oray_write_summary(const oray_summary *summary,
                                                      const oray_style *style, oray_sink sink,
                                                      void *context, oray_error *err);
ORAY_API ORAY_MUST_USE oray_status oray_write_layers(const oray_layers *layers,
                                                     const oray_style *style, oray_sink sink,
                                                     void *context, oray_error *err);
ORAY_API ORAY_MUST_USE oray_status oray_write_parameters(const oray_parameter_list *list,
                                                         const oray_style *style, oray_sink sink,
                                                         void *context, oray_error *err);

/**
 * Everything about one node, value, function or graph.
 * @param err  Values that could not be read do not fail the call: the text says why.
 */
ORAY_API ORAY_MUST_USE oray_status oray_write_ref(const oray_model *model, oray_ref ref,
                                                  const oray_style *style, oray_sink sink,
                                                  void *context, oray_error *err);

ORAY_API ORAY_MUST_USE oray_status oray_write_quantization(const oray_quantization *quantization,
                                                           const oray_style *style,
                                                           oray_sink sink, void *context,
                                                           oray_error *err);
ORAY_API ORAY_MUST_USE oray_status oray_write_difference(const oray_difference *difference,
                                                         const oray_style *style, oray_sink sink,
                                                         void *context, oray_error *err);

ORAY_API ORAY_MUST_USE oray_status oray_write_check(const oray_check_report *report,
                                                   const oray_style *style, oray_sink sink,
                                                   void *context, oray_error *err);

/** A model that could not be checked, for oray_write_sarif_end(). */
typedef struct oray_failure {
	const char *file; /**< the path as the user wrote it */
	oray_error error;
} oray_failure;

/**
 * One SARIF document about several models: its beginning; then for each model oray_write_check() with
 * `no_header`, and a comma between any two that wrote something; then its end.
 */
ORAY_API ORAY_MUST_USE oray_status oray_write_sarif_begin(oray_sink sink, void *context,
                                                          oray_error *err);
ORAY_API ORAY_MUST_USE oray_status oray_write_sarif_end(const oray_failure *failures, size_t n,
                                                        oray_sink sink, void *context,
                                                        oray_error *err);

/**
 * The findings of a report as lines for oray_check_options.baseline, budgets left out; those of
 * several models may follow one another.
 * @param name  What tells this model from others in the same file.
 */
ORAY_API ORAY_MUST_USE oray_status oray_write_baseline(const oray_check_report *report,
                                                       const char *name, oray_sink sink,
                                                       void *context, oray_error *err);

/** The table of rules: what each means. */
ORAY_API ORAY_MUST_USE oray_status oray_write_rules(const oray_style *style, oray_sink sink,
                                                    void *context, oray_error *err);

/**
 * A failure: in JSON {"schema":1,"error":{"code","message","file","offset","where"}}, with null for
 * an offset or file that is not known; in the other formats the sentence, "file: message".
 * @param file  The path as the user wrote it, or NULL.
 */
ORAY_API ORAY_MUST_USE oray_status oray_write_error(const oray_error *error, const char *file,
                                                    const oray_style *style, oray_sink sink,
                                                    void *context);

/** What is written into boxes, or left out, instead of being drawn: bits of oray_drawing.fold. */
enum {
	ORAY_FOLD_CONSTANTS = 1, /**< a Constant with one reader becomes a row of it */
	ORAY_FOLD_SHAPES = 2,    /**< arithmetic on shapes becomes a row "shape = f(x)" of its readers */
	ORAY_FOLD_QDQ = 4,       /**< QuantizeLinear and DequantizeLinear become marks of what is around */
	ORAY_FOLD_REPEATS = 8,   /**< of equal layers in a row the first is drawn, and "x31" below it */
	ORAY_FOLD_NOTHING = 16,  /**< every node is a box */
};

/** Lines of a box below its operator. */
typedef enum oray_rows {
	ORAY_ROWS_ALL,     /**< weights, and attributes that differ from their defaults */
	ORAY_ROWS_WEIGHTS, /**< weights and other constants only */
	ORAY_ROWS_NONE
} oray_rows;

/** What to draw, and how. Zeroed: the whole main graph, from top to bottom. */
typedef struct oray_drawing {
	const char *theme;   /**< "light", "dark", or "auto": in SVG what the reader prefers, elsewhere
	                          light. NULL: auto */
	bool all;            /**< bodies and functions as boxes of their own */
	const oray_id *only; /**< nodes to draw, NULL for all; what they touch is drawn as stubs */
	size_t n_only;
	/** NULL, or a difference whose b is the model that is drawn: both models in one picture, what
	 *  only a has in the main graph dashed, and everything coloured by what happened to it. Of a
	 *  large one only what changed is drawn, and what is beside it. */
	const oray_difference *difference;
	unsigned fold;     /**< ORAY_FOLD_...; 0: ORAY_FOLD_CONSTANTS */
	unsigned depth;    /**< modules (scopes in node names) below this depth are one box; 0: none */
	oray_rows rows;
	bool no_shapes;    /**< no shapes beside the wires */
	bool names;        /**< node names below the operators */
	bool right;        /**< from left to right */
	int32_t wrap;      /**< longest column in pixels before the next is begun; 0: one column;
	                        negative: chosen for a page-like picture */
	/** What the heads' colours stand for: NULL or "category", "type" (of the first output), "macs",
	 *  "params", "sqnr" (with a difference), or any other word: that of `values`. */
	const char *color_by;
	const double *values; /**< by node id, NAN where there is none; with a color_by of its own */
	/** SVG, PNG and PDF: places by the `dot` program, run as a child with limits on time and memory;
	 *  ORAY_ERR_TOOL when it is absent or the graph above its means. */
	bool by_dot;
} oray_drawing;

/** Writes the graph in Graphviz' language, with the places of our own layout, for any model. */
ORAY_API ORAY_MUST_USE oray_status oray_write_dot(const oray_model *model,
                                                  const oray_drawing *drawing, oray_sink sink,
                                                  void *context, oray_error *err);

/**
 * Draws a graph of any size.
 * @param type  "svg", "png" or "pdf". The last two need the cairo library at run time.
 * @return ORAY_ERR_TOOL when what the type needs is absent; the message says what.
 */
ORAY_API ORAY_MUST_USE oray_status oray_write_picture(const oray_model *model,
                                                      const oray_drawing *drawing, const char *type,
                                                      oray_sink sink, void *context,
                                                      oray_error *err);

/**
 * Writes a page to explore a model with: one HTML file that holds everything it needs, loads nothing
 * and runs no other script than its own. It shows all nodes, laid out by us, and where that helps
 * the model folded; all that is known of each node and value; a summary.
 * @param drawing  NULL: everything. The theme is the one the page begins with, "auto" that of the
 *                 reader. `fold` and `depth` choose the folded view, and that is then shown first.
 *                 A difference shows both models. `by_dot` counts for nothing.
 */
ORAY_API ORAY_MUST_USE oray_status oray_write_page(const oray_model *model,
                                                   const oray_drawing *drawing, oray_sink sink,
                                                   void *context, oray_error *err);

#ifdef __cplusplus
}
#endif

#endif
