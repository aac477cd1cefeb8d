/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parameters.c - sums over the stored tensors of a model.
 *
 * A tensor whose size is not known (negative dimensions, products beyond 64 bits) is left out of
 * every sum alike, so that columns add up in any case.
 */
#include "analyze/parameters.h"

#include "base/num.h"

const char *oray_role_name(oray_role role)
{
	static const char *const names[ORAY_N_ROLES] = {
	    [ORAY_ROLE_WEIGHT] = "weight",
	    [ORAY_ROLE_BIAS] = "bias",
	    [ORAY_ROLE_NORM] = "norm",
	    [ORAY_ROLE_NORM_STATISTIC] = "norm_statistic",
	    [ORAY_ROLE_EMBEDDING] = "embedding",
	    [ORAY_ROLE_QUANTIZATION] = "quantization",
	    [ORAY_ROLE_SHAPE_CONSTANT] = "shape_constant",
	    [ORAY_ROLE_OTHER] = "other",
	};

	return (unsigned)role < ORAY_N_ROLES ? names[role] : names[ORAY_ROLE_OTHER];
}

const char *oray_keeping_name(oray_keeping keeping)
{
	static const char *const names[] = {
	    [ORAY_KEPT_RAW] = "raw",           [ORAY_KEPT_TYPED] = "typed",
	    [ORAY_KEPT_EXTERNAL] = "external", [ORAY_KEPT_CONSTANT] = "constant",
	    [ORAY_KEPT_SPARSE] = "sparse",     [ORAY_KEPT_GENERATED] = "generated",
	};

	return (unsigned)keeping < sizeof names / sizeof *names ? names[keeping] : names[ORAY_KEPT_RAW];
}

bool parameter_role_counts(oray_role role)
{
	return role == ORAY_ROLE_WEIGHT || role == ORAY_ROLE_BIAS || role == ORAY_ROLE_NORM ||
	       role == ORAY_ROLE_EMBEDDING;
}

/* Adds a size if there is room for it: an element must not be counted here and left out there. */
static bool add_elements(uint64_t *sum, oray_count elements, bool *overflow)
{
	uint64_t more;
	bool fits = elements.exact && num_add(*sum, elements.value, &more);

	if (fits)
		*sum = more;
	*overflow |= !fits;
	return fits;
}

static void add_bytes(oray_count *sum, oray_count bytes)
{
	uint64_t more;

	if (bytes.exact && num_add(sum->value, bytes.value, &more))
		sum->value = more;
	else
		sum->exact = false;
}

static void add_share(oray_share *share, const parameter *p, bool known)
{
	share->tensors++;
	add_bytes(&share->bytes, p->bytes);
	if (known)
		share->elements += p->elements.value;
}

void parameter_sums_init(parameter_sums *sums)
{
	static const oray_count none = {0, true};

	*sums = (parameter_sums){0};
	sums->public.bytes = sums->public.all_bytes = none;
	for (int i = 0; i < ORAY_N_ROLES; i++)
		sums->public.by_role[i].bytes = none;
	for (int i = 0; i < ORAY_N_TYPES; i++)
		sums->public.by_type[i].bytes = none;
}

static void add_quantization(parameter_sums *sums, const parameter *p)
{
	if (p->role != ORAY_ROLE_WEIGHT && p->role != ORAY_ROLE_EMBEDDING)
		return;
	sums->weight_elements += p->elements.value;
	if (p->is_quantized || p->is_rounded)
		sums->quantized_elements += p->elements.value;
	sums->dequantized_weights += p->is_dequantized && p->is_quantized;
}

void parameter_sums_add(parameter_sums *sums, const parameter *p)
{
	oray_parameters *s = &sums->public;
	bool known;

	if (p->in_training) {
		add_elements(&s->training, p->elements, &s->overflow);
		return;
	}
	if (p->is_initializer && p->graph == 0)
		add_elements(&s->initializer_elements, p->plain, &s->overflow);
	known = add_elements(&s->all_elements, p->elements, &s->overflow);
	add_bytes(&s->all_bytes, p->bytes);
	add_share(&s->by_role[p->role], p, known);
	s->unused_tensors += p->is_unused;
	if (known && p->is_unused)
		s->unused += p->elements.value;
	if (!parameter_role_counts(p->role))
		return;
	add_bytes(&s->bytes, p->bytes);
	add_share(&s->by_type[p->type > 0 && p->type < ORAY_N_TYPES ? p->type : 0], p, known);
	if (!known)
		return;
	s->total += p->elements.value;
	if (p->is_shared)
		s->shared += p->elements.value;
	add_quantization(sums, p);
}
