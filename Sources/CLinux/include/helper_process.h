// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Starting a program that must not outlive who asked for it: a helper (uv, an interpreter), or a
// scorer that a person tries out.
#ifndef SCOREKEEPER_HELPER_PROCESS_H
#define SCOREKEEPER_HELPER_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

// A program to start. It gets the descriptors named here and no other.
struct linux_program {
    const char *path;
    char *const *arguments;
    char *const *environment;
    const char *folder; // NULL: the caller's
    int input;          // -1: /dev/null
    int output;
    int errors;
    int lane;               // becomes descriptor 3; -1: none
    bool stays_at_terminal; // in the caller's session and process group
};

// Starts a program, as the leader of a session and process group of its own unless it stays at the
// terminal.
//
// Signals are as at a login: none blocked, none ignored. It is killed when the calling *thread*
// ends, so that thread must wait for it. Answers the pid, or -1 and errno, which is also how a
// program that cannot be run is told.
pid_t linux_spawn_program(const struct linux_program *program);

// The same for a helper: its input is /dev/null, 1 and 2 are `output`.
pid_t linux_spawn_helper(const char *path, char *const arguments[], char *const environment[],
                         const char *folder, int output);

#endif
