/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The agent's parsers, on the host: what is well formed, and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <elf.h>
#include "../agent/archive.h"
#include "../agent/config.h"
#include "../agent/elf.h"

#define LOW  0x10000UL
#define HIGH 0x700000000000UL

/* A heap block of just SIZE bytes, so that a checker sees what goes beyond. */
static char *exact(const void *bytes, size_t size)
{
	char *block = malloc(size > 0 ? size : 1);

	assert_non_null(block);
	memcpy(block, bytes, size);
	return block;
}

/* cpio */

static size_t append(char *to, size_t at, const char *name, const char *data, size_t size)
{
	size_t name_size = strlen(name) + 1;

	at += (size_t)sprintf(to + at, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
			      0, 0100644, 0, 0, 1, 0, (unsigned)size, 0, 0, 0, 0,
			      (unsigned)name_size, 0);
	memcpy(to + at, name, name_size);
	at += name_size;
	while (at % 4 != 0)
		to[at++] = '\0';
	memcpy(to + at, data, size);
	at += size;
	while (at % 4 != 0)
		to[at++] = '\0';
	return at;
}

static size_t make_archive(char *to)
{
	size_t at = append(to, 0, "config", "version 1\n", 10);

	at = append(to, at, "attrs", "12345678", 8);
	at = append(to, at, "empty", "", 0);
	return append(to, at, "TRAILER!!!", "", 0);
}

static void archive_finds(void **state)
{
	char bytes[2048];
	struct archive archive = {bytes, make_archive(bytes)};
	struct archive_file file;

	(void)state;
	assert_null(archive_find(&archive, "attrs", &file));
	assert_int_equal(file.size, 8);
	assert_memory_equal(file.bytes, "12345678", 8);
	assert_null(archive_find(&archive, "empty", &file));
	assert_non_null(file.bytes);
	assert_int_equal(file.size, 0);
	assert_null(archive_find(&archive, "workload", &file));
	assert_null(file.bytes);
}

/* Everything before the end of the trailer is needed. */
static void archive_cut_anywhere(void **state)
{
	char bytes[2048];
	size_t size = make_archive(bytes);
	size_t needed = size - 3; /* padding behind the trailer is not */

	(void)state;
	for (size_t cut = 0; cut < size; cut++) {
		char *copy = exact(bytes, cut);
		struct archive archive = {copy, cut};
		struct archive_file file;
		const char *wrong = archive_find(&archive, "nothing", &file);

		assert_true(cut >= needed || wrong != NULL);
		free(copy);
	}
}

static void archive_with_any_byte_changed(void **state)
{
	static const char values[] = {0, '0', '8', 'f', (char)0xff};
	char bytes[2048];
	size_t size = make_archive(bytes);

	(void)state;
	for (size_t at = 0; at < size; at++) {
		for (size_t i = 0; i < sizeof values; i++) {
			char *copy = exact(bytes, size);
			struct archive archive = {copy, size};
			struct archive_file file;

			copy[at] = values[i];
			archive_find(&archive, "attrs", &file);
			assert_true(file.bytes == NULL ||
				    (file.bytes >= copy && file.size <= size &&
				     file.bytes + file.size <= copy + size));
			free(copy);
		}
	}
}

/* config */

static struct config_error parse(const char *text, struct config *config)
{
	static char copy[8192];
	size_t size = strlen(text);

	assert_true(size < sizeof copy);
	memcpy(copy, text, size);
	return config_parse(copy, size, config);
}

static void config_whole(void **state)
{
	struct config config;
	struct config_error error = parse("version 1\nscope task\nworkload chase\narg 8192\narg\n"
					  "arg two words\nring-size 65536\nwatermark 4096\n"
					  "group 1 0\ngroup 63 2\nstack-shift 4096\n"
					  "delay 7\n",
					  &config);

	(void)state;
	assert_null(error.what);
	assert_false(config.system_scope);
	assert_string_equal(config.workload, "chase");
	assert_int_equal(config.nr_arguments, 3);
	assert_string_equal(config.arguments[0], "8192");
	assert_string_equal(config.arguments[1], "");
	assert_string_equal(config.arguments[2], "two words");
	assert_int_equal(config.ring_size, 65536);
	assert_int_equal(config.watermark, 4096);
	assert_int_equal(config.leader[0], 0);
	assert_int_equal(config.leader[1], 1);
	assert_int_equal(config.leader[63], 3);
	assert_int_equal(config.stack_shift, 4096);
	assert_int_equal(config.delay, 7);
	assert_null(parse("version 1\nscope system\nring-size 4096\n", &config).what);
	assert_null(config.workload);
	assert_int_equal(config.stack_shift, 0);
	assert_int_equal(config.delay, 0);
	assert_false(config.per_cpu);
	assert_int_equal(config.interval, 0);
	assert_null(
	    parse("version 1\nscope system\nring-size 4096\nper-cpu\ninterval 1000000\n", &config)
		.what);
	assert_true(config.per_cpu);
	assert_int_equal(config.interval, 1000000);
}

static void config_errors(void **state)
{
	static const struct {
		const char *text;
		unsigned line;
		const char *what; /* a part of it */
	} cases[] = {
	    {"", 0, "version is missing"},
	    {"version 1", 1, "no end"},
	    {"version 2\n", 1, "another version"},
	    {"version x\n", 1, "not a number"},
	    {"version 1\ncolour red\n", 2, "unknown key"},
	    {"version 1\nversion 1\n", 2, "before"},
	    {"version 1\nscope cpu\n", 2, "task or system"},
	    {"version 1\nworkload a/b\n", 2, "plain name"},
	    {"version 1\nworkload\n", 2, "plain name"},
	    {"version 1\nring-size 4097\n", 2, "power of two"},
	    {"version 1\nring-size 2048\n", 2, "power of two"},
	    {"version 1\nring-size 18446744073709551616\n", 2, "power of two"},
	    {"version 1\ngroup 1\n", 2, "and its leader"},
	    {"version 1\ngroup 64 0\n", 2, "one before it"},
	    {"version 1\ngroup 1 1\n", 2, "one before it"},
	    {"version 1\ngroup 1 x\n", 2, "one before it"},
	    {"version 1\ngroup 1 0\ngroup 1 0\n", 3, "two groups"},
	    {"version 1\ngroup 1 0\ngroup 2 1\n", 3, "two groups"},
	    {"version 1\nstack-shift 8\n", 2, "multiple of 16"},
	    {"version 1\nstack-shift 4112\n", 2, "up to 4096"},
	    {"version 1\ndelay long\n", 2, "delay is not a number"},
	    {"version 1\ninterval 0\n", 2, "milliseconds"},
	    {"version 1\ninterval 1000001\n", 2, "up to 1000000"},
	    {"version 1\nper-cpu 2\n", 2, "no value"},
	    {"version 1\nworkload w\nring-size 4096\nper-cpu\n", 0, "without scope system"},
	    {"version 1\nring-size 4096\n", 0, "workload is missing"},
	    {"version 1\nworkload w\n", 0, "ring-size is missing"},
	    {"version 1\nworkload w\nring-size 4096\nwatermark 4097\n", 0, "larger than"},
	    {"version 1\nscope system\narg x\nring-size 4096\n", 0, "without a workload"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct config config;
		struct config_error error = parse(cases[i].text, &config);

		assert_non_null(error.what);
		assert_int_equal(error.line, cases[i].line);
		assert_non_null(strstr(error.what, cases[i].what));
	}
}

static void config_limits(void **state)
{
	static char text[16384];
	char nul[] = "version 1\nwork\0load w\n";
	struct config config;
	size_t at;

	(void)state;
	at = (size_t)sprintf(text, "version 1\nworkload w\nring-size 4096\n");
	for (int i = 0; i <= CONFIG_MAX_ARGUMENTS; i++)
		at += (size_t)sprintf(text + at, "arg %d\n", i);
	assert_string_equal(config_parse(text, at, &config).what, "too many arguments");
	assert_string_equal(config_parse(nul, sizeof nul - 1, &config).what, "a NUL character");
	at = (size_t)sprintf(text, "workload %0*d\n", CONFIG_NAME_MAX + 1, 0);
	assert_string_equal(config_parse(text, at, &config).what,
			    "the workload's name is too long");
}

/* ELF */

struct program {
	Elf64_Ehdr header;
	Elf64_Phdr segments[4];
	struct {
		Elf64_Nhdr head;
		char name[12];
		uint32_t version;
	} task;
	struct {
		Elf64_Nhdr head;
		char name[4];
		unsigned char id[20];
	} build_id;
	char rest[0x2000];
};

/* Two segments: text of one page, data that goes on beyond the file. */
static void make_program(struct program *p)
{
	*p = (struct program){
	    .header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
		       .e_type = ET_EXEC,
		       .e_machine = EM_X86_64,
		       .e_entry = 0x401010,
		       .e_phoff = offsetof(struct program, segments),
		       .e_phentsize = sizeof(Elf64_Phdr),
		       .e_phnum = 4},
	    .segments = {{.p_type = PT_LOAD,
			  .p_flags = PF_R | PF_X,
			  .p_offset = 0x1000,
			  .p_vaddr = 0x401000,
			  .p_filesz = 0x800,
			  .p_memsz = 0x800},
			 {.p_type = PT_LOAD,
			  .p_flags = PF_R | PF_W,
			  .p_offset = 0x1800,
			  .p_vaddr = 0x402800,
			  .p_filesz = 0x100,
			  .p_memsz = 0x5000},
			 {.p_type = PT_NOTE,
			  .p_offset = offsetof(struct program, task),
			  .p_filesz = sizeof p->task + sizeof p->build_id},
			 {.p_type = PT_TLS,
			  .p_offset = 0x1800,
			  .p_filesz = 8,
			  .p_memsz = 32,
			  .p_align = 16}},
	    .task = {{9, 4, 1}, "machperf", 1},
	    .build_id = {{4, 20, NT_GNU_BUILD_ID}, "GNU", {1, 2, 3}},
	};
}

static const char *parse_program(const struct program *p, struct elf_image *image)
{
	char *copy = exact(p, sizeof *p);
	const char *wrong = elf_parse(copy, sizeof *p, ELF_X86_64, LOW, HIGH, image);

	free(copy);
	return wrong;
}

static void elf_good(void **state)
{
	struct program p;
	struct elf_image image;

	(void)state;
	make_program(&p);
	assert_null(parse_program(&p, &image));
	assert_int_equal(image.entry, 0x401010);
	assert_int_equal(image.nr_segments, 2);
	assert_int_equal(image.segments[0].prot, ELF_PROT_READ | ELF_PROT_EXECUTE);
	assert_int_equal(image.segments[1].address, 0x402800);
	assert_int_equal(image.segments[1].memory_size, 0x5000);
	assert_int_equal(image.segments[1].file_size, 0x100);
	assert_int_equal(image.tls.memory_size, 32);
	assert_int_equal(image.tls_align, 16);
	assert_int_equal(image.build_id_size, 20);
	assert_int_equal(image.build_id[2], 3);
}

#define CHANGED(change, expected)                                                                  \
	do {                                                                                       \
		struct program p;                                                                  \
		struct elf_image image;                                                            \
		const char *wrong;                                                                 \
                                                                                                   \
		make_program(&p);                                                                  \
		change;                                                                            \
		wrong = parse_program(&p, &image);                                                 \
		assert_non_null(wrong);                                                            \
		assert_non_null(strstr(wrong, expected));                                          \
	} while (0)

static void elf_errors(void **state)
{
	(void)state;
	CHANGED(p.header.e_ident[1] = 'e', "not an ELF file");
	CHANGED(p.header.e_ident[EI_CLASS] = ELFCLASS32, "not a program for x86-64");
	CHANGED(p.header.e_machine = EM_AARCH64, "not a program for x86-64");
	CHANGED(p.header.e_type = ET_DYN, "position-independent");
	CHANGED(p.header.e_type = ET_REL, "not an executable");
	CHANGED(p.header.e_phnum = 0, "no program headers");
	CHANGED(p.header.e_phnum = 65535, "beyond the end");
	CHANGED(p.header.e_phoff = ~0UL - 8, "beyond the end");
	CHANGED(p.segments[0].p_offset = ~0UL, "beyond the end");
	CHANGED(p.segments[0].p_filesz = ~0UL, "beyond the end");
	CHANGED(p.segments[1].p_filesz = 0x400;
		p.segments[1].p_memsz = 0x300, "larger in the file");
	CHANGED(p.segments[0].p_vaddr = 0x1000, "outside");
	CHANGED(p.segments[0].p_vaddr = 0xffffffff81001000, "outside");
	CHANGED(p.segments[1].p_memsz = ~0UL - 0x402000, "outside");
	CHANGED(p.segments[0].p_vaddr = 0x401008, "not aligned");
	CHANGED(p.segments[1].p_vaddr = 0x401800, "share a page");
	CHANGED(p.segments[2].p_type = PT_INTERP, "dynamically linked");
	CHANGED(p.segments[3].p_align = 3, "thread-local");
	CHANGED(p.segments[3].p_memsz = 1UL << 40, "thread-local");
	CHANGED(p.task.name[0] = 'M', "lacks the machperf note");
	CHANGED(p.task.head.n_namesz = 0xfffffff0, "malformed note");
	CHANGED(p.task.head.n_descsz = 0xfffffff0, "malformed note");
	CHANGED(p.header.e_entry = 0x402800, "entry point");
	CHANGED(p.header.e_entry = 0x401800, "entry point");
	CHANGED(p.segments[0].p_memsz = p.segments[0].p_filesz = 0, "entry point");
}

static void elf_cut_or_changed_anywhere(void **state)
{
	static const unsigned char values[] = {0, 1, 0x7f, 0xff};
	struct program p;
	struct elf_image image;

	(void)state;
	make_program(&p);
	for (size_t cut = 0; cut < sizeof p; cut += cut < 512 ? 1 : 64) {
		char *copy = exact(&p, cut);

		if (elf_parse(copy, cut, ELF_X86_64, LOW, HIGH, &image) == NULL)
			assert_true(cut >= 0x1900);
		free(copy);
	}
	for (size_t at = 0; at < offsetof(struct program, rest); at++) {
		for (size_t i = 0; i < sizeof values; i++) {
			struct program changed = p;

			((unsigned char *)&changed)[at] = values[i];
			if (parse_program(&changed, &image) != NULL)
				continue;
			for (unsigned s = 0; s < image.nr_segments; s++)
				assert_true(image.segments[s].offset +
						image.segments[s].file_size <=
					    sizeof p);
		}
	}
}

/* The same program for i386: only the headers have other widths. */

#define HIGH_32 0xb0000000UL

struct program_32 {
	Elf32_Ehdr header;
	Elf32_Phdr segments[4];
	struct {
		Elf32_Nhdr head;
		char name[12];
		uint32_t version;
	} task;
	struct {
		Elf32_Nhdr head;
		char name[4];
		unsigned char id[20];
	} build_id;
	char rest[0x2000];
};

static void make_program_32(struct program_32 *p)
{
	*p = (struct program_32){
	    .header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB, EV_CURRENT},
		       .e_type = ET_EXEC,
		       .e_machine = EM_386,
		       .e_entry = 0x8049010,
		       .e_phoff = offsetof(struct program_32, segments),
		       .e_phentsize = sizeof(Elf32_Phdr),
		       .e_phnum = 4},
	    .segments = {{.p_type = PT_LOAD,
			  .p_flags = PF_R | PF_X,
			  .p_offset = 0x1000,
			  .p_vaddr = 0x8049000,
			  .p_filesz = 0x800,
			  .p_memsz = 0x800},
			 {.p_type = PT_LOAD,
			  .p_flags = PF_R | PF_W,
			  .p_offset = 0x1800,
			  .p_vaddr = 0x804a800,
			  .p_filesz = 0x100,
			  .p_memsz = 0x5000},
			 {.p_type = PT_NOTE,
			  .p_offset = offsetof(struct program_32, task),
			  .p_filesz = sizeof p->task + sizeof p->build_id},
			 {.p_type = PT_TLS,
			  .p_offset = 0x1800,
			  .p_filesz = 8,
			  .p_memsz = 32,
			  .p_align = 8}},
	    .task = {{9, 4, 1}, "machperf", 1},
	    .build_id = {{4, 20, NT_GNU_BUILD_ID}, "GNU", {1, 2, 3}},
	};
}

static const char *parse_program_32(const struct program_32 *p, struct elf_image *image)
{
	char *copy = exact(p, sizeof *p);
	const char *wrong = elf_parse(copy, sizeof *p, ELF_I386, LOW, HIGH_32, image);

	free(copy);
	return wrong;
}

static void elf_32_good(void **state)
{
	struct program_32 p;
	struct elf_image image;

	(void)state;
	make_program_32(&p);
	assert_null(parse_program_32(&p, &image));
	assert_int_equal(image.entry, 0x8049010);
	assert_int_equal(image.nr_segments, 2);
	assert_int_equal(image.segments[0].prot, ELF_PROT_READ | ELF_PROT_EXECUTE);
	assert_int_equal(image.segments[1].prot, ELF_PROT_READ | ELF_PROT_WRITE);
	assert_int_equal(image.segments[1].address, 0x804a800);
	assert_int_equal(image.segments[1].memory_size, 0x5000);
	assert_int_equal(image.segments[1].offset, 0x1800);
	assert_int_equal(image.segments[1].file_size, 0x100);
	assert_int_equal(image.tls.memory_size, 32);
	assert_int_equal(image.tls_align, 8);
	assert_int_equal(image.build_id_size, 20);
	assert_int_equal(image.build_id[2], 3);
}

#define CHANGED_32(change, expected)                                                               \
	do {                                                                                       \
		struct program_32 p;                                                               \
		struct elf_image image;                                                            \
		const char *wrong;                                                                 \
                                                                                                   \
		make_program_32(&p);                                                               \
		change;                                                                            \
		wrong = parse_program_32(&p, &image);                                              \
		assert_non_null(wrong);                                                            \
		assert_non_null(strstr(wrong, expected));                                          \
	} while (0)

static void elf_32_errors(void **state)
{
	(void)state;
	CHANGED_32(p.header.e_ident[1] = 'e', "not an ELF file");
	CHANGED_32(p.header.e_ident[EI_CLASS] = ELFCLASS64, "not a program for i386");
	CHANGED_32(p.header.e_machine = EM_X86_64, "not a program for i386"); /* x32 */
	CHANGED_32(p.header.e_type = ET_DYN, "position-independent");
	CHANGED_32(p.header.e_phentsize = sizeof(Elf64_Phdr), "no program headers");
	CHANGED_32(p.header.e_phnum = 65535, "beyond the end");
	CHANGED_32(p.header.e_phoff = ~0U - 8, "beyond the end");
	CHANGED_32(p.segments[0].p_offset = ~0U, "beyond the end");
	CHANGED_32(p.segments[0].p_filesz = ~0U, "beyond the end");
	CHANGED_32(p.segments[0].p_vaddr = 0xc1001000, "outside");
	CHANGED_32(p.segments[1].p_memsz = ~0U - 0x402000, "outside");
	CHANGED_32(p.segments[1].p_memsz = HIGH_32 - 0x804a800 + 1, "outside");
	CHANGED_32(p.segments[1].p_vaddr = 0x8049800, "share a page");
	CHANGED_32(p.segments[2].p_type = PT_INTERP, "dynamically linked");
	CHANGED_32(p.segments[3].p_align = 3, "thread-local");
	CHANGED_32(p.task.name[0] = 'M', "lacks the machperf note");
	CHANGED_32(p.header.e_entry = 0x804a800, "entry point");
}

/* Neither width takes the other's programs. */
static void elf_of_the_other_width(void **state)
{
	struct program p;
	struct program_32 p32;
	struct elf_image image;

	(void)state;
	make_program(&p);
	make_program_32(&p32);
	assert_string_equal(elf_parse((char *)&p, sizeof p, ELF_I386, LOW, HIGH_32, &image),
			    "not a program for i386");
	assert_string_equal(elf_parse((char *)&p32, sizeof p32, ELF_X86_64, LOW, HIGH, &image),
			    "not a program for x86-64");
}

static void elf_32_cut_or_changed_anywhere(void **state)
{
	static const unsigned char values[] = {0, 1, 0x7f, 0xff};
	struct program_32 p;
	struct elf_image image;

	(void)state;
	make_program_32(&p);
	for (size_t cut = 0; cut < sizeof p; cut += cut < 512 ? 1 : 64) {
		char *copy = exact(&p, cut);

		if (elf_parse(copy, cut, ELF_I386, LOW, HIGH_32, &image) == NULL)
			assert_true(cut >= 0x1900);
		free(copy);
	}
	for (size_t at = 0; at < offsetof(struct program_32, rest); at++) {
		for (size_t i = 0; i < sizeof values; i++) {
			struct program_32 changed = p;

			((unsigned char *)&changed)[at] = values[i];
			if (parse_program_32(&changed, &image) != NULL)
				continue;
			for (unsigned s = 0; s < image.nr_segments; s++)
				assert_true(image.segments[s].offset +
						image.segments[s].file_size <=
					    sizeof p);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(archive_finds),
	    cmocka_unit_test(archive_cut_anywhere),
	    cmocka_unit_test(archive_with_any_byte_changed),
	    cmocka_unit_test(config_whole),
	    cmocka_unit_test(config_errors),
	    cmocka_unit_test(config_limits),
	    cmocka_unit_test(elf_good),
	    cmocka_unit_test(elf_errors),
	    cmocka_unit_test(elf_32_good),
	    cmocka_unit_test(elf_32_errors),
	    cmocka_unit_test(elf_of_the_other_width),
	    cmocka_unit_test(elf_32_cut_or_changed_anywhere),
	    cmocka_unit_test(elf_cut_or_changed_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
