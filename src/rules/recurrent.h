/* SPDX-License-Identifier: Apache-2.0 */
/* recurrent.h - the sizes of an RNN, GRU or LSTM, put together from whatever says them. */
#ifndef INFER_RECURRENT_H
#define INFER_RECURRENT_H

#include "infer/rule.h"

typedef struct recurrent {
	int64_t gates;    /**< 1, 3 or 4 */
	bool batch_first; /**< layout = 1 */
	dim directions, sequence, batch, input, hidden;
} recurrent;

/** @param quiet  Do not complain, and bind nothing: it was done before. */
void recurrent_read(call *c, bool quiet, recurrent *out);

#endif
