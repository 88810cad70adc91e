// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// What libscorer holds: the lane, and each life of the gateway that it has met. Private to
// libscorer.c, like the other scorer_*.h beside it.
#ifndef SCOREKEEPER_SCORER_ERA_H
#define SCOREKEEPER_SCORER_ERA_H

#include "lane_words.h"
#include "scorer.h"
#include "scorer_abi.h"
#include "scorer_system.h"

// A long body whose packet has come and whose request has not been begun, or that is in hand.
struct long_body {
    uint64_t ticket;
    uint64_t length;
    void *memory;
};

// One life of the gateway: its two regions and what we hold of them. A request in hand keeps its
// era mapped after a new gateway has said hello.
struct era {
    struct scorer_shape shape;
    uint64_t generation;
    uint64_t bytes; // of this structure
    const struct scorer_requests *requests;
    const struct scorer_slot *slots;
    struct scorer_responses *responses;
    struct scorer_completion *completions;
    uint64_t head;    // requests taken
    uint64_t done;    // completions given
    uint64_t asleep;  // what the word holds
    uint64_t rung;    // the value of `armed` that was rung for
    uint32_t packets; // that came of those that are counted
    uint32_t in_hand; // requests, and bodies that are held beyond their answer
    uint32_t waiting_bodies;
    struct long_body *bodies;   // waiting for their request to be begun
    struct long_body in_slot[]; // of the request that each slot has in hand
};

// What the bodies of requests must be.
enum expected {
    EXPECTED_ANYTHING = 0,
    EXPECTED_JSON = 1,
    EXPECTED_TENSOR = 2,
};

struct scorer_lane {
    int socket;
    uint32_t lock;
    uint32_t is_received; // somebody reads the socket
    uint32_t news;        // raised when that one stops
    uint32_t followers;   // who sleep until then
    bool has_no_futex;    // the kernel has none that a signal's handler leaves alone
    struct era *era;
    bool is_ready;
    bool is_draining;
    enum scorer_result end; // not SCORER_OK: nothing more will come
    uint32_t expected;      // an enum expected; with it, `tensor`
    struct scorer_tensor tensor;
    struct values *spare_values; // a list of those that are not in use
    uint32_t spare_count;
    uint64_t metrics_told; // when
    bool has_new_metrics;
    // What a gateway that comes later must be told again.
    uint32_t threads;
    uint32_t shares;
    uint32_t metric_count;
    struct scorer_metric metrics[SCORER_METRICS_MAX];
    uint32_t told_length;
    char told[SCORER_REASON_MAX];
};

static int system_error;

static enum scorer_result system_failed(long error) {
    __atomic_store_n(&system_error, (int)-error, __ATOMIC_RELAXED);
    return SCORER_SYSTEM;
}

static void drop_body(struct long_body *body) {
    system_unmap(body->memory, body->length);
    *body = (struct long_body){0, 0, NULL};
}

static void drop_era(struct era *era) {
    for (uint32_t i = 0; i < era->waiting_bodies; i++)
        drop_body(&era->bodies[i]);
    system_unmap(era->requests, scorer_requests_bytes(era->shape));
    system_unmap(era->responses, scorer_responses_bytes(era->shape));
    system_unmap(era, era->bytes);
}

// Maps what the gateway sent, provided that it is as long as it says and cannot shrink.
static void *map_sealed(int descriptor, uint64_t bytes, bool is_writable, long *error) {
    long seals = system_call(CALL_FCNTL, descriptor, FILE_GET_SEALS, 0, 0, 0, 0);
    long length = system_call(CALL_LSEEK, descriptor, 0, SEEK_TO_END, 0, 0, 0);
    if (seals < 0 || !(seals & SEAL_SHRINK) || length < 0 || (uint64_t)length < bytes)
        return NULL;
    void *memory = system_map(descriptor, bytes, is_writable, error);
    if (memory)
        system_call(CALL_MADVISE, (long)memory, (long)bytes, ADVICE_NOT_IN_CHILDREN, 0, 0, 0);
    return memory;
}

static enum scorer_result make_era(const struct scorer_hello *hello, const int *descriptors,
                                   struct era **result) {
    struct scorer_shape shape = {hello->slots, hello->calls, hello->area_bytes};
    if (!scorer_shape_is_legal(shape) || hello->requests_bytes != scorer_requests_bytes(shape) ||
        hello->responses_bytes != scorer_responses_bytes(shape))
        return SCORER_BROKEN;
    long error = 0;
    uint64_t bytes = sizeof(struct era) + 2ull * shape.slots * sizeof(struct long_body);
    struct era *era = system_map(-1, bytes, true, &error);
    if (!era)
        return system_failed(error);
    era->bytes = bytes;
    era->shape = shape;
    era->generation = hello->generation;
    era->bodies = &era->in_slot[shape.slots];
    era->requests = map_sealed(descriptors[0], hello->requests_bytes, false, &error);
    era->responses = map_sealed(descriptors[1], hello->responses_bytes, true, &error);
    if (!era->requests || !era->responses) {
        drop_era(era);
        return error ? system_failed(error) : SCORER_BROKEN;
    }
    era->slots = (const void *)((const char *)era->requests + scorer_slots_offset(shape));
    era->completions = (void *)((char *)era->responses + scorer_completions_offset(shape));
    *result = era;
    return SCORER_OK;
}

#endif
