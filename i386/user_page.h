/* SPDX-License-Identifier: GPL-2.0-or-later */
/* User memory without faults. */
#ifndef _I386_USER_PAGE_H_
#define _I386_USER_PAGE_H_

#include <kern/pmu/pmu_env.h>

/* Physical memory from here on has no kernel address; set once, at
   initialisation. */
extern unsigned long user_page_limit;

struct thread;

/* The kernel's view of the user page that holds address in the address space
   of thread, the current one or one that is about to be; NULL if it is not
   present, not the user's, or not in the direct map.  Any context; Intel SDM
   volume 3, 4.5 (4-level paging). */
const char *user_page (const struct thread *thread, unsigned long address);

#endif /* _I386_USER_PAGE_H_ */
