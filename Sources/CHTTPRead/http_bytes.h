// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Which bytes may stand where.
#ifndef SCOREKEEPER_HTTP_BYTES_H
#define SCOREKEEPER_HTTP_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Whether the byte may stand in a field's value.
static inline bool http_is_field_byte(uint8_t byte) {
    return byte >= 0x20 ? byte != 0x7f : byte == '\t';
}

static inline bool http_is_alphanumeric(uint8_t byte) {
    uint8_t lower = byte | 0x20;
    return (uint8_t)(lower - 'a') < 26 || (uint8_t)(byte - '0') < 10;
}

// Whether the byte may stand in a field's name.
static inline bool http_is_token_byte(uint8_t byte) {
    if (http_is_alphanumeric(byte))
        return true;
    switch (byte) {
    case '!':
    case '#':
    case '$':
    case '%':
    case '&':
    case '\'':
    case '*':
    case '+':
    case '-':
    case '.':
    case '^':
    case '_':
    case '`':
    case '|':
    case '~':
        return true;
    default:
        return false;
    }
}

// Whether the byte may stand in a host, with or without its port.
//
// Source: RFC 3986, section 3.2.2, without percent-encoding, which no client needs here.
static inline bool http_is_host_byte(uint8_t byte) {
    if (http_is_alphanumeric(byte))
        return true;
    switch (byte) {
    case '-':
    case '.':
    case '_':
    case '~':
    case ':':
    case '[':
    case ']':
        return true;
    default:
        return false;
    }
}

// Whether a token is `lower`, letters in either case.
static inline bool http_is(const uint8_t *bytes, size_t length, const char *lower) {
    if (length != strlen(lower))
        return false;
    uint8_t difference = 0;
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = bytes[i], folded = (uint8_t)(byte - 'A') < 26 ? byte | 0x20 : byte;
        difference |= folded ^ (uint8_t)lower[i];
    }
    return difference == 0;
}

// The first of the bytes from `at` on that no value may have, a tab included; `end` where none.
//
// Eight at a time: a byte below 0x20 borrows from its highest bit, one that is 0x7f turns to zero.
static inline const uint8_t *http_skip_plain(const uint8_t *at, const uint8_t *end) {
    const uint64_t ones = 0x0101010101010101, high = 0x8080808080808080;
    while (end - at >= 8) {
        uint64_t word, deleted;
        memcpy(&word, at, 8);
        deleted = word ^ (ones * 0x7f);
        if ((((word - ones * 0x20) & ~word) | ((deleted - ones) & ~deleted)) & high)
            break;
        at += 8;
    }
    while (at < end && *at >= 0x20 && *at != 0x7f)
        at++;
    return at;
}

#endif
