// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "helper_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "linux_calls.h"

// Tells the parent why the program does not run, and leaves.
static _Noreturn void give_up(int telling) {
    int number = errno;
    ssize_t written = write(telling, &number, sizeof number);
    (void)written;
    _exit(127);
}

// Only calls that are safe in the child of a process with many threads.
static _Noreturn void become(const char *path, char *const arguments[], char *const environment[],
                             const char *folder, int output, int telling, pid_t parent) {
    sigset_t none;
    sigemptyset(&none);
    for (int number = 1; number < NSIG; number++) {
        signal(number, SIG_DFL);
    }
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) {
        give_up(telling);
    }
    // The parent may have ended before the line above: then nobody would ever kill us.
    if (getppid() != parent) {
        _exit(127);
    }
    // All are moved out of the way of 0, 1 and 2, which any of them may be.
    int told = fcntl(telling, F_DUPFD_CLOEXEC, 4);
    int out = fcntl(output, F_DUPFD_CLOEXEC, 4);
    int null = fcntl(open("/dev/null", O_RDONLY | O_CLOEXEC), F_DUPFD_CLOEXEC, 4);
    if (told < 0 || out < 0 || null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 ||
        dup2(out, 2) < 0 || dup2(told, 3) < 0 || fcntl(3, F_SETFD, FD_CLOEXEC) < 0) {
        give_up(telling);
    }
    linux_close_from(4);
    if (chdir(folder) < 0) {
        give_up(3);
    }
    execve(path, arguments, environment);
    give_up(3);
}

pid_t linux_spawn_helper(const char *path, char *const arguments[], char *const environment[],
                         const char *folder, int output) {
    int telling[2];
    if (pipe2(telling, O_CLOEXEC) < 0) {
        return -1;
    }
    pid_t parent = getpid();
    // No handler of ours may run in the child before it has put them back.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t child = fork();
    if (child == 0) {
        become(path, arguments, environment, folder, output, telling[1], parent);
    }
    int number = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(telling[1]);
    if (child > 0) {
        ssize_t length;
        do {
            length = read(telling[0], &number, sizeof number);
        } while (length < 0 && errno == EINTR);
        if (length == (ssize_t)sizeof number) {
            waitpid(child, NULL, 0);
            child = -1;
        }
    }
    close(telling[0]);
    errno = number;
    return child;
}
