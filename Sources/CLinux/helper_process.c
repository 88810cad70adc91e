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

// Puts the program's descriptors where it looks for them, and closes all others.
//
// All are moved out of the way of 0 to 4 first, which any of them may be.
static bool place_descriptors(const struct linux_program *program, int telling) {
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int input = fcntl(program->input < 0 ? null : program->input, F_DUPFD_CLOEXEC, 5);
    int output = fcntl(program->output, F_DUPFD_CLOEXEC, 5);
    int errors = fcntl(program->errors, F_DUPFD_CLOEXEC, 5);
    int lane = program->lane < 0 ? -1 : fcntl(program->lane, F_DUPFD_CLOEXEC, 5);
    if (input < 0 || output < 0 || errors < 0 || (program->lane >= 0 && lane < 0)) {
        return false;
    }
    if (dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(errors, 2) < 0 || dup2(telling, 4) < 0 ||
        fcntl(4, F_SETFD, FD_CLOEXEC) < 0) {
        return false;
    }
    close(3);
    if (lane >= 0 && dup2(lane, 3) < 0) {
        return false;
    }
    return linux_close_from(5) == 0;
}

// Only calls that are safe in the child of a process with many threads.
static _Noreturn void become(const struct linux_program *program, int telling, pid_t parent) {
    sigset_t none;
    sigemptyset(&none);
    for (int number = 1; number < NSIG; number++) {
        signal(number, SIG_DFL);
    }
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (!program->stays_at_terminal) {
        setsid();
    }
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) {
        give_up(telling);
    }
    // The parent may have ended before the line above: then nobody would ever kill us.
    if (getppid() != parent) {
        _exit(127);
    }
    telling = fcntl(telling, F_DUPFD_CLOEXEC, 5);
    if (!place_descriptors(program, telling)) {
        give_up(telling);
    }
    if (program->folder && chdir(program->folder) < 0) {
        give_up(4);
    }
    execve(program->path, program->arguments, program->environment);
    give_up(4);
}

pid_t linux_spawn_helper(const char *path, char *const arguments[], char *const environment[],
                         const char *folder, int output) {
    struct linux_program program = {
        .path = path,
        .arguments = arguments,
        .environment = environment,
        .folder = folder,
        .input = -1,
        .output = output,
        .errors = output,
        .lane = -1,
    };
    return linux_spawn_program(&program);
}

pid_t linux_spawn_program(const struct linux_program *program) {
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
        become(program, telling[1], parent);
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
