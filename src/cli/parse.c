/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse.c - a command line, read by the option table.
 *
 * Which options are allowed depends on the command, and the command may stand anywhere among them.
 * So the line is walked twice by the same code: first to collect the operands, then, the command
 * known, to set the options. A problem does not end the walk; the first one is the one reported.
 */
#include "cli.h"

#include "nearest.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct walk {
	options *options;       /**< NULL in the first walk */
	const command *command; /**< NULL in the first walk */
	const char **operands;
	size_t n_operands;
	bool ended_first; /**< "--" came before all operands: none of them is a command */
	draft *problem;
} walk;

static void complain(walk *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void complain(walk *w, const char *format, ...)
{
	char text[512];
	va_list args;
	if (!w->options || w->problem->n > 0)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	draft_printable(w->problem, text);
}

/** The row that counts: the command's own, else any, so that a value's place is known. */
static const option *lookup(const walk *w, const char *name, size_t size)
{
	const option *o = w->command ? option_find(w->command, name, size) : NULL;
	return o ? o : option_find(NULL, name, size);
}

static const option *lookup_letter(const walk *w, char letter)
{
	for (const option *o = option_table; o->name; o++)
		if (o->letter == letter)
			return lookup(w, o->name, strlen(o->name));
	return NULL;
}

static bool allowed(const walk *w, const option *o)
{
	return o->commands & 1u << w->command->id;
}

/* ---------------------------------------------------------------------------------- values -- */

/** Digits only, and no more than 32 bits: nobody means more rows or columns than that. */
static bool read_number(const char *text, uint64_t least, size_t *number)
{
	uint64_t n = 0;
	const char *s = text;
	for (; *s >= '0' && *s <= '9' && n <= UINT32_MAX; s++)
		n = n * 10 + (uint64_t)(*s - '0');
	if (s == text || *s || n < least || n > UINT32_MAX)
		return false;
	*number = (size_t)n;
	return true;
}

static const struct {
	const char *unit;
	uint64_t bytes;
} units[] = {
    {"", 1},
    {"b", 1},
    {"k", 1000},
    {"kb", 1000},
    {"kib", UINT64_C(1) << 10},
    {"m", 1000000},
    {"mb", 1000000},
    {"mib", UINT64_C(1) << 20},
    {"g", 1000000000},
    {"gb", 1000000000},
    {"gib", UINT64_C(1) << 30},
    {"t", UINT64_C(1000000000000)},
    {"tb", UINT64_C(1000000000000)},
    {"tib", UINT64_C(1) << 40},
};

static bool read_unit(const char *text, uint64_t *bytes)
{
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		const char *u = units[i].unit, *t = text;
		while (*u && (*t | 0x20) == *u)
			u++, t++;
		if (!*u && !*t) {
			*bytes = units[i].bytes;
			return true;
		}
	}
	return false;
}

/** "20MiB", "1.5G": digits, a fraction if you like, a unit; the number of bytes, rounded down. */
static bool read_size(const char *text, uint64_t *size)
{
	uint64_t whole = 0, part = 0, scale = 1, unit, bytes;
	const char *s = text;
	for (; *s >= '0' && *s <= '9'; s++)
		if (__builtin_mul_overflow(whole, UINT64_C(10), &whole) ||
		    __builtin_add_overflow(whole, (uint64_t)(*s - '0'), &whole))
			return false;
	if (s == text)
		return false;
	if (*s == '.') {
		const char *first = ++s;
		for (; *s >= '0' && *s <= '9'; s++)
			if (scale < 1000000) {
				part = part * 10 + (uint64_t)(*s - '0');
				scale *= 10;
			}
		if (s == first)
			return false;
	}
	if (!read_unit(s, &unit) || __builtin_mul_overflow(whole, unit, &bytes) ||
	    __builtin_add_overflow(bytes, part * unit / scale, &bytes) || bytes == 0)
		return false;
	*size = bytes;
	return true;
}

static bool append(option_list *list, const char *item)
{
	const char **items = realloc(list->items, (list->n + 1) * sizeof *items);
	if (!items)
		return false;
	items[list->n++] = item;
	list->items = items;
	return true;
}

static void bad_choice(walk *w, const option *o, const char *value)
{
	nearest near;
	draft choices = {0};
	nearest_start(&near, value, 1);
	for (size_t i = 0; o->choices[i]; i++)
		nearest_offer(&near, o->choices[i]);
	option_choices(&choices, o->choices);
	if (near.n > 0)
		complain(w, "--%s: '%s' is not one of %s; did you mean '%s'?", o->name, value,
		         draft_text(&choices), near.best[0].name);
	else
		complain(w, "--%s: '%s' is not one of %s", o->name, value, draft_text(&choices));
	draft_free(&choices);
}

/** Sets an option's member. `value` is NULL for flags. */
static void set(walk *w, const option *o, const char *value)
{
	char *base = (char *)w->options;
	void *member = base + o->member;

	if (o->given)
		*(bool *)(base + o->given) = true;
	switch (o->kind) {
	case OPTION_FLAG:
		*(bool *)member = true;
		break;
	case OPTION_STRING:
	case OPTION_FILE:
	case OPTION_COLUMN:
		if (!*value)
			complain(w, "--%s: the value is empty", o->name);
		*(const char **)member = value;
		break;
	case OPTION_CHOICE:
		if (!o->choices[option_choice(o->choices, value)])
			bad_choice(w, o, value);
		else
			*(const char **)member = o->choices[option_choice(o->choices, value)];
		break;
	case OPTION_NUMBER:
	case OPTION_COUNT:
		if (!read_number(value, o->kind == OPTION_NUMBER, member))
			complain(w, "--%s: '%s' is not a whole number of at least %d", o->name, value,
			         o->kind == OPTION_NUMBER);
		break;
	case OPTION_SIZE:
		if (!read_size(value, member))
			complain(w, "--%s: '%s' is not a size such as 500k, 20MiB or 1.5G", o->name, value);
		break;
	case OPTION_LIST:
		if (!*value)
			complain(w, "--%s: the value is empty", o->name);
		else if (!append(member, value))
			complain(w, "out of memory");
		break;
	}
}

/* -------------------------------------------------------------------------------- the walk -- */

static void unknown(walk *w, const char *name, size_t size)
{
	char typed[64];
	snprintf(typed, sizeof typed, "%.*s", size < sizeof typed ? (int)size : 60, name);
	nearest near;
	nearest_start(&near, typed, 1);
	for (const option *o = option_table; o->name; o++)
		if (w->command && allowed(w, o))
			nearest_offer(&near, o->name);
	if (near.n > 0)
		complain(w, "unknown option '--%s'; did you mean '--%s'?", typed, near.best[0].name);
	else
		complain(w, "unknown option '--%s'", typed);
}

/** An option that exists, but not here: says where it does. */
static void misplaced(walk *w, const option *o)
{
	draft owners = {0};
	for (size_t i = 0; i < N_COMMANDS; i++)
		for (const option *row = option_table; row->name; row++)
			if (strcmp(row->name, o->name) == 0 && row->commands & 1u << i)
				draft_format(&owners, "%s%s", owners.n > 0 ? ", " : "", command_table[i].name);
	complain(w, "'%s' has no option '--%s'; it belongs to %s", w->command->name, o->name,
	         draft_text(&owners));
	draft_free(&owners);
}

static void take(walk *w, const option *o, const char *value)
{
	if (!w->options)
		return;
	if (!allowed(w, o))
		misplaced(w, o);
	else if (o->kind != OPTION_FLAG && !value)
		complain(w, "--%s needs a value: --%s %s", o->name, o->name, o->argument);
	else
		set(w, o, value);
}

/** Reads "--name", "--name=value" or "--name value". @return how many words it took. */
static int read_long(walk *w, char **argv)
{
	const char *name = argv[0] + 2;
	size_t size = strcspn(name, "=");
	const char *value = name[size] ? name + size + 1 : NULL;
	const option *o = lookup(w, name, size);

	if (!o) {
		unknown(w, name, size);
		return 1;
	}
	if (o->kind == OPTION_FLAG) {
		if (value)
			complain(w, "--%s takes no value", o->name);
		take(w, o, NULL);
		return 1;
	}
	take(w, o, value ? value : argv[1]);
	return value || !argv[1] ? 1 : 2;
}

/** Reads "-qv", "-fjson" or "-f json". @return how many words it took. */
static int read_short(walk *w, char **argv)
{
	for (const char *s = argv[0] + 1; *s; s++) {
		const option *o = lookup_letter(w, *s);
		if (!o) {
			complain(w, "unknown option '-%c'", *s);
			continue;
		}
		if (o->kind == OPTION_FLAG) {
			take(w, o, NULL);
			continue;
		}
		take(w, o, s[1] ? s + 1 : argv[1]);
		return s[1] || !argv[1] ? 1 : 2;
	}
	return 1;
}

static void walk_line(walk *w, int argc, char **argv)
{
	bool ended = false;
	w->n_operands = 0;
	for (int i = 1; i < argc;) {
		const char *word = argv[i];
		if (ended || word[0] != '-' || word[1] == '\0') {
			w->operands[w->n_operands++] = word;
			i++;
		} else if (strcmp(word, "--") == 0) {
			ended = true;
			w->ended_first = w->n_operands == 0;
			i++;
		} else {
			i += word[1] == '-' ? read_long(w, argv + i) : read_short(w, argv + i);
		}
	}
}

bool cli_parse(cli *c, int argc, char **argv, draft *problem)
{
	walk w = {.operands = c->operands, .problem = problem};

	walk_line(&w, argc, argv);
	c->literal = w.ended_first;
	if (w.n_operands > 0 && !c->literal)
		c->command = command_find(c->operands[0]);
	c->named = c->command != NULL;
	if (!c->named)
		c->command = &command_table[COMMAND_SUMMARY];

	w.options = &c->options;
	w.command = c->command;
	walk_line(&w, argc, argv);
	if (c->named)
		memmove(c->operands, c->operands + 1, --w.n_operands * sizeof *c->operands);
	c->n_operands = w.n_operands;
	return problem->n == 0 && !problem->failed;
}

void options_free(options *o)
{
	for (const option *row = option_table; row->name; row++) {
		if (row->kind != OPTION_LIST)
			continue;
		option_list *list = (option_list *)(void *)((char *)o + row->member);
		free(list->items);
		*list = (option_list){0};
	}
}
