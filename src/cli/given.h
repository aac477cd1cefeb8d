/* SPDX-License-Identifier: Apache-2.0 */
/*
 * given.h - what the user knows better than the model: --dim, --input, --bind.
 */
#ifndef CLI_GIVEN_H
#define CLI_GIVEN_H

#include "options.h"

/**
 * Infers shapes, unless --no-infer; with what the options say.
 * @return ORAY_ERR_USAGE with a message for words that make no sense, or name nothing in the model.
 */
oray_status given_infer(const options *o, oray_model *model, oray_error *err);

/**
 * The same for two models: what is said of a name holds in those that have it.
 * @return ORAY_ERR_USAGE as well for a name that neither of them has.
 */
oray_status given_infer_pair(const options *o, oray_model *a, oray_model *b, oray_error *err);

/** What --count says. */
oray_counting given_counting(const options *o);

#endif
