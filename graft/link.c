/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "blob.h"
#include "checks.h"
#include "commands.h"
#include "debuginfo.h"
#include "expect.h"
#include "output.h"
#include "sites.h"
#include "status.h"
#include "tool.h"
#include "trampoline.h"
#include "unwind.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Everything one link owns. */
struct link {
	const struct options *options;
	struct image image;
	struct hooks hooks;
	struct debuginfo debuginfo;
	struct unwind unwind;
	struct scratch scratch;
	struct blob blob;
	struct buffer grafted;
	struct buffer elf32;
};

/* Reads the kernel and the hook list; refuses unsafe hooks. */
static int examine(struct link *link)
{
	const struct options *options = link->options;
	int status = image_open(&link->image, options->kernel);

	if (!status)
		status = hooks_read(&link->hooks, options->hooks);
	if (!status)
		status = checks_resolve(&link->image, &link->hooks);
	if (!status)
		status = sites_find(&link->image, &link->hooks);
	if (!status)
		status = debuginfo_read(&link->debuginfo, &link->image, &link->hooks);
	if (!status)
		status = unwind_read(&link->unwind, &link->image);
	if (!status)
		status = checks_hooks(&link->image, &link->hooks, &link->debuginfo);
	if (!status && options->expect && !options->update_expect)
		status = expect_check(options->expect, &link->image, &link->hooks);
	return status;
}

/* The trampolines test one byte: a wider flag could be set and its byte zero. */
static int check_flag(const struct link *link, const struct hook *hook)
{
	const struct symbol *flag;

	if (!hook->flag)
		return STATUS_OK;
	if (symtab_find(&link->blob.symbols, hook->flag, &flag) != 1 || flag->section == SHN_ABS ||
	    flag->type != STT_OBJECT || flag->size != 1)
		return refuse("%s:%u: flag %s is not a variable of one byte in the objects",
			      link->hooks.path, hook->line, hook->flag);
	return STATUS_OK;
}

/* Sends every call site to its hook's entry in the blob. */
static int redirect(struct link *link)
{
	for (size_t i = 0; i < link->hooks.count; i++) {
		const struct hook *hook = &link->hooks.all[i];
		const struct symbol *entry;

		if (symtab_find(&link->blob.symbols, hook->entry, &entry) != 1 ||
		    entry->section == SHN_ABS)
			return refuse("%s:%u: no object defines %s", link->hooks.path, hook->line,
				      hook->entry);
		if (check_flag(link, hook))
			return STATUS_REFUSED;
		for (size_t s = 0; s < hook->nr_sites; s++)
			site_patch(&link->image, &hook->sites[s], entry->value);
	}
	return STATUS_OK;
}

/* What is linked beside the objects, as assembly; the caller frees it. */
static char *own_source(struct link *link)
{
	char *trampolines = trampoline_source(&link->hooks, &link->debuginfo, link->image.is64);
	char *unwind = unwind_source(&link->unwind, link->image.is64);
	char *both = xformat("%s%s", unwind, trampolines);

	free(trampolines);
	free(unwind);
	return both;
}

static int build(struct link *link)
{
	const struct options *options = link->options;
	char *source = own_source(link);
	int status = scratch_make(&link->scratch);

	if (!status)
		status = blob_link(&link->blob, &link->image, &link->scratch, source,
				   options->operands, options->nr_operands, options->map);
	free(source);
	if (!status)
		status = redirect(link);
	if (!status)
		status = output_build(&link->grafted, &link->image, &link->blob);
	if (!status && options->elf32)
		status = output_elf32(&link->elf32, &link->grafted, options->out);
	return status;
}

/* The report as text; the caller frees it. */
static char *report(const struct link *link)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		exit(fail("out of memory"));
	fprintf(out, "%zu bytes at %#" PRIx64 ", behind %s\n", link->blob.bytes.size,
		link->blob.base, link->options->kernel);
	for (size_t i = 0; i < link->hooks.count; i++) {
		const struct hook *hook = &link->hooks.all[i];

		fprintf(out, "%-6s %-30s -> %s, %zu site%s", hook_kind_name(hook->kind),
			hook->function, hook->entry, hook->nr_sites,
			hook->nr_sites == 1 ? "" : "s");
		if (hook->nr_recursive)
			fprintf(out, " (%zu in itself left alone)", hook->nr_recursive);
		fputc('\n', out);
		for (size_t s = 0; s < hook->nr_sites; s++)
			fprintf(out, "       %#" PRIx64 " in %s\n", hook->sites[s].address,
				hook->sites[s].in ? hook->sites[s].in->name : "?");
	}
	if (fclose(out))
		exit(fail("out of memory"));
	return text;
}

static int write_files(const struct link *link)
{
	const struct options *options = link->options;
	char *text = report(link);
	int status = STATUS_OK;

	if (options->update_expect)
		status = expect_update(options->expect, &link->image, &link->hooks);
	if (!status && options->report)
		status = file_write(options->report, text, strlen(text), 0666);
	if (!status && options->elf32)
		status = file_write(options->elf32, link->elf32.data, link->elf32.size, 0777);
	if (!status)
		status = file_write(options->out, link->grafted.data, link->grafted.size, 0777);
	if (!status && !options->report)
		fputs(text, stdout);
	free(text);
	return status;
}

int command_link(const struct options *options)
{
	struct link link = {.options = options};
	int status = examine(&link);

	if (!status)
		status = build(&link);
	if (!status)
		status = write_files(&link);
	buffer_free(&link.elf32);
	buffer_free(&link.grafted);
	blob_free(&link.blob);
	scratch_remove(&link.scratch);
	unwind_free(&link.unwind);
	debuginfo_free(&link.debuginfo);
	hooks_free(&link.hooks);
	image_close(&link.image);
	return status;
}
