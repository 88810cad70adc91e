// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// The neighbours: a victim that must go on answering, and one with a secret to be found.
#include "escape.h"

#include <fcntl.h>
#include <scorer.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define VARIABLE "NEIGHBOUR_SECRET"

// Answers every body with its bytes in reverse.
static int serve(void) {
    struct scorer_lane *lane;
    struct scorer_request request;
    enum scorer_result result = scorer_attach(SCORER_LANE_DESCRIPTOR, &lane);
    if (result == SCORER_OK)
        result = scorer_ready(lane);
    while (result == SCORER_OK || result == SCORER_INTERRUPTED) {
        result = scorer_take(lane, &request);
        if (result != SCORER_OK)
            continue;
        char answer[4096];
        size_t length = request.body_length < sizeof answer ? request.body_length : sizeof answer;
        for (size_t index = 0; index < length; index++)
            answer[index] = ((const char *)request.body)[length - 1 - index];
        result = scorer_answer(lane, &request, 200, NULL, 0, answer, length);
    }
    return result == SCORER_DRAINED ? 0 : 4;
}

int be_victim(void) { return serve(); }

// The secret stands behind the program in its file, as weights would; it goes into the memory and
// the environment, where one that began anew finds it.
int be_neighbour(void) {
    static char secret[128];
    const char *known = getenv(VARIABLE);
    if (known) {
        snprintf(secret, sizeof secret, "%s", known);
        return serve();
    }
    int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    struct stat facts;
    if (file < 0 || fstat(file, &facts) != 0)
        return 4;
    ssize_t length = pread(file, secret, 64, facts.st_size > 64 ? facts.st_size - 64 : 0);
    char *start = length > 0 ? memchr(secret, '{', (size_t)length) : NULL;
    char *end = start ? strchr(start, '}') : NULL;
    if (!start || !end)
        return 4;
    *end = 0;
    setenv(VARIABLE, start + 1, 1);
    char *arguments[] = {"neighbour", "neighbour", NULL};
    execv("/proc/self/exe", arguments);
    return 4;
}
