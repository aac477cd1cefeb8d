/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tensor_bytes.h - the elements of a tensor as raw bytes, front to back, whatever their storage.
 *
 * Raw data and external files are read as they are, in large pieces; entries of typed fields are
 * turned into what raw_data would hold. Elements are little-endian, those of less than a byte
 * packed without gaps, lowest bits first. Each byte of the file is read once. Only pread() is used,
 * so threads may read different tensors, or the same one twice, at the same time.
 */
#ifndef LOAD_TENSOR_BYTES_H
#define LOAD_TENSOR_BYTES_H

#include <stddef.h>

#include <onnxray/onnxray.h>

/** Bytes of one read, and the most that tensor_bytes_peek() may be asked for. */
enum { TENSOR_BYTES_CHUNK = 128 * 1024, TENSOR_BYTES_MOST = 64 };

typedef struct tensor_bytes tensor_bytes;

/**
 * Prepares to read a tensor.
 * @param out  To be released with tensor_bytes_close(); NULL on failure.
 * @return as oray_tensor_read(); ORAY_ERR_USAGE for strings and unknown types.
 */
oray_status tensor_bytes_open(const oray_model *m, oray_id tensor, tensor_bytes **out,
                              oray_error *err);
void tensor_bytes_close(tensor_bytes *t);

/** Bytes that all elements take, packed. */
uint64_t tensor_bytes_size(const tensor_bytes *t);

/**
 * The bytes that come next.
 * @param want  At least so many, at most TENSOR_BYTES_MOST, unless the tensor ends before.
 * @param p     Receives where they are, valid until the next call; any alignment.
 * @param n     Receives how many there are: all that are at hand, 0 at the end.
 */
oray_status tensor_bytes_peek(tensor_bytes *t, size_t want, const uint8_t **p, size_t *n,
                              oray_error *err);

/** Moves on by `n` bytes, at most as many as the last peek found. */
void tensor_bytes_take(tensor_bytes *t, size_t n);

/** True when tensor_bytes_at() works: raw bytes, not entries that have to be counted through. */
bool tensor_bytes_is_direct(const tensor_bytes *t);

/** Copies `n` bytes from `offset` on, inside the tensor; does not move. */
oray_status tensor_bytes_at(const tensor_bytes *t, uint64_t offset, size_t n, uint8_t *to,
                            oray_error *err);

/** Starts again from the front. */
void tensor_bytes_rewind(tensor_bytes *t);

#endif
