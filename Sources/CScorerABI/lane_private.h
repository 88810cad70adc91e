// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// What the gateway's side of a lane knows, out of the scorer's reach. Private to lane*.c.
#ifndef SCOREKEEPER_LANE_PRIVATE_H
#define SCOREKEEPER_LANE_PRIVATE_H

#define _GNU_SOURCE
#include "lane.h"
#include "lane_words.h"

#include <errno.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum slot_state {
    SLOT_FREE = 0,
    SLOT_POSTED = 1,
    SLOT_WITHDRAWN = 2, // cancelled before it was begun: only `declined` is an honest end
    SLOT_CANCELLED = 3, // cancelled after it was begun
};

// What the gateway knows of a slot; the scorer cannot reach it.
struct private_slot {
    uint64_t ticket;
    uint64_t deadline;
    uint64_t dirty; // bytes of the area that hold this or an earlier request
    uint32_t parts; // taken from the ring
    uint32_t read;  // acknowledged
    uint16_t kind;
    uint8_t state;
};

struct lane {
    struct scorer_requests *requests;         // read and write
    const struct scorer_responses *responses; // read only
    struct scorer_slot *slots;
    struct scorer_shape shape;
    int socket;
    enum lane_violation violation;
    uint64_t generation;
    uint64_t tail;       // posted
    uint64_t last;       // the last ticket given
    uint64_t done;       // completions taken
    uint64_t done_known; // completions that are known to be there
    uint64_t armed;      // what the word holds
    uint64_t rung;       // the value of `asleep` that was rung for
    uint32_t bells;      // what the word holds
    uint32_t packets;    // what the word holds
    bool was_rung;       // a packet came since the word was made odd
    bool has_gathered;   // something was posted, and whether the scorer sleeps was not looked at
    uint32_t free_count;
    uint32_t *free;
    struct private_slot *known;
};

// The lane is over: nothing more is believed. Answers false, for the caller to pass on.
static inline bool end_lane(struct lane *lane, enum lane_violation violation) {
    lane->violation = violation;
    return false;
}

// What is known of a request that the lane holds; NULL when it holds it no more.
static inline struct private_slot *find(const struct lane *lane, struct lane_ticket ticket) {
    if (ticket.slot >= lane->shape.slots)
        return NULL;
    struct private_slot *known = &lane->known[ticket.slot];
    return known->state != SLOT_FREE && known->ticket == ticket.number ? known : NULL;
}

// Rings where the scorer sleeps for a short while: a wake costs a fraction of a packet. False where
// it sleeps by the socket.
static inline bool ring_futex(struct lane *lane, uint64_t asleep) {
    if (load_word(&lane->responses->asleep_on_bells) != asleep)
        return false;
    // Never 0, which says that nobody rings here.
    lane->bells += lane->bells == UINT32_MAX ? 2 : 1;
    __atomic_store_n(&lane->requests->bells, lane->bells, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, &lane->requests->bells, FUTEX_WAKE, 1, NULL, NULL, 0);
    return true;
}

// A packet is in the socket: whoever is about to sleep elsewhere looks there first.
static inline void count_packet(struct lane *lane) {
    __atomic_store_n(&lane->requests->packets, ++lane->packets, __ATOMIC_SEQ_CST);
}

// Both sides announce, look again, then sleep: so whoever changes something looks, after the
// change, whether the other one sleeps. A full socket is one that wakes its reader anyway.
static inline void ring_bell(struct lane *lane) {
    uint64_t asleep = load_word(&lane->responses->asleep);
    if (asleep == lane->rung)
        return;
    lane->rung = asleep;
    if (ring_futex(lane, asleep))
        return;
    uint8_t bell = SCORER_PACKET_BELL;
    send(lane->socket, &bell, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

#endif
