// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Numbers of JSON that the decoder's fast reader leaves to Python: integers of 19 digits, real
// numbers of any length and exponent. Slow, exact, and in proportion to how much is written.
//
// The digits are a fraction of two large integers; its quotient has 64 bits or 65, what is left of
// the division breaks ties.
#ifndef SCOREKEEPER_SCORER_NUMBER_H
#define SCOREKEEPER_SCORER_NUMBER_H

#include "../CPythonDecoder/number.h"
#include "scorer_json.h"

#include <stddef.h>

// Digits beyond these only say that there is more: no tie has as many.
// Source: the longest decimal expansion of the middle between two doubles has 767 digits.
#define EXACT_DIGITS 770
#define EXACT_LIMBS 160
#define EXPONENT_FAR 1000000000000

__extension__ typedef unsigned __int128 exact_wide;

struct large {
    int count; // limbs in use
    uint32_t limbs[EXACT_LIMBS];
};

static void large_multiply(struct large *large, uint32_t by, uint32_t plus) {
    uint64_t carry = plus;
    for (int i = 0; i < large->count; i++) {
        carry += (uint64_t)large->limbs[i] * by;
        large->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry)
        large->limbs[large->count++] = (uint32_t)carry;
}

static void large_power(struct large *large, int power_of_ten) {
    for (; power_of_ten >= 9; power_of_ten -= 9)
        large_multiply(large, 1000000000u, 0);
    for (; power_of_ten > 0; power_of_ten--)
        large_multiply(large, 10, 0);
}

static int large_bits(const struct large *large) {
    return large->count == 0 ? 0
                             : 32 * large->count - __builtin_clz(large->limbs[large->count - 1]);
}

static void large_shift(struct large *large, int bits) {
    int limbs = bits / 32, rest = bits % 32;
    if (large->count == 0 || bits == 0)
        return;
    large->limbs[large->count] = 0;
    for (int i = large->count; i >= 0; i--) {
        uint64_t pair = (uint64_t)large->limbs[i] << 32 | (i > 0 ? large->limbs[i - 1] : 0);
        large->limbs[i + limbs] = (uint32_t)((pair << rest) >> 32);
    }
    for (int i = 0; i < limbs; i++) {
        large->limbs[i] = 0;
        __asm__ volatile("" : : : "memory");
    }
    large->count += limbs + 1;
    while (large->count > 0 && large->limbs[large->count - 1] == 0)
        large->count--;
}

static bool large_is_less(const struct large *left, const struct large *right) {
    if (left->count != right->count)
        return left->count < right->count;
    for (int i = left->count - 1; i >= 0; i--)
        if (left->limbs[i] != right->limbs[i])
            return left->limbs[i] < right->limbs[i];
    return false;
}

static void large_subtract(struct large *from, const struct large *what) {
    int64_t borrow = 0;
    for (int i = 0; i < from->count; i++) {
        borrow += (int64_t)from->limbs[i] - (i < what->count ? what->limbs[i] : 0);
        from->limbs[i] = (uint32_t)borrow;
        borrow >>= 32;
    }
    while (from->count > 0 && from->limbs[from->count - 1] == 0)
        from->count--;
}

// quotient * 2^exponent, and more where `is_more`, as the nearest double; false: too large for one.
static bool round_to_double(exact_wide quotient, int exponent, bool is_more, double *value) {
    int bits = quotient >> 64 ? 65 : 64 - __builtin_clzll((uint64_t)quotient);
    int highest = bits - 1 + exponent;
    int kept = highest >= -1022 ? 53 : 53 - (-1022 - highest);
    if (kept < 0) {
        *value = 0;
        return true;
    }
    int dropped = bits - kept;
    uint64_t fraction = dropped >= 65 ? 0 : (uint64_t)(quotient >> dropped);
    exact_wide half = (exact_wide)1 << (dropped - 1);
    exact_wide rest = quotient - ((exact_wide)fraction << dropped);
    if (rest > half || (rest == half && (is_more || fraction % 2 == 1)))
        fraction++;
    // A carry out of the fraction is one into the exponent, also out of the subnormal numbers.
    uint64_t biased = highest >= -1022 ? (uint64_t)(highest + 1022) : 0;
    union {
        uint64_t bits;
        double value;
    } both = {.bits = (biased << 52) + fraction};
    *value = both.value;
    return both.bits < (uint64_t)0x7ff << 52;
}

static bool divide(struct large *numerator, struct large *denominator, double *value) {
    int shift = 64 - (large_bits(numerator) - large_bits(denominator));
    large_shift(shift >= 0 ? numerator : denominator, shift >= 0 ? shift : -shift);
    exact_wide quotient = 0;
    large_shift(denominator, 64);
    for (int i = 0; i <= 64; i++) {
        quotient <<= 1;
        if (!large_is_less(numerator, denominator)) {
            large_subtract(numerator, denominator);
            quotient |= 1;
        }
        large_shift(numerator, 1);
    }
    return round_to_double(quotient, -shift, numerator->count > 0, value);
}

// Reads the digits from `at` on, the point among them; `*power` is what the last one counts.
static const uint8_t *take_exact(const uint8_t *at, const uint8_t *end, struct large *digits,
                                 int64_t *power) {
    int count = 0;
    bool is_fraction = false, is_more = false;
    for (; at < end && (*at == '.' || (uint8_t)(*at - '0') < 10); at++) {
        if (*at == '.') {
            is_fraction = true;
            continue;
        }
        bool is_kept = count < EXACT_DIGITS;
        if (is_kept)
            large_multiply(digits, 10, (uint32_t)(*at - '0'));
        is_more |= !is_kept && *at != '0';
        count += digits->count > 0;
        *power += (is_kept ? 0 : 1) - (is_fraction ? 1 : 0);
    }
    if (is_more) {
        large_multiply(digits, 10, 1);
        --*power;
    }
    return at;
}

// The same as `number_read` for every number of JSON that an int64 or a double can hold.
static const uint8_t *number_read_any(const uint8_t *at, const uint8_t *end,
                                      struct number *number) {
    struct json_text text = {.at = at, .end = end};
    const uint8_t *after = number_read(at, end, number);
    if (after || at == end || !json_number(&text))
        return after;
    bool is_negative = *at == '-';
    struct large digits, denominator;
    int64_t power = 0, exponent = 0;
    digits.count = 0;
    denominator.count = 1;
    denominator.limbs[0] = 1;
    after = take_exact(at + is_negative, text.at, &digits, &power);
    bool is_integer = after == text.at && power >= 0;
    if (after < text.at) {
        bool is_small = after[1] == '-';
        for (const uint8_t *digit = after + 1; digit < text.at; digit++)
            if ((uint8_t)(*digit - '0') < 10 && exponent < EXPONENT_FAR)
                exponent = 10 * exponent + (*digit - '0');
        power += is_small ? -exponent : exponent;
    }
    number->is_integer = false;
    number->real = 0;
    uint64_t integer = digits.count > 0 ? digits.limbs[0] : 0;
    integer |= digits.count > 1 ? (uint64_t)digits.limbs[1] << 32 : 0;
    if (is_integer && digits.count <= 2 && integer <= (uint64_t)INT64_MAX + is_negative) {
        number->is_integer = true;
        number->integer = (int64_t)(is_negative ? 0 - integer : integer);
    }
    int64_t size = (int64_t)((double)large_bits(&digits) * 0.30103) + power;
    if (size > 312)
        return digits.count == 0 ? text.at : NULL;
    if (digits.count > 0 && size > -332) {
        if (power >= 0)
            large_power(&digits, (int)power);
        else
            large_power(&denominator, (int)-power);
        if (!divide(&digits, &denominator, &number->real))
            return NULL;
    }
    if (is_negative)
        number->real = -number->real;
    return text.at;
}

#endif
