// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// A disk that fails: whatever would write to or sync a file whose path holds SHIM_FILE gets the
// error whose number is in the file SHIM_SWITCH, for as long as that file is there.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

// The error that the call is to end with; 0: none.
static int fault(int descriptor) {
    const char *name = getenv("SHIM_FILE"), *lever = getenv("SHIM_SWITCH");
    char link[64], path[4096];
    int was = errno, number = 0;
    if (!name || !lever)
        return 0;
    FILE *file = fopen(lever, "r");
    if (file) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
        ssize_t length = readlink(link, path, sizeof path - 1);
        path[length > 0 ? length : 0] = 0;
        if (strstr(path, name) && fscanf(file, "%d", &number) != 1)
            number = EIO;
        fclose(file);
    }
    errno = was;
    return number;
}

#define FAILING(descriptor)                                                                        \
    int number = fault(descriptor);                                                                \
    if (number) {                                                                                  \
        errno = number;                                                                            \
        return -1;                                                                                 \
    }

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
    FAILING(descriptor)
    ssize_t (*real)(int, const void *, size_t, off64_t) = dlsym(RTLD_NEXT, "pwrite64");
    return real(descriptor, bytes, count, offset);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    return pwrite64(descriptor, bytes, count, offset);
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
    FAILING(descriptor)
    ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    return real(descriptor, bytes, count);
}

int fsync(int descriptor) {
    FAILING(descriptor)
    int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
    return real(descriptor);
}

int fdatasync(int descriptor) {
    FAILING(descriptor)
    int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");
    return real(descriptor);
}
