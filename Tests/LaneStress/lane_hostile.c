// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// A hostile scorer against the gateway's end of its lane, as often as one likes.
//
//     lane_hostile mutations COUNT SEED    so many bytes and words of its region changed at random
//     lane_hostile answers COUNT SEED      so many answers, one in fifty of which lies
//
// What must never happen: a payload outside the slot's own area, an answer for a ticket that was
// not posted or has been answered, a byte of another answer, a lie that is believed. A lie ends its
// lane; what it held is posted again in the next one, so that every request is answered.
#include "far_end.h"
#include "lane_private.h"

#define SLOTS 8
#define AREA 4096
#define OLD_CLAIMS 64

static const struct scorer_shape shape = {SLOTS, SLOTS, AREA};

// What both ends know of the request in a slot.
struct held {
    struct lane_ticket ticket;
    uint64_t request; // never repeats, over all lanes
    bool is_posted;
    bool is_claimed;   // the scorer has answered it
    bool is_withdrawn; // only `declined` is an honest end
};

struct world {
    struct lane *lane;
    struct far_end far;
    int ends[2];
    uint64_t random, claimed, requests;
    struct held held[SLOTS];
    uint64_t moved[SLOTS]; // requests of the lane that ended, to be posted first
    uint32_t moved_count;
    struct scorer_completion old[OLD_CLAIMS]; // of this lane
    uint64_t old_count;
    uint64_t delivered, declined, dropped, lanes, moved_on;
    uint64_t violations[LANE_BAD_PACKET + 1];
};

static uint64_t next(struct world *world, uint64_t below) {
    world->random ^= world->random << 13;
    world->random ^= world->random >> 7;
    world->random ^= world->random << 17;
    return world->random % below;
}

static void open_world(struct world *world) {
    REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, world->ends) == 0);
    REQUIRE(lane_open(world->ends[0], shape, ++world->lanes, &world->lane) == LANE_OK);
    world->far = far_attach(world->ends[1]);
    world->claimed = world->old_count = 0;
}

static void close_world(struct world *world) {
    world->violations[lane_violation(world->lane)]++;
    for (uint32_t slot = 0; slot < SLOTS; slot++) {
        const struct held *held = &world->held[slot];
        if (held->is_posted && !held->is_withdrawn)
            world->moved[world->moved_count++] = held->request;
        world->dropped += held->is_posted && held->is_withdrawn;
        world->held[slot] = (struct held){.is_posted = false};
    }
    world->moved_on += world->moved_count;
    munmap(world->far.responses, world->far.bytes);
    lane_close(world->lane);
    close(world->ends[0]);
    close(world->ends[1]);
}

static void post(struct world *world) {
    bool is_moved = world->moved_count > 0;
    uint64_t request = is_moved ? world->moved[--world->moved_count] : ++world->requests;
    struct lane_bytes body = {&request, sizeof request};
    struct lane_post what = {.kind = SCORER_KIND_SCORE,
                             .deadline = UINT64_MAX,
                             .head = {"head", 4},
                             .body = &body,
                             .body_count = 1,
                             .apart = -1};
    struct lane_ticket ticket;
    REQUIRE(lane_post(world->lane, &what, &ticket) == LANE_OK);
    REQUIRE(!world->held[ticket.slot].is_posted);
    world->held[ticket.slot] =
        (struct held){.ticket = ticket, .request = request, .is_posted = true};
}

// The answer to a request, which no other request has.
static void write_tag(unsigned char *tag, uint64_t request) {
    uint64_t words[2] = {request, request * 0x9e3779b97f4a7c15u};
    memcpy(tag, words, sizeof words);
}

// Takes out what the gateway believes. Answers are checked where `is_tagged`.
static void drain(struct world *world, bool is_tagged) {
    struct lane_completion completion;
    while (lane_next(world->lane, &completion)) {
        uint32_t slot = completion.ticket.slot;
        uint64_t length = (uint64_t)completion.body_length + completion.head_length;
        REQUIRE(slot < SLOTS);
        struct held *held = &world->held[slot];
        REQUIRE(held->is_posted && held->ticket.number == completion.ticket.number);
        uint64_t start = (uint64_t)((const unsigned char *)completion.body -
                                    (const unsigned char *)world->lane->responses);
        uint64_t area = scorer_answer_offset(shape, slot);
        if (length > 0) {
            REQUIRE(start >= area && start + length <= area + scorer_answer_bytes(shape));
            unsigned char *copy = malloc(length);
            memcpy(copy, completion.body, length);
            if (is_tagged) {
                unsigned char tag[16];
                write_tag(tag, held->request);
                REQUIRE(completion.body_length == sizeof tag);
                REQUIRE(memcmp(copy, tag, sizeof tag) == 0);
            }
            free(copy);
        }
        bool is_declined = completion.outcome == SCORER_OUTCOME_DECLINED;
        REQUIRE(is_declined || !held->is_withdrawn);
        lane_finish(world->lane, &completion);
        if (completion.outcome == SCORER_OUTCOME_PART)
            continue;
        world->delivered += !is_declined;
        world->declined += is_declined;
        held->is_posted = false;
    }
}

// Some held request that the scorer has not answered; SLOTS where there is none.
static uint32_t pick(struct world *world) {
    uint32_t first = (uint32_t)next(world, SLOTS);
    for (uint32_t i = 0; i < SLOTS; i++) {
        const struct held *held = &world->held[(first + i) % SLOTS];
        if (held->is_posted && !held->is_claimed)
            return (first + i) % SLOTS;
    }
    return SLOTS;
}

// An honest answer to what the slot holds, whose bytes are in its area.
static struct scorer_completion answer_of(struct world *world, uint32_t slot) {
    uint64_t room = scorer_answer_bytes(shape) - 16;
    struct held *held = &world->held[slot];
    struct scorer_completion claim = {.ticket = held->ticket.number,
                                      .slot = slot,
                                      .outcome = SCORER_OUTCOME_ANSWER,
                                      .status = 200,
                                      .offset =
                                          scorer_answer_offset(shape, slot) + next(world, room),
                                      .body_length = 16};
    if (held->is_withdrawn)
        return (struct scorer_completion){
            .ticket = claim.ticket, .slot = slot, .outcome = SCORER_OUTCOME_DECLINED};
    write_tag(world->far.responses + claim.offset, held->request);
    return claim;
}

static void claim(struct world *world, struct scorer_completion what) {
    far_claim(&world->far, shape, &world->claimed, what);
    world->old[world->old_count++ % OLD_CLAIMS] = what;
}

// One lie about an id; false where there is nothing to lie about.
static bool lie(struct world *world, uint32_t slot) {
    struct scorer_completion what = answer_of(world, slot);
    uint32_t other = (slot + 1 + (uint32_t)next(world, SLOTS - 1)) % SLOTS;
    switch (next(world, 8)) {
    case 0: // a ticket that was never given
        what.ticket += 1 + next(world, 1000) * SLOTS;
        break;
    case 1: // the ticket of a neighbour
        if (!world->held[other].is_posted)
            return false;
        what.ticket = world->held[other].ticket.number;
        break;
    case 2: // the slot of a neighbour
        what.slot = other;
        break;
    case 3: // the same answer twice
        claim(world, what);
        break;
    case 4: // an answer that was given before
        if (world->old_count == 0)
            return false;
        what =
            world->old[next(world, world->old_count < OLD_CLAIMS ? world->old_count : OLD_CLAIMS)];
        if (world->held[what.slot].ticket.number == what.ticket && world->held[what.slot].is_posted)
            return false;
        break;
    case 5: // the answer of a neighbour
        if (world->held[slot].is_withdrawn)
            return false;
        what.offset = scorer_answer_offset(shape, other) + next(world, AREA);
        break;
    case 6: // a slot that is not there
        what.slot = SLOTS + (uint32_t)next(world, UINT32_MAX - SLOTS);
        break;
    default: // an answer to what was withdrawn, or an end without a beginning
        what.outcome = world->held[slot].is_withdrawn ? SCORER_OUTCOME_ANSWER : SCORER_OUTCOME_LAST;
        what.status = 200;
        what.offset = scorer_answer_offset(shape, slot);
    }
    claim(world, what);
    return true;
}

static void answers(struct world *world, uint64_t count) {
    open_world(world);
    for (uint64_t given = 0; given < count; given++) {
        while (lane_credit(world->lane) > 0 && next(world, 4) != 0)
            post(world);
        uint32_t slot = pick(world);
        if (slot < SLOTS && next(world, 16) == 0 && !world->held[slot].is_withdrawn)
            world->held[slot].is_withdrawn =
                lane_cancel(world->lane, world->held[slot].ticket) == LANE_CANCEL_WITHDRAWN;
        bool is_lie = slot < SLOTS && next(world, 50) == 0 && lie(world, slot);
        if (!is_lie && slot < SLOTS) {
            claim(world, answer_of(world, slot));
            world->held[slot].is_claimed = true;
        }
        if (is_lie || next(world, 3) == 0)
            drain(world, true);
        REQUIRE(is_lie == (lane_violation(world->lane) != LANE_HONEST));
        if (is_lie) {
            close_world(world);
            open_world(world);
        }
    }
    drain(world, true);
}

// Changes one place: mostly where words are, sometimes anywhere.
static void mutate(struct world *world) {
    uint64_t words_end = scorer_completions_offset(shape) +
                         scorer_completions(shape) * sizeof(struct scorer_completion);
    uint64_t end = next(world, 4) == 0 ? world->far.bytes : words_end;
    unsigned char *place = world->far.responses + next(world, end - 8);
    uint64_t word;
    memcpy(&word, place, sizeof word);
    switch (next(world, 5)) {
    case 0:
        word ^= 1ull << next(world, 64);
        break;
    case 1:
        word += next(world, 5) - 2;
        break;
    case 2:
        word = next(world, 16);
        break;
    case 3:
        word = UINT64_MAX - next(world, 4);
        break;
    default:
        word = world->random;
    }
    memcpy(place, &word, sizeof word);
}

static void mutations(struct world *world, uint64_t count) {
    open_world(world);
    for (uint64_t made = 0; made < count; made++) {
        while (lane_credit(world->lane) > 0)
            post(world);
        uint32_t slot = pick(world);
        if (slot < SLOTS && next(world, 2) == 0) {
            claim(world, answer_of(world, slot));
            world->held[slot].is_claimed = true;
        }
        mutate(world);
        drain(world, false);
        lane_arm(world->lane);
        if (lane_violation(world->lane)) {
            close_world(world);
            open_world(world);
        }
    }
}

int main(int count, char **arguments) {
    static struct world world;
    bool is_answers = count == 4 && strcmp(arguments[1], "answers") == 0;
    if (count != 4 || (!is_answers && strcmp(arguments[1], "mutations") != 0)) {
        fprintf(stderr, "usage: lane_hostile mutations|answers COUNT SEED\n");
        return 2;
    }
    uint64_t wanted = strtoull(arguments[2], NULL, 10);
    world.random = strtoull(arguments[3], NULL, 10) * 2654435761u + 88172645463325252u;
    (is_answers ? answers : mutations)(&world, wanted);
    close_world(&world);
    // Nobody's request is lost, and nobody is answered twice.
    REQUIRE(world.requests == world.delivered + world.declined + world.dropped + world.moved_count);
    uint32_t kinds = 0;
    for (uint32_t kind = LANE_DONE_JUMPED; kind <= LANE_BAD_PACKET; kind++)
        kinds += world.violations[kind] > 0;
    printf("%llu %s: %llu answers to whom they were for, %llu declined, %llu lanes ended for %u "
           "reasons, %llu requests moved on\n",
           (unsigned long long)wanted, arguments[1], (unsigned long long)world.delivered,
           (unsigned long long)world.declined, (unsigned long long)world.lanes, kinds,
           (unsigned long long)world.moved_on);
    return 0;
}
