// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// A libFuzzer target for the one C entry that reads a plan: whatever it accepts must be readable to
// its last byte.

#include "launch_plan.h"

#include <stdlib.h>
#include <string.h>

static volatile unsigned char sink;

static void read_text(const char *text) {
    for (; *text != 0; text++)
        sink ^= (unsigned char)*text;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct launch_plan plan;
    size_t cursor = 0;
    const struct launch_record *record;
    // A block of exactly this size, so that the sanitizer sees the first byte behind it.
    void *copy = malloc(size > 0 ? size : 1);
    memcpy(copy, bytes, size);
    if (size >= sizeof(struct launch_header)) {
        // Otherwise most of the time would go into guessing these.
        struct launch_header *header = copy;
        header->magic = LAUNCH_MAGIC;
        header->version = LAUNCH_VERSION;
        header->size = (uint32_t)size;
        header->reserved = 0;
    }
    if (launch_plan_check(copy, size, &plan) == 0) {
        while ((record = launch_plan_next(&plan, &cursor)) != NULL) {
            for (uint32_t at = 0; at < record->length; at++) {
                sink ^= ((const unsigned char *)launch_text(record))[at];
            }
            if (record->kind == LAUNCH_SYMLINK || record->kind == LAUNCH_FILE) {
                read_text(launch_second_text(record));
            }
            if (record->kind >= LAUNCH_FOLDER || record->kind == LAUNCH_PROGRAM) {
                read_text(launch_text(record));
            }
        }
    }
    free(copy);
    return 0;
}
