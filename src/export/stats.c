/* SPDX-License-Identifier: Apache-2.0 */
#include "export/stats.h"

#include <math.h>

#include "base/heap.h"
#include "words/numbers.h"

void stats_number(buf *b, double x, const glyphs *g)
{
	if (isnan(x))
		buf_str(b, g->none);
	else if (x == rint(x) && fabs(x) < 1e6)
		buf_format(b, "%.0f", x == 0 ? 0.0 : x);
	else
		buf_format(b, "%.4g", x);
}

static cJSON *number(double x)
{
	return isnan(x) ? cJSON_CreateNull() : json_float64(x);
}

cJSON *stats_item(emit *e, const oray_statistics *s, bool histogram)
{
	if (s->unread)
		return cJSON_CreateNull();
	cJSON *object = cJSON_CreateObject();
	json_put(e, object, "min", number(s->min));
	json_put(e, object, "max", number(s->max));
	json_put(e, object, "mean", number(s->mean));
	json_put(e, object, "std", number(s->std));
	json_put(e, object, "zeros", json_u64(s->zeros));
	json_put(e, object, "non_finite", json_u64(s->nans + s->infinities));
	json_put(e, object, "nans", json_u64(s->nans));
	json_put(e, object, "lowest", json_u64(s->lowest));
	json_put(e, object, "highest", json_u64(s->highest));
	if (!histogram)
		return object;
	cJSON *bins = cJSON_CreateArray();
	for (size_t i = 0; i < ORAY_BINS; i++)
		json_push(e, bins, json_u64(s->bins[i]));
	json_put(e, object, "histogram", bins);
	json_put(e, object, "sampled", cJSON_CreateBool(s->sampled));
	return object;
}

void stats_histogram(buf *b, const oray_statistics *s, bool utf8)
{
	/* No blanks, where lines would be wrapped. */
	static const char *const pretty[] = {"·", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	static const char *const plain[] = {"_", ".", ":", "-", "=", "+", "*", "#", "@"};
	uint64_t most = 1;
	for (size_t i = 0; i < ORAY_BINS; i++)
		most = s->bins[i] > most ? s->bins[i] : most;
	for (size_t i = 0; i < ORAY_BINS; i++) {
		/* What is not empty is seen. */
		size_t height = (size_t)ceil((double)s->bins[i] / (double)most * 8);
		buf_str(b, utf8 ? pretty[height] : plain[height]);
	}
}

bool stats_measure(const oray_model *model, oray_id tensor, oray_statistics *out)
{
	oray_tensor t;
	if (!oray_model_tensor(model, tensor, &t))
		return false;
	oray_parameter row = {.tensor = tensor, .bytes = t.bytes};
	oray_parameter_list list = {.model = model, .n = 1, .tensors = &row};
	if (oray_measure_parameters(&list, NULL, NULL, NULL) != ORAY_OK)
		return false;
	*out = *list.statistics;
	heap_free((void *)list.statistics);
	return !out->unread;
}

static void share(facts *f, uint64_t n, uint64_t of, const char *what, paint color)
{
	if (!n)
		return;
	number_exact(&f->text, n);
	buf_format(&f->text, " %s (", what);
	number_percent(&f->text, (double)n / (double)of);
	buf_char(&f->text, ')');
	facts_end(f, color);
}

void stats_write(page *p, const oray_model *model, oray_id tensor)
{
	oray_statistics s;
	const glyphs *g = p->e->glyphs;
	if (!stats_measure(model, tensor, &s) || s.elements < 2)
		return;
	facts range = {.n = 0}, odd = {.n = 0};
	page_section(p, "Statistics");
	buf_str(&range.text, isnan(s.min) ? "nothing is finite: " : "from ");
	stats_number(&range.text, s.min, g);
	buf_str(&range.text, " to ");
	stats_number(&range.text, s.max, g);
	facts_end(&range, PAINT_PLAIN);
	buf_str(&range.text, "mean ");
	stats_number(&range.text, s.mean, g);
	facts_end(&range, PAINT_PLAIN);
	buf_str(&range.text, "std ");
	stats_number(&range.text, s.std, g);
	facts_end(&range, PAINT_PLAIN);
	page_facts(p, "range", &range);
	share(&odd, s.zeros, s.elements, s.zeros == 1 ? "zero" : "zeros", PAINT_PLAIN);
	share(&odd, s.nans, s.elements, "NaN", PAINT_BAD);
	share(&odd, s.infinities, s.elements, "infinite", PAINT_BAD);
	share(&odd, s.lowest, s.elements, "at the lower end of the type", PAINT_DIM);
	share(&odd, s.highest, s.elements, "at the upper end", PAINT_DIM);
	page_facts(p, "of these", &odd);
	if (!(s.min < s.max))
		return;
	buf bars = {0};
	stats_histogram(&bars, &s, p->e->utf8);
	buf_str(&bars, s.sampled ? " of a sample" : "");
	page_fact(p, "spread", PAINT_PLAIN, buf_text(&bars), bars.n);
	buf_free(&bars);
}
