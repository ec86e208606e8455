/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing the log. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "exit_codes.h"
#include "log.h"

static void put_command(FILE *out, int argc, char *const *argv)
{
	int n;

	fputs("command:", out);
	for (n = 0; n < argc; n++)
		fprintf(out, " %s", argv[n]);
	fputc('\n', out);
}

static void put_host(FILE *out)
{
	char when[64] = "", folder[4096];
	time_t now = time(NULL);
	struct utsname host;
	struct tm local;

	if (localtime_r(&now, &local))
		strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S%z", &local);
	fprintf(out, "ended: %s\n", when);
	if (uname(&host) == 0)
		fprintf(out, "host: %s, %s %s %s\n", host.nodename, host.sysname, host.release,
			host.machine);
	if (getcwd(folder, sizeof(folder)))
		fprintf(out, "folder: %s\n", folder);
}

static void put_text(FILE *out, const char *title, const struct text *text)
{
	fprintf(out, "\n[%s]\n", title);
	if (text->size == 0)
		return;
	fwrite(text->bytes, 1, text->size, out);
	if (text->bytes[text->size - 1] != '\n')
		fputc('\n', out);
}

/* The emulator's own counts, which it writes at its end. */
static void put_statistics(FILE *out, const struct machine *machine)
{
	char *path = machine_file(machine, "stats"), line[512];
	FILE *in = path ? fopen(path, "re") : NULL;

	fputs("\n[emulator's statistics]\n", out);
	while (in && fgets(line, sizeof(line), in))
		fputs(line, out);
	if (in)
		fclose(in);
	free(path);
}

static void put_log(FILE *out, const struct session *session, int argc, char *const *argv,
		    double wall)
{
	const struct images *images = session->images;

	put_command(out, argc, argv);
	put_host(out);
	fprintf(out, "wall seconds: %.3f\n", wall);
	fprintf(out, "kernel: %s\nagent: %s\nworkload: %s\n", images->kernel_path,
		images->agent_path, images->workload_path);
	fputs("emulator:", out);
	fprintf(out, " %s\n", session->machine->command.bytes);
	put_text(out, "agent", &session->agent_log);
	put_text(out, "guest's console", &session->console.text);
	put_text(out, "emulator's messages", &session->messages);
	put_statistics(out, session->machine);
}

void write_log(const struct session *session, int argc, char *const *argv, double wall)
{
	const char *recording = session->options->output;
	struct stat status;
	char *path;
	FILE *out;
	bool failed;

	if (stat(recording, &status) || !S_ISREG(status.st_mode))
		return;
	if (asprintf(&path, "%s.log", recording) < 0) {
		say("no log: out of memory");
		return;
	}
	out = fopen(path, "we");
	if (!out) {
		say("no log: %s: %s", path, strerror(errno));
		free(path);
		return;
	}
	put_log(out, session, argc, argv, wall);
	failed = ferror(out);
	if (fclose(out) || failed) {
		say("no log: %s: %s", path, strerror(errno));
		unlink(path);
	}
	free(path);
}
