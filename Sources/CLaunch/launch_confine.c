// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// What a process gives up before it runs foreign code, in the one order that works: limits and uid
// while it still may, then no_new_privs, Landlock, seccomp.

#include "steps.h"

#include <linux/capability.h>
#include <linux/fcntl.h>
#include <linux/filter.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <linux/stat.h>

// Landlock as of ABI 7; the header of the distribution may be older than the kernel.
struct ruleset {
    uint64_t files;
    uint64_t network;
    uint64_t scoped;
};

struct __attribute__((packed)) beneath {
    uint64_t allowed;
    int32_t parent;
};

#define LANDLOCK_VERSION_QUERY 1
#define LANDLOCK_PATH_BENEATH 1
#define FILES_EXECUTE (1ULL << 0)
#define FILES_WRITE (1ULL << 1)
#define FILES_READ (1ULL << 2)
#define FILES_LIST (1ULL << 3)
#define FILES_FIRST_ABI ((1ULL << 13) - 1)
#define FILES_REFER (1ULL << 13)
#define FILES_TRUNCATE (1ULL << 14)
#define FILES_IOCTL_DEVICE (1ULL << 15)
#define NETWORK_TCP 3ULL
#define SCOPE_ABSTRACT_AND_SIGNAL 3ULL

static uint64_t handled_files(long version) {
    uint64_t files = FILES_FIRST_ABI;
    if (version >= 2)
        files |= FILES_REFER;
    if (version >= 3)
        files |= FILES_TRUNCATE;
    if (version >= 5)
        files |= FILES_IOCTL_DEVICE;
    return files;
}

static uint64_t allowed(uint64_t access, uint64_t handled, int folder) {
    uint64_t reading = FILES_EXECUTE | FILES_READ | FILES_LIST;
    uint64_t device = FILES_READ | FILES_WRITE | FILES_TRUNCATE | FILES_IOCTL_DEVICE;
    uint64_t wanted = reading;
    if (access == LAUNCH_ACCESS_WRITE)
        wanted = handled & ~FILES_IOCTL_DEVICE;
    if (access == LAUNCH_ACCESS_DEVICE)
        wanted = device;
    if (!folder)
        wanted &= FILES_EXECUTE | device;
    return wanted & handled;
}

static void add_rule(const struct launch *launch, int rules, const struct launch_record *record,
                     uint64_t handled) {
    const char *path = launch_text(record);
    struct statx facts;
    long place = CALL4(openat, AT_FDCWD, path, O_PATH | O_CLOEXEC, 0);
    // What does not exist cannot be read: nothing to allow.
    if (place < 0)
        return;
    must(launch, "look at", path, CALL5(statx, place, "", AT_EMPTY_PATH, STATX_TYPE, &facts));
    struct beneath rule = {
        .allowed = allowed(record->number, handled, (facts.stx_mode & 0170000) == 0040000),
        .parent = (int)place};
    must(launch, "allow", path, CALL4(landlock_add_rule, rules, LANDLOCK_PATH_BENEATH, &rule, 0));
    CALL1(close, place);
}

static void restrict_files(const struct launch *launch) {
    size_t cursor = 0;
    const struct launch_record *record;
    int count = 0;
    while ((record = launch_plan_next(&launch->plan, &cursor)) != NULL) {
        count += record->kind == LAUNCH_RULE;
    }
    if (count == 0)
        return;
    long version = CALL3(landlock_create_ruleset, 0, 0, LANDLOCK_VERSION_QUERY);
    if (version < 1) {
        if (has(launch, LAUNCH_NEED_LANDLOCK)) {
            launch_fail(launch, "restrict files with", "Landlock", version);
        }
        return;
    }
    struct ruleset wanted = {.files = handled_files(version)};
    if (version >= 4 && has(launch, LAUNCH_DENY_TCP))
        wanted.network = NETWORK_TCP;
    if (version >= 6)
        wanted.scoped = SCOPE_ABSTRACT_AND_SIGNAL;
    int rules = (int)must(launch, "restrict files with", "Landlock",
                          CALL3(landlock_create_ruleset, &wanted, sizeof wanted, 0));
    cursor = 0;
    while ((record = launch_plan_next(&launch->plan, &cursor)) != NULL) {
        if (record->kind == LAUNCH_RULE)
            add_rule(launch, rules, record, wanted.files);
    }
    must(launch, "restrict files with", "Landlock", CALL2(landlock_restrict_self, rules, 0));
    CALL1(close, rules);
}

static void filter_calls(const struct launch *launch) {
    size_t cursor = 0;
    const struct launch_record *record;
    while ((record = launch_plan_next(&launch->plan, &cursor)) != NULL) {
        if (record->kind != LAUNCH_FILTER)
            continue;
        struct sock_fprog program = {.len = (unsigned short)(record->length / 8),
                                     .filter = (struct sock_filter *)(record + 1)};
        must(launch, "filter", "system calls",
             CALL3(seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
    }
}

static void set_limits(const struct launch *launch) {
    size_t cursor = 0;
    const struct launch_record *record;
    while ((record = launch_plan_next(&launch->plan, &cursor)) != NULL) {
        if (record->kind != LAUNCH_LIMIT)
            continue;
        must(launch, "set", "a resource limit", CALL4(prlimit64, 0, record->number, record + 1, 0));
    }
}

// The kernel's out-of-memory choice falls on the scorer, never on its init or the node.
static void volunteer_for_out_of_memory(void) {
    long file = CALL4(openat, AT_FDCWD, "/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC, 0);
    if (file < 0)
        return;
    CALL3(write, file, "500", 3);
    CALL1(close, file);
}

static void drop_powers(const struct launch *launch) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2] = {{0}};
    must(launch, "give up", "capabilities", CALL2(capset, &header, none));
}

void launch_confine(struct launch *launch) {
    const struct launch_header *header = launch->plan.header;
    volunteer_for_out_of_memory();
    set_limits(launch);
    if (!has(launch, LAUNCH_KEEP_POWERS)) {
        // Ends at the first number that is no capability, or at once where we have none to drop.
        for (int power = 0; CALL5(prctl, PR_CAPBSET_DROP, power, 0, 0, 0) == 0;)
            power++;
    }
    if (has(launch, LAUNCH_CLEAR_GROUPS)) {
        must(launch, "give up", "groups", CALL2(setgroups, 0, 0));
    }
    if (has(launch, LAUNCH_BECOME_USER)) {
        must(launch, "change", "the group",
             CALL3(setresgid, header->group, header->group, header->group));
        must(launch, "change", "the user",
             CALL3(setresuid, header->user, header->user, header->user));
    }
    if (!has(launch, LAUNCH_KEEP_POWERS))
        drop_powers(launch);
    // A change of user makes a process's own /proc files root's; it is an ordinary process again.
    CALL5(prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
    must(launch, "forbid", "new privileges", CALL5(prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    restrict_files(launch);
    filter_calls(launch);
}
