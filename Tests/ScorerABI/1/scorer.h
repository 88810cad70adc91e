// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// A scorer's side of a lane: attach, say ready, take requests, answer them.
//
//     struct scorer_lane *lane;
//     struct scorer_request request;
//     if (scorer_attach(SCORER_LANE_GIVEN, &lane) != SCORER_OK) return 4;
//     scorer_ready(lane);
//     while (scorer_take(lane, &request) == SCORER_OK)
//         scorer_answer(lane, &request, 200, NULL, 0, request.body, request.body_length);
//
// Every function may be called from several threads; one request belongs to one thread at a time.
// The library makes its system calls itself and needs no other library. A process that forks must
// not use the lane in the child: the regions are not mapped there.
//
// The promise of this header is that of the lane's layout (scorer_abi.h): within version 1
// functions and constants are added, none changes or goes, and no structure changes its size.
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

// In place of a socket: whichever SCOREKEEPER_LANE_FD says, else SCORER_LANE_DESCRIPTOR.
#define SCORER_LANE_GIVEN (-1)

enum scorer_result {
    SCORER_OK = 0,
    SCORER_DRAINED = 1,       // told to leave, and nothing is left: leave with exit code 0
    SCORER_GONE = 2,          // gateway and node are gone: leave with exit code 4
    SCORER_INTERRUPTED = 3,   // a signal came while waiting: handle it, call again
    SCORER_CANCELLED = 4,     // nobody wants the rest of this answer: finish it with `scorer_last`
    SCORER_MISUSED = 5,       // an argument that its function does not take; nothing was done
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
    uint32_t slot;      // the library's
    uint32_t parts;     // the library's
    void *era;          // the library's
    const void *tensor; // its elements, where the scorer expects a tensor
    uint64_t rows;      // how large the tensor's free dimension is; 1 where it has none
    void *values;       // the library's
    uint64_t reserved[2];
};

// Beginning and end

// Takes the socket over, waits for the gateway's greeting and maps the lane.
enum scorer_result scorer_attach(int socket, struct scorer_lane **lane);

// Unmaps the lane; the socket stays open.
void scorer_detach(struct scorer_lane *lane);

// Says that requests may come. A gateway that comes later is told without asking again.
enum scorer_result scorer_ready(struct scorer_lane *lane);

// Says why the scorer cannot start; the reason is cut at 4,096 bytes.
enum scorer_result scorer_failed(struct scorer_lane *lane, const char *reason, size_t length);

// How it works: said before `scorer_ready`, and again where that changes

// Calls of the model at once that the deployment allows.
uint32_t scorer_calls(struct scorer_lane *lane);

// Says that so many threads take requests, each working on one call of the model at a time. The
// gateway hands out no more calls at once than that, nor more than the deployment allows. One
// thread has a few requests waiting for it in the lane, several have none.
enum scorer_result scorer_threads(struct scorer_lane *lane, uint32_t threads);

// Says that up to `most` requests may share one call of the model: the gateway then binds more of
// them ahead, and `scorer_take_many` brings them together. 1: each call has one request again.
enum scorer_result scorer_shares(struct scorer_lane *lane, uint32_t most);

// Tells facts about the model, which `scorekeeper status` shows: JSON text, cut at 4,096 bytes. The
// gateway passes on one a second; what comes sooner replaces what has not been passed on.
enum scorer_result scorer_tell(struct scorer_lane *lane, const char *text, size_t length);

// What it expects: then `scorer_take` shows good requests only. The library answers the others
// itself, 415 for another Content-Type and 400 for another body, with what is wrong, where, and
// what to send. Said once, before `scorer_ready`.

// The elements of a tensor.
enum scorer_element {
    SCORER_FLOAT64 = 1,
    SCORER_FLOAT32 = 2,
    SCORER_INT64 = 3,
    SCORER_INT32 = 4,
    SCORER_INT16 = 5,
    SCORER_INT8 = 6,
    SCORER_UINT64 = 7,
    SCORER_UINT32 = 8,
    SCORER_UINT16 = 9,
    SCORER_UINT8 = 10,
    SCORER_BOOL = 11, // a byte, 0 or 1
};

#define SCORER_RANK_MAX 8

// A tensor's form; one dimension may be free, which is -1.
struct scorer_tensor {
    uint32_t element; // one of enum scorer_element
    uint32_t rank;    // 1 to SCORER_RANK_MAX
    int64_t shape[SCORER_RANK_MAX];
};

// Expects JSON of any kind: RFC 8259, in UTF-8, nested at most 100 levels. It stays text in `body`.
enum scorer_result scorer_expect_json(struct scorer_lane *lane);

// Expects a tensor of this form: `tensor` points to its elements in row-major order, `rows` says
// how large its free dimension is. It is sent as application/octet-stream, the elements
// little-endian, or as application/json, nested lists alone or as {"input_data": ...}. JSON's
// integers are those of an int64, its real numbers are read to the nearest double.
enum scorer_result scorer_expect_tensor(struct scorer_lane *lane,
                                        const struct scorer_tensor *tensor);

// Requests

// Waits for a request and begins it. Withdrawn and late ones are declined, pings are answered,
// both unseen.
enum scorer_result scorer_take(struct scorer_lane *lane, struct scorer_request *request);

// Waits for at least one request and begins up to `most` that may share a call of the model.
enum scorer_result scorer_take_many(struct scorer_lane *lane, struct scorer_request *requests,
                                    uint32_t most, uint32_t *count);

// The value of a header field, not ended by a zero; NULL: there is none. The name in lower case.
const char *scorer_header(const struct scorer_request *request, const char *name, size_t *length);

// Nanoseconds until the deadline: 0 once it has passed, UINT64_MAX where there is none. What is not
// answered a second after it ends the process.
uint64_t scorer_time_left(const struct scorer_request *request);

// Whether nobody wants the answer any more.
bool scorer_is_cancelled(struct scorer_lane *lane, const struct scorer_request *request);

// Answers

// Memory in which the body of the next answer or part may be written in place: pass what is
// returned as the body. Its size is what one part can hold besides a head. NULL: cancelled.
void *scorer_room(struct scorer_lane *lane, struct scorer_request *request, size_t *size);

// Whether `scorer_answer` would not have to wait: the whole answer fits into an area.
bool scorer_fits(const struct scorer_request *request, size_t head_length, uint64_t body_length);

// Answers and ends a request. A body longer than an area goes in parts, waiting for the reader.
// The head is header lines as in a request, without a first line.
enum scorer_result scorer_answer(struct scorer_lane *lane, struct scorer_request *request,
                                 uint16_t status, const void *head, size_t head_length,
                                 const void *body, uint64_t body_length);

// Answers and ends a request that cannot be scored: a status from 400 to 599, and what is wrong in
// UTF-8, as {"error": {"code": ..., "message": ...}}. The text is cut at 2,000 bytes.
enum scorer_result scorer_fail(struct scorer_lane *lane, struct scorer_request *request,
                               uint16_t status, const char *text);

// Sends a part of the answer; status and head count with the first. Waits while two are unread.
enum scorer_result scorer_part(struct scorer_lane *lane, struct scorer_request *request,
                               uint16_t status, const void *head, size_t head_length,
                               const void *body, uint64_t body_length);

// Ends an answer that was begun by `scorer_part`, or whose first part nobody wanted.
enum scorer_result scorer_last(struct scorer_lane *lane, struct scorer_request *request,
                               const void *body, uint64_t body_length);

// Ends an answer that was begun by `scorer_part` and cannot be finished: its client is cut off, so
// that it does not take what it has for the whole.
enum scorer_result scorer_break_off(struct scorer_lane *lane, struct scorer_request *request);

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

// Metrics: they stand in the server's /metrics with the labels endpoint, deployment and instance.
// At most 64 of them, names of at most 54 bytes by Prometheus' rule, none that begins with
// "scorekeeper_". What changes is told once a second.

// Adds to a counter, which begins at zero: a number from 0 on.
enum scorer_result scorer_metric_add(struct scorer_lane *lane, const char *name, double by);

// Sets a gauge.
enum scorer_result scorer_metric_set(struct scorer_lane *lane, const char *name, double value);

// And besides

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
