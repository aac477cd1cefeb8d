/* SPDX-License-Identifier: Apache-2.0 */
/*
 * term.c - terminal, locale and environment, asked once.
 */
#include "term.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { USUAL_WIDTH = 80, USUAL_HEIGHT = 24, WIDEST = 100000 };

/** A variable's value, NULL when unset or empty. */
static const char *variable_of(const char *name)
{
	const char *value = getenv(name);
	return value && *value ? value : NULL;
}

/** A positive number in a variable; 0 when there is none. */
static unsigned number_of(const char *name)
{
	const char *value = variable_of(name);
	char *end = NULL;
	long n = value ? strtol(value, &end, 10) : 0;
	return end && !*end && n > 0 && n <= WIDEST ? (unsigned)n : 0;
}

/** The locale's character encoding, by the name of the locale: nothing needs to be installed. */
static bool speaks_utf8(void)
{
	const char *locale = variable_of("LC_ALL");
	if (!locale)
		locale = variable_of("LC_CTYPE");
	if (!locale)
		locale = variable_of("LANG");
	if (!locale)
		return false;
	const char *dot = strchr(locale, '.');
	const char *encoding = dot ? dot + 1 : locale;
	return strncasecmp(encoding, "utf-8", 5) == 0 || strncasecmp(encoding, "utf8", 4) == 0;
}

static bool wants_color(const term *t, const char *color)
{
	if (color && strcmp(color, "auto") != 0)
		return strcmp(color, "always") == 0;
	const char *kind = variable_of("TERM");
	return t->is_terminal && kind && strcmp(kind, "dumb") != 0 && !variable_of("NO_COLOR");
}

term term_look(bool to_file, const char *color, unsigned width)
{
	term t = {.utf8 = speaks_utf8()};
	struct winsize size = {0};

	t.is_terminal = !to_file && isatty(STDOUT_FILENO);
	t.errors_too = isatty(STDERR_FILENO);
	if (t.is_terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
		size = (struct winsize){0};

	t.width = width ? width : number_of("COLUMNS");
	if (!t.width)
		t.width = size.ws_col ? size.ws_col : USUAL_WIDTH;
	t.height = number_of("LINES");
	if (!t.height)
		t.height = size.ws_row ? size.ws_row : USUAL_HEIGHT;
	t.color = wants_color(&t, color);
	return t;
}
