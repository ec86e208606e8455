/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_unwind ELF...: the rules that we find by experiments with libunwind
 * are those that libdw reads, at addresses all over each file.
 */
#include <stdio.h>
#include <string.h>

#include "unwind_libdw.h"
#include "unwind_libunwind.h"

#define STEP 61 /* a prime: all alignments */

static bool same_place(const struct place *a, const struct place *b)
{
	return a->reg == b->reg && a->deref == b->deref && a->offset == b->offset &&
	       a->offset2 == b->offset2;
}

static bool same_rule(const struct rule *a, const struct rule *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind != RULE_PLACES)
		return true;
	for (unsigned int i = 0; i < unwind_x86_64.nr_saved; i++)
		if (a->how[i] != b->how[i] ||
		    (a->how[i] == SAVED_AT && !same_place(&a->saved[i], &b->saved[i])))
			return false;
	return same_place(&a->cfa, &b->cfa) && same_place(&a->caller, &b->caller);
}

/* How often rules differ; *compared: of how many. */
static unsigned int compare(unw_addr_space_t space, const struct image *image,
			    struct cfi_source *cfi, const GElf_Shdr *text, unsigned int *compared)
{
	unsigned int wrong = 0;

	*compared = 0;
	for (uint64_t at = text->sh_addr; at < text->sh_addr + text->sh_size; at += STEP) {
		struct rule one = rule_by_libunwind(space, image, at);
		struct rule other = cfi_source_rule(cfi, &unwind_x86_64, at);

		/* Of another shape, or no information. */
		if (one.kind == RULE_SLOW || other.kind == RULE_NONE)
			continue;
		++*compared;
		if (!same_rule(&one, &other) && wrong++ < 5)
			fprintf(stderr, "0x%llx: kinds %d and %d, cfa r%u%+d and r%u%+d\n",
				(unsigned long long)at, one.kind, other.kind, one.cfa.reg,
				one.cfa.offset, other.cfa.reg, other.cfa.offset);
	}
	return wrong;
}

static bool check(unw_addr_space_t space, const char *path)
{
	struct elf_file file;
	struct image image;
	struct cfi_source *cfi;
	unsigned int compared, wrong;
	GElf_Shdr text;
	const char *why;
	bool good;

	if (!elf_file_open(&file, NULL, path, &why)) {
		fprintf(stderr, "%s: %s\n", path, why);
		return false;
	}
	if (!image_init(&image, &file) || elf_section(&file, ".text", &text) == NULL) {
		fprintf(stderr, "%s: no code\n", path);
		elf_file_close(&file);
		return false;
	}
	cfi = cfi_source_new(file.elf, NULL);
	wrong = compare(space, &image, cfi, &text, &compared);
	good = wrong == 0 && compared * STEP > text.sh_size / 2;
	printf("%s: %u rules of %llu bytes compared, %u differ\n", path, compared,
	       (unsigned long long)text.sh_size, wrong);
	cfi_source_free(cfi);
	image_free(&image);
	elf_file_close(&file);
	return good;
}

int main(int argc, char **argv)
{
	unw_addr_space_t space = unwind_space_new();
	bool good = argc > 1;

	for (int i = 1; i < argc; i++)
		good &= check(space, argv[i]);
	unwind_space_free(space);
	return good ? 0 : 1;
}
