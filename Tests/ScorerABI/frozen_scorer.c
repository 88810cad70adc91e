// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// A scorer that uses whatever version 1 has, built of a frozen header and library.
//
// It answers with every byte of the body changed by 0x5a, long bodies in parts, from two threads
// that take up to eight requests at a time; so that lane_stress can check each byte. It leaves with
// another code than 0 where anything is not as the frozen header says.
#include <scorer.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define THREADS 2
#define MOST 8

static struct scorer_lane *lane;

static void demand(bool is_so) {
    if (!is_so)
        _Exit(1);
}

static void score(struct scorer_request *request) {
    static const char head[] = "h";
    const unsigned char *body = request->body;
    uint64_t length = request->body_length;
    size_t room;
    unsigned char *changed = malloc(length + 1);
    demand(changed != NULL);
    demand((scorer_time_left(request) == UINT64_MAX) == (request->deadline == UINT64_MAX));
    for (uint64_t i = 0; i < length; i++)
        changed[i] = body[i] ^ 0x5a;
    scorer_metric_add(lane, "bytes_changed_total", (double)length);
    enum scorer_result result;
    unsigned char *in_place =
        scorer_fits(request, 1, length) ? scorer_room(lane, request, &room) : NULL;
    if (in_place && length <= room) {
        memcpy(in_place, changed, length);
        result = scorer_answer(lane, request, 200, head, 1, in_place, length);
    } else if (length % 2 == 0) {
        result = scorer_answer(lane, request, 200, head, 1, changed, length);
    } else {
        result = scorer_part(lane, request, 200, head, 1, changed, length / 2);
        demand(result == SCORER_OK || result == SCORER_CANCELLED);
        uint64_t left = result == SCORER_OK ? length - length / 2 : 0;
        result = scorer_last(lane, request, changed + length / 2, left);
    }
    demand(result == SCORER_OK);
    free(changed);
}

static void *work(void *unused) {
    struct scorer_request requests[MOST];
    uint32_t count;
    enum scorer_result result;
    (void)unused;
    while ((result = scorer_take_many(lane, requests, MOST, &count)) == SCORER_OK ||
           result == SCORER_INTERRUPTED)
        for (uint32_t i = 0; i < count; i++)
            score(&requests[i]);
    demand(result == SCORER_DRAINED);
    return NULL;
}

int main(void) {
    static const char facts[] = "{}";
    pthread_t threads[THREADS];
    demand(scorer_attach(SCORER_LANE_GIVEN, &lane) == SCORER_OK);
    demand(scorer_calls(lane) >= 1);
    demand(scorer_threads(lane, THREADS) == SCORER_OK);
    demand(scorer_shares(lane, MOST) == SCORER_OK);
    demand(scorer_tell(lane, facts, sizeof facts - 1) == SCORER_OK);
    demand(scorer_metric_set(lane, "threads", THREADS) == SCORER_OK);
    demand(scorer_metric_set(lane, "not a name", 1) == SCORER_MISUSED);
    demand(scorer_ready(lane) == SCORER_OK);
    for (int i = 0; i < THREADS; i++)
        demand(pthread_create(&threads[i], NULL, work, NULL) == 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    scorer_detach(lane);
    return 0;
}
