// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Reading a fuzzer's bytes as numbers; zeros once they are used up.
#ifndef SCOREKEEPER_FUZZ_INPUT_H
#define SCOREKEEPER_FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct input {
    const uint8_t *bytes;
    size_t left;
};

static inline uint64_t input_number(struct input *input, size_t size) {
    uint64_t number = 0;
    if (size > input->left)
        size = input->left;
    memcpy(&number, input->bytes, size);
    input->bytes += size;
    input->left -= size;
    return number;
}

// Keeps a check alive in every build.
#define REQUIRE(condition)                                                                         \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "broken: %s\n", #condition);                                           \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#endif
