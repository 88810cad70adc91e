// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// A scorer that answers with the first 100 bytes of what it was asked, for measuring.
#include <scorer.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST 100

int main(void) {
    static const char head[] = "content-type: application/json\n";
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
                                   request.body_length < LONGEST ? request.body_length : LONGEST);
    }
    return result == SCORER_DRAINED ? 0 : 4;
}
