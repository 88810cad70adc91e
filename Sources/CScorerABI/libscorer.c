// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// The scorer's side of a lane; see scorer.h.
//
// One mutex guards what the threads of the process share. Nobody holds it while sleeping or while
// copying a payload. A request in hand belongs to the thread that took it.
#include "lane_words.h"
#include "scorer.h"
#include "scorer_abi.h"
#include "scorer_begin.h"
#include "scorer_era.h"
#include "scorer_input.h"
#include "scorer_metrics.h"
#include "scorer_refuse.h"
#include "scorer_sleep.h"
#include "scorer_system.h"

int scorer_system_error(void) { return __atomic_load_n(&system_error, __ATOMIC_RELAXED); }

uint64_t scorer_now(void) { return system_now(); }

// Taking

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

// Leaves those that are what the scorer expects; the others are answered. How many are left.
static uint32_t keep_fit(struct scorer_lane *lane, struct scorer_request *requests, uint32_t count);

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
        uint32_t begun_count = *count;
        if (begun_count > 0 && lane->expected != EXPECTED_ANYTHING)
            *count = keep_fit(lane, requests, begun_count);
        if (*count > 0)
            return SCORER_OK;
        if (begun_count > 0)
            continue;
        if (result == SCORER_OK && is_drained)
            return SCORER_DRAINED;
        if (result == SCORER_OK)
            result = begun == BEGUN_BODY_LATE ? wait_for_packet(lane, has_body, era)
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
    drop_values(lane, request->values);
    request->values = NULL;
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
        // The status of a last part says whether it is the whole answer, not what it answers.
        uint16_t told = outcome == SCORER_OUTCOME_LAST ? 200 : status;
        hand_over(lane, request, outcome, told, head, (uint32_t)head_length, body, size);
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
    if (!is_answerable(request, 200, 0))
        return SCORER_MISUSED;
    // One that nobody wanted from its first part on ends as well.
    if (request->parts == 0)
        return scorer_is_cancelled(lane, request)
                   ? scorer_answer(lane, request, 200, NULL, 0, NULL, 0)
                   : SCORER_MISUSED;
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

enum scorer_result scorer_break_off(struct scorer_lane *lane, struct scorer_request *request) {
    if (!is_answerable(request, 200, 0) || request->parts == 0)
        return SCORER_MISUSED;
    enum scorer_result result = wait_for_room(lane, request, can_end);
    if (result == SCORER_OK)
        hand_over(lane, request, SCORER_OUTCOME_LAST, 500, NULL, 0, NULL, 0);
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

static enum scorer_result refuse(struct scorer_lane *lane, struct scorer_request *request,
                                 uint16_t status, const char *text, size_t length) {
    struct words answer;
    answer.length = 0;
    add_words(&answer, "{\"error\":{\"code\":\"");
    add_words(&answer, status_code(status));
    add_words(&answer, "\",\"message\":\"");
    add_escaped(&answer, text, length);
    add_words(&answer, "\"}}\n");
    return scorer_answer(lane, request, status, refusal_head, sizeof refusal_head - 1, answer.text,
                         answer.length);
}

enum scorer_result scorer_fail(struct scorer_lane *lane, struct scorer_request *request,
                               uint16_t status, const char *text) {
    size_t length = text_length(text, MESSAGE_MAX);
    return status < 400 ? SCORER_MISUSED : refuse(lane, request, status, text, length);
}

static uint32_t keep_fit(struct scorer_lane *lane, struct scorer_request *requests,
                         uint32_t count) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct words words;
        words.length = 0;
        uint16_t status = look_at(lane, &requests[i], &words);
        if (status == 0)
            requests[kept++] = requests[i];
        else
            refuse(lane, &requests[i], status, words.text, words.length);
    }
    return kept;
}

uint64_t scorer_time_left(const struct scorer_request *request) {
    if (request->deadline == UINT64_MAX)
        return UINT64_MAX;
    uint64_t now = system_now();
    return request->deadline > now ? request->deadline - now : 0;
}

// Beginning and end

// The number of the lane's socket that the variable says; SCORER_LANE_DESCRIPTOR where it says
// none.
static int given_socket(void) {
    static const char name[] = "SCOREKEEPER_LANE_FD=";
    for (char **variable = &environ ? environ : NULL; variable && *variable; variable++) {
        const char *text = *variable;
        size_t i = 0;
        while (name[i] && text[i] == name[i])
            i++;
        int number = 0;
        if (name[i] || !text[i])
            continue;
        for (; text[i] >= '0' && text[i] <= '9' && number < 100000; i++)
            number = 10 * number + (text[i] - '0');
        if (!text[i])
            return number;
    }
    return SCORER_LANE_DESCRIPTOR;
}

static bool has_gateway(const struct scorer_lane *lane, const void *context) {
    (void)context;
    return lane->era != NULL;
}

enum scorer_result scorer_attach(int socket, struct scorer_lane **result) {
    long error = 0;
    struct scorer_lane *lane = system_map(-1, sizeof *lane, true, &error);
    if (!lane)
        return system_failed(error);
    lane->socket = socket = socket == SCORER_LANE_GIVEN ? given_socket() : socket;
    system_call(CALL_FCNTL, socket, FILE_SET_CLOSE_ON_EXEC, 1, 0, 0, 0);
    enum scorer_result waited;
    do
        waited = wait_for_packet(lane, has_gateway, NULL);
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
    drop_spare_values(lane);
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
    return send_text(lane, SCORER_PACKET_FAILED, reason, length);
}

// Keeps a number and says it to the gateway.
static enum scorer_result say_most(struct scorer_lane *lane, uint8_t packet, uint32_t *kept,
                                   uint32_t most) {
    if (most < 1 || most > SCORER_SLOTS_MAX)
        return SCORER_MISUSED;
    lock_acquire(&lane->lock);
    *kept = most;
    uint64_t generation = lane->era->generation;
    lock_release(&lane->lock);
    return send_most(lane, packet, most, generation);
}

enum scorer_result scorer_shares(struct scorer_lane *lane, uint32_t most) {
    return say_most(lane, SCORER_PACKET_SHARES, &lane->shares, most);
}

enum scorer_result scorer_threads(struct scorer_lane *lane, uint32_t threads) {
    return say_most(lane, SCORER_PACKET_THREADS, &lane->threads, threads);
}

enum scorer_result scorer_expect_json(struct scorer_lane *lane) {
    lane->expected = EXPECTED_JSON;
    return SCORER_OK;
}

enum scorer_result scorer_expect_tensor(struct scorer_lane *lane,
                                        const struct scorer_tensor *tensor) {
    if (step_bytes(tensor) == 0)
        return SCORER_MISUSED;
    lane->tensor = *tensor;
    lane->expected = EXPECTED_TENSOR;
    return SCORER_OK;
}

enum scorer_result scorer_metric_add(struct scorer_lane *lane, const char *name, double by) {
    return change_metric(lane, name, SCORER_METRIC_COUNTER, by);
}

enum scorer_result scorer_metric_set(struct scorer_lane *lane, const char *name, double value) {
    return change_metric(lane, name, SCORER_METRIC_GAUGE, value);
}

enum scorer_result scorer_tell(struct scorer_lane *lane, const char *text, size_t length) {
    if (length > SCORER_REASON_MAX)
        length = SCORER_REASON_MAX;
    lock_acquire(&lane->lock);
    copy_bytes(lane->told, text, length);
    lane->told_length = (uint32_t)length;
    lock_release(&lane->lock);
    return send_text(lane, SCORER_PACKET_TOLD, text, length);
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
        return "an argument that does not fit: not a request in hand, a status outside 200 to 599, "
               "a head longer than an area, a name or number that is not allowed";
    case SCORER_OTHER_VERSION:
        return "the gateway speaks another version of the lane";
    case SCORER_BROKEN:
        return "what the gateway sent cannot be so";
    case SCORER_SYSTEM:
        return "the kernel refused";
    }
    return "a result that has no name";
}
