// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// A scorer that answers with what it was asked: the smallest honest user of the lane.
#include <scorer.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
    static const char head[] = "content-type: application/octet-stream\n";
    const char *number = getenv("SCOREKEEPER_LANE_FD");
    struct scorer_lane *lane;
    struct scorer_request request;
    enum scorer_result result =
        scorer_attach(number ? atoi(number) : SCORER_LANE_DESCRIPTOR, &lane);

    if (result == SCORER_OK)
        result = scorer_ready(lane);
    while (result == SCORER_OK || result == SCORER_INTERRUPTED) {
        result = scorer_take(lane, &request);
        if (result == SCORER_OK)
            result = scorer_answer(lane, &request, 200, head, strlen(head), request.body,
                                   request.body_length);
    }
    if (result == SCORER_DRAINED)
        return 0;
    fprintf(stderr, "cannot go on: %s\n", scorer_result_text(result));
    return 4;
}
