/* SPDX-License-Identifier: Apache-2.0 */
#include "picture/pic_label.h"

#include <inttypes.h>
#include <string.h>

#include "base/heap.h"
#include "picture/pic_fold.h"
#include "picture/pic_marks.h"
#include "picture/pic_metric.h"
#include "words/clean.h"
#include "words/describe.h"

/* Characters that are shown. */
#define MOST_TITLE  30
#define MOST_DOMAIN 18
#define MOST_NAME   32
#define MOST_FRAME  60

/* ----------------------------------------------------------------------------- building -- */

void pic_begin(pic_look *look)
{
	buf_clear(&look->text);
	look->n_rows = look->left_out = 0;
}

bool pic_line_begin(pic_look *look, pic_role role)
{
	if (role == PIC_LINE && look->n_rows == PIC_MOST_ROWS) {
		look->left_out++;
		return false;
	}
	if (role == PIC_LINE) {
		look->n_rows++;
		look->last_row = look->text.n;
	}
	buf_char(&look->text, (char)role);
	return true;
}

void pic_line_end(pic_look *look)
{
	buf_char(&look->text, '\n');
}

void pic_face_set(pic_look *look, pic_face face)
{
	buf_char(&look->text, (char)face);
}

/* The last row makes room for the count. */
static void count_left_out(pic_look *look)
{
	if (!look->left_out || !buf_ok(&look->text))
		return;
	look->text.n = look->last_row;
	buf_format(&look->text, "%c%c… %zu more\n", PIC_LINE, PIC_MUTED, look->left_out + 1);
}

/* -------------------------------------------------------------------------------- keeping -- */

/* Eight bytes at a time: most labels are long, and most were there before. */
static uint64_t hash_of(const char *data, size_t size)
{
	uint64_t h = size * 0x9e3779b97f4a7c15u, word = 0;
	for (; size >= 8; data += 8, size -= 8) {
		memcpy(&word, data, 8);
		h = (h ^ word) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	word = 0;
	memcpy(&word, data, size);
	h = (h ^ word) * 0xff51afd7ed558ccdu;
	return h ^ h >> 32;
}

static bool grow_table(pic_labels *l)
{
	size_t size = l->table_size ? l->table_size * 2 : 256;
	uint32_t *table = heap_zeroed(size, sizeof *table);
	if (!table)
		return false;
	for (size_t i = 0; i < l->all.n; i++) {
		const pic_label *x = &l->all.at[i];
		size_t at = hash_of(l->text.data + x->text, x->size) & (size - 1);
		while (table[at])
			at = (at + 1) & (size - 1);
		table[at] = (uint32_t)i + 1;
	}
	heap_free(l->table);
	l->table = table;
	l->table_size = size;
	return true;
}

/* Fills in what the lines say of size. */
static void measure(const pic_labels *l, pic_label *x)
{
	size_t at = 0;
	pic_line line;
	int32_t widest = 0;
	bool named = false;
	while (pic_line_next(l, x, &at, &line)) {
		uint64_t width = 0;
		size_t piece = 0, size;
		const char *data;
		pic_face face;
		while (pic_piece_next(&line, &piece, &face, &data, &size))
			width += pic_text_width(data, size, face == PIC_BOLD || line.role == PIC_TITLE);
		width = width * line.font * (100 + PIC_SLACK) / 100000 + 1;
		widest = (int32_t)width > widest ? (int32_t)width : widest;
		named |= line.role == PIC_NAME;
		x->rows += line.role == PIC_LINE;
	}
	x->width = widest + 2 * PIC_SIDE;
	x->head = PIC_TITLE_HEIGHT + (named ? PIC_NAME_HEIGHT : 0);
	x->height = x->head;
	if (x->rows)
		x->height += PIC_ROWS_ABOVE + PIC_ROWS_BELOW + (int32_t)x->rows * PIC_ROW_HEIGHT;
}

uint32_t pic_keep(pic_labels *l, pic_look *look)
{
	count_left_out(look);
	const buf *b = &look->text;
	if (!buf_ok(b) || l->text.n + b->n > UINT32_MAX ||
	    (2 * l->all.n >= l->table_size && !grow_table(l))) {
		l->failed = true;
		return 0;
	}
	size_t at = hash_of(buf_text(b), b->n) & (l->table_size - 1);
	for (; l->table[at]; at = (at + 1) & (l->table_size - 1)) {
		const pic_label *x = &l->all.at[l->table[at] - 1];
		if (x->size == b->n && memcmp(l->text.data + x->text, buf_text(b), b->n) == 0)
			return l->table[at] - 1;
	}
	pic_label *x = vec_push(NULL, &l->all);
	uint32_t text = (uint32_t)l->text.n;
	buf_add(&l->text, buf_text(b), b->n);
	if (!x || !buf_ok(&l->text)) {
		l->failed = true;
		return 0;
	}
	*x = (pic_label){.text = text, .size = (uint32_t)b->n};
	measure(l, x);
	l->table[at] = (uint32_t)l->all.n;
	return (uint32_t)l->all.n - 1;
}

void pic_labels_free(pic_labels *l)
{
	buf_free(&l->text);
	vec_free(NULL, &l->all);
	heap_free(l->table);
	*l = (pic_labels){.failed = false};
}

void pic_look_free(pic_look *look)
{
	buf_free(&look->text);
	buf_free(&look->words);
	pic_known_free(&look->known);
	vec_free(NULL, &look->attributes);
}

/* -------------------------------------------------------------------------------- reading -- */

bool pic_line_next(const pic_labels *l, const pic_label *label, size_t *at, pic_line *line)
{
	const char *data = l->text.data + label->text;
	if (*at >= label->size)
		return false;
	const char *end = memchr(data + *at, '\n', label->size - *at);
	int32_t top = *at ? line->baseline : 0;
	pic_role before = *at ? line->role : PIC_TITLE, role = (pic_role)data[*at];
	*line = (pic_line){.data = data + *at + 1, .role = role};
	line->size = (size_t)(end - line->data);
	line->font = role == PIC_TITLE  ? PIC_TITLE_SIZE
	             : role == PIC_NAME ? PIC_NAME_SIZE
	                                : PIC_ROW_SIZE;
	if (role == PIC_TITLE)
		line->baseline = 15;
	else if (role == PIC_NAME)
		line->baseline = top + PIC_NAME_HEIGHT;
	else if (before == PIC_LINE)
		line->baseline = top + PIC_ROW_HEIGHT;
	else
		line->baseline = top + (PIC_TITLE_HEIGHT - 15) + PIC_ROWS_ABOVE + PIC_ROW_HEIGHT - 4;
	*at = (size_t)(end + 1 - data);
	return true;
}

bool pic_piece_next(const pic_line *line, size_t *at, pic_face *face, const char **data,
                    size_t *size)
{
	if (!*at)
		*face = PIC_PLAIN;
	for (; *at < line->size && (unsigned char)line->data[*at] < ' '; ++*at)
		*face = (pic_face)line->data[*at];
	size_t first = *at;
	while (*at < line->size && (unsigned char)line->data[*at] >= ' ')
		++*at;
	*data = line->data + first;
	*size = *at - first;
	return *size > 0;
}

/* ---------------------------------------------------------------------------------- items -- */

/* Something to hold on to. */
static void title(pic_look *look, oray_str name, size_t most)
{
	pic_line_begin(look, PIC_TITLE);
	if (name.size)
		clean_text(&look->text, name.data, name.size, most);
	else
		buf_str(&look->text, "(no name)");
	pic_line_end(look);
}

/* Whose operator it is: at the end of the title. */
static void add_domain(pic_look *look, oray_str domain)
{
	if (!buf_ok(&look->text))
		return;
	look->text.n--; /* the line was ended */
	buf_char(&look->text, ' ');
	pic_face_set(look, PIC_MUTED);
	clean_text(&look->text, domain.data, domain.size, MOST_DOMAIN);
	pic_line_end(look);
}

static void second(pic_look *look, oray_str name)
{
	if (!name.size)
		return;
	pic_line_begin(look, PIC_NAME);
	clean_text(&look->text, name.data, name.size, MOST_NAME);
	pic_line_end(look);
}

static void label_node(pic_look *look, oray_id id)
{
	oray_node n;
	if (!oray_model_node(look->plan->model, id, &n))
		return;
	title(look, n.op, MOST_TITLE);
	if (n.function == ORAY_NONE && !str_is(n.domain, "ai.onnx"))
		add_domain(look, n.domain);
	if (look->names || look->plan->fate[id] != PIC_BOX)
		second(look, n.name);
	if (look->rows && look->plan->fate[id] == PIC_BOX)
		pic_rows_collect(look, id, &n);
}

static void label_value(pic_look *look, oray_id value, bool input)
{
	oray_value v;
	if (!oray_model_value(look->plan->model, value, &v))
		return;
	title(look, v.name, MOST_NAME);
	pic_line_begin(look, PIC_NAME);
	size_t before = look->text.n;
	if (input && v.is_undefined)
		buf_str(&look->text, "not defined anywhere");
	else
		pic_known_type(&look->known, look->plan->model, value, &look->text);
	if (look->text.n == before)
		look->text.n = before ? before - 1 : 0;
	else
		pic_line_end(look);
}

static void label_output(pic_look *look, const pic_item *item)
{
	static const oray_str unnamed = {"(no output)", 11};
	const oray_graph *g = oray_model_graph(look->plan->model, item->id);
	if (g->outputs[item->index] != ORAY_NONE)
		label_value(look, g->outputs[item->index], false);
	else
		title(look, unnamed, MOST_NAME);
}

void pic_label_item(pic_look *look, const pic_item *item)
{
	pic_begin(look);
	switch (item->kind) {
	case PIC_NODE:
		label_node(look, item->id);
		break;
	case PIC_INPUT:
		label_value(look, item->id, true);
		break;
	case PIC_OUTPUT:
		label_output(look, item);
		break;
	case PIC_CAPTURE:
		label_value(look, item->id, false);
		break;
	case PIC_MORE:
		pic_line_begin(look, PIC_TITLE);
		buf_format(&look->text, "%" PRIu32 " more", item->index);
		pic_line_end(look);
		break;
	case PIC_MODULE:
		pic_label_group(look, &look->plan->groups->all.at[item->id]);
		break;
	case PIC_GONE:
		if (!look->gone)
			break;
		pic_label_item(look->gone, &look->gone->plan->items.at[item->id]);
		buf_add(&look->text, buf_text(&look->gone->text), look->gone->text.n);
		break;
	}
}

void pic_label_frame(pic_look *look, oray_id graph)
{
	char path[512];
	size_t size = oray_graph_path(look->plan->model, graph, path, sizeof path);
	if (size >= sizeof path)
		size = sizeof path - 1;
	const char *last = path;
	for (const char *p = path; p < path + size; p++)
		if (*p == '/' && p[1])
			last = p + 1;
	pic_begin(look);
	title(look, (oray_str){last, (size_t)(path + size - last)}, MOST_FRAME);
}

const char *pic_class_of(const pic_look *look, const pic_item *item)
{
	oray_node n;
	oray_value v;
	switch (item->kind) {
	case PIC_NODE:
		if (look->plan->fate[item->id] == PIC_BOX &&
		    oray_model_node(look->plan->model, item->id, &n))
			return pic_mark_state(look->plan, item->id) != THEME_PLAIN
			           ? pic_mark_class(pic_mark_state(look->plan, item->id))
			           : ops_category_name(node_category(look->plan->model, &n));
		return "stub";
	case PIC_GONE:
		return "removed";
	case PIC_INPUT:
		oray_model_value(look->plan->model, item->id, &v);
		return v.is_undefined ? "undefined" : "input";
	case PIC_OUTPUT:
		return "output";
	case PIC_CAPTURE:
		return "captured";
	case PIC_MODULE:
		return look->plan->groups->all.at[item->id].repeats ? "repeats" : "module";
	default:
		return "stub";
	}
}
