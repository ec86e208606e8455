/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows, trees and views of a profile made by hand.
 */
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "alloc.h"
#include "layout.h"
#include "page.h"
#include "views.h"

struct fixture {
	struct profile profile;
	struct object *program, *kernel;
	uint32_t task, main, f, g, trap;
};

static uint32_t frame(struct fixture *fixture, struct object *object, uint64_t start,
		      const char *name)
{
	symtab_add(&object->symtab, start, 16, STT_FUNC, STB_GLOBAL, name);
	return frames_symbol(&fixture->profile.frames, object, symtab_find(&object->symtab, start),
			     NULL);
}

/* Count samples of a stack, given from the task in, 0 ended. */
static void sample(struct fixture *fixture, unsigned int times, uint32_t cpu, ...)
{
	struct event *event = &fixture->profile.events[0];
	struct amount amount = {.samples = times, .weight = times * event->period};
	uint32_t node = TREE_ROOT, step;
	va_list frames;

	va_start(frames, cpu);
	while ((step = va_arg(frames, uint32_t)) != UINT32_MAX)
		node = tree_child(&event->tree, node, step);
	va_end(frames);
	for (unsigned int i = 0; i < times; i++)
		cells_add(&event->cells, node, 1, cpu,
			  &(struct amount){.samples = 1, .weight = event->period});
	amount_add(&event->total, &amount);
}

/*
 * main 1 (cpu 0), main-f 2 (0), main-f-g 4 (1), main-f-g-f-trap 3 (1): f calls itself through g.
 */
static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof *fixture);
	struct profile *profile = &fixture->profile;

	profile_init(profile, (struct search){.root = ""});
	profile->nr_events = 1;
	profile->events = must_calloc(1, sizeof *profile->events);
	profile->events[0].name = must_copy("cycles", 6);
	profile->events[0].period = 10;
	tree_init(&profile->events[0].tree);
	cells_init(&profile->events[0].cells);
	tasks_name(&profile->tasks, 7, 7, "<b>task</b>");
	fixture->program = objects_get(&profile->objects, OBJECT_USER, "/bin/prog", NULL);
	fixture->kernel =
	    objects_get(&profile->objects, OBJECT_KERNEL_SECTION, "[kernel.kallsyms].graft", NULL);
	fixture->task = frames_task(&profile->frames, names_add(profile->names, "<b>task</b>"));
	fixture->main = frame(fixture, fixture->program, 0x100, "main");
	fixture->f = frame(fixture, fixture->program, 0x200, "f</script>;");
	fixture->g = frame(fixture, fixture->program, 0x300, "g");
	fixture->trap = frame(fixture, fixture->kernel, 0x100, "trap");
	sample(fixture, 1, 0, fixture->task, fixture->main, UINT32_MAX);
	sample(fixture, 2, 0, fixture->task, fixture->main, fixture->f, UINT32_MAX);
	sample(fixture, 4, 1, fixture->task, fixture->main, fixture->f, fixture->g, UINT32_MAX);
	sample(fixture, 3, 1, fixture->task, fixture->main, fixture->f, fixture->g, fixture->f,
	       fixture->trap, UINT32_MAX);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	profile_free(&fixture->profile);
	free(fixture);
	return 0;
}

static void expect_row(const struct rows *rows, size_t index, uint32_t frame, uint64_t self,
		       uint64_t total)
{
	assert_true(index < rows->nr);
	assert_int_equal(rows->list[index].frame, frame);
	assert_int_equal(rows->list[index].self.samples, self);
	assert_int_equal(rows->list[index].total.samples, total);
	assert_int_equal(rows->list[index].self.weight, 10 * self);
}

/* A function that occurs twice in a callchain counts once in total. */
static void rows_by_symbol(void **state)
{
	struct fixture *fixture = *state;
	const struct sort sort = {.keys = {SORT_DSO, SORT_SYMBOL}, .nr = 2};
	struct rows rows;

	rows_make(&rows, &fixture->profile, &fixture->profile.events[0], &sort, false);
	assert_int_equal(rows.nr, 4);
	expect_row(&rows, 0, fixture->g, 4, 7);
	expect_row(&rows, 1, fixture->trap, 3, 3);
	expect_row(&rows, 2, fixture->f, 2, 9);
	expect_row(&rows, 3, fixture->main, 1, 10);
	rows_free(&rows);
	rows_make(&rows, &fixture->profile, &fixture->profile.events[0], &sort, true);
	expect_row(&rows, 0, fixture->main, 1, 10);
	expect_row(&rows, 1, fixture->f, 2, 9);
	rows_free(&rows);
}

static void rows_by_cpu_and_dso(void **state)
{
	struct fixture *fixture = *state;
	const struct sort by_cpu = {.keys = {SORT_CPU}, .nr = 1};
	const struct sort by_dso = {.keys = {SORT_DSO}, .nr = 1};
	struct rows rows;

	rows_make(&rows, &fixture->profile, &fixture->profile.events[0], &by_cpu, false);
	assert_int_equal(rows.nr, 2);
	assert_int_equal(rows.list[0].cpu, 1);
	assert_int_equal(rows.list[0].self.samples, 7);
	assert_int_equal(rows.list[1].self.samples, 3);
	rows_free(&rows);
	rows_make(&rows, &fixture->profile, &fixture->profile.events[0], &by_dso, false);
	assert_int_equal(rows.nr, 2);
	assert_string_equal(names_text(fixture->profile.names, rows.list[0].dso), "prog");
	assert_int_equal(rows.list[0].self.samples, 7);
	assert_int_equal(rows.list[0].total.samples, 10);
	assert_int_equal(rows.list[1].total.samples, 3);
	rows_free(&rows);
}

static void layout_is_depth_first_and_heaviest_first(void **state)
{
	struct fixture *fixture = *state;
	struct event *event = &fixture->profile.events[0];
	struct layout layout;

	sample(fixture, 6, 0, fixture->task, fixture->main, fixture->g, UINT32_MAX);
	layout_make(&layout, &fixture->profile, &event->tree, layout_amounts(event));
	assert_int_equal(layout.total[TREE_ROOT].samples, 16);
	for (size_t i = 1; i < event->tree.nr; i++) {
		uint32_t node = layout.order[i], before = layout.order[i - 1];
		uint32_t parent = event->tree.nodes[node].parent;

		assert_true(layout.depth[node] <= layout.depth[before] + 1);
		if (layout.depth[node] == layout.depth[before] + 1)
			assert_int_equal(parent, before);
	}
	/* main has f (9 samples) before g (6). */
	assert_int_equal(event->tree.nodes[layout.order[3]].frame, fixture->f);
	layout_free(&layout);
}

static const char *finish(struct text *text)
{
	text_add_bytes(text, "", 1);
	return text->bytes;
}

static void folded(void **state)
{
	struct fixture *fixture = *state;
	struct options options = {.view = VIEW_FOLDED};
	struct text text = {0};

	view_folded(&fixture->profile, &options, &text);
	assert_string_equal(finish(&text), "<b>task</b>;main 1\n"
					   "<b>task</b>;main;f</script>: 2\n"
					   "<b>task</b>;main;f</script>:;g 4\n"
					   "<b>task</b>;main;f</script>:;g;f</script>:;trap 3\n");
	text_free(&text);
}

static size_t count(const char *text, const char *what)
{
	size_t nr = 0;

	for (const char *at = text; (at = strstr(at, what)) != NULL; at++)
		nr++;
	return nr;
}

/* Names of the recording and of the user cannot break out of the page. */
static void names_do_not_break_the_page(void **state)
{
	struct fixture *fixture = *state;
	struct options options = {.view = VIEW_FLAME, .input = "x", .title = "<i>\"t\"</i>"};
	struct page_content content = {.profile = &fixture->profile, .options = &options};
	struct text text = {0};
	struct failure failure;
	const char *page;

	profile_add_fact(&fixture->profile, "command", "</script><script>alert(1)");
	assert_true(view_flame(&fixture->profile, &options, &text, &failure));
	page = finish(&text);
	assert_int_equal(count(page, "<script"), 2);
	assert_int_equal(count(page, "</script>"), 2);
	assert_null(strstr(page, "<i>\"t\""));
	assert_null(strstr(page, "<b>task"));
	assert_non_null(strstr(page, "&lt;i&gt;&quot;t&quot;"));
	text_free(&text);
	page_data(&content, &text);
	assert_non_null(strstr(finish(&text), "f\\u003c/script\\u003e;"));
	text_free(&text);
}

static void the_page_has_events_without_samples(void **state)
{
	struct fixture *fixture = *state;
	struct profile *profile = &fixture->profile;
	struct options options = {.view = VIEW_FLAME, .input = "x"};
	struct page_content content = {.profile = profile, .options = &options};
	struct text text = {0};

	profile->nr_events = 2;
	profile->events = realloc(profile->events, 2 * sizeof *profile->events);
	memset(&profile->events[1], 0, sizeof *profile->events);
	profile->events[1].name = must_copy("faults", 6);
	tree_init(&profile->events[1].tree);
	cells_init(&profile->events[1].cells);
	page_data(&content, &text);
	assert_non_null(strstr(finish(&text), "{\"name\":\"faults\",\"period\":0,\"frequency\":0,"
					      "\"samples\":0"));
	text_free(&text);
}

static void callers_and_callees(void **state)
{
	struct fixture *fixture = *state;
	struct options options = {.callees = "g", .json = true};
	struct failure failure;
	struct text text = {0};

	assert_true(view_relatives(&fixture->profile, &options, &text, &failure));
	assert_non_null(strstr(finish(&text),
			       "{\"symbol\": \"g\", \"dso\": \"prog\", \"self\": 4, \"total\": 7"));
	text_free(&text);
	options = (struct options){.callers = "trap", .json = true};
	assert_true(view_relatives(&fixture->profile, &options, &text, &failure));
	assert_non_null(strstr(finish(&text),
			       "\"symbol\": \"main\", \"dso\": \"prog\", \"self\": 0, "
			       "\"total\": 3"));
	text_free(&text);
	options.callers = "nobody";
	assert_false(view_relatives(&fixture->profile, &options, &text, &failure));
	assert_int_equal(failure.status, EXIT_NO_SAMPLES);
	text_free(&text);
}

static void graft_frames_are_told_apart(void **state)
{
	struct fixture *fixture = *state;
	const struct frame *frames = fixture->profile.frames.list;

	assert_int_equal(frames[fixture->trap].kind, FRAME_GRAFT);
	assert_int_equal(frames[fixture->main].kind, FRAME_USER);
	assert_int_equal(frames[fixture->task].kind, FRAME_TASK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(rows_by_symbol, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(rows_by_cpu_and_dso, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(layout_is_depth_first_and_heaviest_first, set_up,
					    tear_down),
	    cmocka_unit_test_setup_teardown(folded, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(names_do_not_break_the_page, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(the_page_has_events_without_samples, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(callers_and_callees, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(graft_frames_are_told_apart, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
