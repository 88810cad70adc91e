// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

#include "plan.h"

static bool is_sound(const struct plan *plan, const struct plan_part *part, size_t length) {
    for (int i = 0; i < 2; i++) {
        const struct plan_name *name = &part->spellings[i];
        if (name->offset > length || name->length > length - name->offset)
            return false;
    }
    if (part->type < PLAN_FLOAT64 || part->type >= PLAN_TYPES)
        return false;
    if (plan->kind == PLAN_TABLE)
        return part->rank == 0;
    return part->rank >= 1 && part->rank <= PLAN_RANK_MAX && part->type != PLAN_STRING;
}

bool plan_is_sound(const void *bytes, size_t length) {
    const struct plan *plan = bytes;
    if ((uintptr_t)bytes % _Alignof(struct plan) != 0 || length < sizeof *plan)
        return false;
    if (plan->kind != PLAN_TABLE && plan->kind != PLAN_TENSORS)
        return false;
    if (plan->count < 1 || plan->count > PLAN_PARTS_MAX)
        return false;
    if (length < sizeof *plan + plan->count * sizeof plan->parts[0])
        return false;
    for (uint32_t i = 0; i < plan->count; i++)
        if (!is_sound(plan, &plan->parts[i], length))
            return false;
    return true;
}
