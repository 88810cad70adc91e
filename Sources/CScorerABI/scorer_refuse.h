// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Reading a request's head, and the words of a refusal.
#ifndef SCOREKEEPER_SCORER_REFUSE_H
#define SCOREKEEPER_SCORER_REFUSE_H

#include "scorer_json.h"
#include "scorer_system.h"

#include "scorer.h"

// Most bytes of a message, and of what is repeated of the request in it.
#define MESSAGE_MAX 2000
#define EXCERPT_MAX 64

static const char refusal_head[] = "content-type: application/json\n";

// A text that is put together; what does not fit is left out.
struct words {
    uint32_t length;
    char text[2 * MESSAGE_MAX];
};

static void add_byte(struct words *words, char byte) {
    if (words->length < sizeof words->text)
        words->text[words->length++] = byte;
}

static void add_words(struct words *words, const char *text) {
    while (*text)
        add_byte(words, *text++);
}

static void add_number(struct words *words, uint64_t number) {
    char digits[20];
    int count = 0;
    do
        digits[count++] = (char)('0' + number % 10);
    while (number /= 10);
    while (count > 0)
        add_byte(words, digits[--count]);
}

// What a request says, cut.
static void add_excerpt(struct words *words, const char *text, size_t length) {
    for (size_t i = 0; i < length && i < EXCERPT_MAX; i++)
        add_byte(words, text[i]);
}

// A text between the quotes of JSON: escaped where it must be, '?' for what is not UTF-8. There is
// room behind it for what closes the answer.
static void add_escaped(struct words *words, const char *text, size_t length) {
    static const char digits[] = "0123456789abcdef";
    const uint8_t *at = (const uint8_t *)text, *end = at + length;
    while (at < end && words->length + 16 < sizeof words->text) {
        uint32_t size = utf8_character(at, end);
        if (*at == '"' || *at == '\\') {
            add_byte(words, '\\');
            add_byte(words, (char)*at);
        } else if (*at < 0x20) {
            add_words(words, "\\u00");
            add_byte(words, digits[*at >> 4]);
            add_byte(words, digits[*at & 15]);
        } else if (size == 0) {
            add_byte(words, '?');
        } else {
            for (uint32_t i = 0; i < size; i++)
                add_byte(words, (char)at[i]);
        }
        at += size == 0 ? 1 : size;
    }
}

static const char *status_code(uint16_t status) {
    switch (status) {
    case 400:
        return "BadRequest";
    case 404:
        return "NotFound";
    case 413:
        return "BodyTooLong";
    case 415:
        return "UnsupportedMediaType";
    case 422:
        return "UnfitRequest";
    case 429:
        return "TooManyRequests";
    case 503:
        return "Unavailable";
    default:
        return status < 500 ? "BadRequest" : "ScorerFailed";
    }
}

static char lower_case(char letter) {
    return letter >= 'A' && letter <= 'Z' ? (char)(letter + ('a' - 'A')) : letter;
}

// Whether the text begins with these words, in whatever case; they are in lower case.
static bool begins_with(const char *text, size_t length, const char *words) {
    size_t i = 0;
    for (; words[i]; i++)
        if (i == length || lower_case(text[i]) != words[i])
            return false;
    return true;
}

const char *scorer_header(const struct scorer_request *request, const char *name, size_t *length) {
    const char *at = request->head, *end = at + request->head_length;
    *length = 0;
    while (at < end) {
        // The first line is no field, and no name has its blank.
        const char *line = at;
        while (at < end && *at != '\n')
            at++;
        size_t size = (size_t)(at - line), named = 0;
        while (name[named] && named < size && line[named] == name[named])
            named++;
        if (!name[named] && named < size && line[named] == ':') {
            const char *value = line + named + 1;
            while (value < at && *value == ' ')
                value++;
            *length = (size_t)(at - value);
            return value;
        }
        at++;
    }
    return NULL;
}

// What a Content-Type names, without its parameters; false where it says another charset than
// UTF-8.
static bool is_media_type(const char *type, size_t length, const char *name) {
    if (!type || !begins_with(type, length, name))
        return false;
    size_t at = text_length(name, length);
    while (at < length && type[at] == ' ')
        at++;
    if (at < length && type[at] != ';')
        return false;
    for (; at < length; at++) {
        if (!begins_with(type + at, length - at, "charset="))
            continue;
        at += sizeof "charset=" - 1;
        at += at < length && type[at] == '"';
        return begins_with(type + at, length - at, "utf-8") ||
               begins_with(type + at, length - at, "us-ascii");
    }
    return true;
}

#endif
