/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_names.c - what things are called: names that are missing, the same, or made to deceive.
 */
#include <inttypes.h>
#include <string.h>

#include "base/heap.h"
#include "base/strings.h"
#include "base/utf8.h"
#include "check/check_ask.h"

enum { LONG_NAME = 4096, MOST_LOOKED_AT = 1 << 20 };

/* ------------------------------------------------------------------------------- characters -- */

typedef enum trouble { FINE, NOT_UTF8, UNSAFE } trouble;

/* `lines`: line ends and tabs are nothing to complain about. */
static trouble look_at(oray_str s, bool lines, uint32_t *code)
{
	size_t n = s.size < MOST_LOOKED_AT ? s.size : MOST_LOOKED_AT;
	for (size_t i = 0; i < n;) {
		unsigned char c = (unsigned char)s.data[i];
		if (c >= ' ' && c < 0x7f) {
			i++;
			continue;
		}
		size_t taken = utf8_decode(s.data + i, s.size - i, code);
		if (!taken)
			return NOT_UTF8;
		bool is_line = lines && (c == '\n' || c == '\r' || c == '\t');
		if (utf8_is_unsafe(*code) && !is_line)
			return UNSAFE;
		i += taken;
	}
	return FINE;
}

static void check_text(check_pass *pass, oray_place place, const char *what, oray_str s, bool lines)
{
	uint32_t code = 0;
	trouble is = look_at(s, lines, &code);
	if (is == NOT_UTF8)
		check_report(pass, CHECK_not_utf8, place, "%s \"%.*s\" is not UTF-8", what, CHECK_NAME(s));
	else if (is == UNSAFE)
		check_report(pass, CHECK_unsafe_characters, place,
		             "%s \"%.*s\" holds U+%04" PRIX32 ", which does not show as what it is", what,
		             CHECK_NAME(s), code);
	if (s.size > LONG_NAME && !lines)
		check_report(pass, CHECK_long_name, place, "%s is %zu bytes long", what, s.size);
}

static void check_pairs(check_pass *pass, oray_place place, const oray_pair *pairs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		check_text(pass, place, "metadata key", pairs[i].key, false);
		check_text(pass, place, "metadata value", pairs[i].value, true);
	}
}

static void check_symbols(check_pass *pass, oray_id value, const oray_value *v)
{
	oray_type type;
	if (!oray_model_type(pass->model, v->type, &type) || !type.has_shape)
		return;
	for (size_t i = 0; i < type.n_dims; i++) {
		oray_dim dim = oray_model_dim(pass->model, type.id, i);
		if (dim.kind == ORAY_DIM_SYMBOL)
			check_text(pass, check_at_value(value), "symbol of a dimension", dim.symbol, false);
	}
}

static void check_header_texts(check_pass *pass)
{
	const oray_model_info *info = pass->info;
	check_text(pass, check_at_model(), "producer name", info->producer, false);
	check_text(pass, check_at_model(), "producer version", info->producer_version, false);
	check_text(pass, check_at_model(), "domain", info->domain, false);
	check_text(pass, check_at_model(), "documentation", info->doc, true);
	check_pairs(pass, check_at_model(), info->metadata, info->n_metadata);
	for (size_t i = 0; i < info->n_opsets; i++)
		check_text(pass, check_at_model(), "domain of an operator set", info->opsets[i].domain,
		           false);
}

static void check_tensor_texts(check_pass *pass)
{
	oray_tensor t;
	for (oray_id i = 0; oray_model_tensor(pass->model, i, &t); i++) {
		check_text(pass, check_at_tensor(i), "documentation", t.doc, true);
		if (t.storage == ORAY_STORAGE_EXTERNAL)
			check_text(pass, check_at_tensor(i), "external file", t.location, false);
	}
}

void check_characters(check_pass *pass)
{
	oray_node node;
	oray_value v;
	const oray_graph *g;
	const oray_function *f;

	check_header_texts(pass);
	for (oray_id i = 0; (g = oray_model_graph(pass->model, i)); i++) {
		check_text(pass, check_at_graph(i), "name", g->name, false);
		check_text(pass, check_at_graph(i), "documentation", g->doc, true);
		check_pairs(pass, check_at_graph(i), g->metadata, g->n_metadata);
	}
	for (oray_id i = 0; (f = oray_model_function(pass->model, i)); i++) {
		check_text(pass, check_at_function(i), "name", f->name, false);
		check_text(pass, check_at_function(i), "domain", f->domain, false);
		check_text(pass, check_at_function(i), "documentation", f->doc, true);
	}
	for (oray_id i = 0; oray_model_node(pass->model, i, &node); i++) {
		check_text(pass, check_at_node(i), "name", node.name, false);
		check_text(pass, check_at_node(i), "operator", node.op, false);
		check_text(pass, check_at_node(i), "domain", node.domain, false);
		check_text(pass, check_at_node(i), "documentation", node.doc, true);
		check_pairs(pass, check_at_node(i), node.metadata, node.n_metadata);
	}
	for (oray_id i = 0; oray_model_value(pass->model, i, &v); i++) {
		check_text(pass, check_at_value(i), "name", v.name, false);
		check_symbols(pass, i, &v);
	}
	check_tensor_texts(pass);
}

/* ------------------------------------------------------------------------------ node names -- */

/* Names of the nodes of one graph. @return false without memory. */
static bool check_graph_names(check_pass *pass, oray_id id, const oray_graph *g)
{
	strings seen = {.budget = NULL};
	uint64_t unnamed = 0;
	oray_node node;

	strings_init(&seen, NULL);
	bool ok = true;
	for (size_t i = 0; ok && i < g->n_nodes; i++) {
		oray_id at = g->first_node + (oray_id)i;
		if (!oray_model_node(pass->model, at, &node))
			break;
		if (!node.name.size) {
			unnamed++;
			continue;
		}
		size_t before = strings_count(&seen);
		ok = strings_add(&seen, node.name.data, node.name.size) != ORAY_NONE;
		if (ok && strings_count(&seen) == before)
			check_report(pass, CHECK_duplicate_node_name, check_at_node(at),
			             "another node before it is called \"%.*s\" as well",
			             CHECK_NAME(node.name));
	}
	if (unnamed)
		check_report(pass, CHECK_unnamed_nodes, check_at_graph(id),
		             "%" PRIu64 " of %zu nodes have no name", unnamed, g->n_nodes);
	strings_free(&seen);
	return ok;
}

void check_names(check_pass *pass)
{
	const oray_graph *g;
	for (oray_id i = 0; (g = oray_model_graph(pass->model, i)); i++)
		if (!check_graph_names(pass, i, g)) {
			pass->book->failed = true;
			return;
		}
}
