// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Other processes: the neighbour, the victim, the node, the gateway, the supervisor.
#include "attempts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const names[] = {"neighbour_pid", "victim_pid", "node_pid", "gateway_pid",
                                    "supervisor_pid"};
#define OTHERS 5

static char room[1 << 20];

static pid_t other(const struct task *task, unsigned index) {
    long pid = told_number(task, names[index]);
    // A pid that it does not know is nobody's.
    return pid > 1 ? (pid_t)pid : 999999;
}

// Signal 0 asks for the same leave as any other signal, and harms nobody where it is given.
ATTEMPT(signal_others) {
    struct outcome outcomes[OTHERS];
    for (unsigned index = 0; index < OTHERS; index++) {
        char words[64];
        snprintf(words, sizeof words, "may signal the %.20s", names[index]);
        outcomes[index] = judge(kill(other(task, index), 0), words);
    }
    return first_through(outcomes, OTHERS);
}

// Its init, whose end or stop would leave the node without the scorer's true status.
ATTEMPT(signal_init) {
    (void)task;
    pid_t init = getppid();
    if (init <= 1 && getpid() != 2)
        return nothing("no init of its own is there");
    if (kill(init, SIGSTOP) != 0)
        return refused(errno);
    usleep(50 * 1000);
    char path[64], text[512];
    snprintf(path, sizeof path, "/proc/%d/stat", init);
    long length = read_file(path, text, sizeof text - 1);
    text[length < 0 ? 0 : length] = 0;
    const char *name = strrchr(text, ')');
    kill(init, SIGCONT);
    if (name && name[1] && name[2] == 'T')
        return through("stopped its init");
    return nothing("its init took no notice");
}

// What is traced stops at its next signal: nobody is to be harmed who is only asked for leave.
static void let_go(pid_t pid) {
    int status;
    ptrace(PTRACE_INTERRUPT, pid, 0, 0);
    waitpid(pid, &status, __WALL);
    ptrace(PTRACE_DETACH, pid, 0, 0);
}

ATTEMPT(trace_others) {
    struct outcome outcomes[OTHERS];
    for (unsigned index = 0; index < OTHERS; index++) {
        long answer = ptrace(PTRACE_SEIZE, other(task, index), 0, 0);
        outcomes[index] = judge(answer, "traced another process");
        if (answer == 0)
            let_go(other(task, index));
    }
    return first_through(outcomes, OTHERS);
}

// In a child: whoever is traced stops at the next signal, and its init ends what has stopped so.
ATTEMPT(trace_itself) {
    (void)task;
    int status = 0;
    pid_t child = fork();
    if (child < 0)
        return refused(errno);
    if (child == 0)
        _exit(ptrace(PTRACE_TRACEME, 0, 0, 0) < 0 ? errno : 0);
    waitpid(child, &status, 0);
    return WEXITSTATUS(status) ? refused(WEXITSTATUS(status)) : through("is traced by its parent");
}

ATTEMPT(read_memory_of_others) {
    struct outcome outcomes[OTHERS];
    for (unsigned index = 0; index < OTHERS; index++) {
        struct iovec here = {.iov_base = room, .iov_len = 16};
        struct iovec there = {.iov_base = (void *)main_address(), .iov_len = 16};
        long got = process_vm_readv(other(task, index), &here, 1, &there, 1, 0);
        // A bad address is an answer: the kernel has looked.
        if (got < 0 && errno == EFAULT)
            got = 0;
        outcomes[index] = judge(got, "read another process's memory");
    }
    return first_through(outcomes, OTHERS);
}

ATTEMPT(steal_descriptors) {
    struct outcome outcomes[OTHERS];
    for (unsigned index = 0; index < OTHERS; index++) {
        int process = (int)syscall(SYS_pidfd_open, other(task, index), 0);
        if (process < 0) {
            outcomes[index] = refused(errno);
            continue;
        }
        // pidfd_getfd
        long got = syscall(438, process, 0, 0);
        outcomes[index] = judge(got, "took another process's descriptor");
        close(process);
    }
    return first_through(outcomes, OTHERS);
}

// Looks through one file of every process that can be seen.
static struct outcome search_processes(const struct task *task, const char *file) {
    DIR *processes = opendir("/proc");
    if (!processes)
        return refused(errno);
    struct outcome last = nothing("no other process is to be seen");
    struct dirent *entry;
    while ((entry = readdir(processes)) != NULL) {
        long pid = strtol(entry->d_name, NULL, 10);
        char path[64], token[40];
        if (pid <= 0 || pid == getpid())
            continue;
        snprintf(path, sizeof path, "/proc/%ld/%.20s", pid, file);
        long length = read_file(path, room, sizeof room);
        if (length < 0) {
            last = refused((int)-length);
        } else if (find_secret(task, room, (unsigned long)length, token)) {
            closedir(processes);
            return through("secret %s", token);
        }
    }
    closedir(processes);
    return last;
}

ATTEMPT(read_environments) { return search_processes(task, "environ"); }
ATTEMPT(read_arguments) { return search_processes(task, "cmdline"); }

ATTEMPT(open_processes_files) {
    static const char *const files[] = {"mem", "root/etc", "cwd/.", "maps", "fd/0"};
    struct outcome outcomes[OTHERS * 5];
    unsigned count = 0;
    for (unsigned index = 0; index < OTHERS; index++) {
        for (unsigned file = 0; file < 5; file++) {
            char path[64];
            snprintf(path, sizeof path, "/proc/%d/%s", other(task, index), files[file]);
            int opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
            outcomes[count++] = judge(opened, path);
            if (opened >= 0)
                close(opened);
        }
    }
    return first_through(outcomes, count);
}

// Names of processes are seen where /proc is the machine's.
ATTEMPT(count_processes) {
    (void)task;
    DIR *processes = opendir("/proc");
    if (!processes)
        return refused(errno);
    unsigned others = 0;
    struct dirent *entry;
    while ((entry = readdir(processes)) != NULL) {
        long pid = strtol(entry->d_name, NULL, 10);
        others += pid > 0 && pid != getpid() && pid != getppid();
    }
    closedir(processes);
    return others ? through("%u other processes", others) : nothing("itself and its init");
}

ATTEMPT(shared_memory_of_system_v) {
    int id = shmget((key_t)told_number(task, "shm_key"), 0, 0);
    if (id < 0)
        return refused(errno);
    char *memory = shmat(id, NULL, 0);
    if (memory == (char *)-1)
        return refused(errno);
    memcpy(memory + 64, "escaped", 8);
    shmdt(memory);
    return through("wrote into the machine's shared memory");
}

static struct outcome descriptors_at_start;

void remember_descriptors(void) {
    descriptors_at_start = nothing("0 to 3 only");
    for (int number = 4; number < 4096; number++) {
        char path[64], target[160];
        snprintf(path, sizeof path, "/proc/self/fd/%d", number);
        ssize_t length = readlink(path, target, sizeof target - 1);
        if (length < 0)
            continue;
        target[length] = 0;
        descriptors_at_start = through("%d is %.100s", number, target);
    }
}

ATTEMPT(inherited_descriptors) {
    (void)task;
    return descriptors_at_start;
}

ATTEMPT(inherited_variables) {
    char token[40];
    for (char **variable = environ; *variable; variable++) {
        if (find_secret(task, *variable, strlen(*variable), token))
            return through("secret %s", token);
    }
    return nothing("no variable of the server's");
}
