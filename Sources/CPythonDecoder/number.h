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
