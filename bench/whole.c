/* SPDX-License-Identifier: Apache-2.0 */
/*
 * whole.c - the plain way to read a model with protobuf-c, as something to be compared with: the
 * whole file into memory, then one unpack of everything.
 *
 *     whole malloc|arena MODEL
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "onnx.pb-c.h"

enum { BLOCK = 1 << 20 };

/* An arena as simple as can be: blocks that are never looked at again. */
typedef struct block {
	struct block *next;
	size_t used, size;
	_Alignas(max_align_t) unsigned char bytes[];
} block;

static block *blocks;

static void *arena_take(void *context, size_t size)
{
	(void)context;
	size = (size + 15) / 16 * 16;
	if (!blocks || size > blocks->size - blocks->used) {
		size_t room = size > BLOCK ? size : BLOCK;
		block *b = malloc(sizeof *b + room);
		if (!b)
			return NULL;
		*b = (block){.next = blocks, .size = room};
		blocks = b;
	}
	void *p = blocks->bytes + blocks->used;
	blocks->used += size;
	return p;
}

static void arena_ignore(void *context, void *p)
{
	(void)context;
	(void)p;
}

static uint8_t *read_all(const char *path, size_t *size)
{
	struct stat st;
	int fd = open(path, O_RDONLY);
	if (fd < 0 || fstat(fd, &st) < 0)
		return NULL;
	uint8_t *bytes = malloc((size_t)st.st_size + 1);
	*size = 0;
	while (bytes && *size < (size_t)st.st_size) {
		ssize_t n = read(fd, bytes + *size, (size_t)st.st_size - *size);
		if (n <= 0)
			break;
		*size += (size_t)n;
	}
	close(fd);
	return bytes;
}

int main(int argc, char **argv)
{
	ProtobufCAllocator arena = {arena_take, arena_ignore, NULL};
	size_t size = 0;
	if (argc != 3) {
		fprintf(stderr, "usage: whole malloc|arena MODEL\n");
		return 2;
	}
	ProtobufCAllocator *allocator = strcmp(argv[1], "arena") == 0 ? &arena : NULL;
	uint8_t *bytes = read_all(argv[2], &size);
	Onnx__ModelProto *model = bytes ? onnx__model_proto__unpack(allocator, size, bytes) : NULL;
	bool read = model != NULL;
	if (!read)
		fprintf(stderr, "whole: %s: cannot be read or decoded\n", argv[2]);
	else
		onnx__model_proto__free_unpacked(model, allocator);
	while (blocks) {
		block *next = blocks->next;
		free(blocks);
		blocks = next;
	}
	free(bytes);
	return read ? 0 : 3;
}
