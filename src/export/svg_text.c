/* SPDX-License-Identifier: Apache-2.0 */
#include "export/svg_draft.h"
#include "picture/pic_marks.h"

void svg_number(buf *b, int64_t n)
{
	char digits[24], *end = digits + sizeof digits, *at = end;
	uint64_t rest = n < 0 ? -(uint64_t)n : (uint64_t)n;
	do
		*--at = (char)('0' + rest % 10);
	while (rest /= 10);
	if (n < 0)
		*--at = '-';
	else if (b->n && b->data[b->n - 1] >= '0' && b->data[b->n - 1] <= '9')
		*--at = ' ';
	buf_add(b, at, (size_t)(end - at));
}

void svg_attribute(buf *b, const char *before, int64_t n)
{
	buf_str(b, before);
	svg_number(b, n);
	buf_char(b, '"');
}

/* What stands for a byte; NULL: itself. */
static const char *entity_of(unsigned char c)
{
	switch (c) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '"':
		return "&quot;";
	case '\n':
		return NULL;
	default:
		return c < ' ' || c == 0x7f ? " " : NULL;
	}
}

void svg_text(buf *b, const char *data, size_t size)
{
	size_t from = 0;
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)data[i];
		if (c > '>' && c != 0x7f)
			continue;
		const char *entity = entity_of(c);
		if (!entity)
			continue;
		buf_add(b, data + from, i - from);
		buf_str(b, entity);
		from = i + 1;
	}
	buf_add(b, data + from, size - from);
}

static void named(buf *b, const char *letter, oray_id id)
{
	buf_str(b, letter);
	svg_number(b, id);
}

void svg_name_item(buf *b, const pic_plan *plan, uint32_t index)
{
	const pic_item *item = &plan->items.at[index];
	switch (item->kind) {
	case PIC_NODE:
		named(b, "n", item->id);
		break;
	case PIC_INPUT:
		named(b, "v", item->id);
		break;
	case PIC_OUTPUT:
		named(b, "g", item->id);
		named(b, "o", item->index);
		break;
	case PIC_MORE:
		named(b, "m", item->id);
		break;
	case PIC_CAPTURE:
		named(b, "g", item->graph);
		named(b, "v", item->id);
		break;
	case PIC_MODULE:
		named(b, "w", item->id);
		break;
	case PIC_GONE:
		buf_char(b, 'a');
		svg_name_item(b, &plan->gone->plan, item->id);
		break;
	}
}
