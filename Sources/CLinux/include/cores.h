// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// On which cores a thread may run; each as one plain function.
//
// Every function answers like the system call it wraps: -1 and errno on failure.
#ifndef SCOREKEEPER_CORES_H
#define SCOREKEEPER_CORES_H

#include <stdint.h>

// A bit for each core, as many as any Linux has.
struct linux_cores {
    uint64_t bits[128];
};

// The cores that the calling thread may run on; those that it starts inherit them.
int linux_cores_get(struct linux_cores *cores);

// Has the calling thread run on these alone.
int linux_cores_set(const struct linux_cores *cores);

// The highest number among them; -1 where there is none.
int linux_cores_last(const struct linux_cores *cores);

#endif
