// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// What must hold of everything that the decoder's scanner says a plan covers.
#ifndef SCOREKEEPER_FUZZ_SCAN_CHECK_H
#define SCOREKEEPER_FUZZ_SCAN_CHECK_H

#include "fuzz_input.h"
#include "scan.h"

static void check_text(const uint8_t *body, size_t length, union scan_cell cell) {
    size_t size = cell.text.length & ~SCAN_ESCAPED;
    REQUIRE(cell.text.offset <= length && size <= length - cell.text.offset);
    uint8_t *text = malloc(size), *plain = malloc(size);
    memcpy(text, body + cell.text.offset, size);
    REQUIRE(scan_unescape(text, size, plain) <= (ptrdiff_t)size);
    free(plain);
    free(text);
}

static void check_scan(const uint8_t *body, size_t length, const struct plan *plan,
                       const union scan_cell *cells, const struct scan *scan) {
    REQUIRE(scan->params_size <= length && scan->params <= length - scan->params_size);
    REQUIRE(!scan->has_index || scan->index + scan->rows <= SCAN_CELLS(length));
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct scan_part *part = &scan->parts[i];
        size_t wanted = scan->rows;
        REQUIRE(part->count > 0);
        REQUIRE(part->start + (part->count - 1) * part->stride < SCAN_CELLS(length));
        if (plan->kind == PLAN_TENSORS) {
            wanted = 1;
            for (uint32_t level = 0; level < plan->parts[i].rank; level++)
                wanted *= (size_t)part->dimensions[level];
        }
        REQUIRE(part->count == wanted);
        for (size_t j = 0; j < part->count; j++)
            if (plan->parts[i].type == PLAN_STRING)
                check_text(body, length, cells[part->start + j * part->stride]);
    }
}

// Scans a body in memory of exactly its size, so that a byte too far is seen.
static void scan_and_check(const uint8_t *bytes, size_t length, const struct plan *plan) {
    static struct scan scan;
    uint8_t *body = malloc(length);
    union scan_cell *cells = malloc(SCAN_CELLS(length) * sizeof *cells);
    if (length > 0)
        memcpy(body, bytes, length);
    if (scan_body(body, length, plan, cells, &scan))
        check_scan(body, length, plan, cells, &scan);
    free(cells);
    free(body);
}

#endif
