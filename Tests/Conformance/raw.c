// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "raw.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

void raw_store(uint64_t *word, uint64_t value) { __atomic_store_n(word, value, __ATOMIC_SEQ_CST); }

uint64_t raw_load(const uint64_t *word) { return __atomic_load_n(word, __ATOMIC_SEQ_CST); }

void raw_send(struct raw *lane, const void *bytes, size_t length) {
    send(lane->socket, bytes, length, MSG_NOSIGNAL);
}

void raw_ready(struct raw *lane) {
    struct scorer_word word = {.packet = SCORER_PACKET_READY, .generation = lane->generation};
    raw_send(lane, &word, sizeof word);
}

static void *map(int descriptor, uint64_t bytes, int protection) {
    void *memory = mmap(NULL, bytes, protection, MAP_SHARED, descriptor, 0);
    close(descriptor);
    if (memory == MAP_FAILED)
        abort();
    return memory;
}

static void meet(struct raw *lane, const struct scorer_hello *hello, const int *descriptors) {
    lane->shape = (struct scorer_shape){hello->slots, hello->calls, hello->area_bytes};
    lane->generation = hello->generation;
    lane->requests = map(descriptors[0], hello->requests_bytes, PROT_READ);
    lane->responses = map(descriptors[1], hello->responses_bytes, PROT_READ | PROT_WRITE);
    lane->slots = (const void *)((const char *)lane->requests + scorer_slots_offset(lane->shape));
    lane->ring = (void *)((char *)lane->responses + scorer_completions_offset(lane->shape));
    lane->head = lane->done = lane->asleep = lane->rung = 0;
    lane->habits->greet(lane);
}

static void keep(struct raw *lane, const struct scorer_body *body, int descriptor) {
    int kept = lane->habits->keeps_bodies ? dup(descriptor) : -1;
    (void)kept;
    for (int i = 0; i < SCORER_SLOTS_MAX; i++)
        if (!lane->apart[i].ticket) {
            lane->apart[i].ticket = body->ticket;
            lane->apart[i].length = body->length;
            lane->apart[i].memory = map(descriptor, body->length, PROT_READ);
            return;
        }
}

// Waits for one packet and acts on it.
static void receive(struct raw *lane) {
    union {
        uint8_t packet;
        struct scorer_hello hello;
        struct scorer_body body;
        char bytes[64];
    } what;
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(2 * sizeof(int))];
    } control;
    struct iovec vector = {&what, sizeof what};
    struct msghdr message = {.msg_iov = &vector,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    ssize_t length = recvmsg(lane->socket, &message, MSG_CMSG_CLOEXEC);
    if (length <= 0) {
        lane->is_gone = length == 0 || errno != EINTR;
        return;
    }
    int descriptors[2] = {-1, -1};
    if (CMSG_FIRSTHDR(&message))
        memcpy(descriptors, CMSG_DATA(&control.header), control.header.cmsg_len - CMSG_LEN(0));
    if (what.packet == SCORER_PACKET_HELLO)
        meet(lane, &what.hello, descriptors);
    if (what.packet == SCORER_PACKET_BODY)
        keep(lane, &what.body, descriptors[0]);
    if (what.packet == SCORER_PACKET_DRAIN)
        lane->is_draining = true;
}

bool raw_has_next(const struct raw *lane) { return raw_load(&lane->requests->tail) != lane->head; }

// The memory of a body that came apart; it is on its way where it is not there.
static const char *find_apart(struct raw *lane, uint64_t ticket) {
    while (!lane->is_gone) {
        for (int i = 0; i < SCORER_SLOTS_MAX; i++)
            if (lane->apart[i].ticket == ticket)
                return lane->apart[i].memory;
        receive(lane);
    }
    return NULL;
}

static void drop_apart(struct raw *lane, uint64_t ticket) {
    for (int i = 0; i < SCORER_SLOTS_MAX; i++)
        if (lane->apart[i].ticket == ticket) {
            if (!lane->habits->keeps_bodies)
                munmap(lane->apart[i].memory, lane->apart[i].length);
            lane->apart[i].ticket = 0;
        }
}

struct raw_request raw_next(struct raw *lane) {
    struct raw_request request;
    request.slot = lane->requests->ring[lane->head++ % lane->shape.slots];
    request.what = lane->slots[request.slot];
    const char *place = (const char *)lane->requests + request.what.offset;
    bool is_apart = request.what.flags & SCORER_FLAG_APART;
    request.body = is_apart ? find_apart(lane, request.what.ticket) : place;
    request.head = is_apart ? place : place + request.what.body_length;
    return request;
}

void raw_take(struct raw *lane, const struct raw_request *request) {
    raw_store(&lane->responses->taken[request->slot], request->what.ticket);
}

bool raw_is_cancelled(const struct raw *lane, const struct raw_request *request) {
    return raw_load(&lane->slots[request->slot].cancelled) == request->what.ticket;
}

bool raw_is_late(const struct raw_request *request) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec >= request->what.deadline;
}

void raw_complete(struct raw *lane, struct scorer_completion what) {
    lane->ring[lane->done % scorer_completions(lane->shape)] = what;
    raw_store(&lane->responses->done, ++lane->done);
    uint64_t armed = raw_load(&lane->requests->armed);
    if (armed % 2 == 1 && armed != lane->rung) {
        uint8_t bell = SCORER_PACKET_BELL;
        lane->rung = armed;
        send(lane->socket, &bell, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
}

void raw_say(struct raw *lane, const struct raw_request *request, enum scorer_outcome outcome) {
    raw_complete(lane, (struct scorer_completion){.ticket = request->what.ticket,
                                                  .slot = request->slot,
                                                  .outcome = (uint16_t)outcome});
}

bool raw_begin(struct raw *lane, const struct raw_request *request) {
    raw_take(lane, request);
    if (raw_is_cancelled(lane, request) || raw_is_late(request)) {
        raw_say(lane, request, SCORER_OUTCOME_DECLINED);
        return false;
    }
    if (request->what.kind == SCORER_KIND_PING) {
        raw_say(lane, request, SCORER_OUTCOME_PONG);
        return false;
    }
    return true;
}

char *raw_area(const struct raw *lane, const struct raw_request *request) {
    return (char *)lane->responses + scorer_answer_offset(lane->shape, request->slot);
}

struct scorer_completion raw_answer(const struct raw *lane, const struct raw_request *request,
                                    uint32_t length) {
    return (struct scorer_completion){.ticket = request->what.ticket,
                                      .slot = request->slot,
                                      .outcome = SCORER_OUTCOME_ANSWER,
                                      .status = 200,
                                      .offset = scorer_answer_offset(lane->shape, request->slot),
                                      .body_length = length};
}

static void sleep_unless(struct raw *lane, bool (*is_so)(const struct raw *)) {
    raw_store(&lane->responses->asleep, ++lane->asleep);
    if (!is_so(lane))
        receive(lane);
}

static bool never(const struct raw *lane) {
    (void)lane;
    return false;
}

// Waits until another part may be written: false where nobody will read it.
static bool wait_for_room(struct raw *lane, const struct raw_request *request, uint32_t parts) {
    const struct scorer_slot *slot = &lane->slots[request->slot];
    uint32_t most = lane->habits->waits_for_all ? 1 : SCORER_PARTS_UNREAD;
    uint64_t generation = lane->generation;
    if (lane->habits->rushes || parts < SCORER_PARTS_UNREAD)
        return true;
    while (parts - raw_load(&slot->read) >= most) {
        raw_store(&lane->responses->asleep, ++lane->asleep);
        if (parts - raw_load(&slot->read) >= most)
            receive(lane);
        if (lane->is_gone)
            return false;
        if (lane->generation != generation && !lane->habits->keeps_waiting)
            return false;
    }
    return true;
}

void raw_echo(struct raw *lane, const struct raw_request *request) {
    uint64_t left = request->what.body_length;
    const char *body = request->body;
    for (uint32_t parts = 0;; parts++) {
        if (!wait_for_room(lane, request, parts))
            return;
        if (parts > 0 && raw_is_cancelled(lane, request)) {
            if (!lane->habits->drops_cancelled)
                raw_complete(lane, (struct scorer_completion){
                                       .ticket = request->what.ticket,
                                       .slot = request->slot,
                                       .outcome = SCORER_OUTCOME_LAST,
                                       .status = 200,
                                       .offset = scorer_answer_offset(lane->shape, request->slot)});
            return;
        }
        bool is_last = left <= lane->shape.area_bytes;
        uint32_t size = is_last ? (uint32_t)left : lane->shape.area_bytes;
        uint64_t half = (uint64_t)(parts % SCORER_PARTS_UNREAD) * lane->shape.area_bytes;
        memcpy(raw_area(lane, request) + half, body, size);
        struct scorer_completion what = raw_answer(lane, request, size);
        what.offset += half;
        if (!is_last)
            what.outcome = SCORER_OUTCOME_PART;
        else if (parts > 0)
            what.outcome = SCORER_OUTCOME_LAST;
        raw_complete(lane, what);
        if (is_last)
            return;
        body += size;
        left -= size;
    }
}

static bool is_done(const struct raw *lane) { return lane->is_draining && !raw_has_next(lane); }

static void gone(void) {}

static bool has_news(const struct raw *lane) {
    return raw_has_next(lane) || lane->habits->is_done(lane);
}

static int go_on(struct raw *lane) {
    while (!lane->is_gone) {
        uint64_t waiting = raw_load(&lane->requests->tail) - lane->head;
        uint64_t most = lane->habits->most_a_wake;
        bool is_forgetful = most > 0 && waiting > most;
        uint32_t taken = 0;
        while (raw_has_next(lane) && !lane->is_gone && !lane->habits->is_done(lane)) {
            uint64_t generation = lane->generation;
            struct raw_request request = raw_next(lane);
            if (lane->habits->begin(lane, &request))
                lane->habits->answer(lane, &request);
            if (request.what.flags & SCORER_FLAG_APART && lane->generation == generation)
                drop_apart(lane, request.what.ticket);
            if (is_forgetful && ++taken == lane->habits->most_a_wake)
                sleep_unless(lane, never);
        }
        if (lane->habits->is_done(lane))
            return lane->habits->drained;
        if (!lane->is_gone)
            sleep_unless(lane, has_news);
    }
    lane->habits->gone();
    return 4;
}

int raw_live(const struct habits *some) {
    static struct habits habits;
    static struct raw lane;
    habits = *some;
    habits.greet = some->greet ? some->greet : raw_ready;
    habits.begin = some->begin ? some->begin : raw_begin;
    habits.answer = some->answer ? some->answer : raw_echo;
    habits.is_done = some->is_done ? some->is_done : is_done;
    habits.gone = some->gone ? some->gone : gone;
    lane.habits = &habits;
    lane.socket = atoi(getenv("SCOREKEEPER_LANE_FD"));
    while (!lane.requests && !lane.is_gone)
        receive(&lane);
    return go_on(&lane);
}
