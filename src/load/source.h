/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source.h - where the bytes come from: a file, a pipe, a gzip-compressed file.
 *
 * The walker wants to jump, so what cannot seek or is compressed is first copied to a temporary
 * file that has no name.
 */
#ifndef LOAD_SOURCE_H
#define LOAD_SOURCE_H

#include <onnxray/onnxray.h>

typedef struct source {
	int fd;          /**< can seek; caller closes */
	uint64_t size;   /**< bytes of the model */
	uint64_t stored; /**< bytes of the file it came from */
	bool compressed;
	bool cut; /**< compressed data that ended early */
} source;

/**
 * Opens `path` for reading, "-" for standard input.
 *
 * A named pipe is read while somebody writes into it. Directories and devices are refused.
 */
oray_status source_open(const char *path, const oray_load_options *opts, source *out,
                        oray_error *err);

/**
 * What these bytes are, when they are not ONNX: "a Git LFS pointer (the real file has 51.9 MB; run
 * `git lfs pull`)". @return false when nothing is recognised; `out` is then empty.
 */
bool sniff(const uint8_t *bytes, size_t n, uint64_t file_size, char *out, size_t size);

#endif
