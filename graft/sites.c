/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sites.h"

#include "status.h"

#include <capstone/capstone.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define DISPLACEMENT 4
#define CALL_SIZE    5
#define OPCODE_CALL  0xe8
#define OPCODE_JMP   0xe9

struct scan {
	const struct image *image;
	struct hooks *hooks;
	csh capstone;
	cs_insn *insn;
};

/* A section of code. */
struct code {
	size_t section;
	uint64_t start, end;
	const uint8_t *bytes;
};

static struct hook *hook_at(const struct scan *scan, uint64_t address)
{
	for (size_t i = 0; i < scan->hooks->count; i++) {
		struct hook *hook = &scan->hooks->all[i];

		if (hook->symbol && hook->symbol->value == address)
			return hook;
	}
	return NULL;
}

/* The value of a pointer in the kernel's own width. */
static uint64_t wrap_address(const struct image *image, uint64_t address)
{
	return image->is64 ? address : address & UINT32_MAX;
}

static bool inside(const struct image *image, const struct symbol *function, uint64_t address)
{
	uint64_t end = function->size ? function->value + function->size
				      : symtab_next(&image->symbols, function, UINT64_MAX);

	return address >= function->value && address < end;
}

static void add_site(struct hook *hook, const struct symbol *in, const cs_insn *insn)
{
	hook->sites = xrealloc(hook->sites, (hook->nr_sites + 1) * sizeof *hook->sites);
	hook->sites[hook->nr_sites++] = (struct site){
	    .address = insn->address,
	    .field = insn->address + insn->size - DISPLACEMENT,
	    .in = in,
	};
}

/* A direct jump or call to a hooked function. */
static void branch(const struct scan *scan, const struct symbol *in, uint64_t target)
{
	const cs_insn *insn = scan->insn;
	struct hook *hook = hook_at(scan, wrap_address(scan->image, target));

	if (!hook)
		return;
	if (inside(scan->image, hook->symbol, insn->address)) {
		hook->nr_recursive++;
		return;
	}
	if (insn->detail->x86.encoding.imm_size == DISPLACEMENT)
		add_site(hook, in, insn);
	else
		hook->short_jump = insn->address;
}

/* The address of a hooked function in an operand: a pointer to it is made here. */
static void reference(const struct scan *scan, uint64_t value)
{
	struct hook *hook = hook_at(scan, wrap_address(scan->image, value));

	if (hook && !hook->taken_at)
		hook->taken_at = scan->insn->address;
}

static void examine(const struct scan *scan, const struct symbol *in)
{
	const cs_insn *insn = scan->insn;
	const cs_x86 *x86 = &insn->detail->x86;
	bool jumps = cs_insn_group(scan->capstone, insn, CS_GRP_JUMP) ||
		     cs_insn_group(scan->capstone, insn, CS_GRP_CALL);

	for (uint8_t i = 0; i < x86->op_count; i++) {
		const cs_x86_op *operand = &x86->operands[i];

		if (operand->type == X86_OP_IMM && jumps)
			branch(scan, in, (uint64_t)operand->imm);
		else if (operand->type == X86_OP_IMM)
			reference(scan, (uint64_t)operand->imm);
		else if (operand->type == X86_OP_MEM && operand->mem.base == X86_REG_RIP)
			reference(scan, insn->address + insn->size + (uint64_t)operand->mem.disp);
		else if (operand->type == X86_OP_MEM)
			reference(scan, (uint64_t)operand->mem.disp);
	}
}

/* Decodes [from, to); bytes that are no instruction (data among code) are stepped over. */
static void decode(const struct scan *scan, const struct code *code, uint64_t from, uint64_t to,
		   const struct symbol *in)
{
	while (from < to) {
		const uint8_t *bytes = code->bytes + (from - code->start);
		size_t left = to - from;
		uint64_t address = from;

		if (cs_disasm_iter(scan->capstone, &bytes, &left, &address, scan->insn)) {
			examine(scan, in);
			from = address;
		} else {
			from++;
		}
	}
}

static void decode_section(const struct scan *scan, const struct code *code)
{
	const struct symtab *symbols = &scan->image->symbols;
	const struct symbol *in = NULL;
	uint64_t from = code->start;

	for (size_t i = 0; i < symbols->count; i++) {
		const struct symbol *symbol = symbols->by_address[i];

		if (symbol->section != code->section || symbol->value < from ||
		    symbol->value >= code->end)
			continue;
		decode(scan, code, from, symbol->value, in);
		from = symbol->value;
		in = symbol;
	}
	decode(scan, code, from, code->end, in);
}

static bool known_site(const struct hook *hook, uint64_t address)
{
	for (size_t i = 0; i < hook->nr_sites; i++)
		if (hook->sites[i].field - 1 == address)
			return true;
	return false;
}

/* Every byte sequence that could be a call of a hooked function was decoded as one. */
static int check_section(const struct scan *scan, const struct code *code)
{
	for (uint64_t address = code->start; address + CALL_SIZE <= code->end; address++) {
		const uint8_t *bytes = code->bytes + (address - code->start);
		const struct symbol *in;
		struct hook *hook;
		int32_t displacement;

		if (bytes[0] != OPCODE_CALL && bytes[0] != OPCODE_JMP)
			continue;
		memcpy(&displacement, bytes + 1, sizeof displacement);
		hook = hook_at(
		    scan, wrap_address(scan->image, address + CALL_SIZE + (uint64_t)displacement));
		if (!hook || inside(scan->image, hook->symbol, address) ||
		    known_site(hook, address))
			continue;
		in = symtab_at(&scan->image->symbols, address, code->section);
		return refuse("%s: unknown kernel layout: the bytes at %#" PRIx64 " in %s look "
			      "like a call of %s but do not decode as one",
			      scan->image->path, address, in ? in->name : "?", hook->function);
	}
	return STATUS_OK;
}

static int scan_sections(const struct scan *scan)
{
	Elf_Scn *section = NULL;
	int status = STATUS_OK;

	while (!status && (section = elf_nextscn(scan->image->elf, section))) {
		struct code code = {.section = elf_ndxscn(section)};
		GElf_Shdr shdr;
		int64_t offset;

		if (!gelf_getshdr(section, &shdr) || shdr.sh_type != SHT_PROGBITS ||
		    !(shdr.sh_flags & SHF_EXECINSTR))
			continue;
		offset = image_offset(scan->image, shdr.sh_addr, shdr.sh_size);
		if (offset < 0)
			return refuse("%s: unknown kernel layout: code outside its segments",
				      scan->image->path);
		code.start = shdr.sh_addr;
		code.end = shdr.sh_addr + shdr.sh_size;
		code.bytes = scan->image->file.data + offset;
		decode_section(scan, &code);
		status = check_section(scan, &code);
	}
	return status;
}

int sites_find(const struct image *image, struct hooks *hooks)
{
	struct scan scan = {.image = image, .hooks = hooks};
	cs_mode mode = image->is64 ? CS_MODE_64 : CS_MODE_32;
	int status;

	if (cs_open(CS_ARCH_X86, mode, &scan.capstone) != CS_ERR_OK)
		return fail("cannot start the disassembler (capstone)");
	cs_option(scan.capstone, CS_OPT_DETAIL, CS_OPT_ON);
	scan.insn = cs_malloc(scan.capstone);
	status = scan_sections(&scan);
	cs_free(scan.insn, 1);
	cs_close(&scan.capstone);
	return status;
}

void site_patch(struct image *image, const struct site *site, uint64_t target)
{
	int64_t offset = image_offset(image, site->field, DISPLACEMENT);
	uint32_t displacement = (uint32_t)(target - (site->field + DISPLACEMENT));

	if (offset < 0)
		abort();
	memcpy(image->file.data + offset, &displacement, sizeof displacement);
}
