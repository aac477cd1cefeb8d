/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quantization_find.c - walks the nodes and takes down every encoding that one of them tells about.
 */
#include <string.h>

#include "analyze/quantization_finder.h"

static void take_annotations(quant_book *book)
{
	oray_value v;
	oray_ref refs[8];

	for (oray_id id = 0; id < book->flow.n_values && !book->failed; id++) {
		oray_id found[2] = {ORAY_NONE, ORAY_NONE};
		if (!oray_model_value(book->public.model, id, &v) ||
		    (!v.scale.size && !v.zero_point.size) || book->by_value[id] ||
		    book->flow.context[v.graph] == ROLE_TRAINING)
			continue;
		for (int k = 0; k < 2; k++) {
			oray_str name = k ? v.zero_point : v.scale;
			size_t n = name.size ? oray_model_find(book->public.model, name, refs, 8) : 0;
			for (size_t i = 0; i < n && i < 8 && found[k] == ORAY_NONE; i++)
				if (refs[i].what == ORAY_REF_VALUE)
					found[k] = refs[i].id;
		}
		finder f = {.book = book, .model = book->public.model, .id = ORAY_NONE};
		bool stored = book->flow.facts[id] & FACT_STORED;
		int32_t type = found[1] == ORAY_NONE ? 0 : quant_type_of(book, found[1]);
		if (!type)
			type = quant_type_of(book, id);
		oray_encoding *e =
		    quant_new(book, stored ? finder_role(book, id, type) : ORAY_QUANTIZED_ACTIVATION,
		              QUANT_BY_ANNOTATION, id, v.producer);
		if (!e)
			return;
		e->is_fake = finder_is_real(quant_type_of(book, id));
		e->tensor = stored ? quant_stored(book, id) : ORAY_NONE;
		e->type = finder_is_real(type) ? 0 : type;
		e->bits = e->type ? oray_type_bits(e->type) : 0;
		finder_describe(book, e, id, id);
		e->reader = finder_reader(book, id);
		finder_finish(&f, e, found[0], found[1], 0, 0);
		finder_carry(book, id, e);
	}
}

static void take_node(finder *f)
{
	const char *name = f->r->row ? f->r->row->name : "";

	if (!f->r->row || f->node.function != ORAY_NONE)
		return;
	if (f->r->dequantizes) {
		find_dequantize(f);
	} else if (!strcmp(name, "DynamicQuantizeLinear")) {
		find_dynamic(f);
	} else if (f->r->quantizes) {
		find_quantize(f);
	} else if (f->r->rounds || !strcmp(name, "MultiThreshold") || !strcmp(name, "Trunc")) {
		find_fake(f);
	} else if (!strcmp(name, "QLinearConcat")) {
		find_concat(f);
	} else {
		const quant_slot *slot = quant_slots(name);
		for (; slot && slot->op && !strcmp(slot->op, name); slot++)
			find_slot(f, slot);
	}
}

void quant_find(quant_book *book)
{
	finder f = {.book = book, .model = book->public.model};

	for (oray_id g = 0; g < book->flow.n_graphs; g++) {
		const oray_graph *graph = oray_model_graph(f.model, g);
		for (size_t i = 0; book->flow.context[g] != ROLE_TRAINING && i < graph->n_nodes; i++) {
			f.id = (oray_id)(graph->first_node + i);
			if (book->failed || !oray_model_node(f.model, f.id, &f.node))
				return;
			f.r = finder_reading(book, &f.node);
			if (!f.r)
				continue;
			f.own = *f.r;
			f.r = &f.own;
			take_node(&f);
		}
	}
	take_annotations(book);
}
