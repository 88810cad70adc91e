// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

#include "scan.h"

#define NOT_HEX 0xffffffffu

static uint32_t hex_digit(uint8_t digit) {
    if ((uint8_t)(digit - '0') < 10)
        return digit - '0';
    uint8_t lower = digit | 0x20;
    return (uint8_t)(lower - 'a') < 6 ? lower - 'a' + 10u : NOT_HEX;
}

// The code of \uXXXX that begins at `at`.
static uint32_t code_at(const uint8_t *at, const uint8_t *end) {
    if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
        return NOT_HEX;
    uint32_t code = 0;
    for (int i = 2; i < 6; i++) {
        uint32_t digit = hex_digit(at[i]);
        if (digit == NOT_HEX)
            return NOT_HEX;
        code = code << 4 | digit;
    }
    return code;
}

static uint8_t *put(uint8_t *out, uint32_t code) {
    if (code < 0x80) {
        *out++ = (uint8_t)code;
        return out;
    }
    if (code < 0x800) {
        *out++ = (uint8_t)(0xc0 | code >> 6);
    } else {
        if (code < 0x10000) {
            *out++ = (uint8_t)(0xe0 | code >> 12);
        } else {
            *out++ = (uint8_t)(0xf0 | code >> 18);
            *out++ = (uint8_t)(0x80 | (code >> 12 & 0x3f));
        }
        *out++ = (uint8_t)(0x80 | (code >> 6 & 0x3f));
    }
    *out++ = (uint8_t)(0x80 | (code & 0x3f));
    return out;
}

static uint8_t simple_escape(uint8_t letter) {
    switch (letter) {
    case '"':
    case '\\':
    case '/':
        return letter;
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return 0;
    }
}

ptrdiff_t scan_unescape(const uint8_t *text, size_t length, uint8_t *plain) {
    const uint8_t *at = text, *end = text + length;
    uint8_t *out = plain;
    while (at < end) {
        if (*at != '\\') {
            *out++ = *at++;
            continue;
        }
        if (end - at < 2)
            return -1;
        if (at[1] != 'u') {
            *out = simple_escape(at[1]);
            if (*out++ == 0)
                return -1;
            at += 2;
            continue;
        }
        uint32_t code = code_at(at, end);
        if (code == NOT_HEX || code == 0 || (code >= 0xdc00 && code < 0xe000))
            return -1;
        at += 6;
        if (code >= 0xd800 && code < 0xdc00) {
            uint32_t second = code_at(at, end);
            if (second < 0xdc00 || second >= 0xe000)
                return -1;
            code = 0x10000 + ((code - 0xd800) << 10) + (second - 0xdc00);
            at += 6;
        }
        out = put(out, code);
    }
    return out - plain;
}
