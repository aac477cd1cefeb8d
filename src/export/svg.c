/* SPDX-License-Identifier: Apache-2.0 */
#include "export/svg.h"


#include "base/error.h"
#include "base/heap.h"
#include "export/svg_draft.h"
#include "picture/pic_fold.h"
#include "picture/pic_marks.h"
#include "words/clean.h"

#define MOST_TITLE 120 /* characters of a file's name */

/* -------------------------------------------------------------------------- what occurs -- */

static void find_in_labels(svg_found *found, const pic_labels *labels)
{
	for (size_t i = 0; i < labels->all.n; i++) {
		const pic_label *x = &labels->all.at[i];
		const char *text = labels->text.data + x->text;
		found->names |= x->head > PIC_TITLE_HEIGHT;
		found->bold = found->bold || memchr(text, PIC_BOLD, x->size);
		found->muted = found->muted || memchr(text, PIC_MUTED, x->size);
	}
}

static void find(svg_draft *d)
{
	const picture *pic = d->pic;
	svg_found *found = &d->found;
	for (uint32_t i = 0; i < pic->plan.items.n; i++) {
		found->paint[pic_paint_of(pic, i)] = true;
		found->dashed |= pic_is_dashed(pic, i);
		found->quantized |= pic_is_quantized(pic, i);
		d->times[pic->label[i]]++;
	}
	for (size_t i = 0; i < pic->ways.n; i++)
		found->stroke[pic->ways.at[i].stroke] = true;
	for (size_t i = 0; i < pic->tags.n; i++)
		found->ends |= pic->tags.at[i].is_end;
	for (size_t i = 0; i < pic->legend.n; i++)
		if (pic->legend.at[i].paint < PIC_N_PAINTS)
			found->paint[pic->legend.at[i].paint] = true;
	found->tags = pic->tags.n;
	found->frames = pic->frames.n;
	found->legend = pic->legend.n;
	find_in_labels(found, &pic->labels);
}

/* --------------------------------------------------------------------------------- page -- */

/* What a screen reader says of the whole. */
static void describe(svg_draft *d)
{
	const pic_plan *plan = &d->pic->plan;
	const oray_graph *g = oray_model_graph(plan->model, 0);
	oray_str path = plan->info->path;
	size_t at = path.size;
	while (at && path.data[at - 1] != '/')
		at--;
	buf_clear(&d->tip);
	clean_text(&d->tip, path.data + at, path.size - at, MOST_TITLE);
	svg_lit(d->b, "<title>");
	svg_text(d->b, d->tip.data, d->tip.n);
	svg_lit(d->b, "</title>\n<desc>ONNX graph");
	if (g && g->name.size) {
		buf_clear(&d->tip);
		clean_text(&d->tip, g->name.data, g->name.size, MOST_TITLE);
		svg_lit(d->b, " ");
		svg_text(d->b, d->tip.data, d->tip.n);
	}
	buf_format(d->b, ": %zu nodes in the model, %zu boxes and %zu wires drawn",
	           plan->info->n_nodes, plan->items.n, plan->wires.n);
	buf_clear(&d->tip);
	pic_fold_text(plan, &d->tip);
	if (d->tip.n)
		svg_lit(d->b, ". ");
	svg_text(d->b, d->tip.data, d->tip.n);
	svg_lit(d->b, "</desc>\n");
}

static void page(svg_draft *d, const theme *light, const theme *dark)
{
	const picture *pic = d->pic;
	buf_format(d->b,
	           "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
	           "viewBox=\"0 0 %d %d\" role=\"img\">\n",
	           pic->width, pic->height, pic->width, pic->height);
	describe(d);
	svg_style(d, light, dark);
	/* lines of one pixel are sharp when they are in the middle of pixels */
	svg_lit(d->b, "<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n"
	              "<g transform=\"translate(.5 .5)\">\n");
	svg_frames(d);
	svg_wires(d);
	svg_items(d);
	svg_tags(d);
	svg_legend(d);
	svg_lit(d->b, "</g>\n</svg>\n");
}

static oray_status choose(const char *name, const theme **light, const theme **dark,
                          oray_error *err)
{
	bool by_reader = !name || strcmp(name, "auto") == 0;
	*light = theme_find(by_reader ? "light" : name);
	*dark = by_reader ? theme_find("dark") : NULL;
	return *light ? ORAY_OK
	              : error_set(err, ORAY_ERR_USAGE, ORAY_NO_OFFSET, NULL,
	                          "no theme \"%s\"; there are auto, light and dark", name);
}

oray_status svg_write(picture *pic, const oray_drawing *drawing, oray_sink sink, void *context,
                      oray_error *err)
{
	const theme *light, *dark;
	size_t n = pic->labels.all.n + 1;
	emit out;
	svg_draft d = {.pic = pic, .out = &out, .b = &out.pending};
	oray_status status = choose(drawing ? drawing->theme : NULL, &light, &dark, err);
	if (status != ORAY_OK)
		return status;
	emit_init(&out, NULL, sink, context);
	d.times = heap_zeroed(n, sizeof *d.times);
	d.at = heap_zeroed(n, sizeof *d.at);
	d.size = heap_zeroed(n, sizeof *d.size);
	d.drawn = pic->frames.n ? heap_zeroed(pic->plan.items.n + 1, sizeof *d.drawn) : NULL;
	if (d.times && d.at && d.size && (d.drawn || !pic->frames.n)) {
		find(&d);
		page(&d, light, dark);
	} else {
		emit_fail(&out, ORAY_ERR_MEMORY);
	}
	if (!buf_ok(&d.tip) || !buf_ok(&d.ready))
		emit_fail(&out, ORAY_ERR_MEMORY);
	heap_free(d.times);
	heap_free(d.at);
	heap_free(d.size);
	heap_free(d.drawn);
	buf_free(&d.tip);
	buf_free(&d.ready);
	return emit_end(&out, err);
}
