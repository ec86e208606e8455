/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting and stopping the emulator. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "exit_codes.h"
#include "machine.h"

/* In the child the two pipes stand at these descriptors. */
#define CHILD_PORT    3
#define CHILD_CONSOLE 4

#define MODEL_PROPERTY "x86_64-cpu.pmu-model="

#define STRING(x)  STRING_(x)
#define STRING_(x) #x

/* The output port, with the statistics, without and with counts by address. */
#define BARE_PORT "machperf-port,fd=" STRING(CHILD_PORT)
#define PORT	  BARE_PORT ",stats=stats"
static const char port[] = PORT, port_by_address[] = PORT ",histogram=histogram";

/* There are no statistics of a PMU that is not ours. */
static const char bare_port[] = BARE_PORT;

/* The boot modules.  The session is the first RAM disk in every layout. */
#define AGENT	"agent ${host-port} ${device-port} $(task-create) $(task-resume)"
#define SESSION "session $(ramdisk-create)"
#define PADDING "padding $(ramdisk-create)"
static const char modules[] = AGENT "," SESSION;
static const char *const orders[LAYOUT_ORDERS] = {
    AGENT "," SESSION "," PADDING, SESSION "," PADDING "," AGENT, SESSION "," AGENT "," PADDING};

/* What differs between the emulated machine and the host's own. */
static const char *const emulated_args[] = {
    "-cpu",    "Nehalem,pmu=on",    "-accel", "tcg",
    "-icount", "shift=3,sleep=off", "-rtc",   "base=2026-01-01T00:00:00,clock=vm",
};
static const char *const kvm_args[] = {
    "-cpu", "host,pmu=on", "-accel", NULL, /* with the device */
};

/*
 * The machine.  Everything that a guest can see is fixed: the processor, the
 * memory, the time, the seed, the relation of instructions to time (the time's of the
 * emulated machine only).  No disk: even an unused one
 * changes the kernel's counts.
 */
static const char *const machine_args[] = {
    "-machine",
    "pc",
    "-seed",
    "1",
    "-nodefaults",
    "-no-user-config",
    "-display",
    "none",
    "-no-reboot",
    "-chardev",
    "file,id=console,path=/dev/fd/" STRING(CHILD_CONSOLE),
    "-serial",
    "chardev:console",
    "-device",
    port,
    "-kernel",
    "kernel",
    "-append",
    "console=com0",
    "-initrd",
    modules,
};

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))
#define NR_MACHINE_ARGS LENGTH(machine_args)
#define MOST_ARGS	(1 + LENGTH(emulated_args) + NR_MACHINE_ARGS + 6 + 2 + 1)

/* What stands in the folder: links, the session, and what the emulator writes. */
static const char *const folder_files[] = {"kernel",  "agent", "session",
					   "padding", "stats", "histogram"};

char *machine_file(const struct machine *machine, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", machine->folder, name) < 0 ? NULL : path;
}

static int link_image(const struct machine *machine, const char *name, const char *path)
{
	char *link = machine_file(machine, name);
	int code = EXIT_GOOD;

	if (!link || symlink(path, link))
		code = fail(EXIT_HOST, "%s: %s", link ? link : name, strerror(errno));
	free(link);
	return code;
}

/* A module of nothing, that moves what lies behind it. */
static int write_padding(const struct machine *machine)
{
	char *path = machine_file(machine, "padding");
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
	int code = EXIT_GOOD;

	if (fd < 0 || ftruncate(fd, machine->layout.padding * 4096L))
		code = fail(EXIT_HOST, "%s: %s", path ? path : "padding", strerror(errno));
	if (fd >= 0)
		close(fd);
	free(path);
	return code;
}

int machine_prepare(struct machine *machine, const struct images *images,
		    const struct layout *layout, unsigned int cpus, unsigned int memory)
{
	const char *place = getenv("TMPDIR");
	int code;

	memset(machine, 0, sizeof(*machine));
	machine->layout = *layout;
	snprintf(machine->cpus, sizeof(machine->cpus), "%u", cpus);
	snprintf(machine->memory, sizeof(machine->memory), "%u", memory);
	machine->port = machine->console = machine->messages = -1;
	if (asprintf(&machine->folder, "%s/perfrec-XXXXXX", place && *place ? place : "/tmp") < 0) {
		machine->folder = NULL;
		return fail(EXIT_HOST, "out of memory");
	}
	if (!mkdtemp(machine->folder)) {
		code = fail(EXIT_HOST, "%s: %s", machine->folder, strerror(errno));
		free(machine->folder);
		machine->folder = NULL;
		return code;
	}
	code = link_image(machine, "kernel", images->kernel_path);
	if (code == EXIT_GOOD)
		code = link_image(machine, "agent", images->agent_path);
	return code || !layout->number ? code : write_padding(machine);
}

/* An argument of the machine in its layout. */
static const char *argument_of(const char *argument, enum accelerator accelerator, bool by_address,
			       const struct layout *layout)
{
	if (argument == port && accelerator == ACCEL_KVM)
		return bare_port;
	if (argument == port && by_address)
		return port_by_address;
	return argument == modules && layout->number ? orders[layout->order] : argument;
}

/* The argument vector; malloc'd, its strings are not.  model is the property of
   the CPU, NULL: none. */
static char **make_argv(const struct machine *machine, const struct images *images,
			enum accelerator accelerator, bool by_address, char *model)
{
	const char *const *own = accelerator == ACCEL_KVM ? kvm_args : emulated_args;
	const size_t nr_own = accelerator == ACCEL_KVM ? LENGTH(kvm_args) : LENGTH(emulated_args);
	char **argv = calloc(MOST_ARGS, sizeof(*argv));
	size_t nr = 0, n;

	if (!argv)
		return NULL;
	argv[nr++] = images->emulator;
	for (n = 0; n < nr_own; n++)
		argv[nr++] = (char *)(own[n] ? own[n] : machine->kvm);
	for (n = 0; n < NR_MACHINE_ARGS; n++)
		argv[nr++] =
		    (char *)argument_of(machine_args[n], accelerator, by_address, &machine->layout);
	argv[nr++] = "-smp";
	argv[nr++] = (char *)machine->cpus;
	argv[nr++] = "-m";
	argv[nr++] = (char *)machine->memory;
	if (images->emulator_data) {
		argv[nr++] = "-L";
		argv[nr++] = images->emulator_data;
	}
	if (model) {
		argv[nr++] = "-global";
		argv[nr++] = model;
	}
	return argv;
}

/* Keep a descriptor through exec at a number of its own. */
static void place_fd(int from, int to)
{
	if (dup2(from, to) < 0)
		_exit(127);
}

/* The child: never returns.  Tells errno through report when exec fails. */
static void __attribute__((noreturn))
run_child(const char *folder, char **argv, const int pipes[3], int report)
{
	sigset_t none;
	int null = open("/dev/null", O_RDWR), error, n, high[3];

	/* Its own group: ^C on the terminal is ours to handle. */
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* Out of the way of the numbers they are to have. */
	for (n = 0; n < 3; n++)
		high[n] = fcntl(pipes[n], F_DUPFD_CLOEXEC, 16);
	report = fcntl(report, F_DUPFD_CLOEXEC, 16);
	place_fd(null, 0);
	place_fd(null, 1);
	place_fd(high[2], 2);
	place_fd(high[0], CHILD_PORT);
	place_fd(high[1], CHILD_CONSOLE);
	if (folder && chdir(folder) == 0)
		execv(argv[0], argv);
	error = errno;
	if (write(report, &error, sizeof(error)) < 0)
		_exit(126);
	_exit(127);
}

static void close_pair(int pair[2])
{
	if (pair[0] >= 0)
		close(pair[0]);
	if (pair[1] >= 0)
		close(pair[1]);
	pair[0] = pair[1] = -1;
}

/* Fork and exec; pipes[0..2] are port, console and stderr, pipes[3] reports
   exec's failure.  0 or errno. */
static int spawn(const char *folder, char **argv, int pipes[4][2], pid_t *pid)
{
	const int child[3] = {pipes[0][1], pipes[1][1], pipes[2][1]};
	int error = 0, n;
	ssize_t got;

	*pid = fork();
	if (*pid < 0)
		return errno;
	if (*pid == 0)
		run_child(folder, argv, child, pipes[3][1]);
	for (n = 0; n < 4; n++) {
		close(pipes[n][1]);
		pipes[n][1] = -1;
	}
	do
		got = read(pipes[3][0], &error, sizeof(error));
	while (got < 0 && errno == EINTR);
	if (got == sizeof(error)) {
		waitpid(*pid, NULL, 0);
		*pid = 0;
		return error;
	}
	return 0;
}

/* Run argv in folder with pipes at its port, console and stderr; 0 or errno. */
static int spawn_with_pipes(const char *folder, char **argv, int ends[3], pid_t *pid)
{
	int pipes[4][2] = {{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}};
	int error = 0, n;

	*pid = 0;
	for (n = 0; n < 4 && !error; n++)
		error = pipe2(pipes[n], O_CLOEXEC) ? errno : 0;
	if (!error)
		error = spawn(folder, argv, pipes, pid);
	for (n = 0; n < 3 && !error; n++) {
		ends[n] = pipes[n][0];
		pipes[n][0] = -1;
	}
	for (n = 0; n < 4; n++)
		close_pair(pipes[n]);
	return error;
}

bool machine_version(const struct images *images, char *version, size_t size)
{
	char *argv[] = {images->emulator, "--version", NULL};
	int out[2], status = -1;
	ssize_t got = 0;
	pid_t pid;

	if (pipe2(out, O_CLOEXEC))
		return false;
	pid = fork();
	if (pid == 0) {
		place_fd(out[1], 1);
		execv(argv[0], argv);
		_exit(127);
	}
	close(out[1]);
	if (pid > 0) {
		got = read(out[0], version, size - 1);
		waitpid(pid, &status, 0);
	}
	close(out[0]);
	if (got <= 0 || status != 0)
		return false;
	version[got] = '\0';
	version[strcspn(version, "\r\n")] = '\0';
	return true;
}

int machine_start(struct machine *machine, const struct images *images,
		  enum accelerator accelerator, bool by_address)
{
	char *model = NULL, **argv;
	int ends[3], error;
	size_t n;

	if (machine->model && asprintf(&model, MODEL_PROPERTY "%s", machine->model) < 0)
		return fail(EXIT_HOST, "out of memory");
	machine_kvm_argument(machine->kvm);
	argv = make_argv(machine, images, accelerator, by_address, model);
	if (!argv) {
		free(model);
		return fail(EXIT_HOST, "out of memory");
	}
	for (n = 0; argv[n]; n++)
		text_print(&machine->command, "%s%s", n ? "\t" : "", argv[n]);
	error = spawn_with_pipes(machine->folder, argv, ends, &machine->pid);
	free(argv);
	free(model);
	if (error)
		return fail(EXIT_NO_EMULATOR, "emulator %s: %s", images->emulator, strerror(error));
	machine->port = ends[0];
	machine->console = ends[1];
	machine->messages = ends[2];
	return EXIT_GOOD;
}

/* The line "model GEOMETRY" of the statistics. */
static void read_geometry(struct machine *machine)
{
	static const char word[] = "model ";
	char *path = machine_file(machine, "stats"), *line = NULL;
	FILE *in = path ? fopen(path, "re") : NULL;
	size_t room = 0;

	while (in && !machine->geometry && getline(&line, &room, in) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, word, strlen(word)))
			machine->geometry = strdup(line + strlen(word));
	}
	if (in)
		fclose(in);
	free(line);
	free(path);
}

int machine_stop(struct machine *machine, unsigned int ms)
{
	const struct timespec tick = {.tv_nsec = 2000000};
	unsigned int waited;
	int status;

	if (machine->pid <= 0)
		return -1;
	for (waited = 0; waited < ms; waited += 2) {
		if (waitpid(machine->pid, &status, WNOHANG) == machine->pid) {
			machine->pid = 0;
			read_geometry(machine);
			return status;
		}
		nanosleep(&tick, NULL);
	}
	kill(machine->pid, SIGKILL);
	waitpid(machine->pid, &status, 0);
	machine->pid = 0;
	return -1;
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void machine_remove(struct machine *machine)
{
	size_t n;

	machine_stop(machine, 0);
	close_end(&machine->port);
	close_end(&machine->console);
	close_end(&machine->messages);
	for (n = 0; machine->folder && n < sizeof(folder_files) / sizeof(folder_files[0]); n++) {
		char *path = machine_file(machine, folder_files[n]);

		if (path)
			unlink(path);
		free(path);
	}
	if (machine->folder)
		rmdir(machine->folder);
	free(machine->folder);
	free(machine->geometry);
	text_free(&machine->command);
	machine->folder = machine->geometry = NULL;
}
