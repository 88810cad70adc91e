// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Echoes with as many threads as the lane has calls.
#include <pthread.h>
#include <stdlib.h>

#include "scorer.h"

static struct scorer_lane *lane;

static void *score(void *unused) {
    struct scorer_request request;
    enum scorer_result result;
    (void)unused;
    while ((result = scorer_take(lane, &request)) == SCORER_OK)
        scorer_answer(lane, &request, 200, NULL, 0, request.body, request.body_length);
    exit(result == SCORER_DRAINED ? 0 : 4);
}

int main(void) {
    pthread_t thread;
    if (scorer_attach(SCORER_LANE_GIVEN, &lane) != SCORER_OK)
        return 4;
    scorer_threads(lane, scorer_calls(lane));
    for (uint32_t i = 1; i < scorer_calls(lane); i++)
        if (pthread_create(&thread, NULL, score, NULL) != 0)
            return 1;
    scorer_ready(lane);
    score(NULL);
}
