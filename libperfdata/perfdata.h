/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading perf.data: a buffer in, records out.
 *
 * The caller owns the bytes (mapped, read or made by a test) and keeps them
 * unchanged until perfdata_close(); nothing here opens a file.  Everything
 * handed out points into that buffer or into the reader, so reading a record
 * copies and allocates nothing.  What is compressed or of the other byte
 * order is unpacked a piece at a time by the cursor.  Every size and offset
 * in the buffer is taken as hostile.
 *
 *	struct perfdata *file;
 *	struct perfdata_error error;
 *	struct perfdata_cursor cursor;
 *	struct perfdata_record record;
 *
 *	if (perfdata_open(&file, bytes, size, &error) != PERFDATA_OK)
 *		... error.text ...
 *	perfdata_rewind(file, &cursor);
 *	while ((status = perfdata_next(file, &cursor, &record, &error)) == PERFDATA_OK)
 *		if (record.type == PERF_RECORD_SAMPLE)
 *			... record.sample.ip ...
 *	perfdata_cursor_free(&cursor);
 *	perfdata_close(file);
 *
 * A struct perfdata never changes after perfdata_open(): threads may share
 * it, each with cursors of its own.
 *
 * Format: perfdata(5); perf_event_open(2) for the records.
 */
#ifndef PERFDATA_H
#define PERFDATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mach/perf_event.h>

/* Record types and sample fields of Linux that <mach/perf_event.h> lacks. */
#define PERF_RECORD_NAMESPACES	       16
#define PERF_RECORD_KSYMBOL	       17
#define PERF_RECORD_BPF_EVENT	       18
#define PERF_RECORD_CGROUP	       19
#define PERF_RECORD_TEXT_POKE	       20
#define PERF_RECORD_AUX_OUTPUT_HW_ID   21
#define PERF_RECORD_CALLCHAIN_DEFERRED 22
#define PERF_RECORD_USER_FIRST	       64 /* from here on made by the recorder */
#define PERF_RECORD_HEADER_ATTR	       64
#define PERF_RECORD_HEADER_EVENT_TYPE  65
#define PERF_RECORD_HEADER_TRACING     66
#define PERF_RECORD_HEADER_BUILD_ID    67
#define PERF_RECORD_FINISHED_ROUND     68
#define PERF_RECORD_ID_INDEX	       69
#define PERF_RECORD_AUXTRACE_INFO      70
#define PERF_RECORD_AUXTRACE	       71
#define PERF_RECORD_AUXTRACE_ERROR     72
#define PERF_RECORD_THREAD_MAP	       73
#define PERF_RECORD_CPU_MAP	       74
#define PERF_RECORD_STAT_CONFIG	       75
#define PERF_RECORD_STAT	       76
#define PERF_RECORD_STAT_ROUND	       77
#define PERF_RECORD_EVENT_UPDATE       78
#define PERF_RECORD_TIME_CONV	       79
#define PERF_RECORD_HEADER_FEATURE     80
#define PERF_RECORD_COMPRESSED	       81
#define PERF_RECORD_FINISHED_INIT      82
#define PERF_RECORD_COMPRESSED2	       83

#define PERF_SAMPLE_TRANSACTION	   (1U << 17)
#define PERF_SAMPLE_REGS_INTR	   (1U << 18)
#define PERF_SAMPLE_PHYS_ADDR	   (1U << 19)
#define PERF_SAMPLE_AUX		   (1U << 20)
#define PERF_SAMPLE_CGROUP	   (1U << 21)
#define PERF_SAMPLE_DATA_PAGE_SIZE (1U << 22)
#define PERF_SAMPLE_CODE_PAGE_SIZE (1U << 23)
#define PERF_SAMPLE_WEIGHT_STRUCT  (1U << 24)

/* perf_event_header.misc of MMAP and MMAP2 (the map holds data). */
#define PERF_RECORD_MISC_MMAP_DATA (1 << 13)

/* Feature sections: their bit in the header. */
#define PERFDATA_FEAT_TRACING_DATA    1
#define PERFDATA_FEAT_BUILD_ID	      2
#define PERFDATA_FEAT_HOSTNAME	      3
#define PERFDATA_FEAT_OSRELEASE	      4
#define PERFDATA_FEAT_VERSION	      5
#define PERFDATA_FEAT_ARCH	      6
#define PERFDATA_FEAT_NRCPUS	      7
#define PERFDATA_FEAT_CPUDESC	      8
#define PERFDATA_FEAT_CPUID	      9
#define PERFDATA_FEAT_TOTAL_MEM	      10
#define PERFDATA_FEAT_CMDLINE	      11
#define PERFDATA_FEAT_EVENT_DESC      12
#define PERFDATA_FEAT_CPU_TOPOLOGY    13
#define PERFDATA_FEAT_NUMA_TOPOLOGY   14
#define PERFDATA_FEAT_BRANCH_STACK    15
#define PERFDATA_FEAT_PMU_MAPPINGS    16
#define PERFDATA_FEAT_GROUP_DESC      17
#define PERFDATA_FEAT_AUXTRACE	      18
#define PERFDATA_FEAT_STAT	      19
#define PERFDATA_FEAT_CACHE	      20
#define PERFDATA_FEAT_SAMPLE_TIME     21
#define PERFDATA_FEAT_MEM_TOPOLOGY    22
#define PERFDATA_FEAT_CLOCKID	      23
#define PERFDATA_FEAT_DIR_FORMAT      24
#define PERFDATA_FEAT_BPF_PROG_INFO   25
#define PERFDATA_FEAT_BPF_BTF	      26
#define PERFDATA_FEAT_COMPRESSED      27
#define PERFDATA_FEAT_CPU_PMU_CAPS    28
#define PERFDATA_FEAT_CLOCK_DATA      29
#define PERFDATA_FEAT_HYBRID_TOPOLOGY 30
#define PERFDATA_FEAT_PMU_CAPS	      31
#define PERFDATA_FEAT_MACHPERF	      250 /* ours: text, see perfdata_info() */
#define PERFDATA_FEAT_MAX	      256

enum perfdata_status {
	PERFDATA_OK = 0,
	PERFDATA_END,	       /* no record is left */
	PERFDATA_TRUNCATED,    /* the buffer ends before what is described */
	PERFDATA_NOT_PERFDATA, /* another kind of file */
	PERFDATA_UNSUPPORTED,  /* a perf.data we do not read */
	PERFDATA_CORRUPT,      /* sizes or offsets contradict each other */
	PERFDATA_NO_MEMORY,
};

/* What went wrong, in one line without a file name and newline. */
struct perfdata_error {
	enum perfdata_status status;
	uint64_t offset; /* where in the buffer */
	char text[200];
};

/* Numbers in the buffer need not be aligned. */
typedef uint64_t perfdata_u64 __attribute__((aligned(1), may_alias));

/* Where the fields of an event's samples stand, in bytes from record->body; -1:
   there is none, or its place varies from sample to sample. */
struct perfdata_places {
	int16_t ip, tid, time, id, cpu, period;
	int16_t chain; /* u64 nr, addresses */
	int16_t least; /* what comes before the callchain: no sample's body is shorter */
};

/* An event: an attribute of the header, its ids and its name. */
struct perfdata_event {
	struct perf_event_attr attr; /* what the file has no bytes for is 0 */
	uint32_t index;		     /* of this attribute in the file */
	uint32_t nr_ids;
	const uint64_t *ids;
	const char *name; /* as the recorder called it, else made from attr; never NULL */
	struct perfdata_places places;
};

/* An open recording.  Read-only for the caller. */
struct perfdata {
	const uint8_t *base;
	uint64_t size;
	struct perfdata_event *events;
	uint32_t nr_events;
	uint64_t data_offset; /* of the records */
	uint64_t data_size;   /* bytes of them that stand in the buffer */
	bool truncated;	      /* the file was cut: fewer records than its header says, or no
				 feature sections */
	bool unfinished;      /* the recorder never wrote data_size: all that follows is read */
	bool pipe;	      /* pipe mode: attributes and features stand among the records */
	bool swapped;	      /* recorded on a machine of the other byte order */
	struct perfdata_index *index; /* private: id -> event, feature sections */
};

/* The sample_id of a record, or the same fields of a sample; present says
   which (PERF_SAMPLE_TID, _TIME, _ID or _IDENTIFIER, _STREAM_ID, _CPU). */
struct perfdata_sample_id {
	uint64_t present;
	uint32_t pid, tid;
	uint64_t time; /* ns */
	uint64_t id;
	uint64_t stream_id;
	uint32_t cpu;
};

struct perfdata_regs {
	uint64_t abi;  /* 0 none, 1 32 bit, 2 64 bit */
	uint64_t mask; /* bit n: values holds register n */
	const perfdata_u64 *values;
	uint32_t nr;
};

/* PERF_RECORD_SAMPLE; fields that event->attr.sample_type lacks are 0. */
struct perfdata_sample {
	uint64_t ip;
	uint64_t addr;
	uint64_t period; /* attr.sample_period where the record has none and it is fixed */
	uint64_t nr_chain;
	const perfdata_u64 *chain;  /* addresses and PERF_CONTEXT_* markers */
	const uint8_t *read_values; /* of PERF_SAMPLE_READ, undecoded */
	uint64_t read_size;
	const uint8_t *raw;
	uint32_t raw_size;
	uint64_t nr_branches;
	const perfdata_u64 *branches; /* nr_branches times from, to, flags */
	struct perfdata_regs user_regs;
	struct perfdata_regs intr_regs;
	const uint8_t *stack; /* dump of the user's stack, from its pointer up */
	uint64_t stack_size;  /* bytes in the record */
	uint64_t stack_valid; /* bytes that were really dumped */
	uint64_t weight;
	uint64_t data_src;
	uint64_t transaction;
	uint64_t phys_addr;
	uint64_t cgroup;
	uint64_t data_page_size;
	uint64_t code_page_size;
};

/* PERF_RECORD_MMAP and PERF_RECORD_MMAP2 (which has the rest too). */
struct perfdata_mmap {
	uint32_t pid, tid; /* pid -1: the kernel's */
	uint64_t addr, len, pgoff;
	const char *filename; /* NUL ended, may be empty */
	bool is_data;	      /* not executable */
	/* MMAP2; without build-id device, ino, ino_generation */
	uint32_t prot, flags;
	uint32_t dev_major, dev_minor;
	uint64_t ino, ino_generation;
	uint8_t build_id_size; /* 0: none */
	uint8_t build_id[20];
};

struct perfdata_comm {
	uint32_t pid, tid;
	const char *comm; /* NUL ended, may be empty */
	bool exec;
};

/* PERF_RECORD_FORK and PERF_RECORD_EXIT. */
struct perfdata_task {
	uint32_t pid, ppid;
	uint32_t tid, ptid;
	uint64_t time;
};

/* PERF_RECORD_LOST (id says of which event) and PERF_RECORD_LOST_SAMPLES
   (id is 0; sample_id says). */
struct perfdata_lost {
	uint64_t id;
	uint64_t lost; /* records */
};

/* PERF_RECORD_THROTTLE and PERF_RECORD_UNTHROTTLE. */
struct perfdata_throttle {
	uint64_t time;
	uint64_t id;
	uint64_t stream_id;
};

/* PERF_RECORD_SWITCH and PERF_RECORD_SWITCH_CPU_WIDE (next_prev). */
struct perfdata_switch {
	bool out;
	uint32_t next_prev_pid, next_prev_tid;
};

/* PERF_RECORD_KSYMBOL */
struct perfdata_ksymbol {
	uint64_t addr;
	uint32_t len;
	uint16_t ksym_type;
	uint16_t flags; /* 1: unregistered */
	const char *name;
};

/* PERF_RECORD_NAMESPACES */
struct perfdata_namespaces {
	uint32_t pid, tid;
	uint64_t nr;
	const perfdata_u64 *links; /* nr times device, inode */
};

/* PERF_RECORD_BPF_EVENT */
struct perfdata_bpf_event {
	uint16_t type; /* 1 loaded, 2 unloaded */
	uint16_t flags;
	uint32_t id;
	const uint8_t *tag; /* 8 bytes */
};

/* PERF_RECORD_CGROUP */
struct perfdata_cgroup {
	uint64_t id;
	const char *path;
};

/* PERF_RECORD_TEXT_POKE: the kernel changed its own code. */
struct perfdata_text_poke {
	uint64_t addr;
	uint16_t old_len, new_len;
	const uint8_t *bytes; /* the old ones, the new ones */
};

/* PERF_RECORD_AUX */
struct perfdata_aux {
	uint64_t offset, size;
	uint64_t flags; /* 1 truncated, 2 overwrite, 4 partial, 8 collision */
};

/* PERF_RECORD_READ: a counter as its thread ended. */
struct perfdata_read {
	uint32_t pid, tid;
	const uint8_t *values; /* undecoded, as read_values of a sample */
	uint64_t size;
};

/* One record.  Of the union the member of its type is valid; the payload of
   other types is at body, undecoded. */
struct perfdata_record {
	uint64_t offset; /* in the buffer; of the compressed record it came in, if it did */
	uint32_t type;	 /* PERF_RECORD_* */
	uint16_t misc;	 /* PERF_RECORD_MISC_* */
	uint32_t size;	 /* header included */
	/* Behind the header, in this machine's byte order but what the recorder made (types from
	   PERF_RECORD_USER_FIRST on).  Points into the buffer, or into the cursor until its next
	   move. */
	const uint8_t *body;
	/* The event it belongs to; NULL: a record from PERF_RECORD_USER_FIRST on, or an id that no
	   event has (then present is 0 and a sample is all 0). */
	const struct perfdata_event *event;
	struct perfdata_sample_id id;
	union {
		struct perfdata_sample sample;
		struct perfdata_mmap mmap;
		struct perfdata_comm comm;
		struct perfdata_task task;
		struct perfdata_lost lost;
		struct perfdata_throttle throttle;
		struct perfdata_switch context_switch;
		struct perfdata_ksymbol ksymbol;
		struct perfdata_namespaces namespaces;
		struct perfdata_bpf_event bpf_event;
		struct perfdata_cgroup cgroup;
		struct perfdata_text_poke text_poke;
		struct perfdata_aux aux;
		struct perfdata_read read;
	};
};

/* A place in the records: perfdata_rewind(), perfdata_cursor_free(). */
struct perfdata_cursor {
	uint64_t pos;			/* in the buffer */
	struct perfdata_unpack *unpack; /* private; NULL: nothing had to be unpacked yet */
};

/* Open the perf.data in data[0..size).  On success *file is to be closed by
   the caller.  Errors: every status but PERFDATA_END; a file that was cut
   behind its attributes opens, with truncated set. */
enum perfdata_status perfdata_open(struct perfdata **file, const void *data, size_t size,
				   struct perfdata_error *error);

/* Free a recording; NULL is nothing. */
void perfdata_close(struct perfdata *file);

/* Put a new cursor before the first record. */
void perfdata_rewind(const struct perfdata *file, struct perfdata_cursor *cursor);

/* Free what the cursor holds; it may be rewound again. */
void perfdata_cursor_free(struct perfdata_cursor *cursor);

/* Decode the record at the cursor and move behind it.  PERFDATA_END after
   the last.  PERFDATA_TRUNCATED: the file ends inside this record, nothing
   more can be read.  PERFDATA_CORRUPT: this record contradicts itself; its
   header fields are set and the cursor stands behind it, or at the end where
   its size is unusable (record->size is then 0), so that the caller may go
   on.  PERFDATA_NO_MEMORY: there is none to unpack it; nothing more can be
   read. */
enum perfdata_status perfdata_next(const struct perfdata *file, struct perfdata_cursor *cursor,
				   struct perfdata_record *record, struct perfdata_error *error);

/* The same in two steps: find the record (of *record offset, type, misc, size
   and body are set, nothing else is touched), and decode one found so; false:
   it contradicts itself. */
enum perfdata_status perfdata_step(const struct perfdata *file, struct perfdata_cursor *cursor,
				   struct perfdata_record *record, struct perfdata_error *error);
bool perfdata_decode(const struct perfdata *file, struct perfdata_record *record);

/* Move over the samples at the cursor that need no unpacking, up to the
   place limit in the buffer; returns how many.  The fast way to what stands
   between samples. */
uint64_t perfdata_skip_samples(const struct perfdata *file, struct perfdata_cursor *cursor,
			       uint64_t limit);

/* Did the cursor have to unpack anything on its way?  If not, records lie in
   the buffer as perfdata_step() gives them: cursor.pos may then be set to any
   record's offset, and threads can share the work. */
static inline bool perfdata_unpacked(const struct perfdata_cursor *cursor)
{
	return cursor->unpack != NULL;
}

/* The event with this id; NULL: none has it. */
const struct perfdata_event *perfdata_event_by_id(const struct perfdata *file, uint64_t id);

/* A short name of a record type ("MMAP2"); never NULL. */
const char *perfdata_record_name(uint32_t type);

/* The bytes of a feature section, in the recorder's byte order; NULL: the
   file has none. */
const uint8_t *perfdata_feature(const struct perfdata *file, unsigned int bit, uint64_t *size);

/* The text of a section that is one string (HOSTNAME, OSRELEASE, VERSION,
   ARCH, CPUDESC, CPUID); NULL: absent or malformed. */
const char *perfdata_feature_string(const struct perfdata *file, unsigned int bit);

/* Argument n of the recorder's command line; NULL: there are no more. */
const char *perfdata_cmdline(const struct perfdata *file, uint32_t n);

/* The CPUs of the machine; false: not said. */
bool perfdata_nrcpus(const struct perfdata *file, uint32_t *online, uint32_t *available);

/* The machine's memory in KiB; false: not said. */
bool perfdata_total_mem(const struct perfdata *file, uint64_t *kib);

/* Times of the first and the last sample in ns; false: not said. */
bool perfdata_sample_time(const struct perfdata *file, uint64_t *first, uint64_t *last);

/* An entry of the BUILD_ID section. */
struct perfdata_build_id {
	uint32_t pid;
	uint16_t misc; /* PERF_RECORD_MISC_KERNEL or _USER */
	uint8_t size;
	uint8_t id[20];
	const char *filename; /* NUL ended */
};

/* The entry at *pos (0 to begin with), which moves on; false: no more, or
   the rest is malformed. */
bool perfdata_next_build_id(const struct perfdata *file, uint64_t *pos,
			    struct perfdata_build_id *entry);

/* Call line() for what the feature sections say of the machine and of the
   recording that the functions above do not: label and value, both texts of
   one line, valid during the call. */
void perfdata_describe(const struct perfdata *file,
		       void (*line)(void *context, const char *label, const char *value),
		       void *context);

/* The value of key in machperf's own section: a string that ends with a
   newline or at value + *length; NULL: absent.  Keys: perfdata(5). */
const char *perfdata_info(const struct perfdata *file, const char *key, size_t *length);

/* Per-event numbers of machperf's own section. */
struct perfdata_event_stats {
	uint64_t count;	    /* events counted */
	uint64_t samples;   /* records written */
	uint64_t lost;	    /* samples that found no room */
	uint64_t throttled; /* overflows dropped by the throttle */
	uint64_t coalesced; /* overflows that shared another's sample */
	uint64_t enabled;   /* ns */
	uint64_t running;   /* ns it was on a counter */
};

/* The numbers of the event with this index; false: the file has none. */
bool perfdata_stats(const struct perfdata *file, uint32_t index,
		    struct perfdata_event_stats *stats);

#endif /* PERFDATA_H */
