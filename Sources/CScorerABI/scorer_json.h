// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Whether a text is JSON: RFC 8259, in UTF-8, at most 100 levels deep, no half of a surrogate pair.
//
// No recursion, no memory but two words of brackets. That a key stands twice is not looked for.
#ifndef SCOREKEEPER_SCORER_JSON_H
#define SCOREKEEPER_SCORER_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_LEVELS_MAX 100

struct json_text {
    const uint8_t *at;
    const uint8_t *end;
    const char *fault; // what is wrong at `at`
    uint32_t depth;
    uint64_t is_object[2]; // a bit for each level
};

static bool json_wrong(struct json_text *text, const char *fault) {
    text->fault = fault;
    return false;
}

// Bytes of the character at `at`, 0 where it is not UTF-8.
// Source: The Unicode Standard, table 3-7.
static uint32_t utf8_character(const uint8_t *at, const uint8_t *end) {
    uint8_t first = at[0], least = 0x80, most = 0xbf;
    uint32_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (length == 1)
        return 1;
    if (first < 0xc2 || first > 0xf4 || end - at < (ptrdiff_t)length)
        return 0;
    if (first == 0xe0)
        least = 0xa0;
    if (first == 0xed)
        most = 0x9f;
    if (first == 0xf0)
        least = 0x90;
    if (first == 0xf4)
        most = 0x8f;
    if (at[1] < least || at[1] > most)
        return 0;
    for (uint32_t i = 2; i < length; i++)
        if (at[i] < 0x80 || at[i] > 0xbf)
            return 0;
    return length;
}

static uint8_t json_peek(struct json_text *text) {
    while (text->at < text->end &&
           (*text->at == ' ' || *text->at == '\n' || *text->at == '\r' || *text->at == '\t'))
        text->at++;
    return text->at < text->end ? *text->at : 0;
}

static bool json_word(struct json_text *text, const char *word) {
    for (; *word; word++, text->at++)
        if (text->at == text->end || *text->at != (uint8_t)*word)
            return json_wrong(text, "a word that is neither true, false nor null");
    return true;
}

static bool json_digits(struct json_text *text) {
    if (text->at == text->end || (uint8_t)(*text->at - '0') > 9)
        return json_wrong(text, "a digit is missing");
    while (text->at < text->end && (uint8_t)(*text->at - '0') <= 9)
        text->at++;
    return true;
}

static bool json_number(struct json_text *text) {
    text->at += *text->at == '-';
    const uint8_t *first = text->at;
    if (!json_digits(text))
        return false;
    if (*first == '0' && text->at - first > 1) {
        text->at = first;
        return json_wrong(text, "a number that begins with a zero");
    }
    if (text->at < text->end && *text->at == '.') {
        text->at++;
        if (!json_digits(text))
            return false;
    }
    if (text->at < text->end && (*text->at == 'e' || *text->at == 'E')) {
        text->at++;
        if (text->at < text->end && (*text->at == '+' || *text->at == '-'))
            text->at++;
        return json_digits(text);
    }
    return true;
}

// The code of the four hexadecimal digits of \uXXXX, which begins at `at`; above 0xffff: none.
static uint32_t json_code(const uint8_t *at, const uint8_t *end) {
    if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
        return UINT32_MAX;
    uint32_t code = 0;
    for (int i = 2; i < 6; i++) {
        uint8_t digit = at[i], lower = digit | 0x20;
        if ((uint8_t)(digit - '0') > 9 && (uint8_t)(lower - 'a') > 5)
            return UINT32_MAX;
        code = code << 4 | (uint32_t)(digit <= '9' ? digit - '0' : lower - 'a' + 10);
    }
    return code;
}

static bool json_escape(struct json_text *text) {
    uint8_t letter = text->end - text->at > 1 ? text->at[1] : 0;
    if (letter == 'u') {
        uint32_t code = json_code(text->at, text->end);
        if (code > 0xffff)
            return json_wrong(text, "an escape that JSON does not know");
        bool is_first = code >= 0xd800 && code < 0xdc00;
        uint32_t second = is_first ? json_code(text->at + 6, text->end) : 0xdc00;
        if ((code >= 0xdc00 && code < 0xe000) || second < 0xdc00 || second > 0xdfff)
            return json_wrong(text, "half of a surrogate pair");
        text->at += is_first ? 12 : 6;
        return true;
    }
    static const char simple[] = "\"\\/bfnrt";
    for (int i = 0; simple[i]; i++)
        if (letter == (uint8_t)simple[i]) {
            text->at += 2;
            return true;
        }
    return json_wrong(text, "an escape that JSON does not know");
}

static bool json_string(struct json_text *text) {
    for (text->at++; text->at < text->end && *text->at != '"';) {
        if (*text->at == '\\') {
            if (!json_escape(text))
                return false;
            continue;
        }
        if (*text->at < 0x20)
            return json_wrong(text, "a control character in a string");
        uint32_t length = utf8_character(text->at, text->end);
        if (length == 0)
            return json_wrong(text, "a byte that is not UTF-8");
        text->at += length;
    }
    if (text->at == text->end)
        return json_wrong(text, "a string that does not end");
    text->at++;
    return true;
}

static bool json_scalar(struct json_text *text) {
    switch (*text->at) {
    case '"':
        return json_string(text);
    case 't':
        return json_word(text, "true");
    case 'f':
        return json_word(text, "false");
    case 'n':
        return json_word(text, "null");
    }
    if (*text->at == '-' || (uint8_t)(*text->at - '0') <= 9)
        return json_number(text);
    return json_wrong(text, "no value begins so");
}

static bool json_is_object(const struct json_text *text) {
    return text->is_object[(text->depth - 1) / 64] >> ((text->depth - 1) % 64) & 1;
}

static bool json_open(struct json_text *text) {
    if (text->depth == JSON_LEVELS_MAX)
        return json_wrong(text, "a level too many");
    uint64_t bit = (uint64_t)1 << (text->depth % 64);
    uint64_t *word = &text->is_object[text->depth / 64];
    *word = *text->at == '{' ? *word | bit : *word & ~bit;
    text->depth++;
    text->at++;
    return true;
}

static bool json_key(struct json_text *text) {
    if (json_peek(text) != '"')
        return json_wrong(text, "a key is missing");
    if (!json_string(text))
        return false;
    if (json_peek(text) != ':')
        return json_wrong(text, "a ':' is missing");
    text->at++;
    return true;
}

// After a value: closes what ends here. True where another value follows.
static bool json_next(struct json_text *text, bool *is_over) {
    *is_over = false;
    while (text->depth > 0) {
        uint8_t byte = json_peek(text);
        bool is_object = json_is_object(text);
        if (byte == ',') {
            text->at++;
            return !is_object || json_key(text);
        }
        if (byte != (is_object ? '}' : ']'))
            return json_wrong(text,
                              is_object ? "a ',' or '}' is missing" : "a ',' or ']' is missing");
        text->depth--;
        text->at++;
    }
    *is_over = true;
    if (json_peek(text) != 0 || text->at < text->end)
        return json_wrong(text, "something stands behind the value");
    return true;
}

// Whether it is; else `fault` says what is wrong at `at`.
static bool json_is_sound(struct json_text *text) {
    for (bool is_over = false; !is_over;) {
        uint8_t byte = json_peek(text);
        if (text->at == text->end)
            return json_wrong(text, "a value is missing");
        if (byte == '{' || byte == '[') {
            if (!json_open(text))
                return false;
            bool is_empty = json_peek(text) == (byte == '{' ? '}' : ']');
            if (!is_empty && byte == '{' && !json_key(text))
                return false;
            if (!is_empty)
                continue;
        } else if (!json_scalar(text)) {
            return false;
        }
        if (!json_next(text, &is_over))
            return false;
    }
    return true;
}

#endif
