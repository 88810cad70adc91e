// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Waiting for the gateway. One thread at a time reads the socket (the receiver); the others follow:
// they sleep until it has stopped, then look for themselves.
#ifndef SCOREKEEPER_SCORER_SLEEP_H
#define SCOREKEEPER_SCORER_SLEEP_H

#include "scorer_packets.h"

// What a sleeper waits for; asked under the lock.
typedef bool (*condition)(const struct scorer_lane *lane, const void *context);

// Whether there is no need to sleep; `end` says if that is because nothing more will come.
static bool holds(struct scorer_lane *lane, condition is_met, const void *context,
                  enum scorer_result *end) {
    lock_acquire(&lane->lock);
    *end = lane->end;
    bool is_so = lane->end != SCORER_OK || is_met(lane, context);
    lock_release(&lane->lock);
    return is_so;
}

// Where a sleeper hears its bell.
enum bed {
    BY_THE_FUTEX,  // a short sleep, the cheap one: what comes by packet is not noticed
    BY_THE_SOCKET, // as long as it takes
};

// How long a sleep by the futex may be. Long enough that one under load ends by a bell, short enough
// for what comes by packet: the gateway's end, a new one, the word to leave.
#define LONGEST_BY_FUTEX 10000000u

// Raises `asleep`, so that the gateway rings once for what it changes from now on.
static void announce_sleep(struct scorer_lane *lane, enum bed bed) {
    lock_acquire(&lane->lock);
    struct era *era = lane->era;
    if (era) {
        era->asleep++;
        // First: a bell for the new value goes where this says.
        if (bed == BY_THE_FUTEX)
            store_word(&era->responses->asleep_on_bells, era->asleep);
        store_word(&era->responses->asleep, era->asleep);
    }
    lock_release(&lane->lock);
}

// Sleeps until the futex is rung, which it has been since `bells`, or for so long.
static enum scorer_result listen_to_bells(struct scorer_lane *lane, uint32_t bells) {
    tell_metrics(lane);
    long woken = futex_listen(&lane->era->requests->bells, bells, LONGEST_BY_FUTEX);
    if (woken == -ERROR_INTERRUPTED)
        return SCORER_INTERRUPTED;
    // Older than 5.16, or not allowed to.
    if (woken < 0 && woken != -ERROR_AGAIN && woken != -ERROR_TIMED_OUT)
        lane->has_no_futex = true;
    return SCORER_OK;
}

// Whether a packet is in the socket that nobody has read. One is counted once it is sent, so that it
// may have been read before.
static bool has_packet(const struct era *era) {
    uint32_t sent = __atomic_load_n(&era->requests->packets, __ATOMIC_SEQ_CST);
    return (int32_t)(sent - era->packets) > 0;
}

static void stop_receiving(struct scorer_lane *lane) {
    __atomic_store_n(&lane->is_received, 0, __ATOMIC_SEQ_CST);
    __atomic_fetch_add(&lane->news, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&lane->followers, __ATOMIC_SEQ_CST) > 0)
        futex_wake(&lane->news, INT32_MAX);
}

static void follow(struct scorer_lane *lane, uint32_t seen) {
    __atomic_fetch_add(&lane->followers, 1, __ATOMIC_SEQ_CST);
    futex_wait(&lane->news, seen);
    __atomic_fetch_sub(&lane->followers, 1, __ATOMIC_SEQ_CST);
}

// Sleeps until the condition holds, nothing more can come, or a signal interrupts: in this bed first,
// then by the socket.
static enum scorer_result wait_in(enum bed bed, struct scorer_lane *lane, condition is_met,
                                  const void *context) {
    for (;; bed = BY_THE_SOCKET) {
        enum scorer_result result;
        uint32_t seen = __atomic_load_n(&lane->news, __ATOMIC_SEQ_CST);
        if (holds(lane, is_met, context, &result))
            return result;
        if (__atomic_exchange_n(&lane->is_received, 1, __ATOMIC_SEQ_CST) != 0) {
            follow(lane, seen);
            continue;
        }
        // Only who receives puts another era in its place.
        const struct era *era = lane->era;
        uint32_t bells = era ? __atomic_load_n(&era->requests->bells, __ATOMIC_SEQ_CST) : 0;
        if (bells == 0 || lane->has_no_futex)
            bed = BY_THE_SOCKET;
        announce_sleep(lane, bed);
        if (!holds(lane, is_met, context, &result))
            result = bed == BY_THE_FUTEX && !has_packet(era) ? listen_to_bells(lane, bells)
                                                             : receive(lane);
        if (result != SCORER_OK && result != SCORER_INTERRUPTED) {
            lock_acquire(&lane->lock);
            lane->end = result;
            lock_release(&lane->lock);
        }
        stop_receiving(lane);
        if (result == SCORER_INTERRUPTED)
            return result;
    }
}

// For what changes in shared memory.
static enum scorer_result wait_until(struct scorer_lane *lane, condition is_met,
                                     const void *context) {
    return wait_in(BY_THE_FUTEX, lane, is_met, context);
}

// For what comes by packet.
static enum scorer_result wait_for_packet(struct scorer_lane *lane, condition is_met,
                                          const void *context) {
    return wait_in(BY_THE_SOCKET, lane, is_met, context);
}

#endif
