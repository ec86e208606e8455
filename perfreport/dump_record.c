/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "dump_record.h"

#define RECORD_HEADER 8

static void put_id(struct dump_fields *fields, const struct perfdata_record *record)
{
	const struct perfdata_sample_id *id = &record->id;

	if (record->event != NULL && id->present & (PERF_SAMPLE_ID | PERF_SAMPLE_IDENTIFIER))
		fields_number(fields, "id", id->id);
	if (id->present & PERF_SAMPLE_TID) {
		fields_signed(fields, "pid", (int32_t)id->pid);
		fields_signed(fields, "tid", (int32_t)id->tid);
	}
	if (id->present & PERF_SAMPLE_TIME)
		fields_number(fields, "time", id->time);
	if (id->present & PERF_SAMPLE_STREAM_ID)
		fields_number(fields, "stream_id", id->stream_id);
	if (id->present & PERF_SAMPLE_CPU)
		fields_number(fields, "cpu", id->cpu);
}

static void put_words(struct dump_fields *fields, const char *name, const perfdata_u64 *words,
		      uint64_t nr)
{
	fields_list_begin(fields, name);
	for (uint64_t i = 0; i < nr; i++)
		fields_hex(fields, NULL, words[i]);
	fields_list_end(fields);
}

static void put_regs(struct dump_fields *fields, const char *name, const char *mask_name,
		     const struct perfdata_regs *regs)
{
	if (regs->nr == 0)
		return;
	fields_hex(fields, mask_name, regs->mask);
	put_words(fields, name, regs->values, regs->nr);
}

static void put_sample_rest(struct dump_fields *fields, uint64_t type,
			    const struct perfdata_sample *sample)
{
	if (type & (PERF_SAMPLE_WEIGHT | PERF_SAMPLE_WEIGHT_STRUCT))
		fields_number(fields, "weight", sample->weight);
	if (type & PERF_SAMPLE_DATA_SRC)
		fields_hex(fields, "data_src", sample->data_src);
	if (type & PERF_SAMPLE_TRANSACTION)
		fields_hex(fields, "transaction", sample->transaction);
	if (type & PERF_SAMPLE_REGS_INTR)
		put_regs(fields, "intr_regs", "intr_regs_mask", &sample->intr_regs);
	if (type & PERF_SAMPLE_PHYS_ADDR)
		fields_hex(fields, "phys_addr", sample->phys_addr);
	if (type & PERF_SAMPLE_CGROUP)
		fields_number(fields, "cgroup", sample->cgroup);
	if (type & PERF_SAMPLE_DATA_PAGE_SIZE)
		fields_number(fields, "data_page_size", sample->data_page_size);
	if (type & PERF_SAMPLE_CODE_PAGE_SIZE)
		fields_number(fields, "code_page_size", sample->code_page_size);
}

static void put_sample(struct dump_fields *fields, const struct perfdata_record *record)
{
	const struct perfdata_sample *sample = &record->sample;
	uint64_t type;

	if (record->event == NULL) {
		fields_bytes(fields, "bytes", record->body, record->size - RECORD_HEADER);
		return;
	}
	type = record->event->attr.sample_type;
	fields_string(fields, "event", record->event->name);
	if (type & PERF_SAMPLE_IP)
		fields_hex(fields, "ip", sample->ip);
	if (type & PERF_SAMPLE_ADDR)
		fields_hex(fields, "addr", sample->addr);
	fields_number(fields, "period", sample->period);
	if (type & PERF_SAMPLE_READ)
		fields_bytes(fields, "read", sample->read_values, sample->read_size);
	if (type & PERF_SAMPLE_CALLCHAIN)
		put_words(fields, "chain", sample->chain, sample->nr_chain);
	if (type & PERF_SAMPLE_RAW)
		fields_bytes(fields, "raw", sample->raw, sample->raw_size);
	if (type & PERF_SAMPLE_BRANCH_STACK)
		put_words(fields, "branches", sample->branches, 3 * sample->nr_branches);
	if (type & PERF_SAMPLE_REGS_USER)
		put_regs(fields, "user_regs", "user_regs_mask", &sample->user_regs);
	if (type & PERF_SAMPLE_STACK_USER) {
		fields_number(fields, "stack_size", sample->stack_size);
		fields_number(fields, "stack_valid", sample->stack_valid);
	}
	put_sample_rest(fields, type, sample);
}

static void put_mmap(struct dump_fields *fields, const struct perfdata_record *record)
{
	const struct perfdata_mmap *map = &record->mmap;

	fields_signed(fields, "of_pid", (int32_t)map->pid);
	fields_signed(fields, "of_tid", (int32_t)map->tid);
	fields_hex(fields, "addr", map->addr);
	fields_hex(fields, "len", map->len);
	fields_hex(fields, "pgoff", map->pgoff);
	if (record->type == PERF_RECORD_MMAP2) {
		fields_hex(fields, "prot", map->prot);
		fields_hex(fields, "flags", map->flags);
		if (map->build_id_size) {
			fields_bytes(fields, "build_id", map->build_id, map->build_id_size);
		} else {
			fields_number(fields, "dev_major", map->dev_major);
			fields_number(fields, "dev_minor", map->dev_minor);
			fields_number(fields, "ino", map->ino);
			fields_number(fields, "ino_generation", map->ino_generation);
		}
	}
	fields_number(fields, "is_data", map->is_data);
	fields_string(fields, "filename", map->filename);
}

static void put_task(struct dump_fields *fields, const struct perfdata_task *task)
{
	fields_signed(fields, "of_pid", (int32_t)task->pid);
	fields_signed(fields, "of_tid", (int32_t)task->tid);
	fields_signed(fields, "ppid", (int32_t)task->ppid);
	fields_signed(fields, "ptid", (int32_t)task->ptid);
	fields_number(fields, "at", task->time);
}

static void put_comm(struct dump_fields *fields, const struct perfdata_comm *comm)
{
	fields_signed(fields, "of_pid", (int32_t)comm->pid);
	fields_signed(fields, "of_tid", (int32_t)comm->tid);
	fields_number(fields, "exec", comm->exec);
	fields_string(fields, "comm", comm->comm);
}

static void put_switch(struct dump_fields *fields, const struct perfdata_record *record)
{
	const struct perfdata_switch *change = &record->context_switch;

	fields_number(fields, "out", change->out);
	if (record->type == PERF_RECORD_SWITCH_CPU_WIDE) {
		fields_signed(fields, "next_prev_pid", (int32_t)change->next_prev_pid);
		fields_signed(fields, "next_prev_tid", (int32_t)change->next_prev_tid);
	}
}

static void put_throttle(struct dump_fields *fields, const struct perfdata_throttle *throttle)
{
	fields_number(fields, "at", throttle->time);
	fields_number(fields, "of_id", throttle->id);
	fields_number(fields, "of_stream_id", throttle->stream_id);
}

static void put_lost(struct dump_fields *fields, const struct perfdata_record *record)
{
	if (record->type == PERF_RECORD_LOST)
		fields_number(fields, "of_id", record->lost.id);
	fields_number(fields, "lost", record->lost.lost);
}

static void put_ksymbol(struct dump_fields *fields, const struct perfdata_ksymbol *symbol)
{
	fields_hex(fields, "addr", symbol->addr);
	fields_number(fields, "len", symbol->len);
	fields_number(fields, "ksym_type", symbol->ksym_type);
	fields_hex(fields, "flags", symbol->flags);
	fields_string(fields, "name", symbol->name);
}

static void put_text_poke(struct dump_fields *fields, const struct perfdata_text_poke *poke)
{
	fields_hex(fields, "addr", poke->addr);
	fields_bytes(fields, "old", poke->bytes, poke->old_len);
	fields_bytes(fields, "new", poke->bytes + poke->old_len, poke->new_len);
}

static void put_bpf_event(struct dump_fields *fields, const struct perfdata_bpf_event *event)
{
	fields_number(fields, "bpf_type", event->type);
	fields_hex(fields, "flags", event->flags);
	fields_number(fields, "prog_id", event->id);
	fields_bytes(fields, "tag", event->tag, 8);
}

static void put_read(struct dump_fields *fields, const struct perfdata_read *read)
{
	fields_signed(fields, "of_pid", (int32_t)read->pid);
	fields_signed(fields, "of_tid", (int32_t)read->tid);
	fields_bytes(fields, "read", read->values, read->size);
}

static void put_rare(struct dump_fields *fields, const struct perfdata_record *record)
{
	switch (record->type) {
	case PERF_RECORD_NAMESPACES:
		fields_signed(fields, "of_pid", (int32_t)record->namespaces.pid);
		fields_signed(fields, "of_tid", (int32_t)record->namespaces.tid);
		put_words(fields, "links", record->namespaces.links, 2 * record->namespaces.nr);
		break;
	case PERF_RECORD_KSYMBOL:
		put_ksymbol(fields, &record->ksymbol);
		break;
	case PERF_RECORD_BPF_EVENT:
		put_bpf_event(fields, &record->bpf_event);
		break;
	case PERF_RECORD_CGROUP:
		fields_number(fields, "cgroup", record->cgroup.id);
		fields_string(fields, "path", record->cgroup.path);
		break;
	case PERF_RECORD_TEXT_POKE:
		put_text_poke(fields, &record->text_poke);
		break;
	case PERF_RECORD_AUX:
		fields_hex(fields, "aux_offset", record->aux.offset);
		fields_hex(fields, "aux_size", record->aux.size);
		fields_hex(fields, "flags", record->aux.flags);
		break;
	case PERF_RECORD_READ:
		put_read(fields, &record->read);
		break;
	default:
		fields_bytes(fields, "bytes", record->body, record->size - RECORD_HEADER);
		break;
	}
}

void dump_record(struct dump_fields *fields, const struct perfdata *file,
		 const struct perfdata_record *record)
{
	if (record->type >= PERF_RECORD_USER_FIRST) {
		dump_user_record(fields, file, record);
		return;
	}
	put_id(fields, record);
	switch (record->type) {
	case PERF_RECORD_SAMPLE:
		put_sample(fields, record);
		break;
	case PERF_RECORD_MMAP:
	case PERF_RECORD_MMAP2:
		put_mmap(fields, record);
		break;
	case PERF_RECORD_COMM:
		put_comm(fields, &record->comm);
		break;
	case PERF_RECORD_FORK:
	case PERF_RECORD_EXIT:
		put_task(fields, &record->task);
		break;
	case PERF_RECORD_LOST:
	case PERF_RECORD_LOST_SAMPLES:
		put_lost(fields, record);
		break;
	case PERF_RECORD_THROTTLE:
	case PERF_RECORD_UNTHROTTLE:
		put_throttle(fields, &record->throttle);
		break;
	case PERF_RECORD_SWITCH:
	case PERF_RECORD_SWITCH_CPU_WIDE:
		put_switch(fields, record);
		break;
	default:
		put_rare(fields, record);
		break;
	}
}
