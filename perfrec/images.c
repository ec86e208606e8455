/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding the images.  Kernel, agent and workloads stand in the build folder
 * that this program stands in; the emulator is where the build was told.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mach/perf_stream.h>

#include "exit_codes.h"
#include "images.h"

/* The folder two above this program; malloc'd, NULL: no memory or no /proc. */
static char *build_folder(void)
{
	char *path = realpath("/proc/self/exe", NULL);
	int levels;

	for (levels = 0; path && levels < 2; levels++) {
		char *slash = strrchr(path, '/');

		if (slash)
			*slash = '\0';
	}
	return path;
}

/* root/folder/name, or NULL. */
static char *join(const char *root, const char *folder, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s%s%s", root, folder, *name ? "/" : "", name) < 0 ? NULL : path;
}

static bool is_file(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* Look a bare program name up in PATH; malloc'd or NULL. */
static char *search_path(const char *name)
{
	const char *path = getenv("PATH");
	char *copy = strdup(path ? path : ""), *rest = copy, *folder, *found = NULL;

	while (!found && copy && (folder = strsep(&rest, ":"))) {
		found = join(*folder ? folder : ".", name, "");
		if (found && (!is_file(found) || access(found, X_OK))) {
			free(found);
			found = NULL;
		}
	}
	free(copy);
	return found;
}

static int find_emulator(struct images *images, const struct options *options)
{
	const char *name = options->emulator;
	char *found;

	if (!name)
		name = getenv("MACHPERF_QEMU");
	if (!name || !*name)
		name = MACHPERF_QEMU;
	if (!*name)
		return fail(EXIT_NO_EMULATOR, "no emulator: built without one; give --qemu PROGRAM "
					      "or set MACHPERF_QEMU");
	found = strchr(name, '/') ? strdup(name) : search_path(name);
	if (!found || !is_file(found) || access(found, X_OK)) {
		free(found);
		return fail(EXIT_NO_EMULATOR,
			    "emulator %s: no such program; run ./demo to build it, or give --qemu",
			    name);
	}
	images->emulator = realpath(found, NULL);
	free(found);
	if (MACHPERF_QEMU_DATA[0])
		images->emulator_data = realpath(MACHPERF_QEMU_DATA, NULL);
	return images->emulator ? EXIT_GOOD : fail(EXIT_HOST, "out of memory");
}

/* Refuse an image of ours that is missing or no ELF file. */
static int bad_image(const char *what, const char *path, enum elf_status status)
{
	if (status == ELF_FILE_NOT_ELF)
		return fail(EXIT_NO_IMAGE, "%s %s: not an ELF file", what, path);
	return fail(EXIT_NO_IMAGE, "%s %s: %s; run ./demo to build it", what, path,
		    strerror(errno));
}

/* The kernel, and with it the width of all. */
static int find_kernel(struct images *images, const struct options *options, const char *root)
{
	const struct arch *asked = options->arch ? options->arch : arch_default();
	char *path = options->kernel ? strdup(options->kernel) : join(root, asked->kernel, "");
	enum elf_status status;

	if (!path)
		return fail(EXIT_HOST, "out of memory");
	status = elf_file_open(&images->kernel, path);
	if (status != ELF_FILE_OK) {
		int code = bad_image("kernel", path, status);

		free(path);
		return code;
	}
	images->kernel_path = realpath(path, NULL);
	free(path);
	if (!images->kernel_path)
		return fail(EXIT_HOST, "%s", strerror(errno));
	images->arch = elf_file_arch(&images->kernel);
	if (!images->arch)
		return fail(EXIT_NO_IMAGE, "kernel %s: for neither amd64 nor i386",
			    images->kernel_path);
	if (options->arch && images->arch != options->arch)
		return fail(EXIT_USAGE, "--arch %s: kernel %s is one for %s", options->arch->name,
			    images->kernel_path, images->arch->name);
	return EXIT_GOOD;
}

static int find_agent(struct images *images, const char *root)
{
	struct elf_file agent;
	enum elf_status status;

	images->agent_path = join(root, images->arch->agent, "");
	if (!images->agent_path)
		return fail(EXIT_HOST, "out of memory");
	status = elf_file_open(&agent, images->agent_path);
	if (status != ELF_FILE_OK)
		return bad_image("agent", images->agent_path, status);
	elf_file_close(&agent);
	return EXIT_GOOD;
}

/* Whether the workload may run as a Mach task. */
static int check_workload(const struct images *images, const char *name)
{
	const struct arch *arch;

	if (!elf_file_has_note(&images->workload, PERF_NOTE_OWNER, PERF_NOTE_TASK))
		return fail(
		    EXIT_NOT_TASK,
		    "workload %s: not built for Mach: it lacks the machperf note (a program "
		    "of Linux? guest/README.md shows how to build one)",
		    name);
	arch = elf_file_arch(&images->workload);
	if (!elf_file_runs(&images->workload) || !arch)
		return fail(EXIT_NOT_TASK, "workload %s: not a static program for amd64 or i386",
			    name);
	if (arch != images->arch)
		return fail(
		    EXIT_USAGE,
		    "workload %s: a program for %s, but the kernel is one for %s; --arch %s "
		    "takes the other",
		    name, arch->name, images->arch->name, arch->name);
	if (strpbrk(images->workload_name, "\n") || strlen(images->workload_name) > 63)
		return fail(EXIT_USAGE, "workload %s: its name is too long or odd for a task's",
			    name);
	return EXIT_GOOD;
}

/* A bare name is looked for among the workloads that came with machperf. */
static int find_workload(struct images *images, const struct options *options, const char *root)
{
	const char *name = options->workload;
	bool bare = !strchr(name, '/');
	char *path = bare ? join(root, images->arch->workloads, name) : strdup(name);
	enum elf_status status;

	if (!path)
		return fail(EXIT_HOST, "out of memory");
	status = elf_file_open(&images->workload, path);
	if (status == ELF_FILE_NO_FILE) {
		int error = errno;

		free(path);
		if (bare && error == ENOENT)
			return fail(EXIT_NO_WORKLOAD,
				    "no workload '%s' came with machperf (for a file of your own "
				    "give a path, as in ./%s)",
				    name, name);
		return fail(EXIT_NO_WORKLOAD, "workload %s: %s", name, strerror(error));
	}
	images->workload_path = status == ELF_FILE_OK ? realpath(path, NULL) : NULL;
	free(path);
	if (status == ELF_FILE_NOT_ELF)
		return fail(EXIT_NOT_ELF, "workload %s: not an ELF file", name);
	if (!images->workload_path)
		return fail(EXIT_HOST, "workload %s: %s", name, strerror(errno));
	/* By the name it was called: the same however links are laid. */
	images->workload_name = bare ? name : strrchr(name, '/') + 1;
	return check_workload(images, name);
}

int find_images(struct images *images, const struct options *options)
{
	char *root = build_folder();
	int code;

	memset(images, 0, sizeof(*images));
	if (!root)
		return fail(EXIT_HOST, "cannot tell where this program stands: %s",
			    strerror(errno));
	code = find_kernel(images, options, root);
	if (code == EXIT_GOOD)
		code = find_workload(images, options, root);
	if (code == EXIT_GOOD)
		code = find_emulator(images, options);
	if (code == EXIT_GOOD)
		code = find_agent(images, root);
	free(root);
	return code;
}

void free_images(struct images *images)
{
	elf_file_close(&images->kernel);
	elf_file_close(&images->workload);
	free(images->emulator);
	free(images->emulator_data);
	free(images->kernel_path);
	free(images->agent_path);
	free(images->workload_path);
	memset(images, 0, sizeof(*images));
}
