// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// The scorer's side of a lane; see scorer.h.
//
// One mutex guards what the threads of the process share. Nobody holds it while sleeping or while
// copying a payload. A request in hand belongs to the thread that took it.
// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// How both sides of a lane touch the words that they order against each other.
//
// Both announce and then look (`cancelled` then `taken`, `armed` then `done`, `asleep` then `tail`,
// and the other way round), which needs sequential consistency: with less, each side can miss what
// the other one announced. LANE_MUTANT_RELAXED builds the mutant that the stress must catch.
#ifndef SCOREKEEPER_LANE_WORDS_H
#define SCOREKEEPER_LANE_WORDS_H

#include <stdint.h>

#ifdef LANE_MUTANT_RELAXED
#define LANE_ORDER __ATOMIC_RELAXED
#else
#define LANE_ORDER __ATOMIC_SEQ_CST
#endif

static inline uint64_t load_word(const uint64_t *word) { return __atomic_load_n(word, LANE_ORDER); }

static inline void store_word(uint64_t *word, uint64_t value) {
    __atomic_store_n(word, value, LANE_ORDER);
}

#endif
#include "scorer.h"
#include "scorer_abi.h"
// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Beginning a request that waits in the ring. Everything here happens under the lock.
#ifndef SCOREKEEPER_SCORER_BEGIN_H
#define SCOREKEEPER_SCORER_BEGIN_H

// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// What libscorer holds: the lane, and each life of the gateway that it has met. Private to
// libscorer.c, like the other scorer_*.h beside it.
#ifndef SCOREKEEPER_SCORER_ERA_H
#define SCOREKEEPER_SCORER_ERA_H

#include "scorer.h"
#include "scorer_abi.h"
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

// A long body whose packet has come and whose request has not been begun, or that is in hand.
struct long_body {
    uint64_t ticket;
    uint64_t length;
    void *memory;
};

// One life of the gateway: its two regions and what we hold of them. A request in hand keeps its
// era mapped after a new gateway has said hello.
struct era {
    struct scorer_shape shape;
    uint64_t generation;
    uint64_t bytes; // of this structure
    const struct scorer_requests *requests;
    const struct scorer_slot *slots;
    struct scorer_responses *responses;
    struct scorer_completion *completions;
    uint64_t head;    // requests taken
    uint64_t done;    // completions given
    uint64_t asleep;  // what the word holds
    uint64_t rung;    // the value of `armed` that was rung for
    uint32_t in_hand; // requests, and bodies that are held beyond their answer
    uint32_t waiting_bodies;
    struct long_body *bodies;   // waiting for their request to be begun
    struct long_body in_slot[]; // of the request that each slot has in hand
};

// What the bodies of requests must be.
enum expected {
    EXPECTED_ANYTHING = 0,
    EXPECTED_JSON = 1,
    EXPECTED_TENSOR = 2,
};

struct scorer_lane {
    int socket;
    uint32_t lock;
    uint32_t is_received; // somebody reads the socket
    uint32_t news;        // raised when that one stops
    uint32_t followers;   // who sleep until then
    struct era *era;
    bool is_ready;
    bool is_draining;
    enum scorer_result end; // not SCORER_OK: nothing more will come
    uint32_t expected;      // an enum expected; with it, `tensor`
    struct scorer_tensor tensor;
    struct values *spare_values; // a list of those that are not in use
    uint32_t spare_count;
    uint64_t metrics_told; // when
    bool has_new_metrics;
    // What a gateway that comes later must be told again.
    uint32_t threads;
    uint32_t shares;
    uint32_t metric_count;
    struct scorer_metric metrics[SCORER_METRICS_MAX];
    uint32_t told_length;
    char told[SCORER_REASON_MAX];
};

static int system_error;

static enum scorer_result system_failed(long error) {
    __atomic_store_n(&system_error, (int)-error, __ATOMIC_RELAXED);
    return SCORER_SYSTEM;
}

static void drop_body(struct long_body *body) {
    system_unmap(body->memory, body->length);
    *body = (struct long_body){0, 0, NULL};
}

static void drop_era(struct era *era) {
    for (uint32_t i = 0; i < era->waiting_bodies; i++)
        drop_body(&era->bodies[i]);
    system_unmap(era->requests, scorer_requests_bytes(era->shape));
    system_unmap(era->responses, scorer_responses_bytes(era->shape));
    system_unmap(era, era->bytes);
}

// Maps what the gateway sent, provided that it is as long as it says and cannot shrink.
static void *map_sealed(int descriptor, uint64_t bytes, bool is_writable, long *error) {
    long seals = system_call(CALL_FCNTL, descriptor, FILE_GET_SEALS, 0, 0, 0, 0);
    long length = system_call(CALL_LSEEK, descriptor, 0, SEEK_TO_END, 0, 0, 0);
    if (seals < 0 || !(seals & SEAL_SHRINK) || length < 0 || (uint64_t)length < bytes)
        return NULL;
    void *memory = system_map(descriptor, bytes, is_writable, error);
    if (memory)
        system_call(CALL_MADVISE, (long)memory, (long)bytes, ADVICE_NOT_IN_CHILDREN, 0, 0, 0);
    return memory;
}

static enum scorer_result make_era(const struct scorer_hello *hello, const int *descriptors,
                                   struct era **result) {
    struct scorer_shape shape = {hello->slots, hello->calls, hello->area_bytes};
    if (!scorer_shape_is_legal(shape) || hello->requests_bytes != scorer_requests_bytes(shape) ||
        hello->responses_bytes != scorer_responses_bytes(shape))
        return SCORER_BROKEN;
    long error = 0;
    uint64_t bytes = sizeof(struct era) + 2ull * shape.slots * sizeof(struct long_body);
    struct era *era = system_map(-1, bytes, true, &error);
    if (!era)
        return system_failed(error);
    era->bytes = bytes;
    era->shape = shape;
    era->generation = hello->generation;
    era->bodies = &era->in_slot[shape.slots];
    era->requests = map_sealed(descriptors[0], hello->requests_bytes, false, &error);
    era->responses = map_sealed(descriptors[1], hello->responses_bytes, true, &error);
    if (!era->requests || !era->responses) {
        drop_era(era);
        return error ? system_failed(error) : SCORER_BROKEN;
    }
    era->slots = (const void *)((const char *)era->requests + scorer_slots_offset(shape));
    era->completions = (void *)((char *)era->responses + scorer_completions_offset(shape));
    *result = era;
    return SCORER_OK;
}

#endif

// Rings once for each odd value of `armed`. A full socket is one that wakes its reader anyway.
static void ring_bell(struct scorer_lane *lane, struct era *era) {
    uint64_t armed = load_word(&era->requests->armed);
    if (armed % 2 == 0 || armed == era->rung || era != lane->era)
        return;
    uint8_t bell = SCORER_PACKET_BELL;
    era->rung = armed;
    system_send(lane->socket, &bell, 1, MESSAGE_DO_NOT_WAIT);
}

static void complete(struct scorer_lane *lane, struct era *era, struct scorer_completion what) {
    era->completions[era->done % scorer_completions(era->shape)] = what;
    store_word(&era->responses->done, ++era->done);
    ring_bell(lane, era);
}

enum begun {
    BEGUN_NOTHING,   // none is waiting
    BEGUN_REQUEST,   // one is in hand
    BEGUN_UNSEEN,    // one was declined or answered here
    BEGUN_LATER,     // the next one may not share a call with the first
    BEGUN_BODY_LATE, // its body has not come out of the socket
    BEGUN_NONSENSE,  // the gateway wrote what cannot be
};

static struct long_body *find_body(const struct era *era, uint64_t ticket) {
    for (uint32_t i = 0; i < era->waiting_bodies; i++)
        if (era->bodies[i].ticket == ticket)
            return &era->bodies[i];
    return NULL;
}

static struct long_body take_body(struct era *era, struct long_body *body) {
    struct long_body taken = *body;
    *body = era->bodies[--era->waiting_bodies];
    return taken;
}

// Whether head and body lie in the slot's own area, or the body in its own memory.
static bool is_inside(const struct era *era, uint32_t slot, const struct scorer_slot *request,
                      const struct long_body *body) {
    uint64_t start = scorer_area_offset(era->shape, slot);
    uint64_t used = request->head_length;
    if (body && request->body_length != body->length)
        return false;
    if (!body) {
        if (request->body_length > era->shape.area_bytes)
            return false;
        used += request->body_length;
    }
    return used <= era->shape.area_bytes && request->offset >= start &&
           request->offset - start <= era->shape.area_bytes - used;
}

// The next waiting request: its slot, and a copy of it.
static enum begun next_request(const struct era *era, uint32_t *slot, struct scorer_slot *request) {
    uint64_t waiting = load_word(&era->requests->tail) - era->head;
    if (waiting == 0)
        return BEGUN_NOTHING;
    *slot = era->requests->ring[era->head % era->shape.slots];
    if (waiting > era->shape.slots || *slot >= era->shape.slots)
        return BEGUN_NONSENSE;
    *request = era->slots[*slot];
    return BEGUN_REQUEST;
}

static enum begun begin(struct scorer_lane *lane, struct era *era, bool is_sharing, uint64_t *now,
                        struct scorer_request *result) {
    uint32_t slot;
    struct scorer_slot request;
    enum begun begun = next_request(era, &slot, &request);
    if (begun != BEGUN_REQUEST)
        return begun;
    if (is_sharing && !(request.flags & SCORER_FLAG_SHARES))
        return BEGUN_LATER;
    struct long_body *body = NULL;
    if (request.flags & SCORER_FLAG_APART) {
        body = find_body(era, request.ticket);
        if (!body)
            return BEGUN_BODY_LATE;
    }
    if (era->in_slot[slot].ticket != 0 || !is_inside(era, slot, &request, body))
        return BEGUN_NONSENSE;
    era->head++;
    struct long_body apart = {request.ticket, 0, NULL};
    if (body)
        apart = take_body(era, body);
    // The gateway stores `cancelled`, then reads `taken`; the other way round here.
    store_word(&era->responses->taken[slot], request.ticket);
    bool is_unwanted = load_word(&era->slots[slot].cancelled) == request.ticket;
    if (!is_unwanted && request.deadline != UINT64_MAX) {
        if (*now == 0)
            *now = system_now();
        is_unwanted = *now >= request.deadline;
    }
    if (is_unwanted || request.kind == SCORER_KIND_PING) {
        drop_body(&apart);
        uint16_t outcome = is_unwanted ? SCORER_OUTCOME_DECLINED : SCORER_OUTCOME_PONG;
        complete(
            lane, era,
            (struct scorer_completion){.ticket = request.ticket, .slot = slot, .outcome = outcome});
        return BEGUN_UNSEEN;
    }
    if (request.kind != SCORER_KIND_SCORE) {
        drop_body(&apart);
        return BEGUN_NONSENSE;
    }
    const char *place = (const char *)era->requests + request.offset;
    era->in_slot[slot] = apart;
    era->in_hand++;
    *result = (struct scorer_request){
        .ticket = request.ticket,
        .deadline = request.deadline,
        .body = apart.memory ? apart.memory : place,
        .body_length = request.body_length,
        .head = place + (apart.memory ? 0 : request.body_length),
        .head_length = request.head_length,
        .slot = slot,
        .era = era,
    };
    return (request.flags & SCORER_FLAG_SHARES) ? BEGUN_REQUEST : BEGUN_LATER;
}

#endif
// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// What a scorer expects of bodies, looked at before its own code sees them.
//
// The scanner is that of the Python runtime's decoder; it is compiled into this file, so that
// libscorer stays one piece that shows its own functions alone.
#ifndef SCOREKEEPER_SCORER_INPUT_H
#define SCOREKEEPER_SCORER_INPUT_H

// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Reading a request's head, and the words of a refusal.
#ifndef SCOREKEEPER_SCORER_REFUSE_H
#define SCOREKEEPER_SCORER_REFUSE_H

// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Whether a text is JSON: RFC 8259, in UTF-8, at most 100 levels deep, no half of a surrogate pair.
//
// No recursion, no memory but two words of brackets. That a key stands twice is not looked for.
#ifndef SCOREKEEPER_SCORER_JSON_H
#define SCOREKEEPER_SCORER_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_LEVELS_MAX 100

struct json_text {
    const uint8_t *at;
    const uint8_t *end;
    const char *fault; // what is wrong at `at`
    uint32_t depth;
    uint64_t is_object[2]; // a bit for each level
};

static bool json_wrong(struct json_text *text, const char *fault) {
    text->fault = fault;
    return false;
}

// Bytes of the character at `at`, 0 where it is not UTF-8.
// Source: The Unicode Standard, table 3-7.
static uint32_t utf8_character(const uint8_t *at, const uint8_t *end) {
    uint8_t first = at[0], least = 0x80, most = 0xbf;
    uint32_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (length == 1)
        return 1;
    if (first < 0xc2 || first > 0xf4 || end - at < (ptrdiff_t)length)
        return 0;
    if (first == 0xe0)
        least = 0xa0;
    if (first == 0xed)
        most = 0x9f;
    if (first == 0xf0)
        least = 0x90;
    if (first == 0xf4)
        most = 0x8f;
    if (at[1] < least || at[1] > most)
        return 0;
    for (uint32_t i = 2; i < length; i++)
        if (at[i] < 0x80 || at[i] > 0xbf)
            return 0;
    return length;
}

static uint8_t json_peek(struct json_text *text) {
    while (text->at < text->end &&
           (*text->at == ' ' || *text->at == '\n' || *text->at == '\r' || *text->at == '\t'))
        text->at++;
    return text->at < text->end ? *text->at : 0;
}

static bool json_word(struct json_text *text, const char *word) {
    for (; *word; word++, text->at++)
        if (text->at == text->end || *text->at != (uint8_t)*word)
            return json_wrong(text, "a word that is neither true, false nor null");
    return true;
}

static bool json_digits(struct json_text *text) {
    if (text->at == text->end || (uint8_t)(*text->at - '0') > 9)
        return json_wrong(text, "a digit is missing");
    while (text->at < text->end && (uint8_t)(*text->at - '0') <= 9)
        text->at++;
    return true;
}

static bool json_number(struct json_text *text) {
    text->at += *text->at == '-';
    const uint8_t *first = text->at;
    if (!json_digits(text))
        return false;
    if (*first == '0' && text->at - first > 1) {
        text->at = first;
        return json_wrong(text, "a number that begins with a zero");
    }
    if (text->at < text->end && *text->at == '.') {
        text->at++;
        if (!json_digits(text))
            return false;
    }
    if (text->at < text->end && (*text->at == 'e' || *text->at == 'E')) {
        text->at++;
        if (text->at < text->end && (*text->at == '+' || *text->at == '-'))
            text->at++;
        return json_digits(text);
    }
    return true;
}

// The code of the four hexadecimal digits of \uXXXX, which begins at `at`; above 0xffff: none.
static uint32_t json_code(const uint8_t *at, const uint8_t *end) {
    if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
        return UINT32_MAX;
    uint32_t code = 0;
    for (int i = 2; i < 6; i++) {
        uint8_t digit = at[i], lower = digit | 0x20;
        if ((uint8_t)(digit - '0') > 9 && (uint8_t)(lower - 'a') > 5)
            return UINT32_MAX;
        code = code << 4 | (uint32_t)(digit <= '9' ? digit - '0' : lower - 'a' + 10);
    }
    return code;
}

static bool json_escape(struct json_text *text) {
    uint8_t letter = text->end - text->at > 1 ? text->at[1] : 0;
    if (letter == 'u') {
        uint32_t code = json_code(text->at, text->end);
        if (code > 0xffff)
            return json_wrong(text, "an escape that JSON does not know");
        bool is_first = code >= 0xd800 && code < 0xdc00;
        uint32_t second = is_first ? json_code(text->at + 6, text->end) : 0xdc00;
        if ((code >= 0xdc00 && code < 0xe000) || second < 0xdc00 || second > 0xdfff)
            return json_wrong(text, "half of a surrogate pair");
        text->at += is_first ? 12 : 6;
        return true;
    }
    static const char simple[] = "\"\\/bfnrt";
    for (int i = 0; simple[i]; i++)
        if (letter == (uint8_t)simple[i]) {
            text->at += 2;
            return true;
        }
    return json_wrong(text, "an escape that JSON does not know");
}

static bool json_string(struct json_text *text) {
    for (text->at++; text->at < text->end && *text->at != '"';) {
        if (*text->at == '\\') {
            if (!json_escape(text))
                return false;
            continue;
        }
        if (*text->at < 0x20)
            return json_wrong(text, "a control character in a string");
        uint32_t length = utf8_character(text->at, text->end);
        if (length == 0)
            return json_wrong(text, "a byte that is not UTF-8");
        text->at += length;
    }
    if (text->at == text->end)
        return json_wrong(text, "a string that does not end");
    text->at++;
    return true;
}

static bool json_scalar(struct json_text *text) {
    switch (*text->at) {
    case '"':
        return json_string(text);
    case 't':
        return json_word(text, "true");
    case 'f':
        return json_word(text, "false");
    case 'n':
        return json_word(text, "null");
    }
    if (*text->at == '-' || (uint8_t)(*text->at - '0') <= 9)
        return json_number(text);
    return json_wrong(text, "no value begins so");
}

static bool json_is_object(const struct json_text *text) {
    return text->is_object[(text->depth - 1) / 64] >> ((text->depth - 1) % 64) & 1;
}

static bool json_open(struct json_text *text) {
    if (text->depth == JSON_LEVELS_MAX)
        return json_wrong(text, "a level too many");
    uint64_t bit = (uint64_t)1 << (text->depth % 64);
    uint64_t *word = &text->is_object[text->depth / 64];
    *word = *text->at == '{' ? *word | bit : *word & ~bit;
    text->depth++;
    text->at++;
    return true;
}

static bool json_key(struct json_text *text) {
    if (json_peek(text) != '"')
        return json_wrong(text, "a key is missing");
    if (!json_string(text))
        return false;
    if (json_peek(text) != ':')
        return json_wrong(text, "a ':' is missing");
    text->at++;
    return true;
}

// After a value: closes what ends here. True where another value follows.
static bool json_next(struct json_text *text, bool *is_over) {
    *is_over = false;
    while (text->depth > 0) {
        uint8_t byte = json_peek(text);
        bool is_object = json_is_object(text);
        if (byte == ',') {
            text->at++;
            return !is_object || json_key(text);
        }
        if (byte != (is_object ? '}' : ']'))
            return json_wrong(text,
                              is_object ? "a ',' or '}' is missing" : "a ',' or ']' is missing");
        text->depth--;
        text->at++;
    }
    *is_over = true;
    if (json_peek(text) != 0 || text->at < text->end)
        return json_wrong(text, "something stands behind the value");
    return true;
}

// Whether it is; else `fault` says what is wrong at `at`.
static bool json_is_sound(struct json_text *text) {
    for (bool is_over = false; !is_over;) {
        uint8_t byte = json_peek(text);
        if (text->at == text->end)
            return json_wrong(text, "a value is missing");
        if (byte == '{' || byte == '[') {
            if (!json_open(text))
                return false;
            bool is_empty = json_peek(text) == (byte == '{' ? '}' : ']');
            if (!is_empty && byte == '{' && !json_key(text))
                return false;
            if (!is_empty)
                continue;
        } else if (!json_scalar(text)) {
            return false;
        }
        if (!json_next(text, &is_over))
            return false;
    }
    return true;
}

#endif

#include "scorer.h"

// Most bytes of a message, and of what is repeated of the request in it.
#define MESSAGE_MAX 2000
#define EXCERPT_MAX 64

static const char refusal_head[] = "content-type: application/json\n";

// A text that is put together; what does not fit is left out.
struct words {
    uint32_t length;
    char text[2 * MESSAGE_MAX];
};

static void add_byte(struct words *words, char byte) {
    if (words->length < sizeof words->text)
        words->text[words->length++] = byte;
}

static void add_words(struct words *words, const char *text) {
    while (*text)
        add_byte(words, *text++);
}

static void add_number(struct words *words, uint64_t number) {
    char digits[20];
    int count = 0;
    do
        digits[count++] = (char)('0' + number % 10);
    while (number /= 10);
    while (count > 0)
        add_byte(words, digits[--count]);
}

// What a request says, cut.
static void add_excerpt(struct words *words, const char *text, size_t length) {
    for (size_t i = 0; i < length && i < EXCERPT_MAX; i++)
        add_byte(words, text[i]);
}

// A text between the quotes of JSON: escaped where it must be, '?' for what is not UTF-8. There is
// room behind it for what closes the answer.
static void add_escaped(struct words *words, const char *text, size_t length) {
    static const char digits[] = "0123456789abcdef";
    const uint8_t *at = (const uint8_t *)text, *end = at + length;
    while (at < end && words->length + 16 < sizeof words->text) {
        uint32_t size = utf8_character(at, end);
        if (*at == '"' || *at == '\\') {
            add_byte(words, '\\');
            add_byte(words, (char)*at);
        } else if (*at < 0x20) {
            add_words(words, "\\u00");
            add_byte(words, digits[*at >> 4]);
            add_byte(words, digits[*at & 15]);
        } else if (size == 0) {
            add_byte(words, '?');
        } else {
            for (uint32_t i = 0; i < size; i++)
                add_byte(words, (char)at[i]);
        }
        at += size == 0 ? 1 : size;
    }
}

static const char *status_code(uint16_t status) {
    switch (status) {
    case 400:
        return "BadRequest";
    case 404:
        return "NotFound";
    case 413:
        return "BodyTooLong";
    case 415:
        return "UnsupportedMediaType";
    case 422:
        return "UnfitRequest";
    case 429:
        return "TooManyRequests";
    case 503:
        return "Unavailable";
    default:
        return status < 500 ? "BadRequest" : "ScorerFailed";
    }
}

static char lower_case(char letter) {
    return letter >= 'A' && letter <= 'Z' ? (char)(letter + ('a' - 'A')) : letter;
}

// Whether the text begins with these words, in whatever case; they are in lower case.
static bool begins_with(const char *text, size_t length, const char *words) {
    size_t i = 0;
    for (; words[i]; i++)
        if (i == length || lower_case(text[i]) != words[i])
            return false;
    return true;
}

const char *scorer_header(const struct scorer_request *request, const char *name, size_t *length) {
    const char *at = request->head, *end = at + request->head_length;
    *length = 0;
    while (at < end) {
        // The first line is no field, and no name has its blank.
        const char *line = at;
        while (at < end && *at != '\n')
            at++;
        size_t size = (size_t)(at - line), named = 0;
        while (name[named] && named < size && line[named] == name[named])
            named++;
        if (!name[named] && named < size && line[named] == ':') {
            const char *value = line + named + 1;
            while (value < at && *value == ' ')
                value++;
            *length = (size_t)(at - value);
            return value;
        }
        at++;
    }
    return NULL;
}

// What a Content-Type names, without its parameters; false where it says another charset than
// UTF-8.
static bool is_media_type(const char *type, size_t length, const char *name) {
    if (!type || !begins_with(type, length, name))
        return false;
    size_t at = text_length(name, length);
    while (at < length && type[at] == ' ')
        at++;
    if (at < length && type[at] != ';')
        return false;
    for (; at < length; at++) {
        if (!begins_with(type + at, length - at, "charset="))
            continue;
        at += sizeof "charset=" - 1;
        at += at < length && type[at] == '"';
        return begins_with(type + at, length - at, "utf-8") ||
               begins_with(type + at, length - at, "us-ascii");
    }
    return true;
}

#endif

#define SCAN_CALL static __attribute__((unused))
// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// JSON numbers to doubles and integers, exactly or not at all.
#ifndef SCOREKEEPER_NUMBER_H
#define SCOREKEEPER_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#ifndef SCAN_CALL
#define SCAN_CALL
#endif

struct number {
    bool is_integer; // written without fraction and exponent
    int64_t integer; // where it is one
    double real;     // the double nearest to what was written, ties to even
};

// Reads the number at `at`. Returns the place after it, or NULL: it is no JSON number, or one of
// more digits or a larger exponent than is read here, which Python's own reader must read.
//
// Shape: integers of 18 digits at the most; else 19 significant digits and powers of ten from -70
// to 40. An integer -0 is 0, as it is in Python.
SCAN_CALL const uint8_t *number_read(const uint8_t *at, const uint8_t *end, struct number *number);

#endif

// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// The upper 128 bits of 5^q for q from -70 to 40, the upper 64 first.
//
// For q >= 0 the bits are cut off. For q < 0 they are those of the reciprocal of 5^-q, and one more
// is added in the last place. `test_decoder.py` computes each entry again.
//
// Source: D. Lemire, Number Parsing at a Gigabyte per Second (2021), section 5.
#ifndef SCOREKEEPER_POWERS_OF_FIVE_H
#define SCOREKEEPER_POWERS_OF_FIVE_H

#include <stdint.h>

#define POWER_LEAST (-70)
#define POWER_MOST 40

// clang-format off
static const uint64_t powers_of_five[POWER_MOST - POWER_LEAST + 1][2] = {
    {0xb0af48ec79ace837u, 0x2d835a9df0c6d851u}, {0xdcdb1b2798182244u, 0xf8e431456cf88e65u},
    {0x8a08f0f8bf0f156bu, 0x1b8e9ecb641b58ffu}, {0xac8b2d36eed2dac5u, 0xe272467e3d222f3fu},
    {0xd7adf884aa879177u, 0x5b0ed81dcc6abb0fu}, {0x86ccbb52ea94baeau, 0x98e947129fc2b4e9u},
    {0xa87fea27a539e9a5u, 0x3f2398d747b36224u}, {0xd29fe4b18e88640eu, 0x8eec7f0d19a03aadu},
    {0x83a3eeeef9153e89u, 0x1953cf68300424acu}, {0xa48ceaaab75a8e2bu, 0x5fa8c3423c052dd7u},
    {0xcdb02555653131b6u, 0x3792f412cb06794du}, {0x808e17555f3ebf11u, 0xe2bbd88bbee40bd0u},
    {0xa0b19d2ab70e6ed6u, 0x5b6aceaeae9d0ec4u}, {0xc8de047564d20a8bu, 0xf245825a5a445275u},
    {0xfb158592be068d2eu, 0xeed6e2f0f0d56712u}, {0x9ced737bb6c4183du, 0x55464dd69685606bu},
    {0xc428d05aa4751e4cu, 0xaa97e14c3c26b886u}, {0xf53304714d9265dfu, 0xd53dd99f4b3066a8u},
    {0x993fe2c6d07b7fabu, 0xe546a8038efe4029u}, {0xbf8fdb78849a5f96u, 0xde98520472bdd033u},
    {0xef73d256a5c0f77cu, 0x963e66858f6d4440u}, {0x95a8637627989aadu, 0xdde7001379a44aa8u},
    {0xbb127c53b17ec159u, 0x5560c018580d5d52u}, {0xe9d71b689dde71afu, 0xaab8f01e6e10b4a6u},
    {0x9226712162ab070du, 0xcab3961304ca70e8u}, {0xb6b00d69bb55c8d1u, 0x3d607b97c5fd0d22u},
    {0xe45c10c42a2b3b05u, 0x8cb89a7db77c506au}, {0x8eb98a7a9a5b04e3u, 0x77f3608e92adb242u},
    {0xb267ed1940f1c61cu, 0x55f038b237591ed3u}, {0xdf01e85f912e37a3u, 0x6b6c46dec52f6688u},
    {0x8b61313bbabce2c6u, 0x2323ac4b3b3da015u}, {0xae397d8aa96c1b77u, 0xabec975e0a0d081au},
    {0xd9c7dced53c72255u, 0x96e7bd358c904a21u}, {0x881cea14545c7575u, 0x7e50d64177da2e54u},
    {0xaa242499697392d2u, 0xdde50bd1d5d0b9e9u}, {0xd4ad2dbfc3d07787u, 0x955e4ec64b44e864u},
    {0x84ec3c97da624ab4u, 0xbd5af13bef0b113eu}, {0xa6274bbdd0fadd61u, 0xecb1ad8aeacdd58eu},
    {0xcfb11ead453994bau, 0x67de18eda5814af2u}, {0x81ceb32c4b43fcf4u, 0x80eacf948770ced7u},
    {0xa2425ff75e14fc31u, 0xa1258379a94d028du}, {0xcad2f7f5359a3b3eu, 0x096ee45813a04330u},
    {0xfd87b5f28300ca0du, 0x8bca9d6e188853fcu}, {0x9e74d1b791e07e48u, 0x775ea264cf55347eu},
    {0xc612062576589ddau, 0x95364afe032a819eu}, {0xf79687aed3eec551u, 0x3a83ddbd83f52205u},
    {0x9abe14cd44753b52u, 0xc4926a9672793543u}, {0xc16d9a0095928a27u, 0x75b7053c0f178294u},
    {0xf1c90080baf72cb1u, 0x5324c68b12dd6339u}, {0x971da05074da7beeu, 0xd3f6fc16ebca5e04u},
    {0xbce5086492111aeau, 0x88f4bb1ca6bcf585u}, {0xec1e4a7db69561a5u, 0x2b31e9e3d06c32e6u},
    {0x9392ee8e921d5d07u, 0x3aff322e62439fd0u}, {0xb877aa3236a4b449u, 0x09befeb9fad487c3u},
    {0xe69594bec44de15bu, 0x4c2ebe687989a9b4u}, {0x901d7cf73ab0acd9u, 0x0f9d37014bf60a11u},
    {0xb424dc35095cd80fu, 0x538484c19ef38c95u}, {0xe12e13424bb40e13u, 0x2865a5f206b06fbau},
    {0x8cbccc096f5088cbu, 0xf93f87b7442e45d4u}, {0xafebff0bcb24aafeu, 0xf78f69a51539d749u},
    {0xdbe6fecebdedd5beu, 0xb573440e5a884d1cu}, {0x89705f4136b4a597u, 0x31680a88f8953031u},
    {0xabcc77118461cefcu, 0xfdc20d2b36ba7c3eu}, {0xd6bf94d5e57a42bcu, 0x3d32907604691b4du},
    {0x8637bd05af6c69b5u, 0xa63f9a49c2c1b110u}, {0xa7c5ac471b478423u, 0x0fcf80dc33721d54u},
    {0xd1b71758e219652bu, 0xd3c36113404ea4a9u}, {0x83126e978d4fdf3bu, 0x645a1cac083126eau},
    {0xa3d70a3d70a3d70au, 0x3d70a3d70a3d70a4u}, {0xccccccccccccccccu, 0xcccccccccccccccdu},
    {0x8000000000000000u, 0x0000000000000000u}, {0xa000000000000000u, 0x0000000000000000u},
    {0xc800000000000000u, 0x0000000000000000u}, {0xfa00000000000000u, 0x0000000000000000u},
    {0x9c40000000000000u, 0x0000000000000000u}, {0xc350000000000000u, 0x0000000000000000u},
    {0xf424000000000000u, 0x0000000000000000u}, {0x9896800000000000u, 0x0000000000000000u},
    {0xbebc200000000000u, 0x0000000000000000u}, {0xee6b280000000000u, 0x0000000000000000u},
    {0x9502f90000000000u, 0x0000000000000000u}, {0xba43b74000000000u, 0x0000000000000000u},
    {0xe8d4a51000000000u, 0x0000000000000000u}, {0x9184e72a00000000u, 0x0000000000000000u},
    {0xb5e620f480000000u, 0x0000000000000000u}, {0xe35fa931a0000000u, 0x0000000000000000u},
    {0x8e1bc9bf04000000u, 0x0000000000000000u}, {0xb1a2bc2ec5000000u, 0x0000000000000000u},
    {0xde0b6b3a76400000u, 0x0000000000000000u}, {0x8ac7230489e80000u, 0x0000000000000000u},
    {0xad78ebc5ac620000u, 0x0000000000000000u}, {0xd8d726b7177a8000u, 0x0000000000000000u},
    {0x878678326eac9000u, 0x0000000000000000u}, {0xa968163f0a57b400u, 0x0000000000000000u},
    {0xd3c21bcecceda100u, 0x0000000000000000u}, {0x84595161401484a0u, 0x0000000000000000u},
    {0xa56fa5b99019a5c8u, 0x0000000000000000u}, {0xcecb8f27f4200f3au, 0x0000000000000000u},
    {0x813f3978f8940984u, 0x4000000000000000u}, {0xa18f07d736b90be5u, 0x5000000000000000u},
    {0xc9f2c9cd04674edeu, 0xa400000000000000u}, {0xfc6f7c4045812296u, 0x4d00000000000000u},
    {0x9dc5ada82b70b59du, 0xf020000000000000u}, {0xc5371912364ce305u, 0x6c28000000000000u},
    {0xf684df56c3e01bc6u, 0xc732000000000000u}, {0x9a130b963a6c115cu, 0x3c7f400000000000u},
    {0xc097ce7bc90715b3u, 0x4b9f100000000000u}, {0xf0bdc21abb48db20u, 0x1e86d40000000000u},
    {0x96769950b50d88f4u, 0x1314448000000000u}, {0xbc143fa4e250eb31u, 0x17d955a000000000u},
    {0xeb194f8e1ae525fdu, 0x5dcfab0800000000u},
};
// clang-format on

#endif

#include <stddef.h>

#define INTEGER_DIGITS 18
#define REAL_DIGITS 19
#define EXPONENT_DIGITS 3
#define FRACTION_BITS 52
#define EXPONENT_BIAS 1023

__extension__ typedef unsigned __int128 wide;

static double with_bits(uint64_t bits) {
    union {
        uint64_t bits;
        double value;
    } both = {.bits = bits};
    return both.value;
}

// digits * 10^power for digits > 0 and a power in the table: the algorithm of Eisel and Lemire. The
// result is normal, so neither underflow nor overflow is looked for.
//
// Source: Number Parsing at a Gigabyte per Second, and N. Mushtak and D. Lemire, Fast Number
// Parsing Without Fallback (2022), which proves that 128 bits of the product always suffice.
static double scaled(uint64_t digits, int power) {
    const uint64_t *five = powers_of_five[power - POWER_LEAST];
    int zeros = __builtin_clzll(digits);
    digits <<= zeros;
    wide product = (wide)digits * five[0];
    uint64_t high = (uint64_t)(product >> 64), low = (uint64_t)product;
    uint64_t undecided = UINT64_MAX >> (FRACTION_BITS + 3);
    if ((high & undecided) == undecided) {
        uint64_t more = (uint64_t)(((wide)digits * five[1]) >> 64);
        low += more;
        high += low < more;
    }
    int upper = (int)(high >> 63);
    int shift = upper + 64 - FRACTION_BITS - 3;
    uint64_t fraction = high >> shift;
    // floor(log2(10^power)), and 63 for the bits of the digits.
    int exponent = ((217706 * power) >> 16) + 63 + upper - zeros;
    // Exactly between two doubles: only where a product this short is exact.
    if (low <= 1 && power >= -4 && power <= 23 && (fraction & 3) == 1 && fraction << shift == high)
        fraction &= ~(uint64_t)1;
    fraction = (fraction + (fraction & 1)) >> 1;
    if (fraction >= (uint64_t)2 << FRACTION_BITS) {
        fraction >>= 1;
        exponent++;
    }
    fraction &= ~((uint64_t)1 << FRACTION_BITS);
    return with_bits((uint64_t)(exponent + EXPONENT_BIAS) << FRACTION_BITS | fraction);
}

static const double small_powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                      1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                      1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

// False: outside the table.
static bool to_double(uint64_t digits, int power, double *value) {
    if (digits == 0) {
        *value = 0;
        return true;
    }
    if (digits <= (uint64_t)1 << (FRACTION_BITS + 1) && power >= -22 && power <= 22) {
        // Both are doubles exactly, so one operation rounds once.
        *value = power < 0 ? (double)digits / small_powers[-power]
                           : (double)digits * small_powers[power];
        return true;
    }
    if (power < POWER_LEAST || power > POWER_MOST)
        return false;
    *value = scaled(digits, power);
    return true;
}

static bool is_digit(const uint8_t *at, const uint8_t *end) {
    return at < end && (uint8_t)(*at - '0') < 10;
}

// Takes digits in; counts the significant ones.
static const uint8_t *take_digits(const uint8_t *at, const uint8_t *end, uint64_t *digits,
                                  int *count) {
    for (; is_digit(at, end); at++) {
        // Past the most that is read the value is of no use, only the count is.
        if (*count < REAL_DIGITS)
            *digits = 10 * *digits + (uint64_t)(*at - '0');
        if (*digits != 0 && *count <= REAL_DIGITS)
            ++*count;
    }
    return at;
}

static const uint8_t *take_exponent(const uint8_t *at, const uint8_t *end, int *power) {
    bool is_negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    int value = 0, count = 0;
    for (; is_digit(at, end); at++, count++)
        if (count < EXPONENT_DIGITS)
            value = 10 * value + (*at - '0');
    *power += is_negative ? -value : value;
    return count > 0 && count <= EXPONENT_DIGITS ? at : NULL;
}

SCAN_CALL const uint8_t *number_read(const uint8_t *at, const uint8_t *end, struct number *number) {
    bool is_negative = at < end && *at == '-';
    at += is_negative;
    if (!is_digit(at, end))
        return NULL;
    uint64_t digits = 0;
    int count = 0, power = 0;
    const uint8_t *first = at;
    at = take_digits(at, end, &digits, &count);
    if (*first == '0' && at - first > 1)
        return NULL;
    number->is_integer = true;
    if (at < end && *at == '.') {
        number->is_integer = false;
        const uint8_t *fraction = ++at;
        at = take_digits(at, end, &digits, &count);
        if (at == fraction || at - fraction > REAL_DIGITS - POWER_LEAST)
            return NULL;
        power = -(int)(at - fraction);
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        number->is_integer = false;
        at = take_exponent(at + 1, end, &power);
        if (!at)
            return NULL;
    }
    if (count > (number->is_integer ? INTEGER_DIGITS : REAL_DIGITS))
        return NULL;
    if (number->is_integer) {
        number->integer = is_negative ? -(int64_t)digits : (int64_t)digits;
        number->real = (double)number->integer;
        return at;
    }
    double value;
    if (!to_double(digits, power, &value))
        return NULL;
    number->real = is_negative ? -value : value;
    return at;
}
// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Numbers of JSON that the decoder's fast reader leaves to Python: integers of 19 digits, real
// numbers of any length and exponent. Slow, exact, and in proportion to how much is written.
//
// The digits are a fraction of two large integers; its quotient has 64 bits or 65, what is left of
// the division breaks ties.
#ifndef SCOREKEEPER_SCORER_NUMBER_H
#define SCOREKEEPER_SCORER_NUMBER_H


#include <stddef.h>

// Digits beyond these only say that there is more: no tie has as many.
// Source: the longest decimal expansion of the middle between two doubles has 767 digits.
#define EXACT_DIGITS 770
#define EXACT_LIMBS 160
#define EXPONENT_FAR 1000000000000

__extension__ typedef unsigned __int128 exact_wide;

struct large {
    int count; // limbs in use
    uint32_t limbs[EXACT_LIMBS];
};

static void large_multiply(struct large *large, uint32_t by, uint32_t plus) {
    uint64_t carry = plus;
    for (int i = 0; i < large->count; i++) {
        carry += (uint64_t)large->limbs[i] * by;
        large->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry)
        large->limbs[large->count++] = (uint32_t)carry;
}

static void large_power(struct large *large, int power_of_ten) {
    for (; power_of_ten >= 9; power_of_ten -= 9)
        large_multiply(large, 1000000000u, 0);
    for (; power_of_ten > 0; power_of_ten--)
        large_multiply(large, 10, 0);
}

static int large_bits(const struct large *large) {
    return large->count == 0 ? 0
                             : 32 * large->count - __builtin_clz(large->limbs[large->count - 1]);
}

static void large_shift(struct large *large, int bits) {
    int limbs = bits / 32, rest = bits % 32;
    if (large->count == 0 || bits == 0)
        return;
    large->limbs[large->count] = 0;
    for (int i = large->count; i >= 0; i--) {
        uint64_t pair = (uint64_t)large->limbs[i] << 32 | (i > 0 ? large->limbs[i - 1] : 0);
        large->limbs[i + limbs] = (uint32_t)((pair << rest) >> 32);
    }
    for (int i = 0; i < limbs; i++) {
        large->limbs[i] = 0;
        __asm__ volatile("" : : : "memory");
    }
    large->count += limbs + 1;
    while (large->count > 0 && large->limbs[large->count - 1] == 0)
        large->count--;
}

static bool large_is_less(const struct large *left, const struct large *right) {
    if (left->count != right->count)
        return left->count < right->count;
    for (int i = left->count - 1; i >= 0; i--)
        if (left->limbs[i] != right->limbs[i])
            return left->limbs[i] < right->limbs[i];
    return false;
}

static void large_subtract(struct large *from, const struct large *what) {
    int64_t borrow = 0;
    for (int i = 0; i < from->count; i++) {
        borrow += (int64_t)from->limbs[i] - (i < what->count ? what->limbs[i] : 0);
        from->limbs[i] = (uint32_t)borrow;
        borrow >>= 32;
    }
    while (from->count > 0 && from->limbs[from->count - 1] == 0)
        from->count--;
}

// quotient * 2^exponent, and more where `is_more`, as the nearest double; false: too large for one.
static bool round_to_double(exact_wide quotient, int exponent, bool is_more, double *value) {
    int bits = quotient >> 64 ? 65 : 64 - __builtin_clzll((uint64_t)quotient);
    int highest = bits - 1 + exponent;
    int kept = highest >= -1022 ? 53 : 53 - (-1022 - highest);
    if (kept < 0) {
        *value = 0;
        return true;
    }
    int dropped = bits - kept;
    uint64_t fraction = dropped >= 65 ? 0 : (uint64_t)(quotient >> dropped);
    exact_wide half = (exact_wide)1 << (dropped - 1);
    exact_wide rest = quotient - ((exact_wide)fraction << dropped);
    if (rest > half || (rest == half && (is_more || fraction % 2 == 1)))
        fraction++;
    // A carry out of the fraction is one into the exponent, also out of the subnormal numbers.
    uint64_t biased = highest >= -1022 ? (uint64_t)(highest + 1022) : 0;
    union {
        uint64_t bits;
        double value;
    } both = {.bits = (biased << 52) + fraction};
    *value = both.value;
    return both.bits < (uint64_t)0x7ff << 52;
}

static bool divide(struct large *numerator, struct large *denominator, double *value) {
    int shift = 64 - (large_bits(numerator) - large_bits(denominator));
    large_shift(shift >= 0 ? numerator : denominator, shift >= 0 ? shift : -shift);
    exact_wide quotient = 0;
    large_shift(denominator, 64);
    for (int i = 0; i <= 64; i++) {
        quotient <<= 1;
        if (!large_is_less(numerator, denominator)) {
            large_subtract(numerator, denominator);
            quotient |= 1;
        }
        large_shift(numerator, 1);
    }
    return round_to_double(quotient, -shift, numerator->count > 0, value);
}

// Reads the digits from `at` on, the point among them; `*power` is what the last one counts.
static const uint8_t *take_exact(const uint8_t *at, const uint8_t *end, struct large *digits,
                                 int64_t *power) {
    int count = 0;
    bool is_fraction = false, is_more = false;
    for (; at < end && (*at == '.' || (uint8_t)(*at - '0') < 10); at++) {
        if (*at == '.') {
            is_fraction = true;
            continue;
        }
        bool is_kept = count < EXACT_DIGITS;
        if (is_kept)
            large_multiply(digits, 10, (uint32_t)(*at - '0'));
        is_more |= !is_kept && *at != '0';
        count += digits->count > 0;
        *power += (is_kept ? 0 : 1) - (is_fraction ? 1 : 0);
    }
    if (is_more) {
        large_multiply(digits, 10, 1);
        --*power;
    }
    return at;
}

// The same as `number_read` for every number of JSON that an int64 or a double can hold.
static const uint8_t *number_read_any(const uint8_t *at, const uint8_t *end,
                                      struct number *number) {
    struct json_text text = {.at = at, .end = end};
    const uint8_t *after = number_read(at, end, number);
    if (after || at == end || !json_number(&text))
        return after;
    bool is_negative = *at == '-';
    struct large digits, denominator;
    int64_t power = 0, exponent = 0;
    digits.count = 0;
    denominator.count = 1;
    denominator.limbs[0] = 1;
    after = take_exact(at + is_negative, text.at, &digits, &power);
    bool is_integer = after == text.at && power >= 0;
    if (after < text.at) {
        bool is_small = after[1] == '-';
        for (const uint8_t *digit = after + 1; digit < text.at; digit++)
            if ((uint8_t)(*digit - '0') < 10 && exponent < EXPONENT_FAR)
                exponent = 10 * exponent + (*digit - '0');
        power += is_small ? -exponent : exponent;
    }
    number->is_integer = false;
    number->real = 0;
    uint64_t integer = digits.count > 0 ? digits.limbs[0] : 0;
    integer |= digits.count > 1 ? (uint64_t)digits.limbs[1] << 32 : 0;
    if (is_integer && digits.count <= 2 && integer <= (uint64_t)INT64_MAX + is_negative) {
        number->is_integer = true;
        number->integer = (int64_t)(is_negative ? 0 - integer : integer);
    }
    int64_t size = (int64_t)((double)large_bits(&digits) * 0.30103) + power;
    if (size > 312)
        return digits.count == 0 ? text.at : NULL;
    if (digits.count > 0 && size > -332) {
        if (power >= 0)
            large_power(&digits, (int)power);
        else
            large_power(&denominator, (int)-power);
        if (!divide(&digits, &denominator, &number->real))
            return NULL;
    }
    if (is_negative)
        number->real = -number->real;
    return text.at;
}

#endif
#define SCAN_NUMBER number_read_any
// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// A request's body to typed cells, in one pass, where a plan covers it strictly.
//
// Plain C over bytes: no Python, no library, no recursion, no memory of its own; libscorer reads
// its tensors with it too. Whatever is unusual (null, another type, a fraction for an integer, a
// key twice, a name that is missing or too many, a number of many digits) is not covered; then
// nothing is said about the body.
#ifndef SCOREKEEPER_SCAN_H
#define SCOREKEEPER_SCAN_H

// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// What a model's signature lets a body hold, as `decode_plan.py` writes it.
//
// A plan is one run of bytes: this head, its parts, then the names that the parts point to.
#ifndef SCOREKEEPER_PLAN_H
#define SCOREKEEPER_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// How the functions are declared: another library may compile them into itself.
#ifndef SCAN_CALL
#define SCAN_CALL
#endif

#define PLAN_PARTS_MAX 512
#define PLAN_RANK_MAX 8

enum plan_kind { PLAN_TABLE = 1, PLAN_TENSORS = 2 };

enum plan_type {
    PLAN_FLOAT64 = 1,
    PLAN_FLOAT32,
    PLAN_INT64,
    PLAN_INT32,
    PLAN_INT16,
    PLAN_INT8,
    PLAN_UINT64,
    PLAN_UINT32,
    PLAN_UINT16,
    PLAN_UINT8,
    PLAN_BOOL,
    PLAN_STRING,
    PLAN_TYPES
};

// A place in the plan; a name without bytes is never matched by a key.
struct plan_name {
    uint32_t offset;
    uint32_t length;
};

// A column or a tensor.
struct plan_part {
    struct plan_name spellings[2]; // between the quotes: in UTF-8, and escaped to ASCII
    uint32_t type;
    uint32_t rank;                // 0 for a column
    int64_t shape[PLAN_RANK_MAX]; // -1: free
};

struct plan {
    uint32_t kind;
    uint32_t count;
    struct plan_part parts[];
};

// Whether these bytes are a plan in which every place lies inside it.
bool plan_is_sound(const void *bytes, size_t length);

#endif

#define SCAN_LENGTH_MAX ((size_t)1 << 28)
#define SCAN_ESCAPED ((uint32_t)1 << 31)

// Cells that a body of this length can need: each value takes two bytes at the least, and a row
// that breaks off is written into while it is read.
#define SCAN_CELLS(length) ((length) / 2 + 2 + PLAN_PARTS_MAX)

// The key that holds the rows.
enum scan_form {
    SCAN_DATAFRAME_SPLIT = 1,
    SCAN_DATAFRAME_RECORDS,
    SCAN_INSTANCES,
    SCAN_INPUTS,
    SCAN_INPUT_DATA
};

// How they are written under it.
enum scan_layout {
    SCAN_SPLIT = 1, // {"columns": [..], "data": [[..]], "index"?: [..]}
    SCAN_RECORDS,   // [{..}]
    SCAN_COLUMNS,   // {"name": [..]}
    SCAN_VALUES,    // [..] for the only column
    SCAN_ROWS,      // [[..]] in the plan's order
    SCAN_ARRAY,     // nested lists for the only tensor
    SCAN_NAMED      // {"name": nested lists}
};

union scan_cell {
    double real;
    int64_t integer; // booleans too
    struct {
        uint32_t offset; // into the body
        uint32_t length; // SCAN_ESCAPED is added where a backslash is in it
    } text;
};

// Where a part's cells are: `start`, `start + stride` and so on.
struct scan_part {
    size_t start;
    size_t stride;
    size_t count;
    int64_t dimensions[PLAN_RANK_MAX]; // of a tensor
};

struct scan {
    enum scan_form form;
    enum scan_layout layout;
    size_t rows;        // of a table
    bool has_index;     // then `rows` integers from `index` on
    size_t index;       // a cell
    size_t params;      // the value of `params` in the body; its JSON has not been looked at
    size_t params_size; // 0: there is none
    size_t stopped;     // where reading ended, in the body
    struct scan_part parts[PLAN_PARTS_MAX];
};

// Whether the plan, which is sound, covers the body; `cells` has room for SCAN_CELLS(length).
SCAN_CALL bool scan_body(const uint8_t *body, size_t length, const struct plan *plan,
                         union scan_cell *cells, struct scan *scan);

// The same for the only tensor of a plan, which may stand alone; nothing else may stand beside it.
SCAN_CALL bool scan_tensor(const uint8_t *body, size_t length, const struct plan *plan,
                           union scan_cell *cells, struct scan *scan);

// Writes the string between the quotes without its escapes, in no more bytes than it has. Returns
// the number of bytes, or -1: an escape that JSON does not know, NUL, half of a surrogate pair.
ptrdiff_t scan_unescape(const uint8_t *text, size_t length, uint8_t *plain);

#endif


// Levels of a value that is only skipped; Python's reader looks at it afterwards.
#define SKIPPED_LEVELS_MAX 60

// Integers beyond this are rounded twice on their way to a float.
#define EXACT_IN_DOUBLE ((int64_t)1 << 53)

// What reads a number; a library that must read them all has another.
#ifndef SCAN_NUMBER
#define SCAN_NUMBER number_read
#endif

struct reader {
    const uint8_t *body;
    const uint8_t *at;
    const uint8_t *end;
    const struct plan *plan;
    union scan_cell *cells;
    size_t used;
};

static const struct {
    int64_t least, most;
} ranges[PLAN_TYPES] = {
    [PLAN_INT64] = {INT64_MIN, INT64_MAX},   [PLAN_INT32] = {INT32_MIN, INT32_MAX},
    [PLAN_INT16] = {INT16_MIN, INT16_MAX},   [PLAN_INT8] = {INT8_MIN, INT8_MAX},
    [PLAN_UINT64] = {0, INT64_MAX},          [PLAN_UINT32] = {0, UINT32_MAX},
    [PLAN_UINT16] = {0, UINT16_MAX},         [PLAN_UINT8] = {0, UINT8_MAX},
    [PLAN_FLOAT64] = {INT64_MIN, INT64_MAX}, [PLAN_FLOAT32] = {-EXACT_IN_DOUBLE, EXACT_IN_DOUBLE},
};

// No part was seen yet. Not a loop that the compiler makes a call of memset, which may not be
// there.
static void clear(uint8_t *seen, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        seen[i] = 0;
        __asm__ volatile("" : : : "memory");
    }
}

static void skip_space(struct reader *reader) {
    while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\n' ||
                                        *reader->at == '\r' || *reader->at == '\t'))
        reader->at++;
}

// The next byte that is no space, 0 at the end.
static uint8_t peek(struct reader *reader) {
    skip_space(reader);
    return reader->at < reader->end ? *reader->at : 0;
}

static bool take(struct reader *reader, uint8_t byte) {
    if (peek(reader) != byte)
        return false;
    reader->at++;
    return true;
}

// After an element: true where another follows. `*ok` is false where neither comma nor end is.
static bool another(struct reader *reader, uint8_t closing, bool *ok) {
    uint8_t byte = peek(reader);
    *ok = byte == ',' || byte == closing;
    reader->at += *ok;
    return byte == ',';
}

static bool take_word(struct reader *reader, const char *word, size_t length) {
    if ((size_t)(reader->end - reader->at) < length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (reader->at[i] != (uint8_t)word[i])
            return false;
    reader->at += length;
    return true;
}

// The bytes between the quotes. Their UTF-8 and their escapes are looked at when they are used.
static bool take_string(struct reader *reader, union scan_cell *cell) {
    if (!take(reader, '"'))
        return false;
    const uint8_t *start = reader->at;
    uint32_t escaped = 0;
    for (; reader->at < reader->end && *reader->at != '"'; reader->at++) {
        if (*reader->at < 0x20)
            return false;
        if (*reader->at == '\\') {
            escaped = SCAN_ESCAPED;
            if (++reader->at == reader->end)
                return false;
        }
    }
    if (reader->at == reader->end)
        return false;
    cell->text.offset = (uint32_t)(start - reader->body);
    cell->text.length = (uint32_t)(reader->at - start) | escaped;
    reader->at++;
    return true;
}

static bool is_text(const struct reader *reader, union scan_cell text, const char *word,
                    size_t length) {
    if (text.text.length != length)
        return false;
    const uint8_t *bytes = reader->body + text.text.offset;
    for (size_t i = 0; i < length; i++)
        if (bytes[i] != (uint8_t)word[i])
            return false;
    return true;
}

#define IS(reader, text, word) is_text(reader, text, word, sizeof(word) - 1)

static bool is_named(const struct reader *reader, union scan_cell key,
                     const struct plan_part *part) {
    const char *plan = (const char *)reader->plan;
    key.text.length &= ~SCAN_ESCAPED;
    for (int i = 0; i < 2; i++) {
        const struct plan_name *name = &part->spellings[i];
        if (name->length > 0 && is_text(reader, key, plan + name->offset, name->length))
            return true;
    }
    return false;
}

static bool take_key(struct reader *reader, union scan_cell *key) {
    return take_string(reader, key) && take(reader, ':');
}

// The part of this name, looked for from `guess` on; the plan's count where there is none.
static uint32_t find_part(const struct reader *reader, union scan_cell key, uint32_t guess) {
    uint32_t count = reader->plan->count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t index = guess + i < count ? guess + i : guess + i - count;
        if (is_named(reader, key, &reader->plan->parts[index]))
            return index;
    }
    return count;
}

static bool take_number(struct reader *reader, uint32_t type, union scan_cell *cell) {
    struct number number;
    skip_space(reader);
    const uint8_t *after = SCAN_NUMBER(reader->at, reader->end, &number);
    if (!after)
        return false;
    reader->at = after;
    if (number.is_integer &&
        (number.integer < ranges[type].least || number.integer > ranges[type].most))
        return false;
    if (type == PLAN_FLOAT64 || type == PLAN_FLOAT32) {
        cell->real = number.real;
        return type == PLAN_FLOAT64 || !__builtin_isinf((float)number.real);
    }
    if (!number.is_integer)
        return false;
    cell->integer = number.integer;
    return true;
}

static bool take_value(struct reader *reader, uint32_t type, union scan_cell *cell) {
    if (type == PLAN_STRING)
        return take_string(reader, cell);
    if (type != PLAN_BOOL)
        return take_number(reader, type, cell);
    cell->integer = peek(reader) == 't';
    return cell->integer ? take_word(reader, "true", 4) : take_word(reader, "false", 5);
}

// Ends on the first byte after the value, or says no. Brackets match afterwards, nothing more.
static bool skip_value(struct reader *reader) {
    uint64_t is_object = 0;
    int depth = 0;
    union scan_cell ignored;
    do {
        uint8_t byte = peek(reader);
        if (byte == '"') {
            if (!take_string(reader, &ignored))
                return false;
        } else if (byte == '{' || byte == '[') {
            if (++depth > SKIPPED_LEVELS_MAX)
                return false;
            is_object = is_object << 1 | (byte == '{');
            reader->at++;
        } else if (byte == '}' || byte == ']') {
            if (depth == 0 || (is_object & 1) != (byte == '}'))
                return false;
            depth--;
            is_object >>= 1;
            reader->at++;
        } else if (byte == ',' || byte == ':') {
            if (depth == 0)
                return false;
            reader->at++;
        } else {
            const uint8_t *start = reader->at;
            while (reader->at < reader->end &&
                   ((*reader->at >= '0' && *reader->at <= '9') ||
                    (*reader->at >= 'A' && *reader->at <= 'Z') ||
                    (*reader->at >= 'a' && *reader->at <= 'z') || *reader->at == '+' ||
                    *reader->at == '-' || *reader->at == '.'))
                reader->at++;
            if (reader->at == start)
                return false;
        }
    } while (depth > 0);
    return true;
}

// Each part's cells: its column in rows that lie one after another.
static void lay_in_rows(struct reader *reader, struct scan *scan, size_t start) {
    for (uint32_t i = 0; i < reader->plan->count; i++)
        scan->parts[i] = (struct scan_part){
            .start = start + i, .stride = reader->plan->count, .count = scan->rows};
}

// A row as a list, whose elements stand for the parts in `order`.
static bool take_row(struct reader *reader, const uint16_t *order) {
    const struct plan *plan = reader->plan;
    union scan_cell *row = reader->cells + reader->used;
    bool ok = take(reader, '[');
    for (uint32_t i = 0; ok && i < plan->count; i++) {
        uint32_t part = order ? order[i] : i;
        if (!take_value(reader, plan->parts[part].type, &row[part]))
            return false;
        if (another(reader, ']', &ok) != (i + 1 < plan->count))
            return false;
    }
    reader->used += plan->count;
    return ok;
}

static bool take_rows(struct reader *reader, struct scan *scan, const uint16_t *order) {
    size_t start = reader->used;
    bool ok = take(reader, '['), more = true;
    for (; ok && more; more = another(reader, ']', &ok), scan->rows++)
        if (!take_row(reader, order))
            return false;
    lay_in_rows(reader, scan, start);
    return ok;
}

static bool take_columns_of_split(struct reader *reader, uint16_t *order) {
    uint8_t seen[PLAN_PARTS_MAX];
    uint32_t count = reader->plan->count;
    clear(seen, count);
    bool ok = take(reader, '[');
    for (uint32_t i = 0; ok && i < count; i++) {
        union scan_cell name;
        if (!take_string(reader, &name))
            return false;
        uint32_t part = find_part(reader, name, i);
        if (part == count || seen[part]++)
            return false;
        order[i] = (uint16_t)part;
        if (another(reader, ']', &ok) != (i + 1 < count))
            return false;
    }
    return ok;
}

static bool take_index(struct reader *reader, size_t *start, size_t *count) {
    *start = reader->used;
    bool ok = take(reader, '['), more = true;
    for (; ok && more; more = another(reader, ']', &ok))
        if (!take_number(reader, PLAN_INT64, &reader->cells[reader->used++]))
            return false;
    *count = reader->used - *start;
    return ok;
}

static bool take_split(struct reader *reader, struct scan *scan) {
    uint16_t order[PLAN_PARTS_MAX];
    bool has_columns = false, has_data = false, ok = take(reader, '{'), more = true;
    size_t indexed = 0;
    scan->layout = SCAN_SPLIT;
    for (; ok && more; more = another(reader, '}', &ok)) {
        union scan_cell key;
        if (!take_key(reader, &key))
            return false;
        if (IS(reader, key, "columns") && !has_columns) {
            has_columns = true;
            ok = take_columns_of_split(reader, order);
        } else if (IS(reader, key, "index") && !scan->has_index) {
            scan->has_index = true;
            ok = take_index(reader, &scan->index, &indexed);
        } else if (IS(reader, key, "data") && has_columns && !has_data) {
            has_data = true;
            ok = take_rows(reader, scan, order);
        } else {
            return false;
        }
        if (!ok)
            return false;
    }
    return ok && has_data && (!scan->has_index || indexed == scan->rows);
}

// A record; the first one says in which order the keys of all must stand.
static bool take_record(struct reader *reader, uint16_t *order, bool is_first) {
    const struct plan *plan = reader->plan;
    uint8_t seen[PLAN_PARTS_MAX];
    union scan_cell *row = reader->cells + reader->used;
    if (is_first)
        clear(seen, plan->count);
    bool ok = take(reader, '{');
    for (uint32_t i = 0; ok && i < plan->count; i++) {
        union scan_cell key;
        if (!take_key(reader, &key))
            return false;
        if (is_first) {
            uint32_t part = find_part(reader, key, i);
            if (part == plan->count || seen[part]++)
                return false;
            order[i] = (uint16_t)part;
        } else if (!is_named(reader, key, &plan->parts[order[i]])) {
            return false;
        }
        if (!take_value(reader, plan->parts[order[i]].type, &row[order[i]]))
            return false;
        if (another(reader, '}', &ok) != (i + 1 < plan->count))
            return false;
    }
    reader->used += plan->count;
    return ok;
}

static bool take_records(struct reader *reader, struct scan *scan) {
    uint16_t order[PLAN_PARTS_MAX];
    size_t start = reader->used;
    bool ok = take(reader, '['), more = true;
    scan->layout = SCAN_RECORDS;
    for (; ok && more; more = another(reader, ']', &ok), scan->rows++)
        if (!take_record(reader, order, scan->rows == 0))
            return false;
    lay_in_rows(reader, scan, start);
    return ok;
}

static bool take_values(struct reader *reader, uint32_t part, struct scan_part *found) {
    *found = (struct scan_part){.start = reader->used, .stride = 1};
    bool ok = take(reader, '['), more = true;
    for (; ok && more; more = another(reader, ']', &ok))
        if (!take_value(reader, reader->plan->parts[part].type, &reader->cells[reader->used++]))
            return false;
    found->count = reader->used - found->start;
    return ok;
}

static bool take_only_column(struct reader *reader, struct scan *scan) {
    scan->layout = SCAN_VALUES;
    bool ok = reader->plan->count == 1 && take_values(reader, 0, &scan->parts[0]);
    scan->rows = scan->parts[0].count;
    return ok;
}

static bool close_list(const struct plan_part *part, struct scan_part *found, uint32_t level,
                       int64_t count) {
    if (found->dimensions[level] == 0)
        found->dimensions[level] = count;
    return found->dimensions[level] == count &&
           (part->shape[level] == -1 || part->shape[level] == count);
}

// Nested lists that are as deep as the tensor and nowhere ragged.
static bool take_tensor(struct reader *reader, uint32_t index, struct scan_part *found) {
    const struct plan_part *part = &reader->plan->parts[index];
    int64_t counts[PLAN_RANK_MAX];
    uint32_t level = 0;
    bool ok = true;
    *found = (struct scan_part){.start = reader->used, .stride = 1};
    for (;;) {
        for (; level < part->rank; level++) {
            if (!take(reader, '['))
                return false;
            counts[level] = 0;
        }
        do {
            if (!take_value(reader, part->type, &reader->cells[reader->used++]))
                return false;
            counts[level - 1]++;
        } while (another(reader, ']', &ok));
        if (!ok)
            return false;
        for (;;) {
            level--;
            if (!close_list(part, found, level, counts[level]))
                return false;
            if (level == 0) {
                found->count = reader->used - found->start;
                return true;
            }
            counts[level - 1]++;
            bool more = another(reader, ']', &ok);
            if (!ok)
                return false;
            if (more)
                break;
        }
    }
}

// An object with each part once: columns of a table, or tensors.
static bool take_parts(struct reader *reader, struct scan *scan) {
    const struct plan *plan = reader->plan;
    uint8_t seen[PLAN_PARTS_MAX];
    bool ok = take(reader, '{');
    clear(seen, plan->count);
    scan->layout = plan->kind == PLAN_TABLE ? SCAN_COLUMNS : SCAN_NAMED;
    for (uint32_t i = 0; ok && i < plan->count; i++) {
        union scan_cell key;
        if (!take_key(reader, &key))
            return false;
        uint32_t part = find_part(reader, key, i);
        if (part == plan->count || seen[part]++)
            return false;
        struct scan_part *found = &scan->parts[part];
        if (plan->kind == PLAN_TABLE ? !take_values(reader, part, found)
                                     : !take_tensor(reader, part, found))
            return false;
        if (plan->kind == PLAN_TABLE && i > 0 && found->count != scan->rows)
            return false;
        scan->rows = found->count;
        if (another(reader, '}', &ok) != (i + 1 < plan->count))
            return false;
    }
    return ok;
}

// What a list begins with inside: '{', '[' or anything else.
static uint8_t peek_inside(struct reader *reader) {
    const uint8_t *before = reader->at;
    uint8_t inside = take(reader, '[') ? peek(reader) : 0;
    reader->at = before;
    return inside;
}

static bool take_table(struct reader *reader, struct scan *scan) {
    uint8_t outside = peek(reader), inside = peek_inside(reader);
    switch (scan->form) {
    case SCAN_DATAFRAME_SPLIT:
        return take_split(reader, scan);
    case SCAN_DATAFRAME_RECORDS:
        return take_records(reader, scan);
    case SCAN_INPUT_DATA:
        if (outside == '{')
            return take_split(reader, scan);
        scan->layout = SCAN_ROWS;
        return take_rows(reader, scan, NULL);
    case SCAN_INPUTS:
    case SCAN_INSTANCES:
        if (inside == '{')
            return take_records(reader, scan);
        if (outside == '{')
            return scan->form == SCAN_INPUTS && take_parts(reader, scan);
        return take_only_column(reader, scan);
    }
    return false;
}

static bool take_tensors(struct reader *reader, struct scan *scan) {
    if (scan->form == SCAN_DATAFRAME_SPLIT || scan->form == SCAN_DATAFRAME_RECORDS)
        return false;
    if (peek(reader) == '{')
        return scan->form != SCAN_INSTANCES && take_parts(reader, scan);
    scan->layout = SCAN_ARRAY;
    return reader->plan->count == 1 && take_tensor(reader, 0, &scan->parts[0]);
}

static enum scan_form form_of(const struct reader *reader, union scan_cell key) {
    if (IS(reader, key, "dataframe_split"))
        return SCAN_DATAFRAME_SPLIT;
    if (IS(reader, key, "dataframe_records"))
        return SCAN_DATAFRAME_RECORDS;
    if (IS(reader, key, "instances"))
        return SCAN_INSTANCES;
    if (IS(reader, key, "inputs"))
        return SCAN_INPUTS;
    return IS(reader, key, "input_data") ? SCAN_INPUT_DATA : (enum scan_form)0;
}

static bool take_params(struct reader *reader, struct scan *scan) {
    skip_space(reader);
    scan->params = (size_t)(reader->at - reader->body);
    bool ok = skip_value(reader);
    scan->params_size = (size_t)(reader->at - reader->body) - scan->params;
    return ok;
}

static bool read_body(struct reader *reader, struct scan *scan) {
    bool ok = take(reader, '{'), more = true;
    for (; ok && more; more = another(reader, '}', &ok)) {
        union scan_cell key;
        if (!take_key(reader, &key))
            return false;
        if (IS(reader, key, "params") && scan->params_size == 0) {
            if (!take_params(reader, scan))
                return false;
            continue;
        }
        if (scan->form || !(scan->form = form_of(reader, key)))
            return false;
        bool is_table = reader->plan->kind == PLAN_TABLE;
        if (is_table ? !take_table(reader, scan) : !take_tensors(reader, scan))
            return false;
    }
    return ok && scan->form;
}

static struct reader begin_body(const uint8_t *body, size_t length, const struct plan *plan,
                                union scan_cell *cells, struct scan *scan) {
    scan->form = (enum scan_form)0;
    scan->rows = 0;
    scan->has_index = false;
    scan->params = scan->params_size = 0;
    return (struct reader){
        .body = body, .at = body, .end = body + length, .plan = plan, .cells = cells};
}

static bool end_body(struct reader *reader, struct scan *scan, bool ok) {
    ok = ok && peek(reader) == 0 && reader->at == reader->end;
    scan->stopped = (size_t)(reader->at - reader->body);
    return ok;
}

SCAN_CALL bool scan_body(const uint8_t *body, size_t length, const struct plan *plan,
                         union scan_cell *cells, struct scan *scan) {
    struct reader reader = begin_body(body, length, plan, cells, scan);
    return end_body(&reader, scan, length <= SCAN_LENGTH_MAX && read_body(&reader, scan));
}

SCAN_CALL bool scan_tensor(const uint8_t *body, size_t length, const struct plan *plan,
                           union scan_cell *cells, struct scan *scan) {
    struct reader reader = begin_body(body, length, plan, cells, scan);
    bool is_short = length <= SCAN_LENGTH_MAX;
    if (peek(&reader) == '[')
        return end_body(&reader, scan, is_short && take_tensor(&reader, 0, &scan->parts[0]));
    bool ok = is_short && read_body(&reader, scan) && scan->params_size == 0;
    return end_body(&reader, scan, ok);
}

_Static_assert((int)SCORER_FLOAT64 == PLAN_FLOAT64 && (int)SCORER_BOOL == PLAN_BOOL, "same order");
_Static_assert(SCORER_RANK_MAX == PLAN_RANK_MAX, "the same tensors");

// Memory for the elements of a tensor that came as JSON. Short ones are kept for the next request.
struct values {
    struct values *next;
    uint64_t bytes; // of all of it
    _Alignas(64) union scan_cell cells[];
};

#define VALUES_KEPT 65536u
#define VALUES_SPARE_MAX 16

static struct values *get_values(struct scorer_lane *lane, uint64_t cells) {
    uint64_t bytes = sizeof(struct values) + cells * sizeof(union scan_cell);
    struct values *values = NULL;
    if (bytes <= VALUES_KEPT) {
        bytes = VALUES_KEPT;
        lock_acquire(&lane->lock);
        values = lane->spare_values;
        if (values) {
            lane->spare_values = values->next;
            lane->spare_count--;
        }
        lock_release(&lane->lock);
    }
    if (!values) {
        long error = 0;
        values = system_map(-1, bytes, true, &error);
        if (values)
            values->bytes = bytes;
    }
    return values;
}

// Under the lock.
static void drop_values(struct scorer_lane *lane, struct values *values) {
    if (!values)
        return;
    if (values->bytes != VALUES_KEPT || lane->spare_count == VALUES_SPARE_MAX) {
        system_unmap(values, values->bytes);
        return;
    }
    values->next = lane->spare_values;
    lane->spare_values = values;
    lane->spare_count++;
}

static void drop_spare_values(struct scorer_lane *lane) {
    while (lane->spare_values) {
        struct values *values = lane->spare_values;
        lane->spare_values = values->next;
        system_unmap(values, values->bytes);
    }
}

static const struct {
    const char *name;
    uint8_t bytes;
} elements[] = {
    [SCORER_FLOAT64] = {"float64", 8}, [SCORER_FLOAT32] = {"float32", 4},
    [SCORER_INT64] = {"int64", 8},     [SCORER_INT32] = {"int32", 4},
    [SCORER_INT16] = {"int16", 2},     [SCORER_INT8] = {"int8", 1},
    [SCORER_UINT64] = {"uint64", 8},   [SCORER_UINT32] = {"uint32", 4},
    [SCORER_UINT16] = {"uint16", 2},   [SCORER_UINT8] = {"uint8", 1},
    [SCORER_BOOL] = {"bool", 1},
};

// Bytes of the elements that stand in one step of the free dimension, or of all where none is free;
// 0: no such tensor.
static uint64_t step_bytes(const struct scorer_tensor *tensor) {
    if (tensor->element < SCORER_FLOAT64 || tensor->element > SCORER_BOOL || tensor->rank < 1 ||
        tensor->rank > SCORER_RANK_MAX)
        return 0;
    uint64_t bytes = elements[tensor->element].bytes;
    uint32_t free_count = 0;
    for (uint32_t i = 0; i < tensor->rank; i++) {
        int64_t size = tensor->shape[i];
        free_count += size == -1;
        if (size == -1)
            continue;
        if (size < 1 || size > (int64_t)1 << 40 || bytes > ((uint64_t)1 << 40) / (uint64_t)size)
            return 0;
        bytes *= (uint64_t)size;
    }
    return free_count <= 1 ? bytes : 0;
}

// "float32 elements of shape [n, 4]"
static void add_form(struct words *words, const struct scorer_tensor *tensor) {
    add_words(words, elements[tensor->element].name);
    add_words(words, " elements of shape [");
    for (uint32_t i = 0; i < tensor->rank; i++) {
        if (i > 0)
            add_words(words, ", ");
        if (tensor->shape[i] == -1)
            add_byte(words, 'n');
        else
            add_number(words, (uint64_t)tensor->shape[i]);
    }
    add_byte(words, ']');
}

static uint16_t refuse_type(const struct scorer_lane *lane, const char *type, size_t length,
                            struct words *words) {
    if (type) {
        add_words(words, "the Content-Type is '");
        add_excerpt(words, type, length);
        add_byte(words, '\'');
    } else {
        add_words(words, "the request has no Content-Type");
    }
    add_words(words, "; send application/json in UTF-8");
    if (lane->expected == EXPECTED_TENSOR) {
        add_words(words, ", or application/octet-stream with ");
        add_form(words, &lane->tensor);
    }
    return 415;
}

static void add_place(struct words *words, const uint8_t *body, const uint8_t *at) {
    add_words(words, " at byte ");
    add_number(words, (uint64_t)(at - body));
}

// 0: the body is JSON.
static uint16_t check_json(const struct scorer_request *request, struct words *words) {
    const uint8_t *body = request->body;
    struct json_text text = {.at = body, .end = body + request->body_length};
    if (json_is_sound(&text))
        return 0;
    add_words(words, "the body is not JSON: ");
    add_words(words, text.fault);
    add_place(words, body, text.at);
    add_words(words, "; send JSON (RFC 8259) in UTF-8, nested at most 100 levels");
    return 400;
}

// Writes each cell over the cells before it, as an element: never further than the cell itself.
// Little-endian: the first bytes of an integer are the shorter integer.
static void pack(union scan_cell *cells, uint64_t count, uint32_t element) {
    typedef uint32_t __attribute__((may_alias)) four;
    typedef uint16_t __attribute__((may_alias)) two;
    typedef float __attribute__((may_alias)) real;
    for (uint64_t i = 0; i < count; i++) {
        union scan_cell cell = cells[i];
        if (element == SCORER_FLOAT32)
            ((real *)cells)[i] = (float)cell.real;
        else if (elements[element].bytes == 4)
            ((four *)cells)[i] = (uint32_t)cell.integer;
        else if (elements[element].bytes == 2)
            ((two *)cells)[i] = (uint16_t)cell.integer;
        else if (elements[element].bytes == 1)
            ((uint8_t *)cells)[i] = (uint8_t)cell.integer;
        __asm__ volatile("" : : : "memory"); // no loop that the compiler makes a call of
    }
}

static uint16_t unfit(const struct scorer_request *request, const struct scorer_tensor *tensor,
                      const uint8_t *at, struct words *words) {
    uint16_t status = check_json(request, words);
    if (status != 0)
        return status;
    add_words(words, "the body does not fit");
    add_place(words, request->body, at);
    add_words(words, "; send {\"input_data\": [...]} or the list alone, with ");
    add_form(words, tensor);
    return 400;
}

static uint16_t read_json_tensor(struct scorer_lane *lane, struct scorer_request *request,
                                 struct words *words) {
    union {
        struct plan plan;
        char bytes[sizeof(struct plan) + sizeof(struct plan_part)];
    } form = {.plan = {.kind = PLAN_TENSORS, .count = 1}};
    const struct scorer_tensor *tensor = &lane->tensor;
    struct plan_part *part = form.plan.parts;
    *part = (struct plan_part){.type = tensor->element, .rank = tensor->rank};
    copy_bytes(part->shape, tensor->shape, sizeof part->shape);
    struct values *values = get_values(lane, SCAN_CELLS(request->body_length));
    if (!values) {
        add_words(words, "there is no memory to read the body; send fewer rows");
        return 413;
    }
    request->values = values;
    struct scan scan;
    if (!scan_tensor(request->body, request->body_length, &form.plan, values->cells, &scan))
        return unfit(request, tensor, (const uint8_t *)request->body + scan.stopped, words);
    request->rows = 1;
    for (uint32_t i = 0; i < tensor->rank; i++)
        if (tensor->shape[i] == -1)
            request->rows = (uint64_t)scan.parts[0].dimensions[i];
    pack(values->cells, scan.parts[0].count, tensor->element);
    request->tensor = values->cells;
    return 0;
}

static uint16_t read_raw_tensor(struct scorer_lane *lane, struct scorer_request *request,
                                struct words *words) {
    uint64_t step = step_bytes(&lane->tensor), length = request->body_length;
    bool is_free = false;
    for (uint32_t i = 0; i < lane->tensor.rank; i++)
        is_free |= lane->tensor.shape[i] == -1;
    const uint8_t *bytes = request->body;
    uint64_t odd = 0;
    while (lane->tensor.element == SCORER_BOOL && odd < length && bytes[odd] <= 1)
        odd++;
    if (length == 0 || length % step != 0 || (!is_free && length != step)) {
        add_words(words, "the body has ");
        add_number(words, length);
        add_words(words, is_free ? " bytes, which is no multiple of " : " bytes instead of ");
        add_number(words, step);
    } else if (lane->tensor.element == SCORER_BOOL && odd < length) {
        add_words(words, "the body has another byte than 0 and 1");
        add_place(words, bytes, bytes + odd);
    } else {
        request->rows = is_free ? length / step : 1;
        request->tensor = bytes;
        return 0;
    }
    add_words(words, "; send, in little-endian order, ");
    add_form(words, &lane->tensor);
    return 400;
}

// 0: the request is what the scorer expects; else the status to refuse it with.
static uint16_t look_at(struct scorer_lane *lane, struct scorer_request *request,
                        struct words *words) {
    size_t length;
    const char *type = scorer_header(request, "content-type", &length);
    bool is_tensor = lane->expected == EXPECTED_TENSOR;
    if (is_tensor && is_media_type(type, length, "application/octet-stream"))
        return read_raw_tensor(lane, request, words);
    if (!is_media_type(type, length, "application/json"))
        return refuse_type(lane, type, length, words);
    return is_tensor ? read_json_tensor(lane, request, words) : check_json(request, words);
}

#endif
// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Metrics: a table under the lane's lock, told whole, once a second at most.
//
// It is told by whoever changes it, or by the thread that goes to sleep, so that the last change of
// a busy second is told too. A gateway that does not read misses some: the next has all values.
#ifndef SCOREKEEPER_SCORER_METRICS_H
#define SCOREKEEPER_SCORER_METRICS_H


#define METRICS_PAUSE 1000000000u

struct metrics_packet {
    struct scorer_metrics head;
    struct scorer_metric metrics[SCORER_METRICS_MAX];
};

// Tells them if it is time; else answers how long that takes. Under the lock.
static uint64_t tell_metrics_locked(struct scorer_lane *lane) {
    if (!lane->has_new_metrics || !lane->era)
        return 0;
    uint64_t now = system_now();
    if (lane->metrics_told != 0 && now - lane->metrics_told < METRICS_PAUSE)
        return METRICS_PAUSE - (now - lane->metrics_told);
    struct metrics_packet packet;
    packet.head = (struct scorer_metrics){.packet = SCORER_PACKET_METRICS,
                                          .count = lane->metric_count,
                                          .generation = lane->era->generation};
    size_t length = lane->metric_count * sizeof packet.metrics[0];
    copy_bytes(packet.metrics, lane->metrics, length);
    lane->metrics_told = now;
    if (system_send(lane->socket, &packet, sizeof packet.head + length, MESSAGE_DO_NOT_WAIT) >= 0)
        lane->has_new_metrics = false;
    return 0;
}

static uint64_t tell_metrics(struct scorer_lane *lane) {
    lock_acquire(&lane->lock);
    uint64_t pause = tell_metrics_locked(lane);
    lock_release(&lane->lock);
    return pause;
}

// The metric of this name and kind, made where there is none; NULL: it cannot be had.
static struct scorer_metric *find_metric(struct scorer_lane *lane, const char *name, uint8_t length,
                                         uint8_t kind) {
    for (uint32_t i = 0; i < lane->metric_count; i++) {
        struct scorer_metric *metric = &lane->metrics[i];
        uint32_t same = 0;
        while (metric->name_length == length && same < length && metric->name[same] == name[same])
            same++;
        if (metric->name_length == length && same == length)
            return metric->kind == kind ? metric : NULL;
    }
    if (lane->metric_count == SCORER_METRICS_MAX)
        return NULL;
    struct scorer_metric *metric = &lane->metrics[lane->metric_count++];
    *metric = (struct scorer_metric){.kind = kind, .name_length = length};
    copy_bytes(metric->name, name, length);
    return metric;
}

static enum scorer_result change_metric(struct scorer_lane *lane, const char *name, uint8_t kind,
                                        double value) {
    size_t length = text_length(name, SCORER_METRIC_NAME_MAX + 1);
    bool is_number = value - value == 0;
    if (!scorer_metric_name_is_legal(name, length) || !is_number)
        return SCORER_MISUSED;
    bool is_counter = kind == SCORER_METRIC_COUNTER;
    enum scorer_result result = SCORER_MISUSED;
    lock_acquire(&lane->lock);
    struct scorer_metric *metric = find_metric(lane, name, (uint8_t)length, kind);
    double next = metric && is_counter ? metric->value + value : value;
    if (metric && next - next == 0 && (!is_counter || value >= 0)) {
        metric->value = next;
        lane->has_new_metrics = true;
        tell_metrics_locked(lane);
        result = SCORER_OK;
    }
    lock_release(&lane->lock);
    return result;
}

#endif
// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Waiting for the gateway. One thread at a time reads the socket (the receiver); the others follow:
// they sleep until it has stopped, then look for themselves.
#ifndef SCOREKEEPER_SCORER_SLEEP_H
#define SCOREKEEPER_SCORER_SLEEP_H

// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// What comes out of the socket, and what goes into it.
#ifndef SCOREKEEPER_SCORER_PACKETS_H
#define SCOREKEEPER_SCORER_PACKETS_H


// Longer than any packet to a scorer.
#define PACKET_ROOM 64

static enum scorer_result send_word(struct scorer_lane *lane, uint8_t packet, uint64_t generation) {
    struct scorer_word word = {.packet = packet, .generation = generation};
    long sent = system_send(lane->socket, &word, sizeof word, 0);
    return sent < 0 ? SCORER_GONE : SCORER_OK;
}

// `shares` or `threads`.
static enum scorer_result send_most(struct scorer_lane *lane, uint8_t packet, uint32_t most,
                                    uint64_t generation) {
    struct scorer_shares shares = {.packet = packet, .most = most, .generation = generation};
    return system_send(lane->socket, &shares, sizeof shares, 0) < 0 ? SCORER_GONE : SCORER_OK;
}

// A packet of one byte and a text, which is cut where it is too long.
static enum scorer_result send_text(struct scorer_lane *lane, uint8_t packet, const char *text,
                                    size_t length) {
    char bytes[1 + SCORER_REASON_MAX];
    if (length > SCORER_REASON_MAX)
        length = SCORER_REASON_MAX;
    bytes[0] = (char)packet;
    copy_bytes(bytes + 1, text, length);
    return system_send(lane->socket, bytes, 1 + length, 0) < 0 ? SCORER_GONE : SCORER_OK;
}

// Says again what an earlier gateway was told.
static enum scorer_result introduce(struct scorer_lane *lane, uint64_t generation) {
    char told[SCORER_REASON_MAX];
    lock_acquire(&lane->lock);
    bool is_ready = lane->is_ready;
    uint32_t shares = lane->shares;
    uint32_t threads = lane->threads;
    lane->has_new_metrics = lane->metric_count > 0;
    lane->metrics_told = 0;
    uint32_t length = lane->told_length;
    copy_bytes(told, lane->told, length);
    lock_release(&lane->lock);
    enum scorer_result result = SCORER_OK;
    if (length > 0)
        result = send_text(lane, SCORER_PACKET_TOLD, told, length);
    if (result == SCORER_OK && threads > 0)
        result = send_most(lane, SCORER_PACKET_THREADS, threads, generation);
    if (result == SCORER_OK && shares > 1)
        result = send_most(lane, SCORER_PACKET_SHARES, shares, generation);
    if (result == SCORER_OK && is_ready)
        result = send_word(lane, SCORER_PACKET_READY, generation);
    return result;
}

// A new gateway: what is in hand ends in the old era, everything else is in the new one.
static enum scorer_result meet_gateway(struct scorer_lane *lane, const struct scorer_hello *hello,
                                       const int *descriptors) {
    if (hello->version != SCORER_ABI_VERSION)
        return SCORER_OTHER_VERSION;
    struct era *era = NULL;
    enum scorer_result result = make_era(hello, descriptors, &era);
    if (result != SCORER_OK)
        return result;
    lock_acquire(&lane->lock);
    struct era *old = lane->era;
    __atomic_store_n(&lane->era, era, __ATOMIC_RELEASE);
    if (old && old->in_hand == 0)
        drop_era(old);
    lock_release(&lane->lock);
    return introduce(lane, hello->generation);
}

static enum scorer_result keep_body(struct scorer_lane *lane, const struct scorer_body *packet,
                                    int descriptor) {
    struct era *era = lane->era;
    if (!era || packet->ticket == 0 || packet->length == 0 || packet->length > INT64_MAX)
        return SCORER_BROKEN;
    long error = 0;
    void *memory = map_sealed(descriptor, packet->length, false, &error);
    if (!memory)
        return error ? system_failed(error) : SCORER_BROKEN;
    struct long_body body = {packet->ticket, packet->length, memory};
    lock_acquire(&lane->lock);
    bool has_room = era->waiting_bodies < era->shape.slots;
    if (has_room)
        era->bodies[era->waiting_bodies++] = body;
    lock_release(&lane->lock);
    if (!has_room)
        drop_body(&body);
    return has_room ? SCORER_OK : SCORER_BROKEN;
}

static enum scorer_result understand(struct scorer_lane *lane, const uint8_t *bytes, size_t length,
                                     const int *descriptors, int count) {
    if (bytes[0] == SCORER_PACKET_BELL && length == 1)
        return SCORER_OK;
    if (bytes[0] == SCORER_PACKET_HELLO && length == sizeof(struct scorer_hello) && count == 2) {
        struct scorer_hello hello;
        copy_bytes(&hello, bytes, sizeof hello);
        return meet_gateway(lane, &hello, descriptors);
    }
    if (bytes[0] == SCORER_PACKET_BODY && length == sizeof(struct scorer_body) && count == 1) {
        struct scorer_body body;
        copy_bytes(&body, bytes, sizeof body);
        return keep_body(lane, &body, descriptors[0]);
    }
    if (bytes[0] == SCORER_PACKET_DRAIN && length == sizeof(struct scorer_word)) {
        lock_acquire(&lane->lock);
        lane->is_draining = true;
        lock_release(&lane->lock);
        return SCORER_OK;
    }
    // A gateway of another version may greet with another length.
    bool is_hello = bytes[0] == SCORER_PACKET_HELLO && length > 1;
    return is_hello && bytes[1] != SCORER_ABI_VERSION ? SCORER_OTHER_VERSION : SCORER_BROKEN;
}

// Waits for one packet and acts on it. Metrics that were told less than a second ago are told again
// first, where nothing comes until then.
static enum scorer_result receive(struct scorer_lane *lane) {
    uint64_t pause = tell_metrics(lane);
    if (pause > 0 && system_poll(lane->socket, pause) == 0)
        tell_metrics(lane);
    uint8_t bytes[PACKET_ROOM];
    struct system_control control = {.length = 0};
    struct system_vector vector = {bytes, sizeof bytes};
    struct system_message message = {
        .vectors = &vector,
        .vector_count = 1,
        .control = &control,
        .control_length = sizeof control,
    };
    long length =
        system_call(CALL_RECVMSG, lane->socket, (long)&message, MESSAGE_CLOSE_ON_EXEC, 0, 0, 0);
    if (length == -ERROR_INTERRUPTED)
        return SCORER_INTERRUPTED;
    if (length == 0 || length == -ERROR_CONNECTION_RESET)
        return SCORER_GONE;
    if (length < 0)
        return system_failed(length);
    int count = 0;
    size_t head = offsetof(struct system_control, descriptors);
    if (message.control_length >= head && control.length >= head && control.level == SOCKET_LEVEL &&
        control.type == SOCKET_RIGHTS)
        count = (int)((control.length - head) / sizeof control.descriptors[0]);
    enum scorer_result result =
        message.flags & MESSAGE_TRUNCATED
            ? SCORER_BROKEN
            : understand(lane, bytes, (size_t)length, control.descriptors, count);
    // What was mapped stays mapped.
    for (int i = 0; i < count; i++)
        system_close(control.descriptors[i]);
    return result;
}

#endif

// What a sleeper waits for; asked under the lock.
typedef bool (*condition)(const struct scorer_lane *lane, const void *context);

// Whether there is no need to sleep; `end` says if that is because nothing more will come.
static bool holds(struct scorer_lane *lane, condition is_met, const void *context,
                  enum scorer_result *end) {
    lock_acquire(&lane->lock);
    *end = lane->end;
    bool is_so = lane->end != SCORER_OK || is_met(lane, context);
    lock_release(&lane->lock);
    return is_so;
}

// Raises `asleep`, so that the gateway rings once for what it changes from now on.
static void announce_sleep(struct scorer_lane *lane) {
    lock_acquire(&lane->lock);
    if (lane->era)
        store_word(&lane->era->responses->asleep, ++lane->era->asleep);
    lock_release(&lane->lock);
}

static void stop_receiving(struct scorer_lane *lane) {
    __atomic_store_n(&lane->is_received, 0, __ATOMIC_SEQ_CST);
    __atomic_fetch_add(&lane->news, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&lane->followers, __ATOMIC_SEQ_CST) > 0)
        futex_wake(&lane->news, INT32_MAX);
}

static void follow(struct scorer_lane *lane, uint32_t seen) {
    __atomic_fetch_add(&lane->followers, 1, __ATOMIC_SEQ_CST);
    futex_wait(&lane->news, seen);
    __atomic_fetch_sub(&lane->followers, 1, __ATOMIC_SEQ_CST);
}

// Sleeps until the condition holds, nothing more can come, or a signal interrupts.
static enum scorer_result wait_until(struct scorer_lane *lane, condition is_met,
                                     const void *context) {
    for (;;) {
        enum scorer_result result;
        uint32_t seen = __atomic_load_n(&lane->news, __ATOMIC_SEQ_CST);
        if (holds(lane, is_met, context, &result))
            return result;
        if (__atomic_exchange_n(&lane->is_received, 1, __ATOMIC_SEQ_CST) != 0) {
            follow(lane, seen);
            continue;
        }
        announce_sleep(lane);
        if (!holds(lane, is_met, context, &result))
            result = receive(lane);
        if (result != SCORER_OK && result != SCORER_INTERRUPTED) {
            lock_acquire(&lane->lock);
            lane->end = result;
            lock_release(&lane->lock);
        }
        stop_receiving(lane);
        if (result == SCORER_INTERRUPTED)
            return result;
    }
}

#endif

int scorer_system_error(void) { return __atomic_load_n(&system_error, __ATOMIC_RELAXED); }

uint64_t scorer_now(void) { return system_now(); }

// Taking

static bool has_news(const struct scorer_lane *lane, const void *context) {
    (void)context;
    return lane->is_draining || load_word(&lane->era->requests->tail) != lane->era->head;
}

static bool has_body(const struct scorer_lane *lane, const void *context) {
    const struct era *era = context;
    uint32_t slot;
    struct scorer_slot request;
    return era != lane->era || next_request(era, &slot, &request) != BEGUN_REQUEST ||
           !(request.flags & SCORER_FLAG_APART) || find_body(era, request.ticket);
}

// Leaves those that are what the scorer expects; the others are answered. How many are left.
static uint32_t keep_fit(struct scorer_lane *lane, struct scorer_request *requests, uint32_t count);

enum scorer_result scorer_take_many(struct scorer_lane *lane, struct scorer_request *requests,
                                    uint32_t most, uint32_t *count) {
    *count = 0;
    for (;;) {
        uint64_t now = 0;
        enum begun begun = BEGUN_UNSEEN;
        lock_acquire(&lane->lock);
        struct era *era = lane->era;
        while (lane->end == SCORER_OK && *count < most &&
               (begun == BEGUN_REQUEST || begun == BEGUN_UNSEEN)) {
            uint32_t before = era->in_hand;
            begun = begin(lane, era, *count > 0, &now, &requests[*count]);
            *count += era->in_hand - before;
        }
        if (begun == BEGUN_NONSENSE)
            lane->end = SCORER_BROKEN;
        enum scorer_result result = lane->end;
        bool is_drained = lane->is_draining && begun == BEGUN_NOTHING;
        lock_release(&lane->lock);
        uint32_t begun_count = *count;
        if (begun_count > 0 && lane->expected != EXPECTED_ANYTHING)
            *count = keep_fit(lane, requests, begun_count);
        if (*count > 0)
            return SCORER_OK;
        if (begun_count > 0)
            continue;
        if (result == SCORER_OK && is_drained)
            return SCORER_DRAINED;
        if (result == SCORER_OK)
            result = begun == BEGUN_BODY_LATE ? wait_until(lane, has_body, era)
                                              : wait_until(lane, has_news, NULL);
        if (result != SCORER_OK)
            return result;
    }
}

enum scorer_result scorer_take(struct scorer_lane *lane, struct scorer_request *request) {
    uint32_t count;
    return scorer_take_many(lane, request, 1, &count);
}

// Answering

bool scorer_is_cancelled(struct scorer_lane *lane, const struct scorer_request *request) {
    const struct era *era = request->era;
    return era && (era != __atomic_load_n(&lane->era, __ATOMIC_ACQUIRE) ||
                   load_word(&era->slots[request->slot].cancelled) == request->ticket);
}

static bool has_room(const struct scorer_lane *lane, const struct scorer_request *request) {
    const struct era *era = request->era;
    (void)lane;
    return request->parts - load_word(&era->slots[request->slot].read) < SCORER_PARTS_UNREAD;
}

// For one who ends its answer: room, or a gateway that will never make any.
static bool can_end(const struct scorer_lane *lane, const void *context) {
    const struct scorer_request *request = context;
    return has_room(lane, request) || request->era != lane->era;
}

// For one who goes on with its answer: also that nobody wants it.
static bool can_go_on(const struct scorer_lane *lane, const void *context) {
    const struct scorer_request *request = context;
    const struct era *era = request->era;
    return can_end(lane, context) ||
           load_word(&era->slots[request->slot].cancelled) == request->ticket;
}

static enum scorer_result wait_for_room(struct scorer_lane *lane,
                                        const struct scorer_request *request, condition is_met) {
    // What two parts or fewer need is always there.
    if (request->parts < SCORER_PARTS_UNREAD)
        return SCORER_OK;
    enum scorer_result result;
    do
        result = wait_until(lane, is_met, request);
    while (result == SCORER_INTERRUPTED);
    return result;
}

static char *half_of(const struct scorer_request *request) {
    const struct era *era = request->era;
    return (char *)era->responses + scorer_answer_offset(era->shape, request->slot) +
           (uint64_t)(request->parts % SCORER_PARTS_UNREAD) * era->shape.area_bytes;
}

// One thing fewer in hand. Under the lock.
static void release_era(struct scorer_lane *lane, struct era *era) {
    if (--era->in_hand == 0 && era != lane->era)
        drop_era(era);
}

// The request is no longer in hand. Under the lock.
static void let_go(struct scorer_lane *lane, struct scorer_request *request) {
    struct era *era = request->era;
    drop_body(&era->in_slot[request->slot]);
    drop_values(lane, request->values);
    request->values = NULL;
    request->era = NULL;
    release_era(lane, era);
}

// Writes one piece into its half and hands it over. There is room for it.
static void hand_over(struct scorer_lane *lane, struct scorer_request *request,
                      enum scorer_outcome outcome, uint16_t status, const void *head,
                      uint32_t head_length, const void *body, uint32_t body_length) {
    struct era *era = request->era;
    char *half = half_of(request);
    if (body != half)
        copy_bytes(half, body, body_length);
    copy_bytes(half + body_length, head, head_length);
    struct scorer_completion what = {
        .ticket = request->ticket,
        .slot = request->slot,
        .outcome = (uint16_t)outcome,
        .status = status,
        .offset = (uint64_t)(half - (char *)era->responses),
        .head_length = head_length,
        .body_length = body_length,
    };
    lock_acquire(&lane->lock);
    request->parts++;
    complete(lane, era, what);
    if (outcome != SCORER_OUTCOME_PART)
        let_go(lane, request);
    lock_release(&lane->lock);
}

static bool is_answerable(const struct scorer_request *request, uint16_t status,
                          size_t head_length) {
    const struct era *era = request->era;
    return era && era->in_slot[request->slot].ticket == request->ticket && status >= 200 &&
           status <= 599 && head_length < era->shape.area_bytes;
}

bool scorer_fits(const struct scorer_request *request, size_t head_length, uint64_t body_length) {
    const struct era *era = request->era;
    return era && request->parts == 0 && head_length < era->shape.area_bytes &&
           body_length <= era->shape.area_bytes - head_length;
}

void scorer_hold_body(struct scorer_lane *lane, const struct scorer_request *request,
                      struct scorer_hold *hold) {
    struct era *era = request->era;
    lock_acquire(&lane->lock);
    struct long_body *apart = &era->in_slot[request->slot];
    *hold = (struct scorer_hold){era, apart->memory, apart->length};
    apart->memory = NULL;
    era->in_hand++;
    lock_release(&lane->lock);
}

void scorer_let_body_go(struct scorer_lane *lane, const struct scorer_hold *hold) {
    system_unmap(hold->memory, hold->length);
    lock_acquire(&lane->lock);
    release_era(lane, hold->era);
    lock_release(&lane->lock);
}

void *scorer_room(struct scorer_lane *lane, struct scorer_request *request, size_t *size) {
    *size = 0;
    if (!is_answerable(request, 200, 0) || scorer_is_cancelled(lane, request) ||
        wait_for_room(lane, request, can_go_on) != SCORER_OK || scorer_is_cancelled(lane, request))
        return NULL;
    const struct era *era = request->era;
    *size = era->shape.area_bytes - era->shape.area_bytes / 16;
    return half_of(request);
}

// Sends a body piece by piece; every piece but the last one is full.
static enum scorer_result send_pieces(struct scorer_lane *lane, struct scorer_request *request,
                                      uint16_t status, const void *head, size_t head_length,
                                      const char *body, uint64_t left, bool is_end) {
    const struct era *era = request->era;
    for (;;) {
        if (wait_for_room(lane, request, can_go_on) != SCORER_OK)
            return SCORER_GONE;
        if (scorer_is_cancelled(lane, request) && request->parts > 0)
            return SCORER_CANCELLED;
        uint64_t space = era->shape.area_bytes - head_length;
        bool is_last = left <= space;
        uint32_t size = (uint32_t)(is_last ? left : space);
        enum scorer_outcome outcome = !is_last || !is_end ? SCORER_OUTCOME_PART
                                      : request->parts    ? SCORER_OUTCOME_LAST
                                                          : SCORER_OUTCOME_ANSWER;
        // The status of a last part says whether it is the whole answer, not what it answers.
        uint16_t told = outcome == SCORER_OUTCOME_LAST ? 200 : status;
        hand_over(lane, request, outcome, told, head, (uint32_t)head_length, body, size);
        if (is_last)
            return SCORER_OK;
        head_length = 0;
        body += size;
        left -= size;
    }
}

enum scorer_result scorer_part(struct scorer_lane *lane, struct scorer_request *request,
                               uint16_t status, const void *head, size_t head_length,
                               const void *body, uint64_t body_length) {
    if (!is_answerable(request, status, head_length))
        return SCORER_MISUSED;
    if (scorer_is_cancelled(lane, request))
        return SCORER_CANCELLED;
    if (request->parts > 0)
        head_length = 0;
    return send_pieces(lane, request, status, head, head_length, body, body_length, false);
}

enum scorer_result scorer_last(struct scorer_lane *lane, struct scorer_request *request,
                               const void *body, uint64_t body_length) {
    if (!is_answerable(request, 200, 0))
        return SCORER_MISUSED;
    // One that nobody wanted from its first part on ends as well.
    if (request->parts == 0)
        return scorer_is_cancelled(lane, request)
                   ? scorer_answer(lane, request, 200, NULL, 0, NULL, 0)
                   : SCORER_MISUSED;
    enum scorer_result result = SCORER_CANCELLED;
    if (!scorer_is_cancelled(lane, request))
        result = send_pieces(lane, request, 200, NULL, 0, body, body_length, true);
    if (result != SCORER_CANCELLED)
        return result;
    result = wait_for_room(lane, request, can_end);
    if (result == SCORER_OK)
        hand_over(lane, request, SCORER_OUTCOME_LAST, 200, NULL, 0, NULL, 0);
    return result;
}

enum scorer_result scorer_break_off(struct scorer_lane *lane, struct scorer_request *request) {
    if (!is_answerable(request, 200, 0) || request->parts == 0)
        return SCORER_MISUSED;
    enum scorer_result result = wait_for_room(lane, request, can_end);
    if (result == SCORER_OK)
        hand_over(lane, request, SCORER_OUTCOME_LAST, 500, NULL, 0, NULL, 0);
    return result;
}

enum scorer_result scorer_answer(struct scorer_lane *lane, struct scorer_request *request,
                                 uint16_t status, const void *head, size_t head_length,
                                 const void *body, uint64_t body_length) {
    if (!is_answerable(request, status, head_length) || request->parts > 0)
        return SCORER_MISUSED;
    enum scorer_result result =
        send_pieces(lane, request, status, head, head_length, body, body_length, true);
    return result == SCORER_CANCELLED ? scorer_last(lane, request, NULL, 0) : result;
}

static enum scorer_result refuse(struct scorer_lane *lane, struct scorer_request *request,
                                 uint16_t status, const char *text, size_t length) {
    struct words answer;
    answer.length = 0;
    add_words(&answer, "{\"error\":{\"code\":\"");
    add_words(&answer, status_code(status));
    add_words(&answer, "\",\"message\":\"");
    add_escaped(&answer, text, length);
    add_words(&answer, "\"}}\n");
    return scorer_answer(lane, request, status, refusal_head, sizeof refusal_head - 1, answer.text,
                         answer.length);
}

enum scorer_result scorer_fail(struct scorer_lane *lane, struct scorer_request *request,
                               uint16_t status, const char *text) {
    size_t length = text_length(text, MESSAGE_MAX);
    return status < 400 ? SCORER_MISUSED : refuse(lane, request, status, text, length);
}

static uint32_t keep_fit(struct scorer_lane *lane, struct scorer_request *requests,
                         uint32_t count) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct words words;
        words.length = 0;
        uint16_t status = look_at(lane, &requests[i], &words);
        if (status == 0)
            requests[kept++] = requests[i];
        else
            refuse(lane, &requests[i], status, words.text, words.length);
    }
    return kept;
}

uint64_t scorer_time_left(const struct scorer_request *request) {
    if (request->deadline == UINT64_MAX)
        return UINT64_MAX;
    uint64_t now = system_now();
    return request->deadline > now ? request->deadline - now : 0;
}

// Beginning and end

// The number of the lane's socket that the variable says; SCORER_LANE_DESCRIPTOR where it says
// none.
static int given_socket(void) {
    static const char name[] = "SCOREKEEPER_LANE_FD=";
    for (char **variable = &environ ? environ : NULL; variable && *variable; variable++) {
        const char *text = *variable;
        size_t i = 0;
        while (name[i] && text[i] == name[i])
            i++;
        int number = 0;
        if (name[i] || !text[i])
            continue;
        for (; text[i] >= '0' && text[i] <= '9' && number < 100000; i++)
            number = 10 * number + (text[i] - '0');
        if (!text[i])
            return number;
    }
    return SCORER_LANE_DESCRIPTOR;
}

static bool has_gateway(const struct scorer_lane *lane, const void *context) {
    (void)context;
    return lane->era != NULL;
}

enum scorer_result scorer_attach(int socket, struct scorer_lane **result) {
    long error = 0;
    struct scorer_lane *lane = system_map(-1, sizeof *lane, true, &error);
    if (!lane)
        return system_failed(error);
    lane->socket = socket = socket == SCORER_LANE_GIVEN ? given_socket() : socket;
    system_call(CALL_FCNTL, socket, FILE_SET_CLOSE_ON_EXEC, 1, 0, 0, 0);
    enum scorer_result waited;
    do
        waited = wait_until(lane, has_gateway, NULL);
    while (waited == SCORER_INTERRUPTED);
    if (waited != SCORER_OK) {
        scorer_detach(lane);
        return waited;
    }
    *result = lane;
    return SCORER_OK;
}

void scorer_detach(struct scorer_lane *lane) {
    if (lane->era)
        drop_era(lane->era);
    drop_spare_values(lane);
    system_unmap(lane, sizeof *lane);
}

uint32_t scorer_calls(struct scorer_lane *lane) {
    lock_acquire(&lane->lock);
    uint32_t calls = lane->era->shape.calls;
    lock_release(&lane->lock);
    return calls;
}

enum scorer_result scorer_ready(struct scorer_lane *lane) {
    lock_acquire(&lane->lock);
    lane->is_ready = true;
    uint64_t generation = lane->era->generation;
    lock_release(&lane->lock);
    return send_word(lane, SCORER_PACKET_READY, generation);
}

enum scorer_result scorer_failed(struct scorer_lane *lane, const char *reason, size_t length) {
    return send_text(lane, SCORER_PACKET_FAILED, reason, length);
}

// Keeps a number and says it to the gateway.
static enum scorer_result say_most(struct scorer_lane *lane, uint8_t packet, uint32_t *kept,
                                   uint32_t most) {
    if (most < 1 || most > SCORER_SLOTS_MAX)
        return SCORER_MISUSED;
    lock_acquire(&lane->lock);
    *kept = most;
    uint64_t generation = lane->era->generation;
    lock_release(&lane->lock);
    return send_most(lane, packet, most, generation);
}

enum scorer_result scorer_shares(struct scorer_lane *lane, uint32_t most) {
    return say_most(lane, SCORER_PACKET_SHARES, &lane->shares, most);
}

enum scorer_result scorer_threads(struct scorer_lane *lane, uint32_t threads) {
    return say_most(lane, SCORER_PACKET_THREADS, &lane->threads, threads);
}

enum scorer_result scorer_expect_json(struct scorer_lane *lane) {
    lane->expected = EXPECTED_JSON;
    return SCORER_OK;
}

enum scorer_result scorer_expect_tensor(struct scorer_lane *lane,
                                        const struct scorer_tensor *tensor) {
    if (step_bytes(tensor) == 0)
        return SCORER_MISUSED;
    lane->tensor = *tensor;
    lane->expected = EXPECTED_TENSOR;
    return SCORER_OK;
}

enum scorer_result scorer_metric_add(struct scorer_lane *lane, const char *name, double by) {
    return change_metric(lane, name, SCORER_METRIC_COUNTER, by);
}

enum scorer_result scorer_metric_set(struct scorer_lane *lane, const char *name, double value) {
    return change_metric(lane, name, SCORER_METRIC_GAUGE, value);
}

enum scorer_result scorer_tell(struct scorer_lane *lane, const char *text, size_t length) {
    if (length > SCORER_REASON_MAX)
        length = SCORER_REASON_MAX;
    lock_acquire(&lane->lock);
    copy_bytes(lane->told, text, length);
    lane->told_length = (uint32_t)length;
    lock_release(&lane->lock);
    return send_text(lane, SCORER_PACKET_TOLD, text, length);
}

const char *scorer_result_text(enum scorer_result result) {
    switch (result) {
    case SCORER_OK:
        return "all is well";
    case SCORER_DRAINED:
        return "told to leave, and nothing is left";
    case SCORER_GONE:
        return "gateway and node are gone";
    case SCORER_INTERRUPTED:
        return "a signal came";
    case SCORER_CANCELLED:
        return "nobody wants the rest of this answer";
    case SCORER_MISUSED:
        return "an argument that does not fit: not a request in hand, a status outside 200 to 599, "
               "a head longer than an area, a name or number that is not allowed";
    case SCORER_OTHER_VERSION:
        return "the gateway speaks another version of the lane";
    case SCORER_BROKEN:
        return "what the gateway sent cannot be so";
    case SCORER_SYSTEM:
        return "the kernel refused";
    }
    return "a result that has no name";
}
