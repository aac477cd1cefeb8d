/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_baseline.c - fingerprints, and findings that are known by them.
 *
 * A baseline is lines of "file<TAB>fingerprint". A fingerprint is the rule and the name of what it
 * is about; several of the same are numbered, so that one more than before is new. Budgets are
 * never known: what they are about is the figure.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/heap.h"
#include "check/check.h"

/* ------------------------------------------------------------------------------ fingerprints -- */

static const char *fingerprint(check_book *book, const oray_finding *f)
{
	buf text = {0};
	buf_format(&text, "%s ", f->rule);
	check_anchor(book->public.model, f->place, &text);
	const char *kept = buf_ok(&text) ? arena_copy(&book->texts, buf_text(&text), text.n) : NULL;
	book->failed |= !kept;
	buf_free(&text);
	return kept ? kept : "";
}

static int by_fingerprint(const void *a, const void *b)
{
	const check_note *x = *(check_note *const *)a, *y = *(check_note *const *)b;
	int order = strcmp(x->finding.fingerprint, y->finding.fingerprint);
	/* Notes are in order of their reports. */
	return order ? order : (x > y) - (x < y);
}

/* The second of the same gets " #2", and so on. */
static void number_equals(check_book *book, check_note **notes, size_t n)
{
	size_t first = 0;
	for (size_t i = 1; i < n && !book->failed; i++) {
		if (strcmp(notes[i]->finding.fingerprint, notes[first]->finding.fingerprint) != 0) {
			first = i;
			continue;
		}
		buf text = {0};
		buf_format(&text, "%s #%zu", notes[i]->finding.fingerprint, i - first + 1);
		const char *kept = buf_ok(&text) ? arena_copy(&book->texts, buf_text(&text), text.n) : NULL;
		if (kept)
			notes[i]->finding.fingerprint = kept;
		else
			book->failed = true;
		buf_free(&text);
	}
}

void check_fingerprints(check_book *book)
{
	check_note **notes = heap_get((book->notes.n + 1) * sizeof(check_note *));
	size_t n = 0;

	if (!notes) {
		book->failed = true;
		return;
	}
	for (size_t i = 0; i < book->notes.n; i++) {
		check_note *note = &book->notes.at[i];
		if (note->left_out)
			continue;
		note->finding.fingerprint = fingerprint(book, &note->finding);
		notes[n++] = note;
	}
	qsort(notes, n, sizeof *notes, by_fingerprint);
	number_equals(book, notes, n);
	heap_free((void *)notes);
}

/* --------------------------------------------------------------------------------- baselines -- */

typedef struct entry {
	const char *text; /* in the baseline; not terminated */
	size_t size;
} entry;

static int compare(const void *a, const void *b)
{
	const entry *x = a, *y = b;
	size_t common = x->size < y->size ? x->size : y->size;
	int order = common ? memcmp(x->text, y->text, common) : 0;
	return order ? order : (x->size > y->size) - (x->size < y->size);
}

typedef VEC(entry) entries;

/* One line, without what ends it. @return false when it is none of a baseline. */
static bool take_line(entries *all, const char *name, const char *line, size_t size)
{
	const char *tab = memchr(line, '\t', size);
	entry *next;

	if (!size || *line == '#')
		return true;
	if (!tab)
		return false;
	if (strlen(name) != (size_t)(tab - line) || memcmp(line, name, (size_t)(tab - line)) != 0)
		return true;
	next = vec_push(NULL, all);
	if (next)
		*next = (entry){tab + 1, size - (size_t)(tab + 1 - line)};
	return next != NULL;
}

static oray_status read_lines(entries *all, const char *name, const oray_check_options *o,
                              oray_error *err)
{
	size_t number = 1;
	for (size_t i = 0; i < o->baseline_size; number++) {
		const char *line = o->baseline + i, *stop = memchr(line, '\n', o->baseline_size - i);
		size_t size = stop ? (size_t)(stop - line) : o->baseline_size - i;
		i += size + 1;
		if (size && line[size - 1] == '\r')
			size--;
		if (!take_line(all, name, line, size))
			return error_set(err, ORAY_ERR_USAGE, ORAY_NO_OFFSET, NULL,
			                 "line %zu of the baseline is none that --write-baseline writes",
			                 number);
	}
	return ORAY_OK;
}

static bool is_known(const entries *all, const check_note *note)
{
	const oray_finding *f = &note->finding;
	const entry key = {f->fingerprint, strlen(f->fingerprint)};
	return all->n && strcmp(oray_rules(NULL)[note->rule].group, "budget") != 0 &&
	       bsearch(&key, all->at, all->n, sizeof *all->at, compare) != NULL;
}

oray_status check_baseline(check_book *book, const oray_check_options *options, oray_error *err)
{
	entries all = {0};
	buf name = {0};

	if (!options->baseline)
		return ORAY_OK;
	buf_str(&name, "");
	if (options->baseline_name)
		buf_printable(&name, options->baseline_name, strlen(options->baseline_name));
	oray_status status = read_lines(&all, buf_text(&name), options, err);
	if (status == ORAY_OK && all.n)
		qsort(all.at, all.n, sizeof *all.at, compare);
	for (size_t i = 0; status == ORAY_OK && i < book->notes.n; i++) {
		check_note *note = &book->notes.at[i];
		if (note->left_out || !is_known(&all, note))
			continue;
		note->left_out = true;
		book->counts[note->rule][note->finding.severity]--;
		book->public.known++;
	}
	vec_free(NULL, &all);
	buf_free(&name);
	return status;
}
