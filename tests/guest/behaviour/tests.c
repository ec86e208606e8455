/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a kernel does for those who do not measure, by name. */
#include <stddef.h>
#include "../harness.h"

void test_ipc(void);
void test_vm(void);
void test_threads(void);
void test_exceptions(void);
void test_sampling(void);
void test_sampled(void);

const struct test tests[] = {
    {"ipc", test_ipc},
    {"vm", test_vm},
    {"threads", test_threads},
    {"exceptions", test_exceptions},
    {"sampling", test_sampling},
    {"sampled", test_sampled},
    {NULL, NULL},
};
