/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_page.c - findings for people: worst first, rule by rule, with what to do about each rule.
 */
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "export/check_view.h"
#include "words/numbers.h"

enum { SAME_MOST = 5, SAME_MOST_TABLE = 20 };

static const struct {
	oray_severity severity;
	paint paint;
	const char *one, *many;
} kinds[] = {
    {ORAY_ERROR, PAINT_BAD, "error", "errors"},
    {ORAY_WARNING, PAINT_WARN, "warning", "warnings"},
    {ORAY_INFO, PAINT_NOTE, "info", "infos"},
};

enum { N_KINDS = sizeof kinds / sizeof *kinds };

/* The findings of one rule and one severity, which are shown together. */
typedef struct together {
	const oray_rule *rule;
	size_t kind;
	size_t n; /* that are kept */
} together;

/* Rules of findings are those of the table: the same text is the same pointer. */
static bool belongs(const together *t, const oray_finding *f)
{
	return f->rule == t->rule->name && f->severity == kinds[t->kind].severity;
}

static size_t count(const oray_check_report *r, const together *t)
{
	size_t n = 0;
	for (size_t i = 0; i < r->n; i++)
		n += belongs(t, &r->findings[i]);
	return n;
}

static size_t shown_of(const together *t, bool verbose, size_t most)
{
	return verbose || t->n <= most + 1 ? t->n : most;
}

/* "41 more; -v shows them": what is not shown of this rule. */
static void more(buf *text, const oray_check_report *r, const together *t, size_t shown, bool last)
{
	const oray_rule_count *c = NULL;
	for (size_t i = 0; i < r->n_rules; i++)
		if (r->rules[i].rule == t->rule)
			c = &r->rules[i];
	uint64_t dropped = c && last && c->count > c->kept ? c->count - c->kept : 0;
	if (t->n > shown) {
		number_exact(text, t->n - shown);
		buf_str(text, " more; -v shows them");
	}
	if (dropped) {
		buf_str(text, text->n ? ", and " : "");
		number_exact(text, dropped);
		buf_str(text, " more that were only counted");
	}
}

/* The last severity of a rule is where it says what is only counted. */
static bool is_last(const oray_check_report *r, const together *t)
{
	for (size_t k = t->kind + 1; k < N_KINDS; k++)
		if (count(r, &(together){.rule = t->rule, .kind = k}))
			return false;
	return true;
}

/* ------------------------------------------------------------------------------------- text -- */

static void rule_text(page *p, const oray_check_report *r, const together *t)
{
	size_t shown = shown_of(t, p->verbose, SAME_MOST), n = 0;
	buf text = {0};

	page_gap(p);
	p->indent = 2;
	p->label = 9;
	buf_format(&text, "%s: %s", t->rule->name, t->rule->sentence);
	page_fact(p, kinds[t->kind].one, kinds[t->kind].paint, buf_text(&text), text.n);
	p->indent = 4;
	for (size_t i = 0; i < r->n && n < shown && emit_ok(p->e); i++) {
		const oray_finding *f = &r->findings[i];
		if (!belongs(t, f))
			continue;
		n++;
		buf_clear(&text);
		buf_format(&text, "%s: %s", f->where, f->message);
		if (p->verbose && f->offset != ORAY_NO_OFFSET)
			buf_format(&text, " (offset %" PRIu64 ")", f->offset);
		page_item(p, PAINT_PLAIN, buf_text(&text), text.n);
	}
	buf_clear(&text);
	more(&text, r, t, shown, is_last(r, t));
	if (text.n)
		page_item(p, PAINT_DIM, buf_text(&text), text.n);
	if (t->rule->hint) {
		const char *arrow = p->e->glyphs->arrow;
		buf_clear(&text);
		buf_format(&text, "%s%s", arrow + (*arrow == ' '), t->rule->hint);
		page_item(p, PAINT_GOOD, buf_text(&text), text.n);
	}
	buf_free(&text);
}

/* --------------------------------------------------------------------------------- Markdown -- */

enum { SEVERITY, RULE_NAME, WHERE, MESSAGE, N_COLUMNS };

static const grid_column columns[N_COLUMNS] = {
    [SEVERITY] = {.title = "level", .field = "level"},
    [RULE_NAME] = {.title = "rule", .field = "rule"},
    [WHERE] = {.title = "where", .field = "where"},
    [MESSAGE] = {.title = "what is the matter", .field = "message"},
};

/* Rows: indices of findings, or SIZE_MAX - index of what is folded. */
typedef struct rows {
	const oray_check_report *report;
	const size_t *at;
} rows;

static void fill(grid *g, size_t row)
{
	const rows *all = g->context;
	const oray_finding *f = &all->report->findings[all->at[row]];

	grid_text(g, SEVERITY, check_severity_name(f->severity));
	grid_text(g, RULE_NAME, f->rule);
	buf_str(grid_printable(g, WHERE), f->where);
	buf_str(grid_printable(g, MESSAGE), f->message);
}

/* Below the table: what is folded, and what to do. */
static void rule_item(page *p, const oray_check_report *r, const together *t, size_t shown)
{
	buf text = {0}, folded = {0};
	more(&folded, r, t, shown, is_last(r, t));
	buf_str(&text, t->rule->sentence);
	if (folded.n)
		buf_format(&text, " (%s)", buf_text(&folded));
	if (t->rule->hint)
		buf_format(&text, " → %s", t->rule->hint);
	page_fact(p, t->rule->name, PAINT_PLAIN, buf_text(&text), text.n);
	buf_free(&text);
	buf_free(&folded);
}

/* ----------------------------------------------------------------------------------- both -- */

/* How many kinds of severity are shown. */
static size_t shown_kinds(const oray_style *style)
{
	size_t k = style->verbose ? N_KINDS : N_KINDS - 1;
	if (!style->severity)
		return k;
	for (k = 0; k < N_KINDS && strcmp(kinds[k].one, style->severity) != 0; k++)
		;
	return k < N_KINDS ? k + 1 : N_KINDS;
}

static void verdict(facts *f, const oray_check_report *r, size_t n_kinds)
{
	for (size_t k = 0; k < N_KINDS; k++) {
		uint64_t n = r->counts[kinds[k].severity];
		if (!n)
			continue;
		number_exact(&f->text, n);
		buf_format(&f->text, " %s", n == 1 ? kinds[k].one : kinds[k].many);
		if (k >= n_kinds)
			buf_format(&f->text, " (--severity %s shows %s)", kinds[k].one, n == 1 ? "it" : "them");
		facts_end(f, k < n_kinds ? kinds[k].paint : PAINT_DIM);
	}
	if (!f->n)
		facts_add(f, "no findings");
	if (r->known) {
		number_exact(&f->text, r->known);
		buf_str(&f->text, " known from the baseline");
		facts_end(f, PAINT_DIM);
	}
}

static void text_page(page *p, const oray_check_report *r, size_t n_kinds, facts *counts)
{
	for (size_t k = 0; k < n_kinds; k++)
		for (size_t i = 0; i < r->n_rules && emit_ok(p->e); i++) {
			together t = {.rule = r->rules[i].rule, .kind = k};
			t.n = count(r, &t);
			if (t.n)
				rule_text(p, r, &t);
		}
	page_gap(p);
	p->indent = 2;
	page_facts(p, NULL, counts);
}

static void markdown_page(page *p, const oray_check_report *r, size_t n_kinds)
{
	VEC(size_t) at = {0};
	rows all = {.report = r};
	grid g = {.columns = columns, .n_columns = N_COLUMNS, .fill = fill, .context = &all};

	for (size_t k = 0; k < n_kinds; k++)
		for (size_t i = 0; i < r->n_rules; i++) {
			together t = {.rule = r->rules[i].rule, .kind = k};
			t.n = count(r, &t);
			size_t shown = shown_of(&t, p->verbose, SAME_MOST_TABLE), n = 0;
			for (size_t f = 0; f < r->n && n < shown; f++) {
				if (!belongs(&t, &r->findings[f]))
					continue;
				size_t *next = vec_push(NULL, &at);
				if (!next)
					emit_fail(p->e, ORAY_ERR_MEMORY);
				else
					*next = f;
				n++;
			}
		}
	all.at = at.at;
	g.n_rows = at.n;
	if (at.n && emit_ok(p->e))
		page_table(p, &g);
	for (size_t k = 0; k < n_kinds; k++)
		for (size_t i = 0; i < r->n_rules && emit_ok(p->e); i++) {
			together t = {.rule = r->rules[i].rule, .kind = k};
			t.n = count(r, &t);
			if (t.n)
				rule_item(p, r, &t, shown_of(&t, p->verbose, SAME_MOST_TABLE));
		}
	vec_free(NULL, &at);
}

void check_page(emit *e, const oray_check_report *r, const oray_style *style)
{
	oray_str path = oray_model_describe(r->model)->path;
	size_t n_kinds = shown_kinds(style);
	facts counts = {.n = 0};
	buf name = {0};
	page p;

	page_start(&p, e, style);
	buf_printable(&name, path.data, path.size);
	verdict(&counts, r, n_kinds);
	if (style->format == ORAY_MARKDOWN) {
		page_heading(&p, buf_text(&name), "");
		page_facts(&p, NULL, &counts);
		markdown_page(&p, r, n_kinds);
	} else if (counts.n == 1 && !r->counts[0] && !r->counts[1] && !r->counts[2]) {
		page_heading(&p, buf_text(&name), buf_text(&counts.text));
	} else {
		page_heading(&p, buf_text(&name), "");
		text_page(&p, r, n_kinds, &counts);
	}
	buf_free(&counts.text);
	buf_free(&name);
}

/* ------------------------------------------------------------------------------------ rules -- */

void check_rules_page(emit *e, const oray_style *style)
{
	const char *group = "";
	buf text = {0};
	size_t n;
	const oray_rule *rules = oray_rules(&n);
	page p;

	page_start(&p, e, style);
	for (size_t i = 0; i < n && emit_ok(e); i++) {
		if (strcmp(rules[i].group, group) != 0) {
			group = rules[i].group;
			if (i)
				page_gap(&p);
			page_heading(&p, group, "");
			p.label = 26;
		}
		buf_clear(&text);
		buf_format(&text, "%s: %s", check_severity_name(rules[i].severity), rules[i].sentence);
		page_fact(&p, rules[i].name, PAINT_PLAIN, buf_text(&text), text.n);
	}
	buf_free(&text);
}
