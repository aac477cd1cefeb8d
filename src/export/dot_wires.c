/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dot_wires.c - the wires of a graph for Graphviz, and what is said beside them.
 */
#include <stdlib.h>

#include "base/heap.h"
#include "export/dot_draft.h"
#include "export/dot_label.h"
#include "export/dot_place.h"

/* Shapes beside the wires, and the names at the ends of references, which only have a sense where
 * wires are not drawn through. */
static void add_tags(dot_draft *d, Agedge_t *edge, uint32_t wire)
{
	const picture *pic = d->pic;
	for (uint32_t i = d->tag[wire]; i != ORAY_NONE; i = d->beside[i]) {
		const pic_tag *tag = &pic->tags.at[i];
		const pic_area area = dot_tag_area(pic, tag);
		if (tag->is_end && !d->places)
			continue;
		buf_clear(&d->label);
		buf_clear(&d->words);
		dot_middle(pic, &area, &d->words);
		if (!tag->is_end) {
			dot_label_text(pic, tag->label, d->theme->wire_text, &d->label);
			dot_draft_set_markup(d, edge, d->wire_label);
			if (d->places)
				dot_draft_set_words(d, edge, d->wire_at);
			continue;
		}
		const pic_way *way = &pic->ways.at[d->way[wire]];
		pic_point tail = pic->points.at[way->first], head = pic->points.at[way->first + way->n - 1];
		int64_t to_tail = llabs((int64_t)tag->x - tail.x) + llabs((int64_t)tag->y - tail.y);
		int64_t to_head = llabs((int64_t)tag->x - head.x) + llabs((int64_t)tag->y - head.y);
		bool at_head = to_head < to_tail;
		dot_label_pill(pic, d->theme, tag->label, &d->label);
		dot_draft_set_markup(d, edge, at_head ? d->head_label : d->tail_label);
		dot_draft_set_words(d, edge, at_head ? d->head_at : d->tail_at);
	}
}

void dot_draft_add_wire(dot_draft *d, uint32_t index)
{
	static const char *const classes[PIC_N_STROKES] = {
	    [PIC_CAPTURED] = "captured", [PIC_REMOVED] = "removed", [PIC_QUANTIZED] = "quantized"};
	const pic_wire *wire = &d->plan->wires.at[index];
	const pic_way *way = d->way[index] != ORAY_NONE ? &d->pic->ways.at[d->way[index]] : NULL;
	const theme *t = d->theme;
	const uint32_t colors[PIC_N_STROKES] = {[PIC_CAPTURED] = t->captured,
	                                        [PIC_REMOVED] = t->state[THEME_REMOVED].border,
	                                        [PIC_QUANTIZED] = t->quantized.border};
	char hex[THEME_HEX];
	Agedge_t *edge = agedge(d->root, d->node[wire->from], d->node[wire->to], NULL, 1);
	if (!edge || !way) {
		d->failed |= !edge;
		return;
	}
	buf_clear(&d->words);
	pic_tip_wire(&d->pic->look, wire, &d->words);
	dot_draft_set_tip(d, edge, d->wire_tip);
	if (way->stroke != PIC_SOLID) {
		dot_draft_set(d, edge, d->wire_color, theme_hex(colors[way->stroke], hex));
		dot_draft_set(d, edge, d->wire_class, classes[way->stroke]);
		if (way->stroke != PIC_QUANTIZED)
			dot_draft_set(d, edge, d->wire_style, "dashed");
	}
	if (d->places) {
		buf_clear(&d->words);
		dot_way(d->pic, way, &d->words);
		dot_draft_set_words(d, edge, d->wire_pos);
	}
	add_tags(d, edge, index);
}

bool dot_draft_sort_wires(dot_draft *d)
{
	const picture *pic = d->pic;
	size_t n = d->plan->wires.n;
	d->way = heap_get((n + 1) * sizeof *d->way);
	d->tag = heap_get((n + 1) * sizeof *d->tag);
	d->beside = heap_get((pic->tags.n + 1) * sizeof *d->beside);
	if (!d->way || !d->tag || !d->beside)
		return false;
	for (size_t i = 0; i < n; i++)
		d->way[i] = d->tag[i] = ORAY_NONE;
	for (size_t i = 0; i < pic->ways.n; i++)
		d->way[pic->ways.at[i].wire] = (uint32_t)i;
	for (size_t i = pic->tags.n; i-- > 0;) {
		d->beside[i] = d->tag[pic->tags.at[i].wire];
		d->tag[pic->tags.at[i].wire] = (uint32_t)i;
	}
	return true;
}
