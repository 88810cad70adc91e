// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// A scorer that prices a number: two that were given different words answer differently.
//
//     priced OFFSET [--taxed] [--refuses] [--slow]
//
// The price is the number and the offset. `--taxed` tells a tax and no currency any more;
// `--refuses` answers numbers below zero with 422; `--slow` takes a quarter of a second for each.
#include <scorer.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_told(int count, char **words, const char *what) {
    for (int i = 2; i < count; i++)
        if (strcmp(words[i], what) == 0)
            return true;
    return false;
}

int main(int count, char **words) {
    struct scorer_lane *lane;
    struct scorer_request request;
    if (count < 2)
        return 3;
    const double offset = atof(words[1]);
    const char *more = is_told(count, words, "--taxed") ? "\"tax\": 0.5" : "\"currency\": \"EUR\"";
    const bool refuses = is_told(count, words, "--refuses");
    const bool is_slow = is_told(count, words, "--slow");
    if (scorer_attach(SCORER_LANE_DESCRIPTOR, &lane) != SCORER_OK)
        return 4;
    scorer_ready(lane);
    while (scorer_take(lane, &request) == SCORER_OK) {
        char asked[64] = "", text[256];
        size_t length = request.body_length < sizeof asked ? request.body_length : 0;
        memcpy(asked, request.body, length);
        const double number = atof(asked);
        if (is_slow)
            usleep(250000);
        const int status = refuses && number < 0 ? 422 : 200;
        snprintf(text, sizeof text, "{\"price\": %.6f, %s}", number + offset, more);
        scorer_answer(lane, &request, status, NULL, 0, text, strlen(text));
    }
    return 0;
}
