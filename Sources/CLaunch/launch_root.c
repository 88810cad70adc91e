// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// The new root: an empty tmpfs into which the plan's records put what the scorer may see. Whatever
// is not in the plan does not exist for it.

#include "steps.h"

#include <linux/fcntl.h>
#include <linux/mount.h>
#include <linux/stat.h>

#define PATH_ROOM 4096
// Where the new root is put together; it hides what was there only from us, in our own namespace.
#define STAGING "/tmp"

#define MOUNT_READ_ONLY 1UL
#define MOUNT_NO_SUID 2UL
#define MOUNT_NO_DEVICES 4UL
#define MOUNT_NO_EXECUTION 8UL
#define MOUNT_RECURSIVE 16384UL
#define MOUNT_PRIVATE (1UL << 18)
#define DETACH 2

// A path below the new root, without its leading slashes.
static const char *below(const char *path) {
    while (*path == '/')
        path++;
    return *path == 0 ? "." : path;
}

// Makes the folders above `path`, and `path` itself where it is a folder.
static void make_folders(const struct launch *launch, int root, const char *path, int whole) {
    char prefix[PATH_ROOM];
    const char *from = below(path);
    size_t length = length_of(from);
    if (length >= PATH_ROOM)
        launch_fail(launch, "make a folder", path, -36);
    for (size_t at = 0; at <= length; at++) {
        int is_end = from[at] == 0;
        if (at > 0 && (from[at] == '/' || (is_end && whole))) {
            prefix[at] = 0;
            long made = CALL3(mkdirat, root, prefix, 0755);
            if (made < 0 && made != -17)
                launch_fail(launch, "make a folder", path, made);
        }
        prefix[at] = from[at];
    }
}

static int is_folder(const struct launch *launch, int tree, const char *path) {
    struct statx facts;
    must(launch, "look at", path, CALL5(statx, tree, "", AT_EMPTY_PATH, STATX_TYPE, &facts));
    return (facts.stx_mode & 0170000) == 0040000;
}

// Attaches a detached mount at `path` of the new root.
static void attach(const struct launch *launch, int root, int tree, const char *path) {
    int folder = is_folder(launch, tree, path);
    make_folders(launch, root, path, folder);
    if (!folder) {
        long file = CALL4(openat, root, below(path), O_CREAT | O_WRONLY | O_CLOEXEC, 0444);
        must(launch, "make a place for", path, file);
        CALL1(close, file);
    }
    must(launch, "mount", path,
         CALL5(move_mount, tree, "", root, below(path), MOVE_MOUNT_F_EMPTY_PATH));
    CALL1(close, tree);
}

// A detached copy of what is mounted at `path`, restricted; -1 where it is optional and missing.
static int detached(const struct launch *launch, const char *path, uint64_t flags) {
    long tree =
        CALL3(open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
    if (tree == -2 && (flags & LAUNCH_BIND_OPTIONAL))
        return -1;
    must(launch, "bind", path, tree);
    struct mount_attr wanted = {.attr_set =
                                    (flags & LAUNCH_BIND_DEVICE)
                                        ? MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC
                                        : MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV};
    must(launch, "restrict", path,
         CALL5(mount_setattr, tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &wanted, sizeof wanted));
    return (int)tree;
}

static void make_file(const struct launch *launch, int root, const char *path, const char *text) {
    make_folders(launch, root, path, 0);
    long file = CALL4(openat, root, below(path), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
    must(launch, "make the file", path, file);
    must(launch, "write the file", path, CALL3(write, file, text, length_of(text)));
    CALL1(close, file);
}

static void mount_fresh(const struct launch *launch, int root, const char *path, const char *kind,
                        unsigned long flags, const char *options) {
    char place[PATH_ROOM];
    make_folders(launch, root, path, 1);
    append(place, append(place, 0, sizeof place, STAGING), sizeof place, path);
    must(launch, "mount", path, CALL5(mount, kind, place, kind, flags, options));
}

// Names take memory too, that no size counts: one for each 16 KiB, and some for small ones.
static void format_tmpfs(char *into, size_t room, uint64_t bytes) {
    size_t at = append(into, 0, room, "mode=1777,size=");
    at = append(into, append_number(into, at, room, bytes), room, ",nr_inodes=");
    append_number(into, at, room, bytes / 16384 + 1024);
}

static void carry_out(const struct launch *launch, int root, const struct launch_record *record,
                      int tree) {
    const char *path = launch_text(record);
    char options[96];
    switch (record->kind) {
    case LAUNCH_FOLDER:
        make_folders(launch, root, path, 1);
        must(launch, "set the mode of", path, CALL3(fchmodat, root, below(path), record->number));
        break;
    case LAUNCH_SYMLINK:
        make_folders(launch, root, path, 0);
        must(launch, "link", path, CALL3(symlinkat, launch_second_text(record), root, below(path)));
        break;
    case LAUNCH_FILE:
        make_file(launch, root, path, launch_second_text(record));
        break;
    case LAUNCH_BIND:
        if (tree >= 0)
            attach(launch, root, tree, path);
        break;
    case LAUNCH_TREE:
        if (record->number >= (uint64_t)launch->tree_count) {
            launch_fail(launch, "find the mount for", path, -9);
        }
        attach(launch, root, launch->trees[record->number], path);
        break;
    case LAUNCH_TMPFS:
        format_tmpfs(options, sizeof options, record->number);
        mount_fresh(launch, root, path, "tmpfs", MOUNT_NO_SUID | MOUNT_NO_DEVICES, options);
        break;
    case LAUNCH_PROC:
        mount_fresh(launch, root, path, "proc",
                    MOUNT_NO_SUID | MOUNT_NO_DEVICES | MOUNT_NO_EXECUTION,
                    record->number == 1 ? "hidepid=2" : "");
        break;
    default:
        break;
    }
}

void launch_build_root(const struct launch *launch) {
    // What is bound is opened first, while every path still means what the node meant by it.
    int trees[LAUNCH_MOUNTS];
    int count = 0;
    size_t cursor = 0;
    const struct launch_record *record;
    must(launch, "make mounts private", "/",
         CALL5(mount, 0, "/", 0, MOUNT_RECURSIVE | MOUNT_PRIVATE, 0));
    while ((record = launch_plan_next(&launch->plan, &cursor)) != NULL) {
        if (record->kind == LAUNCH_BIND) {
            trees[count++] = detached(launch, launch_text(record), record->number);
        }
    }
    must(launch, "mount", "the new root",
         CALL5(mount, "tmpfs", STAGING, "tmpfs", MOUNT_NO_SUID | MOUNT_NO_DEVICES,
               "mode=0755,size=4m"));
    int root = (int)must(launch, "open", "the new root",
                         CALL4(openat, AT_FDCWD, STAGING, O_DIRECTORY | O_CLOEXEC, 0));
    long mask = CALL1(umask, 0);
    cursor = 0;
    count = 0;
    while ((record = launch_plan_next(&launch->plan, &cursor)) != NULL) {
        carry_out(launch, root, record, record->kind == LAUNCH_BIND ? trees[count++] : -1);
    }
    CALL1(umask, mask);
    struct mount_attr wanted = {.attr_set = MOUNT_ATTR_RDONLY};
    must(launch, "restrict", "the new root",
         CALL5(mount_setattr, root, "", AT_EMPTY_PATH, &wanted, sizeof wanted));
    must(launch, "enter", "the new root", CALL1(fchdir, root));
    must(launch, "turn to", "the new root", CALL2(pivot_root, ".", "."));
    must(launch, "let go of", "the old root", CALL2(umount2, ".", DETACH));
    must(launch, "enter", "the new root", CALL1(chdir, "/"));
    CALL1(close, root);
}
