// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// System calls that attacks on kernels and sandboxes begin with.
#include "attempts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// A call by number, because the library's headers may be older than the kernel.
#define CALL(...) syscall(__VA_ARGS__)
#define OPEN_TREE 428
#define FSOPEN 430
#define MOUNT_SETATTR 442
#define STATMOUNT 457

ATTEMPT(mount_something) {
    (void)task;
    struct outcome outcomes[] = {
        judge(mount("none", "/tmp", "tmpfs", 0, NULL), "mounted over /tmp"),
        judge(mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL), "made its root writable"),
        judge(umount2("/proc", MNT_DETACH), "unmounted /proc"),
        judge(CALL(OPEN_TREE, AT_FDCWD, "/", 1), "took a detached mount"),
        judge(CALL(FSOPEN, "tmpfs", 0), "began a file system"),
        judge(CALL(MOUNT_SETATTR, AT_FDCWD, "/", 0, NULL, 0), "changed a mount's restrictions"),
    };
    return first_through(outcomes, 6);
}

// In a child each, which has nothing to lose; its answer is its exit status.
static struct outcome in_child(long (*call)(void), const char *what) {
    int status = 0;
    pid_t child = fork();
    if (child < 0)
        return refused(errno);
    if (child == 0) {
        long answer = call();
        _exit(answer < 0 ? errno : 0);
    }
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status))
        return bounded("ended by signal %d", WTERMSIG(status));
    return WEXITSTATUS(status) ? refused(WEXITSTATUS(status)) : through("%s", what);
}

static long new_user(void) { return unshare(CLONE_NEWUSER); }
static long new_mounts(void) { return unshare(CLONE_NEWNS); }
static long new_network(void) { return unshare(CLONE_NEWNET); }
static long clone_user(void) { return CALL(SYS_clone, CLONE_NEWUSER | 17, 0, 0, 0, 0); }

static long clone3_user(void) {
    uint64_t arguments[11] = {CLONE_NEWUSER, 0, 0, 0, 17};
    return CALL(435, arguments, sizeof arguments);
}

ATTEMPT(new_namespaces) {
    (void)task;
    struct outcome outcomes[] = {in_child(new_user, "a user namespace of its own"),
                                 in_child(new_mounts, "mounts of its own"),
                                 in_child(new_network, "a network of its own"),
                                 in_child(clone_user, "a child in a user namespace"),
                                 in_child(clone3_user, "a child in a user namespace, by clone3")};
    return first_through(outcomes, 5);
}

ATTEMPT(enter_namespaces) {
    static const char *const names[] = {"neighbour_pid", "node_pid", "supervisor_pid"};
    struct outcome outcomes[4];
    for (unsigned index = 0; index < 4; index++) {
        char path[64];
        snprintf(path, sizeof path, "/proc/%ld/ns/mnt",
                 index < 3 ? told_number(task, names[index]) : (long)getppid());
        int file = open(path, O_RDONLY | O_CLOEXEC);
        outcomes[index] = file < 0 ? refused(errno) : judge(setns(file, 0), "entered its mounts");
        if (file >= 0)
            close(file);
    }
    return first_through(outcomes, 4);
}

static long change_to_tmp(void) { return chroot("/tmp"); }

ATTEMPT(change_root) {
    (void)task;
    return in_child(change_to_tmp, "changed its root");
}

ATTEMPT(turn_root) {
    (void)task;
    return judge(CALL(SYS_pivot_root, "/tmp", "/tmp"), "turned its root");
}

// An invalid argument is an answer of the call itself: it was let in.
static struct outcome is_let_in(long answer, const char *what) {
    if (answer >= 0 || errno == EINVAL || errno == EFAULT || errno == E2BIG || errno == EBADF)
        return through("%s", what);
    return refused(errno);
}

ATTEMPT(load_bpf) {
    (void)task;
    uint32_t map[18] = {1, 4, 4, 1};
    return is_let_in(CALL(SYS_bpf, 0, map, sizeof map), "made a map");
}

ATTEMPT(use_keys) {
    (void)task;
    struct outcome outcomes[] = {
        is_let_in(CALL(SYS_add_key, "user", "escaped", "x", 1, -3), "added a key"),
        is_let_in(CALL(SYS_keyctl, 0, -3, 1), "asked for a keyring"),
        is_let_in(CALL(SYS_request_key, "user", "escaped", 0, -3), "asked for a key")};
    return first_through(outcomes, 3);
}

ATTEMPT(open_perf) {
    (void)task;
    struct perf_event_attr wanted = {.type = PERF_TYPE_SOFTWARE,
                                     .size = sizeof wanted,
                                     .config = PERF_COUNT_SW_CPU_CLOCK,
                                     .exclude_kernel = 1};
    return is_let_in(CALL(SYS_perf_event_open, &wanted, 0, -1, -1, 0), "counted events");
}

ATTEMPT(userfaultfd) {
    (void)task;
    // 1: for faults of user code only, which needs no privilege.
    return is_let_in(CALL(SYS_userfaultfd, 1), "handles faults itself");
}

ATTEMPT(io_uring) {
    (void)task;
    unsigned parameters[30] = {0};
    return is_let_in(CALL(425, 1, parameters), "made a ring, which no filter sees into");
}

ATTEMPT(load_modules) {
    (void)task;
    struct outcome outcomes[] = {is_let_in(CALL(SYS_init_module, "", 0, ""), "loaded a module"),
                                 is_let_in(CALL(SYS_finit_module, -1, "", 0), "loaded a module"),
                                 is_let_in(CALL(SYS_kexec_load, 0, 0, 0, 0), "loaded a kernel"),
                                 is_let_in(CALL(SYS_delete_module, "escaped", 0), "unloaded one")};
    return first_through(outcomes, 4);
}

ATTEMPT(open_by_handle) {
    (void)task;
    struct {
        unsigned size;
        int kind;
        unsigned char handle[8];
    } root = {.size = 8, .kind = 1, .handle = {2}};
    int folder = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    long answer = CALL(SYS_open_by_handle_at, folder, &root, O_RDONLY);
    struct outcome outcome = answer >= 0 || errno == ESTALE || errno == EINVAL
                                 ? through("may open the disk's files by number")
                                 : refused(errno);
    close(folder);
    return outcome;
}

ATTEMPT(personality) {
    (void)task;
    // ADDR_NO_RANDOMIZE, then READ_IMPLIES_EXEC.
    struct outcome outcomes[] = {judge(CALL(SYS_personality, 0x0040000), "turned off randomness"),
                                 judge(CALL(SYS_personality, 0x0400000), "made data executable")};
    return first_through(outcomes, 2);
}

// The tables of calls that a filter for one architecture might forget.
static long by_interrupt(void) {
#if defined(__x86_64__)
    long answer;
    // 26 is ptrace in the table for 32 bits: PTRACE_TRACEME.
    __asm__ volatile("int $0x80" : "=a"(answer) : "a"(26L), "b"(0L), "c"(0L), "d"(0L) : "memory");
    errno = answer < 0 ? (int)-answer : 0;
    return answer;
#else
    errno = ENOSYS;
    return -1;
#endif
}

static long by_x32(void) {
#if defined(__x86_64__)
    // 521 is ptrace in the x32 table.
    return CALL(0x40000000L + 521, 0, 0, 0, 0);
#else
    errno = ENOSYS;
    return -1;
#endif
}

ATTEMPT(other_call_tables) {
    (void)task;
    struct outcome outcomes[] = {in_child(by_interrupt, "traced by a call for 32 bits"),
                                 in_child(by_x32, "traced by a call of x32")};
    return first_through(outcomes, 2);
}
