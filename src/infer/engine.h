/* SPDX-License-Identifier: Apache-2.0 */
/*
 * engine.h - the state of one inference, shared by the files of the engine.
 *
 *   main graph ──► nodes in order ──► rule ──► conclude: what the rule said, met with what the
 *                   │                           model declares; kept by value
 *                   ├─ If, Loop, Scan ──► their bodies, with what flows in
 *                   └─ call of a function ──► its body, as this call sees it
 *
 * A type is an id: numbers below `n_declared` are types of the model whose dims are all numbers,
 * used as they are; the others are records of our own. 0 is "nothing known", so ids are shifted by
 * one. Initializers have no id: their types are read off the tensor whenever somebody asks. So a
 * model that declares everything costs four bytes a value.
 *
 * The walk is repeated when it bound symbols: a weight at the end may say what the input must be.
 */
#ifndef INFER_ENGINE_H
#define INFER_ENGINE_H

#include "infer/count.h"
#include "infer/rule.h"
#include "model/imports.h"
#include "model/model.h"

enum { FEW_OUTPUTS = 4 /**< of a node that needs no memory of its own */ };

/** A type of our own. */
typedef struct type_record {
	infer_type type;
	uint32_t hash;
	uint32_t resolved; /**< dims_bound() when its dims were last resolved */
} type_record;

/** A call of a function: where its attributes come from. */
typedef struct frame {
	const struct frame *up;
	oray_id node;     /**< that calls */
	oray_id function; /**< that is called */
} frame;

/** A node being inferred, with what its rule says. */
typedef struct active {
	call c;
	const oray_id *in, *out; /**< values; borrowed from the model */
	uint32_t *said;          /**< type ids by output; 0: nothing */
	uint32_t *contents;      /**< index + 1 in infer.contents by output; 0: none */
	const uint32_t *declared; /**< type ids by output, as the model declares; 0: nothing */
	arena *scratch;
	uint32_t few[3 * FEW_OUTPUTS];
} active;

/** What an operator type means under some imports. */
typedef struct meaning {
	oray_id op;
	oray_id context; /**< function, or ORAY_NONE */
	const ops_row *row;
	int64_t opset;
	bool is_set;
} meaning;

/** An attribute's name as a rule writes it, and as the model knows it. */
typedef struct name_slot {
	const char *name;
	oray_id id; /**< string, or ORAY_NONE: no attribute has this name */
} name_slot;

enum {
	MEANINGS = 1024,     /**< slots of a cache */
	NAMES = 512,         /**< slots of a cache */
	FRAMES_MOST = 100,   /**< calls within calls */
	DEPTH_MOST = 160,    /**< bodies and calls within each other */
	WALKS_MOST = 3,      /**< walks over the model */
	FLOATS_MOST = 256,   /**< elements of a float tensor whose contents are followed */
	SLOW_STEPS = 200000, /**< nodes that may be visited besides 20 for every node there is */
};

/** Size of `output` of a value that depends on contents. */
typedef struct fresh_size {
	uint64_t key; /**< value, axis */
	uint32_t serial;
	dim symbol;
} fresh_size;

struct infer {
	oray_model *m;
	mem_budget *budget;
	dims *d;
	arena arena; /**< dims and contents; lives until the end */
	infer_count count;

	uint32_t n_declared; /**< types of the model when inference began */
	uint32_t *imported;  /**< by declared type: id as inferred, 0 not yet */
	VEC(type_record) types;
	uint32_t *slots; /**< open addressing over `types`: index + 1 */
	size_t n_slots;

	uint32_t *of_value;  /**< by value: type id */
	uint32_t *shown;     /**< by value: joined over calls; 0: as of_value */
	uint32_t *holds;     /**< by value: contents; 0 none, UINT32_MAX asked in vain */
	VEC(infer_values) contents;

	VEC(uint8_t) words; /**< by symbol: a word of the model that was met in this walk */

	dim *macs; /**< by node, over all executions */
	uint8_t *visited;         /**< by node: 1 reached */
	dim weight;               /**< how often what is walked now is executed */
	bool counting;            /**< costs count, findings are kept */
	bool unsure;              /**< what is walked now may not run, or run differently each time:
	                               no symbol is bound by it */
	bool joining;             /**< values are met more than once: join what is shown */
	const frame *frame;
	uint32_t n_frames; /**< calls and iterations so far */
	uint32_t context;  /**< number of the call or iteration at hand: sizes that depend on contents
	                        are others in each. 0: the main graph */
	unsigned depth;
	uint64_t steps, most_steps;
	uint64_t work, most_work; /**< elements of contents */
	bool gave_up;
	bool failed; /**< memory ran out */

	model_imports imports;
	meaning meanings[MEANINGS];
	name_slot names[NAMES];
	arena scratch[DEPTH_MOST + 1];
	VEC(fresh_size) fresh;
	uint32_t *fresh_slots;
	size_t n_fresh_slots;

	oray_id *sorted; /**< nodes by graph in an order that works; NULL: as written */
	dim body_cost; /**< what the bodies of the control-flow node at hand cost; set by its rule */
};

/* ---- types.c ---- */

/** A type of our own, or none for 0; all dims resolved. */
infer_type type_of_record(infer *x, uint32_t id);
/** The type of an id. */
static inline infer_type type_get(infer *x, uint32_t id)
{
	if (!id || id > x->n_declared)
		return type_of_record(x, id);
	const model_type *t = &x->m->types.at[id - 1];
	return (infer_type){.kind = t->kind,
	                    .ranked = t->has_shape,
	                    .n = t->n_dims,
	                    .element = t->element,
	                    .at = (const dim *)(x->m->type_dims.at + t->dims)};
}
/** Id of a type; dims are copied. 0 when memory ran out. */
uint32_t type_add(infer *x, const infer_type *t);
/** Id of a type that the model declares; dims without name are lost. */
uint32_t type_import(infer *x, oray_id declared);
/** The same for an input: dims without name become symbols. */
uint32_t type_import_input(infer *x, oray_id declared);
/** What two types have in common; 0 when nothing. */
uint32_t type_join(infer *x, uint32_t a, uint32_t b);
/**
 * The same, to be shown for a value that is met in several calls or iterations: a size that depends
 * on contents is another one in each, and shown by the symbol of the first.
 */
uint32_t type_join_shown(infer *x, uint32_t a, uint32_t b);
bool type_equal(const infer_type *a, const infer_type *b);

/* ---- facts.c ---- */

/** What is known about a value, initializers included. */
infer_type fact_type(infer *x, oray_id value);
/** As an id: for initializers a new record. 0: nothing known. */
uint32_t fact_type_id(infer *x, oray_id value);
infer_values fact_values(infer *x, oray_id value);
/** Index + 1 of contents; 0: none. Reads initializers. */
uint32_t fact_contents(infer *x, oray_id value);
/** Sets what is known about a value: type id and contents (0: none). */
void fact_set(infer *x, oray_id value, uint32_t type, uint32_t contents);
/** Keeps contents; 0 when they cannot be kept. `at` is copied unless `owned`. */
uint32_t contents_add(infer *x, size_t n, const dim *at, bool owned);
/** An element of a tensor of this type. */
dim contents_element(infer *x, int32_t type, const oray_element *e);
/** Contents of a tensor of the model; 0 when too long, external, or not numbers. */
uint32_t contents_read(infer *x, oray_id tensor);

/* ---- engine.c ---- */

/**
 * Infers a graph whose inputs are set.
 * @return its cost for one execution.
 */
dim engine_graph(infer *x, oray_id graph);

/** Copies a type id and contents from one value to another, as at the door of a body. */
void engine_pass(infer *x, oray_id from, oray_id to);

/** Types of the main graph's inputs, as declared. */
void engine_set_inputs(infer *x);

/** Whole inference over the main graph; its inputs are set. */
void engine_run(infer *x);

/* ---- engine_order.c ---- */

/** Finds an order for graphs that are not sorted. @return false when memory ran out. */
bool engine_order(infer *x);

/* ---- call_attribute.c ---- */

/** As call_attribute(), as the model keeps it; NULL when it is not there. */
const model_attribute *call_attribute_record(const call *c, const char *name);

/* ---- conclude.c ---- */

/** Keeps what was said about the outputs of a node, met with what is declared. */
void engine_conclude(active *a);

/* ---- freeze.c ---- */

/** A dim that was written into the model as text. */
typedef struct frozen_dim {
	oray_id text;
	dim d;
} frozen_dim;

/** A formula where all symbols stand for one number. */
typedef struct frozen_size {
	uint64_t formula;
	int64_t symbols;
	double size;
} frozen_size;

enum { FROZEN_SIZES = 256 /**< slots of a cache */ };

/** What a model keeps of its inference: its model_inference.state. */
typedef struct frozen_state {
	dims *d;
	frozen_dim *dims; /**< ascending by text */
	size_t n_dims;
	bool *counted; /**< by model_op: it costs something, 0 included */
	/* What was asked for since; behind the lock of amount.c. */
	dim *bytes; /**< by type: of a value of it, 0 not yet; NULL: of none yet */
	frozen_size sizes[FROZEN_SIZES];
} frozen_state;

void frozen_free(void *state);
/** The dim behind a text; DIM_LOST when inference wrote no such text. */
dim frozen_find(const frozen_state *s, oray_id text);

/** Writes types and costs into the model, and what amounts need. @return false when memory ran out. */
bool engine_freeze(infer *x);

static inline active *active_of(const call *c)
{
	return (active *)(void *)(uintptr_t)c;
}

#endif
