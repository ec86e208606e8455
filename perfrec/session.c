/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Listening to the guest until it is done, in trouble, silent for too long,
 * or the user has enough.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "archive.h"
#include "exit_codes.h"
#include "session.h"

#define PIPE_BYTES   (1 << 20)
#define READ_BYTES   (256 << 10)
#define LINGER_MS    300   /* for the rest of a panic's text */
#define LAST_WORD_MS 10000 /* for the emulator to end after END */
#define NO_DEADLINE  INT64_MAX

enum source { PORT, CONSOLE, MESSAGES, SIGNALS, NR_SOURCES };

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

int session_open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

/* Read what is there; 0 at the end of the stream, -1 on trouble. */
static ssize_t read_some(int fd, void *bytes, size_t size)
{
	ssize_t got;

	do
		got = read(fd, bytes, size);
	while (got < 0 && errno == EINTR);
	return got;
}

static void close_source(struct pollfd *poll)
{
	poll->fd = -1; /* poll() passes over it; the machine closes it */
}

static int take_frames(struct session *session)
{
	struct perf_frame frame;
	const uint8_t *contents;
	enum frame_status status;
	int code;

	while ((status = frame_reader_next(&session->frames, &frame, &contents)) == FRAME_WHOLE) {
		code = session_frame(session, &frame, contents);
		if (code)
			return code;
	}
	if (status == FRAME_BAD)
		return fail(EXIT_SESSION, "the agent sent %s", session->frames.error);
	return EXIT_GOOD;
}

static int read_port(struct session *session, struct pollfd *poll)
{
	uint8_t *room = frame_reader_room(&session->frames, READ_BYTES);
	ssize_t got;

	if (!room)
		return fail(EXIT_HOST, "out of memory");
	got = read_some(poll->fd, room, READ_BYTES);
	if (got <= 0) {
		close_source(poll);
		return EXIT_GOOD;
	}
	frame_reader_wrote(&session->frames, got);
	return take_frames(session);
}

static void read_console(struct session *session, struct pollfd *poll)
{
	char bytes[4096];
	ssize_t got = read_some(poll->fd, bytes, sizeof(bytes));

	if (got <= 0)
		close_source(poll);
	else
		console_feed(&session->console, bytes, got);
}

static void read_messages(struct session *session, struct pollfd *poll)
{
	char bytes[4096];
	ssize_t got = read_some(poll->fd, bytes, sizeof(bytes));

	if (got <= 0)
		close_source(poll);
	else
		text_add(&session->messages, bytes, got);
}

static int read_signal(int fd)
{
	struct signalfd_siginfo info;

	if (read_some(fd, &info, sizeof(info)) != sizeof(info))
		return fail(EXIT_HOST, "cannot read a signal: %s", strerror(errno));
	return fail(EXIT_SIGNAL + info.ssi_signo, "stopped by a signal (%s); nothing is written",
		    strsignal(info.ssi_signo));
}

/* Read from every source that has something. */
static int read_sources(struct session *session, struct pollfd *polls)
{
	int code = EXIT_GOOD;

	if (polls[MESSAGES].revents)
		read_messages(session, &polls[MESSAGES]);
	if (polls[CONSOLE].revents)
		read_console(session, &polls[CONSOLE]);
	if (polls[SIGNALS].revents)
		code = read_signal(polls[SIGNALS].fd);
	if (code == EXIT_GOOD && polls[PORT].revents)
		code = read_port(session, &polls[PORT]);
	return code;
}

static int panicked(const struct session *session)
{
	char *line = console_trouble_line(&session->console);
	int code = fail(EXIT_PANIC, "the guest's kernel is in trouble: %s", line ? line : "");

	free(line);
	return code;
}

/* What the emulator says of a geometry that it cannot take. */
#define MODEL_REFUSED "pmu-model: "

/* The emulator ended before its guest did. */
static int ended_early(struct session *session)
{
	const char *emulator = session->images->emulator;
	struct text *messages = &session->messages;
	size_t length = messages->size;

	/* Its last line says why. */
	while (length && strchr("\r\n", messages->bytes[length - 1]))
		messages->bytes[--length] = '\0';
	if (length) {
		const char *line = strrchr(messages->bytes, '\n');
		const char *refused = strstr(messages->bytes, MODEL_REFUSED);

		if (refused && session->options->model)
			return fail(EXIT_USAGE, "--model: %s", refused + strlen(MODEL_REFUSED));
		return fail(session->hello_seen || session->console.text.size ? EXIT_SESSION
									      : EXIT_NO_EMULATOR,
			    "emulator %s ended: %s", emulator, line ? line + 1 : messages->bytes);
	}
	if (session->console.trouble)
		return panicked(session);
	return fail(EXIT_SESSION,
		    "emulator %s ended before its guest was done: did the guest reset?", emulator);
}

/* What is to be waited for next. */
struct wait {
	int64_t start, deadline, next_progress;
	int64_t silence; /* a guest that says nothing until then never starts */
	bool troubled;	 /* the deadline is that of a panic's last lines */
	bool last_word;	 /* the deadline is that of the emulator's end */
};

/* Until when to wait at most. */
static int64_t last_moment(const struct session *session, const struct wait *wait)
{
	if (session->hello_seen || wait->silence > wait->deadline)
		return wait->deadline;
	return wait->silence;
}

/* Wait for a source, the progress line or the last moment; *heard says whether
   a source has something. */
static int wait_for_sources(struct session *session, struct pollfd *polls, struct wait *wait,
			    bool *heard)
{
	int64_t now = now_ms(), until = last_moment(session, wait);
	int timeout = -1, ready, n;

	for (n = 0; n < NR_SOURCES; n++)
		polls[n].revents = 0;
	if (session->progress.on && until > wait->next_progress)
		until = wait->next_progress;
	if (until != NO_DEADLINE)
		timeout = until <= now ? 0 : until - now > 1000000 ? 1000000 : (int)(until - now);
	ready = poll(polls, NR_SOURCES, timeout);
	if (ready < 0 && errno != EINTR)
		return fail(EXIT_HOST, "poll: %s", strerror(errno));
	*heard = ready > 0;
	now = now_ms();
	if (session->progress.on && now >= wait->next_progress) {
		wait->next_progress = now + PROGRESS_MS;
		progress_show(&session->progress, session->label, (now - wait->start) / 1e3,
			      session->data_bytes);
	}
	return EXIT_GOOD;
}

/* No time is left: what that means depends on what happened before. */
static int out_of_time(const struct session *session, const struct wait *wait)
{
	if (session->console.trouble)
		return panicked(session);
	if (session->hello_seen)
		return fail(EXIT_HANG,
			    "the guest hangs: the workload did not end after %u s (--timeout gives "
			    "it longer)",
			    session->options->timeout);
	if (now_ms() >= wait->silence)
		return fail(EXIT_HANG,
			    "the guest hangs: nothing was heard of it for %u s, and the agent did "
			    "not start (--silence gives it longer)",
			    session->options->silence);
	return fail(EXIT_HANG,
		    "the guest hangs: the agent did not start after %u s (--timeout gives it "
		    "longer)",
		    session->options->timeout);
}

/* Move the moments after something was heard. */
static void move_deadlines(const struct session *session, struct wait *wait)
{
	const int64_t now = now_ms();

	if (session->options->silence)
		wait->silence = now + session->options->silence * 1000LL;
	if (session->ended && !wait->last_word) {
		wait->deadline = now + LAST_WORD_MS;
		wait->last_word = true;
	} else if (session->console.trouble && !session->ended && !wait->troubled) {
		wait->deadline = now + LINGER_MS;
		wait->troubled = true;
	}
}

static int listen(struct session *session, struct pollfd *polls)
{
	struct wait wait = {.start = now_ms(), .deadline = NO_DEADLINE, .silence = NO_DEADLINE};
	bool heard = false;
	int code;

	if (session->options->timeout)
		wait.deadline = wait.start + session->options->timeout * 1000LL;
	if (session->options->silence)
		wait.silence = wait.start + session->options->silence * 1000LL;
	while (polls[PORT].fd >= 0 || polls[CONSOLE].fd >= 0 || polls[MESSAGES].fd >= 0) {
		code = wait_for_sources(session, polls, &wait, &heard);
		if (code == EXIT_GOOD)
			code = read_sources(session, polls);
		if (code)
			return code;
		if (heard)
			move_deadlines(session, &wait);
		if (now_ms() >= last_moment(session, &wait))
			return session->ended ? EXIT_GOOD : out_of_time(session, &wait);
	}
	return session->ended ? EXIT_GOOD : ended_early(session);
}

int session_prepare(const struct session *session)
{
	int code = machine_prepare(session->machine, session->images, &session->options->layout,
				   session->options->cpus, machine_memory(session->options));
	char *path;

	session->machine->model = session->options->model;
	if (code)
		return code;
	path = machine_file(session->machine, "session");
	if (!path)
		return fail(EXIT_HOST, "out of memory");
	code = write_archive(path, session->options, session->images, session->attrs);
	free(path);
	return code;
}

int session_run(struct session *session)
{
	struct pollfd polls[NR_SOURCES] = {
	    [PORT] = {.fd = session->machine->port, .events = POLLIN},
	    [CONSOLE] = {.fd = session->machine->console, .events = POLLIN},
	    [MESSAGES] = {.fd = session->machine->messages, .events = POLLIN},
	    [SIGNALS] = {.fd = session->signals, .events = POLLIN},
	};
	int code;

	/* Best effort: a larger pipe only saves switching between processes. */
	fcntl(session->machine->port, F_SETPIPE_SZ, PIPE_BYTES);
	progress_start(&session->progress, session->options->quiet);
	code = listen(session, polls);
	progress_clear(&session->progress);
	if (code == EXIT_PANIC || code == EXIT_HANG || code == EXIT_SESSION)
		console_show_tail(&session->console);
	return code;
}

void session_free(struct session *session)
{
	frame_reader_free(&session->frames);
	console_free(&session->console);
	text_free(&session->messages);
	text_free(&session->agent_log);
	free(session->snapshots);
	threads_free(&session->threads);
}
