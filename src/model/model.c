/* SPDX-License-Identifier: Apache-2.0 */
#include "model/model.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/heap.h"

/* All in all; of a thorough model as many of each rule. */
enum { FINDINGS_KEPT = 200, FINDINGS_OF_RULE = 10000 };

oray_model *model_new(uint64_t limit)
{
	oray_model *m = heap_zeroed(1, sizeof *m);
	if (!m)
		return NULL;
	m->spares = heap_zeroed(1, sizeof *m->spares);
	if (!m->spares) {
		heap_free(m);
		return NULL;
	}
	m->budget.limit = limit;
	heap_allow(limit);
	m->arena.budget = &m->budget;
	m->source.fd = -1;
	strings_init(&m->strings, &m->budget);
	strings_init(&m->op_keys, &m->budget);
	strings_init(&m->type_keys, &m->budget);
	return m;
}

void model_settle(oray_model *m)
{
	int64_t used = (int64_t)m->budget.used;
	heap_note(used - m->settled);
	m->settled = used;
}

void oray_model_free(oray_model *m)
{
	if (!m)
		return;
	mem_budget *b = &m->budget;
	for (size_t i = 0; i < MODEL_SPARES; i++)
		heap_free(m->spares->at[i]);
	heap_free(m->spares);
	vec_free(b, &m->graphs);
	vec_free(b, &m->functions);
	vec_free(b, &m->ops);
	vec_free(b, &m->nodes);
	vec_free(b, &m->edges);
	vec_free(b, &m->values);
	vec_free(b, &m->uses);
	vec_free(b, &m->types);
	vec_free(b, &m->type_dims);
	vec_free(b, &m->rare_dims);
	vec_free(b, &m->type_extras);
	vec_free(b, &m->tensors);
	vec_free(b, &m->extras);
	vec_free(b, &m->dims);
	vec_free(b, &m->small);
	vec_free(b, &m->small_bytes);
	vec_free(b, &m->sparse);
	vec_free(b, &m->attributes);
	vec_free(b, &m->attribute_notes);
	vec_free(b, &m->findings);
	vec_free(b, &m->rule_counts);
	vec_free(b, &m->node_notes);
	vec_free(b, &m->value_notes);
	vec_free(b, &m->tensor_notes);
	if (m->inference.free_state)
		m->inference.free_state(m->inference.state);
	mem_free(b, m->inference.types, m->inference.n_types * sizeof *m->inference.types);
	mem_free(b, m->inference.costs, m->inference.n_costs * sizeof *m->inference.costs);
	strings_free(&m->op_keys);
	strings_free(&m->type_keys);
	strings_free(&m->strings);
	arena_free(&m->arena);
	if (m->source.fd >= 0)
		close(m->source.fd);
	heap_free(m->source.directory);
	heap_note(-m->settled);
	heap_disallow(b->limit);
	heap_free(m);
}

/* Whether one more is kept. Rules are told apart by their texts, of which there is one a place that
 * reports: the last one is nearly always the same again. */
static bool has_room(oray_model *m, const char *rule)
{
	if (!m->thorough)
		return m->findings.n < FINDINGS_KEPT;
	for (size_t i = 0; i < m->rule_counts.n; i++)
		if (strcmp(m->rule_counts.at[i].rule, rule) == 0)
			return m->rule_counts.at[i].count++ < FINDINGS_OF_RULE;
	model_rule_count *next = vec_push(&m->budget, &m->rule_counts);
	if (next)
		*next = (model_rule_count){rule, 1, 0};
	return next != NULL;
}

void model_finding(oray_model *m, oray_severity severity, const char *rule, oray_place place,
                   const char *where, const char *format, ...)
{
	m->finding_counts[severity]++;
	if (!has_room(m, rule))
		return;
	buf raw = {0}, message = {0}, path = {0};
	va_list args;
	va_start(args, format);
	buf_vformat(&raw, format, args);
	va_end(args);
	buf_printable(&message, buf_text(&raw), raw.n);
	buf_printable(&path, where, strlen(where));
	if (buf_ok(&raw) && buf_ok(&message) && buf_ok(&path)) {
		const char *text = arena_copy(&m->arena, buf_text(&message), message.n);
		const char *at = arena_copy(&m->arena, buf_text(&path), path.n);
		oray_finding *f = text && at ? vec_push(&m->budget, &m->findings) : NULL;
		if (f)
			*f = (oray_finding){
			    .severity = severity,
			    .rule = rule,
			    .where = at,
			    .message = text,
			    .offset = ORAY_NO_OFFSET,
			    .place = place,
			};
	}
	buf_free(&raw);
	buf_free(&message);
	buf_free(&path);
}

void model_findings_mark(oray_model *m)
{
	m->marked_findings = m->findings.n;
	memcpy(m->marked_counts, m->finding_counts, sizeof m->marked_counts);
	for (size_t i = 0; i < m->rule_counts.n; i++)
		m->rule_counts.at[i].marked = m->rule_counts.at[i].count;
}

void model_findings_return(oray_model *m)
{
	m->findings.n = m->marked_findings;
	memcpy(m->finding_counts, m->marked_counts, sizeof m->marked_counts);
	for (size_t i = 0; i < m->rule_counts.n; i++)
		m->rule_counts.at[i].count = m->rule_counts.at[i].marked;
}

const oray_finding *oray_model_findings(const oray_model *m, size_t *n, uint64_t counts[3])
{
	if (n)
		*n = m->findings.n;
	if (counts)
		memcpy(counts, m->finding_counts, sizeof m->finding_counts);
	return m->findings.at;
}

oray_id model_op_id(oray_model *m, oray_id domain, oray_id name, oray_id overload)
{
	oray_id key[3] = {domain, name, overload};
	oray_id id = strings_add(&m->op_keys, (const char *)key, sizeof key);
	if (id == m->ops.n) {
		model_op *op = vec_push(&m->budget, &m->ops);
		if (!op)
			return ORAY_NONE;
		*op = (model_op){domain, name, overload, ORAY_NONE};
	}
	return id;
}

oray_id *model_ids(oray_model *m, const oray_id *ids, size_t n)
{
	oray_id *copy = arena_alloc(&m->arena, n * sizeof *copy);
	if (copy && n)
		memcpy(copy, ids, n * sizeof *copy);
	return copy;
}

const model_note *model_note_search(const model_notes *notes, oray_id owner)
{
	size_t low = 0, high = notes->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (notes->at[middle].owner < owner)
			low = middle + 1;
		else
			high = middle;
	}
	return low < notes->n && notes->at[low].owner == owner ? &notes->at[low] : NULL;
}

const model_segment *model_segments(const oray_model *m, oray_id tensor, model_segment *one,
                                    size_t *n)
{
	const model_tensor *t = &m->tensors.at[tensor];
	const model_tensor_extra *x = t->extra == ORAY_NONE ? NULL : &m->extras.at[t->extra];
	if (x && x->n_segments) {
		*n = x->n_segments;
		return x->segments;
	}
	*one = (model_segment){t->data, t->data_size, t->data_field, t->data_packed, t->data_cut};
	*n = t->data_field ? 1 : 0;
	return one;
}

const uint8_t *model_small_data(const oray_model *m, oray_id tensor)
{
	size_t low = 0, high = m->small.n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (m->small.at[middle].tensor < tensor)
			low = middle + 1;
		else
			high = middle;
	}
	bool found = low < m->small.n && m->small.at[low].tensor == tensor;
	return found ? m->small_bytes.at + m->small.at[low].at : NULL;
}
