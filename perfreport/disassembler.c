/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <capstone/capstone.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "disassembler.h"

struct disassembler {
	csh capstone;
	cs_insn *insn;
};

const char *disassembler_cannot(const struct image *image)
{
	return image->is_x86 ? NULL : "its code is not x86";
}

struct disassembler *disassembler_new(const struct image *image, struct failure *failure)
{
	struct disassembler *disassembler = must_calloc(1, sizeof *disassembler);

	if (cs_open(CS_ARCH_X86, image->is_64 ? CS_MODE_64 : CS_MODE_32, &disassembler->capstone) ==
	    CS_ERR_OK) {
		cs_option(disassembler->capstone, CS_OPT_DETAIL, CS_OPT_ON);
		cs_option(disassembler->capstone, CS_OPT_SYNTAX, CS_OPT_SYNTAX_ATT);
		disassembler->insn = cs_malloc(disassembler->capstone);
		if (disassembler->insn != NULL)
			return disassembler;
		cs_close(&disassembler->capstone);
	}
	free(disassembler);
	failure_set(failure, EXIT_MEMORY, "cannot start the disassembler (capstone)");
	return NULL;
}

void disassembler_free(struct disassembler *disassembler)
{
	if (disassembler == NULL)
		return;
	cs_free(disassembler->insn, 1);
	cs_close(&disassembler->capstone);
	free(disassembler);
}

static void find_addresses(const struct disassembler *disassembler, struct decoded *decoded)
{
	const cs_insn *insn = disassembler->insn;
	const cs_x86 *x86 = &insn->detail->x86;

	decoded->jumps = cs_insn_group(disassembler->capstone, insn, CS_GRP_JUMP);
	for (unsigned int i = 0; i < x86->op_count; i++) {
		const cs_x86_op *operand = &x86->operands[i];

		if (operand->type == X86_OP_IMM &&
		    (decoded->jumps || cs_insn_group(disassembler->capstone, insn, CS_GRP_CALL)))
			decoded->target = operand->imm;
		else if (operand->type == X86_OP_MEM && operand->mem.base == X86_REG_RIP &&
			 operand->mem.index == X86_REG_INVALID)
			decoded->refers = insn->address + insn->size + operand->mem.disp;
	}
}

void disassembler_decode(struct disassembler *disassembler, const uint8_t *bytes, size_t room,
			 uint64_t address, struct decoded *decoded)
{
	const uint8_t *at = bytes;
	const cs_insn *insn = disassembler->insn;

	memset(decoded, 0, sizeof *decoded);
	if (!cs_disasm_iter(disassembler->capstone, &at, &room, &address, disassembler->insn)) {
		decoded->size = 1;
		strcpy(decoded->text, "(bad)");
		return;
	}
	decoded->size = insn->size;
	snprintf(decoded->text, sizeof decoded->text, "%-6s %s", insn->mnemonic, insn->op_str);
	for (size_t i = strlen(decoded->text); i > 0 && decoded->text[i - 1] == ' '; i--)
		decoded->text[i - 1] = '\0';
	find_addresses(disassembler, decoded);
}
