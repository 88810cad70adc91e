// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// A head, line by line: a line is judged byte by byte for its end, then read as a whole.
#include "http_bytes.h"
#include "http_fields.h"

static enum http_outcome refuse(struct http_head *head, enum http_fault fault) {
    head->fault = fault;
    return HTTP_BAD;
}

// Looks for the end of the line that begins at `line`; `looked` is then where its CR is.
static enum http_outcome find_line_end(struct http_head *head, const uint8_t *bytes,
                                       size_t length) {
    // The byte after the longest line, or that after the longest head, must be looked at as well.
    size_t line_end = (size_t)head->line + HTTP_LINE_MAX + 1, stop = HTTP_HEAD_MAX + 1;
    if (stop > line_end)
        stop = line_end;
    if (stop > length)
        stop = length;
    size_t at = head->looked;
    for (;;) {
        at = (size_t)(http_skip_plain(bytes + at, bytes + stop) - bytes);
        if (at < stop && bytes[at] == '\t') {
            at++;
            continue;
        }
        break;
    }
    head->looked = (uint32_t)at;
    // Too long before anything else, so that the byte beyond says nothing of its own.
    if (at >= line_end)
        return refuse(head, head->has_line ? HTTP_FIELDS_TOO_LARGE : HTTP_LINE_TOO_LONG);
    if (at >= HTTP_HEAD_MAX - 1)
        return refuse(head, HTTP_FIELDS_TOO_LARGE);
    if (at == stop)
        return HTTP_MORE;
    if (bytes[at] != '\r')
        return refuse(head, bytes[at] == '\n' ? HTTP_BAD_LINE_END : HTTP_BAD_BYTE);
    if (at + 1 == length)
        return HTTP_MORE;
    if (bytes[at + 1] != '\n')
        return refuse(head, HTTP_BAD_LINE_END);
    return HTTP_WHOLE;
}

static enum http_method method_of(const uint8_t *bytes, size_t length) {
    if (length == 4 && memcmp(bytes, "POST", 4) == 0)
        return HTTP_POST;
    if (length == 3 && memcmp(bytes, "GET", 3) == 0)
        return HTTP_GET;
    if (length == 4 && memcmp(bytes, "HEAD", 4) == 0)
        return HTTP_HEAD;
    return HTTP_OTHER;
}

// Whether this is a method: one word of capitals. CONNECT asks for a tunnel, not for an answer.
static bool is_method(const uint8_t *bytes, size_t length) {
    if (length == 0 || bytes[0] == '-')
        return false;
    for (size_t i = 0; i < length; i++)
        if ((uint8_t)(bytes[i] - 'A') >= 26 && bytes[i] != '-')
            return false;
    return length != 7 || memcmp(bytes, "CONNECT", 7) != 0;
}

// Method, target and version with one space between each.
static enum http_fault read_request_line(struct http_head *head, const uint8_t *line,
                                         size_t length) {
    const uint8_t *end = line + length, *space = memchr(line, ' ', length);
    if (!space)
        return HTTP_BAD_LINE;
    size_t method = (size_t)(space - line);
    if (!is_method(line, method))
        return HTTP_BAD_METHOD;
    const uint8_t *target = space + 1;
    space = memchr(target, ' ', (size_t)(end - target));
    if (!space)
        return HTTP_BAD_LINE;
    const uint8_t *version = space + 1;
    if (end - version != 8 || memcmp(version, "HTTP/", 5) != 0 || version[6] != '.')
        return HTTP_BAD_LINE;
    if (version[5] != '1' || (version[7] != '1' && version[7] != '0'))
        return HTTP_BAD_VERSION;
    if (*target != '/')
        return HTTP_BAD_TARGET;
    for (const uint8_t *byte = target; byte < space; byte++)
        if (*byte <= 0x20 || *byte >= 0x7f || *byte == '#')
            return HTTP_BAD_TARGET;
    head->method = method_of(line, method);
    head->method_text = (struct http_span){head->line, (uint32_t)method};
    head->target =
        (struct http_span){head->line + (uint32_t)(target - line), (uint32_t)(space - target)};
    head->is_version_10 = version[7] == '0';
    return HTTP_NO_FAULT;
}

enum http_outcome http_head_read(struct http_head *head, const uint8_t *bytes, size_t length) {
    if (head->fault)
        return HTTP_BAD;
    for (;;) {
        enum http_outcome outcome = find_line_end(head, bytes, length);
        if (outcome != HTTP_WHOLE)
            return outcome;
        const uint8_t *line = bytes + head->line;
        size_t count = head->looked - head->line;
        enum http_fault fault = HTTP_NO_FAULT;
        if (head->has_line && count == 0) {
            head->length = head->looked + 2;
            fault = http_fields_end(head);
            return fault ? refuse(head, fault) : HTTP_WHOLE;
        }
        // One empty line before a request is forgiven: some clients end a body with it.
        bool is_forgiven = !head->has_line && count == 0 && head->line == 0;
        if (head->has_line) {
            fault = http_fields_add(head, line, count);
        } else if (!is_forgiven) {
            fault = read_request_line(head, line, count);
            head->has_line = true;
        }
        if (fault)
            return refuse(head, fault);
        head->line = head->looked += 2;
        if (!head->fields)
            head->first_field = head->line;
    }
}
