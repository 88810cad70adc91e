// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Answers how many bytes it was asked, twice over, and says no to nothing.
#include <stdio.h>
#include <string.h>

#include "scorer.h"

int main(void) {
    struct scorer_lane *lane;
    struct scorer_request request;
    enum scorer_result result = scorer_attach(SCORER_LANE_DESCRIPTOR, &lane);
    char text[64];
    if (result != SCORER_OK)
        return 4;
    scorer_ready(lane);
    while ((result = scorer_take(lane, &request)) == SCORER_OK) {
        unsigned long length = (unsigned long)request.body_length;
        snprintf(text, sizeof text, "%lu", 2 * length);
        scorer_answer(lane, &request, length > 0 ? 200 : 400, NULL, 0, text, strlen(text));
    }
    return result == SCORER_DRAINED ? 0 : 4;
}
