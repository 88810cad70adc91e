// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

#include "escape.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *told(const struct task *task, const char *name) {
    size_t length = strlen(name);
    const char *line = task->text;
    while (*line) {
        if (strncmp(line, name, length) == 0 && line[length] == '=')
            return line + length + 1;
        line += strlen(line) + 1;
    }
    return "";
}

long told_number(const struct task *task, const char *name) {
    return strtol(told(task, name), NULL, 10);
}

#define SAY(wanted)                                                                                \
    struct outcome outcome = {.kind = wanted};                                                     \
    va_list arguments;                                                                             \
    va_start(arguments, format);                                                                   \
    vsnprintf(outcome.words, sizeof outcome.words, format, arguments);                             \
    va_end(arguments);                                                                             \
    return outcome

struct outcome through(const char *format, ...) {
    SAY(OUTCOME_THROUGH);
}
struct outcome bounded(const char *format, ...) {
    SAY(OUTCOME_BOUNDED);
}
struct outcome nothing(const char *format, ...) {
    SAY(OUTCOME_NOTHING);
}
struct outcome absent(const char *format, ...) {
    SAY(OUTCOME_ABSENT);
}

struct outcome refused(int error) {
    bool is_nothing = error == ENOENT || error == ESRCH || error == ECONNREFUSED ||
                      error == ENETUNREACH || error == EADDRNOTAVAIL || error == ENETDOWN;
    return (struct outcome){.kind = is_nothing ? OUTCOME_NOTHING : OUTCOME_REFUSED, .error = error};
}

struct outcome judge(long answer, const char *what) {
    return answer < 0 ? refused(errno) : through("%s", what);
}

struct outcome first_through(const struct outcome *outcomes, unsigned count) {
    for (unsigned index = 0; index < count; index++) {
        if (outcomes[index].kind == OUTCOME_THROUGH)
            return outcomes[index];
    }
    return outcomes[count - 1];
}

unsigned outcome_text(const struct outcome *outcome, char *into, unsigned room) {
    static const char *const kinds[] = {"refused", "nothing", "bounded", "through", "absent"};
    const char *error = outcome->error ? strerrorname_np(outcome->error) : "-";
    int length = snprintf(into, room, "%s\n%s\n%s\n", kinds[outcome->kind], error ? error : "?",
                          outcome->words);
    return length < (int)room ? (unsigned)length : room - 1;
}

bool find_secret(const struct task *task, const char *bytes, unsigned long length, char token[40]) {
    const char *prefix = told(task, "prefix");
    size_t size = strlen(prefix);
    const char *end = bytes + length;
    for (const char *at = bytes;
         size > 0 && (at = memmem(at, (size_t)(end - at), prefix, size)) != NULL; at++) {
        size_t digits = 0;
        while (digits < 32 && at + size + digits < end &&
               strchr("0123456789abcdef", at[size + digits]) && at[size + digits] != 0) {
            digits++;
        }
        if (digits == 32) {
            memcpy(token, at + size, 32);
            token[32] = 0;
            return true;
        }
    }
    return false;
}

long read_file(const char *path, char *into, unsigned long room) {
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return -errno;
    unsigned long total = 0;
    long got = 0;
    while (total < room && (got = read(file, into + total, room - total)) > 0)
        total += (unsigned long)got;
    long error = errno;
    close(file);
    return total == 0 && got < 0 ? -error : (long)total;
}
