/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_tensors.c - stored tensors as columns, with as many of their first elements as a page can
 * carry. Other files are not opened.
 */
#include <inttypes.h>
#include <string.h>

#include "base/heap.h"
#include "export/html_draft.h"
#include "export/quant_view.h"
#include "words/describe.h"
#include "words/numbers.h"

enum {
	CHUNK = 64,
	ELEMENTS_MOST = 24000,    /* of all tensors together, unless there are many */
	TEXT_MOST = 400,          /* bytes of a text in a tensor of texts */
	MEASURED_LEAST = 64,      /* elements of a tensor that is measured */
	MEASURED_MOST = 64 << 20, /* bytes of all that are */
};

/* So many elements of each tensor, the first that fits. */
static const uint64_t lengths[] = {10000, 1000, 256, 64, 16, 8, 4};

typedef struct tensors {
	html_draft *d;
	const oray_parameter **parameter; /* by tensor */
	uint64_t most;                    /* elements of each */
	uint64_t measured;                /* bytes */
} tensors;

typedef void column(tensors *x, oray_id id, const oray_tensor *t);

static uint64_t choose_length(const oray_model *model)
{
	size_t k = 0;
	for (; k + 1 < sizeof lengths / sizeof *lengths; k++) {
		uint64_t sum = 0;
		oray_tensor t;
		for (oray_id i = 0; sum <= ELEMENTS_MOST && oray_model_tensor(model, i, &t); i++)
			if (t.storage != ORAY_STORAGE_EXTERNAL)
				sum += t.elements.value < lengths[k] ? t.elements.value : lengths[k];
		if (sum <= ELEMENTS_MOST)
			break;
	}
	return lengths[k];
}

static uint64_t shown(const tensors *x, const oray_tensor *t)
{
	return t->storage == ORAY_STORAGE_EXTERNAL || !t->elements.exact ? 0
	       : t->elements.value < x->most                             ? t->elements.value
	                                                                 : x->most;
}

static void name(tensors *x, oray_id id, const oray_tensor *t)
{
	(void)id;
	html_ref(x->d, t->name);
}

static void type(tensors *x, oray_id id, const oray_tensor *t)
{
	(void)id;
	buf_clear(&x->d->word);
	element_type_text(&x->d->word, t->type);
	html_count(x->d, html_keep(x->d, buf_text(&x->d->word), x->d->word.n));
}

static void shape(tensors *x, oray_id id, const oray_tensor *t)
{
	(void)id;
	buf_clear(&x->d->word);
	shape_of_dims(&x->d->word, t->dims, t->n_dims, glyphs_of(true));
	html_count(x->d, html_keep(x->d, buf_text(&x->d->word), x->d->word.n));
}

static void count(html_draft *d, oray_count n)
{
	if (n.exact)
		html_count(d, n.value);
	else
		html_null(d);
}

static void bytes(tensors *x, oray_id id, const oray_tensor *t)
{
	(void)id;
	count(x->d, t->bytes);
}

static void elements(tensors *x, oray_id id, const oray_tensor *t)
{
	(void)id;
	count(x->d, t->elements);
}

static void role(tensors *x, oray_id id, const oray_tensor *t)
{
	const char *known = x->parameter[id] ? oray_role_name(x->parameter[id]->role) : "";
	(void)t;
	html_count(x->d, html_keep(x->d, known, strlen(known)));
}

static void storage(tensors *x, oray_id id, const oray_tensor *t)
{
	static const char *const words[] = {"none", "raw", "typed", "external"};
	buf *b = &x->d->word;
	(void)id;
	buf_clear(b);
	buf_str(b, words[t->storage]);
	if (t->storage == ORAY_STORAGE_EXTERNAL) {
		buf_str(b, ": ");
		buf_add(b, t->location.data, t->location.size);
		if (t->has_offset)
			buf_format(b, " from byte %" PRIu64, t->offset);
		if (t->has_length)
			buf_format(b, ", %" PRIu64 " bytes", t->length);
	}
	buf_str(b, t->size_mismatch ? ", of another size than its shape says" : "");
	buf_str(b, t->incomplete ? ", incomplete" : "");
	html_count(x->d, html_keep(x->d, buf_text(b), b->n));
}

static void text(tensors *x, oray_id id, const oray_tensor *t)
{
	oray_element chunk[CHUNK];
	buf *b = &x->d->word;
	buf_clear(b);
	for (uint64_t i = 0, most = shown(x, t); i < most;) {
		size_t n = 0, wanted = most - i < CHUNK ? (size_t)(most - i) : CHUNK;
		if (oray_tensor_read(x->d->model, id, i, wanted, chunk, &n, NULL) != ORAY_OK || !n)
			break;
		for (size_t k = 0; k < n; k++) {
			if (t->type == ORAY_STRING && chunk[k].s.size > TEXT_MOST)
				chunk[k].s.size = TEXT_MOST;
			buf_str(b, i + k ? ", " : "");
			number_element(b, t->type, &chunk[k]);
		}
		i += n;
	}
	html_count(x->d, html_keep(x->d, buf_text(b), b->n));
}

static void all(tensors *x, oray_id id, const oray_tensor *t)
{
	(void)id;
	html_int(x->d, t->elements.exact && t->elements.value && shown(x, t) == t->elements.value);
}

/* What the elements are like that are not all told: "-0.3..0.41, mean 0.001, std 0.05, 2 % zero".
 */
static void statistics(tensors *x, oray_id id, const oray_tensor *t)
{
	oray_statistics s;
	buf *b = &x->d->word;
	buf_clear(b);
	bool wanted = number_is_float(t->type) && t->storage != ORAY_STORAGE_EXTERNAL &&
	              t->elements.value >= MEASURED_LEAST && shown(x, t) < t->elements.value &&
	              t->bytes.exact && t->bytes.value <= MEASURED_MOST - x->measured;
	if (wanted && oray_measure(x->d->model, id, 0, &s, NULL) == ORAY_OK && s.elements) {
		x->measured += t->bytes.value;
		quant_span_text(b, s.min, s.max, false, glyphs_of(true));
		buf_str(b, ", mean ");
		quant_three(b, s.mean);
		buf_str(b, ", std ");
		quant_three(b, s.std);
		buf_str(b, ", ");
		number_percent(b, (double)s.zeros / (double)s.elements);
		buf_str(b, " zero");
		if (s.nans || s.infinities)
			buf_format(b, ", %" PRIu64 " not finite", s.nans + s.infinities);
	}
	html_count(x->d, html_keep(x->d, buf_text(b), b->n));
}

static const struct {
	const char *name;
	column *write;
} columns[] = {
    {"name", name},         {"type", type},        {"shape", shape},     {"bytes", bytes},
    {"elements", elements}, {"role", role},        {"storage", storage}, {"text", text},
    {"all", all},           {"stats", statistics},
};

void html_tensors(html_draft *d, const oray_parameter_list *list)
{
	tensors x = {.d = d, .most = choose_length(d->model)};
	oray_tensor t;
	x.parameter = heap_zeroed(d->info->n_tensors + 1, sizeof *x.parameter);
	d->failed |= !x.parameter;
	for (size_t i = 0; x.parameter && i < list->n; i++)
		if (list->tensors[i].tensor < d->info->n_tensors)
			x.parameter[list->tensors[i].tensor] = &list->tensors[i];
	html_key(d, "tensors");
	html_open(d, '{');
	for (size_t c = 0; x.parameter && c < sizeof columns / sizeof *columns; c++) {
		html_key(d, columns[c].name);
		html_open(d, '[');
		for (oray_id i = 0; html_turn(d) && oray_model_tensor(d->model, i, &t); i++)
			columns[c].write(&x, i, &t);
		html_close(d, ']');
	}
	html_close(d, '}');
	heap_free(x.parameter);
}
