/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Drives a target without libFuzzer, so that every compiler can: the files
 * given, then each of them cut at every 4 KiB, with random bits flipped, and
 * with numbers that are often wrong written over it.  Seeds are counted from 1:
 * the same every time.
 *
 * usage: replay [-n ROUNDS] FILE...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define CUT	   4096
#define MOST_FLIPS 16

static uint64_t state;

/* xorshift64* */
static uint64_t next_random(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1dULL;
}

static uint8_t *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes;
	long length;

	if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (length = ftell(file)) < 0) {
		fprintf(stderr, "replay: %s cannot be read\n", path);
		exit(2);
	}
	rewind(file);
	bytes = malloc(length + 1);
	if (bytes == NULL)
		abort();
	*size = fread(bytes, 1, length, file);
	fclose(file);
	return bytes;
}

/* A copy of its own for each, so that what is behind its end is seen. */
static void try(const uint8_t *bytes, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	if (copy == NULL)
		abort();
	memcpy(copy, bytes, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void flip(uint8_t *bytes, size_t size)
{
	for (uint64_t n = next_random() % MOST_FLIPS + 1; n; n--)
		bytes[next_random() % size] ^= 1 << next_random() % 8;
}

static void overwrite(uint8_t *bytes, size_t size)
{
	static const uint64_t values[] = {
	    0, 1, 7, 8, 0x7fffffff, 0xffffffff, 0x80000000, UINT64_MAX, 1ULL << 63, 1ULL << 32};
	size_t width = 1 << next_random() % 4;
	uint64_t value = values[next_random() % (sizeof values / sizeof *values)];

	if (size < width)
		return;
	/* Most numbers stand at multiples of their size. */
	memcpy(bytes + next_random() % (size / width) * width, &value, width);
}

static void replay(const char *path, unsigned long rounds)
{
	size_t size;
	uint8_t *bytes = read_file(path, &size), *copy = malloc(size + 1);

	if (copy == NULL)
		abort();
	try(bytes, size);
	for (size_t at = 0; at < size; at += CUT)
		try(bytes, at);
	for (unsigned long round = 1; size && round <= rounds; round++) {
		state = round * 0x9e3779b97f4a7c15ULL;
		memcpy(copy, bytes, size);
		if (round % 2)
			flip(copy, size);
		else
			for (uint64_t n = next_random() % 4 + 1; n; n--)
				overwrite(copy, size);
		try(copy, size);
	}
	free(copy);
	free(bytes);
}

int main(int argc, char **argv)
{
	unsigned long rounds = 0;
	int first = 1;

	if (argc > 2 && strcmp(argv[1], "-n") == 0) {
		rounds = strtoul(argv[2], NULL, 10);
		first = 3;
	}
	if (first >= argc) {
		fprintf(stderr, "usage: replay [-n ROUNDS] FILE...\n");
		return 2;
	}
	for (int i = first; i < argc; i++)
		replay(argv[i], rounds);
	printf("%d files, %lu changed copies of each\n", argc - first, rounds);
	return 0;
}
