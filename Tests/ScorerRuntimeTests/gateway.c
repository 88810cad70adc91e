// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// The gateway's side of one lane, told what to do on standard input, for tests of scorers.
//
// Input, a line each: `post HEAD-LENGTH BODY-LENGTH` followed by the bytes; `drain`. At the end of
// input the lane is closed. Output: `ready`, `failed LENGTH` and the bytes, `end`, or
// `answer STATUS HEAD-LENGTH BODY-LENGTH` and the bytes, where the answer was broken off in the
// middle `broken` instead of `answer`.
#include "lane.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct scorer_shape shape = {.slots = 1, .calls = 1, .area_bytes = 65536};

static void give_up(const char *what) {
    fprintf(stderr, "gateway: %s\n", what);
    exit(1);
}

// Sleeps until the scorer rings or says something; returns what it said.
static enum lane_packet_kind hear(struct lane *lane, int socket, struct lane_packet *packet) {
    struct pollfd watched = {.fd = socket, .events = POLLIN};
    if (poll(&watched, 1, 60000) != 1)
        give_up("nothing heard from the scorer for a minute");
    return lane_receive(lane, packet);
}

// Passes an answer on, all its parts as one. False: the scorer is gone.
static bool pass_answer(struct lane *lane, int socket) {
    static char body[32 << 20];
    static char head[65536];
    size_t body_length = 0, head_length = 0;
    unsigned status = 0;
    struct lane_packet packet;
    for (;;) {
        struct lane_completion completion;
        while (lane_next(lane, &completion)) {
            if (body_length + completion.body_length > sizeof body)
                give_up("an answer is too long for this test");
            memcpy(body + body_length, completion.body, completion.body_length);
            body_length += completion.body_length;
            if (status == 0) {
                status = completion.status;
                head_length = completion.head_length;
                memcpy(head, completion.head, head_length);
            }
            if (completion.outcome == SCORER_OUTCOME_PART) {
                lane_acknowledge(lane, completion.ticket);
                continue;
            }
            bool is_whole =
                completion.outcome != SCORER_OUTCOME_LAST || completion.status < 500;
            lane_finish(lane, &completion);
            printf("%s %u %zu %zu\n", is_whole ? "answer" : "broken", status, head_length,
                   body_length);
            fwrite(head, 1, head_length, stdout);
            fwrite(body, 1, body_length, stdout);
            return true;
        }
        if (lane_violation(lane) != LANE_HONEST)
            give_up(lane_violation_text(lane_violation(lane)));
        if (!lane_arm(lane))
            continue;
        if (hear(lane, socket, &packet) == LANE_PACKET_END)
            return false;
        lane_disarm(lane);
    }
}

static void read_exactly(void *bytes, size_t length) {
    if (fread(bytes, 1, length, stdin) != length)
        give_up("the input ends inside a request");
}

static void post(struct lane *lane, size_t head_length, size_t body_length) {
    char *head = malloc(head_length + 1), *body = malloc(body_length + 1);
    struct lane_ticket ticket;
    if (!head || !body)
        give_up("no memory");
    read_exactly(head, head_length);
    read_exactly(body, body_length);
    struct lane_bytes bytes = {.base = body, .length = body_length};
    struct lane_post request = {.kind = SCORER_KIND_SCORE,
                                .deadline = UINT64_MAX,
                                .head = {.base = head, .length = head_length},
                                .body = &bytes,
                                .body_count = 1,
                                .apart = -1};
    if (lane_post(lane, &request, &ticket) != LANE_OK)
        give_up("the request does not fit into the lane");
    free(head);
    free(body);
}

int main(int count, char **arguments) {
    if (count != 2)
        give_up("usage: gateway SOCKET");
    int socket = atoi(arguments[1]);
    struct lane *lane;
    struct lane_packet packet;
    enum lane_packet_kind heard;
    if (lane_open(socket, shape, 1, &lane) != LANE_OK)
        give_up("cannot open the lane");
    do
        heard = hear(lane, socket, &packet);
    while (heard != LANE_PACKET_READY && heard != LANE_PACKET_FAILED && heard != LANE_PACKET_END &&
           heard != LANE_PACKET_LIE);
    if (heard == LANE_PACKET_FAILED) {
        printf("failed %u\n", packet.reason_length);
        fwrite(packet.reason, 1, packet.reason_length, stdout);
        return 0;
    }
    puts(heard == LANE_PACKET_READY ? "ready" : "end");
    fflush(stdout);
    char line[128];
    while (fgets(line, sizeof line, stdin)) {
        size_t head_length, body_length;
        if (sscanf(line, "post %zu %zu", &head_length, &body_length) == 2) {
            post(lane, head_length, body_length);
            if (!pass_answer(lane, socket))
                puts("end");
        } else if (strcmp(line, "drain\n") == 0) {
            lane_drain(lane);
        } else {
            give_up("no such command");
        }
        fflush(stdout);
    }
    return 0;
}
