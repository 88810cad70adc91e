// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// A scorer that writes the layout of scorer_abi.h itself, and echoes. Every habit of it can be
// replaced by a bad one; those that are left out are honest.
#ifndef SCOREKEEPER_CONFORMANCE_RAW_H
#define SCOREKEEPER_CONFORMANCE_RAW_H

#include <stdbool.h>
#include <stdint.h>

#include "scorer_abi.h"

// One thread, so one request in hand, and at most every slot's body waiting in the socket.
struct raw {
    int socket;
    struct scorer_shape shape;
    uint64_t generation;
    const struct scorer_requests *requests;
    const struct scorer_slot *slots;
    struct scorer_responses *responses;
    struct scorer_completion *ring;
    uint64_t head;
    uint64_t done;
    uint64_t asleep;
    uint64_t rung;
    bool is_draining;
    bool is_gone;
    const struct habits *habits;
    struct {
        uint64_t ticket;
        uint64_t length;
        void *memory;
    } apart[SCORER_SLOTS_MAX];
};

struct raw_request {
    uint32_t slot;
    struct scorer_slot what;
    const char *body;
    const char *head;
};

struct habits {
    // The lane of a gateway is mapped: says ready.
    void (*greet)(struct raw *lane);
    // Marks a request as taken; false where it is over already.
    bool (*begin)(struct raw *lane, const struct raw_request *request);
    void (*answer)(struct raw *lane, const struct raw_request *request);
    // Whether it was told to leave and nothing is left.
    bool (*is_done)(const struct raw *lane);
    int drained; // what it leaves with when it was told to
    void (*gone)(void);
    uint32_t most_a_wake; // sleeps after so many of those that wait, if there are more
    bool keeps_bodies;
    bool keeps_waiting; // for the reader of an earlier gateway
    bool waits_for_all; // until every part was read
    bool rushes;        // never waits for the reader
    bool drops_cancelled;
};

// A scorer's whole life.
int raw_live(const struct habits *habits);

void raw_ready(struct raw *lane);
bool raw_has_next(const struct raw *lane);
struct raw_request raw_next(struct raw *lane);
void raw_take(struct raw *lane, const struct raw_request *request);
bool raw_is_cancelled(const struct raw *lane, const struct raw_request *request);
bool raw_is_late(const struct raw_request *request);
// A completion without a payload.
void raw_say(struct raw *lane, const struct raw_request *request, enum scorer_outcome outcome);
void raw_complete(struct raw *lane, struct scorer_completion what);
bool raw_begin(struct raw *lane, const struct raw_request *request);
// The completion of an answer in the first half of the slot's area.
struct scorer_completion raw_answer(const struct raw *lane, const struct raw_request *request,
                                    uint32_t length);
char *raw_area(const struct raw *lane, const struct raw_request *request);
void raw_echo(struct raw *lane, const struct raw_request *request);
void raw_send(struct raw *lane, const void *bytes, size_t length);
void raw_store(uint64_t *word, uint64_t value);
uint64_t raw_load(const uint64_t *word);

#endif
