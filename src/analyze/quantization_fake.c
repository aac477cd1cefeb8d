/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quantization_fake.c - nodes that round: real numbers in, real numbers out.
 */
#include <math.h>
#include <string.h>

#include "analyze/quantization_finder.h"

static int32_t type_of_bits(double bits, bool is_signed)
{
	static const int32_t types[2][5] = {
	    {ORAY_UINT2, ORAY_UINT4, ORAY_UINT8, ORAY_UINT16, ORAY_UINT32},
	    {ORAY_INT2, ORAY_INT4, ORAY_INT8, ORAY_INT16, ORAY_INT32},
	};

	for (unsigned i = 0; i < 5; i++)
		if (bits <= (double)(2u << i))
			return types[is_signed][i];
	return ORAY_UNDEFINED;
}

static int32_t type_named(oray_str s)
{
	static const struct {
		const char *name;
		int32_t type;
	} names[] = {
	    {"fp4", ORAY_FLOAT4E2M1},
	    {"fp4_e2m1", ORAY_FLOAT4E2M1},
	    {"fp6_e2m3", ORAY_FLOAT6E2M3},
	    {"fp6_e3m2", ORAY_FLOAT6E3M2},
	    {"fp8_e4m3", ORAY_FLOAT8E4M3FN},
	    {"fp8_e5m2", ORAY_FLOAT8E5M2},
	    {"int8", ORAY_INT8},
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (s.size == strlen(names[i].name) && !memcmp(s.data, names[i].name, s.size))
			return names[i].type;
	return s.size ? ORAY_UNDEFINED : ORAY_INT8;
}

/* Type and bits of Quant and its kin, from their inputs and attributes. */
static void take_width(finder *f, oray_encoding *e)
{
	const oray_model *model = f->model;
	quant_facts *facts = quant_facts_of(f->book, e);
	double bits = NAN;
	oray_attribute a;

	if (finder_is(&f->node, "BipolarQuant")) {
		e->type = ORAY_INT2;
		e->bits = 1;
		return;
	}
	if (finder_is(&f->node, "FloatQuant")) {
		bits = 1 + quant_number(f->book, finder_input(&f->node, 2), 0) +
		       quant_number(f->book, finder_input(&f->node, 3), 0);
		e->bits = bits > 0 && bits <= 64 ? (uint32_t)bits : 0;
		return;
	}
	if (finder_is(&f->node, "MXQuantizeDequantize") || finder_is(&f->node, "MXFixNeuron")) {
		bool told = quant_attribute(model, &f->node, "element_dtype", &a) &&
		            a.type == ORAY_ATTR_STRING && !a.on_disk;
		e->type = type_named(told ? a.v.s : (oray_str){"", 0});
		e->bits = oray_type_bits(e->type);
		return;
	}
	if (finder_is(&f->node, "BFPQuantizeDequantize") || finder_is(&f->node, "BFPFixNeuron")) {
		e->bits = (uint32_t)quant_int(model, &f->node, "bit_width", 16);
		return;
	}
	if (finder_is(&f->node, "Quant") || finder_is(&f->node, "IntQuant"))
		bits = quant_number(f->book, finder_input(&f->node, 3), 0);
	else if (finder_is(&f->node, "Trunc"))
		bits = quant_number(f->book, finder_input(&f->node, f->node.n_inputs > 6 ? 6 : 3), 0);
	facts->narrow = quant_int(model, &f->node, "narrow", 0) != 0;
	if (!(bits >= 1 && bits <= 32))
		return;
	e->type = type_of_bits(bits, quant_int(model, &f->node, "signed", 1) != 0);
	e->bits = (uint32_t)ceil(bits);
}

void find_fake(finder *f)
{
	quant_book *book = f->book;
	oray_id x = finder_input(&f->node, 0), y = finder_output(&f->node),
	        scale = finder_input(&f->node, 1);
	bool blocks = f->node.n_inputs == 1, thresholds = finder_is(&f->node, "MultiThreshold");
	bool integer = finder_is(&f->node, "Quant") || finder_is(&f->node, "IntQuant");
	oray_encoding *e;

	if (x == ORAY_NONE || y == ORAY_NONE)
		return;
	bool constant = finder_is_fake(f, x);
	e = quant_new(book, constant ? finder_role(book, x, 0) : ORAY_QUANTIZED_ACTIVATION,
	              QUANT_BY_FAKE, constant ? role_head(&book->flow, x) : x, f->id);
	if (!e)
		return;
	e->is_fake = true;
	e->packing = blocks ? ORAY_PACK_UNSUPPORTED : ORAY_PACK_PLAIN;
	e->tensor = constant ? quant_stored(book, x) : ORAY_NONE;
	e->real = y;
	take_width(f, e);
	finder_describe(book, e, constant ? e->value : y, x);
	finder_dims(book, e);
	e->reader = finder_reader(book, y);
	if (blocks) {
		e->granularity = ORAY_PER_BLOCK;
		e->block_size = quant_int(f->model, &f->node, "block_size", e->type ? 32 : 8);
		int64_t axis = quant_int(f->model, &f->node, "axis", 1);
		e->axis = axis < 0 ? axis + (int64_t)e->n_dims : axis;
	} else if (!thresholds) {
		finder_finish(f, e, scale, integer ? finder_input(&f->node, 2) : ORAY_NONE, 0, 0);
	}
	finder_carry(book, y, e);
}
