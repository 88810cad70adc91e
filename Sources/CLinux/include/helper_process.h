// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Starting a helper program (uv, an interpreter) that must not outlive who asked for it.
#ifndef SCOREKEEPER_HELPER_PROCESS_H
#define SCOREKEEPER_HELPER_PROCESS_H

#include <sys/types.h>

// Starts `path` in `folder` as the leader of a session and process group of its own.
//
// Descriptor 0 is /dev/null, 1 and 2 are `output`, no other is open. Signals are as at a login:
// none blocked, none ignored. It is killed when the calling *thread* ends, so that thread must wait
// for it. Answers the pid, or -1 and errno, which is also how a program that cannot be run is told.
pid_t linux_spawn_helper(const char *path, char *const arguments[], char *const environment[],
                         const char *folder, int output);

#endif
