/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ports for the objects of the sampling core.
 *
 * The kinds are two that <kern/ipc_kobject.h> reserves and no part of this
 * kernel uses: 20 (ACT) and 21 (SUBSYSTEM).  The kernel's own notification
 * code ignores them, so the notification that the last send right died comes
 * to perf_notify () alone.
 */
#ifndef _KERN_SAMPLING_PORT_H_
#define _KERN_SAMPLING_PORT_H_

#include <kern/sampling/env.h>

#define IKOT_PERF_EVENT		20
#define IKOT_PERF_BUFFER	21

/* A kernel port for object with the no-senders notification armed for the
   one send right that perf_port_send () makes; NULL: no memory. */
struct ipc_port *perf_port_create (void *object, unsigned int kind);

/* The first send right, for the reply of the call that made the object. */
struct ipc_port *perf_port_send (struct ipc_port *port);

/* The object of a port of this kind, or NULL.  perf_lock held. */
void *perf_port_object (struct ipc_port *port, unsigned int kind);

/* Cut the port off its object.  perf_lock held. */
void perf_port_clear (struct ipc_port *port);

/* Destroy a port that was cut off.  No lock held. */
void perf_port_destroy (struct ipc_port *port);

/* Handle a notification sent to one of our ports.  FALSE: not for us. */
boolean_t perf_notify (mach_msg_header_t *request);

#endif /* _KERN_SAMPLING_PORT_H_ */
