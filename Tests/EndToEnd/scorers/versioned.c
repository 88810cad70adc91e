// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Answers every request with the name of its version.
//
// versioned NAME [MILLISECONDS [EVERY]]: takes so long until it is ready, and fails each EVERYth
// request with 500; with a negative EVERY each request ends it.

#include <scorer.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int count, char **words) {
    const char *name = count > 1 ? words[1] : "nameless";
    int milliseconds = count > 2 ? atoi(words[2]) : 0;
    int every = count > 3 ? atoi(words[3]) : 0;
    struct scorer_lane *lane;
    struct scorer_request request;
    long number = 0;

    usleep((useconds_t)milliseconds * 1000);
    if (scorer_attach(SCORER_LANE_DESCRIPTOR, &lane) != SCORER_OK) return 4;
    scorer_ready(lane);
    while (scorer_take(lane, &request) == SCORER_OK) {
        if (every < 0) _exit(3);
        int fails = every > 0 && ++number % every == 0;
        if (fails) fprintf(stderr, "%s cannot score request %ld\n", name, number);
        scorer_answer(lane, &request, fails ? 500 : 200, NULL, 0, name, strlen(name));
    }
    return 0;
}
