/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Address spaces, tasks and the order of records.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "order.h"
#include "tasks.h"

static struct object *const A = (struct object *)1, *const B = (struct object *)2;

static void map(struct space *space, struct versions *versions, uint64_t start, uint64_t end,
		uint64_t offset, struct object *object)
{
	struct map map = {.start = start, .end = end, .offset = offset, .object = object};

	space_map(space, versions, &map);
}

/* Object and address inside it, as one number to compare. */
static uint64_t look(const struct space *space, uint64_t address)
{
	const struct map *map = space_find(space, address);

	return map ? (uintptr_t)map->object * 1000000 + map_address(map, address) : 0;
}

static void maps_cover_what_was_there(void **state)
{
	struct versions versions = {0};
	struct space space = {0};

	(void)state;
	map(&space, &versions, 1000, 2000, 0, A);
	assert_int_equal(look(&space, 999), 0);
	assert_int_equal(look(&space, 1000), 1000000);
	assert_int_equal(look(&space, 1999), 1000999);
	assert_int_equal(look(&space, 2000), 0);
	map(&space, &versions, 1400, 1600, 50, B); /* a hole in the middle */
	assert_int_equal(look(&space, 1399), 1000399);
	assert_int_equal(look(&space, 1400), 2000050);
	assert_int_equal(look(&space, 1600), 1000600);
	map(&space, &versions, 900, 1450, 0, B); /* over the left half */
	assert_int_equal(look(&space, 950), 2000050);
	assert_int_equal(look(&space, 1449), 2000549);
	assert_int_equal(look(&space, 1450), 2000100);
	map(&space, &versions, 0, UINT64_MAX, 7, A); /* over all */
	assert_int_equal(space.nr, 1);
	assert_int_equal(look(&space, 1000), 1001007);
	map(&space, &versions, 5, 5, 0, B); /* nothing */
	assert_int_equal(space.nr, 1);
	space_free(&space);
}

struct fixture {
	struct names *names;
	struct versions versions;
	struct tasks tasks;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);

	fixture->names = names_new();
	tasks_init(&fixture->tasks, fixture->names, &fixture->versions, NULL);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	tasks_free(&fixture->tasks);
	names_free(fixture->names);
	free(fixture);
	return 0;
}

static const char *comm(struct fixture *fixture, uint32_t pid, uint32_t tid)
{
	const struct thread *thread = tasks_thread(&fixture->tasks, pid, tid);

	return names_text(fixture->names, fixture->tasks.owners[thread->owner].comm);
}

static void a_task_inherits_maps_and_name(void **state)
{
	struct fixture *fixture = *state;
	struct tasks *tasks = &fixture->tasks;

	tasks_name(tasks, 10, 10, "parent");
	map(&tasks_thread(tasks, 10, 10)->task->space, &fixture->versions, 100, 200, 0, A);
	tasks_fork(tasks, 11, 11, 10, 10, true);
	assert_string_equal(comm(fixture, 11, 11), "parent");
	assert_int_equal(look(&tasks_thread(tasks, 11, 11)->task->space, 150), 1000050);
	/* What one of them maps later the other does not see. */
	map(&tasks_thread(tasks, 11, 11)->task->space, &fixture->versions, 100, 200, 0, B);
	assert_int_equal(look(&tasks_thread(tasks, 10, 10)->task->space, 150), 1000050);
	assert_int_equal(look(&tasks_thread(tasks, 11, 11)->task->space, 150), 2000050);
}

static void threads_share_maps(void **state)
{
	struct fixture *fixture = *state;
	struct tasks *tasks = &fixture->tasks;

	tasks_name(tasks, 10, 10, "main");
	tasks_fork(tasks, 10, 12, 10, 10, true);
	map(&tasks_thread(tasks, 10, 10)->task->space, &fixture->versions, 100, 200, 0, A);
	assert_int_equal(look(&tasks_thread(tasks, 10, 12)->task->space, 150), 1000050);
	assert_string_equal(comm(fixture, 10, 12), "main");
	tasks_name(tasks, 10, 12, "worker");
	assert_string_equal(comm(fixture, 10, 12), "worker");
	assert_string_equal(comm(fixture, 10, 10), "main");
}

static void a_number_used_again_is_a_new_task(void **state)
{
	struct fixture *fixture = *state;
	struct tasks *tasks = &fixture->tasks;

	tasks_name(tasks, 20, 20, "old");
	map(&tasks_thread(tasks, 20, 20)->task->space, &fixture->versions, 100, 200, 0, A);
	tasks_fork(tasks, 20, 20, 1, 1, true);
	assert_string_equal(comm(fixture, 20, 20), ":20");
	assert_int_equal(look(&tasks_thread(tasks, 20, 20)->task->space, 150), 0);
}

static void unknown_tasks_are_called_by_number(void **state)
{
	struct fixture *fixture = *state;

	assert_string_equal(comm(fixture, 77, 78), ":78");
	for (uint32_t i = 1000; i < 3000; i++)
		tasks_thread(&fixture->tasks, i, i);
	assert_int_equal(tasks_thread(&fixture->tasks, 1500, 1500)->tid, 1500);
	assert_string_equal(comm(fixture, 0, 0), "swapper");
}

/* Against the definition: times do not fall, and of equal times the first stays first. */
static void sorting_is_stable(void **state)
{
	(void)state;
	srand(2);
	for (int round = 0; round < 50; round++) {
		size_t nr = rand() % 300;
		struct order order = {0};

		for (size_t i = 0; i < nr; i++)
			order_add(&order, round % 2 ? (uint64_t)(rand() % 40) : i % 37, i);
		order_sort(&order);
		assert_int_equal(order.nr, nr);
		for (size_t i = 1; i < nr; i++) {
			assert_true(order.list[i - 1].time <= order.list[i].time);
			if (order.list[i - 1].time == order.list[i].time)
				assert_true(order.list[i - 1].pos < order.list[i].pos);
		}
		order_free(&order);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(maps_cover_what_was_there),
	    cmocka_unit_test_setup_teardown(a_task_inherits_maps_and_name, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(threads_share_maps, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_number_used_again_is_a_new_task, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(unknown_tasks_are_called_by_number, set_up, tear_down),
	    cmocka_unit_test(sorting_is_stable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
