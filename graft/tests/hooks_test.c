/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hook list: what is accepted, and that each mistake is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hooks.h"
#include "status.h"

#include <cmocka.h> /* last: it defines fail */

static char path[] = "/tmp/graft-hooks-XXXXXX";

static int read_list(struct hooks *hooks, const char *text, size_t size)
{
	assert_int_equal(file_write(path, text, size, 0600), STATUS_OK);
	return hooks_read(hooks, path);
}

static void good(void **state)
{
	static const char text[] = "# a comment\n"
				   "\n"
				   "wrap a_function my_function # behind\n"
				   "\tbefore  b.function my_b flag_b\r\n"
				   "after c my_c flag_c 12 inlined=x,y\n"
				   "after d my_d flag_d 0";
	struct hooks hooks;

	(void)state;
	assert_int_equal(read_list(&hooks, text, strlen(text)), STATUS_OK);
	assert_int_equal(hooks.count, 4);
	assert_int_equal(hooks.all[0].kind, HOOK_WRAP);
	assert_string_equal(hooks.all[0].function, "a_function");
	assert_string_equal(hooks.all[0].handler, "my_function");
	assert_null(hooks.all[0].flag);
	assert_int_equal(hooks.all[0].line, 3);
	assert_int_equal(hooks.all[1].kind, HOOK_BEFORE);
	assert_string_equal(hooks.all[1].function, "b.function");
	assert_string_equal(hooks.all[1].flag, "flag_b");
	assert_int_equal(hooks.all[2].kind, HOOK_AFTER);
	assert_int_equal(hooks.all[2].nr_args, 12);
	assert_string_equal(hooks.all[2].inlined, "x,y");
	assert_null(hooks.all[3].inlined);
	hooks_free(&hooks);
}

static void bad(void **state)
{
	static const char *const lists[] = {
	    "",
	    "# only a comment\n",
	    "replace a b\n",
	    "wrap a\n",
	    "wrap a b c\n",
	    "wrap a b c d e f g h\n",
	    "wrap a 1b\n",
	    "wrap a $b\n",
	    "wrap a; b\n",
	    "before a b\n",
	    "before a b c 3 4\n",
	    "after a b c\n",
	    "after a b c x\n",
	    "after a b c -1\n",
	    "after a b c 13\n",
	    "after a b c 99999999999999999999\n",
	    "wrap a b\nbefore a c flag\n",
	    "inlined=x\n",
	};
	struct hooks hooks;

	(void)state;
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		assert_int_equal(read_list(&hooks, lists[i], strlen(lists[i])), STATUS_REFUSED);
		hooks_free(&hooks);
	}
	assert_int_equal(read_list(&hooks, "wrap a\0 b\n", 10), STATUS_REFUSED);
	hooks_free(&hooks);
	unlink(path);
	assert_int_equal(hooks_read(&hooks, path), STATUS_FAILED);
	hooks_free(&hooks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(good), cmocka_unit_test(bad)};
	int fd = mkstemp(path);
	int failed;

	if (fd < 0)
		return EXIT_FAILURE;
	close(fd);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
