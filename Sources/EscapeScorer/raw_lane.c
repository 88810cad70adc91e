// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

#include "escape.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static uint64_t load(const void *word) {
    return __atomic_load_n((const uint64_t *)word, __ATOMIC_SEQ_CST);
}

static void store(void *word, uint64_t value) {
    __atomic_store_n((uint64_t *)word, value, __ATOMIC_SEQ_CST);
}

static struct scorer_requests *requests(const struct raw_lane *lane) {
    return (struct scorer_requests *)lane->requests;
}

static struct scorer_responses *responses(const struct raw_lane *lane) {
    return (struct scorer_responses *)lane->responses;
}

bool raw_attach(struct raw_lane *lane, int socket) {
    struct scorer_hello hello;
    union {
        char space[CMSG_SPACE(2 * sizeof(int))];
        struct cmsghdr header;
    } control;
    struct iovec vector = {.iov_base = &hello, .iov_len = sizeof hello};
    struct msghdr message = {.msg_iov = &vector,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    int descriptors[2];
    if (recvmsg(socket, &message, 0) != sizeof hello || hello.packet != SCORER_PACKET_HELLO)
        return false;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (!header || header->cmsg_len != CMSG_LEN(sizeof descriptors))
        return false;
    memcpy(descriptors, CMSG_DATA(header), sizeof descriptors);
    *lane = (struct raw_lane){
        .socket = socket,
        .requests_memory = descriptors[0],
        .responses_memory = descriptors[1],
        .shape = {.slots = hello.slots, .calls = hello.calls, .area_bytes = hello.area_bytes},
        .generation = hello.generation,
        .requests_bytes = hello.requests_bytes,
        .responses_bytes = hello.responses_bytes,
    };
    lane->requests =
        mmap(NULL, hello.requests_bytes, PROT_READ, MAP_SHARED, lane->requests_memory, 0);
    lane->responses = mmap(NULL, hello.responses_bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
                           lane->responses_memory, 0);
    return lane->requests != MAP_FAILED && lane->responses != MAP_FAILED;
}

void raw_ready(const struct raw_lane *lane) {
    struct scorer_word word = {.packet = SCORER_PACKET_READY, .generation = lane->generation};
    send(lane->socket, &word, sizeof word, MSG_NOSIGNAL);
}

void raw_ring(const struct raw_lane *lane) {
    uint8_t bell = SCORER_PACKET_BELL;
    send(lane->socket, &bell, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void raw_count(struct raw_lane *lane, uint64_t done) {
    lane->done = done;
    store(&responses(lane)->done, done);
    raw_ring(lane);
}

void raw_post(struct raw_lane *lane, struct scorer_completion completion) {
    char *ring = lane->responses + scorer_completions_offset(lane->shape);
    uint64_t place = lane->done % scorer_completions(lane->shape);
    memcpy(ring + place * sizeof completion, &completion, sizeof completion);
    raw_count(lane, lane->done + 1);
}

struct scorer_completion raw_completion(struct raw_lane *lane, const struct raw_request *request,
                                        const char *body, uint32_t length) {
    uint64_t offset = scorer_answer_offset(lane->shape, request->slot);
    memcpy(lane->responses + offset, body, length);
    return (struct scorer_completion){.ticket = request->ticket,
                                      .slot = request->slot,
                                      .outcome = SCORER_OUTCOME_ANSWER,
                                      .status = 200,
                                      .offset = offset,
                                      .body_length = length};
}

// Waits for a packet; leaves where it says that nothing will come.
static void hear(struct raw_lane *lane) {
    char packet[64];
    ssize_t length = recv(lane->socket, packet, sizeof packet, 0);
    if (length == 0 || (length < 0 && errno != EINTR))
        _exit(4);
    if (length > 0 && packet[0] == SCORER_PACKET_DRAIN && !lane->ignores_drain)
        _exit(0);
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

// Begins the next posted request; false where it was withdrawn, late or a ping, and is settled.
static bool begin(struct raw_lane *lane, struct raw_request *request) {
    uint32_t number = requests(lane)->ring[lane->next++ % lane->shape.slots];
    const char *slots = lane->requests + scorer_slots_offset(lane->shape);
    const struct scorer_slot *slot = (const struct scorer_slot *)slots + number;
    struct scorer_completion declined = {
        .ticket = slot->ticket, .slot = number, .outcome = SCORER_OUTCOME_DECLINED};
    *request = (struct raw_request){.ticket = slot->ticket,
                                    .slot = number,
                                    .body = lane->requests + slot->offset,
                                    .length = slot->body_length};
    store(&responses(lane)->taken[number], slot->ticket);
    if (load(&slot->cancelled) == slot->ticket || slot->deadline < now()) {
        raw_post(lane, declined);
        return false;
    }
    if (slot->kind == SCORER_KIND_PING) {
        declined.outcome = SCORER_OUTCOME_PONG;
        raw_post(lane, declined);
        return false;
    }
    return true;
}

void raw_take(struct raw_lane *lane, struct raw_request *request) {
    for (;;) {
        while (load(&requests(lane)->tail) == lane->next) {
            store(&responses(lane)->asleep, ++lane->asleep);
            if (load(&requests(lane)->tail) == lane->next)
                hear(lane);
        }
        if (begin(lane, request))
            return;
    }
}

bool raw_is_closed(struct raw_lane *lane, int milliseconds) {
    uint64_t end = now() + (uint64_t)milliseconds * 1000000u;
    while (now() < end) {
        char packet[64];
        struct pollfd watched = {.fd = lane->socket, .events = POLLIN};
        if (poll(&watched, 1, 20) > 0 && recv(lane->socket, packet, sizeof packet, 0) <= 0)
            return true;
    }
    return false;
}
