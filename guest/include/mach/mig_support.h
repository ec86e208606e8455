/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the stubs made by MIG expect of a runtime. */
#ifndef _MACH_MIG_SUPPORT_H_
#define _MACH_MIG_SUPPORT_H_

#include <string.h>
#include <mach/message.h>
#include <mach/mach_types.h>

mach_port_t mig_get_reply_port(void);
void mig_put_reply_port(mach_port_t port);
void mig_dealloc_reply_port(mach_port_t port);
void mig_allocate(vm_address_t *address, vm_size_t size);
vm_size_t mig_strncpy(char *to, const char *from, vm_size_t size);

#endif
