/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unwind.h"

#include "assembly.h"
#include "status.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rows are found by the block of code they are in; i386/unwind.h divides by it, too. */
#define BLOCK 64

/* An offset shares a word with a rule. */
#define MOST_CODE (1U << 24)

/* DWARF's numbers of stack and frame pointer. */
struct registers {
	unsigned sp, fp;
};

static const struct registers registers_of[2] = {{4, 5}, {7, 6}};

/* Finds .text; false: there is none. */
static bool find_code(const struct image *image, GElf_Shdr *code)
{
	Elf_Scn *section = NULL;
	size_t names;

	if (elf_getshdrstrndx(image->elf, &names) < 0)
		return false;
	while ((section = elf_nextscn(image->elf, section))) {
		const char *name;

		if (!gelf_getshdr(section, code))
			return false;
		name = elf_strptr(image->elf, names, code->sh_name);
		if (name && !strcmp(name, ".text"))
			return true;
	}
	return false;
}

/* The rule of a frame: how far its canonical address is from the stack pointer, and so the return
   address one word below. */
static uint8_t frame_rule(Dwarf_Frame *frame, bool is64)
{
	const struct registers *registers = &registers_of[is64];
	const uint64_t word = is64 ? 8 : 4;
	Dwarf_Op *ops;
	size_t count;

	if (dwarf_frame_cfa(frame, &ops, &count) || count != 1 || ops[0].atom != DW_OP_bregx)
		return UNWIND_UNKNOWN;
	if (ops[0].number == registers->fp)
		return UNWIND_FRAME;
	if (ops[0].number != registers->sp || ops[0].number2 % word || ops[0].number2 < word ||
	    ops[0].number2 / word - 1 >= UNWIND_FRAME)
		return UNWIND_UNKNOWN;
	return (uint8_t)(ops[0].number2 / word - 1);
}

/* Sets the rules that .eh_frame has. */
static void read_frames(Dwarf_CFI *cfi, uint64_t start, uint64_t size, bool is64, uint8_t *rules)
{
	uint64_t at = start;

	while (at < start + size) {
		Dwarf_Addr from = 0, to = 0;
		Dwarf_Frame *frame;

		if (dwarf_cfi_addrframe(cfi, at, &frame)) {
			at++; /* assembly has none */
			continue;
		}
		dwarf_frame_info(frame, &from, &to, NULL);
		if (to <= at || to > start + size)
			to = at + 1;
		memset(rules + (at - start), frame_rule(frame, is64), to - at);
		at = to;
		free(frame);
	}
}

static void make_rows(struct unwind *unwind, const uint8_t *rules)
{
	for (uint64_t i = 0; i < unwind->size; i++) {
		if (i && rules[i] == rules[i - 1])
			continue;
		unwind->rows = xrealloc(unwind->rows, (unwind->count + 1) * sizeof *unwind->rows);
		unwind->rows[unwind->count++] = (struct unwind_row){(uint32_t)i, rules[i]};
	}
}

int unwind_read(struct unwind *unwind, const struct image *image)
{
	GElf_Shdr code;
	Dwarf_CFI *cfi;
	uint8_t *rules;
	int64_t offset;
	int status;

	*unwind = (struct unwind){0};
	if (!find_code(image, &code))
		return STATUS_OK;
	offset = image_offset(image, code.sh_addr, code.sh_size);
	if (offset < 0 || code.sh_size >= MOST_CODE)
		return refuse("%s: unknown kernel layout: %" PRIu64 " bytes of code in .text",
			      image->path, code.sh_size);
	cfi = dwarf_getcfi_elf(image->elf);
	if (!cfi)
		return STATUS_OK;
	unwind->start = code.sh_addr;
	unwind->size = code.sh_size;
	rules = xcalloc(unwind->size + 1, 1);
	memset(rules, UNWIND_UNKNOWN, unwind->size);
	read_frames(cfi, unwind->start, unwind->size, image->is64, rules);
	status =
	    unwind_follow(image, unwind->start, image->file.data + offset, unwind->size, rules);
	if (!status)
		make_rows(unwind, rules);
	free(rules);
	dwarf_cfi_end(cfi);
	return status;
}

void unwind_free(struct unwind *unwind)
{
	free(unwind->rows);
	*unwind = (struct unwind){0};
}

/* For each block of code the row that holds at its beginning. */
static void emit_blocks(FILE *out, const struct unwind *unwind)
{
	size_t row = 0;

	for (uint64_t at = 0; at < unwind->size; at += BLOCK) {
		while (row + 1 < unwind->count && unwind->rows[row + 1].offset <= at)
			row++;
		emit(out, ".short %zu", row);
	}
}

char *unwind_source(const struct unwind *unwind, bool is64)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		exit(fail("out of memory"));
	emit(out, ".globl graft_text_start, graft_text_end");
	emit(out, ".set graft_text_start, %#" PRIx64, unwind->start);
	emit(out, ".set graft_text_end, %#" PRIx64, unwind->start + unwind->size);
	emit(out, ".section .rodata");
	emit(out, ".globl graft_unwind_rows, graft_unwind_blocks");
	emit(out, ".balign 4");
	fprintf(out, "graft_unwind_rows:\n");
	for (size_t i = 0; i < unwind->count; i++)
		emit(out, ".long %#" PRIx32,
		     unwind->rows[i].offset << 8 | (uint32_t)unwind->rows[i].rule);
	emit(out, ".long -1"); /* no offset is behind it */
	fprintf(out, "graft_unwind_blocks:\n");
	emit_blocks(out, unwind);
	emit(out, ".balign %d", is64 ? 8 : 4);
	if (fclose(out))
		exit(fail("out of memory"));
	return text;
}
