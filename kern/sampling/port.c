/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports for events and buffers; port.h. */

#include <kern/sampling/buffer.h>
#include <kern/sampling/event.h>
#include <kern/sampling/port.h>

struct ipc_port *
perf_port_create (void *object, unsigned int kind)
{
  struct ipc_port *port = ipc_port_alloc_special (ipc_space_kernel);
  struct ipc_port *notify;

  if (port == NULL)
    return NULL;
  ipc_kobject_set (port, (ipc_kobject_t) object, kind);
  notify = ipc_port_make_sonce (port);
  /* Sync 1: due when the first send right was made and none is left. */
  ipc_port_nsrequest (port, 1, notify, &notify);
  return port;
}

struct ipc_port *
perf_port_send (struct ipc_port *port)
{
  return ipc_port_make_send (port);
}

void *
perf_port_object (struct ipc_port *port, unsigned int kind)
{
  if (! perf_port_valid (port) || perf_port_kind (port) != kind)
    return NULL;
  return (void *) port->ip_kobject;
}

void
perf_port_clear (struct ipc_port *port)
{
  ipc_kobject_set (port, 0, 0);
}

void
perf_port_destroy (struct ipc_port *port)
{
  ipc_port_dealloc_special (port, ipc_space_kernel);
}

boolean_t
perf_notify (mach_msg_header_t *request)
{
  struct ipc_port *port = (struct ipc_port *) request->msgh_remote_port;
  unsigned int kind = perf_port_kind (port);

  if (kind != IKOT_PERF_EVENT && kind != IKOT_PERF_BUFFER)
    return FALSE;
  if (request->msgh_id != MACH_NOTIFY_NO_SENDERS)
    return FALSE;
  /* Only the kernel holds a send-once right to our port; a message that
     came through a send right was forged by a user. */
  if ((request->msgh_bits & 0xff) != MACH_MSG_TYPE_MOVE_SEND_ONCE)
    return FALSE;

  if (kind == IKOT_PERF_EVENT)
    perf_event_no_senders (port);
  else
    perf_buffer_no_senders (port);
  return TRUE;
}
