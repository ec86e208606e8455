/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * parsers-fuzz PROGRAM [SEED]: the agent's parsers on damaged input.  PROGRAM
 * is an ELF file to damage.  Each seed makes one input for each parser; with
 * SEED only that one is run again.  Goes on for MACHPERF_FUZZ_SECONDS, 2
 * without.  What a parser accepts must lie within its input; the sanitizers
 * see the rest.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <elf.h>
#include "../agent/archive.h"
#include "../agent/config.h"
#include "../agent/elf.h"

#define LOW  0x10000UL
#define HIGH 0x700000000000UL

struct random {
	uint64_t state;
};

static uint64_t next(struct random *random)
{
	/* splitmix64, Steele, Lea and Flood 2014 */
	uint64_t z = random->state += 0x9e3779b97f4a7c15UL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9UL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebUL;
	return z ^ z >> 31;
}

/* A copy of SIZE bytes with some changed, perhaps cut; mostly in the first
   HEAD bytes. */
static char *damage(struct random *random, const char *bytes, size_t *size, size_t head)
{
	static const uint64_t extremes[] = {
	    0,	  1,	  0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0xffffffff, 0x7fffffffffffffff,
	    ~0UL, 0x1000, 0xfff};
	size_t cut = next(random) % 4 == 0 ? next(random) % (*size + 1) : *size;
	char *copy = malloc(cut > 0 ? cut : 1);

	if (copy == NULL)
		exit(1);
	memcpy(copy, bytes, cut);
	for (uint64_t n = next(random) % 8 + 1; n > 0 && cut >= 8; n--) {
		size_t range = next(random) % 8 != 0 && head < cut ? head : cut;
		size_t at = next(random) % range, width = (size_t)1 << next(random) % 4;
		uint64_t value = next(random) % 2 == 0 ? next(random) : extremes[next(random) % 12];

		if (at + width <= cut)
			memcpy(copy + at, &value, width);
	}
	*size = cut;
	return copy;
}

static int within(const char *bytes, size_t size, const char *part, size_t part_size)
{
	return part >= bytes && part_size <= size && (size_t)(part - bytes) <= size - part_size;
}

static int try_elf(struct random *random, enum elf_machine machine, const char *program,
		   size_t size)
{
	struct elf_image image;
	char *copy = damage(random, program, &size, 600);
	int good = 1;

	if (elf_parse(copy, size, machine, LOW, HIGH, &image) == NULL) {
		for (unsigned i = 0; i < image.nr_segments; i++) {
			const struct elf_segment *s = &image.segments[i];

			good &= within(copy, size, copy + s->offset, s->file_size) &&
				s->file_size <= s->memory_size && s->address >= LOW &&
				s->address + s->memory_size <= HIGH;
		}
		good &= image.build_id_size <= ELF_BUILD_ID_MAX &&
			image.tls.file_size <= image.tls.memory_size;
	}
	free(copy);
	return good;
}

static int try_archive(struct random *random)
{
	static const char text[] =
	    "07070100000000000081a40000000000000000000000010000000000000008000000000000000000000000"
	    "000000000000000600000000attrs\0\0\0\0\00012345678"
	    "07070100000000000081a40000000000000000000000010000000000000000000000000000000000000000"
	    "000000000000000b00000000TRAILER!!!\0\0\0";
	size_t size = sizeof text - 1;
	char *copy = damage(random, text, &size, size);
	struct archive archive = {copy, size};
	struct archive_file file;
	int good = 1;

	if (archive_find(&archive, "attrs", &file) == NULL && file.bytes != NULL)
		good = within(copy, size, file.bytes, file.size);
	free(copy);
	return good;
}

static int try_config(struct random *random)
{
	static const char text[] =
	    "version 1\nscope task\nworkload chase\narg 8192\narg two words\n"
	    "ring-size 65536\nwatermark 4096\n";
	size_t size = sizeof text - 1;
	char *copy = damage(random, text, &size, size);
	struct config config;
	int good = 1;

	if (config_parse(copy, size, &config).what == NULL) {
		good &= config.workload == NULL ||
			within(copy, size, config.workload, strlen(config.workload) + 1);
		for (unsigned i = 0; i < config.nr_arguments; i++)
			good &= within(copy, size, config.arguments[i],
				       strlen(config.arguments[i]) + 1);
	}
	free(copy);
	return good;
}

static char *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	char *bytes = malloc(1 << 16);

	if (file == NULL || bytes == NULL) {
		fprintf(stderr, "parsers-fuzz: %s cannot be read\n", path);
		exit(2);
	}
	*size = fread(bytes, 1, 1 << 16, file);
	fclose(file);
	return bytes;
}

static int try_seed(uint64_t seed, enum elf_machine machine, const char *program, size_t size)
{
	struct random random = {seed};

	if (try_elf(&random, machine, program, size) && try_archive(&random) && try_config(&random))
		return 1;
	fprintf(stderr, "parsers-fuzz: seed %lu: a parser accepted what is not there\n", seed);
	return 0;
}

int main(int argc, char **argv)
{
	const char *seconds = getenv("MACHPERF_FUZZ_SECONDS");
	time_t end = time(NULL) + (seconds != NULL ? atol(seconds) : 2);
	uint64_t seed = 0;
	struct elf_image image;
	enum elf_machine machine;
	size_t size;
	char *program;
	const char *wrong;
	int good = 1;

	if (argc < 2) {
		fprintf(stderr, "usage: parsers-fuzz PROGRAM [SEED]\n");
		return 2;
	}
	program = read_file(argv[1], &size);
	machine = size > EI_CLASS && program[EI_CLASS] == ELFCLASS32 ? ELF_I386 : ELF_X86_64;
	wrong = elf_parse(program, size, machine, LOW, HIGH, &image);
	if (wrong != NULL) {
		fprintf(stderr, "parsers-fuzz: %s as it is: %s\n", argv[1], wrong);
		return 2;
	}
	if (argc > 2)
		good = try_seed(strtoul(argv[2], NULL, 10), machine, program, size);
	while (argc == 2 && good && (seed % 256 != 0 || time(NULL) < end))
		good = try_seed(++seed, machine, program, size);
	printf("parsers-fuzz: seeds 1 to %lu\n", seed);
	free(program);
	return good ? 0 : 1;
}
