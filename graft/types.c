/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands.h"
#include "file.h"
#include "image.h"
#include "status.h"
#include "tool.h"

#include <stdlib.h>
#include <string.h>

/* pahole turns DWARF into BTF, bpftool turns that into C. */
static int convert(const struct scratch *scratch, const char *kernel, const char *header)
{
	char *btf = scratch_path(scratch, "kernel.btf");
	char *encode = xformat("--btf_encode_detached=%s", btf);
	const char *const pahole[] = {"pahole", encode, kernel, NULL};
	const char *const bpftool[] = {"bpftool", "btf", "dump", "file", btf, "format", "c", NULL};
	int status = tool_run(scratch, "dwarves", pahole, NULL);

	if (!status)
		status = tool_run(scratch, "bpftool", bpftool, header);
	free(encode);
	free(btf);
	return status;
}

/*
 * Writes the header with a line that says what it was made from. Drivers brought along their own
 * idea of what <stddef.h> defines, and which one comes out under the plain name is pahole's choice:
 * none does, so that the compiler's header may stand beside ours.
 */
static int write_header(const struct image *kernel, const char *from, const char *out)
{
	static const char bottom[] = "#undef size_t\n#undef ptrdiff_t\n";
	struct buffer text = {0}, whole = {0};
	char *top;
	int status = file_read(from, &text);

	if (status)
		return status;
	if (!memmem(text.data, text.size, "struct ", strlen("struct "))) {
		buffer_free(&text);
		return refuse("%s: unknown kernel layout: no types in its debug information",
			      kernel->path);
	}
	top = xformat("/* Types of the kernel with sha256 %s; made by graft types. */\n"
		      "#define BPF_NO_PRESERVE_ACCESS_INDEX\n"
		      "#define size_t kernel_size_t\n"
		      "#define ptrdiff_t kernel_ptrdiff_t\n",
		      kernel->sha256);
	buffer_append(&whole, top, strlen(top));
	buffer_append(&whole, text.data, text.size);
	buffer_append(&whole, bottom, strlen(bottom));
	status = file_write(out, whole.data, whole.size, 0666);
	free(top);
	buffer_free(&text);
	buffer_free(&whole);
	return status;
}

int command_types(const struct options *options)
{
	struct scratch scratch = {0};
	struct image image;
	int status = image_open(&image, options->kernel);

	if (!status)
		status = scratch_make(&scratch);
	if (!status) {
		char *header = scratch_path(&scratch, "kernel.h");

		status = convert(&scratch, options->kernel, header);
		if (!status)
			status = write_header(&image, header, options->out);
		free(header);
	}
	scratch_remove(&scratch);
	image_close(&image);
	return status;
}
