/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_report.c - findings on their way into the book.
 */
#include <stdarg.h>
#include <string.h>

#include "base/buf.h"
#include "check/check.h"

void check_keep(check_book *book, check_rule rule, const oray_finding *finding)
{
	const oray_rule *row = &oray_rules(NULL)[rule];
	size_t message = strlen(finding->message), where = strlen(finding->where);
	size_t size = sizeof(check_note) + sizeof(oray_finding) + message + 3 * where;

	book->counts[rule][finding->severity]++;
	if (book->kept[rule] >= book->most || size > book->room)
		return;
	check_note *note = vec_push(NULL, &book->notes);
	if (!note) {
		book->failed = true;
		return;
	}
	*note = (check_note){.finding = *finding, .rule = rule};
	note->finding.rule = row->name;
	note->finding.hint = row->hint;
	note->finding.message = arena_copy(&book->texts, finding->message, message);
	note->finding.where = arena_copy(&book->texts, finding->where, where);
	if (!note->finding.message || !note->finding.where) {
		book->notes.n--;
		book->failed = true;
		return;
	}
	book->room -= size;
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

static void keep(check_pass *pass, check_rule rule, oray_severity severity, oray_place place,
                 uint64_t offset, const char *message)
{
	buf path = {0};

	check_path(pass->model, place, &path);
	pass->book->failed |= !buf_ok(&path);
	check_keep(pass->book, rule,
	           &(oray_finding){.severity = severity,
	                           .message = message,
	                           .where = buf_text(&path),
	                           .place = place,
	                           .offset = offset});
	buf_free(&path);
}

static void report(check_pass *pass, check_rule rule, oray_severity severity, oray_place place,
                   uint64_t offset, const char *format, va_list args)
    __attribute__((format(printf, 6, 0)));

static void report(check_pass *pass, check_rule rule, oray_severity severity, oray_place place,
                   uint64_t offset, const char *format, va_list args)
{
	check_book *book = pass->book;
	buf raw = {0}, message = {0};

	if (book->kept[rule] >= book->most) {
		book->counts[rule][severity]++;
		return;
	}
	buf_vformat(&raw, format, args);
	buf_printable(&message, buf_text(&raw), raw.n);
	book->failed |= !buf_ok(&raw) || !buf_ok(&message);
	keep(pass, rule, severity, place, offset, buf_text(&message));
	buf_free(&raw);
	buf_free(&message);
}

void check_report_text(check_pass *pass, check_rule rule, oray_place place, const char *printable)
{
	keep(pass, rule, oray_rules(NULL)[rule].severity, place, check_offset(pass->model, place),
	     printable);
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
