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

#include "plan.h"

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
