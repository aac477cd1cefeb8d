/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compare.c - oray_compare(): builds both skeletons, pairs them, writes down what differs.
 */
#include <string.h>

#include "base/error.h"
#include "base/heap.h"
#include "diff/comparison.h"

/* ---- texts ---- */

const char *comparison_keep(comparison *c, const char *text)
{
	const char *copy = arena_copy(&c->book->arena, text, strlen(text));

	c->failed |= !copy;
	return copy ? copy : "";
}

const char *comparison_name(comparison *c, oray_str name)
{
	buf b = {0};
	const char *kept;

	buf_printable(&b, name.data, name.size);
	kept = comparison_keep(c, buf_text(&b));
	c->failed |= !buf_ok(&b);
	buf_free(&b);
	return kept;
}

const char *comparison_label(comparison *c, unsigned of, oray_id node)
{
	char label[200];

	oray_node_label(c->model[of], node, label, sizeof label);
	return comparison_keep(c, label);
}

/* ---- an order that does not depend on which model came first ---- */

static int order_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int order_texts(oray_str a, oray_str b)
{
	size_t least = a.size < b.size ? a.size : b.size;
	int order = least ? memcmp(a.data, b.data, least) : 0;

	return order ? order : order_numbers(a.size, b.size);
}

static int order_models(const oray_model *a, const oray_model *b)
{
	const oray_model_info *i = oray_model_describe(a), *j = oray_model_describe(b);
	oray_node x, y;
	int order = order_numbers(i->n_nodes, j->n_nodes);

	if (!order)
		order = order_numbers(i->n_tensors, j->n_tensors);
	if (!order)
		order = order_numbers(i->n_values, j->n_values);
	if (!order)
		order = order_numbers(i->model_bytes, j->model_bytes);
	for (oray_id n = 0; !order && oray_model_node(a, n, &x) && oray_model_node(b, n, &y); n++) {
		order = order_texts(x.op, y.op);
		if (!order)
			order = order_texts(x.name, y.name);
		if (!order)
			order = order_numbers(x.n_inputs, y.n_inputs);
	}
	for (oray_id n = 0; !order && n < i->n_values; n++) {
		oray_value v, w;
		if (oray_model_value(a, n, &v) && oray_model_value(b, n, &w))
			order = order_texts(v.name, w.name);
	}
	return order;
}

/* ---- layers ---- */

static const oray_change *keep_changes(comparison *c)
{
	size_t size = c->changes.n * sizeof *c->changes.at;
	oray_change *kept;

	if (!c->changes.n)
		return NULL;
	kept = arena_alloc(&c->book->arena, size);
	if (kept)
		memcpy(kept, c->changes.at, size);
	else
		c->failed = true;
	return kept;
}

/* Indices of the weights that belong to a node of a and its partner. */
static void keep_weights(comparison *c, oray_layer_pair *l)
{
	size_t *list, n = 0;

	for (size_t i = c->first_weight[l->a]; i; i = c->next_weight[i - 1])
		n++;
	if (!n)
		return;
	list = arena_alloc(&c->book->arena, n * sizeof *list);
	if (!list) {
		c->failed = true;
		return;
	}
	l->weights = list;
	l->n_weights = n;
	for (size_t i = c->first_weight[l->a]; i; i = c->next_weight[i - 1])
		*list++ = i - 1;
}

/* The node of a under which a pair of weights is told: that of a reader with a partner. Readers may
 * belong to different pairs; which one counts does not depend on which model came first. */
static oray_id owner_of(const comparison *c, const oray_weight_pair *w)
{
	oray_id readers[2] = {w->reader_a, w->reader_b};

	for (unsigned i = 0; i < 2; i++) {
		unsigned of = c->side[0] == 0 ? i : !i;
		oray_id partner;
		if (readers[of] == ORAY_NONE)
			continue;
		partner = comparison_partner(c, of, readers[of]);
		if (partner != ORAY_NONE)
			return of ? partner : readers[of];
	}
	return ORAY_NONE;
}

static bool sort_by_owner(comparison *c)
{
	size_t n = c->book->weights.n;

	c->first_weight = mem_zeroed(NULL, c->skeleton[0].n_nodes + 1, sizeof *c->first_weight);
	c->next_weight = mem_zeroed(NULL, n + 1, sizeof *c->next_weight);
	if (!c->first_weight || !c->next_weight)
		return false;
	for (size_t i = n; i-- > 0;) {
		oray_id node = owner_of(c, &c->book->weights.at[i]);
		if (node == ORAY_NONE)
			continue;
		c->next_weight[i] = c->first_weight[node];
		c->first_weight[node] = i + 1;
	}
	return true;
}

static oray_layer_pair *add_layer(comparison *c, oray_id a, oray_id b)
{
	oray_layer_pair *l = vec_push(NULL, &c->book->layers);

	if (!l) {
		c->failed = true;
		return NULL;
	}
	*l = (oray_layer_pair){.a = a, .b = b};
	return l;
}

static void add_pairs(comparison *c)
{
	for (oray_id a = 0; a < c->skeleton[0].n_nodes && !c->failed; a++) {
		oray_id b = comparison_partner(c, 0, a);
		oray_layer_pair l = {.a = a, .b = b}, *added;
		if (b == ORAY_NONE)
			continue;
		changes_of_nodes(c, a, b);
		keep_weights(c, &l);
		if (!c->changes.n && !l.n_weights) {
			c->book->public.n_equal++;
			continue;
		}
		added = add_layer(c, a, b);
		if (!added)
			return;
		added->matched_by = (oray_match)c->pairing.node_by[c->side[0]][a];
		added->n_changes = c->changes.n;
		added->changes = keep_changes(c);
		added->weights = l.weights;
		added->n_weights = l.n_weights;
	}
}

/* Pairs that are equal are no layers; a picture of both models wants to know them all the same. */
static void keep_partners(comparison *c)
{
	size_t n = c->skeleton[0].n_nodes;
	oray_id *kept = arena_alloc(&c->book->arena, (n + 1) * sizeof *kept);

	c->failed |= !kept;
	for (oray_id a = 0; kept && a < n; a++)
		kept[a] = comparison_partner(c, 0, a);
	c->book->public.partners = kept;
}

/* ---- the whole ---- */

static void totals(comparison *c)
{
	oray_difference *d = &c->book->public;
	uint64_t files[2];
	size_t weights[2] = {0, 0};

	for (unsigned of = 0; of < 2; of++) {
		files[of] = c->skeleton[of].info->file_bytes + c->summary[of]->external_bytes;
		for (size_t i = 0; i < c->skeleton[of].n_rows; i++) {
			oray_role role = c->skeleton[of].rows[i].role;
			weights[of] +=
			    role == ORAY_ROLE_WEIGHT || role == ORAY_ROLE_BIAS || role == ORAY_ROLE_EMBEDDING;
		}
	}
	d->a = c->model[0];
	d->b = c->model[1];
	d->file_a = files[0];
	d->file_b = files[1];
	d->weights_a = weights[0];
	d->weights_b = weights[1];
	d->parameters_a = c->summary[0]->parameters.total;
	d->parameters_b = c->summary[1]->parameters.total;
	d->bytes_a = c->summary[0]->parameters.bytes;
	d->bytes_b = c->summary[1]->parameters.bytes;
	d->macs_a = c->summary[0]->compute.macs;
	d->macs_b = c->summary[1]->compute.macs;
}

/* Weights get their final order; layers hold indices. */
static void put_weights_in_order(comparison *c)
{
	difference_book *book = c->book;
	size_t *place = mem_zeroed(NULL, book->weights.n + 1, sizeof *place);

	if (!place) {
		c->failed = true;
		return;
	}
	damage_sort(c, place);
	for (size_t i = 0; i < book->layers.n; i++) {
		size_t *list = (size_t *)book->layers.at[i].weights;
		for (size_t k = 0; k < book->layers.at[i].n_weights; k++)
			list[k] = place[list[k]];
	}
	heap_free(place);
}

static void publish(difference_book *book)
{
	oray_difference *d = &book->public;

	d->header = book->header.at;
	d->n_header = book->header.n;
	d->interface = book->interface.at;
	d->n_interface = book->interface.n;
	d->operators = book->operators.at;
	d->n_operators = book->operators.n;
	d->layers = book->layers.at;
	d->n_layers = book->layers.n;
	d->weights = book->weights.at;
	d->n_weights = book->weights.n;
}

static oray_status work(comparison *c, oray_error *err)
{
	bool flip = order_models(c->model[0], c->model[1]) > 0;
	oray_status status;

	c->side[0] = flip;
	c->side[1] = !flip;
	for (unsigned side = 0; side < 2; side++) {
		unsigned of = flip ? !side : side;
		if (!skeleton_build(&c->skeleton[of], c->model[of], &c->words, err))
			return err ? err->code : ORAY_ERR_MEMORY;
		status = oray_summarize(c->model[of], &c->summary[of], err);
		if (status != ORAY_OK)
			return status;
	}
	if (!pairing_start(&c->pairing, &c->skeleton[flip], &c->skeleton[!flip],
	                   !c->opts->no_weights) ||
	    !pairing_run(&c->pairing))
		return error_memory(err);
	totals(c);
	status = damage_measure(c, err);
	if (status != ORAY_OK)
		return status;
	if (!sort_by_owner(c))
		return error_memory(err);
	changes_of_model(c);
	add_pairs(c);
	keep_partners(c);
	if (!c->failed)
		fates_add(c);
	if (!c->failed)
		put_weights_in_order(c);
	publish(c->book);
	if (!c->failed)
		verdict_find(c);
	return c->failed || !buf_ok(&c->text) || !buf_ok(&c->text_b) ? error_memory(err) : ORAY_OK;
}

oray_status oray_compare(const oray_model *a, const oray_model *b,
                         const oray_difference_options *opts,
                         int (*progress)(void *context, double done), void *context,
                         oray_difference **out, oray_error *err)
{
	static const oray_difference_options defaults = {0};
	uint64_t failures = heap_failures();
	oray_error local;
	comparison c = {
	    .model = {a, b},
	    .opts = opts ? opts : &defaults,
	    .progress = progress,
	    .context = context,
	    .book = heap_zeroed(1, sizeof *c.book),
	};
	oray_status status;

	*out = NULL;
	if (!c.book)
		return error_memory(err);
	strings_init(&c.words, NULL);
	status = work(&c, err ? err : &local);
	if (status == ORAY_OK && heap_failures() != failures)
		status = error_memory(err);
	for (unsigned of = 0; of < 2; of++) {
		skeleton_free(&c.skeleton[of]);
		oray_summary_free(c.summary[of]);
	}
	pairing_free(&c.pairing);
	strings_free(&c.words);
	vec_free(NULL, &c.changes);
	heap_free(c.first_weight);
	heap_free(c.next_weight);
	buf_free(&c.text);
	buf_free(&c.text_b);
	if (status == ORAY_OK)
		*out = &c.book->public;
	else
		oray_difference_free(&c.book->public);
	return status;
}

void oray_difference_free(oray_difference *difference)
{
	difference_book *book = (difference_book *)difference;

	if (!book)
		return;
	vec_free(NULL, &book->header);
	vec_free(NULL, &book->interface);
	vec_free(NULL, &book->operators);
	vec_free(NULL, &book->layers);
	vec_free(NULL, &book->weights);
	arena_free(&book->arena);
	heap_free(book);
}

const char *oray_match_name(oray_match match)
{
	static const char *const names[] = {
	    [ORAY_MATCH_NAME] = "name",
	    [ORAY_MATCH_OUTPUT] = "output",
	    [ORAY_MATCH_WEIGHTS] = "weights",
	    [ORAY_MATCH_STRUCTURE] = "structure",
	};

	return names[match];
}

const char *oray_relation_name(oray_relation relation)
{
	static const char *const names[] = {
	    [ORAY_SAME_FILE] = "same_file", [ORAY_SAME_MODEL] = "same_model",
	    [ORAY_QUANTIZED] = "quantized", [ORAY_CONVERTED] = "converted",
	    [ORAY_OPTIMIZED] = "optimized", [ORAY_RETRAINED] = "retrained",
	    [ORAY_CHANGED] = "changed",     [ORAY_UNRELATED] = "unrelated",
	};

	return names[relation];
}
