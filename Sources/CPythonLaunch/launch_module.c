// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// The Python module `_launch`: one function, which forks a scorer from a warmed parent.
//
// It includes no Python header and needs no library, so that one build loads in every CPython from
// 3.7 on: what little is used of Python's interface has not changed since. `fork` is the process's
// own libc's, so that the handlers run which libraries have registered with it.

#include "launch.h"

typedef struct object object;
typedef object *(*function)(object *, object *);

struct method {
    const char *name;
    function function;
    int flags;
    const char *documentation;
};

struct module_base {
    long count;
    void *type;
    object *(*initialize)(void);
    long index;
    object *copy;
};

struct module {
    struct module_base base;
    const char *name;
    const char *documentation;
    long size;
    struct method *methods;
    void *slots, *traverse, *clear, *free;
};

#define TAKES_A_TUPLE 1
#define INTERFACE_VERSION 1013
#define IN_THE_SCORER (-1)
#define NO_FORK (-11) // EAGAIN

extern object *PyModule_Create2(struct module *, int);
extern int PyArg_ParseTuple(object *, const char *, ...);
extern object *PyLong_FromLong(long);
extern object *Py_BuildValue(const char *, ...);
extern void PyErr_SetObject(object *, object *);
extern void PyOS_BeforeFork(void);
extern void PyOS_AfterFork_Parent(void);
extern void PyOS_AfterFork_Child(void);
extern object *PyExc_OSError;
extern int fork(void);

static int fork_with_handlers(void) {
    int pid = fork();
    return pid < 0 ? NO_FORK : pid;
}

static object *fork_scorer(object *self, object *arguments) {
    int plan, lane, log;
    (void)self;
    if (!PyArg_ParseTuple(arguments, "iii", &plan, &lane, &log))
        return 0;
    PyOS_BeforeFork();
    int answer = launch_warm(plan, lane, log, fork_with_handlers);
    if (answer == 1) {
        PyOS_AfterFork_Child();
        return PyLong_FromLong(IN_THE_SCORER);
    }
    PyOS_AfterFork_Parent();
    if (answer < 0) {
        object *why = Py_BuildValue("(is)", -answer, "cannot fork a scorer");
        if (why != 0)
            PyErr_SetObject(PyExc_OSError, why);
        return 0;
    }
    return PyLong_FromLong(0);
}

static struct method methods[] = {
    {"fork", fork_scorer, TAKES_A_TUPLE,
     "fork(plan: int, lane: int, log: int) -> int\n\n"
     "Forks one scorer by the plan: 0 in the parent, -1 in the scorer, whose only descriptors are\n"
     "0 to 3. The caller closes its three descriptors. Raises OSError where nothing was forked."},
    {0, 0, 0, 0},
};

static struct module module = {
    .base = {.count = 1}, .name = "_launch", .size = -1, .methods = methods};

__attribute__((visibility("default"))) object *PyInit__launch(void) {
    return PyModule_Create2(&module, INTERFACE_VERSION);
}
