/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tool.h"

#include "file.h"
#include "status.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_NOT_FOUND 127

int scratch_make(struct scratch *scratch)
{
	const char *base = getenv("TMPDIR");

	scratch->folder = xformat("%s/graft-XXXXXX", base && *base ? base : "/tmp");
	if (!mkdtemp(scratch->folder)) {
		int status = fail("%s: cannot make a temporary folder: %s", scratch->folder,
				  strerror(errno));

		free(scratch->folder);
		scratch->folder = NULL;
		return status;
	}
	return STATUS_OK;
}

char *scratch_path(const struct scratch *scratch, const char *name)
{
	return xformat("%s/%s", scratch->folder, name);
}

void scratch_remove(struct scratch *scratch)
{
	DIR *dir;
	struct dirent *entry;

	if (!scratch->folder)
		return;
	dir = opendir(scratch->folder);
	while (dir && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir)
		closedir(dir);
	rmdir(scratch->folder);
	free(scratch->folder);
	scratch->folder = NULL;
}

/* Points file descriptor fd at path; for the child, so it exits on failure. */
static void redirect(int fd, const char *path, int flags)
{
	int file = open(path, flags, 0666);

	if (file < 0 || dup2(file, fd) < 0) {
		dprintf(STDERR_FILENO, "%s: %s\n", path, strerror(errno));
		_exit(EXIT_FAILURE);
	}
	close(file);
}

static void child(const char *const argv[], const char *out, const char *err)
{
	const char *path = getenv("PATH");
	char *longer = xformat("%s:/usr/sbin", path ? path : "/usr/bin:/bin");

	redirect(STDERR_FILENO, err, O_WRONLY | O_CREAT | O_TRUNC);
	redirect(STDIN_FILENO, "/dev/null", O_RDONLY);
	redirect(STDOUT_FILENO, out ? out : "/dev/null", O_WRONLY | O_CREAT | O_TRUNC);
	setenv("PATH", longer, 1);
	setenv("LC_ALL", "C", 1);
	execvp(argv[0], (char *const *)argv);
	_exit(errno == ENOENT ? EXIT_NOT_FOUND : EXIT_FAILURE);
}

/* The first line of a complaint that says something: "ld: a.o: in function `f':" only leads up to
 * it. */
static char *first_line(const char *path)
{
	struct buffer text = {0};
	char *found = NULL;
	char *rest = NULL;

	if (file_read(path, &text))
		return xstrdup("");
	buffer_append(&text, "", 1);
	for (char *line = strtok_r((char *)text.data, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (found && found[strlen(found) - 1] != ':')
			break;
		found = line;
	}
	found = xstrdup(found ? found : "");
	buffer_free(&text);
	return found;
}

/* Reports how the program ended, with its own complaint. */
static int report(const char *package, const char *name, int wait_status, const char *err)
{
	char *line;
	int status;

	if (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == EXIT_NOT_FOUND)
		return fail("%s: not found: install the package %s", name, package);
	if (WIFSIGNALED(wait_status))
		return fail("%s was killed by signal %d", name, WTERMSIG(wait_status));
	line = first_line(err);
	status = fail("%s failed (exit %d): %s", name, WEXITSTATUS(wait_status), line);
	free(line);
	return status;
}

int tool_run(const struct scratch *scratch, const char *package, const char *const argv[],
	     const char *out)
{
	char *err = scratch_path(scratch, "stderr");
	int wait_status;
	int status = STATUS_OK;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0) {
		status = fail("cannot start %s: %s", argv[0], strerror(errno));
		free(err);
		return status;
	}
	if (pid == 0)
		child(argv, out, err);
	while (waitpid(pid, &wait_status, 0) < 0)
		if (errno != EINTR)
			wait_status = 1 << 8;
	if (wait_status)
		status = report(package, argv[0], wait_status, err);
	free(err);
	return status;
}
