/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Print the records of a file one a line, for comparing with perf script. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <perfdata.h>

static void print_sample(const struct perfdata_record *record)
{
	const struct perfdata_sample *sample = &record->sample;
	uint64_t n;

	printf("SAMPLE %s %" PRIu32 "/%" PRIu32 " %" PRIu64 " [%" PRIu32 "] %" PRIu64 " %" PRIx64
	       " stack %" PRIu64 " chain",
	       record->event->name, record->id.pid, record->id.tid, record->id.time, record->id.cpu,
	       sample->period, sample->ip, sample->stack_valid);
	for (n = 0; n < sample->nr_chain; n++)
		if (sample->chain[n] < PERF_CONTEXT_MAX)
			printf(" %" PRIx64, sample->chain[n]);
	putchar('\n');
}

static void print_record(const struct perfdata_record *record)
{
	const struct perfdata_mmap *map = &record->mmap;
	const struct perfdata_task *task = &record->task;

	switch (record->type) {
	case PERF_RECORD_SAMPLE:
		print_sample(record);
		break;
	case PERF_RECORD_MMAP:
	case PERF_RECORD_MMAP2:
		printf("MMAP %" PRId32 "/%" PRId32 " 0x%" PRIx64 "(0x%" PRIx64 ") 0x%" PRIx64
		       " %s\n",
		       (int32_t)map->pid, (int32_t)map->tid, map->addr, map->len, map->pgoff,
		       map->filename);
		break;
	case PERF_RECORD_COMM:
		printf("COMM %s:%" PRIu32 "/%" PRIu32 "\n", record->comm.comm, record->comm.pid,
		       record->comm.tid);
		break;
	case PERF_RECORD_FORK:
	case PERF_RECORD_EXIT:
		printf("%s (%" PRIu32 ":%" PRIu32 "):(%" PRIu32 ":%" PRIu32 ")\n",
		       perfdata_record_name(record->type), task->pid, task->tid, task->ppid,
		       task->ptid);
		break;
	}
}

int main(int argc, char **argv)
{
	struct perfdata_cursor cursor;
	struct perfdata_record record;
	struct perfdata_error error;
	enum perfdata_status status;
	struct perfdata *file;
	struct stat info;
	void *bytes;
	int fd;

	if (argc != 2 || (fd = open(argv[1], O_RDONLY)) < 0 || fstat(fd, &info))
		return 2;
	bytes = mmap(NULL, info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return 2;
	if (perfdata_open(&file, bytes, info.st_size, &error) != PERFDATA_OK) {
		fprintf(stderr, "%s\n", error.text);
		return 1;
	}
	perfdata_rewind(file, &cursor);
	while ((status = perfdata_next(file, &cursor, &record, &error)) == PERFDATA_OK)
		print_record(&record);
	if (status != PERFDATA_END)
		fprintf(stderr, "%s\n", error.text);
	perfdata_cursor_free(&cursor);
	perfdata_close(file);
	munmap(bytes, info.st_size);
	return status != PERFDATA_END;
}
