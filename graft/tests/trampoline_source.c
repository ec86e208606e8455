/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the trampolines that trampoline_test.c runs, as the build's input. Argument: amd64 or
 * i386. */
#include "trampoline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct hook all[] = {
    {.kind = HOOK_BEFORE, .function = "real_before", .handler = "on_before", .flag = "flag"},
    {.kind = HOOK_AFTER, .function = "real_after0", .handler = "on_after0", .flag = "flag"},
    {.kind = HOOK_AFTER,
     .function = "real_after5",
     .handler = "on_after5",
     .flag = "flag",
     .nr_args = 5},
    {.kind = HOOK_AFTER,
     .function = "real_after6",
     .handler = "on_after6",
     .flag = "flag",
     .nr_args = 6},
    {.kind = HOOK_AFTER,
     .function = "real_after12",
     .handler = "on_after12",
     .flag = "flag",
     .nr_args = 12},
    {.kind = HOOK_WRAP, .function = "real_void", .handler = "on_void"},
    {.kind = HOOK_WRAP, .function = "real_wrap9", .handler = "on_wrap9"},
};

static struct function_info functions[] = {
    {.found = true, .nr_args = 8, .arg_words = 8, .result_size = sizeof(long)},
    {.found = true, .result_size = sizeof(long)},
    {.found = true, .nr_args = 5, .arg_words = 5, .result_size = sizeof(long)},
    {.found = true, .nr_args = 6, .arg_words = 6, .result_size = sizeof(long)},
    {.found = true, .nr_args = 12, .arg_words = 12, .result_size = sizeof(long)},
    {.found = true, .own_unit_sites = true},
    {.found = true,
     .nr_args = 9,
     .arg_words = 9,
     .result_size = sizeof(long),
     .own_unit_sites = true},
};

int main(int argc, char **argv)
{
	size_t count = sizeof all / sizeof *all;
	struct hooks hooks = {.all = all, .count = count};
	struct debuginfo info = {.functions = functions, .count = count};
	bool is64 = argc > 1 && !strcmp(argv[1], "amd64");
	char *text;

	for (size_t i = 0; !is64 && i < count; i++)
		functions[i].result_size = functions[i].result_size ? 4 : 0;
	text = trampoline_source(&hooks, &info, is64);
	fputs(text, stdout);
	free(text);
	for (size_t i = 0; i < count; i++)
		free(all[i].entry);
	return 0;
}
