/* SPDX-License-Identifier: Apache-2.0 */
#include "export/svg_draft.h"
#include "picture/pic_marks.h"

static unsigned digits_of(uint64_t n)
{
	unsigned digits = 1;
	for (; n >= 10000; n /= 10000)
		digits += 4;
	return digits + (n >= 10) + (n >= 100) + (n >= 1000);
}

void svg_number(buf *b, int64_t n)
{
	enum { LONGEST = 24 };
	uint64_t rest = n < 0 ? -(uint64_t)n : (uint64_t)n;
	if (LONGEST >= b->capacity - b->n && !buf_reserve(b, LONGEST))
		return;
	char *at = b->data + b->n;
	if (n < 0)
		*at++ = '-';
	else if (b->n && at[-1] >= '0' && at[-1] <= '9')
		*at++ = ' ';
	at += digits_of(rest);
	b->n = (size_t)(at - b->data);
	*at = '\0';
	do
		*--at = (char)('0' + rest % 10);
	while (rest /= 10);
}

void svg_attribute(buf *b, const char *before, int64_t n)
{
	buf_str(b, before);
	svg_number(b, n);
	buf_char(b, '"');
}

/* What stands for a byte; NULL: itself. */
static const char *entity_of(char c)
{
	return c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : c == '"' ? "&quot;" : NULL;
}

/* Not 0 when a byte of `x` is 0. */
static uint64_t has_zero(uint64_t x)
{
	return (x - 0x0101010101010101u) & ~x & 0x8080808080808080u;
}

/* Steps over eight bytes at a time that need no entity: < and > differ in one bit, " and & too. */
static size_t skip_plain(const char *data, size_t size)
{
	size_t n = 0;
	for (uint64_t x; n + sizeof x <= size; n += sizeof x) {
		memcpy(&x, data + n, sizeof x);
		if (has_zero((x & ~0x0202020202020202u) ^ 0x3c3c3c3c3c3c3c3cu) |
		    has_zero((x & ~0x0404040404040404u) ^ 0x2222222222222222u))
			break;
	}
	return n;
}

void svg_text(buf *b, const char *data, size_t size)
{
	size_t from = 0;
	for (size_t i = skip_plain(data, size); i < size; i++) {
		const char *entity = entity_of(data[i]);
		if (!entity)
			continue;
		buf_add(b, data + from, i - from);
		buf_str(b, entity);
		from = i + 1;
		i += skip_plain(data + from, size - from);
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
