// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// The launch plan: everything that stands between a fork and a scorer, as one flat piece of memory.
//
// The node writes it (Processes, LaunchPlan.swift) into a sealed memfd; the launcher, or the child
// of a warmed parent, carries it out. A header is followed by records in the order in which they
// are carried out. What a record means is decided by the node; the C side decides nothing.
#ifndef SCOREKEEPER_LAUNCH_PLAN_H
#define SCOREKEEPER_LAUNCH_PLAN_H

#include <stddef.h>
#include <stdint.h>

#define LAUNCH_MAGIC 0x4e414c50534b4353ULL
#define LAUNCH_VERSION 1
#define LAUNCH_SIZE_LIMIT (1u << 20)
// Most arguments, variables, mounts and detached trees of one plan.
#define LAUNCH_ARGUMENTS 256
#define LAUNCH_VARIABLES 512
#define LAUNCH_MOUNTS 160
#define LAUNCH_TREES 12

// What is done besides the records.
enum launch_flag {
    LAUNCH_NEW_PID = 1 << 0,       // own pid namespace, with our init as pid 1
    LAUNCH_NEW_NET = 1 << 1,       // own network namespace, without an interface
    LAUNCH_NEW_ROOT = 1 << 2,      // own mounts, ipc, host name; the records build the root
    LAUNCH_USER_SINGLE = 1 << 3,   // own user namespace of one uid, first: makes the rest possible
    LAUNCH_USER_RANGE = 1 << 4,    // own user namespace of a range of uids, after the root is built
    LAUNCH_BARE = 1 << 5,          // no init: the program is the node's own child (warmed parents)
    LAUNCH_KEEP_POWERS = 1 << 6,   // keep capabilities, which are those inside a user namespace
    LAUNCH_BECOME_USER = 1 << 7,   // change to the plan's uid and gid
    LAUNCH_CLEAR_GROUPS = 1 << 8,  // give up supplementary groups
    LAUNCH_NEED_LANDLOCK = 1 << 9, // fail where the kernel has no Landlock
    LAUNCH_DENY_TCP = 1 << 10,     // Landlock: no TCP bind or connect
};

// A record's kind; what its number and its text mean.
enum launch_kind {
    LAUNCH_PROGRAM = 1,  // text: what to execute
    LAUNCH_ARGUMENT = 2, // text: the next argument, the program's own name first
    LAUNCH_VARIABLE = 3, // text: NAME=value
    LAUNCH_LIMIT = 4,    // number: resource; bytes: soft and hard limit, 8 bytes each
    LAUNCH_FILTER = 5,   // bytes: a seccomp program
    LAUNCH_RULE = 6,     // number: launch_access; text: a path for Landlock
    LAUNCH_HOSTNAME = 7, // text
    LAUNCH_WORK = 8,     // text: the folder the program starts in
    LAUNCH_FOLDER = 16,  // number: mode; text: path in the new root
    LAUNCH_SYMLINK = 17, // two texts: path, target
    LAUNCH_FILE = 18,    // two texts: path, contents
    LAUNCH_BIND = 19,    // number: launch_bind; text: path, the same in the old and the new root
    LAUNCH_TREE = 20,    // number: index of a detached mount that came along; text: path
    LAUNCH_TMPFS = 21,   // number: bytes; text: path
    LAUNCH_PROC = 22,    // number: 1 hides other users' processes; text: path
};

// How a path is bound.
enum launch_bind {
    LAUNCH_BIND_READ_ONLY = 0,
    LAUNCH_BIND_DEVICE = 1 << 0,   // a device node: usable as one
    LAUNCH_BIND_OPTIONAL = 1 << 1, // skipped where it does not exist
};

// What Landlock allows beneath a path.
enum launch_access {
    LAUNCH_ACCESS_READ = 0, // read, list, execute
    LAUNCH_ACCESS_WRITE = 1,
    LAUNCH_ACCESS_DEVICE = 2, // read and write what is there, make nothing
};

struct launch_header {
    uint64_t magic;
    uint32_t version;
    uint32_t size; // of the whole plan
    uint32_t flags;
    uint32_t user; // as seen inside the plan's own user namespace, where there is one
    uint32_t group;
    uint32_t range_first; // LAUNCH_USER_RANGE: inside 0 is this uid outside, and so on
    uint32_t range_count;
    uint32_t reserved;
};

struct launch_record {
    uint32_t kind;
    uint32_t length; // of the bytes that follow, without the padding to 8
    uint64_t number;
};

// A plan that was checked: every length, text, count and number in it can be relied on.
struct launch_plan {
    const struct launch_header *header;
    const unsigned char *records;
    size_t length;
};

// Checks a plan. Reads nothing outside `bytes[0..<size]`; `bytes` must be aligned to 8 and must not
// change afterwards (a sealed memfd). Answers 0, or the offset of what is wrong plus 1.
size_t launch_plan_check(const void *bytes, size_t size, struct launch_plan *plan);

// The record at `*cursor` (0 at first), which moves on; NULL after the last. The text follows it.
const struct launch_record *launch_plan_next(const struct launch_plan *plan, size_t *cursor);

// A record's text.
static inline const char *launch_text(const struct launch_record *record) {
    return (const char *)(record + 1);
}

// A record's second text; only of kinds that have two.
const char *launch_second_text(const struct launch_record *record);

#endif
