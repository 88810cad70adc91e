// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Beginning a request that waits in the ring. Everything here happens under the lock.
#ifndef SCOREKEEPER_SCORER_BEGIN_H
#define SCOREKEEPER_SCORER_BEGIN_H

#include "scorer_era.h"

// Rings once for each odd value of `armed`. A full socket is one that wakes its reader anyway.
static void ring_bell(struct scorer_lane *lane, struct era *era) {
    uint64_t armed = load_word(&era->requests->armed);
    if (armed % 2 == 0 || armed == era->rung || era != lane->era)
        return;
    uint8_t bell = SCORER_PACKET_BELL;
    era->rung = armed;
    system_send(lane->socket, &bell, 1, MESSAGE_DO_NOT_WAIT);
}

static void complete(struct scorer_lane *lane, struct era *era, struct scorer_completion what) {
    era->completions[era->done % scorer_completions(era->shape)] = what;
    store_word(&era->responses->done, ++era->done);
    ring_bell(lane, era);
}

enum begun {
    BEGUN_NOTHING,   // none is waiting
    BEGUN_REQUEST,   // one is in hand
    BEGUN_UNSEEN,    // one was declined or answered here
    BEGUN_LATER,     // the next one may not share a call with the first
    BEGUN_BODY_LATE, // its body has not come out of the socket
    BEGUN_NONSENSE,  // the gateway wrote what cannot be
};

static struct long_body *find_body(const struct era *era, uint64_t ticket) {
    for (uint32_t i = 0; i < era->waiting_bodies; i++)
        if (era->bodies[i].ticket == ticket)
            return &era->bodies[i];
    return NULL;
}

static struct long_body take_body(struct era *era, struct long_body *body) {
    struct long_body taken = *body;
    *body = era->bodies[--era->waiting_bodies];
    return taken;
}

// Whether head and body lie in the slot's own area, or the body in its own memory.
static bool is_inside(const struct era *era, uint32_t slot, const struct scorer_slot *request,
                      const struct long_body *body) {
    uint64_t start = scorer_area_offset(era->shape, slot);
    uint64_t used = request->head_length;
    if (body && request->body_length != body->length)
        return false;
    if (!body) {
        if (request->body_length > era->shape.area_bytes)
            return false;
        used += request->body_length;
    }
    return used <= era->shape.area_bytes && request->offset >= start &&
           request->offset - start <= era->shape.area_bytes - used;
}

// The next waiting request: its slot, and a copy of it.
static enum begun next_request(const struct era *era, uint32_t *slot, struct scorer_slot *request) {
    uint64_t waiting = load_word(&era->requests->tail) - era->head;
    if (waiting == 0)
        return BEGUN_NOTHING;
    *slot = era->requests->ring[era->head % era->shape.slots];
    if (waiting > era->shape.slots || *slot >= era->shape.slots)
        return BEGUN_NONSENSE;
    *request = era->slots[*slot];
    return BEGUN_REQUEST;
}

static enum begun begin(struct scorer_lane *lane, struct era *era, bool is_sharing, uint64_t *now,
                        struct scorer_request *result) {
    uint32_t slot;
    struct scorer_slot request;
    enum begun begun = next_request(era, &slot, &request);
    if (begun != BEGUN_REQUEST)
        return begun;
    if (is_sharing && !(request.flags & SCORER_FLAG_SHARES))
        return BEGUN_LATER;
    struct long_body *body = NULL;
    if (request.flags & SCORER_FLAG_APART) {
        body = find_body(era, request.ticket);
        if (!body)
            return BEGUN_BODY_LATE;
    }
    if (era->in_slot[slot].ticket != 0 || !is_inside(era, slot, &request, body))
        return BEGUN_NONSENSE;
    era->head++;
    struct long_body apart = {request.ticket, 0, NULL};
    if (body)
        apart = take_body(era, body);
    // The gateway stores `cancelled`, then reads `taken`; the other way round here.
    store_word(&era->responses->taken[slot], request.ticket);
    bool is_unwanted = load_word(&era->slots[slot].cancelled) == request.ticket;
    if (!is_unwanted && request.deadline != UINT64_MAX) {
        if (*now == 0)
            *now = system_now();
        is_unwanted = *now >= request.deadline;
    }
    if (is_unwanted || request.kind == SCORER_KIND_PING) {
        drop_body(&apart);
        uint16_t outcome = is_unwanted ? SCORER_OUTCOME_DECLINED : SCORER_OUTCOME_PONG;
        complete(
            lane, era,
            (struct scorer_completion){.ticket = request.ticket, .slot = slot, .outcome = outcome});
        return BEGUN_UNSEEN;
    }
    if (request.kind != SCORER_KIND_SCORE) {
        drop_body(&apart);
        return BEGUN_NONSENSE;
    }
    const char *place = (const char *)era->requests + request.offset;
    era->in_slot[slot] = apart;
    era->in_hand++;
    *result = (struct scorer_request){
        .ticket = request.ticket,
        .deadline = request.deadline,
        .body = apart.memory ? apart.memory : place,
        .body_length = request.body_length,
        .head = place + (apart.memory ? 0 : request.body_length),
        .head_length = request.head_length,
        .slot = slot,
        .era = era,
    };
    return (request.flags & SCORER_FLAG_SHARES) ? BEGUN_REQUEST : BEGUN_LATER;
}

#endif
