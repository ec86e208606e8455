/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the code that MIG makes of perf.defs expects from the kernel's
 * headers, which are not to be had: macros that debug information does not
 * carry, and our own conversions.  kern/mig-server.sh puts this header in
 * the place of all that MIG includes.
 */
#ifndef _KERN_SAMPLING_SERVER_H_
#define _KERN_SAMPLING_SERVER_H_

#include <kern/sampling/buffer.h>
#include <kern/sampling/env.h>
#include <kern/sampling/event.h>

typedef void (*mig_routine_t) (mach_msg_header_t *, mach_msg_header_t *);

#define MIG_TYPE_ERROR		(-300)	/* <mach/mig_errors.h> */
#define MIG_BAD_ARGUMENTS	(-304)

#define MACH_MSGH_BITS_COMPLEX	0x80000000U	/* <mach/message.h> */
#define MACH_MSGH_BITS_REMOTE(bits) ((bits) & 0xff)
#define MACH_MSGH_BITS_LOCAL(bits) (((bits) & 0xff00) >> 8)
#define MACH_MSG_TYPE_INTEGER_32 2
#define MACH_MSG_TYPE_BYTE	9
#define MACH_MSG_TYPE_INTEGER_64 11
#define MACH_MSG_TYPE_PORT_SEND	17

#define IP_VALID(port)		perf_port_valid (port)

/* Kernel and user agree on the width of addresses here. */
#define convert_vm_from_user(address)	((vm_offset_t) (address))
#define convert_vm_to_user(address)	((vm_offset_t) (address))

typedef struct ipc_port *perf_target_t;

/* A target as it came; no reference is taken. */
perf_target_t convert_port_to_perf_target (struct ipc_port *port);

/* Nothing: the port's right belongs to the message. */
void perf_target_deallocate (perf_target_t target);

/* Serve request and fill reply if it is one of ours; FALSE if not. */
boolean_t perf_rpc (mach_msg_header_t *request, mach_msg_header_t *reply);

#endif /* _KERN_SAMPLING_SERVER_H_ */
