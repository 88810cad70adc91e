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
