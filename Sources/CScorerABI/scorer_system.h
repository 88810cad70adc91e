// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// What libscorer needs of the machine without any library: system calls, a lock, a copy.
#ifndef SCOREKEEPER_SCORER_SYSTEM_H
#define SCOREKEEPER_SCORER_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
enum {
    CALL_CLOSE = 3,
    CALL_LSEEK = 8,
    CALL_MMAP = 9,
    CALL_MUNMAP = 11,
    CALL_MADVISE = 28,
    CALL_SENDTO = 44,
    CALL_RECVMSG = 47,
    CALL_FCNTL = 72,
    CALL_FUTEX = 202,
    CALL_CLOCK_GETTIME = 228,
    CALL_PPOLL = 271,
    CALL_FUTEX_WAITV = 449,
};

static inline long system_call(long number, long a, long b, long c, long d, long e, long f) {
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}
#elif defined(__aarch64__)
enum {
    CALL_FCNTL = 25,
    CALL_CLOSE = 57,
    CALL_LSEEK = 62,
    CALL_PPOLL = 73,
    CALL_FUTEX = 98,
    CALL_CLOCK_GETTIME = 113,
    CALL_SENDTO = 206,
    CALL_RECVMSG = 212,
    CALL_MUNMAP = 215,
    CALL_MMAP = 222,
    CALL_MADVISE = 233,
    CALL_FUTEX_WAITV = 449,
};

static inline long system_call(long number, long a, long b, long c, long d, long e, long f) {
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory");
    return x0;
}
#else
#error "libscorer knows the system calls of x86_64 and aarch64 only"
#endif

// The kernel's numbers, the same on both machines.
enum {
    ERROR_INTERRUPTED = 4,
    ERROR_AGAIN = 11,
    ERROR_CONNECTION_RESET = 104,
    ERROR_TIMED_OUT = 110,
    MEMORY_READ = 1,
    MEMORY_WRITE = 2,
    MAP_IS_SHARED = 1,
    MAP_IS_PRIVATE = 2,
    MAP_IS_ANONYMOUS = 0x20,
    ADVICE_NOT_IN_CHILDREN = 10,
    SEEK_TO_END = 2,
    FILE_SET_CLOSE_ON_EXEC = 2,
    FILE_GET_SEALS = 1034,
    SEAL_SHRINK = 2,
    MESSAGE_DO_NOT_WAIT = 0x40,
    MESSAGE_NO_SIGNAL = 0x4000,
    MESSAGE_TRUNCATED = 0x20,
    MESSAGE_CLOSE_ON_EXEC = 0x40000000,
    SOCKET_LEVEL = 1,
    SOCKET_RIGHTS = 1,
    FUTEX_OF_32_BITS = 2, // and between processes
    FUTEX_WAIT_HERE = 128,
    FUTEX_WAKE_HERE = 129,
    CLOCK_IS_MONOTONIC = 1,
    POLL_FOR_INPUT = 1,
};

struct system_vector {
    void *base;
    size_t length;
};

struct system_message {
    void *name;
    uint32_t name_length;
    struct system_vector *vectors;
    size_t vector_count;
    void *control;
    size_t control_length;
    int32_t flags;
};

struct system_control {
    size_t length;
    int32_t level;
    int32_t type;
    int32_t descriptors[4];
};

struct system_time {
    int64_t seconds;
    int64_t nanoseconds;
};

// Present where the process has a C library, and then it needs no system call.
extern int clock_gettime(int clock, struct system_time *time) __attribute__((weak));

// The variables that the process was started with, where it has a C library.
extern char **environ __attribute__((weak));

static inline uint64_t system_now(void) {
    struct system_time now = {0, 0};
    if (clock_gettime)
        clock_gettime(CLOCK_IS_MONOTONIC, &now);
    else
        system_call(CALL_CLOCK_GETTIME, CLOCK_IS_MONOTONIC, (long)&now, 0, 0, 0, 0);
    return (uint64_t)now.seconds * 1000000000u + (uint64_t)now.nanoseconds;
}

// Waits for something to read: 0 where nothing came within so many nanoseconds, less than that for
// a signal.
static inline long system_poll(int socket, uint64_t nanoseconds) {
    struct {
        int32_t descriptor;
        int16_t wanted;
        int16_t found;
    } poll = {socket, POLL_FOR_INPUT, 0};
    struct system_time time = {(int64_t)(nanoseconds / 1000000000u),
                               (int64_t)(nanoseconds % 1000000000u)};
    return system_call(CALL_PPOLL, (long)&poll, 1, (long)&time, 0, 0, 0);
}

static inline void system_close(int descriptor) {
    system_call(CALL_CLOSE, descriptor, 0, 0, 0, 0, 0);
}

static inline long system_send(int socket, const void *bytes, size_t length, int flags) {
    long sent;
    do
        sent = system_call(CALL_SENDTO, socket, (long)bytes, (long)length,
                           flags | MESSAGE_NO_SIGNAL, 0, 0);
    while (sent == -ERROR_INTERRUPTED);
    return sent;
}

#ifndef SCORER_MAP_ELSEWHERE
// Maps `bytes` of a descriptor, or anonymous memory when it is -1; NULL and a negative error.
static inline void *system_map(int descriptor, uint64_t bytes, bool is_writable, long *error) {
    long flags = descriptor < 0 ? MAP_IS_PRIVATE | MAP_IS_ANONYMOUS : MAP_IS_SHARED;
    long result = system_call(CALL_MMAP, 0, (long)bytes,
                              MEMORY_READ | (is_writable ? MEMORY_WRITE : 0), flags, descriptor, 0);
    if (result < 0 && result > -4096) {
        *error = result;
        return NULL;
    }
    return (void *)result;
}

static inline void system_unmap(const void *memory, uint64_t bytes) {
    if (memory)
        system_call(CALL_MUNMAP, (long)memory, (long)bytes, 0, 0, 0, 0);
}
#endif

// Waits for a word that another process raises, until it is woken, or for so many nanoseconds.
//
// By futex_waitv, since FUTEX_WAIT with a time ends at every signal that is handled: a handler that was
// installed with SA_RESTART is not to be noticed here, as it is not where a socket is read.
static inline long futex_listen(const uint32_t *word, uint32_t seen, uint64_t nanoseconds) {
    struct {
        uint64_t seen;
        uint64_t word;
        uint32_t flags;
        uint32_t reserved;
    } waiter = {seen, (uint64_t)word, FUTEX_OF_32_BITS, 0};
    uint64_t end = system_now() + nanoseconds;
    struct system_time time = {(int64_t)(end / 1000000000u), (int64_t)(end % 1000000000u)};
    return system_call(CALL_FUTEX_WAITV, (long)&waiter, 1, 0, (long)&time, CLOCK_IS_MONOTONIC, 0);
}

static inline void futex_wait(uint32_t *word, uint32_t seen) {
    system_call(CALL_FUTEX, (long)word, FUTEX_WAIT_HERE, seen, 0, 0, 0);
}

static inline void futex_wake(uint32_t *word, uint32_t most) {
    system_call(CALL_FUTEX, (long)word, FUTEX_WAKE_HERE, most, 0, 0, 0);
}

// A lock between the threads of one process. 0: free, 1: held, 2: held and waited for.
// Source: Ulrich Drepper, "Futexes Are Tricky", mutex 2.
static inline void lock_acquire(uint32_t *lock) {
    uint32_t seen = 0;
    if (__atomic_compare_exchange_n(lock, &seen, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return;
    while (__atomic_exchange_n(lock, 2, __ATOMIC_ACQUIRE) != 0)
        futex_wait(lock, 2);
}

static inline void lock_release(uint32_t *lock) {
    if (__atomic_exchange_n(lock, 0, __ATOMIC_RELEASE) == 2)
        futex_wake(lock, 1);
}

// The length of a text that ends with a zero, `most` at the most, and no call of strlen.
static inline size_t text_length(const char *text, size_t most) {
    size_t length = 0;
    for (; length < most && text[length]; length++)
        __asm__ volatile("");
    return length;
}

// A copy that the compiler cannot turn into a call of memcpy, which may not be there.
static inline void copy_bytes(void *to, const void *from, size_t length) {
#if defined(SCORER_PLAIN_COPY)
    __builtin_memcpy(to, from, length); // sanitizers see this one
#else
    typedef uint64_t __attribute__((may_alias, aligned(1))) word;
    char *target = to;
    const char *source = from;
#if defined(__x86_64__)
    if (length >= 512) {
        __asm__ volatile("rep movsb" : "+D"(target), "+S"(source), "+c"(length) : : "memory");
        return;
    }
#endif
    for (; length >= 32; length -= 32, target += 32, source += 32) {
        word a = ((const word *)source)[0], b = ((const word *)source)[1];
        word c = ((const word *)source)[2], d = ((const word *)source)[3];
        ((word *)target)[0] = a, ((word *)target)[1] = b;
        ((word *)target)[2] = c, ((word *)target)[3] = d;
        __asm__ volatile("" : : : "memory");
    }
    for (; length >= 8; length -= 8, target += 8, source += 8) {
        *(word *)target = *(const word *)source;
        __asm__ volatile("" : : : "memory");
    }
    for (; length > 0; length--) {
        *target++ = *source++;
        __asm__ volatile("" : : : "memory");
    }
#endif
}

#endif
