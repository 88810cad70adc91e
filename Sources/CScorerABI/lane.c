// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// A lane's life, and what it holds.
#include "lane_private.h"
#include "lane_regions.h"

#include <stdlib.h>
#include <sys/mman.h>

static bool greet(const struct lane *lane, const int descriptors[2]) {
    struct scorer_hello hello = {
        .packet = SCORER_PACKET_HELLO,
        .version = SCORER_ABI_VERSION,
        .newest_packet = SCORER_PACKET_NEWEST,
        .slots = lane->shape.slots,
        .calls = lane->shape.calls,
        .area_bytes = lane->shape.area_bytes,
        .generation = lane->generation,
        .requests_bytes = scorer_requests_bytes(lane->shape),
        .responses_bytes = scorer_responses_bytes(lane->shape),
    };
    return lane_send(lane->socket, &hello, sizeof hello, descriptors, 2);
}

static bool make_regions(struct lane *lane) {
    void *requests = NULL;
    void *responses = NULL;
    int descriptors[2] = {-1, -1};
    descriptors[0] = lane_region_create("scorekeeper-requests", scorer_requests_bytes(lane->shape),
                                        true, &requests);
    if (descriptors[0] < 0)
        return false;
    lane->requests = requests;
    lane->slots = (struct scorer_slot *)((char *)requests + scorer_slots_offset(lane->shape));
    lane->requests->bells = lane->bells = 1;
    descriptors[1] = lane_region_create("scorekeeper-responses",
                                        scorer_responses_bytes(lane->shape), false, &responses);
    lane->responses = responses;
    bool is_made = descriptors[1] >= 0 && greet(lane, descriptors);
    int error = errno;
    close(descriptors[0]);
    if (descriptors[1] >= 0)
        close(descriptors[1]);
    errno = error;
    return is_made;
}

enum lane_result lane_open(int socket, struct scorer_shape shape, uint64_t generation,
                           struct lane **result) {
    if (!scorer_shape_is_legal(shape)) {
        errno = EINVAL;
        return LANE_SYSTEM;
    }
    struct lane *lane = calloc(1, sizeof *lane);
    if (!lane)
        return LANE_SYSTEM;
    lane->shape = shape;
    lane->socket = socket;
    lane->generation = generation;
    lane->known = calloc(shape.slots, sizeof *lane->known);
    lane->free = calloc(shape.slots, sizeof *lane->free);
    if (!lane->known || !lane->free || !make_regions(lane)) {
        int error = errno;
        lane_close(lane);
        errno = error;
        return LANE_SYSTEM;
    }
    for (uint32_t slot = shape.slots; slot > 0; slot--)
        lane->free[lane->free_count++] = slot - 1;
    *result = lane;
    return LANE_OK;
}

void lane_close(struct lane *lane) {
    // Who comes next greets by packet: nobody should find that 10 ms late.
    if (lane->requests && lane->responses)
        ring_futex(lane, load_word(&lane->responses->asleep));
    if (lane->requests)
        munmap(lane->requests, scorer_requests_bytes(lane->shape));
    if (lane->responses)
        munmap((void *)lane->responses, scorer_responses_bytes(lane->shape));
    free(lane->known);
    free(lane->free);
    free(lane);
}

uint32_t lane_credit(const struct lane *lane) { return lane->violation ? 0 : lane->free_count; }

enum lane_violation lane_violation(const struct lane *lane) { return lane->violation; }

bool lane_was_taken(const struct lane *lane, struct lane_ticket ticket) {
    return find(lane, ticket) && load_word(&lane->responses->taken[ticket.slot]) == ticket.number;
}

bool lane_held(const struct lane *lane, uint32_t slot, struct lane_ticket *ticket) {
    if (slot >= lane->shape.slots || lane->known[slot].state == SLOT_FREE)
        return false;
    *ticket = (struct lane_ticket){.number = lane->known[slot].ticket, .slot = slot};
    return true;
}

enum lane_cancel lane_cancel(struct lane *lane, struct lane_ticket ticket) {
    struct private_slot *known = find(lane, ticket);
    if (!known)
        return LANE_CANCEL_GONE;
    if (known->state != SLOT_POSTED)
        return known->state == SLOT_WITHDRAWN ? LANE_CANCEL_WITHDRAWN : LANE_CANCEL_BEGUN;
    // The scorer stores `taken`, then reads `cancelled`; the other way round here. Sequential
    // consistency lets at least one side see the other, so nothing withdrawn is ever begun.
    store_word(&lane->slots[ticket.slot].cancelled, ticket.number);
    bool is_begun = load_word(&lane->responses->taken[ticket.slot]) == ticket.number;
    known->state = is_begun ? SLOT_CANCELLED : SLOT_WITHDRAWN;
    // One that waits to send the next part sleeps until somebody tells it to stop.
    if (is_begun) {
        store_word(&lane->slots[ticket.slot].read, known->read = known->parts);
        ring_bell(lane);
    }
    return is_begun ? LANE_CANCEL_BEGUN : LANE_CANCEL_WITHDRAWN;
}
