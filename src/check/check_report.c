/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_report.c - findings on their way into the book.
 */
#include <stdarg.h>
#include <string.h>

#include "base/buf.h"
#include "check/check.h"

void check_note_finding(check_book *book, check_rule rule, const oray_finding *finding,
                        uint64_t times)
{
	book->counts[rule][finding->severity] += times;
	if (book->kept[rule] >= book->most)
		return;
	check_note *note = vec_push(&book->budget, &book->notes);
	if (!note)
		return;
	*note = (check_note){.finding = *finding, .rule = rule};
	note->finding.rule = oray_rules(NULL)[rule].name;
	note->finding.hint = oray_rules(NULL)[rule].hint;
	book->kept[rule]++;
}

bool check_wants(const check_pass *pass, check_rule rule)
{
	const oray_rule *rules = oray_rules(NULL);
	if (pass->book->wanted[rule])
		return true;
	for (size_t i = 0; i < CHECK_N_RULES; i++)
		for (size_t k = 0; k < ORAY_REQUIRES && rules[i].requires[k]; k++)
			if (pass->book->wanted[i] && strcmp(rules[i].requires[k], rules[rule].name) == 0)
				return true;
	return false;
}

static void report(check_pass *pass, check_rule rule, oray_severity severity, oray_place place,
                   uint64_t offset, const char *format, va_list args)
{
	check_book *book = pass->book;
	oray_finding finding = {.severity = severity, .place = place, .offset = offset};
	buf raw = {0}, message = {0}, path = {0};

	if (book->kept[rule] < book->most) {
		buf_vformat(&raw, format, args);
		buf_printable(&message, buf_text(&raw), raw.n);
		check_path(pass->model, place, &path);
		if (buf_ok(&raw) && buf_ok(&message) && buf_ok(&path)) {
			finding.message = arena_copy(&book->texts, buf_text(&message), message.n);
			finding.where = arena_copy(&book->texts, buf_text(&path), path.n);
		}
		buf_free(&raw);
		buf_free(&message);
		buf_free(&path);
	}
	if (finding.message && finding.where)
		check_note_finding(book, rule, &finding, 1);
	else
		book->counts[rule][severity]++;
}

void check_report(check_pass *pass, check_rule rule, oray_place place, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	report(pass, rule, oray_rules(NULL)[rule].severity, place, check_offset(pass->model, place),
	       format, args);
	va_end(args);
}

void check_report_at(check_pass *pass, check_rule rule, oray_severity severity, oray_place place,
                     uint64_t offset, const char *format, ...)
{
	oray_severity least = oray_rules(NULL)[rule].severity;
	va_list args;
	va_start(args, format);
	report(pass, rule, severity < least ? least : severity, place, offset, format, args);
	va_end(args);
}
