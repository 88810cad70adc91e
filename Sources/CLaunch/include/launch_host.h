// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// The node's side of a launch: what Swift cannot say by itself. Every function answers -1 and errno
// on failure.
#ifndef SCOREKEEPER_LAUNCH_HOST_H
#define SCOREKEEPER_LAUNCH_HOST_H

#include "launch.h"

#include <sys/types.h>

// The two ends of a launch socket, CLOEXEC: [0] the node's, non-blocking, told the sender's pid
// with each report; [1] the child's.
int launch_host_pair(int pair[2]);

// Puts the plan and its detached mounts into the socket, for the child to take.
int launch_host_send_plan(int socket, int plan, const int *trees, int count);

// Starts the launcher at `path` with the child's end of a launch socket, a lane and a log.
int launch_host_start(const char *path, int socket, int lane, int log, pid_t *pid);

// Receives one report and its sender's pid as the caller sees it; 0 when the other end is gone.
int launch_host_receive(int socket, struct launch_report *report, pid_t *sender);

// Lets a child that has arrived go on.
int launch_host_go(int socket);

// A detached, read-only copy of the mounts at `path`, to be sent with a plan.
int launch_host_tree(const char *path);

// Blocks SIGCHLD, SIGTERM, SIGINT and SIGHUP in this thread and answers a descriptor that becomes
// readable when one of them arrives; CLOEXEC, non-blocking.
int launch_host_signals(void);

// The next signal that arrived at that descriptor; 0 where there is none.
int launch_host_next_signal(int descriptor);

// One child that has ended and is reaped by this call: its pid and wait status; 0 where there is
// none.
pid_t launch_host_reap(int *status);

// Ends whatever has this uid, all at once; only root can, and only what it may become.
void launch_host_end_user(uint32_t user);

// The hard limit of a resource, UINT64_MAX where there is none.
uint64_t launch_host_hard_limit(int resource);

#endif
