// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// A scorer that does on command what no scorer should: the first word of a body says what.
//
//     faulty [--exit-at-start] [--load-until-told] [--say WORD]
//            [--leave-when-ready ORDINAL] [--die-taking ORDINAL]
//
// Whatever it does not know is answered with the body itself, or with the WORD it was given; `run`
// with the name of its run, `status 503` with that status, `variable NAME` with what that holds.
// It is told by SIGUSR1. After `drowse` its work loop stands still for 2.2 seconds of every 2.5, until
// it is told: too long for a probe of a second, too short to count as hung.
#include "lies.h"

#include <scorer.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

// The instance that this process is a life of: "endpoint/deployment/ORDINAL#INCARNATION".
static int ordinal(void) {
    const char *run = getenv("SCOREKEEPER_RUN");
    const char *last = run ? strrchr(run, '/') : NULL;
    return last ? atoi(last + 1) : 0;
}

static bool is_told(int count, char **arguments, const char *what) {
    for (int i = 1; i < count; i++)
        if (strcmp(arguments[i], what) == 0)
            return strcmp(what, "--exit-at-start") == 0 ||
                   strcmp(what, "--load-until-told") == 0 ||
                   (i + 1 < count && atoi(arguments[i + 1]) == ordinal());
    return false;
}

// What it says instead of echoing, if anything.
static const char *given;

static void wait_until_told(void) {
    sigset_t telling;
    int number;
    sigemptyset(&telling);
    sigaddset(&telling, SIGUSR1);
    sigwait(&telling, &number);
}

static void set_drowsing(bool is_drowsing) {
    struct itimerval every = {{0, 0}, {0, 0}};
    if (is_drowsing)
        every = (struct itimerval){{2, 500000}, {0, 1}};
    setitimer(ITIMER_REAL, &every, NULL);
}

// On the one thread there is: while this waits, nothing is taken.
static void doze(int number) {
    (void)number;
    const struct timespec longest = {2, 200000000};
    sigset_t telling;
    sigemptyset(&telling);
    sigaddset(&telling, SIGUSR1);
    if (sigtimedwait(&telling, NULL, &longest) == SIGUSR1)
        set_drowsing(false);
}

static void take_signals(void) {
    sigset_t telling;
    sigemptyset(&telling);
    sigaddset(&telling, SIGUSR1);
    sigprocmask(SIG_BLOCK, &telling, NULL);
    signal(SIGALRM, doze);
}

static bool is_word(const struct scorer_request *request, const char *word) {
    size_t length = strlen(word);
    return request->body_length >= length && memcmp(request->body, word, length) == 0;
}

// Writes the body to the log, so that a test sees how far this has come.
static void say(const struct scorer_request *request) {
    fprintf(stderr, "%.*s begun\n", (int)request->body_length, (const char *)request->body);
}

static enum scorer_result answer(struct scorer_lane *lane, struct scorer_request *request,
                                 const void *body, size_t length) {
    return scorer_answer(lane, request, 200, NULL, 0, body, length);
}

// Waits for its end. So does who lied: its next honest word would stand where the lie stands, which
// might never be read then.
static void rest(void) {
    for (;;)
        pause();
}

static enum scorer_result act(struct scorer_lane *lane, struct scorer_request *request) {
    if (is_word(request, "run")) {
        const char *run = getenv("SCOREKEEPER_RUN");
        return answer(lane, request, run, strlen(run));
    }
    if (is_word(request, "drowse")) {
        const char *run = getenv("SCOREKEEPER_RUN");
        enum scorer_result result = answer(lane, request, run, strlen(run));
        set_drowsing(true);
        return result;
    }
    if (is_word(request, "hold")) {
        say(request);
        rest();
    }
    if (is_word(request, "spin")) {
        say(request);
        for (volatile unsigned long turns = 0;; turns++)
            continue;
    }
    if (is_word(request, "segfault")) {
        say(request);
        raise(SIGSEGV);
    }
    if (is_word(request, "abort")) {
        say(request);
        abort();
    }
    if (is_word(request, "scribble"))
        lie_scribble();
    if (is_word(request, "other"))
        lie_claim(request->ticket + 1, request->slot);
    if (is_word(request, "elsewhere"))
        lie_claim(request->ticket, request->slot + 1);
    if (is_word(request, "late"))
        lie_again();
    if (is_word(request, "scribble") || is_word(request, "other") ||
        is_word(request, "elsewhere") || is_word(request, "late")) {
        rest();
    }
    if (is_word(request, "status ") && request->body_length >= 10) {
        char digits[4] = {0};
        memcpy(digits, (const char *)request->body + 7, 3);
        return scorer_answer(lane, request, atoi(digits), NULL, 0, request->body,
                             request->body_length);
    }
    if (is_word(request, "variable ")) {
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)request->body_length - 9,
                 (const char *)request->body + 9);
        const char *value = getenv(name);
        return answer(lane, request, value ? value : "", value ? strlen(value) : 0);
    }
    if (is_word(request, "wait")) {
        say(request);
        wait_until_told();
    }
    if (given)
        return answer(lane, request, given, strlen(given));
    bool is_twice = is_word(request, "twice");
    uint64_t ticket = request->ticket;
    uint32_t slot = request->slot;
    enum scorer_result result = answer(lane, request, request->body, request->body_length);
    lie_remember(ticket, slot);
    if (is_twice) {
        lie_claim(ticket, slot);
        rest();
    }
    return result;
}

int main(int count, char **arguments) {
    struct scorer_lane *lane;
    struct scorer_request request;
    if (is_told(count, arguments, "--exit-at-start")) {
        fprintf(stderr, "these are its last words\n");
        return 3;
    }
    take_signals();
    for (int i = 1; i + 1 < count; i++)
        if (strcmp(arguments[i], "--say") == 0)
            given = arguments[i + 1];
    lie_prepare(SCORER_LANE_DESCRIPTOR);
    enum scorer_result result = scorer_attach(SCORER_LANE_DESCRIPTOR, &lane);
    if (is_told(count, arguments, "--load-until-told"))
        wait_until_told();
    if (result == SCORER_OK)
        result = scorer_ready(lane);
    if (is_told(count, arguments, "--leave-when-ready"))
        return 0;
    while (result == SCORER_OK || result == SCORER_INTERRUPTED) {
        result = scorer_take(lane, &request);
        if (result == SCORER_OK && is_told(count, arguments, "--die-taking"))
            abort();
        if (result == SCORER_OK)
            result = act(lane, &request);
    }
    return result == SCORER_DRAINED ? 0 : 4;
}
