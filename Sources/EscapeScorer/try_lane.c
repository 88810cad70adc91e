// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// The lane: its memory, its socket, and every lie that can be told over it.
#include "attempts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// How long a lie may be believed.
#define BELIEF_MILLISECONDS 3000
#define STORM_MILLISECONDS 2000

ATTEMPT(reopen_requests) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", task->lane->requests_memory);
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0)
        return refused(errno);
    // Opened is not yet written.
    long written = pwrite(file, "escaped", 7, 0);
    struct outcome outcome = judge(written, "wrote into its requests");
    close(file);
    return outcome;
}

ATTEMPT(map_requests) {
    struct raw_lane *lane = task->lane;
    char path[64];
    void *shared = mmap(NULL, lane->requests_bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
                        lane->requests_memory, 0);
    struct outcome mapped = shared == MAP_FAILED ? refused(errno) : through("mapped it to write");
    struct outcome changed = judge(
        mprotect(lane->requests, lane->requests_bytes, PROT_READ | PROT_WRITE), "made it writable");
    snprintf(path, sizeof path, "/proc/self/mem");
    int memory = open(path, O_RDWR | O_CLOEXEC);
    // The kernel writes here what the mapping itself may not: a copy of its own, at best.
    struct outcome forced = memory < 0 ? refused(errno) : refused(EPERM);
    if (memory >= 0) {
        char was = lane->requests[4], now = (char)(was ^ 1), seen = was;
        if (pwrite(memory, &now, 1, (off_t)(uintptr_t)(lane->requests + 4)) == 1 &&
            pread(lane->requests_memory, &seen, 1, 4) == 1 && seen == now)
            forced = through("wrote past the mapping's protection");
        close(memory);
    }
    struct outcome outcomes[] = {mapped, changed, forced};
    return first_through(outcomes, 3);
}

// A hole in the responses is its own loss: they read as zeros. One in the requests would be ours.
ATTEMPT(punch_regions) {
    struct raw_lane *lane = task->lane;
    const int hole = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
    long bytes = (long)lane->requests_bytes;
    long page = (long)scorer_area_offset(lane->shape, 0);
    struct outcome outcomes[] = {
        judge(fallocate(lane->requests_memory, hole, page, bytes - page), "punched its requests"),
        judge(fallocate(lane->requests_memory, FALLOC_FL_ZERO_RANGE, page, 4096), "zeroed them"),
        judge(madvise(lane->requests, lane->requests_bytes, MADV_REMOVE), "removed its requests"),
    };
    struct outcome outcome = first_through(outcomes, 3);
    if (outcome.kind == OUTCOME_THROUGH)
        return outcome;
    // Its own, while the gateway may be reading: the answer that follows must still be whole.
    fallocate(lane->responses_memory, hole,
              (long)scorer_answer_offset(lane->shape, task->request->slot),
              (long)scorer_answer_bytes(lane->shape));
    return outcome;
}

ATTEMPT(truncate_regions) {
    struct raw_lane *lane = task->lane;
    struct outcome outcomes[] = {
        judge(ftruncate(lane->responses_memory, 0), "cut its responses off"),
        judge(ftruncate(lane->requests_memory, 0), "cut its requests off"),
        judge(ftruncate(lane->responses_memory, 1L << 40), "grew its responses"),
        judge(fallocate(lane->responses_memory, 0, 0, 1L << 40), "grew its responses"),
        judge(fcntl(lane->responses_memory, F_ADD_SEALS, F_SEAL_WRITE), "sealed its responses"),
    };
    return first_through(outcomes, 5);
}

static long milliseconds_since(const struct timespec *start) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - start->tv_sec) * 1000 + (now.tv_nsec - start->tv_nsec) / 1000000;
}

ATTEMPT(wake_storm) {
    struct timespec start;
    unsigned long rings = 0;
    clock_gettime(CLOCK_MONOTONIC, &start);
    do {
        for (int ring = 0; ring < 1000; ring++) {
            raw_ring(task->lane);
            rings++;
        }
    } while (milliseconds_since(&start) < STORM_MILLISECONDS);
    return bounded("%lu rings in two seconds", rings);
}

// Whether the gateway has ended the lane; a scorer that can still say anything was believed.
static struct outcome believed(const struct task *task) {
    if (raw_is_closed(task->lane, BELIEF_MILLISECONDS)) {
        // The node ends it in a moment: there is nobody to answer to.
        for (;;)
            pause();
    }
    return through("it was believed");
}

ATTEMPT(close_lane) {
    close(task->lane->socket);
    for (;;)
        pause();
}

static struct outcome tell(const struct task *task, struct scorer_completion lie) {
    raw_post(task->lane, lie);
    return believed(task);
}

static struct scorer_completion honest(const struct task *task) {
    return raw_completion(task->lane, task->request, "lie", 3);
}

ATTEMPT(answer_other_ticket) {
    struct scorer_completion lie = honest(task);
    lie.ticket++;
    return tell(task, lie);
}

ATTEMPT(answer_twice) {
    raw_post(task->lane, honest(task));
    return tell(task, honest(task));
}

ATTEMPT(lie_about_length) {
    struct scorer_completion lie = honest(task);
    lie.body_length = (uint32_t)scorer_answer_bytes(task->lane->shape) + 1;
    return tell(task, lie);
}

ATTEMPT(point_outside) {
    struct scorer_completion lie = honest(task);
    lie.offset = 0;
    return tell(task, lie);
}

ATTEMPT(point_at_overflow) {
    struct scorer_completion lie = honest(task);
    lie.offset = UINT64_MAX - 2;
    lie.head_length = UINT32_MAX;
    return tell(task, lie);
}

ATTEMPT(slot_out_of_range) {
    struct scorer_completion lie = honest(task);
    lie.slot = UINT32_MAX;
    return tell(task, lie);
}

ATTEMPT(jump_done) {
    raw_count(task->lane, task->lane->done + 1000000);
    return believed(task);
}

ATTEMPT(too_many_parts) {
    for (int part = 0; part < 64; part++) {
        struct scorer_completion more = honest(task);
        more.outcome = SCORER_OUTCOME_PART;
        raw_post(task->lane, more);
    }
    return believed(task);
}

ATTEMPT(wrong_status) {
    struct scorer_completion lie = honest(task);
    lie.status = 99;
    return tell(task, lie);
}

ATTEMPT(wrong_outcome) {
    struct scorer_completion lie = honest(task);
    lie.outcome = 77;
    return tell(task, lie);
}

ATTEMPT(scribble) {
    memset(task->lane->responses, 0xa5, task->lane->responses_bytes);
    raw_ring(task->lane);
    return believed(task);
}

ATTEMPT(garbage_packets) {
    char packet[8192];
    for (unsigned length = 1; length <= sizeof packet; length *= 2) {
        memset(packet, 0xee, sizeof packet);
        send(task->lane->socket, packet, length, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    return believed(task);
}
