/* SPDX-License-Identifier: Apache-2.0 */
#include "export/dot_names.h"

#include <inttypes.h>
#include <stdio.h>

#include "picture/pic_marks.h"

static void name_item(const pic_plan *p, size_t index, char *out, size_t size)
{
	const pic_item *item = &p->items.at[index];
	switch (item->kind) {
	case PIC_NODE:
		snprintf(out, size, "n%" PRIu32, item->id);
		break;
	case PIC_INPUT:
		snprintf(out, size, "v%" PRIu32, item->id);
		break;
	case PIC_OUTPUT:
		snprintf(out, size, "g%" PRIu32 "o%" PRIu32, item->id, item->index);
		break;
	case PIC_MORE:
		snprintf(out, size, "m%" PRIu32, item->id);
		break;
	case PIC_CAPTURE:
		snprintf(out, size, "g%" PRIu32 "v%" PRIu32, item->graph, item->id);
		break;
	case PIC_MODULE:
		snprintf(out, size, "w%" PRIu32, item->id);
		break;
	case PIC_GONE:
		name_item(&p->gone->plan, item->id, out + 1, size - 1);
		out[0] = 'a';
		break;
	}
}

/*
 * cgraph knows its objects by numbers and asks for their names. By itself it would take the address
 * of a name for its number, and write frames in the order of addresses. Here a node is numbered by
 * its item, a frame by its graph, and names are made when they are written, so the same model gives
 * the same bytes. Some types of these functions differ between versions of cgraph.
 */
typedef __typeof__(((Agiddisc_t *)NULL)->map(NULL, 0, NULL, NULL, 0)) id_found;

typedef struct names {
	const pic_plan *plan;
	IDTYPE next;      /* number of what is being made: item + 1, graph + 1, 0 for the root */
	IDTYPE last_wire; /* wires have no names */
	char text[48];
} names;

static names all_names; /* one graph is written at a time */

static void *open_ids(Agraph_t *g, Agdisc_t *discipline)
{
	(void)g;
	(void)discipline;
	return &all_names;
}

static id_found number(void *state, int kind, char *name, IDTYPE *id, int create)
{
	names *n = state;
	(void)kind;
	if (!name && !create)
		return 0;
	*id = name ? n->next : ++n->last_wire;
	return 1;
}

static char *name_of(void *state, int kind, IDTYPE id)
{
	names *n = state;
	if (kind == AGRAPH && id == 0)
		snprintf(n->text, sizeof n->text, "onnxray");
	else if (kind == AGRAPH)
		snprintf(n->text, sizeof n->text, "%s_g%" PRIu32,
		         id < DOT_NAMES_SHELF ? "cluster" : "shelf", (uint32_t)(id - 1));
	else if (kind == AGNODE)
		name_item(n->plan, (size_t)id - 1, n->text, sizeof n->text);
	else
		return NULL;
	return n->text;
}

static void free_id(void *state, int kind, IDTYPE id)
{
	(void)state;
	(void)kind;
	(void)id;
}

static void close_ids(void *state)
{
	(void)state;
}

static void register_id(void *state, int kind, void *object)
{
	(void)state;
	(void)kind;
	(void)object;
}

Agiddisc_t dot_names_ids = {.open = open_ids,
                            .map = number,
                            .free = free_id,
                            .print = name_of,
                            .close = close_ids,
                            .idregister = register_id};

void dot_names_begin(const pic_plan *plan)
{
	all_names = (names){.plan = plan};
}

char *dot_names_next(IDTYPE id)
{
	static char any[] = "";
	all_names.next = id;
	return any;
}
