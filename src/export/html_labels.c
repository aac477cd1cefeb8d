/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_labels.c - what boxes, frames and wires say: each text once, with its size.
 */
#include "export/html_draft.h"
#include "picture/pic_metric.h"

uint32_t html_label(html_draft *d, const pic_labels *labels, uint32_t label)
{
	const pic_label *x = &labels->all.at[label];
	oray_id id = strings_add(&d->labels, labels->text.data + x->text, x->size);
	if (id != ORAY_NONE && id == d->label_sizes.n) {
		pic_label *size = vec_push(NULL, &d->label_sizes);
		if (size)
			*size = *x;
		else
			id = ORAY_NONE;
	}
	d->failed |= id == ORAY_NONE;
	return id == ORAY_NONE ? 0 : id;
}

/* A text of our own with a role and faces: bytes below ' ' have to reach the page. */
static void label_text(html_draft *d, oray_str text)
{
	buf_clear(&d->word);
	for (size_t i = 0, from = 0; i <= text.size; i++) {
		bool is_face = i < text.size && text.data[i] >= PIC_PLAIN && text.data[i] <= PIC_MUTED;
		if (i < text.size && !is_face)
			continue;
		html_escape(&d->word, text.data + from, i - from);
		if (is_face) {
			const char face[] = {'\\', 'u', '0', '0', '0', (char)('0' + text.data[i])};
			buf_add(&d->word, face, sizeof face);
		}
		from = i + 1;
	}
	buf_clear(&d->more);
	buf_char(&d->more, '"');
	buf_add(&d->more, buf_text(&d->word), d->word.n);
	buf_char(&d->more, '"');
	html_raw(d, buf_text(&d->more), d->more.n);
}

void html_labels(html_draft *d)
{
	html_key(d, "labels");
	html_open(d, '[');
	for (size_t i = 0; i < d->label_sizes.n && html_turn(d); i++) {
		const pic_label *x = &d->label_sizes.at[i];
		html_open(d, '[');
		label_text(d, strings_get(&d->labels, (oray_id)i));
		html_int(d, x->width);
		html_int(d, x->height);
		html_int(d, x->head);
		html_close(d, ']');
	}
	html_close(d, ']');
}
