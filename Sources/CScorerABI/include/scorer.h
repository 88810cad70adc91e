// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// A scorer's side of a lane: attach, say ready, take requests, answer them.
//
//     struct scorer_lane *lane;
//     struct scorer_request request;
//     if (scorer_attach(3, &lane) != SCORER_OK) return 4;
//     scorer_ready(lane);
//     while (scorer_take(lane, &request) == SCORER_OK)
//         scorer_answer(lane, &request, 200, NULL, 0, request.body, request.body_length);
//
// Every function may be called from several threads; one request belongs to one thread at a time.
// The library makes its system calls itself and needs no other library. A process that forks must
// not use the lane in the child: the regions are not mapped there.
#ifndef SCOREKEEPER_SCORER_H
#define SCOREKEEPER_SCORER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The lane's socket, unless the environment variable SCOREKEEPER_LANE_FD says otherwise.
#define SCORER_LANE_DESCRIPTOR 3

enum scorer_result {
    SCORER_OK = 0,
    SCORER_DRAINED = 1,       // told to leave, and nothing is left: leave with exit code 0
    SCORER_GONE = 2,          // gateway and node are gone: leave with exit code 4
    SCORER_INTERRUPTED = 3,   // a signal came while waiting: handle it, call again
    SCORER_CANCELLED = 4,     // nobody wants the rest of this answer: finish it with `scorer_last`
    SCORER_MISUSED = 5,       // not a request in hand, a status outside 200 to 599, a long head
    SCORER_OTHER_VERSION = 6, // the gateway speaks another version of the layout
    SCORER_BROKEN = 7,        // what the gateway sent cannot be so
    SCORER_SYSTEM = 8,        // the kernel refused; scorer_system_error() says what
};

struct scorer_lane;

// A request in hand. Head and body are read-only and stay until it is answered.
//
// The head is text: the first line is the method and the target, then follow header lines with
// lower-case names, each ended by a newline.
struct scorer_request {
    uint64_t ticket;
    uint64_t deadline; // CLOCK_MONOTONIC nanoseconds
    const void *body;
    uint64_t body_length;
    const void *head;
    uint32_t head_length;
    uint32_t slot;  // the library's
    uint32_t parts; // the library's
    void *era;      // the library's
};

// Takes the socket over, waits for the gateway's greeting and maps the lane.
enum scorer_result scorer_attach(int socket, struct scorer_lane **lane);

// Unmaps the lane; the socket stays open.
void scorer_detach(struct scorer_lane *lane);

// Calls of the model at once that the gateway counts on: take with so many threads.
uint32_t scorer_calls(struct scorer_lane *lane);

// Says that requests may come. A gateway that comes later is told without asking again.
enum scorer_result scorer_ready(struct scorer_lane *lane);

// Says why the scorer cannot start; the reason is cut at 4,096 bytes.
enum scorer_result scorer_failed(struct scorer_lane *lane, const char *reason, size_t length);

// Says that up to `most` requests may share one call of the model: the gateway then binds more of
// them ahead, and `scorer_take_many` brings them together. 1: each call has one request again.
enum scorer_result scorer_shares(struct scorer_lane *lane, uint32_t most);

// Tells facts about the model, which `scorekeeper status` shows: JSON text, cut at 4,096 bytes. The
// gateway passes on one a second; what comes sooner replaces what has not been passed on.
enum scorer_result scorer_tell(struct scorer_lane *lane, const char *text, size_t length);

// Waits for a request and begins it. Withdrawn and late ones are declined, pings are answered,
// both unseen.
enum scorer_result scorer_take(struct scorer_lane *lane, struct scorer_request *request);

// Waits for at least one request and begins up to `most` that may share a call of the model.
enum scorer_result scorer_take_many(struct scorer_lane *lane, struct scorer_request *requests,
                                    uint32_t most, uint32_t *count);

// Memory in which the body of the next answer or part may be written in place: pass what is
// returned as the body. Its size is what one part can hold besides a head. NULL: cancelled.
void *scorer_room(struct scorer_lane *lane, struct scorer_request *request, size_t *size);

// Whether `scorer_answer` would not have to wait: the whole answer fits into an area.
bool scorer_fits(const struct scorer_request *request, size_t head_length, uint64_t body_length);

// A body that stays readable beyond its request's answer, until it is let go: for bindings that
// cannot know who still looks at it. One in an area may turn into that of a later request.
struct scorer_hold {
    void *era;
    void *memory;
    uint64_t length;
};

void scorer_hold_body(struct scorer_lane *lane, const struct scorer_request *request,
                      struct scorer_hold *hold);
void scorer_let_body_go(struct scorer_lane *lane, const struct scorer_hold *hold);

// Answers and ends a request. A body longer than an area goes in parts, waiting for the reader.
// The head is header lines as in a request, without a first line.
enum scorer_result scorer_answer(struct scorer_lane *lane, struct scorer_request *request,
                                 uint16_t status, const void *head, size_t head_length,
                                 const void *body, uint64_t body_length);

// Sends a part of the answer; status and head count with the first. Waits while two are unread.
enum scorer_result scorer_part(struct scorer_lane *lane, struct scorer_request *request,
                               uint16_t status, const void *head, size_t head_length,
                               const void *body, uint64_t body_length);

// Ends an answer that was begun by `scorer_part`.
enum scorer_result scorer_last(struct scorer_lane *lane, struct scorer_request *request,
                               const void *body, uint64_t body_length);

// Whether nobody wants the answer any more.
bool scorer_is_cancelled(struct scorer_lane *lane, const struct scorer_request *request);

// CLOCK_MONOTONIC in nanoseconds: what deadlines are measured on.
uint64_t scorer_now(void);

// The error number of the calling process's last SCORER_SYSTEM.
int scorer_system_error(void);

// The words for a result.
const char *scorer_result_text(enum scorer_result result);

#ifdef __cplusplus
}
#endif

#endif
