// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Answers all but the last of the requests that share a call.
#include "scorer.h"

#define MOST 8

int main(void) {
    struct scorer_lane *lane;
    struct scorer_request requests[MOST];
    enum scorer_result result = scorer_attach(SCORER_LANE_DESCRIPTOR, &lane);
    uint32_t count;
    if (result != SCORER_OK || scorer_shares(lane, MOST) != SCORER_OK)
        return 4;
    scorer_ready(lane);
    while ((result = scorer_take_many(lane, requests, MOST, &count)) == SCORER_OK)
        for (uint32_t i = 0; i < count && (count == 1 || i < count - 1); i++)
            scorer_answer(lane, &requests[i], 200, NULL, 0, requests[i].body,
                          requests[i].body_length);
    return result == SCORER_DRAINED ? 0 : 4;
}
