// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// A scorer that writes anything anywhere in its region, against the gateway's drain.
//
// Broken: a completion outside the slot's own area, or of a request that was not posted; a slot
// given back twice.
#include "far_end.h"
#include "lane.h"

#define SLOTS 4
#define AREA 4096

static void drain(struct lane *lane, struct scorer_shape shape, const struct far_end *far,
                  const struct lane_ticket *tickets) {
    struct lane_completion completion;
    while (lane_next(lane, &completion)) {
        uint32_t slot = completion.ticket.slot, length = completion.body_length;
        REQUIRE(slot < SLOTS && tickets[slot].number == completion.ticket.number);
        if (completion.body_length + completion.head_length > 0) {
            // Both ends map the same region, so the same offset must be in the slot's area.
            char *copy = malloc((size_t)length + completion.head_length);
            memcpy(copy, completion.body, length);
            memcpy(copy + length, completion.head, completion.head_length);
            REQUIRE((const char *)completion.head == (const char *)completion.body + length);
            uint64_t found = 0;
            uint64_t start = scorer_answer_offset(shape, slot);
            for (; found + length <= scorer_answer_bytes(shape); found++)
                if (memcmp(far->responses + start + found, copy, length) == 0)
                    break;
            REQUIRE(found + length + completion.head_length <= scorer_answer_bytes(shape));
            free(copy);
        }
        uint32_t credit = lane_credit(lane);
        lane_finish(lane, &completion);
        lane_finish(lane, &completion);
        REQUIRE(lane_credit(lane) == credit + (completion.outcome != SCORER_OUTCOME_PART));
        REQUIRE(lane_credit(lane) <= SLOTS);
    }
}

static void act(struct lane *lane, struct scorer_shape shape, const struct far_end *far,
                struct lane_ticket *tickets, uint64_t *done, struct input *input) {
    static const char long_body[AREA + 8];
    uint32_t slot = input_number(input, 1) % SLOTS;
    struct lane_bytes body = {"body", 4};
    struct lane_post post = {.kind = SCORER_KIND_SCORE,
                             .deadline = UINT64_MAX,
                             .head = {"head", 4},
                             .body = &body,
                             .body_count = 1,
                             .apart = -1};
    struct lane_ticket ticket;
    switch (input_number(input, 1) % 9) {
    case 0:
        post.kind = slot == 0 ? SCORER_KIND_PING : SCORER_KIND_SCORE;
        if (lane_post(lane, &post, &ticket) == LANE_OK)
            tickets[ticket.slot] = ticket;
        break;
    case 1:
        lane_cancel(lane, tickets[slot]);
        break;
    case 2:
        lane_acknowledge(lane, tickets[slot]);
        break;
    case 3: { // a completion that is nearly right
        struct scorer_completion claim = {
            .ticket = tickets[slot].number + (input_number(input, 1) == 1),
            .slot = slot + (uint32_t)(input_number(input, 1) == 1) * 4,
            .outcome = (uint16_t)(input_number(input, 1) % 7),
            .status = (uint16_t)(200 + input_number(input, 1) * 2),
            .offset = scorer_answer_offset(shape, slot) + input_number(input, 2) - 64,
            .head_length = (uint32_t)input_number(input, 2),
            .body_length = (uint32_t)input_number(input, 2),
        };
        far_claim(far, shape, done, claim);
        break;
    }
    case 4: { // any word anywhere
        uint64_t offset = input_number(input, 3) % (far->bytes - 8);
        uint64_t word = input_number(input, 8);
        memcpy(far->responses + offset, &word, sizeof word);
        break;
    }
    case 5:
        lane_was_taken(lane, tickets[slot]);
        REQUIRE(!lane_held(lane, slot, &ticket) || ticket.number == tickets[slot].number);
        lane_arm(lane);
        break;
    case 6:
        lane_disarm(lane);
        break;
    case 7: // in a memory of its own, which nobody takes out of the socket
        body = (struct lane_bytes){long_body, AREA - 4 + input_number(input, 1) % 12};
        if (lane_post(lane, &post, &ticket) == LANE_OK)
            tickets[ticket.slot] = ticket;
        break;
    default:
        drain(lane, shape, far, tickets);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct input input = {bytes, length};
    struct scorer_shape shape = {SLOTS, SLOTS, AREA};
    struct lane_ticket tickets[SLOTS] = {{0, 0}};
    struct lane *lane;
    uint64_t done = 0;
    int ends[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0);
    REQUIRE(lane_open(ends[0], shape, 1, &lane) == LANE_OK);
    struct far_end far = far_attach(ends[1]);
    while (input.left > 0)
        act(lane, shape, &far, tickets, &done, &input);
    drain(lane, shape, &far, tickets);
    munmap(far.responses, far.bytes);
    lane_close(lane);
    close(ends[0]);
    close(ends[1]);
    return 0;
}
