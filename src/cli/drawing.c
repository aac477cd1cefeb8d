/* SPDX-License-Identifier: Apache-2.0 */
#include "drawing.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Columns of a page, in pixels. */
enum { LEAST_WRAP = 100, MOST_WRAP = 1000000 };

static const struct {
	const char *name;
	unsigned bits;
} folds[] = {
    {"constants", ORAY_FOLD_CONSTANTS},
    {"shapes", ORAY_FOLD_CONSTANTS | ORAY_FOLD_SHAPES},
    {"qdq", ORAY_FOLD_CONSTANTS | ORAY_FOLD_QDQ},
    {"repeats", ORAY_FOLD_CONSTANTS | ORAY_FOLD_REPEATS},
    {"all", ORAY_FOLD_CONSTANTS | ORAY_FOLD_SHAPES | ORAY_FOLD_QDQ | ORAY_FOLD_REPEATS},
    {"none", ORAY_FOLD_NOTHING},
};

static bool is_word(const char *given, const char *word)
{
	return given && strcmp(given, word) == 0;
}

static unsigned fold_named(const char *name, size_t size)
{
	for (size_t i = 0; i < sizeof folds / sizeof *folds; i++)
		if (strlen(folds[i].name) == size && memcmp(folds[i].name, name, size) == 0)
			return folds[i].bits;
	return 0;
}

/* "shapes,qdq": words between commas. */
static bool read_fold(const char *list, unsigned *fold, draft *problem)
{
	*fold = 0;
	for (const char *at = list; at; at = strchr(at, ',')) {
		at += *at == ',';
		size_t size = strcspn(at, ",");
		unsigned bits = fold_named(at, size);
		if (!bits) {
			draft_str(problem, "--fold: '");
			draft_printable(problem, list);
			draft_str(problem, "' is not a list of constants, shapes, qdq and repeats, nor all "
			                   "or none");
			return false;
		}
		*fold |= bits;
	}
	if (*fold & ORAY_FOLD_NOTHING && *fold != ORAY_FOLD_NOTHING) {
		draft_str(problem, "--fold: none goes with nothing else");
		return false;
	}
	return true;
}

static bool read_wrap(const char *word, int32_t *wrap, draft *problem)
{
	char *end;
	*wrap = is_word(word, "auto") ? -1 : 0;
	if (*wrap || is_word(word, "none"))
		return true;
	bool digits = *word >= '0' && *word <= '9';
	long n = digits && strlen(word) < 9 ? strtol(word, &end, 10) : 0;
	*wrap = (int32_t)n;
	if (n >= LEAST_WRAP && n <= MOST_WRAP && !*end)
		return true;
	draft_str(problem, "--wrap: '");
	draft_printable(problem, word);
	draft_format(problem, "' is not auto, none or a number of pixels from %d to %d", LEAST_WRAP,
	             MOST_WRAP);
	return false;
}

static bool is_coloring(const char *word)
{
	static const char *const words[] = {"category", "type", "macs", "params", "sqnr", NULL};
	return option_choice(words, word) < sizeof words / sizeof *words - 1;
}

const char *drawing_file(const options *o)
{
	return o->color_by && !is_coloring(o->color_by) ? o->color_by : NULL;
}

bool drawing_read(const options *o, oray_drawing *d, draft *problem)
{
	static const char *const rows[] = {"all", "weights", "none", NULL};
	d->theme = is_word(o->theme, "auto") ? NULL : o->theme;
	d->all = o->all;
	d->names = o->names;
	d->no_shapes = is_word(o->shapes, "off");
	d->right = is_word(o->direction, "right");
	d->by_dot = is_word(o->engine, "dot");
	d->depth = (unsigned)o->depth;
	d->rows = o->rows ? (oray_rows)option_choice(rows, o->rows) : ORAY_ROWS_ALL;
	d->color_by = drawing_file(o) ? NULL : o->color_by;
	if (is_word(o->color_by, "sqnr") && !o->diff) {
		draft_str(problem, "--color-by sqnr needs --diff: it is how faithful weights are to those "
		                   "of another model");
		return false;
	}
	return (!o->fold || read_fold(o->fold, &d->fold, problem)) &&
	       (!o->wrap || read_wrap(o->wrap, &d->wrap, problem));
}

/* The formats by their files' extensions. */
static const struct {
	const char *extension, *format;
} extensions[] = {
    {".dot", "dot"}, {".gv", "dot"},    {".svg", "svg"},  {".png", "png"},
    {".pdf", "pdf"}, {".html", "html"}, {".htm", "html"},
};

static const char *format_of(const char *file)
{
	const char *slash = strrchr(file, '/');
	const char *dot = strrchr(slash ? slash : file, '.');
	for (size_t i = 0; dot && i < sizeof extensions / sizeof extensions[0]; i++)
		if (strcasecmp(dot, extensions[i].extension) == 0)
			return extensions[i].format;
	return NULL;
}

static bool to_stdout(const options *o)
{
	return !o->output || strcmp(o->output, "-") == 0;
}

const char *drawing_format(const options *o)
{
	if (o->format)
		return o->format;
	return to_stdout(o) ? "dot" : format_of(o->output);
}
