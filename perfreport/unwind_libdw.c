/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules from libdw's reading of call frame information, for what libunwind
 * is not built for here (i386) or cannot search (.eh_frame without a table,
 * .debug_frame).
 */
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "unwind_libdw.h"

const struct unwind_machine unwind_i386 = {
    .nr = 9,
    .sp = 4,
    .pc = 8,
    .width = 4,
    .nr_saved = 4,
    .saved = {5, 3, 6, 7}, /* ebp, ebx, esi, edi */
    .perf = {0, 2, 3, 1, 7, 6, 4, 5, 8},
};

struct cfi_source {
	Dwarf_CFI *eh_frame;
	Dwarf_CFI *debug_frame; /* belongs to the Dwarf it is of */
};

struct cfi_source *cfi_source_new(Elf *code, Dwarf *dwarf)
{
	struct cfi_source *source = must_calloc(1, sizeof *source);

	source->eh_frame = dwarf_getcfi_elf(code);
	source->debug_frame = dwarf ? dwarf_getcfi(dwarf) : NULL;
	return source;
}

void cfi_source_free(struct cfi_source *source)
{
	if (source == NULL)
		return;
	dwarf_cfi_end(source->eh_frame);
	free(source);
}

/* register + offset */
static bool add_base(const Dwarf_Op *op, struct place *place)
{
	int64_t offset = op->number;

	if (op->atom >= DW_OP_breg0 && op->atom <= DW_OP_breg31) {
		place->reg = op->atom - DW_OP_breg0;
	} else if (op->atom == DW_OP_bregx) {
		place->reg = op->number;
		offset = op->number2;
		if (op->number >= UNWIND_REGS)
			return false;
	} else {
		return false;
	}
	place->offset = offset;
	return place->reg < UNWIND_REGS && offset >= INT32_MIN / 2 && offset <= INT32_MAX / 2;
}

static bool add_offset(const Dwarf_Op *op, struct place *place)
{
	int64_t offset = (place->deref ? place->offset2 : place->offset) + (int64_t)op->number;

	if (op->atom != DW_OP_plus_uconst || offset < INT32_MIN / 2 || offset > INT32_MAX / 2)
		return false;
	*(place->deref ? &place->offset2 : &place->offset) = offset;
	return true;
}

/* The number that the operations compute. */
static bool compute(const Dwarf_Op *ops, size_t nr, const struct place *cfa, struct place *place)
{
	memset(place, 0, sizeof *place);
	if (nr == 0)
		return false;
	if (ops->atom == DW_OP_call_frame_cfa && cfa != NULL)
		*place = *cfa;
	else if (!add_base(ops, place))
		return false;
	for (size_t i = 1; i < nr; i++) {
		struct place pushed = {0};

		if (ops[i].atom == DW_OP_deref && !place->deref)
			place->deref = true;
		else if (add_base(&ops[i], &pushed)) /* only the last push is the result */
			*place = pushed;
		else if (!add_offset(&ops[i], place))
			return false;
	}
	return true;
}

/* Where a register is. */
static bool find_register(Dwarf_Frame *frame, int reg, const struct place *cfa, uint8_t *how,
			  struct place *place)
{
	Dwarf_Op memory[3], *ops;
	size_t nr;

	if (dwarf_frame_register(frame, reg, memory, &ops, &nr) != 0)
		return false;
	if (nr == 0) {
		*how = ops == NULL ? SAVED_NOT : SAVED_LOST;
		return true;
	}
	*how = SAVED_AT;
	return ops[nr - 1].atom != DW_OP_stack_value && compute(ops, nr, cfa, place);
}

static struct rule read_frame(Dwarf_Frame *frame, const struct unwind_machine *machine)
{
	struct rule rule = {.kind = RULE_NONE};
	uint8_t how;
	Dwarf_Op *ops;
	size_t nr;

	if (dwarf_frame_cfa(frame, &ops, &nr) != 0 || !compute(ops, nr, NULL, &rule.cfa) ||
	    !find_register(frame, machine->pc, &rule.cfa, &how, &rule.caller))
		return rule;
	if (how != SAVED_AT) {
		rule.kind = RULE_END;
		return rule;
	}
	for (unsigned int i = 0; i < machine->nr_saved; i++) {
		if (!find_register(frame, machine->saved[i], &rule.cfa, &rule.how[i],
				   &rule.saved[i]))
			rule.how[i] = SAVED_LOST;
		/* libdw's defaults for x86-64 (0.188) forget that functions preserve
		   %rbx; compilers do not say "undefined" of a preserved register. */
		else if (rule.how[i] == SAVED_LOST)
			rule.how[i] = SAVED_NOT;
	}
	rule.kind = RULE_PLACES;
	return rule;
}

struct rule cfi_source_rule(struct cfi_source *source, const struct unwind_machine *machine,
			    uint64_t address)
{
	struct rule rule = {.kind = RULE_NONE};
	Dwarf_Frame *frame = NULL;

	if ((source->eh_frame == NULL ||
	     dwarf_cfi_addrframe(source->eh_frame, address, &frame) != 0) &&
	    (source->debug_frame == NULL ||
	     dwarf_cfi_addrframe(source->debug_frame, address, &frame) != 0))
		return rule;
	rule = read_frame(frame, machine);
	free(frame);
	return rule;
}
