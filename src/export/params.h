/* SPDX-License-Identifier: Apache-2.0 */
/*
 * params.h - pieces that the parameter writer and the summary share, and its two halves.
 */
#ifndef EXPORT_PARAMS_H
#define EXPORT_PARAMS_H

#include "export/grid.h"
#include "export/json.h"

/** The object "parameters" of the contract, with "all_elements", "all_bytes" and more added. */
cJSON *json_parameters(emit *e, const oray_parameters *p);

/** "norm statistic": the role in words. */
void role_text(buf *b, oray_role role);

/** Weights, biases, norms and embeddings: what the total is the sum of. */
bool role_counts(oray_role role);

/**
 * A table of roles:
 *
 *     weight             27.0 k   27.0 kB
 *     bias                  102     408 B
 *     ───────────────────────────────────
 *     total              27.1 k   27.5 kB
 *       int8             27.0 k   27.0 kB     by type, when there are several
 *       int32               102     408 B
 *     shape constant          6      48 B     not in the total
 */
typedef struct role_table {
	const oray_parameters *p;
	size_t n;
	struct {
		enum { ROW_ROLE, ROW_TOTAL, ROW_TYPE, ROW_APART } kind;
		int index;
	} row[ORAY_N_ROLES + ORAY_N_TYPES + 1];
} role_table;

/** Fills `t` and `g`; `title` heads the first column. */
void role_table_start(role_table *t, grid *g, const oray_parameters *p, const char *title);

/** Columns of a role table, to be hidden: 1u << ROLE_TENSORS. */
enum { ROLE_NAME, ROLE_TENSORS, ROLE_ELEMENTS, ROLE_BYTES, ROLE_SHARE, ROLE_BITS, ROLE_COLUMNS };

/** Tensors in the order that is asked for. */
typedef struct param_view {
	const oray_parameter_list *list;
	size_t n;      /**< after `top` */
	size_t *order; /**< indices into list->tensors */
} param_view;

/** A sum over tensors that have something in common. */
typedef struct param_group {
	oray_str key; /**< borrowed; empty: nobody reads them, or no module */
	int index;    /**< role or type, else -1 */
	uint64_t elements;
	oray_count bytes;
	size_t tensors;
} param_group;

/** How tensors can be grouped. */
typedef enum param_by { BY_NOTHING, BY_ROLE, BY_TYPE, BY_OP, BY_MODULE, BY_TENSOR } param_by;

/** Groups, largest first; those of roles that do not count are in `apart`. */
typedef struct param_groups {
	param_by by;
	size_t n;
	param_group *group; /**< to be freed */
	size_t n_groups;    /**< before `top` */
	param_group apart;
} param_groups;

/** False when memory is out. */
bool param_groups_make(param_groups *out, const oray_parameter_list *list, param_by by,
                       unsigned depth);

/** Appends the name of a group. */
void param_group_text(buf *b, const param_groups *groups, const param_group *group);

/** Text and Markdown: overview, groups or tensors. */
void params_page(emit *e, const param_view *view, const param_groups *groups,
                 const oray_style *style);

/** JSON, one object a line, or CSV. */
void params_data(emit *e, const param_view *view, const param_groups *groups,
                 const oray_style *style);

#endif
