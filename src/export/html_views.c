/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_views.c - which pictures a page holds: all nodes; the same folded, where that makes the
 * picture much smaller; and one box a module, at the depth where there is still something to see.
 */
#include <string.h>

#include "base/error.h"
#include "export/html_draft.h"
#include "export/layers.h"
#include "picture/pic_fold.h"
#include "picture/pic_marks.h"

enum {
	LEAST_NODES = 24,  /* smaller models are not folded */
	MODULES_LEAST = 4, /* boxes of a picture of modules */
	MODULES_MOST = 400,
	LARGE = 4000, /* boxes from which on more has to be gained by a picture more */
};

/* Boxes of a picture of modules that deep, about. */
static size_t boxes_at(const module_tree *tree, unsigned depth)
{
	size_t n = 0;
	for (size_t i = 0; i < tree->modules.n; i++) {
		const module *m = &tree->modules.at[i];
		n += m->depth == depth ? 1 : m->depth < depth ? m->own_nodes : 0;
	}
	return n;
}

/* The deepest that is not too much; 0: none is worth it. */
static unsigned choose_depth(const module_tree *tree, size_t n_nodes)
{
	unsigned best = 0;
	size_t most = n_nodes / 3 < MODULES_MOST ? n_nodes / 3 : MODULES_MOST;
	for (unsigned depth = 1; tree && depth <= MODULE_DEPTH; depth++) {
		size_t n = boxes_at(tree, depth);
		if (n > most)
			break;
		if (n >= MODULES_LEAST)
			best = depth;
	}
	return best;
}

/* Writes one more picture, if it has at most so many boxes. */
static bool write_smaller(html_draft *d, const oray_drawing *drawing, size_t most, const char *name,
                          const char *kind)
{
	picture pic;
	bool smaller = false;
	if (!html_turn(d))
		return false;
	oray_status status = picture_make_small(&pic, d->model, drawing, most, NULL);
	if (status == ORAY_OK) {
		smaller = pic.area != NULL;
		if (smaller)
			html_view(d, &pic, NULL, name, kind);
	} else if (error_is_memory(status)) {
		d->failed = true;
	}
	picture_free(&pic);
	return smaller;
}

void html_views(html_draft *d, const picture *first, const html_known *k)
{
	const oray_drawing *asked = d->drawing;
	size_t boxes = first->plan.items.n, most = boxes < LARGE ? boxes / 4 * 3 : boxes / 4;
	bool chosen = asked->fold || asked->depth, folded = false;
	html_key(d, "views");
	html_open(d, '[');
	html_view(d, first, NULL,
	          asked->difference ? "Both models"
	          : asked->only     ? "Selected"
	                            : "All nodes",
	          "all");
	if (!asked->difference && (chosen || boxes >= LEAST_NODES)) {
		oray_drawing other = *asked;
		other.all = first->frames.n > 0 || asked->all;
		if (!chosen)
			other.fold = ORAY_FOLD_CONSTANTS | ORAY_FOLD_SHAPES | ORAY_FOLD_QDQ | ORAY_FOLD_REPEATS;
		folded = write_smaller(d, &other, chosen ? SIZE_MAX : most, "Folded", "fold");
		other.fold = ORAY_FOLD_CONSTANTS | ORAY_FOLD_SHAPES | ORAY_FOLD_QDQ;
		other.depth = asked->depth ? 0 : choose_depth(k->tree, k->main->n);
		if (other.depth)
			write_smaller(d, &other, most, "Modules", "modules");
	}
	html_close(d, ']');
	html_key(d, "start");
	html_int(d, chosen && folded);
}

/* ------------------------------------------------------------------------- both models -- */

static void names(html_draft *d, const oray_model *model, const oray_id *values, size_t n)
{
	oray_value v;
	html_open(d, '[');
	for (size_t i = 0; i < n && html_turn(d); i++)
		html_ref(d, oray_model_value(model, values[i], &v) ? v.name : (oray_str){"", 0});
	html_close(d, ']');
}

static void gone_item(html_draft *d, const oray_model *before, const pic_item *item)
{
	oray_node node = {.n_inputs = 0};
	oray_value v = {.graph = 0};
	bool is_node = item->kind == PIC_NODE && oray_model_node(before, item->id, &node);
	if (!is_node && (item->kind == PIC_INPUT || item->kind == PIC_CAPTURE))
		oray_model_value(before, item->id, &v);
	html_open(d, '[');
	html_int(d, item->kind);
	html_ref(d, is_node ? node.name : v.name);
	html_ref(d, node.op);
	html_ref(d, node.domain);
	html_count(d, is_node ? html_attributes_of(d, &node, NULL) : 0);
	names(d, before, node.inputs, node.n_inputs);
	names(d, before, node.outputs, node.n_outputs);
	html_int(d, is_node ? (int64_t)item->id : -1);
	html_close(d, ']');
}

void html_gone(html_draft *d, const picture *first)
{
	const oray_model *now = d->model;
	if (!d->drawing->difference)
		return;
	html_key(d, "states");
	html_open(d, '[');
	for (oray_id i = 0; i < d->info->n_nodes && html_turn(d); i++)
		html_int(d, pic_mark_state(&first->plan, i));
	html_close(d, ']');
	html_key(d, "gone");
	html_open(d, '[');
	if (first->plan.gone) {
		const pic_plan *plan = &first->plan.gone->plan;
		d->model = plan->model;
		for (size_t i = 0; i < plan->items.n && html_turn(d); i++)
			gone_item(d, plan->model, &plan->items.at[i]);
		d->model = now;
	}
	html_close(d, ']');
}
