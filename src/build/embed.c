/* SPDX-License-Identifier: Apache-2.0 */
/*
 * embed.c - runs while building: files of templates/ as C, with their digests.
 *
 *     embed NAME FILE... [-- NAME FILE...]...
 *
 * Each NAME becomes `static const char viewer_NAME[]` with the contents of its files one after the
 * other, and `#define VIEWER_NAME_SHA256` with what a content security policy calls it: SHA-256
 * (FIPS 180-4) in base64.
 */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------------------ SHA-256 -- */

static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t turn(uint32_t x, unsigned by)
{
	return x >> by | x << (32 - by);
}

static void digest_block(uint32_t state[8], const unsigned char *in)
{
	uint32_t w[64], s[8];
	for (unsigned i = 0; i < 16; i++)
		w[i] = (uint32_t)in[4 * i] << 24 | (uint32_t)in[4 * i + 1] << 16 |
		       (uint32_t)in[4 * i + 2] << 8 | in[4 * i + 3];
	for (unsigned i = 16; i < 64; i++) {
		uint32_t a = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3;
		uint32_t b = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10;
		w[i] = w[i - 16] + a + w[i - 7] + b;
	}
	memcpy(s, state, sizeof s);
	for (unsigned i = 0; i < 64; i++) {
		uint32_t e = turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25);
		uint32_t one = s[7] + e + ((s[4] & s[5]) ^ (~s[4] & s[6])) + constants[i] + w[i];
		uint32_t a = turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22);
		uint32_t two = a + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
		memmove(s + 1, s, 7 * sizeof *s);
		s[4] += one;
		s[0] = one + two;
	}
	for (unsigned i = 0; i < 8; i++)
		state[i] += s[i];
}

static void sha256(const unsigned char *data, size_t size, unsigned char out[32])
{
	uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
	                     0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
	unsigned char last[128] = {0};
	size_t whole = size / 64 * 64, rest = size - whole, n = rest < 56 ? 64 : 128;
	for (size_t i = 0; i < whole; i += 64)
		digest_block(state, data + i);
	memcpy(last, data + whole, rest);
	last[rest] = 0x80;
	for (unsigned i = 0; i < 8; i++)
		last[n - 1 - i] = (unsigned char)((uint64_t)size * 8 >> 8 * i);
	for (size_t i = 0; i < n; i += 64)
		digest_block(state, last + i);
	for (unsigned i = 0; i < 32; i++)
		out[i] = (unsigned char)(state[i / 4] >> (24 - 8 * (i % 4)));
}

/* -------------------------------------------------------------------------------- files -- */

static unsigned char *contents;
static size_t n_contents;

static void fail(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static void add_file(const char *name)
{
	static unsigned char chunk[1 << 16];
	size_t n;
	FILE *f = fopen(name, "rb");
	if (!f)
		fail(name);
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0) {
		contents = realloc(contents, n_contents + n + 1);
		if (!contents)
			fail(name);
		memcpy(contents + n_contents, chunk, n);
		n_contents += n;
	}
	if (ferror(f))
		fail(name);
	fclose(f);
}

static void write_text(const char *name)
{
	printf("static const char viewer_%s[] =\n    \"", name);
	for (size_t i = 0; i < n_contents; i++) {
		int c = contents[i];
		if (c == '\n')
			printf("\\n\"%s", i + 1 < n_contents ? "\n    \"" : "");
		else if (c == '"' || c == '\\' || c == '?')
			printf("\\%c", c);
		else if (c < ' ' || c >= 0x7f)
			printf("\\%03o", c);
		else
			putchar(c);
	}
	printf("%s;\n", n_contents && contents[n_contents - 1] == '\n' ? "" : "\"");
}

static void write_digest(const char *name)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned char hash[33] = {0};
	sha256(contents, n_contents, hash);
	printf("#define VIEWER_");
	for (const char *c = name; *c; c++)
		putchar(toupper((unsigned char)*c));
	printf("_SHA256 \"");
	for (unsigned i = 0; i < 33; i += 3) {
		uint32_t bits = (uint32_t)hash[i] << 16 | (uint32_t)hash[i + 1] << 8 | hash[i + 2];
		printf("%c%c%c%c", digits[bits >> 18], digits[bits >> 12 & 63], digits[bits >> 6 & 63],
		       i == 30 ? '=' : digits[bits & 63]);
	}
	printf("\"\n\n");
}

int main(int argc, char **argv)
{
	printf("/* Written by src/build/embed.c from templates/. */\n\n");
	for (int i = 1; i < argc; i++) {
		const char *name = argv[i++];
		n_contents = 0;
		for (; i < argc && strcmp(argv[i], "--") != 0; i++)
			add_file(argv[i]);
		write_text(name);
		write_digest(name);
	}
	free(contents);
	return ferror(stdout) || fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
