/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ELF files are hostile until checked: every offset and size is compared
 * with the file before it is used, and no two segments may share a page.
 */
#include <string.h>
#include <mach/perf_stream.h>
#include "elf.h"

#define PAGE UINT64_C(4096)

/* The structures of ELF64, fields in file order; those of ELF32 are read into
   them. */
struct file_header {
	unsigned char ident[16];
	uint16_t type, machine;
	uint32_t version;
	uint64_t entry, phoff, shoff;
	uint32_t flags;
	uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct program_header {
	uint32_t type, flags;
	uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

struct file_header_32 {
	unsigned char ident[16];
	uint16_t type, machine;
	uint32_t version;
	uint32_t entry, phoff, shoff;
	uint32_t flags;
	uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct program_header_32 {
	uint32_t type, offset, vaddr, paddr, filesz, memsz, flags, align;
};

struct note_header {
	uint32_t name_size, desc_size, type;
};

#define ET_EXEC		2
#define ET_DYN		3
#define EM_386		3
#define EM_X86_64	62
#define PT_LOAD		1
#define PT_INTERP	3
#define PT_NOTE		4
#define PT_TLS		7
#define PF_X		1
#define PF_W		2
#define PF_R		4
#define NT_GNU_BUILD_ID 3

_Static_assert(sizeof(struct file_header) == 64, "ELF64 header");
_Static_assert(sizeof(struct program_header) == 56, "ELF64 program header");
_Static_assert(sizeof(struct file_header_32) == 52, "ELF32 header");
_Static_assert(sizeof(struct program_header_32) == 32, "ELF32 program header");

/* What differs between the machines. */
static const struct {
	unsigned char class; /* 1: 32 bits, 2: 64 */
	uint16_t machine, phentsize;
	size_t header_size;
	const char *wrong;
} machines[] = {
    [ELF_X86_64] = {2, EM_X86_64, sizeof(struct program_header), sizeof(struct file_header),
		    "not a program for x86-64"},
    [ELF_I386] = {1, EM_386, sizeof(struct program_header_32), sizeof(struct file_header_32),
		  "not a program for i386"},
};

static void read_file_header(const char *bytes, enum elf_machine machine, struct file_header *h)
{
	struct file_header_32 h32;

	if (machine == ELF_X86_64) {
		memcpy(h, bytes, sizeof *h);
		return;
	}
	memcpy(&h32, bytes, sizeof h32);
	*h = (struct file_header){
	    .type = h32.type,
	    .machine = h32.machine,
	    .entry = h32.entry,
	    .phoff = h32.phoff,
	    .phentsize = h32.phentsize,
	    .phnum = h32.phnum,
	};
	memcpy(h->ident, h32.ident, sizeof h->ident);
}

static void read_program_header(const char *bytes, enum elf_machine machine,
				struct program_header *p)
{
	struct program_header_32 p32;

	if (machine == ELF_X86_64) {
		memcpy(p, bytes, sizeof *p);
		return;
	}
	memcpy(&p32, bytes, sizeof p32);
	*p = (struct program_header){
	    .type = p32.type,
	    .flags = p32.flags,
	    .offset = p32.offset,
	    .vaddr = p32.vaddr,
	    .paddr = p32.paddr,
	    .filesz = p32.filesz,
	    .memsz = p32.memsz,
	    .align = p32.align,
	};
}

/* BYTES are at least those of an ELF32 header. */
static const char *read_header(const char *bytes, size_t size, enum elf_machine machine,
			       struct file_header *h)
{
	const unsigned char ident[] = {0x7f, 'E', 'L', 'F', machines[machine].class, 1, 1};
	size_t phentsize = machines[machine].phentsize;

	if (memcmp(bytes, ident, 4) != 0)
		return "not an ELF file";
	if (memcmp(bytes, ident, sizeof ident) != 0 || size < machines[machine].header_size)
		return machines[machine].wrong;
	read_file_header(bytes, machine, h);
	if (h->machine != machines[machine].machine)
		return machines[machine].wrong;
	if (h->type == ET_DYN)
		return "position-independent: link it with -no-pie";
	if (h->type != ET_EXEC)
		return "not an executable";
	if (h->phentsize != phentsize || h->phnum == 0)
		return "no program headers";
	if (h->phoff > size || (size - h->phoff) / phentsize < h->phnum)
		return "the program headers go beyond the end of the file";
	return NULL;
}

static unsigned protection(uint32_t flags)
{
	return ((flags & PF_R) != 0 ? ELF_PROT_READ : 0) |
	       ((flags & PF_W) != 0 ? ELF_PROT_WRITE : 0) |
	       ((flags & PF_X) != 0 ? ELF_PROT_EXECUTE : 0);
}

static const char *add_segment(struct elf_image *image, const struct program_header *p,
			       uint64_t low, uint64_t high)
{
	uint64_t first = p->vaddr & ~(PAGE - 1);

	if (p->memsz == 0)
		return NULL;
	if (image->nr_segments == ELF_MAX_SEGMENTS)
		return "too many segments";
	if (p->filesz > p->memsz)
		return "a segment is larger in the file than in memory";
	if (p->vaddr < low || p->vaddr >= high || p->memsz > high - p->vaddr)
		return "a segment outside the addresses of a task";
	if (p->filesz != 0 && (p->vaddr & (PAGE - 1)) != (p->offset & (PAGE - 1)))
		return "a segment is not aligned in the file as in memory";
	for (unsigned i = 0; i < image->nr_segments; i++) {
		const struct elf_segment *s = &image->segments[i];
		uint64_t s_end = (s->address + s->memory_size + PAGE - 1) & ~(PAGE - 1);

		if (first < s_end && (s->address & ~(PAGE - 1)) < p->vaddr + p->memsz)
			return "two segments share a page";
	}
	image->segments[image->nr_segments++] = (struct elf_segment){
	    .address = p->vaddr,
	    .memory_size = p->memsz,
	    .offset = p->offset,
	    .file_size = p->filesz,
	    .prot = protection(p->flags),
	};
	return NULL;
}

static const char *set_tls(struct elf_image *image, const struct program_header *p)
{
	if (p->filesz > p->memsz || p->memsz > UINT64_C(1) << 20 || p->align > PAGE ||
	    (p->align & (p->align - 1)) != 0)
		return "a malformed thread-local segment";
	image->tls = (struct elf_segment){
	    .memory_size = p->memsz, .offset = p->offset, .file_size = p->filesz};
	image->tls_align = p->align > 0 ? p->align : 1;
	return NULL;
}

/* Read the notes of one segment; the segment lies within the file. */
static const char *read_notes(struct elf_image *image, const struct program_header *p,
			      bool *is_task)
{
	/* Notes of 8-byte alignment are of other owners. */
	uint64_t at = 0;

	while (p->filesz - at >= sizeof(struct note_header)) {
		struct note_header note;
		const char *name = image->bytes + p->offset + at + sizeof note;
		uint64_t left, name_room, desc_room;

		memcpy(&note, image->bytes + p->offset + at, sizeof note);
		left = p->filesz - at - sizeof note;
		name_room = ((uint64_t)note.name_size + 3) & ~UINT64_C(3);
		desc_room = ((uint64_t)note.desc_size + 3) & ~UINT64_C(3);
		if (name_room > left || note.desc_size > left - name_room)
			return "a malformed note";
		if (note.type == NT_GNU_BUILD_ID && note.name_size == 4 &&
		    memcmp(name, "GNU", 4) == 0 && note.desc_size <= ELF_BUILD_ID_MAX) {
			memcpy(image->build_id, name + name_room, note.desc_size);
			image->build_id_size = note.desc_size;
		}
		if (note.type == PERF_NOTE_TASK && note.name_size == sizeof PERF_NOTE_OWNER &&
		    memcmp(name, PERF_NOTE_OWNER, sizeof PERF_NOTE_OWNER) == 0)
			*is_task = true;
		if (desc_room > left - name_room)
			break;
		at += sizeof note + name_room + desc_room;
	}
	return NULL;
}

static const char *check_whole(const struct elf_image *image, bool is_task)
{
	if (!is_task)
		return "not built to run as a Mach task (it lacks the machperf note)";
	for (unsigned i = 0; i < image->nr_segments; i++) {
		const struct elf_segment *s = &image->segments[i];

		if ((s->prot & ELF_PROT_EXECUTE) != 0 && image->entry >= s->address &&
		    image->entry - s->address < s->memory_size)
			return NULL;
	}
	return "the entry point is in no executable segment";
}

const char *elf_parse(const char *bytes, size_t size, enum elf_machine machine, uint64_t low,
		      uint64_t high, struct elf_image *image)
{
	struct file_header header;
	const char *wrong;
	bool is_task = false;

	*image = (struct elf_image){.bytes = bytes};
	if (size < sizeof(struct file_header_32))
		return "not an ELF file";
	wrong = read_header(bytes, size, machine, &header);
	if (wrong != NULL)
		return wrong;
	image->entry = header.entry;
	for (unsigned i = 0; wrong == NULL && i < header.phnum; i++) {
		struct program_header p;

		read_program_header(bytes + header.phoff + i * machines[machine].phentsize, machine,
				    &p);
		if (p.offset > size || p.filesz > size - p.offset)
			return "a segment goes beyond the end of the file";
		if (p.type == PT_LOAD)
			wrong = add_segment(image, &p, low, high);
		else if (p.type == PT_INTERP)
			wrong = "dynamically linked: link it with -static";
		else if (p.type == PT_TLS)
			wrong = set_tls(image, &p);
		else if (p.type == PT_NOTE)
			wrong = read_notes(image, &p, &is_task);
	}
	return wrong != NULL ? wrong : check_whole(image, is_task);
}
