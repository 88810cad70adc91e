// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// The scorer's side of a lane; see scorer.h.
//
// One mutex guards what the threads of the process share. Nobody holds it while sleeping or while
// copying a payload. One thread at a time reads the socket (the receiver); the others wait for
// news of what it read.
#include "lane_words.h"
#include "scorer.h"
#include "scorer_abi.h"
#include "scorer_system.h"

// Longer than any packet to a scorer.
#define PACKET_ROOM 64

// A long body whose packet has come and whose request has not been begun, or that is in hand.
struct long_body {
    uint64_t ticket;
    uint64_t length;
    void *memory;
};

// One life of the gateway: its two regions and what we hold of them. A request in hand keeps its
// era mapped after a new gateway has said hello.
struct era {
    struct scorer_shape shape;
    uint64_t generation;
    uint64_t bytes; // of this structure
    const struct scorer_requests *requests;
    const struct scorer_slot *slots;
    struct scorer_responses *responses;
    struct scorer_completion *completions;
    uint64_t head;    // requests taken
    uint64_t done;    // completions given
    uint64_t asleep;  // what the word holds
    uint64_t rung;    // the value of `armed` that was rung for
    uint32_t in_hand; // requests, and bodies that are held beyond their answer
    uint32_t waiting_bodies;
    struct long_body *bodies;   // waiting for their request to be begun
    struct long_body in_slot[]; // of the request that each slot has in hand
};

struct scorer_lane {
    int socket;
    uint32_t lock;
    uint32_t is_received; // somebody reads the socket
    uint32_t news;        // raised when that one stops
    uint32_t followers;   // who sleep until then
    struct era *era;
    bool is_ready;
    bool is_draining;
    enum scorer_result end; // not SCORER_OK: nothing more will come
};

static int system_error;

static enum scorer_result system_failed(long error) {
    __atomic_store_n(&system_error, (int)-error, __ATOMIC_RELAXED);
    return SCORER_SYSTEM;
}

int scorer_system_error(void) { return __atomic_load_n(&system_error, __ATOMIC_RELAXED); }

uint64_t scorer_now(void) { return system_now(); }

// Regions

static void drop_body(struct long_body *body) {
    system_unmap(body->memory, body->length);
    *body = (struct long_body){0, 0, NULL};
}

static void drop_era(struct era *era) {
    for (uint32_t i = 0; i < era->waiting_bodies; i++)
        drop_body(&era->bodies[i]);
    system_unmap(era->requests, scorer_requests_bytes(era->shape));
    system_unmap(era->responses, scorer_responses_bytes(era->shape));
    system_unmap(era, era->bytes);
}

// Maps what the gateway sent, provided that it is as long as it says and cannot shrink.
static void *map_sealed(int descriptor, uint64_t bytes, bool is_writable, long *error) {
    long seals = system_call(CALL_FCNTL, descriptor, FILE_GET_SEALS, 0, 0, 0, 0);
    long length = system_call(CALL_LSEEK, descriptor, 0, SEEK_TO_END, 0, 0, 0);
    if (seals < 0 || !(seals & SEAL_SHRINK) || length < 0 || (uint64_t)length < bytes)
        return NULL;
    void *memory = system_map(descriptor, bytes, is_writable, error);
    if (memory)
        system_call(CALL_MADVISE, (long)memory, (long)bytes, ADVICE_NOT_IN_CHILDREN, 0, 0, 0);
    return memory;
}

static enum scorer_result make_era(const struct scorer_hello *hello, const int *descriptors,
                                   struct era **result) {
    struct scorer_shape shape = {hello->slots, hello->calls, hello->area_bytes};
    if (!scorer_shape_is_legal(shape) || hello->requests_bytes != scorer_requests_bytes(shape) ||
        hello->responses_bytes != scorer_responses_bytes(shape))
        return SCORER_BROKEN;
    long error = 0;
    uint64_t bytes = sizeof(struct era) + 2ull * shape.slots * sizeof(struct long_body);
    struct era *era = system_map(-1, bytes, true, &error);
    if (!era)
        return system_failed(error);
    era->bytes = bytes;
    era->shape = shape;
    era->generation = hello->generation;
    era->bodies = &era->in_slot[shape.slots];
    era->requests = map_sealed(descriptors[0], hello->requests_bytes, false, &error);
    era->responses = map_sealed(descriptors[1], hello->responses_bytes, true, &error);
    if (!era->requests || !era->responses) {
        drop_era(era);
        return error ? system_failed(error) : SCORER_BROKEN;
    }
    era->slots = (const void *)((const char *)era->requests + scorer_slots_offset(shape));
    era->completions = (void *)((char *)era->responses + scorer_completions_offset(shape));
    *result = era;
    return SCORER_OK;
}

// Packets

static enum scorer_result send_word(struct scorer_lane *lane, uint8_t packet, uint64_t generation) {
    struct scorer_word word = {.packet = packet, .generation = generation};
    long sent = system_send(lane->socket, &word, sizeof word, 0);
    return sent < 0 ? SCORER_GONE : SCORER_OK;
}

// A new gateway: what is in hand ends in the old era, everything else is in the new one.
static enum scorer_result meet_gateway(struct scorer_lane *lane, const struct scorer_hello *hello,
                                       const int *descriptors) {
    if (hello->version != SCORER_ABI_VERSION)
        return SCORER_OTHER_VERSION;
    struct era *era = NULL;
    enum scorer_result result = make_era(hello, descriptors, &era);
    if (result != SCORER_OK)
        return result;
    lock_acquire(&lane->lock);
    struct era *old = lane->era;
    __atomic_store_n(&lane->era, era, __ATOMIC_RELEASE);
    if (old && old->in_hand == 0)
        drop_era(old);
    bool is_ready = lane->is_ready;
    lock_release(&lane->lock);
    return is_ready ? send_word(lane, SCORER_PACKET_READY, hello->generation) : SCORER_OK;
}

static enum scorer_result keep_body(struct scorer_lane *lane, const struct scorer_body *packet,
                                    int descriptor) {
    struct era *era = lane->era;
    if (!era || packet->ticket == 0 || packet->length == 0 || packet->length > INT64_MAX)
        return SCORER_BROKEN;
    long error = 0;
    void *memory = map_sealed(descriptor, packet->length, false, &error);
    if (!memory)
        return error ? system_failed(error) : SCORER_BROKEN;
    struct long_body body = {packet->ticket, packet->length, memory};
    lock_acquire(&lane->lock);
    bool has_room = era->waiting_bodies < era->shape.slots;
    if (has_room)
        era->bodies[era->waiting_bodies++] = body;
    lock_release(&lane->lock);
    if (!has_room)
        drop_body(&body);
    return has_room ? SCORER_OK : SCORER_BROKEN;
}

static enum scorer_result understand(struct scorer_lane *lane, const uint8_t *bytes, size_t length,
                                     const int *descriptors, int count) {
    if (bytes[0] == SCORER_PACKET_BELL && length == 1)
        return SCORER_OK;
    if (bytes[0] == SCORER_PACKET_HELLO && length == sizeof(struct scorer_hello) && count == 2) {
        struct scorer_hello hello;
        copy_bytes(&hello, bytes, sizeof hello);
        return meet_gateway(lane, &hello, descriptors);
    }
    if (bytes[0] == SCORER_PACKET_BODY && length == sizeof(struct scorer_body) && count == 1) {
        struct scorer_body body;
        copy_bytes(&body, bytes, sizeof body);
        return keep_body(lane, &body, descriptors[0]);
    }
    if (bytes[0] == SCORER_PACKET_DRAIN && length == sizeof(struct scorer_word)) {
        lock_acquire(&lane->lock);
        lane->is_draining = true;
        lock_release(&lane->lock);
        return SCORER_OK;
    }
    // A gateway of another version may greet with another length.
    bool is_hello = bytes[0] == SCORER_PACKET_HELLO && length > 1;
    return is_hello && bytes[1] != SCORER_ABI_VERSION ? SCORER_OTHER_VERSION : SCORER_BROKEN;
}

// Waits for one packet and acts on it.
static enum scorer_result receive(struct scorer_lane *lane) {
    uint8_t bytes[PACKET_ROOM];
    struct system_control control = {.length = 0};
    struct system_vector vector = {bytes, sizeof bytes};
    struct system_message message = {
        .vectors = &vector,
        .vector_count = 1,
        .control = &control,
        .control_length = sizeof control,
    };
    long length =
        system_call(CALL_RECVMSG, lane->socket, (long)&message, MESSAGE_CLOSE_ON_EXEC, 0, 0, 0);
    if (length == -ERROR_INTERRUPTED)
        return SCORER_INTERRUPTED;
    if (length == 0 || length == -ERROR_CONNECTION_RESET)
        return SCORER_GONE;
    if (length < 0)
        return system_failed(length);
    int count = 0;
    size_t head = offsetof(struct system_control, descriptors);
    if (message.control_length >= head && control.length >= head && control.level == SOCKET_LEVEL &&
        control.type == SOCKET_RIGHTS)
        count = (int)((control.length - head) / sizeof control.descriptors[0]);
    enum scorer_result result =
        message.flags & MESSAGE_TRUNCATED
            ? SCORER_BROKEN
            : understand(lane, bytes, (size_t)length, control.descriptors, count);
    // What was mapped stays mapped.
    for (int i = 0; i < count; i++)
        system_close(control.descriptors[i]);
    return result;
}

// Sleeping

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

// Completions; all under the lock

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

// Taking; all under the lock

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

static bool has_news(const struct scorer_lane *lane, const void *context) {
    (void)context;
    return lane->is_draining || load_word(&lane->era->requests->tail) != lane->era->head;
}

static bool has_body(const struct scorer_lane *lane, const void *context) {
    const struct era *era = context;
    uint32_t slot;
    struct scorer_slot request;
    return era != lane->era || next_request(era, &slot, &request) != BEGUN_REQUEST ||
           !(request.flags & SCORER_FLAG_APART) || find_body(era, request.ticket);
}

enum scorer_result scorer_take_many(struct scorer_lane *lane, struct scorer_request *requests,
                                    uint32_t most, uint32_t *count) {
    *count = 0;
    for (;;) {
        uint64_t now = 0;
        enum begun begun = BEGUN_UNSEEN;
        lock_acquire(&lane->lock);
        struct era *era = lane->era;
        while (lane->end == SCORER_OK && *count < most &&
               (begun == BEGUN_REQUEST || begun == BEGUN_UNSEEN)) {
            uint32_t before = era->in_hand;
            begun = begin(lane, era, *count > 0, &now, &requests[*count]);
            *count += era->in_hand - before;
        }
        if (begun == BEGUN_NONSENSE)
            lane->end = SCORER_BROKEN;
        enum scorer_result result = lane->end;
        bool is_drained = lane->is_draining && begun == BEGUN_NOTHING;
        lock_release(&lane->lock);
        if (*count > 0)
            return SCORER_OK;
        if (result == SCORER_OK && is_drained)
            return SCORER_DRAINED;
        if (result == SCORER_OK)
            result = begun == BEGUN_BODY_LATE ? wait_until(lane, has_body, era)
                                              : wait_until(lane, has_news, NULL);
        if (result != SCORER_OK)
            return result;
    }
}

enum scorer_result scorer_take(struct scorer_lane *lane, struct scorer_request *request) {
    uint32_t count;
    return scorer_take_many(lane, request, 1, &count);
}

// Answering

bool scorer_is_cancelled(struct scorer_lane *lane, const struct scorer_request *request) {
    const struct era *era = request->era;
    return era && (era != __atomic_load_n(&lane->era, __ATOMIC_ACQUIRE) ||
                   load_word(&era->slots[request->slot].cancelled) == request->ticket);
}

static bool has_room(const struct scorer_lane *lane, const struct scorer_request *request) {
    const struct era *era = request->era;
    (void)lane;
    return request->parts - load_word(&era->slots[request->slot].read) < SCORER_PARTS_UNREAD;
}

// For one who ends its answer: room, or a gateway that will never make any.
static bool can_end(const struct scorer_lane *lane, const void *context) {
    const struct scorer_request *request = context;
    return has_room(lane, request) || request->era != lane->era;
}

// For one who goes on with its answer: also that nobody wants it.
static bool can_go_on(const struct scorer_lane *lane, const void *context) {
    const struct scorer_request *request = context;
    const struct era *era = request->era;
    return can_end(lane, context) ||
           load_word(&era->slots[request->slot].cancelled) == request->ticket;
}

static enum scorer_result wait_for_room(struct scorer_lane *lane,
                                        const struct scorer_request *request, condition is_met) {
    // What two parts or fewer need is always there.
    if (request->parts < SCORER_PARTS_UNREAD)
        return SCORER_OK;
    enum scorer_result result;
    do
        result = wait_until(lane, is_met, request);
    while (result == SCORER_INTERRUPTED);
    return result;
}

static char *half_of(const struct scorer_request *request) {
    const struct era *era = request->era;
    return (char *)era->responses + scorer_answer_offset(era->shape, request->slot) +
           (uint64_t)(request->parts % SCORER_PARTS_UNREAD) * era->shape.area_bytes;
}

// One thing fewer in hand. Under the lock.
static void release_era(struct scorer_lane *lane, struct era *era) {
    if (--era->in_hand == 0 && era != lane->era)
        drop_era(era);
}

// The request is no longer in hand. Under the lock.
static void let_go(struct scorer_lane *lane, struct scorer_request *request) {
    struct era *era = request->era;
    drop_body(&era->in_slot[request->slot]);
    request->era = NULL;
    release_era(lane, era);
}

// Writes one piece into its half and hands it over. There is room for it.
static void hand_over(struct scorer_lane *lane, struct scorer_request *request,
                      enum scorer_outcome outcome, uint16_t status, const void *head,
                      uint32_t head_length, const void *body, uint32_t body_length) {
    struct era *era = request->era;
    char *half = half_of(request);
    if (body != half)
        copy_bytes(half, body, body_length);
    copy_bytes(half + body_length, head, head_length);
    struct scorer_completion what = {
        .ticket = request->ticket,
        .slot = request->slot,
        .outcome = (uint16_t)outcome,
        .status = status,
        .offset = (uint64_t)(half - (char *)era->responses),
        .head_length = head_length,
        .body_length = body_length,
    };
    lock_acquire(&lane->lock);
    request->parts++;
    complete(lane, era, what);
    if (outcome != SCORER_OUTCOME_PART)
        let_go(lane, request);
    lock_release(&lane->lock);
}

static bool is_answerable(const struct scorer_request *request, uint16_t status,
                          size_t head_length) {
    const struct era *era = request->era;
    return era && era->in_slot[request->slot].ticket == request->ticket && status >= 200 &&
           status <= 599 && head_length < era->shape.area_bytes;
}

bool scorer_fits(const struct scorer_request *request, size_t head_length, uint64_t body_length) {
    const struct era *era = request->era;
    return era && request->parts == 0 && head_length < era->shape.area_bytes &&
           body_length <= era->shape.area_bytes - head_length;
}

void scorer_hold_body(struct scorer_lane *lane, const struct scorer_request *request,
                      struct scorer_hold *hold) {
    struct era *era = request->era;
    lock_acquire(&lane->lock);
    struct long_body *apart = &era->in_slot[request->slot];
    *hold = (struct scorer_hold){era, apart->memory, apart->length};
    apart->memory = NULL;
    era->in_hand++;
    lock_release(&lane->lock);
}

void scorer_let_body_go(struct scorer_lane *lane, const struct scorer_hold *hold) {
    system_unmap(hold->memory, hold->length);
    lock_acquire(&lane->lock);
    release_era(lane, hold->era);
    lock_release(&lane->lock);
}

void *scorer_room(struct scorer_lane *lane, struct scorer_request *request, size_t *size) {
    *size = 0;
    if (!is_answerable(request, 200, 0) || scorer_is_cancelled(lane, request) ||
        wait_for_room(lane, request, can_go_on) != SCORER_OK || scorer_is_cancelled(lane, request))
        return NULL;
    const struct era *era = request->era;
    *size = era->shape.area_bytes - era->shape.area_bytes / 16;
    return half_of(request);
}

// Sends a body piece by piece; every piece but the last one is full.
static enum scorer_result send_pieces(struct scorer_lane *lane, struct scorer_request *request,
                                      uint16_t status, const void *head, size_t head_length,
                                      const char *body, uint64_t left, bool is_end) {
    const struct era *era = request->era;
    for (;;) {
        if (wait_for_room(lane, request, can_go_on) != SCORER_OK)
            return SCORER_GONE;
        if (scorer_is_cancelled(lane, request) && request->parts > 0)
            return SCORER_CANCELLED;
        uint64_t space = era->shape.area_bytes - head_length;
        bool is_last = left <= space;
        uint32_t size = (uint32_t)(is_last ? left : space);
        enum scorer_outcome outcome = !is_last || !is_end ? SCORER_OUTCOME_PART
                                      : request->parts    ? SCORER_OUTCOME_LAST
                                                          : SCORER_OUTCOME_ANSWER;
        hand_over(lane, request, outcome, status, head, (uint32_t)head_length, body, size);
        if (is_last)
            return SCORER_OK;
        head_length = 0;
        body += size;
        left -= size;
    }
}

enum scorer_result scorer_part(struct scorer_lane *lane, struct scorer_request *request,
                               uint16_t status, const void *head, size_t head_length,
                               const void *body, uint64_t body_length) {
    if (!is_answerable(request, status, head_length))
        return SCORER_MISUSED;
    if (scorer_is_cancelled(lane, request))
        return SCORER_CANCELLED;
    if (request->parts > 0)
        head_length = 0;
    return send_pieces(lane, request, status, head, head_length, body, body_length, false);
}

enum scorer_result scorer_last(struct scorer_lane *lane, struct scorer_request *request,
                               const void *body, uint64_t body_length) {
    if (!is_answerable(request, 200, 0) || request->parts == 0)
        return SCORER_MISUSED;
    enum scorer_result result = SCORER_CANCELLED;
    if (!scorer_is_cancelled(lane, request))
        result = send_pieces(lane, request, 200, NULL, 0, body, body_length, true);
    if (result != SCORER_CANCELLED)
        return result;
    result = wait_for_room(lane, request, can_end);
    if (result == SCORER_OK)
        hand_over(lane, request, SCORER_OUTCOME_LAST, 200, NULL, 0, NULL, 0);
    return result;
}

enum scorer_result scorer_answer(struct scorer_lane *lane, struct scorer_request *request,
                                 uint16_t status, const void *head, size_t head_length,
                                 const void *body, uint64_t body_length) {
    if (!is_answerable(request, status, head_length) || request->parts > 0)
        return SCORER_MISUSED;
    enum scorer_result result =
        send_pieces(lane, request, status, head, head_length, body, body_length, true);
    return result == SCORER_CANCELLED ? scorer_last(lane, request, NULL, 0) : result;
}

// Beginning and end

static bool has_gateway(const struct scorer_lane *lane, const void *context) {
    (void)context;
    return lane->era != NULL;
}

enum scorer_result scorer_attach(int socket, struct scorer_lane **result) {
    long error = 0;
    struct scorer_lane *lane = system_map(-1, sizeof *lane, true, &error);
    if (!lane)
        return system_failed(error);
    lane->socket = socket;
    system_call(CALL_FCNTL, socket, FILE_SET_CLOSE_ON_EXEC, 1, 0, 0, 0);
    enum scorer_result waited;
    do
        waited = wait_until(lane, has_gateway, NULL);
    while (waited == SCORER_INTERRUPTED);
    if (waited != SCORER_OK) {
        scorer_detach(lane);
        return waited;
    }
    *result = lane;
    return SCORER_OK;
}

void scorer_detach(struct scorer_lane *lane) {
    if (lane->era)
        drop_era(lane->era);
    system_unmap(lane, sizeof *lane);
}

uint32_t scorer_calls(struct scorer_lane *lane) {
    lock_acquire(&lane->lock);
    uint32_t calls = lane->era->shape.calls;
    lock_release(&lane->lock);
    return calls;
}

enum scorer_result scorer_ready(struct scorer_lane *lane) {
    lock_acquire(&lane->lock);
    lane->is_ready = true;
    uint64_t generation = lane->era->generation;
    lock_release(&lane->lock);
    return send_word(lane, SCORER_PACKET_READY, generation);
}

enum scorer_result scorer_failed(struct scorer_lane *lane, const char *reason, size_t length) {
    char packet[1 + SCORER_REASON_MAX];
    if (length > SCORER_REASON_MAX)
        length = SCORER_REASON_MAX;
    packet[0] = SCORER_PACKET_FAILED;
    copy_bytes(packet + 1, reason, length);
    return system_send(lane->socket, packet, 1 + length, 0) < 0 ? SCORER_GONE : SCORER_OK;
}

const char *scorer_result_text(enum scorer_result result) {
    switch (result) {
    case SCORER_OK:
        return "all is well";
    case SCORER_DRAINED:
        return "told to leave, and nothing is left";
    case SCORER_GONE:
        return "gateway and node are gone";
    case SCORER_INTERRUPTED:
        return "a signal came";
    case SCORER_CANCELLED:
        return "nobody wants the rest of this answer";
    case SCORER_MISUSED:
        return "not a request in hand, a status outside 200 to 599, or a head longer than an area";
    case SCORER_OTHER_VERSION:
        return "the gateway speaks another version of the lane";
    case SCORER_BROKEN:
        return "what the gateway sent cannot be so";
    case SCORER_SYSTEM:
        return "the kernel refused";
    }
    return "a result that has no name";
}
