// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// A lane without a library: whoever lies must write every word himself.
#ifndef SCOREKEEPER_RAW_LANE_H
#define SCOREKEEPER_RAW_LANE_H

#include <scorer_abi.h>

struct raw_lane {
    int socket;
    int requests_memory;
    int responses_memory;
    struct scorer_shape shape;
    uint64_t generation;
    uint64_t requests_bytes;
    uint64_t responses_bytes;
    char *requests;
    char *responses;
    uint64_t next;
    uint64_t done;
    uint64_t asleep;
    bool ignores_drain;
};

struct raw_request {
    uint64_t ticket;
    uint32_t slot;
    const char *body;
    uint64_t length;
};

// Waits for the gateway's greeting, keeps its descriptors, maps both regions.
bool raw_attach(struct raw_lane *lane, int socket);

// Says ready.
void raw_ready(const struct raw_lane *lane);

// The next request to score; ends the process where the gateway says so.
void raw_take(struct raw_lane *lane, struct raw_request *request);

// Writes a completion behind the others and counts it, whatever it says.
void raw_post(struct raw_lane *lane, struct scorer_completion completion);

// The honest completion of a request, with a body in its area.
struct scorer_completion raw_completion(struct raw_lane *lane, const struct raw_request *request,
                                        const char *body, uint32_t length);

void raw_ring(const struct raw_lane *lane);

// Stores the number of completions.
void raw_count(struct raw_lane *lane, uint64_t done);

// Waits until the gateway has closed its end, at most so long; answers whether it has.
bool raw_is_closed(struct raw_lane *lane, int milliseconds);

#endif
