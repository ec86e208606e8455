/* SPDX-License-Identifier: GPL-2.0-or-later */
/* graft: objects of ours onto a stock kernel binary. See docs/man/graft.1. */
#include "commands.h"
#include "status.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum {
	OPT_KERNEL = 1,
	OPT_OUT,
	OPT_HOOKS,
	OPT_ELF32,
	OPT_MAP,
	OPT_EXPECT,
	OPT_REPORT,
	OPT_UPDATE_EXPECT,
	OPT_OBJECT,
	OPT_STRUCTS,
	OPT_HELP
};

static const struct option long_options[] = {
    {"kernel", required_argument, NULL, OPT_KERNEL},
    {"out", required_argument, NULL, OPT_OUT},
    {"hooks", required_argument, NULL, OPT_HOOKS},
    {"elf32", required_argument, NULL, OPT_ELF32},
    {"map", required_argument, NULL, OPT_MAP},
    {"expect", required_argument, NULL, OPT_EXPECT},
    {"report", required_argument, NULL, OPT_REPORT},
    {"update-expect", no_argument, NULL, OPT_UPDATE_EXPECT},
    {"object", required_argument, NULL, OPT_OBJECT},
    {"structs", required_argument, NULL, OPT_STRUCTS},
    {"help", no_argument, NULL, OPT_HELP},
    {0},
};

/* An option is a bit, 1 << OPT_*. */
struct command {
	const char *name;
	int (*run)(const struct options *options);
	unsigned required;
	unsigned allowed;
	bool operands;
	const char *usage;
};

#define BIT(option) (1u << (option))

static const struct command commands[] = {
    {"types", command_types, BIT(OPT_KERNEL) | BIT(OPT_OUT), 0, false,
     "graft types --kernel KERNEL --out HEADER"},
    {"check-types", command_check_types, BIT(OPT_KERNEL) | BIT(OPT_OBJECT), BIT(OPT_STRUCTS), false,
     "graft check-types --kernel KERNEL --object OBJECT [--structs NAME,...]"},
    {"link", command_link, BIT(OPT_KERNEL) | BIT(OPT_HOOKS) | BIT(OPT_OUT),
     BIT(OPT_ELF32) | BIT(OPT_MAP) | BIT(OPT_EXPECT) | BIT(OPT_UPDATE_EXPECT) | BIT(OPT_REPORT),
     true,
     "graft link --kernel KERNEL --hooks LIST --out IMAGE [--elf32 FILE] [--map FILE] "
     "[--report FILE] [--expect FILE [--update-expect]] OBJECT..."},
};

#define NR_COMMANDS (sizeof commands / sizeof *commands)

static void print_usage(FILE *out)
{
	for (size_t i = 0; i < NR_COMMANDS; i++)
		fprintf(out, "%s %s\n", i ? "      " : "usage:", commands[i].usage);
}

static void set(struct options *options, int option, const char *value)
{
	switch (option) {
	case OPT_KERNEL:
		options->kernel = value;
		break;
	case OPT_OUT:
		options->out = value;
		break;
	case OPT_HOOKS:
		options->hooks = value;
		break;
	case OPT_ELF32:
		options->elf32 = value;
		break;
	case OPT_MAP:
		options->map = value;
		break;
	case OPT_EXPECT:
		options->expect = value;
		break;
	case OPT_REPORT:
		options->report = value;
		break;
	case OPT_UPDATE_EXPECT:
		options->update_expect = true;
		break;
	case OPT_OBJECT:
		options->object = value;
		break;
	case OPT_STRUCTS:
		options->structs = value;
		break;
	}
}

static int wrong(const struct command *command, const char *what)
{
	fail("%s: %s; usage: %s", command->name, what, command->usage);
	return STATUS_USAGE;
}

static int check(const struct command *command, const struct options *options, unsigned given)
{
	if (given & ~(command->required | command->allowed))
		return wrong(command, "an option does not belong to this command");
	if (command->required & ~given)
		return wrong(command, "an option is missing");
	if (command->operands != (options->nr_operands > 0))
		return wrong(command, command->operands ? "no object file" : "unexpected argument");
	if (options->update_expect && !options->expect)
		return wrong(command, "--update-expect needs --expect");
	return STATUS_OK;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct options options = {0};
	unsigned given = 0;
	int option;
	int status;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", long_options, NULL)) != -1) {
		if (option == '?')
			return wrong(command, "unknown option");
		if (option == ':')
			return wrong(command, "an option lacks its value");
		if (option == OPT_HELP) {
			printf("usage: %s\n", command->usage);
			return STATUS_OK;
		}
		given |= BIT(option);
		set(&options, option, optarg);
	}
	options.operands = argv + optind;
	options.nr_operands = (size_t)(argc - optind);
	status = check(command, &options, given);
	return status ? status : command->run(&options);
}

int main(int argc, char **argv)
{
	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "help"))) {
		print_usage(stdout);
		return STATUS_OK;
	}
	for (size_t i = 0; argc > 1 && i < NR_COMMANDS; i++)
		if (!strcmp(argv[1], commands[i].name))
			return run(&commands[i], argc - 1, argv + 1);
	if (argc > 1)
		fail("%s: no such command", argv[1]);
	print_usage(stderr);
	return STATUS_USAGE;
}
