// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

#include "number.h"

#include "powers_of_five.h"

#include <stddef.h>

#define INTEGER_DIGITS 18
#define REAL_DIGITS 19
#define EXPONENT_DIGITS 3
#define FRACTION_BITS 52
#define EXPONENT_BIAS 1023

__extension__ typedef unsigned __int128 wide;

static double with_bits(uint64_t bits) {
    union {
        uint64_t bits;
        double value;
    } both = {.bits = bits};
    return both.value;
}

// digits * 10^power for digits > 0 and a power in the table: the algorithm of Eisel and Lemire. The
// result is normal, so neither underflow nor overflow is looked for.
//
// Source: Number Parsing at a Gigabyte per Second, and N. Mushtak and D. Lemire, Fast Number
// Parsing Without Fallback (2022), which proves that 128 bits of the product always suffice.
static double scaled(uint64_t digits, int power) {
    const uint64_t *five = powers_of_five[power - POWER_LEAST];
    int zeros = __builtin_clzll(digits);
    digits <<= zeros;
    wide product = (wide)digits * five[0];
    uint64_t high = (uint64_t)(product >> 64), low = (uint64_t)product;
    uint64_t undecided = UINT64_MAX >> (FRACTION_BITS + 3);
    if ((high & undecided) == undecided) {
        uint64_t more = (uint64_t)(((wide)digits * five[1]) >> 64);
        low += more;
        high += low < more;
    }
    int upper = (int)(high >> 63);
    int shift = upper + 64 - FRACTION_BITS - 3;
    uint64_t fraction = high >> shift;
    // floor(log2(10^power)), and 63 for the bits of the digits.
    int exponent = ((217706 * power) >> 16) + 63 + upper - zeros;
    // Exactly between two doubles: only where a product this short is exact.
    if (low <= 1 && power >= -4 && power <= 23 && (fraction & 3) == 1 && fraction << shift == high)
        fraction &= ~(uint64_t)1;
    fraction = (fraction + (fraction & 1)) >> 1;
    if (fraction >= (uint64_t)2 << FRACTION_BITS) {
        fraction >>= 1;
        exponent++;
    }
    fraction &= ~((uint64_t)1 << FRACTION_BITS);
    return with_bits((uint64_t)(exponent + EXPONENT_BIAS) << FRACTION_BITS | fraction);
}

static const double small_powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                      1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                      1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

// False: outside the table.
static bool to_double(uint64_t digits, int power, double *value) {
    if (digits == 0) {
        *value = 0;
        return true;
    }
    if (digits <= (uint64_t)1 << (FRACTION_BITS + 1) && power >= -22 && power <= 22) {
        // Both are doubles exactly, so one operation rounds once.
        *value = power < 0 ? (double)digits / small_powers[-power]
                           : (double)digits * small_powers[power];
        return true;
    }
    if (power < POWER_LEAST || power > POWER_MOST)
        return false;
    *value = scaled(digits, power);
    return true;
}

static bool is_digit(const uint8_t *at, const uint8_t *end) {
    return at < end && (uint8_t)(*at - '0') < 10;
}

// Takes digits in; counts the significant ones.
static const uint8_t *take_digits(const uint8_t *at, const uint8_t *end, uint64_t *digits,
                                  int *count) {
    for (; is_digit(at, end); at++) {
        // Past the most that is read the value is of no use, only the count is.
        if (*count < REAL_DIGITS)
            *digits = 10 * *digits + (uint64_t)(*at - '0');
        if (*digits != 0 && *count <= REAL_DIGITS)
            ++*count;
    }
    return at;
}

static const uint8_t *take_exponent(const uint8_t *at, const uint8_t *end, int *power) {
    bool is_negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    int value = 0, count = 0;
    for (; is_digit(at, end); at++, count++)
        if (count < EXPONENT_DIGITS)
            value = 10 * value + (*at - '0');
    *power += is_negative ? -value : value;
    return count > 0 && count <= EXPONENT_DIGITS ? at : NULL;
}

SCAN_CALL const uint8_t *number_read(const uint8_t *at, const uint8_t *end, struct number *number) {
    bool is_negative = at < end && *at == '-';
    at += is_negative;
    if (!is_digit(at, end))
        return NULL;
    uint64_t digits = 0;
    int count = 0, power = 0;
    const uint8_t *first = at;
    at = take_digits(at, end, &digits, &count);
    if (*first == '0' && at - first > 1)
        return NULL;
    number->is_integer = true;
    if (at < end && *at == '.') {
        number->is_integer = false;
        const uint8_t *fraction = ++at;
        at = take_digits(at, end, &digits, &count);
        if (at == fraction || at - fraction > REAL_DIGITS - POWER_LEAST)
            return NULL;
        power = -(int)(at - fraction);
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        number->is_integer = false;
        at = take_exponent(at + 1, end, &power);
        if (!at)
            return NULL;
    }
    if (count > (number->is_integer ? INTEGER_DIGITS : REAL_DIGITS))
        return NULL;
    if (number->is_integer) {
        number->integer = is_negative ? -(int64_t)digits : (int64_t)digits;
        number->real = (double)number->integer;
        return at;
    }
    double value;
    if (!to_double(digits, power, &value))
        return NULL;
    number->real = is_negative ? -value : value;
    return at;
}
