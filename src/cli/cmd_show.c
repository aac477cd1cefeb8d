/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_show.c - everything about one node, tensor or function.
 *
 * A name that is not there is reported, with names that are; the others are shown all the same.
 */
#include "jobs.h"

#include "names.h"

#include <stdlib.h>
#include <string.h>

/** The body of a function of the same name: the function tells all of it. */
static bool told_already(const oray_model *model, oray_ref ref, const char *name)
{
	if (ref.what != ORAY_REF_GRAPH)
		return false;
	const oray_graph *graph = oray_model_graph(model, ref.id);
	const oray_function *function = graph ? oray_model_function(model, graph->function) : NULL;
	return function && function->name.size == strlen(name) &&
	       memcmp(function->name.data, name, function->name.size) == 0;
}

/* Each is looked for in all of the model; no honest one has so many of a name. */
enum { MOST_OF_NAME = 50 };

/** Shows the things of one name. `first` is cleared once something was shown. */
static oray_status show(report *r, const oray_model *model, const char *name, bool *first,
                        oray_error *err)
{
	oray_ref *refs;
	size_t n;
	oray_status status = names_find(model, name, &refs, &n, err);
	for (size_t i = 0; i < n && i < MOST_OF_NAME && status == ORAY_OK; i++) {
		if (told_already(model, refs[i], name))
			continue;
		bool prose = r->style.format == ORAY_TEXT || r->style.format == ORAY_MARKDOWN;
		if (!*first && prose && report_sink(r, "\n", 1) != 0)
			status = ORAY_ERR_WRITE;
		if (status == ORAY_OK)
			status = oray_write_ref(model, refs[i], &r->style, report_sink, r, err);
		r->style.no_header = true;
		*first = false;
	}
	if (status == ORAY_OK && n > MOST_OF_NAME) {
		draft_str(&r->messages, "onnxray: ");
		draft_printable(&r->messages, r->path);
		draft_format(&r->messages, ": of %zu things called '", n);
		draft_printable(&r->messages, name);
		draft_format(&r->messages, "' the first %d are shown\n", MOST_OF_NAME);
	}
	free(refs);
	return status;
}

static oray_status write_show(report *r, const oray_model *model, oray_error *err)
{
	const cli *c = r->cli;
	bool first = true;
	for (size_t i = 1; i < c->n_operands; i++) {
		oray_status status = show(r, model, c->operands[i], &first, err);
		if (status == ORAY_ERR_NOT_FOUND)
			report_error(r, err);
		else if (status != ORAY_OK)
			return status;
	}
	return ORAY_OK;
}

int cmd_show(cli *c)
{
	return jobs_run(c, c->operands, 1, write_show);
}
