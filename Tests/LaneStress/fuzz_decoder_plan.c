// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Any bytes as the decoder's plan, and any body against it once it is held to be sound.
//
// Broken: a sound plan in which a place lies outside it; a scan that believes one and reads or
// writes where it may not.
#include "fuzz_scan_check.h"

#define PARTS 3

// Numbers of a plan that are nearly right most of the time.
static void write_part(struct plan_part *part, struct input *input, size_t size) {
    for (int i = 0; i < 2; i++) {
        part->spellings[i].offset = (uint32_t)(input_number(input, 1) % (size + 2));
        part->spellings[i].length = (uint32_t)(input_number(input, 1) % 8);
        if (part->spellings[i].length == 7)
            part->spellings[i].length = (uint32_t)input_number(input, 4);
    }
    part->type = (uint32_t)(input_number(input, 1) % (PLAN_TYPES + 1));
    part->rank = (uint32_t)(input_number(input, 1) % (PLAN_RANK_MAX + 2));
    for (int i = 0; i < PLAN_RANK_MAX; i++) {
        uint64_t dice = input_number(input, 1);
        part->shape[i] = dice % 4 == 3 ? (int64_t)input_number(input, 8) : (int64_t)(dice % 5) - 1;
    }
}

static void require_inside(const struct plan *plan, size_t size) {
    REQUIRE(plan->count >= 1 && plan->count <= PLAN_PARTS_MAX);
    REQUIRE(sizeof *plan + plan->count * sizeof plan->parts[0] <= size);
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct plan_part *part = &plan->parts[i];
        REQUIRE(part->type >= PLAN_FLOAT64 && part->type < PLAN_TYPES);
        REQUIRE(part->rank <= PLAN_RANK_MAX);
        for (int j = 0; j < 2; j++)
            REQUIRE((uint64_t)part->spellings[j].offset + part->spellings[j].length <= size);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct input input = {bytes, length};
    uint64_t choice = input_number(&input, 1);
    size_t parts = 1 + choice / 8 % PARTS, names = input_number(&input, 1) % 64;
    size_t size = sizeof(struct plan) + parts * sizeof(struct plan_part) + names;
    struct plan *plan;
    if (choice % 8 == 0) {
        // As they come.
        size = input_number(&input, 1);
        if (size > input.left)
            size = input.left;
        plan = malloc(size);
        if (size > 0)
            memcpy(plan, input.bytes, size);
        input.bytes += size;
        input.left -= size;
    } else {
        plan = calloc(1, size);
        plan->kind = 1 + choice / 64 % 3;
        plan->count = choice % 8 == 1 ? (uint32_t)input_number(&input, 2) : (uint32_t)parts;
        for (size_t i = 0; i < parts; i++)
            write_part(&plan->parts[i], &input, size);
        for (size_t i = 0; i < names; i++)
            ((uint8_t *)&plan->parts[parts])[i] = (uint8_t)input_number(&input, 1);
    }
    if (plan_is_sound(plan, size)) {
        require_inside(plan, size);
        scan_and_check(input.bytes, input.left, plan);
    }
    free(plan);
    return 0;
}
