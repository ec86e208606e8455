/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tests of the kernel half, by name. */
#include <stddef.h>
#include "harness.h"

void test_scopes(void);
void test_switches(void);
void test_leaks(void);
void test_orders(void);
void test_task_death(void);
void test_thread_death(void);
void test_recorder_death(void);
void test_conservation(void);
void test_two_events(void);
void test_hostile_tail(void);
void test_wakeup(void);
void test_cli_loop(void);
void test_sideband_order(void);
void test_sideband_late(void);
void test_inherit(void);
void test_errors(void);
void test_frequency(void);
void test_cpu_clock(void);
void test_callchains(void);
void test_user_only(void);
void test_no_pmu(void);
void test_system(void);
void test_too_many(void);
void test_stress(void);

const struct test tests[] = {
    {"scopes", test_scopes},
    {"switches", test_switches},
    {"leaks", test_leaks},
    {"orders", test_orders},
    {"task-death", test_task_death},
    {"thread-death", test_thread_death},
    {"recorder-death", test_recorder_death},
    {"conservation", test_conservation},
    {"two-events", test_two_events},
    {"hostile-tail", test_hostile_tail},
    {"wakeup", test_wakeup},
    {"cli-loop", test_cli_loop},
    {"sideband-order", test_sideband_order},
    {"sideband-late", test_sideband_late},
    {"inherit", test_inherit},
    {"errors", test_errors},
    {"frequency", test_frequency},
    {"cpu-clock", test_cpu_clock},
    {"callchains", test_callchains},
    {"user-only", test_user_only},
    {"no-pmu", test_no_pmu},
    {"system", test_system},
    {"too-many", test_too_many},
    {"stress", test_stress},
    {NULL, NULL},
};
