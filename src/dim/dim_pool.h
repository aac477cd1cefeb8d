/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dim_pool.h - the pool behind dim.h, for the files dim_*.c only.
 *
 * A record is a type and a few words, stored once. Words are numbers or dims:
 *
 *     number, real    the int64_t or the double
 *     monomial        two or more atoms in ascending order; a power is an atom several times
 *     polynomial      pairs (int64_t coefficient, monomial) in descending order of monomials
 *     quotient        p, q: floor(p / q) of polynomials, q positive
 *     max, min        two or more dims in ascending order
 *     ratio           a dim and an int64_t from 2: the exact fraction, of float tensors only
 *
 * An atom is a symbol, a quotient, a max or a min. A monomial is the number 1, an atom, or a
 * monomial record; such a record is never a dim that the outside sees. A polynomial of one atom is
 * the atom.
 */
#ifndef INFER_DIM_POOL_H
#define INFER_DIM_POOL_H

#include "dim/dim.h"

enum {
	DIM_TERMS = 64,    /**< of a polynomial */
	DIM_DEGREE = 16,   /**< atoms of a monomial */
	DIM_ARGS = 8,      /**< of max and min */
	DIM_DEPTH = 32,    /**< quotients, max and min within each other */
	DIM_WEIGHT = 4096, /**< of a record written out; bounds every walk over one */
};

typedef enum dim_type {
	DIM_BIG,
	DIM_REAL,
	DIM_MONOMIAL,
	DIM_POLY,
	DIM_QUOTIENT,
	DIM_MAX,
	DIM_MIN,
	DIM_RATIO
} dim_type;

typedef struct dim_record {
	uint32_t start;  /**< first word */
	uint16_t weight; /**< symbols and records when written out; long names weigh more */
	uint8_t n;       /**< words */
	uint8_t depth;   /**< quotients, max and min within each other */
	uint8_t type;    /**< dim_type */
	bool nonneg;     /**< proved to be at least 0; of a polynomial only if no term is negative */
	uint32_t hash;
	dim resolved; /**< with the first `epoch` bindings put in */
	size_t epoch;
} dim_record;

typedef struct dim_name {
	oray_id name;
	uint8_t origin; /**< dim_origin */
	bool fresh;     /**< the name was made up, and may be changed */
	bool bound;
	dim value; /**< what it was bound to */
	dim resolved;
	size_t epoch; /**< of `resolved`, as in a record */
} dim_name;

struct dims {
	mem_budget *budget;
	strings names;
	VEC(uint32_t) owner;   /**< symbol by name id */
	VEC(dim_name) symbols; /**< by index */
	VEC(dim_record) records;
	VEC(uint64_t) words;
	VEC(dim) pending; /**< of dim_resolve() */
	uint32_t *slots;  /**< open addressing: record + 1, 0 is free */
	size_t n_slots;
	size_t bound;     /**< bindings; the epoch */
	uint32_t n_fresh; /**< number of the next made-up name */
};

typedef struct dim_term {
	int64_t c; /**< not 0 */
	dim m;
} dim_term;

/** A polynomial being worked on: terms in descending order of monomials. */
typedef struct dim_poly {
	unsigned n;
	dim_term at[DIM_TERMS];
} dim_poly;

static inline uint64_t dim_index(dim d)
{
	return d & ((UINT64_C(1) << 62) - 1);
}

static inline const dim_record *dim_record_of(const dims *p, dim d)
{
	return &p->records.at[dim_index(d)];
}

static inline bool dim_is_type(const dims *p, dim d, dim_type type)
{
	return DIM_KIND(d) == DIM_IS_RECORD && dim_record_of(p, d)->type == type;
}

/** Words of a record, valid until the next record is made. */
static inline const uint64_t *dim_words(const dims *p, dim d)
{
	return p->words.at + dim_record_of(p, d)->start;
}

/** A real or a ratio: not a whole number. */
static inline bool dim_is_fraction(const dims *p, dim d)
{
	return dim_is_type(p, d, DIM_REAL) || dim_is_type(p, d, DIM_RATIO);
}

/** floor(a / b) for b > 0. */
static inline int64_t dim_floor_int(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/** Never negative; 0 for two zeros. */
uint64_t dim_gcd(int64_t a, int64_t b);

/** The record of these words, made when new. DIM_LOST beyond the limits or without memory. */
dim dim_intern(dims *p, dim_type type, const uint64_t *words, size_t n);

/** The symbol of a name, or DIM_LOST. */
dim dim_symbol_find(const dims *p, const char *name, size_t size);

/** Name of a symbol. */
oray_str dim_symbol_name(const dims *p, dim symbol);

/** True when the dim is known to be at least 0 without a proof. */
bool dim_plainly_nonneg(const dims *p, dim d);

/** True when a resolved dim contains the symbol. */
bool dim_contains(const dims *p, dim d, dim symbol);

/* ---- dim_poly.c: false, or DIM_LOST, is overflow, too many terms, or no memory ---- */

unsigned dim_mono_degree(const dims *p, dim m);

/** The atoms of a monomial, at most DIM_DEGREE; returns their number. */
unsigned dim_mono_atoms(const dims *p, dim m, dim *at);

/** Graded lexicographic: positive when `a` is the greater. */
int dim_mono_compare(const dims *p, dim a, dim b);

dim dim_mono_mul(dims *p, dim a, dim b);

/** a / b; false when b is no factor of a (or without memory). */
bool dim_mono_div(dims *p, dim a, dim b, dim *out);

/** Greatest common factor. */
dim dim_mono_gcd(dims *p, dim a, dim b);

/** Copies the terms there are. */
static inline void dim_poly_copy(dim_poly *to, const dim_poly *from)
{
	to->n = from->n;
	for (unsigned i = 0; i < from->n; i++)
		to->at[i] = from->at[i];
}

/** The polynomial of a dim that is whole; false for others. */
bool dim_poly_of(const dims *p, dim d, dim_poly *out);

/** The canonical dim of a polynomial. */
dim dim_of_poly(dims *p, const dim_poly *x);

/** x += c * m */
bool dim_poly_add_term(const dims *p, dim_poly *x, int64_t c, dim m);

/** x += c * m * y */
bool dim_poly_add(dims *p, dim_poly *x, const dim_poly *y, int64_t c, dim m);

/** out = x / y, when that is exact. */
bool dim_poly_exact(dims *p, const dim_poly *x, const dim_poly *y, dim_poly *out);

bool dim_poly_negate(dim_poly *x);

/** True and the value, for a constant. */
bool dim_poly_is_number(const dim_poly *x, int64_t *out);

/** The constant term, or 0. */
int64_t dim_poly_constant(const dim_poly *x);

/* ---- dim_fraction.c: at least one side is a real or a ratio ---- */

dim dim_fraction_add(dims *p, dim a, dim b);
dim dim_fraction_mul(dims *p, dim a, dim b);
dim_order dim_fraction_compare(dims *p, dim a, dim b);

/* ---- dim_order.c ---- */

/** True when the polynomial is proved to be at least 0. */
bool dim_poly_nonneg(dims *p, const dim_poly *x);

/** max or min of any number of dims. */
dim dim_extreme(dims *p, dim_type type, const dim *at, size_t n);

/* ---- dim_quotient.c ---- */

/** floor(a / b), where b is taken for positive. */
dim dim_floor_of(dims *p, dim a, dim b);

#endif
