// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// A scorer for tests that answers in parts and takes long bodies. What it does stands in the
// request's target, behind '?':
//
//     parts=N,SIZE   N parts of SIZE bytes each, as fast as they are taken
//     events=N,MS    N server-sent events, MS milliseconds apart
//     whole=SIZE     one answer of SIZE bytes
//     quiet          one part, then none until the request is cancelled
//     sum            the body's length and its Adler-32
//
// Each line that it prints says what became of one answer in parts.
#include <inttypes.h>
#include <scorer.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

static const char plain[] = "content-type: application/octet-stream\n";
static const char events[] = "content-type: text/event-stream\n";

static void sleep_milliseconds(uint64_t milliseconds) {
    struct timespec pause = {(time_t)(milliseconds / 1000), (long)(milliseconds % 1000) * 1000000};
    nanosleep(&pause, NULL);
}

// A pattern in which no two mebibytes are alike.
static void fill(unsigned char *bytes, uint64_t start, uint64_t count) {
    for (uint64_t i = 0; i < count; i++)
        bytes[i] = (unsigned char)((start + i) ^ ((start + i) >> 20));
}

static void tell(const char *what, uint64_t parts, enum scorer_result result) {
    printf("%s after %" PRIu64 " parts: %s\n", what, parts, scorer_result_text(result));
    fflush(stdout);
}

static void end(struct scorer_lane *lane, struct scorer_request *request, uint64_t parts,
                enum scorer_result result) {
    tell(result == SCORER_OK ? "ended" : "stopped", parts, result);
    if (parts > 0)
        scorer_last(lane, request, NULL, 0);
    else
        scorer_answer(lane, request, 499, NULL, 0, NULL, 0);
}

static void answer_parts(struct scorer_lane *lane, struct scorer_request *request, uint64_t count,
                         uint64_t size) {
    enum scorer_result result = SCORER_OK;
    uint64_t sent = 0;
    while (sent < count && result == SCORER_OK) {
        size_t room;
        unsigned char *place = scorer_room(lane, request, &room);
        if (!place) {
            result = SCORER_CANCELLED;
            break;
        }
        uint64_t length = size < room ? size : room;
        fill(place, sent * length, length);
        result = scorer_part(lane, request, 200, plain, strlen(plain), place, length);
        sent += result == SCORER_OK;
    }
    end(lane, request, sent, result);
}

static void answer_events(struct scorer_lane *lane, struct scorer_request *request, uint64_t count,
                          uint64_t pause) {
    enum scorer_result result = SCORER_OK;
    uint64_t sent = 0;
    while (sent < count && result == SCORER_OK) {
        char event[64];
        int length = snprintf(event, sizeof event, "data: %" PRIu64 "\n\n", sent);
        result = scorer_part(lane, request, 200, events, strlen(events), event, (uint64_t)length);
        sent += result == SCORER_OK;
        if (pause)
            sleep_milliseconds(pause);
    }
    end(lane, request, sent, result);
}

static void answer_quietly(struct scorer_lane *lane, struct scorer_request *request) {
    enum scorer_result result =
        scorer_part(lane, request, 200, events, strlen(events), "data: begun\n\n", 13);
    while (result == SCORER_OK && !scorer_is_cancelled(lane, request))
        sleep_milliseconds(1);
    result = scorer_part(lane, request, 200, NULL, 0, "data: unwanted\n\n", 16);
    end(lane, request, 1, result);
}

static void answer_whole(struct scorer_lane *lane, struct scorer_request *request, uint64_t size) {
    unsigned char *memory =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        scorer_answer(lane, request, 500, NULL, 0, "no memory", 9);
        return;
    }
    fill(memory, 0, size);
    scorer_answer(lane, request, 200, plain, strlen(plain), memory, size);
    munmap(memory, size);
}

static void answer_sum(struct scorer_lane *lane, struct scorer_request *request) {
    const unsigned char *body = request->body;
    uint32_t low = 1;
    uint32_t high = 0;
    for (uint64_t i = 0; i < request->body_length;) {
        uint64_t until = i + 5552 < request->body_length ? i + 5552 : request->body_length;
        for (; i < until; i++) {
            low += body[i];
            high += low;
        }
        low %= 65521;
        high %= 65521;
    }
    char text[64];
    int length = snprintf(text, sizeof text, "%" PRIu64 " %" PRIu32 "\n", request->body_length,
                          high << 16 | low);
    scorer_answer(lane, request, 200, plain, strlen(plain), text, (uint64_t)length);
}

// Does what the first line of the head says.
static void answer(struct scorer_lane *lane, struct scorer_request *request) {
    char line[256];
    size_t length = request->head_length < sizeof line ? request->head_length : sizeof line - 1;
    memcpy(line, request->head, length);
    line[length] = 0;
    line[strcspn(line, "\n")] = 0;
    const char *what = strchr(line, '?') ? strchr(line, '?') + 1 : "sum";
    uint64_t first = 0;
    uint64_t second = 0;
    if (sscanf(what, "parts=%" SCNu64 ",%" SCNu64, &first, &second) == 2)
        answer_parts(lane, request, first, second);
    else if (sscanf(what, "events=%" SCNu64 ",%" SCNu64, &first, &second) == 2)
        answer_events(lane, request, first, second);
    else if (sscanf(what, "whole=%" SCNu64, &first) == 1)
        answer_whole(lane, request, first);
    else if (strcmp(what, "quiet") == 0)
        answer_quietly(lane, request);
    else
        answer_sum(lane, request);
}

int main(void) {
    struct scorer_lane *lane;
    struct scorer_request request;
    enum scorer_result result = scorer_attach(SCORER_LANE_DESCRIPTOR, &lane);

    if (result == SCORER_OK)
        result = scorer_ready(lane);
    while (result == SCORER_OK || result == SCORER_INTERRUPTED) {
        result = scorer_take(lane, &request);
        if (result == SCORER_OK)
            answer(lane, &request);
    }
    return result == SCORER_DRAINED ? 0 : 4;
}
