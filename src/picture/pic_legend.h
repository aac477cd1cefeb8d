/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pic_legend.h - the rows of chips above a picture that say what its colours stand for.
 *
 *     quantized: [10 to 20 dB: 3] [40 dB and more: 12]  [kept: 7]
 *     MACs 0 [][][][][][][][][] 1.85 G  [unknown: 2]
 *
 * The functions fill pic->legend and its size once; without memory, pic->failed is set.
 */
#ifndef PICTURE_PIC_LEGEND_H
#define PICTURE_PIC_LEGEND_H

#include "picture/pic_scale.h"
#include "picture/picture.h"

/** What became of the nodes, with counts: of a difference. */
void pic_legend_states(picture *pic);

/** Paints that occur among the boxes, categories or types, with counts; most frequent first. */
void pic_legend_counts(picture *pic, const char *word);

/** A scale with numbers at its ends. `word` says what the numbers are; cleaned and cut. */
void pic_legend_scale(picture *pic, const pic_scale *scale, const char *word);

#endif
