/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jobs.c - several models, at the same time if asked to, told in order.
 *
 *     workers take the next model      [0][1][2][3][4][5][6] ...
 *                                       out  ^        ^
 *     the main thread prints in order        told     taken, at most AHEAD per worker before told
 *
 * The distance between the two marks is bounded, so that a slow first model does not make all the
 * reports behind it wait in memory.
 */
#include "jobs.h"

#include "isolate.h"
#include "progress.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { AHEAD = 4, MOST_WORKERS = 256 };

typedef struct slot {
	report report;
	draft text;
	bool done;
} slot;

typedef struct jobs {
	cli *cli;
	const char *const *paths;
	size_t n;
	report_writer write;
	slot *slots;

	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t taken, told, window;
	bool stop;

	bool any_text; /**< something was printed before */
	bool any_delivered;
	bool spoils;            /**< see report.h, of any */
	draft header;           /**< first line of the first CSV report */
	draft lost;             /**< error objects, for standard output when there will be no file */
	oray_failure *failures; /**< of all reports, for SARIF */
	size_t n_failures;
	int exit_code;
} jobs;

/* -------------------------------------------------------------------------------- workers -- */

static void report_on(jobs *j, size_t i)
{
	slot *s = &j->slots[i];
	report_start(&s->report, j->cli, j->paths[i], draft_sink, &s->text);
	report_run(&s->report, j->write);
	if (s->text.failed) {
		oray_error err = {.code = ORAY_ERR_MEMORY,
		                  .offset = ORAY_NO_OFFSET,
		                  .message = "not enough memory for the report"};
		draft_free(&s->text);
		report_error(&s->report, &err);
	}
}

static void *worker(void *context)
{
	jobs *j = context;
	pthread_mutex_lock(&j->lock);
	while (!j->stop && j->taken < j->n) {
		if (j->taken >= j->told + j->window) {
			pthread_cond_wait(&j->changed, &j->lock);
			continue;
		}
		size_t i = j->taken++;
		pthread_mutex_unlock(&j->lock);
		report_on(j, i);
		pthread_mutex_lock(&j->lock);
		j->slots[i].done = true;
		pthread_cond_broadcast(&j->changed);
	}
	pthread_mutex_unlock(&j->lock);
	return NULL;
}

static size_t count_workers(const cli *c, size_t n)
{
	size_t workers = c->options.has_jobs ? c->options.jobs : 1;
	if (workers == 0) {
		long processors = sysconf(_SC_NPROCESSORS_ONLN);
		workers = processors > 0 ? (size_t)processors : 1;
	}
	workers = workers < n ? workers : n;
	return workers < MOST_WORKERS ? workers : MOST_WORKERS;
}

/* -------------------------------------------------------------------------------- telling -- */

/** The report without its header line when an earlier one had the same. */
static const char *skip_header(jobs *j, const char *text)
{
	size_t size = strcspn(text, "\n");
	size += text[size] == '\n';
	if (j->header.n == 0)
		draft_add(&j->header, text, size);
	else if (j->header.n == size && memcmp(j->header.data, text, size) == 0)
		return text + size;
	return text;
}

/** Failures wait for the end of the document. */
static void note_failures(jobs *j, const report *r)
{
	size_t n = j->n_failures + r->n_failures;
	oray_failure *all = n ? realloc(j->failures, n * sizeof *all) : NULL;
	if (!all)
		return;
	memcpy(all + j->n_failures, r->failures, r->n_failures * sizeof *all);
	j->failures = all;
	j->n_failures = n;
}

static void note(jobs *j, report *r)
{
	if (r->n_failures)
		note_failures(j, r);
	j->exit_code = report_worse(j->exit_code, r->exit_code);
	j->any_delivered |= r->delivered;
	j->spoils |= r->spoils;
	draft_add(&j->lost, draft_text(&r->errors), r->errors.n);
	output_message(&j->cli->out, draft_text(&r->messages));
	report_free(r);
}

static void tell(jobs *j, slot *s)
{
	oray_format format = s->report.style.format;
	const char *text = draft_text(&s->text);
	size_t size = s->text.n;

	if (format == ORAY_CSV) {
		const char *rows = skip_header(j, text);
		size -= (size_t)(rows - text);
		text = rows;
	}
	if (size > 0) {
		if (j->any_text && (format == ORAY_TEXT || format == ORAY_MARKDOWN))
			output_sink(&j->cli->out, "\n", 1);
		if (j->any_text && format == ORAY_SARIF)
			output_sink(&j->cli->out, ",\n", 2);
		output_sink(&j->cli->out, text, size);
		output_flush(&j->cli->out);
		j->any_text = true;
	}
	draft_free(&s->text);
	note(j, &s->report);
}

/** Waits for model `i`, or reports on it here when there are no workers. */
static void await(jobs *j, size_t i, size_t workers)
{
	if (workers == 0) {
		report_on(j, i);
		return;
	}
	pthread_mutex_lock(&j->lock);
	while (!j->slots[i].done)
		pthread_cond_wait(&j->changed, &j->lock);
	pthread_mutex_unlock(&j->lock);
}

static void advance(jobs *j, size_t told, bool stop)
{
	pthread_mutex_lock(&j->lock);
	j->told = told;
	j->stop = stop;
	pthread_cond_broadcast(&j->changed);
	pthread_mutex_unlock(&j->lock);
}

static void run_several(jobs *j)
{
	pthread_t threads[MOST_WORKERS];
	size_t wanted = count_workers(j->cli, j->n), workers = 0;
	progress p = progress_start(j->cli, j->n);

	j->window = AHEAD * wanted;
	pthread_mutex_init(&j->lock, NULL);
	pthread_cond_init(&j->changed, NULL);
	if (wanted > 1)
		while (workers < wanted && pthread_create(&threads[workers], NULL, worker, j) == 0)
			workers++;

	bool stop = false;
	for (size_t i = 0; i < j->n && !stop; i++) {
		progress_show(&p, i, j->paths[i]);
		await(j, i, workers);
		progress_erase(&p);
		tell(j, &j->slots[i]);
		stop = j->cli->out.closed || j->cli->out.problem;
		advance(j, i + 1, stop);
	}
	for (size_t i = 0; i < workers; i++)
		pthread_join(threads[i], NULL);
	for (size_t i = j->told; i < j->n; i++) {
		draft_free(&j->slots[i].text);
		report_free(&j->slots[i].report);
	}
	pthread_cond_destroy(&j->changed);
	pthread_mutex_destroy(&j->lock);
}

static void run_one(jobs *j)
{
	report r;
	report_start(&r, j->cli, j->paths[0], output_sink, &j->cli->out);
	report_run(&r, j->write);
	note(j, &r);
}

int jobs_run(cli *c, const char *const *paths, size_t n_paths, report_writer write)
{
	jobs j = {.cli = c, .paths = paths, .n = n_paths, .write = write};
	draft trouble = {0};

	if (n_paths > 1)
		j.slots = calloc(n_paths, sizeof *j.slots);
	if (n_paths > 1 && !j.slots)
		draft_str(&trouble, "out of memory");
	else
		output_open(&c->out, c->options.output, &c->options, paths, n_paths, &c->term, &trouble);
	if (trouble.n > 0) {
		int code = cli_fail(c, ORAY_ERR_WRITE, draft_text(&trouble));
		draft_free(&trouble);
		free(j.slots);
		return code;
	}

	isolate(c, paths, n_paths);
	bool sarif = option_format(&c->options) == ORAY_SARIF, fine = true;
	if (sarif)
		fine = oray_write_sarif_begin(output_sink, &c->out, NULL) == ORAY_OK;
	if (n_paths == 1)
		run_one(&j);
	else
		run_several(&j);
	if (sarif) {
		fine &=
		    oray_write_sarif_end(j.failures, j.n_failures, output_sink, &c->out, NULL) == ORAY_OK;
		j.any_delivered = true;
	}
	if (!fine && !c->out.closed)
		j.exit_code = EXIT_NOT_WRITTEN;

	/* No report, no file; then the error objects are what is left to say. */
	bool keep = (j.any_delivered && !j.spoils) || !c->out.temporary;
	bool lost = !keep && !output_write_all(STDOUT_FILENO, draft_text(&j.lost), j.lost.n);
	if (!output_close(&c->out, keep) || lost)
		j.exit_code = EXIT_NOT_WRITTEN;
	draft_free(&j.header);
	draft_free(&j.lost);
	free(j.failures);
	free(j.slots);
	return j.exit_code;
}
