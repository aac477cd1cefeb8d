/* SPDX-License-Identifier: Apache-2.0 */
/*
 * types.h - which types each operator of the standard takes and makes.
 *
 * A second table beside the one of ops.h, since it changes at other versions: most new versions of
 * an operator only take more types. A row is
 *
 *     TYPES(name, since, versions, inputs, outputs, variables)
 *
 * with one word for each formal input and output, in their order, and what the variables in them
 * may be. A variable is one type wherever it stands in the node, unless the word ends with "~":
 * then every tensor of this formal has its own.
 *
 *     TYPES("Where", 9, "9", "B T T", "T", "B=bool T=any")
 *     TYPES("Loop", 1, "1", "I B V~", "V~", "I=i64 B=bool V=any")
 *     TYPES("Shape", 1, "1", "T", "=i64", "T=any")            a type without a variable
 *
 * A set is a sum of words:
 *
 *     f16 f32 f64 bf16 i8 .. i64 u8 .. u64 f4 f8e8m0 bool string
 *     float int uint complex    f16 to f64, i8 to i64, u8 to u64, both complex types
 *     wide number any           those of the first versions: without and with the small integers,
 *                               and with bool, string and complex besides
 *     f8 f6 bits4 bits2         the four with 8 bits, the two with 6, signed and unsigned integers
 *     seq(..) opt(..) optseq(..)    sequences of tensors, optional tensors, optional sequences
 *     map:i64:f32 maps:i64:f32  a map, a sequence of maps
 *
 * Other domains are not in the table.
 */
#ifndef OPS_TYPES_H
#define OPS_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Types with a bit each: that of a tensor is 1 << oray_type_id. */
typedef struct ops_type_set {
	uint32_t tensors, sequences, optionals, optional_sequences;
	uint32_t maps; /**< see ops_map_bit() */
} ops_type_set;

/** A row of the table. */
typedef struct ops_types {
	const char *domain, *name;
	uint16_t since;
	const char *versions; /**< since-versions with the same types, as in ops_row */
	const char *inputs, *outputs, *variables;
} ops_types;

/** What one input or output may be. */
typedef struct ops_typing {
	const char *variable; /**< not terminated: `size` bytes; 0: none */
	size_t size;
	bool own; /**< every tensor of this formal has a type of its own */
	ops_type_set set;
} ops_typing;

/** Types of an operator under an imported opset, as ops_find(). */
const ops_types *ops_types_find(const char *domain, size_t domain_size, const char *name,
                                size_t name_size, int64_t opset);

/** Types of actual input `index`; the last formal stands for all that follow. */
bool ops_types_input(const ops_types *row, size_t index, ops_typing *out);
bool ops_types_output(const ops_types *row, size_t index, ops_typing *out);

/** Bit of a map with this key and value, or of a sequence of them; 0: no operator takes it. */
uint32_t ops_map_bit(int32_t key, int32_t value, bool sequence);

/** All rows, for tests. */
const ops_types *ops_types_rows(size_t *n);

#endif
