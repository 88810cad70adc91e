// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// For ThreadSanitizer, which sees a race only where both threads use the same address: a libscorer
// that is built with `-include same_address.h` and runs beside the gateway in one process uses the
// gateway's own mappings instead of mapping the regions a second time.
#ifndef SCOREKEEPER_SAME_ADDRESS_H
#define SCOREKEEPER_SAME_ADDRESS_H

#define SCORER_MAP_ELSEWHERE
#define SCORER_PLAIN_COPY

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// The regions that are the gateway's, which the scorer must not unmap.
static const void *same_address_regions[8];
static int same_address_count;

static inline void *same_address_find(int descriptor) {
    struct stat status;
    char line[512];
    void *found = NULL;
    // Past the interceptors: the kernel orders what is passed with a packet, they do not see it.
    if (syscall(SYS_fstat, descriptor, &status) != 0)
        return NULL;
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps && !found && fgets(line, sizeof line, maps)) {
        unsigned long start, inode;
        bool is_line = sscanf(line, "%lx-%*x %*s %*s %*s %lu", &start, &inode) == 2;
        if (is_line && inode == status.st_ino)
            found = (void *)start;
    }
    if (maps)
        fclose(maps);
    return found;
}

static inline void *system_map(int descriptor, uint64_t bytes, bool is_writable, long *error) {
    int protection = PROT_READ | (is_writable ? PROT_WRITE : 0);
    void *found = descriptor < 0 ? NULL : same_address_find(descriptor);
    if (found && same_address_count < 8) {
        same_address_regions[same_address_count++] = found;
        if (is_writable)
            mprotect(found, bytes, PROT_READ | PROT_WRITE);
        return found;
    }
    int flags = descriptor < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
    void *memory = mmap(NULL, bytes, protection, flags, descriptor, 0);
    *error = memory == MAP_FAILED ? -errno : 0;
    return memory == MAP_FAILED ? NULL : memory;
}

static inline void system_unmap(const void *memory, uint64_t bytes) {
    for (int i = 0; i < same_address_count; i++)
        if (same_address_regions[i] == memory)
            return;
    if (memory)
        munmap((void *)memory, bytes);
}

#endif
