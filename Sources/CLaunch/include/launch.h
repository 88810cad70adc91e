// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// From a plan to a running scorer: the steps between fork and exec, as the node's launcher and the
// children of a warmed parent take them. Freestanding: raw system calls, nothing of libc.
//
//   node --(socket)--> [launcher] ---- unshare ----> init (pid 1) ---> scorer (pid 2)
//   warmed parent ---> intermediate -- unshare ----> init (pid 1) ---> scorer (pid 2)
//
// In both cases init becomes the node's own child, so that the node reaps it, and reports to the
// node over the launch socket; the kernel stamps each report with the sender's pid as the node sees
// it. Where there is no pid namespace, init is a subreaper and ends its descendants one by one.
#ifndef SCOREKEEPER_LAUNCH_H
#define SCOREKEEPER_LAUNCH_H

#include "launch_plan.h"

// Descriptors of the launcher when it starts, and of every scorer.
#define LAUNCH_SOCKET 3
#define LAUNCH_LANE 4
#define LAUNCH_LOG 5
#define LAUNCH_SCORER_LANE 3

// What a child tells the node, one packet each.
enum launch_report_kind {
    LAUNCH_ARRIVED =
        1,             // by init, or by the program's process where there is none; waits for a byte
    LAUNCH_SCORER = 2, // by the scorer itself, isolated, just before it executes or returns
    LAUNCH_STARTED = 3, // by init: the scorer runs its program
    LAUNCH_FAILED = 4,  // by whoever: value is the error number, step and subject say where
    LAUNCH_ENDED = 5,   // by init: value is the scorer's wait status
};

struct launch_report {
    uint32_t kind;
    int32_t value;
    char step[24];
    char subject[224];
};

// The signal that asks an init outside a pid namespace to end its tree.
#define LAUNCH_END_SIGNAL 15

// Exit status of a child whose launch failed; the report says why.
#define LAUNCH_FAILED_STATUS 127

// A fork that runs the handlers its process has registered; a negative answer is an error.
typedef int (*launch_fork_function)(void);

// The launcher's whole life: takes the plan from LAUNCH_SOCKET, carries it out, executes.
__attribute__((noreturn)) void launch_cold(void);

// In a warmed parent: forks one scorer through `fork`, which takes the plan from `socket`.
//
// Answers 0 in the parent, 1 in the scorer, and a negative error number where nothing was forked.
// In the scorer, descriptors 0 to 3 are as in every scorer, all others are closed, and `plan` is
// the one that was carried out, for its arguments and variables. In the parent nothing is touched:
// the plan stays in the socket, so that no later scorer can find in its memory what an earlier one
// was told.
int launch_warm(int socket, int lane, int log, launch_fork_function fork, struct launch_plan *plan);

// Unmaps a plan that `launch_warm` gave; nothing of it may be read afterwards.
void launch_let_go(const struct launch_plan *plan);

#endif
