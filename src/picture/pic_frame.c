/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_frame.c - frames around bodies and functions.
 *
 * A body is laid out before the graph around it, so its frame makes the box of its holder larger:
 *
 *     +-------------------------------------+
 *     | If                                  |   label of the holder
 *     | +- then_branch -+ +- else_branch -+ |   frames, side by side below it
 *     | |               | |               | |
 *     | +---------------+ +---------------+ |
 *     +-------------------------------------+
 *
 * Functions, and bodies whose holder is not drawn, stand below the main graph in rows.
 */
#include "picture/pic_place.h"

/* Blank between frames that stand by themselves. */
#define APART 24

/* The page is no larger than this in both directions, as layouts are. */
#define MOST (1 << 29)

pic_outcome pic_frame_size(pic_placing *w, oray_id graph, int32_t width, int32_t height)
{
	pic_look *look = &w->pic->look;
	pic_label_frame(look, graph);
	w->title[graph] = pic_keep(&w->pic->labels, look);
	if (w->pic->labels.failed)
		return PIC_NO_MEMORY;
	const pic_label *title = &w->pic->labels.all.at[w->title[graph]];
	int32_t wide = width > title->width ? width : title->width;
	w->frame[graph] = (pic_area){0, 0, wide, title->height + height};
	w->origin[graph] = (pic_point){(wide - width) / 2, title->height};
	return PIC_PLACED;
}

pic_outcome pic_frame_grow(pic_placing *w, oray_id graph)
{
	for (uint32_t body = w->body[graph]; body; body = w->next[body]) {
		uint32_t holder = pic_holder(&w->pic->plan, body), at = w->position[holder];
		const pic_label *label = &w->pic->labels.all.at[w->pic->label[holder]];
		layout_box *box = &w->boxes[at];
		pic_area *f = &w->frame[body];
		int64_t right = (int64_t)w->used[at] + PIC_FRAME_GAP + f->width;
		int64_t bottom = (int64_t)label->height + 2 * PIC_FRAME_GAP + f->height;
		if (right + PIC_FRAME_GAP > LAYOUT_SIDE_MOST || bottom > LAYOUT_SIDE_MOST)
			return PIC_TOO_LARGE;
		f->x = w->used[at] + PIC_FRAME_GAP;
		f->y = label->height + PIC_FRAME_GAP;
		w->used[at] = (int32_t)right;
		right += PIC_FRAME_GAP;
		box->width = right > box->width ? (int32_t)right : box->width;
		box->height = bottom > box->height ? (int32_t)bottom : box->height;
	}
	return PIC_PLACED;
}

/* Where frames without a holder go: rows about as wide as the page so far, or as a square. */
static pic_outcome stand_apart(pic_placing *w)
{
	picture *pic = w->pic;
	double area = 0;
	int64_t x = APART, y = pic->height, high = 0, wide = pic->width, limit = pic->width;
	for (oray_id g = 1; g < w->n_graphs; g++)
		if (w->item_first[g] < w->item_first[g + 1] && pic_holder(&pic->plan, g) == ORAY_NONE)
			area += ((double)w->frame[g].width + APART) * ((double)w->frame[g].height + APART);
	while ((double)limit * (double)limit < area && limit < MOST)
		limit += 64;
	y = y > APART ? y : APART;
	for (oray_id g = 1; g < w->n_graphs; g++) {
		pic_area *f = &w->frame[g];
		if (w->item_first[g] == w->item_first[g + 1] || pic_holder(&pic->plan, g) != ORAY_NONE)
			continue;
		if (x > APART && x + f->width + APART > limit) {
			x = APART;
			y += high + APART;
			high = 0;
		}
		if (x + f->width > MOST || y + f->height > MOST)
			return PIC_TOO_LARGE;
		f->x = (int32_t)x;
		f->y = (int32_t)y;
		x += f->width + APART;
		wide = x > wide ? x : wide;
		high = f->height > high ? f->height : high;
	}
	if (high) {
		pic->width = (int32_t)wide;
		pic->height = (int32_t)(y + high + APART);
	}
	return PIC_PLACED;
}

/* Frames in a box that is wider for its label's sake stand in its middle. */
static void move_into(pic_placing *w, oray_id graph, uint32_t holder)
{
	const pic_area *box = &w->pic->area[holder];
	int32_t blank = box->width - w->used[w->position[holder]] - PIC_FRAME_GAP;
	w->frame[graph].x += box->x + blank / 2;
	w->frame[graph].y += box->y;
}

static void move_items(pic_placing *w, oray_id graph)
{
	for (uint32_t i = w->item_first[graph]; i < w->item_first[graph + 1]; i++) {
		pic_area *a = &w->pic->area[w->items[i]];
		a->x += w->origin[graph].x;
		a->y += w->origin[graph].y;
	}
}

static void move_ways(pic_placing *w)
{
	picture *pic = w->pic;
	for (size_t i = 0; i < pic->tags.n; i++) {
		pic_tag *tag = &pic->tags.at[i];
		pic_point by = w->origin[pic->plan.items.at[pic->plan.wires.at[tag->wire].from].graph];
		tag->x += by.x;
		tag->y += by.y;
	}
	for (size_t i = 0; i < pic->ways.n; i++) {
		pic_way *way = &pic->ways.at[i];
		const pic_wire *wire = &pic->plan.wires.at[way->wire];
		pic_point by = w->origin[pic->plan.items.at[wire->from].graph];
		way->from.x += by.x;
		way->from.y += by.y;
		for (uint32_t k = 0; k < way->n; k++) {
			pic->points.at[way->first + k].x += by.x;
			pic->points.at[way->first + k].y += by.y;
		}
	}
}

pic_outcome pic_frame_settle(pic_placing *w)
{
	picture *pic = w->pic;
	pic_outcome outcome = stand_apart(w);
	bool any = false;
	for (oray_id g = 1; outcome == PIC_PLACED && g < w->n_graphs; g++) {
		if (w->item_first[g] == w->item_first[g + 1])
			continue;
		uint32_t holder = pic_holder(&pic->plan, g);
		if (holder != ORAY_NONE)
			move_into(w, g, holder);
		w->origin[g].x += w->frame[g].x;
		w->origin[g].y += w->frame[g].y;
		move_items(w, g);
		pic_frame *frame = vec_push(NULL, &pic->frames);
		if (!frame)
			return PIC_NO_MEMORY;
		*frame = (pic_frame){g, holder, w->title[g], w->frame[g]};
		any = true;
	}
	if (any)
		move_ways(w);
	return outcome;
}
