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

// Raises `asleep`, so that the gateway rings once for what it changes from now on.
static void announce_sleep(struct scorer_lane *lane) {
    lock_acquire(&lane->lock);
    if (lane->era)
        store_word(&lane->era->responses->asleep, ++lane->era->asleep);
    lock_release(&lane->lock);
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

// Sleeps until the condition holds, nothing more can come, or a signal interrupts.
static enum scorer_result wait_until(struct scorer_lane *lane, condition is_met,
                                     const void *context) {
    for (;;) {
        enum scorer_result result;
        uint32_t seen = __atomic_load_n(&lane->news, __ATOMIC_SEQ_CST);
        if (holds(lane, is_met, context, &result))
            return result;
        if (__atomic_exchange_n(&lane->is_received, 1, __ATOMIC_SEQ_CST) != 0) {
            follow(lane, seen);
            continue;
        }
        announce_sleep(lane);
        if (!holds(lane, is_met, context, &result))
            result = receive(lane);
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

#endif
