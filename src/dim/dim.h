/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dim.h - numbers that may contain symbols: the dimensions of shapes, the elements of the small
 * tensors that shapes are computed from, and the costs that are computed from shapes.
 *
 * A `dim` is eight bytes. Plain numbers are in it; everything else is the index of a record in a
 * pool where equal things are stored once, in canonical form. So two dims that are known to be
 * equal are the same eight bytes:
 *
 *     seq + past        ==  past + seq              polynomials, integer coefficients
 *     (4*h + 6) / 2     ==  2*h + 3                 whole parts leave a quotient
 *     floor((h-1)/2)+1  ==  ceil(h/2)               one form for both
 *     floor(floor(h/2)/2) == floor(h/4)
 *     max(min(a, b), b) ==  b
 *
 * Symbols stand for sizes, so they are never negative. A symbol may be bound to a dim later on (a
 * weight said what it must be); dim_resolve() puts that into older dims.
 *
 * Elements of float tensors are dims too: integral ones as numbers, others as reals or as quotients
 * with a remainder (h/2), so that floor(h * 0.5) becomes a size again.
 *
 * What does not fit (overflow of 64 bits, too many terms, memory) is DIM_LOST: unknown. DIM_LOST in
 * means DIM_LOST out. No call fails otherwise; none recurses deeper than a small constant.
 */
#ifndef INFER_DIM_H
#define INFER_DIM_H

#include "base/buf.h"
#include "base/mem.h"
#include "base/strings.h"

typedef uint64_t dim;

enum {
	DIM_IS_NUMBER, /**< 62 bits, two's complement */
	DIM_IS_SYMBOL, /**< index of a symbol */
	DIM_IS_LOST,   /**< unknown */
	DIM_IS_RECORD  /**< index of a record: polynomial, quotient, max, min, real, large number */
};

#define DIM_KIND(d) ((unsigned)((d) >> 62))
#define DIM_LOST    (UINT64_C(2) << 62)

/** Numbers from -2^61 to 2^61-1 without a pool; for constants in rules. */
#define DIM(n) ((dim)((uint64_t)(int64_t)(n) & ((UINT64_C(1) << 62) - 1)))

/** Where a symbol comes from; the first kinds win when two symbols turn out to be one. */
typedef enum dim_origin {
	DIM_NAMED,    /**< the model's own word for a dimension of an input */
	DIM_UNNAMED,  /**< a dimension of an input that has no name: u0, u1, ... */
	DIM_DECLARED, /**< the model's word for a dimension of something computed */
	DIM_DATA      /**< depends on contents: what NonZero finds. Named u7 as well */
} dim_origin;

/** Pool of one inference. Not thread safe. */
typedef struct dims dims;

/** @param budget  Memory is taken from here; NULL: not counted. @return NULL without memory. */
dims *dims_new(mem_budget *budget);
void dims_free(dims *p);

/** A number that needs more than 62 bits. */
dim dim_big(dims *p, int64_t n);

/** A number of any size. */
static inline dim dim_number(dims *p, int64_t n)
{
	const int64_t most = INT64_C(1) << 61;
	return n >= -most && n < most ? DIM(n) : dim_big(p, n);
}

/** A number of a float tensor. Integral ones (up to 2^53) equal the integer. */
dim dim_real(dims *p, double v);

/** The symbol of a name; the same name is the same symbol. The first call decides its origin. */
dim dim_symbol(dims *p, const char *name, size_t size, dim_origin origin);

/** A symbol of its own, printed as u0, u1, ...; names that are taken are skipped. */
dim dim_fresh(dims *p, dim_origin origin);

/** Value of a DIM_IS_NUMBER. */
static inline int64_t dim_small(dim d)
{
	const uint64_t sign = UINT64_C(1) << 61;
	return (int64_t)((d ^ sign) - sign);
}

/** True and the number, for a number that needs more than 62 bits. */
bool dim_is_big(const dims *p, dim d, int64_t *out);

/** True and the number, for a plain integer. */
static inline bool dim_is_number(const dims *p, dim d, int64_t *out)
{
	if (DIM_KIND(d) != DIM_IS_NUMBER)
		return DIM_KIND(d) == DIM_IS_RECORD && dim_is_big(p, d, out);
	*out = dim_small(d);
	return true;
}

/** True and the number, for an integer or a real. */
bool dim_is_real(const dims *p, dim d, double *out);

static inline bool dim_is_known(dim d)
{
	return d != DIM_LOST;
}

/** True when both are DIM_IS_NUMBER. */
static inline bool dim_both_small(dim a, dim b)
{
	return (a | b) >> 62 == DIM_IS_NUMBER;
}

/* ---- arithmetic; integers and reals alike unless said otherwise ---- */

/** The same for any dims, small numbers included. */
dim dim_add_any(dims *p, dim a, dim b);
dim dim_sub_any(dims *p, dim a, dim b);

static inline dim dim_add(dims *p, dim a, dim b)
{
	return dim_both_small(a, b) ? dim_number(p, dim_small(a) + dim_small(b)) : dim_add_any(p, a, b);
}

static inline dim dim_sub(dims *p, dim a, dim b)
{
	return dim_both_small(a, b) ? dim_number(p, dim_small(a) - dim_small(b)) : dim_sub_any(p, a, b);
}

dim dim_mul(dims *p, dim a, dim b);
dim dim_neg(dims *p, dim a);

/** floor(a / b): towards minus infinity. Lost when b is 0, or no number and may be negative. */
dim dim_floor_div(dims *p, dim a, dim b);

/** ceil(a / b). */
dim dim_ceil_div(dims *p, dim a, dim b);

/** a / b where b divides a, as in Reshape's -1: exact where it can be seen, otherwise a floor. */
dim dim_exact_div(dims *p, dim a, dim b);

/** a / b of integer tensors: towards zero for numbers, floor for sizes. */
dim dim_int_div(dims *p, dim a, dim b);

/** a / b of float tensors: keeps the remainder, so that dim_floor() can take it off. */
dim dim_real_div(dims *p, dim a, dim b);

/** Remainder with the sign of b (Mod, fmod = 0). */
dim dim_mod(dims *p, dim a, dim b);

dim dim_max(dims *p, dim a, dim b);
dim dim_min(dims *p, dim a, dim b);

/** Of float elements; an integer stays what it is. */
dim dim_floor(dims *p, dim a);
dim dim_ceil(dims *p, dim a);

/** Product of n dims; 1 for none. A zero makes it zero even if others are lost. */
dim dim_product(dims *p, const dim *at, size_t n);

/**
 * What is left of a product: (a[0] * a[1] * ...) / (b[0] * b[1] * ...), where equal factors cancel
 * first. Lost when the divisor is zero.
 */
dim dim_quotient(dims *p, const dim *a, size_t n, const dim *b, size_t m);

/* ---- comparison ---- */

/** What is known about the sign of a - b. */
typedef enum dim_order {
	DIM_UNORDERED,
	DIM_LESS,
	DIM_NOT_MORE, /**< less or equal */
	DIM_EQUAL,
	DIM_NOT_LESS, /**< equal or more */
	DIM_MORE
} dim_order;

/** Symbols are at least 0. For reals, numbers only. */
dim_order dim_compare(dims *p, dim a, dim b);

/* ---- constraints ---- */

/**
 * Two dims must be equal; binds a symbol if that makes them so (2*s = 8: s = 4).
 * @param out  The better of the two, or `a` on contradiction. May be NULL.
 * @return false when they cannot be equal: different numbers, or one is larger whatever the symbols
 * are (s and s+1; 2*s and 7).
 */
bool dim_unify(dims *p, dim a, dim b, dim *out);

/** The dim with all bindings put in. Cheap when nothing was bound since. */
dim dim_resolve(dims *p, dim d);

/** Bindings made so far by dim_unify() and dim_bind(). */
size_t dims_bound(const dims *p);

/**
 * Binds a symbol by name, as the user asked: `--dim batch=4`.
 * @return false: no such symbol, it is bound to another number, or the value contains it.
 */
bool dim_bind(dims *p, const char *name, size_t size, dim value);

/** Origin of a symbol. Only for DIM_IS_SYMBOL. */
dim_origin dim_symbol_origin(const dims *p, dim symbol);

/** Lists names of symbols that are not bound, "batch, seq": what `--dim` may set. */
void dims_names(const dims *p, buf *out);

/* ---- text ---- */

/**
 * Writes "12", "batch", "2*seq + 1" (without blanks when `tight`), "ceil(h/2)", "max(a,b)", "?".
 * Terms of higher degree first, then by name. Within an expression, names that are no identifiers
 * are quoted: 2*'a b'. The symbol of a dim is written as it is, bound or not.
 */
void dim_text(dims *p, dim d, bool tight, buf *out);

/**
 * Reads what dim_text() writes, and what exporters write into dim_param: + - * / // ^, floor, ceil,
 * max, min, mod, parentheses, names of letters, digits, '_' and '.'. A division is a floor: so
 * the fraction (h + 1)/2 of a float tensor is read as a size.
 *
 * A text that is no such expression is one symbol, as a whole; so is a number alone, and what is
 * longer than 256 bytes. Names have '-' and '/' in them: "batch-size" and "a/b" are symbols. These
 * are operators next to a blank, in front of a number or a parenthesis, and '-' in front of a
 * function as well.
 */
dim dim_parse(dims *p, const char *text, size_t size, dim_origin origin);

/** Value of a dim when its free symbols have values; false when one has none, or it is lost. */
bool dim_evaluate(dims *p, dim d, bool (*value_of)(void *context, oray_str name, int64_t *value),
                  void *context, double *out);

#endif
