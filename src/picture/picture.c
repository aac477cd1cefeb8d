/* SPDX-License-Identifier: Apache-2.0 */
#include "picture/picture.h"

#include <string.h>

#include "base/error.h"
#include "base/heap.h"
#include "picture/pic_marks.h"
#include "words/describe.h"

#define BLANK 16 /* least sides of a page */

/* ------------------------------------------------------------------------------- making -- */

static oray_status label_all(picture *pic, oray_error *err)
{
	size_t n = pic->plan.items.n;
	pic->label = heap_zeroed(n + 1, sizeof *pic->label);
	pic->area = heap_zeroed(n + 1, sizeof *pic->area);
	if (!pic->label || !pic->area)
		return error_memory(err);
	for (size_t i = 0; i < n && !pic->labels.failed; i++) {
		pic_label_item(&pic->look, &pic->plan.items.at[i]);
		pic->label[i] = pic_keep(&pic->labels, &pic->look);
	}
	return pic->labels.failed ? error_memory(err) : ORAY_OK;
}

/* The legend stands above everything. */
static void make_room(picture *pic)
{
	int32_t down = pic->legend_height;
	if (pic->height > INT32_MAX - down)
		return;
	for (size_t i = 0; down && i < pic->plan.items.n; i++)
		pic->area[i].y += down;
	for (size_t i = 0; down && i < pic->frames.n; i++)
		pic->frames.at[i].area.y += down;
	for (size_t i = 0; down && i < pic->points.n; i++)
		pic->points.at[i].y += down;
	for (size_t i = 0; down && i < pic->ways.n; i++)
		pic->ways.at[i].from.y += down;
	for (size_t i = 0; down && i < pic->tags.n; i++)
		pic->tags.at[i].y += down;
	pic->height += down;
	if (pic->legend_width && pic->width < pic->legend_width + PIC_MARGIN)
		pic->width = pic->legend_width + PIC_MARGIN;
}

oray_status picture_make(picture *pic, const oray_model *model, const oray_drawing *drawing,
                         oray_error *err)
{
	return picture_make_small(pic, model, drawing, SIZE_MAX, err);
}

oray_status picture_make_small(picture *pic, const oray_model *model, const oray_drawing *drawing,
                               size_t most, oray_error *err)
{
	static const oray_drawing everything;
	if (!drawing)
		drawing = &everything;
	uint64_t failures = heap_failures();
	*pic = (picture){.right = false};
	oray_status status = pic_plan_marked(&pic->plan, model, drawing, err);
	if (status == ORAY_OK && pic->plan.items.n > most)
		return ORAY_OK;
	if (status == ORAY_OK && !pic_capture(&pic->plan))
		status = error_memory(err);
	pic->look = (pic_look){.plan = &pic->plan,
	                       .names = drawing->names,
	                       .rows = drawing->rows != ORAY_ROWS_NONE,
	                       .attributes_shown = drawing->rows == ORAY_ROWS_ALL};
	if (status == ORAY_OK && pic->plan.gone) {
		pic->look.gone = heap_zeroed(1, sizeof *pic->look.gone);
		if (!pic->look.gone)
			return error_memory(err);
		*pic->look.gone = pic->look;
		pic->look.gone->plan = &pic->plan.gone->plan;
		pic->look.gone->gone = NULL;
	}
	if (status == ORAY_OK)
		status = label_all(pic, err);
	if (status == ORAY_OK)
		status = pic_paint_all(pic, drawing, err);
	if (status == ORAY_OK)
		status = picture_place(pic, drawing, err);
	if (status == ORAY_OK)
		make_room(pic);
	if (status == ORAY_OK && heap_failures() != failures)
		status = error_memory(err);
	/* nothing to draw is a blank page, since no reader takes one without a size */
	pic->width = pic->width > BLANK ? pic->width : BLANK;
	pic->height = pic->height > BLANK ? pic->height : BLANK;
	return status;
}

void picture_free(picture *pic)
{
	pic_plan_free(&pic->plan);
	pic_labels_free(&pic->labels);
	if (pic->look.gone)
		pic_look_free(pic->look.gone);
	heap_free(pic->look.gone);
	pic_look_free(&pic->look);
	heap_free(pic->label);
	heap_free(pic->area);
	heap_free(pic->paint);
	vec_free(NULL, &pic->legend);
	vec_free(NULL, &pic->frames);
	vec_free(NULL, &pic->ways);
	vec_free(NULL, &pic->points);
	vec_free(NULL, &pic->tags);
	*pic = (picture){.right = false};
}
