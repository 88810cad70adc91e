// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// The order of a launch.

#include "steps.h"

#include <linux/fcntl.h>
#include <linux/mman.h>
#include <linux/poll.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/signal.h>
#include <linux/stat.h>

#define HIGH_DESCRIPTOR 64
#define SEALED (F_SEAL_SHRINK | F_SEAL_WRITE)

// Our own view of a message: no libc header describes it here.
struct part {
    void *bytes;
    size_t length;
};

struct control {
    size_t length;
    int level;
    int type;
    int descriptors[1 + LAUNCH_TREES];
};

struct message {
    void *name;
    int name_length;
    struct part *parts;
    size_t part_count;
    struct control *control;
    size_t control_length;
    unsigned flags;
};

#define SOCKET_LEVEL 1
#define PASS_DESCRIPTORS 1
#define NO_SIGNAL 0x4000
#define CLOSE_ON_EXEC 0x40000000

void launch_tell(const struct launch *launch, uint32_t kind, int32_t value, const char *step,
                 const char *subject) {
    struct launch_report report = {.kind = kind, .value = value};
    append(report.step, 0, sizeof report.step, step);
    append(report.subject, 0, sizeof report.subject, subject);
    CALL6(sendto, launch->socket, &report, sizeof report, NO_SIGNAL, 0, 0);
}

void launch_fail(const struct launch *launch, const char *step, const char *subject, long error) {
    launch_tell(launch, LAUNCH_FAILED, (int32_t)-error, step, subject);
    if (launch->gate >= 0)
        CALL3(write, launch->gate, "x", 1);
    leave(LAUNCH_FAILED_STATUS);
}

int launch_clone(const struct launch *launch, unsigned long flags) {
    return (int)must(launch, "fork", "", CALL5(clone, flags | SIGCHLD, 0, 0, 0, 0));
}

// Forks so that the child may run foreign code: through the process's own libc where it has one.
static int fork_once(const struct launch *launch) {
    if (launch->fork == NULL)
        return launch_clone(launch, 0);
    return (int)must(launch, "fork", "", launch->fork());
}

// Takes the plan and the detached mounts that wait in the launch socket; a negative error number.
//
// Never in a warmed parent: what it has mapped or read, the next scorer finds in its own memory.
static long receive_plan(struct launch *launch) {
    char byte;
    struct part part = {.bytes = &byte, .length = 1};
    struct control control = {0};
    struct message message = {
        .parts = &part, .part_count = 1, .control = &control, .control_length = sizeof control};
    struct statx facts;
    long received;
    do {
        received = CALL3(recvmsg, launch->socket, &message, CLOSE_ON_EXEC);
    } while (received == -4);
    if (received < 0)
        return received;
    size_t head = offsetof(struct control, descriptors);
    if (received != 1 || message.control_length < head || control.level != SOCKET_LEVEL ||
        control.type != PASS_DESCRIPTORS || control.length < head + sizeof(int)) {
        return -71;
    }
    int count = (int)((control.length - head) / sizeof(int));
    launch->tree_count = count - 1;
    for (int index = 1; index < count; index++) {
        launch->trees[index - 1] = control.descriptors[index];
    }
    int memory = control.descriptors[0];
    long answer = CALL5(statx, memory, "", AT_EMPTY_PATH, STATX_SIZE, &facts);
    if (answer == 0 && (CALL3(fcntl, memory, F_GET_SEALS, 0) & SEALED) != SEALED)
        answer = -1;
    if (answer == 0 && (facts.stx_size == 0 || facts.stx_size > LAUNCH_SIZE_LIMIT))
        answer = -7;
    if (answer == 0) {
        long mapped = CALL6(mmap, 0, facts.stx_size, PROT_READ, MAP_PRIVATE, memory, 0);
        if (mapped < 0 && mapped > -4096) {
            answer = mapped;
        } else if (launch_plan_check((void *)mapped, facts.stx_size, &launch->plan) != 0) {
            answer = -22;
        }
    }
    CALL1(close, memory);
    return answer;
}

static void take_plan(struct launch *launch) {
    long taken = receive_plan(launch);
    if (taken < 0)
        launch_fail(launch, "take", "the plan", taken);
}

static unsigned long namespaces(const struct launch *launch) {
    unsigned long flags = 0;
    if (has(launch, LAUNCH_NEW_PID))
        flags |= CLONE_NEWPID;
    if (has(launch, LAUNCH_NEW_NET))
        flags |= CLONE_NEWNET;
    if (has(launch, LAUNCH_NEW_ROOT))
        flags |= CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS;
    return flags;
}

static void enter_namespaces(const struct launch *launch) {
    if (has(launch, LAUNCH_USER_SINGLE))
        launch_user_single(launch);
    unsigned long flags = namespaces(launch);
    if (flags != 0)
        must(launch, "make", "namespaces", CALL1(unshare, flags));
}

static void set_host_name(const struct launch *launch) {
    size_t cursor = 0;
    const struct launch_record *record;
    while ((record = launch_plan_next(&launch->plan, &cursor)) != NULL) {
        if (record->kind != LAUNCH_HOSTNAME)
            continue;
        must(launch, "set", "the host name",
             CALL2(sethostname, launch_text(record), record->length - 1));
    }
}

// From here on this process gets `signal` when the node ends.
static void follow_node(const struct launch *launch, int signal) {
    struct pollfd node = {.fd = launch->socket};
    long at_once[2] = {0, 0};
    must(launch, "follow", "the node's end", CALL5(prctl, PR_SET_PDEATHSIG, signal, 0, 0, 0));
    // A node that ended before the line above sends no signal, but its end of the socket is gone.
    long ready = CALL5(ppoll, &node, 1, at_once, 0, 0);
    if (ready > 0 && (node.revents & POLLHUP))
        leave(LAUNCH_FAILED_STATUS);
}

// Tells the node that this process is there, and waits until it has been put into its cgroup.
static void arrive(const struct launch *launch, int death_signal) {
    char byte;
    long got;
    follow_node(launch, death_signal);
    launch_tell(launch, LAUNCH_ARRIVED, 0, "", "");
    do {
        got = CALL6(recvfrom, launch->socket, &byte, 1, 0, 0, 0);
    } while (got == -4);
    if (got != 1)
        leave(LAUNCH_FAILED_STATUS);
    // From here on the path of the cgroup is seen from inside it, where the kernel can do that.
    if (has(launch, LAUNCH_NEW_ROOT))
        CALL1(unshare, CLONE_NEWCGROUP);
}

void launch_give_descriptors(struct launch *launch) {
    int *const moved[] = {&launch->socket, &launch->lane, &launch->log, &launch->gate};
    for (int index = 0; index < 4; index++) {
        if (*moved[index] < 0)
            continue;
        *moved[index] = (int)must(launch, "move", "a descriptor",
                                  CALL3(fcntl, *moved[index], F_DUPFD_CLOEXEC, HIGH_DESCRIPTOR));
    }
    int null = (int)must(launch, "open", "/dev/null",
                         CALL4(openat, AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC, 0));
    must(launch, "give", "standard input", CALL3(dup3, null, 0, 0) < 0 ? -9 : 0);
    must(launch, "give", "standard output", CALL3(dup3, launch->log, 1, 0));
    must(launch, "give", "standard error", CALL3(dup3, launch->log, 2, 0));
    must(launch, "give", "the lane", CALL3(dup3, launch->lane, LAUNCH_SCORER_LANE, 0));
    // The report socket and the gate are 4 and 5 until the program runs; nothing else stays.
    launch->socket = (int)must(launch, "give", "a descriptor",
                               CALL3(dup3, launch->socket, 4, O_CLOEXEC) < 0 ? -9 : 4);
    if (launch->gate >= 0) {
        launch->gate = (int)must(launch, "give", "a descriptor",
                                 CALL3(dup3, launch->gate, 5, O_CLOEXEC) < 0 ? -9 : 5);
    }
    must(launch, "close", "descriptors", CALL3(close_range, launch->gate >= 0 ? 6 : 5, ~0U, 0));
}

__attribute__((noreturn)) static void execute(const struct launch *launch) {
    static const char *arguments[LAUNCH_ARGUMENTS + 1];
    static const char *variables[LAUNCH_VARIABLES + 1];
    const char *program = "";
    int argument = 0, variable = 0;
    size_t cursor = 0;
    const struct launch_record *record;
    while ((record = launch_plan_next(&launch->plan, &cursor)) != NULL) {
        if (record->kind == LAUNCH_PROGRAM)
            program = launch_text(record);
        if (record->kind == LAUNCH_ARGUMENT)
            arguments[argument++] = launch_text(record);
        if (record->kind == LAUNCH_VARIABLE)
            variables[variable++] = launch_text(record);
    }
    launch_fail(launch, "execute", program, CALL3(execve, program, arguments, variables));
}

static void enter_work_folder(const struct launch *launch) {
    size_t cursor = 0;
    const struct launch_record *record;
    while ((record = launch_plan_next(&launch->plan, &cursor)) != NULL) {
        if (record->kind != LAUNCH_WORK)
            continue;
        must(launch, "enter", launch_text(record), CALL1(chdir, launch_text(record)));
    }
}

// The scorer's own steps, up to and not including its program.
static void become_scorer(struct launch *launch, int init) {
    CALL0(setsid);
    launch_give_descriptors(launch);
    launch_confine(launch);
    if (init > 0) {
        // After the change of user, which clears it; then look whether init is still there.
        must(launch, "follow", "init's end", CALL5(prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0));
        if (CALL0(getppid) != init)
            leave(LAUNCH_FAILED_STATUS);
    }
    CALL4(rt_sigprocmask, 2, &launch->signals, 0, sizeof launch->signals);
    enter_work_folder(launch);
    launch_tell(launch, LAUNCH_SCORER, 0, "", "");
}

// From init's first instruction; answers in the scorer, and only where it executes nothing.
static void begin(struct launch *launch, int intermediate) {
    unsigned long all = ~0UL;
    unsigned long default_action[4] = {0};
    int gate[2];
    CALL4(rt_sigprocmask, 0, &all, &launch->signals, sizeof all);
    if (launch->fork == NULL)
        launch->signals = 0;
    // The lane, the log and the plan's mounts stay open in init only until the scorer has them.
    if (intermediate >= 0) {
        char byte;
        // The parent says when the process between us is gone and the node is our parent.
        if (CALL3(read, intermediate, &byte, 1) != 1)
            leave(LAUNCH_FAILED_STATUS);
        CALL1(close, intermediate);
    }
    CALL0(setsid);
    must(launch, "become", "a subreaper", CALL5(prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
    arrive(launch, has(launch, LAUNCH_NEW_PID) ? SIGKILL : LAUNCH_END_SIGNAL);
    if (has(launch, LAUNCH_NEW_ROOT))
        launch_build_root(launch);
    set_host_name(launch);
    must(launch, "make", "a pipe", CALL2(pipe2, gate, O_CLOEXEC));
    int init = (int)CALL0(getpid);
    int scorer = fork_once(launch);
    if (scorer > 0) {
        int kept[] = {launch->socket, gate[0]};
        // Two descriptors stay; the ones in between are closed piece by piece.
        int low = kept[0] < kept[1] ? kept[0] : kept[1];
        int high = kept[0] < kept[1] ? kept[1] : kept[0];
        if (low > 0)
            CALL3(close_range, 0, low - 1, 0);
        if (high > low + 1)
            CALL3(close_range, low + 1, high - 1, 0);
        CALL3(close_range, high + 1, ~0U, 0);
        CALL4(rt_sigaction, SIGCHLD, default_action, 0, sizeof all);
        launch_watch(launch, scorer, gate[0]);
    }
    CALL1(close, gate[0]);
    launch->gate = gate[1];
    become_scorer(launch, init);
}

// A program without init: a warmed parent, which the node ends and reaps itself.
__attribute__((noreturn)) static void launch_bare(struct launch *launch) {
    arrive(launch, SIGKILL);
    int helper = has(launch, LAUNCH_USER_RANGE) ? launch_user_helper(launch) : -1;
    enter_namespaces(launch);
    if (has(launch, LAUNCH_NEW_ROOT))
        launch_build_root(launch);
    set_host_name(launch);
    if (helper >= 0)
        launch_user_range(launch, helper);
    become_scorer(launch, 0);
    // Again: the change of user cleared it.
    follow_node(launch, SIGKILL);
    execute(launch);
}

void launch_cold(void) {
    struct launch launch = {
        .socket = LAUNCH_SOCKET, .lane = LAUNCH_LANE, .log = LAUNCH_LOG, .gate = -1};
    CALL3(close_range, LAUNCH_LOG + 1, ~0U, 0);
    take_plan(&launch);
    if (has(&launch, LAUNCH_BARE))
        launch_bare(&launch);
    enter_namespaces(&launch);
    if (has(&launch, LAUNCH_NEW_PID)) {
        // A pid namespace begins with the next child, which shall be the node's, not ours.
        if (launch_clone(&launch, CLONE_PARENT) > 0)
            leave(0);
    }
    begin(&launch, -1);
    execute(&launch);
}

int launch_warm(int socket, int lane, int log, launch_fork_function fork,
                struct launch_plan *plan) {
    struct launch launch = {.fork = fork, .socket = socket, .lane = lane, .log = log, .gate = -1};
    int go[2];
    int status = 0;
    long waited;
    long piped = CALL2(pipe2, go, O_CLOEXEC);
    int intermediate = piped < 0 ? (int)piped : fork();
    if (intermediate == 0) {
        CALL1(close, go[1]);
        take_plan(&launch);
        enter_namespaces(&launch);
        if (fork_once(&launch) > 0)
            leave(0);
        begin(&launch, go[0]);
        // What an exec would close: all that launch_give_descriptors has left open.
        CALL1(close, launch.socket);
        CALL1(close, launch.gate);
        *plan = launch.plan;
        return 1;
    }
    if (intermediate > 0) {
        do {
            waited = CALL4(wait4, intermediate, &status, 0, 0);
        } while (waited == -4);
        CALL3(write, go[1], "g", 1);
    }
    // Our reading end stays open until here: a write that nobody can read would be a signal.
    if (piped == 0) {
        CALL1(close, go[0]);
        CALL1(close, go[1]);
    }
    return intermediate < 0 ? intermediate : 0;
}

void launch_let_go(const struct launch_plan *plan) {
    CALL2(munmap, plan->header, plan->header->size);
}
