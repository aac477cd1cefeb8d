/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check.c - from a model and options to a report.
 */
#include "check/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/heap.h"

enum {
	MOST_OF_RULE = 10000,
	ROOM = 64 << 20 /* bytes of findings; what comes after is counted only */
};

static void (*const passes[])(check_pass *) = {
#define PASS(name) check_##name,
#include "check/check_passes.inc"
#undef PASS
};

/* --------------------------------------------------------------------------- prerequisites -- */

static int place_order(oray_place a, oray_place b)
{
	if (a.what != b.what)
		return a.what < b.what ? -1 : 1;
	return a.id != b.id ? a.id < b.id ? -1 : 1 : 0;
}

static int by_rule_and_place(const void *a, const void *b)
{
	const check_note *x = *(const check_note *const *)a, *y = *(const check_note *const *)b;
	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	return place_order(x->finding.place, y->finding.place);
}

/* Notes in order of rule and place, to be searched. */
typedef struct note_index {
	const check_note **at;
	size_t n;
} note_index;

static bool has(const note_index *index, check_rule rule, oray_place place)
{
	const check_note wanted = {.rule = rule, .finding = {.place = place}}, *key = &wanted;
	return index->n &&
	       bsearch(&key, index->at, index->n, sizeof *index->at, by_rule_and_place) != NULL;
}

static bool is_meaningless(const note_index *index, const check_note *note)
{
	const oray_rule *rule = &oray_rules(NULL)[note->rule];
	check_rule other;
	for (size_t k = 0; k < ORAY_REQUIRES && rule->requires[k]; k++)
		if (check_rule_id(rule->requires[k], &other) &&
		    (has(index, other, note->finding.place) || has(index, other, check_at_model())))
			return true;
	return false;
}

void check_prerequisites(check_book *book)
{
	size_t size = book->notes.n * sizeof(const check_note *);
	note_index index = {.at = mem_resize(NULL, NULL, 0, size ? size : 1), .n = book->notes.n};

	if (!index.at) {
		book->failed = true;
		return;
	}
	for (size_t i = 0; i < index.n; i++)
		index.at[i] = &book->notes.at[i];
	qsort(index.at, index.n, sizeof *index.at, by_rule_and_place);
	for (size_t i = 0; i < book->notes.n; i++) {
		check_note *note = &book->notes.at[i];
		if (!is_meaningless(&index, note))
			continue;
		note->left_out = true;
		book->counts[note->rule][note->finding.severity]--;
	}
	mem_free(NULL, (void *)index.at, size ? size : 1);
}

/* ------------------------------------------------------------------------------ publishing -- */

static int in_order(const void *a, const void *b)
{
	const check_note *x = a, *y = b;
	if (x->left_out != y->left_out)
		return x->left_out ? 1 : -1;
	if (x->finding.severity != y->finding.severity)
		return x->finding.severity > y->finding.severity ? -1 : 1;
	/* What has no byte is about the whole, and comes first. */
	uint64_t i = x->finding.offset + 1, j = y->finding.offset + 1;
	if (i != j)
		return i < j ? -1 : 1;
	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	int places = place_order(x->finding.place, y->finding.place);
	return places ? places : strcmp(x->finding.message, y->finding.message);
}

static void count_rules(check_book *book)
{
	oray_check_report *r = &book->public;
	for (size_t i = 0; i < CHECK_N_RULES; i++) {
		uint64_t all = 0;
		for (int s = 0; s < 3 && book->wanted[i]; s++) {
			all += book->counts[i][s];
			r->counts[s] += book->counts[i][s];
		}
		oray_rule_count *c = all ? vec_push(NULL, &book->counted) : NULL;
		if (c)
			*c = (oray_rule_count){&oray_rules(NULL)[i], all, book->kept[i]};
		book->failed |= all && !c;
		r->dropped += all > book->kept[i] ? all - book->kept[i] : 0;
	}
	r->n_rules = book->counted.n;
	r->rules = book->counted.at;
}

static void publish(check_book *book)
{
	memset(book->kept, 0, sizeof book->kept);
	if (book->notes.n)
		qsort(book->notes.at, book->notes.n, sizeof *book->notes.at, in_order);
	for (size_t i = 0; i < book->notes.n && !book->notes.at[i].left_out; i++) {
		oray_finding *f = vec_push(NULL, &book->findings);
		if (!f) {
			book->failed = true;
			return;
		}
		*f = book->notes.at[i].finding;
		book->kept[book->notes.at[i].rule]++;
	}
	book->public.n = book->findings.n;
	book->public.findings = book->findings.at;
	count_rules(book);
}

/* ----------------------------------------------------------------------------------- check -- */

oray_status oray_check_verify(const oray_check_options *opts, oray_error *err)
{
	bool wanted[CHECK_N_RULES];
	oray_status status = opts ? check_select(opts, wanted, err) : ORAY_OK;
	return opts && status == ORAY_OK ? check_budgets_verify(opts, err) : status;
}

static void look(check_pass *pass)
{
	check_book *book = pass->book;
	for (size_t i = 0; i < sizeof passes / sizeof *passes; i++)
		passes[i](pass);
	check_budgets(pass);
	check_prerequisites(book);
	for (size_t i = 0; i < book->notes.n; i++)
		book->notes.at[i].left_out |= !book->wanted[book->notes.at[i].rule];
	check_fingerprints(book);
}

oray_status oray_check(const oray_model *model, const oray_check_options *opts,
                       oray_check_report **out, oray_error *err)
{
	static const oray_check_options everything;
	check_book *book = heap_zeroed(1, sizeof *book);

	*out = NULL;
	if (!book)
		return error_memory(err);
	check_pass pass = {.model = model,
	                   .info = oray_model_describe(model),
	                   .options = opts ? opts : &everything,
	                   .book = book};
	book->public.model = model;
	book->room = ROOM;
	book->most = pass.options->most ? pass.options->most : MOST_OF_RULE;
	uint64_t failures = heap_failures();
	oray_status status = check_select(pass.options, book->wanted, err);
	if (status == ORAY_OK)
		status = check_budgets_verify(pass.options, err);
	if (status == ORAY_OK)
		status = check_adopt(&pass, err);
	if (status == ORAY_OK) {
		look(&pass);
		status = check_baseline(book, pass.options, err);
	}
	if (status == ORAY_OK)
		publish(book);
	vec_free(NULL, &book->notes);
	if (status == ORAY_OK && (book->failed || book->texts.failed || heap_failures() != failures))
		status = error_memory(err);
	if (status != ORAY_OK) {
		oray_check_report_free(&book->public);
		return status;
	}
	*out = &book->public;
	return ORAY_OK;
}

void oray_check_report_free(oray_check_report *report)
{
	check_book *book = (check_book *)report;
	if (!book)
		return;
	vec_free(NULL, &book->notes);
	vec_free(NULL, &book->findings);
	vec_free(NULL, &book->counted);
	arena_free(&book->texts);
	heap_free(book);
}
