// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "lane.h"
#include "lane_regions.h"
#include "lane_words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum slot_state {
    SLOT_FREE = 0,
    SLOT_POSTED = 1,
    SLOT_WITHDRAWN = 2, // cancelled before it was begun: only `declined` is an honest end
    SLOT_CANCELLED = 3, // cancelled after it was begun
};

// What the gateway knows of a slot; the scorer cannot reach it.
struct private_slot {
    uint64_t ticket;
    uint64_t deadline;
    uint64_t dirty; // bytes of the area that hold this or an earlier request
    uint32_t parts; // taken from the ring
    uint32_t read;  // acknowledged
    uint16_t kind;
    uint8_t state;
};

struct lane {
    struct scorer_requests *requests;         // read and write
    const struct scorer_responses *responses; // read only
    struct scorer_slot *slots;
    struct scorer_shape shape;
    int socket;
    enum lane_violation violation;
    uint64_t generation;
    uint64_t tail;       // posted
    uint64_t last;       // the last ticket given
    uint64_t done;       // completions taken
    uint64_t done_known; // completions that are known to be there
    uint64_t armed;      // what the word holds
    uint64_t rung;       // the value of `asleep` that was rung for
    bool was_rung;       // a packet came since the word was made odd
    uint32_t free_count;
    uint32_t *free;
    struct private_slot *known;
};

static bool end_lane(struct lane *lane, enum lane_violation violation) {
    lane->violation = violation;
    return false;
}

// Both sides announce, look again, then sleep: so whoever changes something looks, after the
// change, whether the other one sleeps. A full socket is one that wakes its reader anyway.
static void ring_bell(struct lane *lane) {
    uint64_t asleep = load_word(&lane->responses->asleep);
    if (asleep == lane->rung)
        return;
    uint8_t bell = SCORER_PACKET_BELL;
    lane->rung = asleep;
    send(lane->socket, &bell, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static bool greet(const struct lane *lane, const int descriptors[2]) {
    struct scorer_hello hello = {
        .packet = SCORER_PACKET_HELLO,
        .version = SCORER_ABI_VERSION,
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

static struct private_slot *find(const struct lane *lane, struct lane_ticket ticket) {
    if (ticket.slot >= lane->shape.slots)
        return NULL;
    struct private_slot *known = &lane->known[ticket.slot];
    return known->state != SLOT_FREE && known->ticket == ticket.number ? known : NULL;
}

static uint64_t length_of(const struct lane_bytes *body, size_t count) {
    uint64_t length = 0;
    for (size_t i = 0; i < count; i++)
        length += body[i].length;
    return length;
}

// Writes a body that is longer than an area into a memfd of its own.
static int set_apart(const struct lane_bytes *body, size_t count) {
    int descriptor = lane_body_create();
    for (size_t i = 0; descriptor >= 0 && i < count; i++) {
        size_t written = 0;
        while (written < body[i].length) {
            ssize_t more =
                write(descriptor, (const char *)body[i].base + written, body[i].length - written);
            if (more < 0 && errno == EINTR)
                continue;
            if (more <= 0) {
                int error = errno;
                close(descriptor);
                errno = error;
                return -1;
            }
            written += (size_t)more;
        }
    }
    if (descriptor >= 0 && lane_body_seal(descriptor) != 0) {
        int error = errno;
        close(descriptor);
        errno = error;
        return -1;
    }
    return descriptor;
}

static enum lane_result send_apart(struct lane *lane, int descriptor, uint64_t length) {
    struct scorer_body body = {
        .packet = SCORER_PACKET_BODY, .ticket = lane->last + 1, .length = length};
    if (lane_send(lane->socket, &body, sizeof body, &descriptor, 1))
        return LANE_OK;
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ETOOMANYREFS)
        return LANE_SOCKET_FULL;
    return errno == EPIPE || errno == ECONNRESET ? LANE_ENDED : LANE_SYSTEM;
}

static enum lane_result send_body(struct lane *lane, const struct lane_post *post,
                                  uint64_t length) {
    if (post->apart >= 0)
        return send_apart(lane, post->apart, length);
    int descriptor = set_apart(post->body, post->body_count);
    if (descriptor < 0)
        return LANE_SYSTEM;
    enum lane_result result = send_apart(lane, descriptor, length);
    int error = errno;
    close(descriptor);
    errno = error;
    return result;
}

// Fills the slot's area: the body, the head, zeros where an earlier request's bytes stood.
static void fill_area(struct lane *lane, uint32_t slot, const struct lane_post *post,
                      bool is_apart) {
    char *area = (char *)lane->requests + scorer_area_offset(lane->shape, slot);
    uint64_t used = 0;
    for (size_t i = 0; !is_apart && i < post->body_count; i++) {
        if (post->body[i].length > 0)
            memcpy(area + used, post->body[i].base, post->body[i].length);
        used += post->body[i].length;
    }
    if (post->head.length > 0)
        memcpy(area + used, post->head.base, post->head.length);
    used += post->head.length;
    if (lane->known[slot].dirty > used)
        memset(area + used, 0, lane->known[slot].dirty - used);
    lane->known[slot].dirty = used;
}

enum lane_result lane_post(struct lane *lane, const struct lane_post *post,
                           struct lane_ticket *ticket) {
    if (lane->violation)
        return LANE_ENDED;
    if (lane->free_count == 0)
        return LANE_FULL;
    if (post->head.length > lane->shape.area_bytes)
        return LANE_HEAD_TOO_LONG;
    uint64_t length =
        post->apart >= 0 ? post->apart_length : length_of(post->body, post->body_count);
    bool is_apart = post->apart >= 0 || length > lane->shape.area_bytes - post->head.length;
    if (is_apart) {
        enum lane_result result = send_body(lane, post, length);
        if (result != LANE_OK)
            return result;
    }
    uint32_t slot = lane->free[--lane->free_count];
    uint64_t number = ++lane->last;
    lane->known[slot] = (struct private_slot){.ticket = number,
                                              .deadline = post->deadline,
                                              .dirty = lane->known[slot].dirty,
                                              .kind = (uint16_t)post->kind,
                                              .state = SLOT_POSTED};
    fill_area(lane, slot, post, is_apart);
    struct scorer_slot *shared = &lane->slots[slot];
    shared->ticket = number;
    shared->deadline = post->deadline;
    shared->offset = scorer_area_offset(lane->shape, slot);
    shared->body_length = length;
    shared->head_length = (uint32_t)post->head.length;
    shared->kind = (uint16_t)post->kind;
    shared->flags = (uint16_t)(post->flags | (is_apart ? SCORER_FLAG_APART : 0));
    store_word(&shared->read, 0);
    __atomic_store_n(&lane->requests->ring[lane->tail % lane->shape.slots], slot, __ATOMIC_RELAXED);
    store_word(&lane->requests->tail, ++lane->tail);
    ring_bell(lane);
    *ticket = (struct lane_ticket){.number = number, .slot = slot};
    return LANE_OK;
}

bool lane_was_taken(const struct lane *lane, struct lane_ticket ticket) {
    return find(lane, ticket) && load_word(&lane->responses->taken[ticket.slot]) == ticket.number;
}

bool lane_held(const struct lane *lane, uint32_t slot, struct lane_ticket *ticket) {
    if (slot >= lane->shape.slots || lane->known[slot].state == SLOT_FREE)
        return false;
    *ticket = (struct lane_ticket){.number = lane->known[slot].ticket, .slot = slot};
    return true;
}

struct lane_observation lane_observe(const struct lane *lane) {
    struct lane_observation seen = {.earliest_deadline = UINT64_MAX};
    struct lane_ticket ticket;
    for (uint32_t slot = 0; slot < lane->shape.slots; slot++) {
        if (!lane_held(lane, slot, &ticket))
            continue;
        if (lane_was_taken(lane, ticket)) {
            seen.taken++;
            if (lane->known[slot].deadline < seen.earliest_deadline)
                seen.earliest_deadline = lane->known[slot].deadline;
        } else {
            seen.waiting++;
            if (seen.oldest_waiting == 0 || ticket.number < seen.oldest_waiting)
                seen.oldest_waiting = ticket.number;
        }
    }
    return seen;
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

// Loads one completion, each word once.
static struct scorer_completion load_completion(const struct lane *lane) {
    const char *ring = (const char *)lane->responses + scorer_completions_offset(lane->shape);
    const uint64_t *words =
        (const uint64_t *)ring + 4 * (lane->done % scorer_completions(lane->shape));
    union {
        uint64_t words[4];
        struct scorer_completion completion;
    } copy;
    _Static_assert(sizeof(struct scorer_completion) == sizeof copy.words, "four words");
    for (int i = 0; i < 4; i++)
        copy.words[i] = __atomic_load_n(&words[i], __ATOMIC_RELAXED);
    return copy.completion;
}

static uint64_t monotonic_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static bool is_payload(uint16_t outcome) {
    return outcome == SCORER_OUTCOME_ANSWER || outcome == SCORER_OUTCOME_PART ||
           outcome == SCORER_OUTCOME_LAST;
}

// Whether the outcome is one that this request, in this state, can have.
static enum lane_violation judge_outcome(const struct private_slot *known, uint16_t outcome) {
    if (outcome == SCORER_OUTCOME_DECLINED) {
        if (known->parts > 0)
            return LANE_WRONG_OUTCOME;
        bool is_asked = known->state != SLOT_POSTED || monotonic_now() >= known->deadline;
        return is_asked ? LANE_HONEST : LANE_DECLINED_UNASKED;
    }
    if (known->state == SLOT_WITHDRAWN)
        return LANE_BEGUN_AFTER_CANCEL;
    if (known->kind == SCORER_KIND_PING)
        return outcome == SCORER_OUTCOME_PONG ? LANE_HONEST : LANE_WRONG_OUTCOME;
    if (!is_payload(outcome))
        return LANE_WRONG_OUTCOME;
    bool is_whole = outcome == SCORER_OUTCOME_ANSWER;
    if (is_whole ? known->parts > 0 : outcome == SCORER_OUTCOME_LAST && known->parts == 0)
        return LANE_WRONG_OUTCOME;
    return known->parts - known->read < SCORER_PARTS_UNREAD ? LANE_HONEST : LANE_TOO_MANY_PARTS;
}

// Whether the payload lies in the slot's own answer area; no sum here can overflow.
static enum lane_violation judge_payload(const struct lane *lane,
                                         const struct scorer_completion *claim) {
    if (claim->status < 200 || claim->status > 599)
        return LANE_WRONG_STATUS;
    uint64_t start = scorer_answer_offset(lane->shape, claim->slot);
    uint64_t size = scorer_answer_bytes(lane->shape);
    uint64_t length = (uint64_t)claim->head_length + claim->body_length;
    if (length > size || claim->offset < start || claim->offset - start > size - length)
        return LANE_OUTSIDE_AREA;
    return LANE_HONEST;
}

static enum lane_violation judge(const struct lane *lane, const struct scorer_completion *claim) {
    if (claim->slot >= lane->shape.slots)
        return LANE_SLOT_OUT_OF_RANGE;
    const struct private_slot *known = &lane->known[claim->slot];
    if (known->state == SLOT_FREE)
        return LANE_SLOT_FREE;
    if (known->ticket != claim->ticket)
        return LANE_WRONG_TICKET;
    enum lane_violation violation = judge_outcome(known, claim->outcome);
    if (violation == LANE_HONEST && is_payload(claim->outcome))
        violation = judge_payload(lane, claim);
    return violation;
}

bool lane_next(struct lane *lane, struct lane_completion *completion) {
    if (lane->violation)
        return false;
    if (lane->done == lane->done_known) {
        uint64_t done = load_word(&lane->responses->done);
        if (done - lane->done > scorer_completions(lane->shape))
            return end_lane(lane, LANE_DONE_JUMPED);
        lane->done_known = done;
        if (done == lane->done)
            return false;
    }
    struct scorer_completion claim = load_completion(lane);
    enum lane_violation violation = judge(lane, &claim);
    if (violation)
        return end_lane(lane, violation);
    lane->done++;
    lane->known[claim.slot].parts += is_payload(claim.outcome);
    bool has_payload = is_payload(claim.outcome);
    const char *body = (const char *)lane->responses + (has_payload ? claim.offset : 0);
    *completion = (struct lane_completion){
        .ticket = {.number = claim.ticket, .slot = claim.slot},
        .outcome = (enum scorer_outcome)claim.outcome,
        .status = has_payload ? claim.status : 0,
        .head_length = has_payload ? claim.head_length : 0,
        .body_length = has_payload ? claim.body_length : 0,
        .body = body,
        .head = body + (has_payload ? claim.body_length : 0),
    };
    return true;
}

void lane_finish(struct lane *lane, const struct lane_completion *completion) {
    struct private_slot *known = find(lane, completion->ticket);
    if (!known)
        return;
    if (completion->outcome == SCORER_OUTCOME_PART) {
        // Nobody will read on: the scorer must not wait for it.
        if (known->state == SLOT_CANCELLED)
            lane_acknowledge(lane, completion->ticket);
        return;
    }
    known->state = SLOT_FREE;
    lane->free[lane->free_count++] = completion->ticket.slot;
}

void lane_acknowledge(struct lane *lane, struct lane_ticket ticket) {
    struct private_slot *known = find(lane, ticket);
    if (!known || known->read == known->parts)
        return;
    store_word(&lane->slots[ticket.slot].read, ++known->read);
    ring_bell(lane);
}

bool lane_arm(struct lane *lane) {
    if (lane->violation)
        return true;
    // An odd value that nobody rang for is as good as new.
    if (lane->armed % 2 == 0 || lane->was_rung) {
        lane->armed += lane->armed % 2 == 0 ? 1 : 2;
        lane->was_rung = false;
        store_word(&lane->requests->armed, lane->armed);
    }
    return load_word(&lane->responses->done) == lane->done;
}

void lane_disarm(struct lane *lane) {
    if (lane->armed % 2 == 0)
        return;
    lane->armed++;
    __atomic_store_n(&lane->requests->armed, lane->armed, __ATOMIC_RELAXED);
}

static enum lane_packet_kind parse(const struct lane *lane, const uint8_t *bytes, size_t length,
                                   struct lane_packet *packet) {
    if (length == 0)
        return LANE_PACKET_END;
    if (bytes[0] == SCORER_PACKET_BELL && length == 1)
        return LANE_PACKET_BELL;
    if (bytes[0] == SCORER_PACKET_READY && length == sizeof(struct scorer_word)) {
        struct scorer_word word;
        memcpy(&word, bytes, sizeof word);
        return word.generation == lane->generation ? LANE_PACKET_READY : LANE_PACKET_STALE;
    }
    if (bytes[0] == SCORER_PACKET_FAILED && length <= 1 + SCORER_REASON_MAX) {
        packet->reason_length = (uint32_t)(length - 1);
        memcpy(packet->reason, bytes + 1, length - 1);
        return LANE_PACKET_FAILED;
    }
    return LANE_PACKET_LIE;
}

enum lane_packet_kind lane_packet_parse(struct lane *lane, const void *bytes, size_t length,
                                        struct lane_packet *packet) {
    packet->reason_length = 0;
    packet->kind = parse(lane, bytes, length, packet);
    if (packet->kind == LANE_PACKET_LIE)
        end_lane(lane, LANE_BAD_PACKET);
    lane->was_rung = true;
    return packet->kind;
}

enum lane_packet_kind lane_receive(struct lane *lane, struct lane_packet *packet) {
    uint8_t bytes[1 + SCORER_REASON_MAX];
    ssize_t length;
    do
        // No room for control data: descriptors that a scorer sends never become ours.
        length = recv(lane->socket, bytes, sizeof bytes, MSG_DONTWAIT | MSG_TRUNC);
    while (length < 0 && errno == EINTR);
    if (length < 0) {
        bool is_empty = errno == EAGAIN || errno == EWOULDBLOCK;
        packet->kind = is_empty ? LANE_PACKET_NONE : LANE_PACKET_END;
        packet->reason_length = 0;
        return packet->kind;
    }
    return lane_packet_parse(lane, bytes, (size_t)length, packet);
}

enum lane_result lane_drain(struct lane *lane) {
    struct scorer_word word = {.packet = SCORER_PACKET_DRAIN, .generation = lane->generation};
    if (lane_send(lane->socket, &word, sizeof word, NULL, 0))
        return LANE_OK;
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return LANE_SOCKET_FULL;
    return errno == EPIPE || errno == ECONNRESET ? LANE_ENDED : LANE_SYSTEM;
}

const char *lane_violation_text(enum lane_violation violation) {
    switch (violation) {
    case LANE_HONEST:
        return "kept the rules";
    case LANE_DONE_JUMPED:
        return "counted more completions than requests it could have had";
    case LANE_SLOT_OUT_OF_RANGE:
        return "answered in a slot that does not exist";
    case LANE_SLOT_FREE:
        return "answered where no request was";
    case LANE_WRONG_TICKET:
        return "answered another request than the slot held";
    case LANE_WRONG_OUTCOME:
        return "gave an outcome that the request could not have";
    case LANE_WRONG_STATUS:
        return "gave a status that is not an HTTP status";
    case LANE_OUTSIDE_AREA:
        return "pointed outside its answer area";
    case LANE_TOO_MANY_PARTS:
        return "sent more parts than it was given leave for";
    case LANE_BEGUN_AFTER_CANCEL:
        return "answered a request that had been withdrawn before it was begun";
    case LANE_DECLINED_UNASKED:
        return "declined a request that was neither withdrawn nor late";
    case LANE_BAD_PACKET:
        return "sent a packet that is not one";
    }
    return "broke a rule that has no name";
}
