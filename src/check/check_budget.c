/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_budget.c - what the user demands of a model.
 */
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "check/check.h"
#include "check/check_expression.h"
#include "check/check_figures.h"
#include "words/numbers.h"

/* Figures that have a rule of their own. */
static const struct {
	const char *figure;
	check_rule rule;
	bool is_version; /* so many times as much means nothing */
} limited[] = {
    {"params", CHECK_budget_params, false}, {"bytes", CHECK_budget_bytes, false},
    {"macs", CHECK_budget_macs, false},     {"activation", CHECK_budget_activation, false},
    {"opset", CHECK_budget_opset, true},    {"ir_version", CHECK_budget_ir_version, true},
    {"nodes", CHECK_budget_nodes, false},
};

static bool rule_of(const char *figure, check_rule *out, bool *is_version)
{
	for (size_t i = 0; figure && i < sizeof limited / sizeof *limited; i++)
		if (strcmp(limited[i].figure, figure) == 0) {
			*out = limited[i].rule;
			*is_version = limited[i].is_version;
			return true;
		}
	return false;
}

/* ------------------------------------------------------------------------------------ limits -- */

/* "25,557,032 > 5,000,000 (5.1x)" */
static void limit_text(buf *text, const char *figure, bool is_version, const check_number *is,
                       const char *relation, uint64_t limit)
{
	buf_format(text, "%s: ", figure);
	check_number_text(text, is);
	buf_str(text, is->known ? relation : is->count > limit ? " > " : ", allowed are ");
	number_exact(text, limit);
	if (limit && is->count > limit && !is_version)
		buf_format(text, " (%.*fx)", (double)is->count / (double)limit < 1.1 ? 3 : 1,
		           (double)is->count / (double)limit);
}

static void hold_to_limit(check_pass *pass, check_figures *figures, const oray_budget *b)
{
	check_rule rule;
	unsigned figure;
	bool is_version, takes, most = b->what == ORAY_BUDGET_MOST;
	buf text = {0};

	if (!rule_of(b->figure, &rule, &is_version) ||
	    !check_figure_find((check_word){b->figure, strlen(b->figure)}, &figure, &takes))
		return;
	check_number is = check_figure(figures, figure, (check_word){0});
	if (is.known && (most ? is.count <= b->limit : is.count >= b->limit))
		return;
	limit_text(&text, b->figure, is_version, &is, most ? " > " : " < ", b->limit);
	check_report(pass, rule, check_at_model(), "%s", buf_text(&text));
	buf_free(&text);
}

/* --------------------------------------------------------------------------------- operators -- */

static bool is_denied(const oray_check_options *o, const oray_node *node)
{
	bool only_some = false, allowed = false;
	for (size_t i = 0; i < o->n_budgets; i++) {
		const oray_budget *b = &o->budgets[i];
		if (b->what != ORAY_BUDGET_DENY && b->what != ORAY_BUDGET_ALLOW)
			continue;
		bool fits = check_operator_matches(node->domain, node->op, b->text);
		if (b->what == ORAY_BUDGET_DENY && fits)
			return true;
		only_some |= b->what == ORAY_BUDGET_ALLOW;
		allowed |= b->what == ORAY_BUDGET_ALLOW && fits;
	}
	return only_some && !allowed;
}

/* Same operator, same answer: each is asked for once in a row. */
static void hold_operators(check_pass *pass)
{
	oray_id last = ORAY_NONE;
	bool denied = false;
	oray_node node;

	for (oray_id i = 0; oray_model_node(pass->model, i, &node); i++) {
		if (node.op_type != last)
			denied = is_denied(pass->options, &node);
		last = node.op_type;
		if (denied)
			check_report(pass, CHECK_budget_op, check_at_node(i), "%.*s:%.*s is not allowed",
			             CHECK_NAME(node.domain), CHECK_NAME(node.op));
	}
}

/* ------------------------------------------------------------------------------------ shapes -- */

static bool is_static(const oray_model *model, oray_id value)
{
	oray_value v;
	oray_type t;
	if (!oray_model_value(model, value, &v) || !oray_model_type(model, v.inferred, &t))
		return false;
	for (unsigned depth = 0; t.inner != ORAY_NONE && depth < 8; depth++)
		if (t.kind == ORAY_KIND_MAP || !oray_model_type(model, t.inner, &t))
			return t.kind == ORAY_KIND_MAP;
	for (size_t i = 0; i < t.n_dims; i++)
		if (oray_model_dim(model, t.id, i).kind != ORAY_DIM_VALUE)
			return false;
	return t.has_shape;
}

static void hold_static(check_pass *pass, check_figures *figures)
{
	const oray_summary *s;
	size_t open = 0;

	check_figure(figures, 0, (check_word){0});
	s = figures->summary;
	for (size_t i = 0; s && i < s->n_inputs; i++) {
		oray_value v;
		if (is_static(pass->model, s->inputs[i]) ||
		    !oray_model_value(pass->model, s->inputs[i], &v))
			continue;
		open++;
		check_report(pass, CHECK_budget_static, check_at_value(s->inputs[i]),
		             "the shape of the input '%.*s' is not fixed", CHECK_NAME(v.name));
	}
	if (!s || s->shapes.symbolic + s->shapes.unknown)
		check_report(pass, CHECK_budget_static, check_at_model(),
		             "%zu of %zu shapes are not known in numbers: %zu in part, %zu not at all",
		             s ? s->shapes.symbolic + s->shapes.unknown : 0, s ? s->shapes.values : 0,
		             s ? s->shapes.symbolic : 0, s ? s->shapes.unknown : 0);
}

/* -------------------------------------------------------------------------------- assertions -- */

static check_number look_up(void *figures, unsigned figure, check_word argument)
{
	return check_figure(figures, figure, argument);
}

/* "; params is 25,557,032, macs is 12*batch" */
static void figures_text(buf *text, check_figures *figures, const check_expression *e)
{
	const char *between = "; ";
	for (size_t i = 0; i < e->n; i++) {
		const check_step *s = &e->steps[i];
		bool again = false;
		if (!check_step_is_figure(s))
			continue;
		for (size_t k = 0; k < i && !again; k++)
			again = check_step_is_figure(&e->steps[k]) && e->steps[k].figure == s->figure &&
			        e->steps[k].argument.size == s->argument.size &&
			        (!s->argument.size || !s->argument.text || !e->steps[k].argument.text ||
			         !memcmp(e->steps[k].argument.text, s->argument.text, s->argument.size));
		if (again)
			continue;
		check_number n = check_figure(figures, s->figure, s->argument);
		buf_format(text, "%s%s", between, check_figure_name(s->figure));
		if (s->argument.text)
			buf_format(text, "(\"%.*s\")", (int)s->argument.size, s->argument.text);
		buf_str(text, " is ");
		check_number_text(text, &n);
		between = ", ";
	}
}

static void hold_assertion(check_pass *pass, check_figures *figures, const char *assertion)
{
	check_expression e;
	buf text = {0};

	if (!check_expression_read(assertion, &e, &text)) {
		buf_free(&text);
		return;
	}
	check_truth truth = check_expression_holds(&e, look_up, figures);
	if (truth != CHECK_TRUE) {
		buf_format(&text, truth == CHECK_FALSE ? "%s does not hold" : "whether %s is not known",
		           assertion);
		figures_text(&text, figures, &e);
		check_report(pass, CHECK_budget_assert, check_at_model(), "%s", buf_text(&text));
	}
	buf_free(&text);
}

/* --------------------------------------------------------------------------------------- all -- */

static oray_status verify(const oray_budget *b, oray_error *err)
{
	check_expression e;
	check_rule rule;
	bool is_version;
	buf problem = {0};
	oray_status status = ORAY_OK;

	switch (b->what) {
	case ORAY_BUDGET_MOST:
	case ORAY_BUDGET_LEAST:
		if (!rule_of(b->figure, &rule, &is_version))
			status = error_set(err, ORAY_ERR_USAGE, ORAY_NO_OFFSET, NULL,
			                   "there is no limit for '%s'", b->figure ? b->figure : "");
		break;
	case ORAY_BUDGET_ASSERT:
		if (!b->text || !check_expression_read(b->text, &e, &problem))
			status = error_set(err, ORAY_ERR_USAGE, ORAY_NO_OFFSET, NULL, "assertion '%.200s': %s",
			                   b->text ? b->text : "", buf_text(&problem));
		break;
	case ORAY_BUDGET_DENY:
	case ORAY_BUDGET_ALLOW:
		if (!b->text)
			status = error_set(err, ORAY_ERR_USAGE, ORAY_NO_OFFSET, NULL,
			                   "an operator to deny or allow has no name");
		break;
	case ORAY_BUDGET_STATIC:
		break;
	}
	buf_free(&problem);
	return status;
}

oray_status check_budgets_verify(const oray_check_options *options, oray_error *err)
{
	oray_status status = ORAY_OK;
	for (size_t i = 0; i < options->n_budgets && status == ORAY_OK; i++)
		status = verify(&options->budgets[i], err);
	return status;
}

void check_budgets(check_pass *pass)
{
	check_figures figures = {.model = pass->model};
	bool operators = false;

	for (size_t i = 0; i < pass->options->n_budgets; i++) {
		const oray_budget *b = &pass->options->budgets[i];
		if (b->what == ORAY_BUDGET_MOST || b->what == ORAY_BUDGET_LEAST)
			hold_to_limit(pass, &figures, b);
		else if (b->what == ORAY_BUDGET_STATIC)
			hold_static(pass, &figures);
		else if (b->what == ORAY_BUDGET_ASSERT)
			hold_assertion(pass, &figures, b->text);
		else
			operators = true;
	}
	if (operators)
		hold_operators(pass);
	pass->book->failed |= figures.failed;
	check_figures_free(&figures);
}
