/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parsing what the commands' lines have in common. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "exit_codes.h"
#include "number.h"
#include "options.h"

#define DEFAULT_RING_SIZE (1 << 20)
#define DEFAULT_TIMEOUT	  600
#define DEFAULT_SILENCE	  60 /* a guest starts in a second or two */
#define MOST_SECONDS	  1000000

const struct options default_options = {
    .cpus = 1,
    .ring_size = DEFAULT_RING_SIZE,
    .timeout = DEFAULT_TIMEOUT,
    .silence = DEFAULT_SILENCE,
};

struct rate event_rate(const struct options *options, const struct event *event)
{
	if (event->period)
		return (struct rate){.number = event->period};
	if (event->frequency)
		return (struct rate){.number = event->frequency, .hertz = true};
	if (is_off_cpu(event)) /* however short */
		return (struct rate){.number = 1};
	if (options->frequency)
		return (struct rate){.number = options->frequency, .hertz = true};
	return (struct rate){.number = options->period};
}

static int take_seconds(const char *option, const char *argument, unsigned int *seconds)
{
	uint64_t number = 0;
	int code = parse_number(option, argument, 0, MOST_SECONDS, &number);

	*seconds = number;
	return code;
}

static int take_accelerator(struct options *options, const char *argument)
{
	if (!strcmp(argument, "kvm"))
		options->accelerator = ACCEL_KVM;
	else if (!strcmp(argument, "tcg"))
		options->accelerator = ACCEL_TCG;
	else
		return fail(EXIT_USAGE, "--accel: '%s' is none of tcg, kvm", argument);
	return EXIT_GOOD;
}

static int take_arch(struct options *options, const char *argument)
{
	options->arch = arch_named(argument);
	if (!options->arch)
		return fail(EXIT_USAGE, "--arch: '%s' is none of amd64, i386", argument);
	return EXIT_GOOD;
}

/* Events are looked up when it is known whose they are. */
static int parse_event_texts(struct options *options)
{
	unsigned int n;
	int code = EXIT_GOOD;

	options->events.of_host = options->accelerator == ACCEL_KVM;
	for (n = 0; n < options->nr_event_texts && code == EXIT_GOOD; n++)
		code = parse_events(&options->events, options->event_texts[n]);
	return code;
}

static int take_cpus(const char *argument, unsigned int *cpus)
{
	uint64_t number = 0;
	int code = parse_number("--cpus", argument, 1, MOST_CPUS, &number);

	*cpus = number;
	return code;
}

static int take_memory(const char *argument, unsigned int *memory)
{
	uint64_t number = 0;
	int code = parse_number("--memory", argument, LEAST_MEMORY, MOST_MEMORY, &number);

	*memory = number;
	return code;
}

int take_common_option(struct options *options, int option, const char *argument)
{
	switch (option) {
	case 'e':
		if (options->nr_event_texts == MAX_EVENTS)
			return fail(EXIT_USAGE, "more than %d events", MAX_EVENTS);
		options->event_texts[options->nr_event_texts++] = argument;
		return EXIT_GOOD;
	case 'a':
		options->system_wide = true;
		return EXIT_GOOD;
	case 'q':
		options->quiet = true;
		return EXIT_GOOD;
	case OPTION_QEMU:
		options->emulator = argument;
		return EXIT_GOOD;
	case OPTION_ARCH:
		return take_arch(options, argument);
	case OPTION_KERNEL:
		options->kernel = argument;
		return EXIT_GOOD;
	case OPTION_MODEL:
		options->model = argument;
		return EXIT_GOOD;
	case OPTION_CPUS:
		return take_cpus(argument, &options->cpus);
	case OPTION_MEMORY:
		return take_memory(argument, &options->memory);
	case OPTION_TIMEOUT:
		return take_seconds("--timeout", argument, &options->timeout);
	case OPTION_ACCEL:
		return take_accelerator(options, argument);
	case OPTION_SILENCE:
		return take_seconds("--silence", argument, &options->silence);
	}
	return EXIT_USAGE;
}

int parse_arguments(const struct syntax *syntax, void *into, struct options *options, int argc,
		    char *const *argv, bool *done)
{
	int option, code;

	*done = false;
	opterr = 0;
	optind = 1;
	while ((option = getopt_long(argc, argv, syntax->letters, syntax->names, NULL)) != -1) {
		if (option == 'h') {
			*done = true;
			if (fputs(syntax->help, stdout) < 0 || fflush(stdout))
				return fail(EXIT_OUTPUT, "cannot write: %s", strerror(errno));
			return EXIT_GOOD;
		}
		if (option == '?')
			return fail(EXIT_USAGE, "unknown option '%s'; see perfrec %s --help",
				    argv[optind - 1], syntax->command);
		if (option == ':')
			return fail(EXIT_USAGE, "option '%s' needs a value", argv[optind - 1]);
		code = syntax->take(into, option, optarg);
		if (code)
			return code;
	}
	code = parse_event_texts(options);
	if (code)
		return code;
	if (options->model && options->accelerator == ACCEL_KVM)
		return fail(EXIT_USAGE, "--model is of the emulated caches: not with --accel kvm");
	if (optind == argc)
		return fail(EXIT_USAGE, "no workload; see perfrec %s --help", syntax->command);
	options->workload = argv[optind];
	options->arguments = argv + optind + 1;
	return EXIT_GOOD;
}
