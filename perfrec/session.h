/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One session with a guest: from its first frame to its last. */
#ifndef PERFREC_SESSION_H
#define PERFREC_SESSION_H

#include <mach/perf_stream.h>

#include "console.h"
#include "frames.h"
#include "images.h"
#include "machine.h"
#include "options.h"
#include "progress.h"
#include "recording.h"
#include "threads.h"

/* What the events had counted at one time while the workload ran. */
struct snapshot {
	uint64_t time; /* ns since they were enabled */
	struct perf_event_values values[MAX_EVENTS];
};

/* What came of it.  Private until session_run() has returned. */
struct session {
	const struct options *options;
	const struct images *images;
	const struct perf_event_attr *attrs;
	struct machine *machine;
	struct recording *recording; /* NULL: the events only count */
	int signals;		     /* of session_open_signals() */
	int output;		     /* where the workload's output goes */
	const char *label;	     /* for the progress line */

	struct frame_reader frames;
	struct console console;
	struct text messages; /* of the emulator */
	struct text agent_log;
	struct progress progress;

	bool hello_seen, begun, exit_seen, ended;
	bool output_failed;
	unsigned int nr_events_open;
	unsigned int nr_stats; /* of the end */
	struct perf_frame_hello hello;
	uint64_t ids[MAX_EVENTS];
	struct perfdata_write_event events[MAX_EVENTS];
	struct perf_frame_exit exit;
	struct perf_event_values stats[MAX_EVENTS];		   /* of all CPUs together */
	struct perf_event_values cpu_stats[MOST_CPUS][MAX_EVENTS]; /* with options->per_cpu */
	struct snapshot *snapshots;
	size_t nr_snapshots;
	unsigned int snapshot_left; /* STATS that are still of the last one */
	struct threads threads;	    /* with options->per_thread */
	struct perf_overhead_data overhead;
	bool overhead_seen;
	uint64_t data_bytes; /* of records */
};

/* Have SIGINT, SIGTERM and SIGHUP come through a descriptor, so that none
   ends the process with files half written; -1: errno. */
int session_open_signals(void);

/* Make the machine's folder with the images and the archive for the agent.
   options, images, attrs and machine are set.  Prints what is wrong; an exit
   code. */
int session_prepare(const struct session *session);

/* Run a started machine to the end of its session.  Prints what is wrong; an
   exit code. */
int session_run(struct session *session);

/* How many STATS frames tell all counts once. */
unsigned int session_nr_stats(const struct session *session);

/* Take one frame (session_frames.c).  Prints what is wrong; an exit code. */
int session_frame(struct session *session, const struct perf_frame *frame, const uint8_t *contents);

/* Say how the workload ended, unless it ended well; kept says what there is
   nevertheless.  The exit code of the command. */
int session_workload_exit(const struct session *session, const char *kept);

void session_free(struct session *session);

#endif /* PERFREC_SESSION_H */
