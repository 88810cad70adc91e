// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// The lane's layout: the one place where it is written down.
//
// A lane joins the gateway to one scorer process. It is two regions of shared memory and one
// SOCK_SEQPACKET socket. The gateway alone writes the requests region (the scorer can only map it
// read-only), the scorer alone writes the responses region. Every word has one writer; nothing in
// either region is a lock. Words that the two sides order against each other (`tail`, `armed`,
// `cancelled`, `read`, `asleep`, `asleep_on_bells`, `bells`, `packets`, `done`, `taken`) are accessed
// with atomic loads and stores only.
//
// All numbers are little-endian and naturally aligned. Offsets count from the region's start.
//
// The promise: a scorer built against the first header of version 1 runs under every later gateway
// of version 1. Within a version nothing below moves, changes its size or its meaning, or goes.
// What may come: packets of higher numbers from the scorer, which a library sends only where
// `hello` says that the gateway knows them; flags that a gateway sets only after the scorer asked
// for them; words that are `reserved` or padding now, are written as zero and not looked at. Whatever
// else changes is version 2, which a scorer of version 1 is told in the second byte of `hello`.
#ifndef SCOREKEEPER_SCORER_ABI_H
#define SCOREKEEPER_SCORER_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCORER_ABI_VERSION 1

// Most slots of a lane, and the default size of an area. An area is a multiple of a page.
#define SCORER_SLOTS_MAX 1024
#define SCORER_AREA_DEFAULT 65536
#define SCORER_AREA_MAX (16u << 20)
#define SCORER_PAGE 4096

// Parts of one answer that may be unread at a time: as many as an answer area has halves.
#define SCORER_PARTS_UNREAD 2

// Longest text in a `failed` or `told` packet.
#define SCORER_REASON_MAX 4096

// Most metrics of a scorer, and the longest name of one.
#define SCORER_METRICS_MAX 64
#define SCORER_METRIC_NAME_MAX 54

// What a request asks for.
enum scorer_kind {
    SCORER_KIND_SCORE = 1, // answer it
    SCORER_KIND_PING = 2,  // say that the work loop turns; never shown to user code
};

// What is special about a request.
enum scorer_flag {
    SCORER_FLAG_APART = 1,  // the body came in its own memfd, in a packet with this ticket
    SCORER_FLAG_SHARES = 2, // may share a call of the model with neighbours that say so too
};

// One request. `ticket` numbers grow by one and never repeat within a lane; 0 is no ticket.
// Body and head lie in the request's own area, the body first so that it is aligned for tensors;
// a body that came apart leaves the area to the head.
struct scorer_slot {
    uint64_t ticket;
    uint64_t deadline;    // CLOCK_MONOTONIC nanoseconds
    uint64_t offset;      // of the body; the head follows it
    uint64_t body_length; // bytes
    uint32_t head_length; // bytes
    uint16_t kind;
    uint16_t flags;
    uint64_t cancelled; // the ticket that is withdrawn
    uint64_t read;      // parts of this ticket's answer that were taken over
    uint64_t reserved;
};

// What became of a request.
enum scorer_outcome {
    SCORER_OUTCOME_ANSWER = 1,   // the whole answer
    SCORER_OUTCOME_PART = 2,     // one part of it, more follow
    SCORER_OUTCOME_LAST = 3,     // the last part
    SCORER_OUTCOME_DECLINED = 4, // withdrawn or late: user code never saw it
    SCORER_OUTCOME_PONG = 5,     // the answer to a ping
};

// One completion. Body, then head, lie in the answer area of the request's slot.
struct scorer_completion {
    uint64_t ticket;
    uint32_t slot;
    uint16_t outcome;
    uint16_t status; // HTTP status of the answer or of its first part; of a last one, from 500 on:
                     // it is not the whole answer
    uint64_t offset; // of the body; the head follows it
    uint32_t head_length;
    uint32_t body_length;
};

// The start of the requests region, which the gateway writes. The ring follows, then the slots,
// then the areas.
struct scorer_requests {
    _Alignas(64) uint64_t tail;   // requests posted since hello
    uint32_t bells;               // a futex, raised with each bell that is rung on it; 0: none is
    uint32_t packets;             // sent since hello, but for bells
    _Alignas(64) uint64_t armed;  // odd: the gateway is about to sleep; one bell for each odd value
    _Alignas(64) uint32_t ring[]; // slot numbers; entry i of the lane's life at i modulo slots
};

// The start of the responses region, which the scorer writes. Then come the ring of completions
// and the answer areas.
struct scorer_responses {
    _Alignas(64) uint64_t asleep;  // raised before each sleep; one bell for each value
    uint64_t asleep_on_bells;      // the value of `asleep` whose bell goes to the futex, no packet
    _Alignas(64) uint64_t done;    // completions since hello
    _Alignas(64) uint64_t taken[]; // the ticket that was begun, for each slot
};

_Static_assert(sizeof(struct scorer_slot) == 64, "a slot is one cache line");
_Static_assert(offsetof(struct scorer_slot, deadline) == 8, "layout");
_Static_assert(offsetof(struct scorer_slot, offset) == 16, "layout");
_Static_assert(offsetof(struct scorer_slot, body_length) == 24, "layout");
_Static_assert(offsetof(struct scorer_slot, head_length) == 32, "layout");
_Static_assert(offsetof(struct scorer_slot, kind) == 36, "layout");
_Static_assert(offsetof(struct scorer_slot, flags) == 38, "layout");
_Static_assert(offsetof(struct scorer_slot, cancelled) == 40, "layout");
_Static_assert(offsetof(struct scorer_slot, read) == 48, "layout");
_Static_assert(sizeof(struct scorer_completion) == 32, "two completions a cache line");
_Static_assert(offsetof(struct scorer_completion, slot) == 8, "layout");
_Static_assert(offsetof(struct scorer_completion, outcome) == 12, "layout");
_Static_assert(offsetof(struct scorer_completion, status) == 14, "layout");
_Static_assert(offsetof(struct scorer_completion, offset) == 16, "layout");
_Static_assert(offsetof(struct scorer_completion, head_length) == 24, "layout");
_Static_assert(offsetof(struct scorer_completion, body_length) == 28, "layout");
_Static_assert(offsetof(struct scorer_requests, armed) == 64,
               "a cache line for each writer's word");
_Static_assert(offsetof(struct scorer_requests, ring) == 128, "layout");
_Static_assert(offsetof(struct scorer_responses, done) == 64, "layout");
_Static_assert(offsetof(struct scorer_responses, taken) == 128, "layout");

// The shape of a lane: everything that sizes and places the two regions.
struct scorer_shape {
    uint32_t slots;      // requests bound at once: calls + ahead
    uint32_t calls;      // calls of the model at once
    uint32_t area_bytes; // a request's area, and each half of an answer area
};

static inline bool scorer_shape_is_legal(struct scorer_shape shape) {
    return shape.slots >= 1 && shape.slots <= SCORER_SLOTS_MAX && shape.calls >= 1 &&
           shape.calls <= shape.slots && shape.area_bytes >= SCORER_PAGE &&
           shape.area_bytes <= SCORER_AREA_MAX && shape.area_bytes % SCORER_PAGE == 0;
}

static inline uint64_t scorer_round_up(uint64_t value, uint64_t multiple) {
    return (value + multiple - 1) / multiple * multiple;
}

// Where the slots begin in the requests region.
static inline uint64_t scorer_slots_offset(struct scorer_shape shape) {
    return scorer_round_up(offsetof(struct scorer_requests, ring) + 4ull * shape.slots, 64);
}

// Where the area of `slot` begins in the requests region.
static inline uint64_t scorer_area_offset(struct scorer_shape shape, uint32_t slot) {
    uint64_t slots_end = scorer_slots_offset(shape) + sizeof(struct scorer_slot) * shape.slots;
    return scorer_round_up(slots_end, SCORER_PAGE) + (uint64_t)slot * shape.area_bytes;
}

static inline uint64_t scorer_requests_bytes(struct scorer_shape shape) {
    return scorer_area_offset(shape, shape.slots);
}

// Entries in the ring of completions: two unread ones for each slot never overflow it.
static inline uint32_t scorer_completions(struct scorer_shape shape) {
    return SCORER_PARTS_UNREAD * shape.slots;
}

// Where the ring of completions begins in the responses region.
static inline uint64_t scorer_completions_offset(struct scorer_shape shape) {
    return scorer_round_up(offsetof(struct scorer_responses, taken) + 8ull * shape.slots, 64);
}

// Bytes of one slot's answer area: two halves.
static inline uint64_t scorer_answer_bytes(struct scorer_shape shape) {
    return (uint64_t)SCORER_PARTS_UNREAD * shape.area_bytes;
}

// Where the answer area of `slot` begins in the responses region.
static inline uint64_t scorer_answer_offset(struct scorer_shape shape, uint32_t slot) {
    uint64_t ring_end = scorer_completions_offset(shape) +
                        sizeof(struct scorer_completion) * scorer_completions(shape);
    return scorer_round_up(ring_end, SCORER_PAGE) + slot * scorer_answer_bytes(shape);
}

static inline uint64_t scorer_responses_bytes(struct scorer_shape shape) {
    return scorer_answer_offset(shape, shape.slots);
}

// The first byte of a packet says what it is. A bell is that byte alone.
enum scorer_packet {
    SCORER_PACKET_BELL = 1,     // either way: look again
    SCORER_PACKET_HELLO = 2,    // to the scorer, with the two regions' memfds
    SCORER_PACKET_BODY = 3,     // to the scorer, with the memfd of a long body
    SCORER_PACKET_DRAIN = 4,    // to the scorer: leave once nothing is left
    SCORER_PACKET_READY = 5,    // to the gateway: requests may come
    SCORER_PACKET_FAILED = 6,   // to the gateway: the reason follows, text
    SCORER_PACKET_SHARES = 7,   // to the gateway: how many requests one call of the model may have
    SCORER_PACKET_TOLD = 8,     // to the gateway: facts about the model follow, text for people
    SCORER_PACKET_THREADS = 9,  // to the gateway: how many requests are worked on at once
    SCORER_PACKET_METRICS = 10, // to the gateway: every metric with its value now
};

// The highest number above.
#define SCORER_PACKET_NEWEST SCORER_PACKET_METRICS

// Comes with the memfd of the requests region, then that of the responses region.
struct scorer_hello {
    uint8_t packet;
    uint8_t version;
    uint16_t newest_packet; // the highest number of a packet that this gateway knows
    uint32_t slots;
    uint32_t calls;
    uint32_t area_bytes;
    uint64_t generation; // a new one for each life of the gateway
    uint64_t requests_bytes;
    uint64_t responses_bytes;
};

// Comes with a memfd sealed against every change, sent before its ticket is posted.
struct scorer_body {
    uint8_t packet;
    uint8_t reserved[7];
    uint64_t ticket;
    uint64_t length;
};

// `ready` and `drain`, for the generation that they belong to.
struct scorer_word {
    uint8_t packet;
    uint8_t reserved[7];
    uint64_t generation;
};

// `shares`: requests that wait together are marked as sharing a call from then on; 1: no longer.
// `threads`: from then on no more than `most` calls are counted on, and with two or more no request
// is bound ahead of them.
struct scorer_shares {
    uint8_t packet;
    uint8_t reserved[3];
    uint32_t most;
    uint64_t generation;
};

// What a metric's value does.
enum scorer_metric_kind {
    SCORER_METRIC_COUNTER = 1, // grows, from zero with each process
    SCORER_METRIC_GAUGE = 2,   // goes up and down
};

// A metric: its name by Prometheus' rule, and a value that is a number.
struct scorer_metric {
    double value;
    uint8_t kind;
    uint8_t name_length;
    char name[SCORER_METRIC_NAME_MAX]; // zeros behind it
};

// Metrics follow, as many as `count` says; what was told before is replaced.
struct scorer_metrics {
    uint8_t packet;
    uint8_t reserved[3];
    uint32_t count;
    uint64_t generation;
};

_Static_assert(sizeof(struct scorer_metric) == 64, "layout");
_Static_assert(offsetof(struct scorer_metric, kind) == 8, "layout");
_Static_assert(offsetof(struct scorer_metric, name_length) == 9, "layout");
_Static_assert(offsetof(struct scorer_metric, name) == 10, "layout");
_Static_assert(sizeof(struct scorer_metrics) == 16, "layout");
_Static_assert(offsetof(struct scorer_metrics, count) == 4, "layout");
_Static_assert(sizeof(struct scorer_shares) == 16, "layout");
_Static_assert(offsetof(struct scorer_shares, most) == 4, "layout");
_Static_assert(sizeof(struct scorer_hello) == 40, "layout");
_Static_assert(offsetof(struct scorer_hello, newest_packet) == 2, "layout");
_Static_assert(offsetof(struct scorer_hello, generation) == 16, "layout");
_Static_assert(sizeof(struct scorer_body) == 24, "layout");
_Static_assert(sizeof(struct scorer_word) == 16, "layout");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the lane's numbers are little-endian");

// Whether a metric may be called so: letters, digits, '_' and ':', no digit first, and no name of
// ours, which begin with "scorekeeper_".
static inline bool scorer_metric_name_is_legal(const char *name, uint64_t length) {
    static const char ours[] = "scorekeeper_";
    if (length < 1 || length > SCORER_METRIC_NAME_MAX)
        return false;
    bool is_ours = length >= sizeof ours - 1;
    for (uint64_t i = 0; i < length; i++) {
        char letter = name[i];
        bool is_digit = letter >= '0' && letter <= '9';
        bool is_letter = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
        if (!is_letter && letter != '_' && letter != ':' && (i == 0 || !is_digit))
            return false;
        if (i < sizeof ours - 1 && letter != ours[i])
            is_ours = false;
    }
    return !is_ours;
}

#endif
