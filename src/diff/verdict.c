/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verdict.c - what two files are to each other.
 */
#include "diff/comparison.h"

void verdict_find(comparison *c)
{
	oray_difference *d = &c->book->public;

	d->same = !d->n_header && !d->n_interface && !d->n_operators && !d->n_layers;
	d->relation = d->same ? ORAY_SAME_FILE : ORAY_CHANGED;
	d->verdict = d->same ? "nothing differs" : "changed";
}
