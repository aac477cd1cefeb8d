/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check.h - how a model is checked.
 *
 *     findings of the loader, of inference, of quantization ─┐
 *     passes: walk the model, call check_report()           ─┴► book ─► left out ─► sorted ─►
 * report
 *
 * The table of rules (check_rules.c) says what there is to find: severity, sentence, hint, and the
 * rules without which one means nothing. A pass is a function that walks the model through the
 * public header and reports what breaks rules; one pass may serve several rules. Passes do not know
 * what the user wants to see, nor of each other: what is left out is left out afterwards.
 *
 * To add a rule: its row in one of check_rules_*.inc, and check_report() in a pass. To add a pass:
 * a function check_<name>() in a file of this room, and its line in check_passes.inc.
 */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include <onnxray/onnxray.h>

#include "base/buf.h"
#include "base/mem.h"

/** Ids of rules, in order of the table: CHECK_undefined_input. */
typedef enum check_rule {
#define RULE(id, ...) CHECK_##id,
#include "check/check_rules_all.inc"
#undef RULE
	CHECK_N_RULES
} check_rule;

/** What a pass gets to work with. */
typedef struct check_pass {
	const oray_model *model;
	const oray_model_info *info; /**< of the model */
	const oray_check_options *options;
	struct check_book *book; /**< where findings go */
} check_pass;

/* Places. */
static inline oray_place check_at_model(void)
{
	return (oray_place){ORAY_PLACE_MODEL, 0};
}
static inline oray_place check_at_graph(oray_id graph)
{
	return (oray_place){ORAY_PLACE_GRAPH, graph};
}
static inline oray_place check_at_function(oray_id function)
{
	return (oray_place){ORAY_PLACE_FUNCTION, function};
}
static inline oray_place check_at_node(oray_id node)
{
	return (oray_place){ORAY_PLACE_NODE, node};
}
static inline oray_place check_at_value(oray_id value)
{
	return (oray_place){ORAY_PLACE_VALUE, value};
}
static inline oray_place check_at_tensor(oray_id tensor)
{
	return (oray_place){ORAY_PLACE_TENSOR, tensor};
}

/**
 * Reports that a rule is broken, with the severity of its row. The message is one sentence without
 * full stop that says what is there and what should be; the place need not be in it. It may quote
 * names as they are in the model ("%.*s" with CHECK_NAME()): the whole is made printable.
 */
void check_report(check_pass *pass, check_rule rule, oray_place place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/** The same for a message that is printable already, as those of oray_error are. */
void check_report_text(check_pass *pass, check_rule rule, oray_place place, const char *printable);

/** The same with a severity of its own, not below that of the row, and a byte that is to blame. */
void check_report_at(check_pass *pass, check_rule rule, oray_severity severity, oray_place place,
                     uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/** False when no finding of this rule would be shown or needed by another: a pass may save work. */
bool check_wants(const check_pass *pass, check_rule rule);

/** A name of the model for "%.*s", cut where it is absurdly long. */
#define CHECK_NAME(s) (int)((s).size < 200 ? (s).size : 200), (s).data

/* -------------------------------------------------------------------------- within the room -- */

/** A finding before the report. */
typedef struct check_note {
	oray_finding finding; /**< `fingerprint` is made when reports are published */
	check_rule rule;
	bool left_out;
} check_note;

typedef struct check_book {
	oray_check_report public; /**< first: what the user gets */
	arena texts;
	size_t room; /**< bytes of findings that may still be kept */
	bool failed; /**< memory ran out */
	VEC(check_note) notes;
	VEC(oray_finding) findings;
	VEC(oray_rule_count) counted;
	uint64_t counts[CHECK_N_RULES][3]; /**< by severity, complete */
	size_t kept[CHECK_N_RULES];
	size_t most; /**< of a rule that are kept */
	bool wanted[CHECK_N_RULES];
} check_book;

/** The passes. */
#define PASS(name) void check_##name(check_pass *pass);
#include "check/check_passes.inc"
#undef PASS

/** Number of a rule by name. @return false when there is none. */
bool check_rule_id(const char *name, check_rule *out);

/** Which rules are wanted, by the options. @return ORAY_ERR_USAGE for names that do not exist. */
oray_status check_select(const oray_check_options *options, bool wanted[CHECK_N_RULES],
                         oray_error *err);

/** Findings of the loader, of inference, and of quantization become findings of the book. */
oray_status check_adopt(check_pass *pass, oray_error *err);

/** Counts a finding, and keeps it with copies of its texts while there is room. */
void check_keep(check_book *book, check_rule rule, const oray_finding *finding);

/** Where a place is, for people: "graph/node[17] Conv_3"; and its byte, or ORAY_NO_OFFSET. */

void check_path(const oray_model *model, oray_place place, buf *out);
uint64_t check_offset(const oray_model *model, oray_place place);

/** What stays the same about a place when others come and go. */
void check_anchor(const oray_model *model, oray_place place, buf *out);

/** Leaves out notes that another rule makes meaningless. */
void check_prerequisites(check_book *book);

/** Budgets of the options: findings of the group "budget". */
void check_budgets(check_pass *pass);
oray_status check_budgets_verify(const oray_check_options *options, oray_error *err);

/** Gives each note that is not left out its fingerprint. */
void check_fingerprints(check_book *book);

/** Leaves out notes that the baseline knows. @return ORAY_ERR_USAGE when it is none. */
oray_status check_baseline(check_book *book, const oray_check_options *options, oray_error *err);

#endif
