// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// What the steps of a launch share.
#ifndef SCOREKEEPER_STEPS_H
#define SCOREKEEPER_STEPS_H

#include "calls.h"
#include "launch.h"

// One launch under way in this process.
struct launch {
    struct launch_plan plan;
    launch_fork_function fork; // NULL in the launcher, which forks by a raw call
    int socket;
    int lane;
    int log;
    int trees[LAUNCH_TREES];
    int tree_count;
    int gate;              // written before a failure after init's fork; closed by the program
    unsigned long signals; // the mask that the program gets back
};

static inline int has(const struct launch *launch, unsigned flag) {
    return (launch->plan.header->flags & flag) != 0;
}

static inline size_t length_of(const char *text) {
    size_t length = 0;
    while (text[length] != 0)
        length++;
    return length;
}

// Appends `text`, then a zero; cuts what does not fit into `room`.
static inline size_t append(char *into, size_t at, size_t room, const char *text) {
    while (*text != 0 && at + 1 < room)
        into[at++] = *text++;
    if (at < room)
        into[at] = 0;
    return at;
}

static inline size_t append_number(char *into, size_t at, size_t room, uint64_t number) {
    char digits[24];
    size_t count = sizeof digits;
    digits[--count] = 0;
    do {
        digits[--count] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return append(into, at, room, digits + count);
}

// Sends one report to the node.
void launch_tell(const struct launch *launch, uint32_t kind, int32_t value, const char *step,
                 const char *subject);

// Tells the node which step failed and ends this process.
__attribute__((noreturn)) void launch_fail(const struct launch *launch, const char *step,
                                           const char *subject, long error);

// Goes on where `answer` is not negative; fails the step otherwise.
static inline long must(const struct launch *launch, const char *step, const char *subject,
                        long answer) {
    if (answer < 0)
        launch_fail(launch, step, subject, answer);
    return answer;
}

int launch_clone(const struct launch *launch, unsigned long flags);
void launch_user_single(const struct launch *launch);
int launch_user_helper(const struct launch *launch);
void launch_user_range(const struct launch *launch, int helper);
void launch_build_root(const struct launch *launch);
void launch_confine(struct launch *launch);
void launch_give_descriptors(struct launch *launch);
__attribute__((noreturn)) void launch_watch(struct launch *launch, int scorer, int gate);

#endif
