/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names.c - things of a model by the name that a user typed, or the names that are close to it.
 */
#include "names.h"

#include "draft.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* So much of a suggestion is shown; paths of modules can be very long. */
enum { SHOWN = 80 };

oray_status names_not_found(const char *what, const char *name, const nearest *near,
                            oray_error *err)
{
	draft text = {0};
	draft_format(&text, "%s '", what);
	draft_printable(&text, name);
	draft_str(&text, "'");
	for (size_t i = 0; i < near->n; i++) {
		const char *other = near->best[i].name;
		draft_str(&text, i == 0 ? "; did you mean '" : i + 1 < near->n ? "', '" : "' or '");
		if (strlen(other) <= SHOWN) {
			draft_printable(&text, other);
		} else {
			/* The end of a path tells more than its beginning. */
			draft_str(&text, "...");
			draft_printable(&text, other + strlen(other) - SHOWN);
		}
	}
	draft_str(&text, near->n > 0 ? "'?" : "");
	*err = (oray_error){.code = ORAY_ERR_NOT_FOUND, .offset = ORAY_NO_OFFSET};
	draft_fit(draft_text(&text), err->message, sizeof err->message);
	draft_free(&text);
	return err->code;
}

/** Offers every name that oray_model_find() would have answered to. */
static void offer_all(const oray_model *model, nearest *near)
{
	char label[NEAREST_NAME];
	oray_value value;
	const oray_model_info *info = oray_model_describe(model);

	for (oray_id i = 0; i < info->n_nodes; i++) {
		oray_node_label(model, i, label, sizeof label);
		nearest_offer(near, label);
	}
	for (oray_id i = 0; oray_model_value(model, i, &value); i++)
		nearest_offer(near, value.name.data);
	for (oray_id i = 0; i < info->n_functions; i++)
		nearest_offer(near, oray_model_function(model, i)->name.data);
	for (oray_id i = 0; i < info->n_graphs; i++)
		nearest_offer(near, oray_model_graph(model, i)->name.data);
}

oray_status names_find(const oray_model *model, const char *name, oray_ref **refs, size_t *n,
                       oray_error *err)
{
	oray_str wanted = {name, strlen(name)};
	*refs = NULL;
	*n = oray_model_find(model, wanted, NULL, 0);
	if (*n == 0) {
		nearest near;
		nearest_start(&near, name, NEAREST_KEPT);
		offer_all(model, &near);
		return names_not_found("no node, value or function is called", name, &near, err);
	}
	*refs = calloc(*n, sizeof **refs);
	if (!*refs) {
		*err = (oray_error){
		    .code = ORAY_ERR_MEMORY, .offset = ORAY_NO_OFFSET, .message = "out of memory"};
		return err->code;
	}
	oray_model_find(model, wanted, *refs, *n);
	return ORAY_OK;
}
