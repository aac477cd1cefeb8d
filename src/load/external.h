/* SPDX-License-Identifier: Apache-2.0 */
/*
 * external.h - weights beside the model, opened only when somebody asks for values.
 */
#ifndef LOAD_EXTERNAL_H
#define LOAD_EXTERNAL_H

#include <onnxray/onnxray.h>

/**
 * Opens the file of an external tensor.
 *
 * A location is a path below the model's directory: relative, without "..", backslash, drive, NUL
 * or a symbolic link on the way, and it must end at a regular file.
 * oray_load_options.unsafe_external lifts all of that but the regular file. Offset and length must
 * be strict decimal numbers inside the file.
 *
 * @param needed  Bytes that type and dimensions ask for.
 * @param fd      Receives a descriptor for the caller to close.
 * @param offset  Receives where the data starts.
 */
oray_status external_open(const oray_model *m, const oray_tensor *t, uint64_t needed, int *fd,
                          uint64_t *offset, oray_error *err);

/**
 * Names that the file of an external tensor has in its file system: with more than one it may be
 * any file of the machine. 0: it cannot be opened, or may be anywhere as the user allows.
 */
uint64_t external_links(const oray_model *m, const oray_tensor *t);

#endif
