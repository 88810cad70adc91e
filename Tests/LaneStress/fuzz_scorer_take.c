// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Anything in the requests region, against libscorer's taking.
//
// libscorer.c is part of this file: what is tested is private to it. Broken: a request whose head
// or body lies outside its own area, one slot in hand twice, an answer outside its slot's area.
#include "libscorer.c"

#include "fuzz_input.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define SLOTS 3

static const struct scorer_shape shape = {SLOTS, SLOTS, SCORER_PAGE};

static void scribble(unsigned char *requests, struct input *input) {
    uint64_t bytes = scorer_requests_bytes(shape);
    uint32_t index = input_number(input, 1) % SLOTS;
    if (input_number(input, 1) % 4 == 0) {
        uint64_t offset = input_number(input, 2) % (bytes - 8);
        uint64_t word = input_number(input, 8);
        memcpy(requests + offset, &word, sizeof word);
        return;
    }
    // A slot that is nearly right.
    struct scorer_slot slot = {
        .ticket = 1 + input_number(input, 1) % 8,
        .deadline = input_number(input, 1) % 4 == 0 ? 1 : UINT64_MAX,
        .offset = scorer_area_offset(shape, index) + input_number(input, 2) % 5000 - 100,
        .body_length = input_number(input, 2) % 5000,
        .head_length = (uint32_t)(input_number(input, 2) % 5000),
        .kind = (uint16_t)(1 + input_number(input, 1) % 3),
        .flags = (uint16_t)(input_number(input, 1) % 8 == 0 ? 1 : input_number(input, 1) % 4 & 2),
        .cancelled = input_number(input, 1) % 8,
        .read = input_number(input, 1) % 4,
    };
    memcpy(requests + scorer_slots_offset(shape) + index * sizeof slot, &slot, sizeof slot);
}

static void check(const struct era *era, const struct scorer_request *request) {
    uint64_t start = scorer_area_offset(shape, request->slot);
    const char *area = (const char *)era->requests + start;
    const char *body = request->body, *head = request->head;
    const struct long_body *apart = &era->in_slot[request->slot];
    REQUIRE(request->slot < SLOTS);
    REQUIRE(head >= area && head + request->head_length <= area + shape.area_bytes);
    if (apart->memory)
        REQUIRE(body == apart->memory && request->body_length == apart->length);
    else
        REQUIRE(body >= area && body + request->body_length <= area + shape.area_bytes);
}

// A long body that came out of the socket for a ticket that may be posted.
static void bring_body(struct scorer_lane *lane, struct input *input) {
    struct scorer_body packet = {.packet = SCORER_PACKET_BODY,
                                 .ticket = 1 + input_number(input, 1) % 8,
                                 .length = 1 + input_number(input, 2) % 5000};
    int memory = memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    REQUIRE(ftruncate(memory, (off_t)packet.length) == 0);
    REQUIRE(fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK) == 0);
    understand(lane, (const uint8_t *)&packet, sizeof packet, &memory, 1);
    close(memory);
}

static void check_answers(const struct era *era) {
    for (uint64_t i = 0; i < era->done && i < scorer_completions(shape); i++) {
        const struct scorer_completion *one = &era->completions[i];
        uint64_t start = scorer_answer_offset(shape, one->slot);
        REQUIRE(one->slot < SLOTS);
        if (one->outcome == SCORER_OUTCOME_DECLINED || one->outcome == SCORER_OUTCOME_PONG)
            continue;
        REQUIRE(one->offset >= start && one->offset + one->head_length + one->body_length <=
                                            start + scorer_answer_bytes(shape));
    }
}

// Answers in one of the ways there are; whoever has to wait is told that the gateway is gone.
static void answer(struct scorer_lane *lane, struct scorer_request *request, struct input *input) {
    static const char text[3 * SCORER_PAGE];
    uint64_t way = input_number(input, 1) % 8, length = input_number(input, 2) % sizeof text;
    size_t head_length = input_number(input, 2) % (SCORER_PAGE + 2), size;
    struct scorer_hold hold;
    scorer_is_cancelled(lane, request);
    switch (way) {
    case 0: // it stays in hand
        return;
    case 1:
        scorer_hold_body(lane, request, &hold);
        scorer_answer(lane, request, 200, NULL, 0, text, length);
        scorer_let_body_go(lane, &hold);
        return;
    case 2: {
        void *room = scorer_room(lane, request, &size);
        if (room)
            scorer_answer(lane, request, 200, text, 2, room, length < size ? length : size);
        return;
    }
    case 3:
        scorer_part(lane, request, 200, text, head_length, text, length);
        scorer_part(lane, request, 200, text, head_length, text, length / 2);
        scorer_last(lane, request, text, length);
        return;
    case 4:
        scorer_last(lane, request, text, length);
        scorer_answer(lane, request, (uint16_t)length, text, head_length, text, length / 4);
        return;
    case 5:
        if (scorer_fits(request, head_length, length))
            REQUIRE(scorer_answer(lane, request, 200, text, head_length, text, length) ==
                    SCORER_OK);
        return;
    default: // the body itself, or a piece of it
        scorer_answer(lane, request, 200, request->head, 0, request->body,
                      length < request->body_length ? length : 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct input input = {bytes, length};
    struct scorer_lane lane = {0};
    int ends[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0);
    close(ends[1]); // so that nothing here can wait
    long error = 0;
    struct era *era =
        system_map(-1, sizeof *era + 2 * SLOTS * sizeof(struct long_body), true, &error);
    unsigned char *requests = system_map(-1, scorer_requests_bytes(shape), true, &error);
    *era = (struct era){.shape = shape,
                        .requests = (void *)requests,
                        .slots = (void *)(requests + scorer_slots_offset(shape)),
                        .responses = system_map(-1, scorer_responses_bytes(shape), true, &error)};
    era->bytes = sizeof *era + 2 * SLOTS * sizeof(struct long_body);
    era->bodies = &era->in_slot[SLOTS];
    era->completions = (void *)((char *)era->responses + scorer_completions_offset(shape));
    lane.era = era;
    lane.socket = ends[0];
    uint64_t tail = 0;
    while (input.left > 0 && lane.end == SCORER_OK) {
        struct scorer_request taken[SLOTS + 1];
        uint32_t count = 0;
        for (uint64_t i = input_number(&input, 1) % 4; i > 0; i--)
            scribble(requests, &input);
        if (input_number(&input, 1) % 8 == 0)
            bring_body(&lane, &input);
        uint32_t slot = input_number(&input, 1) % (SLOTS + 1);
        memcpy(requests + offsetof(struct scorer_requests, ring) + 4 * (tail % SLOTS), &slot, 4);
        tail += input_number(&input, 1) % 16 == 0 ? input_number(&input, 8) : 1;
        memcpy(requests, &tail, sizeof tail);
        if (scorer_take_many(&lane, taken, 1 + (uint32_t)(slot % SLOTS), &count) != SCORER_OK)
            break;
        for (uint32_t i = 0; i < count; i++) {
            check(era, &taken[i]);
            answer(&lane, &taken[i], &input);
            check_answers(era);
        }
    }
    drop_era(era);
    close(ends[0]);
    return 0;
}
