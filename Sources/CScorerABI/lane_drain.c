// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Draining: believing a completion only after everything about it was checked.
#include "lane_private.h"

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
