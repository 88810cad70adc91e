// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "cores.h"

#include <sched.h>
#include <string.h>

int linux_cores_get(struct linux_cores *cores) {
    memset(cores, 0, sizeof *cores);
    return sched_getaffinity(0, sizeof *cores, (cpu_set_t *)cores);
}

int linux_cores_set(const struct linux_cores *cores) {
    return sched_setaffinity(0, sizeof *cores, (const cpu_set_t *)cores);
}

int linux_cores_last(const struct linux_cores *cores) {
    for (int place = 127; place >= 0; place--)
        if (cores->bits[place] != 0)
            return 64 * place + 63 - __builtin_clzll(cores->bits[place]);
    return -1;
}
