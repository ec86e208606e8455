/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gathering the facts of a recording. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exit_codes.h"
#include "facts.h"

#define MOST_WORDS 20 /* of the command line, before the workload's arguments */

static const char *const callchain_names[] = {
    [CALLCHAIN_FP] = "fp", [CALLCHAIN_DWARF] = "dwarf", [CALLCHAIN_NO] = "no"};

static void add_word(struct facts *facts, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add_word(struct facts *facts, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (vasprintf(&facts->cmdline[facts->nr_cmdline], format, args) < 0)
		facts->info.failed = true;
	else
		facts->nr_cmdline++;
	va_end(args);
}

/* The command as it would be given again: every option that changes what is
   recorded, in a fixed order; no names of files. */
static void make_cmdline(struct facts *facts, const struct options *options,
			 const struct images *images)
{
	struct text names = {0};
	unsigned int n;

	put_events(&names, &options->events);
	add_word(facts, "perfrec");
	add_word(facts, "record");
	if (images->arch != arch_default())
		add_word(facts, "--arch=%s", images->arch->name);
	if (options->accelerator == ACCEL_KVM)
		add_word(facts, "--accel=kvm");
	add_word(facts, "-e");
	add_word(facts, "%s", names.failed ? "" : names.bytes);
	add_word(facts, options->frequency ? "-F" : "-c");
	add_word(facts, "%" PRIu64, options->frequency ? options->frequency : options->period);
	add_word(facts, "-g");
	if (options->callchain == CALLCHAIN_DWARF)
		add_word(facts, "dwarf,%" PRIu64, options->stack_dump);
	else
		add_word(facts, "%s", callchain_names[options->callchain]);
	if (options->system_wide)
		add_word(facts, "-a");
	if (options->model) {
		add_word(facts, "--model");
		add_word(facts, "%s", options->model);
	}
	if (options->memory) {
		add_word(facts, "--memory");
		add_word(facts, "%u", options->memory);
	}
	if (options->cpus > 1) {
		add_word(facts, "--cpus");
		add_word(facts, "%u", options->cpus);
	}
	add_word(facts, "--ring-size");
	add_word(facts, "%" PRIu64, options->ring_size);
	add_word(facts, "--");
	add_word(facts, "%s", images->workload_name);
	for (n = 0; options->arguments && options->arguments[n]; n++)
		add_word(facts, "%s", options->arguments[n]);
	facts->info.failed |= names.failed;
	text_free(&names);
}

/* What profiling cost the guest. */
static void make_overhead(struct text *info, const struct session *session)
{
	const struct perf_overhead_data *spent = &session->overhead;

	if (!session->overhead_seen)
		return;
	text_print(info, "overhead.budget=%" PRIu32 "\noverhead.time=%" PRIu64 "\n", spent->budget,
		   spent->time * spent->nr_cpus);
	text_print(info, "overhead.nmis=%" PRIu64 "\noverhead.nmi-time=%" PRIu64 "\n", spent->nmis,
		   spent->nmi_ns);
	text_print(info, "overhead.hooks=%" PRIu64 "\noverhead.hook-time=%" PRIu64 "\n",
		   spent->hooks, spent->hook_ns);
}

/* machperf's own section; perfdata(5) lists the keys. */
static void make_info(struct text *info, const struct session *session, const char *emulator)
{
	const struct perf_info_data *machine = &session->hello.info;
	const struct options *options = session->options;
	unsigned int n;

	text_print(info, "format=1\nrecorder=machperf %s\nemulator=%s\n", MACHPERF_VERSION,
		   emulator);
	if (options->accelerator == ACCEL_KVM)
		text_print(info, "accelerator=kvm\nnon-deterministic=1\n");
	text_print(info, "model=%" PRIu32 "\nicount-shift=%" PRIu32 "\ntsc-khz=%" PRIu32 "\n",
		   machine->model_version, machine->icount_shift, machine->tsc_khz);
	if (session->machine->geometry)
		text_print(info, "geometry=%s\n", session->machine->geometry);
	text_print(info, "cpus=%" PRIu32 "\npmu=%s\npmu-version=%" PRIu32 "\n", machine->nr_cpus,
		   machine->pmu_name, machine->pmu_version);
	text_print(info, "scope=%s\ncallchain=%s\nring-size=%" PRIu64 "\n",
		   options->system_wide ? "system" : "task", callchain_names[options->callchain],
		   options->ring_size);
	text_print(info, "workload=%s\n", session->images->workload_name);
	if (session->exit.how == PERF_EXIT_NORMAL)
		text_print(info, "exit=%" PRId32 "\n", session->exit.status);
	else
		text_print(info, "exception=%" PRId32 " %" PRId32 " 0x%" PRIx64 " 0x%" PRIx64 "\n",
			   session->exit.exception, session->exit.code,
			   (uint64_t)session->exit.subcode, session->exit.ip);
	make_overhead(info, session);
	for (n = 0; n < session->nr_events_open; n++) {
		const struct perf_event_values *values = &session->stats[n];

		text_print(info, "event%u.name=%s\n", n, options->events.events[n].name);
		text_print(info, "event%u.count=%" PRIu64 "\n", n, values->value);
		text_print(info, "event%u.samples=%" PRIu64 "\n", n, values->samples);
		text_print(info, "event%u.lost=%" PRIu64 "\n", n, values->lost);
		text_print(info, "event%u.throttled=%" PRIu64 "\n", n, values->throttled);
		text_print(info, "event%u.held=%" PRIu64 "\n", n, values->held);
		text_print(info, "event%u.coalesced=%" PRIu64 "\n", n, values->coalesced);
		text_print(info, "event%u.enabled=%" PRIu64 "\n", n, values->time_enabled);
		text_print(info, "event%u.running=%" PRIu64 "\n", n, values->time_running);
	}
}

/* The objects that executed: the kernel, then what the maps named. */
static bool make_build_ids(struct facts *facts, const struct recording_totals *totals)
{
	facts->build_ids = calloc(totals->nr_build_ids + 1, sizeof(*facts->build_ids));
	if (!facts->build_ids)
		return false;
	memcpy(facts->build_ids, totals->build_ids,
	       totals->nr_build_ids * sizeof(*facts->build_ids));
	facts->written.build_ids = facts->build_ids;
	facts->written.nr_build_ids = totals->nr_build_ids;
	return true;
}

static void make_groups(struct facts *facts, const struct event_list *list)
{
	uint32_t n, nr = 0;

	for (n = 0; n < list->nr; n++) {
		const unsigned int size = group_size(list, n);

		if (size > 1)
			facts->groups[nr++] = (struct perfdata_group){n, size};
	}
	facts->written.groups = facts->groups;
	facts->written.nr_groups = nr;
}

int make_facts(struct facts *facts, const struct session *session,
	       const struct recording_totals *totals, const char *emulator)
{
	const struct options *options = session->options;
	const struct perf_frame_hello *hello = &session->hello;
	struct perfdata_facts *written = &facts->written;
	unsigned int nr = 0;

	memset(facts, 0, sizeof(*facts));
	while (options->arguments && options->arguments[nr])
		nr++;
	facts->cmdline = calloc(nr + MOST_WORDS, sizeof(*facts->cmdline));
	if (!facts->cmdline || !make_build_ids(facts, totals))
		return fail(EXIT_HOST, "out of memory");
	make_cmdline(facts, options, session->images);
	make_groups(facts, &options->events);
	make_info(&facts->info, session, emulator);
	written->hostname = "gnumach";
	written->osrelease = hello->info.kernel_version[0] ? hello->info.kernel_version : NULL;
	written->version = MACHPERF_VERSION;
	written->arch = session->images->arch->uts;
	written->cpudesc = hello->info.cpu_name[0] ? hello->info.cpu_name : NULL;
	machine_cpuid(options->accelerator, facts->cpuid);
	written->cpuid = facts->cpuid;
	written->cpus = hello->info.nr_cpus;
	written->memory = hello->memory;
	written->cmdline = (const char *const *)facts->cmdline;
	written->nr_cmdline = facts->nr_cmdline;
	written->first_sample = totals->first_time;
	written->last_sample = totals->last_time;
	written->info = facts->info.bytes;
	return facts->info.failed ? fail(EXIT_HOST, "out of memory") : EXIT_GOOD;
}

void free_facts(struct facts *facts)
{
	uint32_t n;

	for (n = 0; n < facts->nr_cmdline; n++)
		free(facts->cmdline[n]);
	free(facts->cmdline);
	free(facts->build_ids);
	text_free(&facts->info);
	memset(facts, 0, sizeof(*facts));
}
