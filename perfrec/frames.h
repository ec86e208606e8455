/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Taking the agent's frames out of the bytes of a pipe. */
#ifndef PERFREC_FRAMES_H
#define PERFREC_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mach/perf_stream.h>

struct frame_reader {
	uint8_t *bytes; /* not yet taken: from start to size */
	size_t start, size, capacity;
	char error[128];
};

enum frame_status {
	FRAME_WHOLE,
	FRAME_MORE, /* it is not all there yet */
	FRAME_BAD,  /* error says why */
};

/* Room for at least size more bytes; NULL: no memory.  What was written
   there is given by frame_reader_wrote(). */
uint8_t *frame_reader_room(struct frame_reader *reader, size_t size);
void frame_reader_wrote(struct frame_reader *reader, size_t size);

/* Take the next frame; its contents stand until the next call for room. */
enum frame_status frame_reader_next(struct frame_reader *reader, struct perf_frame *frame,
				    const uint8_t **contents);

void frame_reader_free(struct frame_reader *reader);

#endif /* PERFREC_FRAMES_H */
