/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_graph.c - a picture of the graph, or of a part of it.
 */
#include "jobs.h"

#include "drawing.h"
#include "pair.h"
#include "per_node.h"
#include "select.h"

#include <stdlib.h>
#include <string.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

static oray_status draw(report *r, const oray_model *model, const oray_difference *difference,
                        oray_error *err)
{
	const options *o = &r->cli->options;
	oray_drawing drawing = {.difference = difference};
	oray_status status = ORAY_OK;
	oray_id *nodes = NULL;
	draft problem = {0};

	drawing_read(o, &drawing, &problem); /* cmd_graph() has told of any */
	draft_free(&problem);
	if (select_wanted(o)) {
		status = select_nodes(model, o, &nodes, &drawing.n_only, err);
		drawing.only = nodes;
	}
	const char *format = drawing_format(o);
	per_node numbers = {0};
	if (status == ORAY_OK && drawing_file(o)) {
		status = per_node_read(model, drawing_file(o), &numbers, &r->messages, err);
		drawing.color_by = numbers.title;
		drawing.values = numbers.values;
	}
	if (status == ORAY_OK && strcmp(format, "dot") == 0)
		status = oray_write_dot(model, &drawing, report_sink, r, err);
	else if (status == ORAY_OK && strcmp(format, "html") == 0)
		status = oray_write_page(model, &drawing, report_sink, r, err);
	else if (status == ORAY_OK)
		status = oray_write_picture(model, &drawing, format, report_sink, r, err);
	per_node_free(&numbers);
	free(nodes);
	return status;
}

static oray_status write_graph(report *r, const oray_model *model, oray_error *err)
{
	return draw(r, model, NULL, err);
}

/* Both models on the graph of the second. */
static oray_status write_both(report *r, const oray_difference *d, void *context, oray_error *err)
{
	(void)context;
	return draw(r, d->b, d, err);
}

/* False after a message: an option says what cannot be. */
static bool understood(cli *c)
{
	oray_drawing drawing = {.theme = NULL};
	draft problem = {0};
	bool fine = drawing_read(&c->options, &drawing, &problem);
	if (!fine)
		cli_misuse(c, draft_text(&problem));
	draft_free(&problem);
	return fine;
}

/*
 * Large blocks go back to the system when they are freed. Otherwise the C library keeps them, the
 * larger the more were freed before, and what the steps of a picture need one after the other adds
 * up: to a sixth of all memory.
 */
static void free_at_once(void)
{
#ifdef __GLIBC__
	mallopt(M_MMAP_THRESHOLD, 256 * 1024);
#endif
}

int cmd_graph(cli *c)
{
	const options *o = &c->options;
	const char *format = drawing_format(o);

	if (!format)
		return cli_misuse(c, "-o: the extension is none of .dot, .gv, .svg, .png, .pdf and "
		                     ".html; "
		                     "add --format, or another extension");
	if (c->term.is_terminal && strcmp(format, "dot") != 0)
		return cli_misuse(c, "a picture is not for the terminal; add -o FILE");
	if (c->term.is_terminal && !o->format && !o->output)
		return cli_misuse(
		    c, "where should the picture go? add -o FILE.svg (or .html, .png, .pdf, .dot), "
		       "or -o - for the source on the terminal");
	if (o->has_hops && o->around.n == 0)
		return cli_misuse(c, "--hops needs --around");
	if (!understood(c))
		return EXIT_WRONG_USAGE;
	free_at_once();
	if (o->diff)
		return pair_run(c, c->operands[0], o->diff, write_both, NULL);
	return jobs_run(c, c->operands, 1, write_graph);
}
