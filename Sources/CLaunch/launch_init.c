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

// The kernel's siginfo of a child's end: no libc header describes it here.
struct ending {
    int signal, error, code, padding;
    int pid;
    unsigned user;
    int status;
    char rest[128 - 28];
};

#define CODE_EXITED 1
#define CODE_DUMPED 3

// A child that has ended and was not reaped; 0 where there is none, or a negative error number.
static int ended_child(void) {
    struct ending ending = {0};
    long answer = CALL5(waitid, P_ALL, 0, &ending, WEXITED | WNOHANG | WNOWAIT | __WALL, 0);
    return answer < 0 ? (int)answer : ending.pid;
}

// The wait status of a child that has ended, which stays to be reaped.
static int wait_status(int child) {
    struct ending ending = {0};
    CALL5(waitid, P_PID, child, &ending, WEXITED | WNOHANG | WNOWAIT | __WALL, 0);
    if (ending.code == CODE_EXITED)
        return (ending.status & 0xff) << 8;
    return (ending.status & 0x7f) | (ending.code == CODE_DUMPED ? 0x80 : 0);
}

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

// Ends whatever has the scorer's uid, where that is this run's alone: one call meets all of it, so
// that nothing outruns us by forking.
static void kill_user(const struct launch *launch) {
    uint32_t user = launch->plan.header->user;
    if (!has(launch, LAUNCH_BECOME_USER))
        return;
    // One that is killed by what it was to kill has to be sent again.
    for (int attempt = 0; attempt < 8; attempt++) {
        int status = 0;
        long killer = CALL5(clone, SIGCHLD, 0, 0, 0, 0);
        if (killer == 0) {
            if (CALL3(setresuid, user, user, user) == 0)
                CALL2(kill, -1, SIGKILL);
            leave(0);
        }
        if (killer < 0 || CALL4(wait4, killer, &status, __WALL, 0) != killer)
            return;
        if ((status & 0x7f) == 0)
            return;
    }
}

// Ends every descendant, generation by generation, until there is none. The scorer has not been
// reaped: its pid, and its session's, are nobody else's.
static void end_tree(const struct launch *launch, int scorer) {
    int status;
    // The scorer's own session first: all of it at once, before it can make more.
    CALL2(kill, -scorer, SIGKILL);
    CALL2(kill, scorer, SIGKILL);
    kill_user(launch);
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
        int ended;
        // Looked at first: a scorer that has ended keeps its pid until its tree is gone too.
        while ((ended = ended_child()) > 0) {
            if (ended == scorer) {
                is_over = 1;
                break;
            }
            CALL4(wait4, ended, &status, WNOHANG | __WALL, 0);
        }
        if (is_over) {
            status = wait_status(scorer);
            break;
        }
        // Nobody to wait for: the scorer cannot be reaped by another, so this does not happen.
        if (ended < 0 && ended != -4)
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
        end_tree(launch, scorer);
    // As pid 1, leaving ends the rest; the kernel lets us go only when all of it is gone.
    leave(has_failed ? LAUNCH_FAILED_STATUS : exit_status(status));
}
