// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// A scorer that tries to get out: what `scorekeeper escape-test` deploys.
//
// Each request names one attempt and what is known of the machine; the answer says what became of
// it, in the scorer's own eyes. What the gateway, the node and the neighbours saw is looked at from
// outside.
#ifndef SCOREKEEPER_ESCAPE_H
#define SCOREKEEPER_ESCAPE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "raw_lane.h"

#include <stdbool.h>
#include <stdint.h>

enum outcome_kind {
    OUTCOME_REFUSED, // the kernel said no, with an error number
    OUTCOME_NOTHING, // there was nothing to see or to reach
    OUTCOME_BOUNDED, // it worked up to a bound
    OUTCOME_THROUGH, // it worked
    OUTCOME_ABSENT,  // this machine has no such thing to try
};

struct outcome {
    enum outcome_kind kind;
    int error;
    char words[240];
};

// One request: the attempt's word, and `name=value` lines.
struct task {
    struct raw_lane *lane;
    const struct raw_request *request;
    char text[4096];
};

struct attempt {
    const char *word;
    struct outcome (*run)(const struct task *task);
};

extern const struct attempt attempts[];
extern const unsigned attempt_count;

// A parameter's text; empty where it was not given.
const char *told(const struct task *task, const char *name);
long told_number(const struct task *task, const char *name);

__attribute__((format(printf, 1, 2))) struct outcome through(const char *format, ...);
__attribute__((format(printf, 1, 2))) struct outcome bounded(const char *format, ...);
__attribute__((format(printf, 1, 2))) struct outcome nothing(const char *format, ...);
__attribute__((format(printf, 1, 2))) struct outcome absent(const char *format, ...);

// What an error number says: ENOENT and ESRCH mean that there is nothing.
struct outcome refused(int error);

// A call's own answer: through where it is not negative.
struct outcome judge(long answer, const char *what);

// Writes an outcome as the answer's text.
unsigned outcome_text(const struct outcome *outcome, char *into, unsigned room);

// Whether `bytes` hold the secret that `task` looks for; its token is put into `token`.
bool find_secret(const struct task *task, const char *bytes, unsigned long length, char token[40]);

// Reads a whole file, up to `room` bytes; a negative error number.
long read_file(const char *path, char *into, unsigned long room);

// The first of several outcomes that is through, else the last.
struct outcome first_through(const struct outcome *outcomes, unsigned count);

// The other roles, over libscorer.
int be_victim(void);
int be_neighbour(void);
int be_surroundings(const char *folder);

#define ATTEMPT(name) struct outcome name(const struct task *task)

#endif
