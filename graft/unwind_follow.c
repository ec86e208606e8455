/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What assembly routines do to the stack pointer; unwind.h. */
#include "unwind.h"

#include "status.h"

#include <capstone/capstone.h>
#include <stdlib.h>
#include <string.h>

struct follow {
	const struct image *image;
	csh capstone;
	cs_insn *insn;
	uint64_t start;
	size_t size;
	const uint8_t *bytes;
	uint8_t *rules;
	bool *described;   /* by .eh_frame, from the first byte of an instruction on */
	uint64_t *waiting; /* places to go on from; their rules are set */
	size_t nr_waiting;
};

/* An offset into the code, or size if the address is not in it. */
static size_t offset_of(const struct follow *follow, uint64_t address)
{
	uint64_t offset = address - follow->start;

	if (!follow->image->is64)
		offset &= UINT32_MAX;
	return offset < follow->size ? (size_t)offset : follow->size;
}

/* A routine, or a part of one, is entered at an address with so many words above its return
 * address. */
static void enter(struct follow *follow, uint64_t address, unsigned words)
{
	size_t at = offset_of(follow, address);

	if (at == follow->size || follow->described[at] || follow->rules[at] != UNWIND_UNKNOWN ||
	    words >= UNWIND_FRAME)
		return;
	follow->rules[at] = (uint8_t)words;
	follow->waiting =
	    xrealloc(follow->waiting, (follow->nr_waiting + 1) * sizeof *follow->waiting);
	follow->waiting[follow->nr_waiting++] = at;
}

/* The target of a direct jump or call; false: it is none. */
static bool target_of(const cs_insn *insn, uint64_t *target)
{
	const cs_x86 *x86 = &insn->detail->x86;

	if (x86->op_count != 1 || x86->operands[0].type != X86_OP_IMM)
		return false;
	*target = (uint64_t)x86->operands[0].imm;
	return true;
}

static bool is_stack_pointer(x86_reg reg)
{
	return reg == X86_REG_RSP || reg == X86_REG_ESP || reg == X86_REG_SP;
}

/* Whether the instruction writes the stack pointer, but as push, pop and calls do. */
static bool moves_stack(const cs_insn *insn)
{
	const cs_x86 *x86 = &insn->detail->x86;

	if (insn->id == X86_INS_LEAVE || insn->id == X86_INS_ENTER)
		return true;
	for (uint8_t i = 0; i < x86->op_count; i++)
		if (x86->operands[i].type == X86_OP_REG && is_stack_pointer(x86->operands[i].reg) &&
		    (x86->operands[i].access & CS_AC_WRITE))
			return true;
	return false;
}

/* By how many words an instruction makes the stack deeper; false: nobody can say. */
static bool deepens(const struct follow *follow, int *words)
{
	const cs_insn *insn = follow->insn;
	const cs_x86 *x86 = &insn->detail->x86;
	const int word = follow->image->is64 ? 8 : 4;

	*words = 0;
	switch (insn->id) {
	case X86_INS_PUSH:
	case X86_INS_PUSHF:
	case X86_INS_PUSHFD:
	case X86_INS_PUSHFQ:
		*words = 1;
		return true;
	case X86_INS_POP:
	case X86_INS_POPF:
	case X86_INS_POPFD:
	case X86_INS_POPFQ:
		*words = -1;
		return !moves_stack(insn);
	case X86_INS_ADD:
	case X86_INS_SUB:
		if (!moves_stack(insn))
			return true;
		if (x86->operands[1].type != X86_OP_IMM || x86->operands[1].imm % word)
			return false;
		*words = (int)(x86->operands[1].imm / word);
		if (insn->id == X86_INS_ADD)
			*words = -*words;
		return true;
	}
	return !moves_stack(insn);
}

/* Goes on from a place until the routine ends, leads where another way led, or does what cannot
   be followed. */
static void walk(struct follow *follow, size_t at)
{
	int words = follow->rules[at];

	for (;;) {
		const uint8_t *bytes = follow->bytes + at;
		size_t left = follow->size - at, next;
		uint64_t address = follow->start + at, target;
		cs_insn *insn = follow->insn;
		bool jumps;
		int more;

		if (!cs_disasm_iter(follow->capstone, &bytes, &left, &address, insn))
			return;
		next = at + insn->size;
		memset(follow->rules + at, words, insn->size);
		if (insn->id == X86_INS_RET || cs_insn_group(follow->capstone, insn, CS_GRP_IRET))
			return;
		jumps = cs_insn_group(follow->capstone, insn, CS_GRP_JUMP);
		if (jumps && target_of(insn, &target))
			enter(follow, target, (unsigned)words);
		if (cs_insn_group(follow->capstone, insn, CS_GRP_CALL) && target_of(insn, &target))
			enter(follow, target, 0);
		if (insn->id == X86_INS_JMP || insn->id == X86_INS_LJMP || !deepens(follow, &more))
			return;
		words += more;
		if (words < 0 || words >= UNWIND_FRAME || next >= follow->size ||
		    follow->described[next] || follow->rules[next] != UNWIND_UNKNOWN)
			return;
		at = next;
	}
}

/* What code that .eh_frame describes calls, and jumps to out of itself, are routines. */
static void enter_targets(struct follow *follow)
{
	size_t at = 0;

	while (at < follow->size) {
		const uint8_t *bytes = follow->bytes + at;
		size_t left = follow->size - at;
		uint64_t address = follow->start + at, target;

		if (!follow->described[at] ||
		    !cs_disasm_iter(follow->capstone, &bytes, &left, &address, follow->insn)) {
			at++;
			continue;
		}
		at += follow->insn->size;
		if ((cs_insn_group(follow->capstone, follow->insn, CS_GRP_CALL) ||
		     cs_insn_group(follow->capstone, follow->insn, CS_GRP_JUMP)) &&
		    target_of(follow->insn, &target))
			enter(follow, target, 0);
	}
}

int unwind_follow(const struct image *image, uint64_t start, const uint8_t *bytes, size_t size,
		  uint8_t *rules)
{
	struct follow follow = {
	    .image = image, .start = start, .size = size, .bytes = bytes, .rules = rules};

	if (cs_open(CS_ARCH_X86, image->is64 ? CS_MODE_64 : CS_MODE_32, &follow.capstone) !=
	    CS_ERR_OK)
		return fail("cannot start the disassembler (capstone)");
	cs_option(follow.capstone, CS_OPT_DETAIL, CS_OPT_ON);
	follow.insn = cs_malloc(follow.capstone);
	follow.described = xcalloc(size, sizeof *follow.described);
	for (size_t i = 0; i < size; i++)
		follow.described[i] = rules[i] != UNWIND_UNKNOWN;
	enter_targets(&follow);
	while (follow.nr_waiting)
		walk(&follow, follow.waiting[--follow.nr_waiting]);
	free(follow.described);
	free(follow.waiting);
	cs_free(follow.insn, 1);
	cs_close(&follow.capstone);
	return STATUS_OK;
}
