/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * machperf-port: an ISA device that takes data out of the guest in the middle
 * of one instruction.
 *
 * A paravirtual disk or console answers later, from another host thread, and
 * so makes guest time depend on the host.  Here the guest names a range of its
 * physical memory and the copy is done before the out instruction ends.  The
 * registers are described in docs/vpmu.md.
 */
#include "qemu/osdep.h"
#include "qemu/cutils.h"
#include "qemu/units.h"
#include "qemu/module.h"
#include "qemu/error-report.h"
#include "qapi/error.h"
#include "exec/address-spaces.h"
#include "exec/memory.h"
#include "hw/isa/isa.h"
#include "hw/qdev-properties.h"
#include "migration/vmstate.h"
#include "qom/object.h"
#include "system/system.h"
#include "x86_pmu.h"

#define TYPE_MACHPERF_PORT "machperf-port"
OBJECT_DECLARE_SIMPLE_TYPE(MachperfPort, MACHPERF_PORT)

#define PORT_MAGIC 0x5450504dU /* "MPPT" */
#define PORT_SIZE 16
#define PORT_CHUNK (64 * KiB)

enum {
    PORT_ADDR_LOW = 0,  /* W: address; R: magic */
    PORT_ADDR_HIGH = 4, /* W */
    PORT_LENGTH = 8,    /* W: copy now; R: status of the last copy */
    PORT_EXIT = 12,     /* W: leave the emulator with this code */
};

struct MachperfPort {
    ISADevice parent_obj;

    MemoryRegion io;
    uint32_t iobase;
    char *path;           /* file or FIFO to write to */
    int32_t fd;           /* or an open descriptor; -1: none */
    char *stats_path;     /* where the counts go at exit; NULL: nowhere */
    char *histogram_path; /* the same for counts by address */

    int out; /* -1: no output was asked for */
    bool results_done;
    uint64_t addr;
    uint32_t status; /* 0 or an errno of the host */
    Notifier exit_notifier;
};

/* Copy guest memory to the output; 0 or an errno. */
static int port_copy(MachperfPort *s, uint64_t addr, uint32_t length)
{
    g_autofree uint8_t *buf = g_malloc(MIN(length, PORT_CHUNK));

    if (s->out < 0) {
        return ENXIO;
    }
    while (length > 0) {
        uint32_t n = MIN(length, PORT_CHUNK);

        if (address_space_read(&address_space_memory, addr,
                               MEMTXATTRS_UNSPECIFIED, buf, n) != MEMTX_OK) {
            return EFAULT;
        }
        if (qemu_write_full(s->out, buf, n) != n) {
            return errno ? errno : EIO;
        }
        addr += n;
        length -= n;
    }
    return 0;
}

static bool print_stats(FILE *f)
{
    x86_pmu_print_stats(f);
    return true;
}

/* Write one kind of result; what went wrong is told on stderr. */
static bool port_write_result(const char *what, const char *path,
                              bool (*print)(FILE *f))
{
    FILE *f;
    bool ok;

    if (!path) {
        return true;
    }
    f = fopen(path, "w");
    ok = f != NULL;
    if (f) {
        errno = ENOMEM;
        ok = print(f);
        ok = !ferror(f) && ok;
        ok = fclose(f) == 0 && ok;
    }
    if (!ok) {
        error_report("machperf-port: cannot write %s to %s: %s", what, path,
                     strerror(errno));
    }
    return ok;
}

/* Write the results once. */
static bool port_write_results(MachperfPort *s)
{
    bool ok;

    if (s->results_done) {
        return true;
    }
    s->results_done = true;
    ok = port_write_result("stats", s->stats_path, print_stats);
    return port_write_result("histogram", s->histogram_path,
                             x86_pmu_print_histogram) &&
           ok;
}

static void port_at_exit(Notifier *n, void *data)
{
    port_write_results(container_of(n, MachperfPort, exit_notifier));
}

/*
 * Leave at once, in the vCPU's thread: a shutdown request would let the guest
 * run on until the main loop gets round to it, for as long as the host likes.
 */
static void G_NORETURN port_exit(MachperfPort *s, uint32_t code)
{
    bool ok = port_write_results(s);

    if (s->out >= 0 && close(s->out) != 0) {
        error_report("machperf-port: cannot finish the output: %s",
                     strerror(errno));
        ok = false;
    }
    if (!ok && code == 0) {
        code = EXIT_FAILURE;
    }
    exit(code & 0xff);
}

static uint64_t port_read(void *opaque, hwaddr offset, unsigned size)
{
    MachperfPort *s = opaque;

    switch (offset) {
    case PORT_ADDR_LOW:
        return PORT_MAGIC;
    case PORT_LENGTH:
        return s->status;
    default:
        return 0;
    }
}

static void port_write(void *opaque, hwaddr offset, uint64_t value,
                       unsigned size)
{
    MachperfPort *s = opaque;

    switch (offset) {
    case PORT_ADDR_LOW:
        s->addr = deposit64(s->addr, 0, 32, value);
        break;
    case PORT_ADDR_HIGH:
        s->addr = deposit64(s->addr, 32, 32, value);
        break;
    case PORT_LENGTH:
        s->status = port_copy(s, s->addr, value);
        break;
    case PORT_EXIT:
        port_exit(s, value);
    }
}

static const MemoryRegionOps port_ops = {
    .read = port_read,
    .write = port_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid.min_access_size = 4,
    .valid.max_access_size = 4,
    .impl.min_access_size = 4,
    .impl.max_access_size = 4,
};

static void port_realize(DeviceState *dev, Error **errp)
{
    MachperfPort *s = MACHPERF_PORT(dev);

    if (s->path && s->fd >= 0) {
        error_setg(errp, "machperf-port: give path= or fd=, not both");
        return;
    }
    s->out = s->fd;
    if (s->path) {
        s->out = open(s->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        if (s->out < 0) {
            error_setg_errno(errp, errno, "machperf-port: cannot open %s",
                             s->path);
            return;
        }
    } else if (s->fd >= 0 && fcntl(s->fd, F_GETFD) < 0) {
        error_setg_errno(errp, errno, "machperf-port: fd=%d", s->fd);
        return;
    }
    if (s->histogram_path && !x86_pmu_keep_histogram(errp)) {
        return;
    }
    s->exit_notifier.notify = port_at_exit;
    qemu_add_exit_notifier(&s->exit_notifier);
    memory_region_init_io(&s->io, OBJECT(dev), &port_ops, s, TYPE_MACHPERF_PORT,
                          PORT_SIZE);
    memory_region_add_subregion(isa_address_space_io(ISA_DEVICE(dev)),
                                s->iobase, &s->io);
}

/* What was put out stays out; a machine that was loaded has its own output. */
static const VMStateDescription port_vmstate = {
    .name = TYPE_MACHPERF_PORT,
    .version_id = 1,
    .minimum_version_id = 1,
    .fields =
        (const VMStateField[]){
            VMSTATE_UINT64(addr, MachperfPort),
            VMSTATE_UINT32(status, MachperfPort),
            VMSTATE_END_OF_LIST(),
        },
};

static const Property port_properties[] = {
    DEFINE_PROP_UINT32("iobase", MachperfPort, iobase, X86_PMU_PORT_BASE),
    DEFINE_PROP_STRING("path", MachperfPort, path),
    DEFINE_PROP_INT32("fd", MachperfPort, fd, -1),
    DEFINE_PROP_STRING("stats", MachperfPort, stats_path),
    DEFINE_PROP_STRING("histogram", MachperfPort, histogram_path),
};

static void port_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->desc = "machperf output port";
    dc->realize = port_realize;
    dc->vmsd = &port_vmstate;
    device_class_set_props(dc, port_properties);
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
}

static const TypeInfo port_info = {
    .name = TYPE_MACHPERF_PORT,
    .parent = TYPE_ISA_DEVICE,
    .instance_size = sizeof(MachperfPort),
    .class_init = port_class_init,
};

static void port_register_types(void)
{
    type_register_static(&port_info);
}

type_init(port_register_types)
