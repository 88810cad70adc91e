// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// A scorer that answers with what it was asked: the smallest honest user of the lane.
#include <scorer.h>
#include <stdio.h>

int main(void) {
    static const char head[] = "content-type: application/octet-stream\n";
    struct scorer_lane *lane;
    struct scorer_request request;
    enum scorer_result result = scorer_attach(SCORER_LANE_GIVEN, &lane);

    if (result == SCORER_OK)
        result = scorer_ready(lane);
    while (result == SCORER_OK || result == SCORER_INTERRUPTED) {
        result = scorer_take(lane, &request);
        if (result == SCORER_OK)
            result = scorer_answer(lane, &request, 200, head, sizeof head - 1, request.body,
                                   request.body_length);
    }
    if (result == SCORER_DRAINED)
        return 0;
    fprintf(stderr, "cannot go on: %s\n", scorer_result_text(result));
    return 4;
}
