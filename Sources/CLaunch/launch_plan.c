// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

#include "launch_plan.h"

static size_t padded(size_t length) { return (length + 7) & ~(size_t)7; }

// The length of a text that must end inside `limit` bytes; `limit` itself where it does not.
static size_t text_length(const char *text, size_t limit) {
    size_t length = 0;
    while (length < limit && text[length] != 0)
        length++;
    return length;
}

// Absolute, and no component of it is `..`: nothing leads out of a root that is being built.
static int is_inside_path(const char *path) {
    if (path[0] != '/')
        return 0;
    for (const char *at = path; *at != 0; at++) {
        if (at[0] == '/' && at[1] == '.' && at[2] == '.' && (at[3] == '/' || at[3] == 0))
            return 0;
    }
    return 1;
}

static int is_one_text(const struct launch_record *record) {
    return record->length > 0 &&
           text_length(launch_text(record), record->length) == record->length - 1;
}

static int is_two_texts(const struct launch_record *record) {
    size_t first = text_length(launch_text(record), record->length);
    if (first + 1 >= record->length)
        return 0;
    size_t rest = record->length - first - 1;
    return text_length(launch_text(record) + first + 1, rest) == rest - 1;
}

// How often the kinds that fill a table occurred.
struct tally {
    unsigned programs, arguments, variables, mounts, filters;
};

static int is_sound(const struct launch_record *record, struct tally *tally) {
    switch (record->kind) {
    case LAUNCH_PROGRAM:
        return is_one_text(record) && is_inside_path(launch_text(record)) && ++tally->programs == 1;
    case LAUNCH_ARGUMENT:
        return is_one_text(record) && ++tally->arguments <= LAUNCH_ARGUMENTS;
    case LAUNCH_VARIABLE:
        return is_one_text(record) && ++tally->variables <= LAUNCH_VARIABLES;
    case LAUNCH_WORK:
        return is_one_text(record) && is_inside_path(launch_text(record));
    case LAUNCH_HOSTNAME:
        return is_one_text(record) && record->length <= 65;
    case LAUNCH_LIMIT:
        return record->length == 16 && record->number < 16;
    case LAUNCH_FILTER:
        // A seccomp program is whole instructions of 8 bytes, 4,096 of them at most.
        return record->length > 0 && record->length % 8 == 0 && record->length <= 4096 * 8 &&
               ++tally->filters == 1;
    case LAUNCH_RULE:
        return is_one_text(record) && is_inside_path(launch_text(record)) &&
               record->number <= LAUNCH_ACCESS_DEVICE;
    case LAUNCH_FOLDER:
        return is_one_text(record) && is_inside_path(launch_text(record)) &&
               record->number <= 01777;
    case LAUNCH_SYMLINK:
    case LAUNCH_FILE:
        return is_two_texts(record) && is_inside_path(launch_text(record));
    case LAUNCH_BIND:
    case LAUNCH_TMPFS:
    case LAUNCH_PROC:
        return is_one_text(record) && is_inside_path(launch_text(record)) &&
               ++tally->mounts <= LAUNCH_MOUNTS;
    case LAUNCH_TREE:
        return is_one_text(record) && is_inside_path(launch_text(record)) &&
               record->number < LAUNCH_TREES && ++tally->mounts <= LAUNCH_MOUNTS;
    default:
        return 0;
    }
}

size_t launch_plan_check(const void *bytes, size_t size, struct launch_plan *plan) {
    const struct launch_header *header = bytes;
    if (size < sizeof *header || size > LAUNCH_SIZE_LIMIT)
        return 1;
    if (header->magic != LAUNCH_MAGIC || header->version != LAUNCH_VERSION)
        return 1;
    if (header->size != size || header->reserved != 0)
        return 1;
    struct tally tally = {0};
    size_t at = sizeof *header;
    while (at < size) {
        const struct launch_record *record =
            (const struct launch_record *)((const unsigned char *)bytes + at);
        if (size - at < sizeof *record)
            return at + 1;
        size_t room = size - at - sizeof *record;
        if (record->length > room || padded(record->length) > room)
            return at + 1;
        if (!is_sound(record, &tally))
            return at + 1;
        at += sizeof *record + padded(record->length);
    }
    plan->header = header;
    plan->records = (const unsigned char *)bytes + sizeof *header;
    plan->length = size - sizeof *header;
    return 0;
}

const struct launch_record *launch_plan_next(const struct launch_plan *plan, size_t *cursor) {
    if (*cursor >= plan->length)
        return NULL;
    const struct launch_record *record = (const struct launch_record *)(plan->records + *cursor);
    *cursor += sizeof *record + padded(record->length);
    return record;
}

const char *launch_second_text(const struct launch_record *record) {
    return launch_text(record) + text_length(launch_text(record), record->length) + 1;
}
