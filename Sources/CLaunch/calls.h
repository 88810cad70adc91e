// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Raw system calls, without libc: the same steps run in a static launcher and in the forked child
// of a Python process whose libc we did not choose. Every call answers as the kernel does: a
// negative number is an error number.
#ifndef SCOREKEEPER_CALLS_H
#define SCOREKEEPER_CALLS_H

#include <asm/unistd.h>

static inline long call6(long number, long a, long b, long c, long d, long e, long f) {
#if defined(__x86_64__)
    long answer;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(answer)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return answer;
#elif defined(__aarch64__)
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
#else
#error "the launcher knows x86-64 and AArch64"
#endif
}

#define CALL0(name) call6(__NR_##name, 0, 0, 0, 0, 0, 0)
#define CALL1(name, a) call6(__NR_##name, (long)(a), 0, 0, 0, 0, 0)
#define CALL2(name, a, b) call6(__NR_##name, (long)(a), (long)(b), 0, 0, 0, 0)
#define CALL3(name, a, b, c) call6(__NR_##name, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define CALL4(name, a, b, c, d) call6(__NR_##name, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define CALL5(name, a, b, c, d, e)                                                                 \
    call6(__NR_##name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)
#define CALL6(name, a, b, c, d, e, f)                                                              \
    call6(__NR_##name, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

// Ends this process without running anything else of it.
__attribute__((noreturn)) static inline void leave(int status) {
    for (;;)
        CALL1(exit_group, status);
}

#endif
