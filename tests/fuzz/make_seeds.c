/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seeds - makes inputs for the fuzz targets from files that people can read, or from models.
 *
 *     seeds FOLDER FILE...
 *
 *   NAME.onnx    NAME-0 and NAME-1: the model with no choices, and with some
 *   NAME.hex     NAME: its bytes; blanks and lines that begin with # count for nothing
 *   NAME.words   NAME: its lines, each ended by NUL
 *   others       as they are
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 256 << 10 };

static unsigned char data[MOST], out[MOST + 8];

static void save(const char *folder, const char *name, size_t n_name, const char *suffix,
                 const unsigned char *bytes, size_t n)
{
	char path[1024];
	snprintf(path, sizeof path, "%s/%.*s%s", folder, (int)n_name, name, suffix);
	FILE *f = fopen(path, "wb");
	if (!f || fwrite(bytes, 1, n, f) != n || fclose(f) != 0) {
		perror(path);
		exit(1);
	}
}

static size_t from_hex(size_t size)
{
	size_t n = 0;
	int high = -1;
	bool comment = false, fresh = true;
	for (size_t i = 0; i < size; i++) {
		int c = tolower(data[i]);
		comment = c != '\n' && (comment || (fresh && c == '#'));
		fresh = c == '\n';
		if (comment || !isxdigit(c))
			continue;
		int digit = isdigit(c) ? c - '0' : c - 'a' + 10;
		if (high < 0) {
			high = digit;
		} else {
			out[n++] = (unsigned char)(high << 4 | digit);
			high = -1;
		}
	}
	return n;
}

static void model(const char *folder, const char *name, size_t n_name, size_t size)
{
	memset(out, 0, 8);
	memcpy(out + 8, data, size);
	save(folder, name, n_name, "-0", out, size + 8);
	uint32_t hash = 2166136261u;
	for (size_t i = 0; i < n_name; i++)
		hash = (hash ^ (unsigned char)name[i]) * 16777619u;
	memcpy(out, &hash, 4);
	save(folder, name, n_name, "-1", out, size + 8);
}

static void convert(const char *folder, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');
	size_t n_name = dot ? (size_t)(dot - name) : strlen(name);
	FILE *f = fopen(path, "rb");
	if (!f) { /* some are made to be closed */
		perror(path);
		return;
	}
	size_t size = fread(data, 1, MOST, f);
	fclose(f);
	if (size == MOST)
		return;
	if (dot && !strcmp(dot, ".onnx")) {
		model(folder, name, n_name, size);
	} else if (dot && !strcmp(dot, ".hex")) {
		save(folder, name, n_name, "", out, from_hex(size));
	} else if (dot && !strcmp(dot, ".words")) {
		for (size_t i = 0; i < size; i++)
			data[i] = data[i] == '\n' ? 0 : data[i];
		save(folder, name, n_name, "", data, size);
	} else {
		save(folder, name, strlen(name), "", data, size);
	}
}

int main(int argc, char **argv)
{
	for (int i = 2; i < argc; i++)
		convert(argv[1], argv[i]);
	return 0;
}
