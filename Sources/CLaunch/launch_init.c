// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// The tiny init: waits for the scorer, reaps what is orphaned to it, tells the node the scorer's
// true status, and leaves nothing behind.

#include "steps.h"

#include <linux/fcntl.h>
#include <linux/prctl.h>
#include <linux/signal.h>
#include <linux/wait.h>

#define BIT(signal) (1UL << ((signal)-1))

static int exit_status(int status) {
    return (status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f);
}

// Sends SIGKILL to every child there is now; orphans of those come to us and are met next time.
// Answers whether the kernel can list children.
static int kill_children(void) {
    char path[64], text[4096];
    size_t at = append(path, 0, sizeof path, "/proc/self/task/");
    at = append_number(path, at, sizeof path, (uint64_t)CALL0(gettid));
    append(path, at, sizeof path, "/children");
    long file = CALL4(openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    if (file < 0)
        return 0;
    long count = CALL3(read, file, text, sizeof text);
    CALL1(close, file);
    long pid = 0;
    for (long index = 0; index < count; index++) {
        if (text[index] >= '0' && text[index] <= '9') {
            pid = pid * 10 + (text[index] - '0');
        } else if (pid > 0) {
            CALL2(kill, pid, SIGKILL);
            pid = 0;
        }
    }
    return 1;
}

// Ends every descendant, generation by generation, until there is none.
static void end_tree(int scorer) {
    int status;
    // The scorer's own session first: all of it at once, before it can make more.
    CALL2(kill, -scorer, SIGKILL);
    CALL2(kill, scorer, SIGKILL);
    while (kill_children()) {
        long reaped = CALL4(wait4, -1, &status, __WALL, 0);
        if (reaped < 0 && reaped != -4)
            return;
    }
}

void launch_watch(struct launch *launch, int scorer, int gate) {
    char byte;
    long got;
    int status = 0;
    int is_over = 0;
    CALL5(prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
    do {
        got = CALL3(read, gate, &byte, 1);
    } while (got == -4);
    CALL1(close, gate);
    int has_failed = got != 0;
    if (!has_failed)
        launch_tell(launch, LAUNCH_STARTED, 0, "", "");
    unsigned long awaited = BIT(SIGCHLD) | BIT(LAUNCH_END_SIGNAL);
    while (!is_over) {
        long reaped;
        while ((reaped = CALL4(wait4, -1, &status, WNOHANG | __WALL, 0)) > 0) {
            if (reaped == scorer) {
                is_over = 1;
                break;
            }
        }
        if (is_over)
            break;
        // Nobody to wait for: the scorer cannot be reaped by another, so this does not happen.
        if (reaped < 0 && reaped != -4)
            leave(LAUNCH_FAILED_STATUS);
        long signal = CALL4(rt_sigtimedwait, &awaited, 0, 0, sizeof awaited);
        if (signal == LAUNCH_END_SIGNAL) {
            status = SIGKILL;
            is_over = 1;
        }
    }
    if (!has_failed)
        launch_tell(launch, LAUNCH_ENDED, status, "", "");
    if (!has(launch, LAUNCH_NEW_PID))
        end_tree(scorer);
    // As pid 1, leaving ends the rest; the kernel lets us go only when all of it is gone.
    leave(has_failed ? LAUNCH_FAILED_STATUS : exit_status(status));
}
