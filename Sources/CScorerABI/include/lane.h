// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// The gateway's side of a lane. See scorer_abi.h for the layout.
//
// A lane is confined to one thread. What it relies on (which slot holds which ticket, where the
// rings stand) is in private memory; a word that the scorer wrote is loaded once, checked against
// that, then used. The first lie ends the lane: `lane_violation` says which one it was, and
// nothing more is taken from the scorer.
#ifndef SCOREKEEPER_LANE_H
#define SCOREKEEPER_LANE_H

#include "scorer_abi.h"

struct lane;

// A request that was posted: its number, and the slot that it is in.
struct lane_ticket {
    uint64_t number;
    uint32_t slot;
};

struct lane_bytes {
    const void *base;
    size_t length;
};

// A request to post. `apart` is a sealed memfd that holds the body, or -1: then `body` is copied.
struct lane_post {
    enum scorer_kind kind;
    uint16_t flags;
    uint64_t deadline;
    struct lane_bytes head;
    const struct lane_bytes *body;
    size_t body_count;
    int apart;
    uint64_t apart_length;
    bool is_gathered; // no bell is rung: `lane_ring` follows before the gateway sleeps
};

enum lane_result {
    LANE_OK = 0,
    LANE_FULL = 1,          // no slot is free
    LANE_HEAD_TOO_LONG = 2, // the head does not fit into an area
    LANE_SOCKET_FULL = 3,   // a body apart cannot be sent now; nothing was posted
    LANE_ENDED = 4,         // the lane broke a rule or its scorer is gone
    LANE_SYSTEM = 5,        // errno says
};

// How a scorer broke the rules.
enum lane_violation {
    LANE_HONEST = 0,
    LANE_DONE_JUMPED = 1,        // `done` moved by more than could be outstanding
    LANE_SLOT_OUT_OF_RANGE = 2,  // no such slot
    LANE_SLOT_FREE = 3,          // an answer where no request is
    LANE_WRONG_TICKET = 4,       // an answer to another request than the slot holds
    LANE_WRONG_OUTCOME = 5,      // an outcome that does not exist or does not fit the request
    LANE_WRONG_STATUS = 6,       // not an HTTP status
    LANE_OUTSIDE_AREA = 7,       // an answer that is not in its area
    LANE_TOO_MANY_PARTS = 8,     // more parts unread than allowed
    LANE_BEGUN_AFTER_CANCEL = 9, // an answer to a request that had been withdrawn before
    LANE_DECLINED_UNASKED = 10,  // declined though neither withdrawn nor late
    LANE_BAD_PACKET = 11,        // a packet that is not one
};

enum lane_cancel {
    LANE_CANCEL_GONE = 0,      // the lane does not hold this ticket (any more)
    LANE_CANCEL_WITHDRAWN = 1, // the scorer will never begin it
    LANE_CANCEL_BEGUN = 2,     // the scorer has begun it: its completion will come
};

// A completion that passed every check. `body` and `head` point into memory that the scorer can
// still write: copy, then parse.
struct lane_completion {
    struct lane_ticket ticket;
    enum scorer_outcome outcome;
    uint16_t status;
    uint32_t head_length;
    uint32_t body_length;
    const void *head;
    const void *body;
};

enum lane_packet_kind {
    LANE_PACKET_NONE = 0,     // nothing is waiting
    LANE_PACKET_END = 1,      // the other end is closed
    LANE_PACKET_BELL = 2,     // look again
    LANE_PACKET_READY = 3,    // requests may come
    LANE_PACKET_FAILED = 4,   // the scorer says why it cannot start
    LANE_PACKET_STALE = 5,    // meant for an earlier life of the gateway
    LANE_PACKET_LIE = 6,      // the lane is ended
    LANE_PACKET_SHARES = 7,   // how many requests may share a call
    LANE_PACKET_TOLD = 8,     // facts about the model
    LANE_PACKET_THREADS = 9,  // how many calls at once
    LANE_PACKET_METRICS = 10, // every metric, each with a legal name and a number
};

struct lane_packet {
    enum lane_packet_kind kind;
    uint32_t most;          // of `shares` and `threads`: 1 to SCORER_SLOTS_MAX
    uint32_t metric_count;  // of `metrics`
    uint32_t reason_length; // of `failed` and `told`
    union {
        char reason[SCORER_REASON_MAX];
        struct scorer_metric metrics[SCORER_METRICS_MAX];
    };
};

// Where a packet's text, or its metrics, lie: for languages that know no unions.
static inline const char *lane_packet_text(const struct lane_packet *packet) {
    return packet->reason;
}

static inline const struct scorer_metric *lane_packet_metrics(const struct lane_packet *packet) {
    return packet->metrics;
}

// Longest packet of a scorer.
#define LANE_PACKET_BYTES_MAX                                                                      \
    (sizeof(struct scorer_metrics) + SCORER_METRICS_MAX * sizeof(struct scorer_metric))

// Makes, maps and seals the two regions and greets the scorer at the other end of `socket`, which
// stays the caller's. LANE_SYSTEM leaves nothing behind.
enum lane_result lane_open(int socket, struct scorer_shape shape, uint64_t generation,
                           struct lane **lane);

// Unmaps and frees.
void lane_close(struct lane *lane);

// Slots that are free to post into.
uint32_t lane_credit(const struct lane *lane);

// Copies a request into the lane and rings if the scorer sleeps.
enum lane_result lane_post(struct lane *lane, const struct lane_post *post,
                           struct lane_ticket *ticket);

// Rings if the scorer sleeps and something was gathered since the last time.
void lane_ring(struct lane *lane);

// Withdraws a request. The slot comes back with its completion, in either case.
enum lane_cancel lane_cancel(struct lane *lane, struct lane_ticket ticket);

// Whether the scorer has begun a request that the lane still holds.
bool lane_was_taken(const struct lane *lane, struct lane_ticket ticket);

// The ticket that `slot` holds: false when it is free.
bool lane_held(const struct lane *lane, uint32_t slot, struct lane_ticket *ticket);

// Takes the next completion: false when there is none or the lane has ended. Each must be given
// back with `lane_finish` once its payload is copied.
bool lane_next(struct lane *lane, struct lane_completion *completion);

// The slot of a terminal completion is free again.
void lane_finish(struct lane *lane, const struct lane_completion *completion);

// One more part of the answer to `ticket` was taken over: the scorer may write another.
void lane_acknowledge(struct lane *lane, struct lane_ticket ticket);

// Announces sleep and looks again: false when there is something to drain.
bool lane_arm(struct lane *lane);

// Awake: no bell is needed.
void lane_disarm(struct lane *lane);

// Takes one packet from the socket, without its descriptors: the kernel drops those. For a gateway
// in C; one with an event loop of its own reads the socket there and has the packet parsed.
enum lane_packet_kind lane_receive(struct lane *lane, struct lane_packet *packet);

// Says what a packet is that was read from the socket by other means.
enum lane_packet_kind lane_packet_parse(struct lane *lane, const void *bytes, size_t length,
                                        struct lane_packet *packet);

// Tells the scorer to leave once nothing is left.
enum lane_result lane_drain(struct lane *lane);

// The rule that the scorer broke.
enum lane_violation lane_violation(const struct lane *lane);

// The words for it.
const char *lane_violation_text(enum lane_violation violation);

// A memfd for a body: write to it, then seal it.
int lane_body_create(void);

// Seals a body against every change.
int lane_body_seal(int descriptor);

#endif
