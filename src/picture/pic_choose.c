/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_choose.c - which nodes are boxes, before anything is folded.
 */
#include <string.h>

#include "picture/pic_choose.h"

oray_id pic_root(const oray_model *model, oray_id graph)
{
	for (;;) {
		const oray_graph *g = oray_model_graph(model, graph);
		oray_node holder;
		if (!g || !oray_model_node(model, g->parent_node, &holder))
			return graph;
		graph = holder.graph;
	}
}

oray_id pic_place_of(const pic_plan *p, oray_id node)
{
	oray_node n;
	while (oray_model_node(p->model, node, &n)) {
		if (p->drawn[n.graph])
			return node;
		node = oray_model_graph(p->model, n.graph)->parent_node;
	}
	return ORAY_NONE;
}

bool pic_is_held(const pic_plan *p, oray_id graph)
{
	oray_node holder;
	while (oray_model_node(p->model, oray_model_graph(p->model, graph)->parent_node, &holder)) {
		if (p->fate[oray_model_graph(p->model, graph)->parent_node] == PIC_BOX)
			return true;
		graph = holder.graph;
	}
	return false;
}

static void choose_all_nodes(pic_plan *p, oray_id graph)
{
	const oray_graph *g = oray_model_graph(p->model, graph);
	if (g->depth > PIC_DEEPEST)
		return;
	p->drawn[graph] = true;
	memset(p->fate + g->first_node, PIC_BOX, g->n_nodes);
}

static void choose_part(pic_plan *p, const oray_drawing *drawing)
{
	for (size_t i = 0; i < drawing->n_only; i++)
		if (drawing->only[i] < p->info->n_nodes)
			p->fate[drawing->only[i]] = PIC_BOX;
	for (oray_id g = 0; drawing->all && g < p->info->n_graphs; g++)
		if (pic_is_held(p, g))
			choose_all_nodes(p, g);
	for (size_t i = 0; i < drawing->n_only; i++) {
		oray_node n;
		/* its graph, and what that is in, up to the first that is drawn already */
		for (oray_id id = drawing->only[i]; oray_model_node(p->model, id, &n) && !p->drawn[n.graph];
		     id = oray_model_graph(p->model, n.graph)->parent_node)
			p->drawn[n.graph] = true;
	}
}

static void choose_whole(pic_plan *p, bool all)
{
	for (oray_id g = 0; g < p->info->n_graphs; g++) {
		const oray_graph *root = oray_model_graph(p->model, all ? pic_root(p->model, g) : g);
		if (root->role == ORAY_GRAPH_MAIN || (all && root->role == ORAY_GRAPH_FUNCTION))
			choose_all_nodes(p, g);
	}
}

void pic_choose(pic_plan *p, const oray_drawing *drawing)
{
	if (drawing->only)
		choose_part(p, drawing);
	else
		choose_whole(p, drawing->all);
}
