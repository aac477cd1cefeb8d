/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strings.h"

#include <string.h>
#include <time.h>

typedef struct string_block {
	struct string_block *next;
	size_t used, size;
	char bytes[];
} string_block;

enum { BLOCK_FIRST = 4 * 1024, BLOCK_MOST = 256 * 1024, AHEAD = 6 };

static inline uint64_t mix(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 p = (unsigned __int128)a * b;
	return (uint64_t)p ^ (uint64_t)(p >> 64);
}

/* Eight bytes a round, folded by a 64 x 64 -> 128 multiplication; the seed makes it unpredictable.
 */
static uint32_t hash_bytes(uint64_t seed, const char *data, size_t size)
{
	uint64_t h = seed ^ (size * 0x9e3779b97f4a7c15u), word = 0;
	if (size >= 8) {
		const char *last = data + size - 8;
		for (; data < last; data += 8) {
			memcpy(&word, data, 8);
			h = mix(h ^ word, 0xa0761d6478bd642fu);
		}
		memcpy(&word, last, 8); /* bytes may count twice */
	} else if (size) {
		memcpy(&word, data, size);
	}
	h = mix(h ^ word, 0xe7037ed1a0b428dbu);
	return (uint32_t)(h ^ h >> 32);
}

void strings_init(strings *s, mem_budget *budget)
{
	struct timespec now = {0};
	clock_gettime(CLOCK_REALTIME, &now);
	s->budget = budget;
	s->seed = mix((uint64_t)now.tv_nsec ^ 0x2d358dccaa6c78a5u,
	              (uint64_t)(uintptr_t)s ^ (uint64_t)now.tv_sec ^ 0x8bb84b93962eacc9u);
}

static bool rehash(strings *s)
{
	size_t n = s->n_slots ? s->n_slots * 2 : 64;
	uint32_t *slots = mem_resize(s->budget, NULL, 0, n * sizeof *slots);
	if (!slots)
		return false;
	memset(slots, 0, n * sizeof *slots);
	for (size_t id = 0; id < s->hash.n; id++) {
		size_t at = s->hash.at[id] & (n - 1);
		while (slots[at])
			at = (at + 1) & (n - 1);
		slots[at] = (uint32_t)id + 1;
	}
	mem_free(s->budget, s->slots, s->n_slots * sizeof *slots);
	s->slots = slots;
	s->n_slots = n;
	return true;
}

/* The slot that holds the string, or the free one where it would go. */
static size_t probe(const strings *s, uint32_t hash, const char *data, size_t size)
{
	size_t at = hash & (s->n_slots - 1);
	for (; s->slots[at]; at = (at + 1) & (s->n_slots - 1)) {
		uint32_t id = s->slots[at] - 1;
		if (s->hash.at[id] == hash && s->size.at[id] == size &&
		    memcmp(s->start.at[id], data, size) == 0)
			break;
	}
	return at;
}

static char *store(strings *s, const char *data, size_t size)
{
	string_block *b = s->blocks;
	if (!b || size + 1 > b->size - b->used) {
		size_t want = b ? b->size * 2 : BLOCK_FIRST;
		if (want > BLOCK_MOST)
			want = BLOCK_MOST;
		bool huge = size + 1 > want;
		if (huge)
			want = size + 1;
		string_block *fresh = mem_resize(s->budget, NULL, 0, sizeof *fresh + want);
		if (!fresh)
			return NULL;
		fresh->used = 0;
		fresh->size = want;
		if (huge && b) { /* goes behind: the block in use still has room */
			fresh->next = b->next;
			b->next = fresh;
		} else {
			fresh->next = b;
			s->blocks = fresh;
		}
		b = fresh;
	}
	char *p = b->bytes + b->used;
	if (size)
		memcpy(p, data, size);
	p[size] = '\0';
	b->used += size + 1;
	return p;
}

/*
 * Names come back in the order in which they came: initializers in that of the nodes that read
 * them, value infos in that of the nodes that make them. So the string is often one of the next
 * after the last, which costs a look at memory that is at hand; the table costs one that is not.
 */
static oray_id guess(const strings *s, const char *data, size_t size)
{
	size_t end = s->last + AHEAD < s->start.n ? s->last + AHEAD : s->start.n;
	for (size_t id = s->last; id < end; id++)
		if (s->size.at[id] == size && memcmp(s->start.at[id], data, size) == 0)
			return (oray_id)id;
	return ORAY_NONE;
}

oray_id strings_add(strings *s, const char *data, size_t size)
{
	if (size >= UINT32_MAX || s->start.n >= ORAY_NONE - 1)
		return ORAY_NONE;
	if (s->hash.n * 4 >= s->n_slots * 3 && !rehash(s))
		return ORAY_NONE;
	oray_id likely = guess(s, data, size);
	if (likely != ORAY_NONE)
		return s->last = likely;
	uint32_t hash = hash_bytes(s->seed, data, size);
	size_t at = probe(s, hash, data, size);
	if (s->slots[at])
		return s->last = s->slots[at] - 1;
	if (!vec_reserve(s->budget, &s->start, 1) || !vec_reserve(s->budget, &s->size, 1) ||
	    !vec_reserve(s->budget, &s->hash, 1))
		return ORAY_NONE;
	char *p = store(s, data, size);
	if (!p)
		return ORAY_NONE;
	oray_id id = (oray_id)s->start.n;
	s->start.at[s->start.n++] = p;
	s->size.at[s->size.n++] = (uint32_t)size;
	s->hash.at[s->hash.n++] = hash;
	s->slots[at] = id + 1;
	return s->last = id;
}

oray_id strings_find(const strings *s, const char *data, size_t size)
{
	if (!s->n_slots)
		return ORAY_NONE;
	size_t at = probe(s, hash_bytes(s->seed, data, size), data, size);
	return s->slots[at] ? s->slots[at] - 1 : ORAY_NONE;
}

size_t strings_count(const strings *s)
{
	return s->start.n;
}

void strings_free(strings *s)
{
	while (s->blocks) {
		string_block *next = s->blocks->next;
		mem_free(s->budget, s->blocks, sizeof *next + s->blocks->size);
		s->blocks = next;
	}
	vec_free(s->budget, &s->start);
	vec_free(s->budget, &s->size);
	vec_free(s->budget, &s->hash);
	mem_free(s->budget, s->slots, s->n_slots * sizeof *s->slots);
	s->slots = NULL;
	s->n_slots = 0;
}
