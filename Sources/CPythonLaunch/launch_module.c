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
#define NO_FORK (-11) // EAGAIN

extern object *PyModule_Create2(struct module *, int);
extern int PyArg_ParseTuple(object *, const char *, ...);
extern object *Py_BuildValue(const char *, ...);
extern object *PyList_New(long);
extern int PyList_Append(object *, object *);
extern object *PyUnicode_DecodeFSDefault(const char *);
extern void Py_DecRef(object *);
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

// The texts of one kind in the plan, as a list of str; NULL and an error where memory is short.
static object *texts(const struct launch_plan *plan, unsigned kind) {
    const struct launch_record *record;
    size_t cursor = 0;
    object *list = PyList_New(0);
    while (list != 0 && (record = launch_plan_next(plan, &cursor)) != 0) {
        if (record->kind != kind)
            continue;
        object *text = PyUnicode_DecodeFSDefault(launch_text(record));
        if (text == 0 || PyList_Append(list, text) != 0) {
            Py_DecRef(list);
            list = 0;
        }
        Py_DecRef(text);
    }
    return list;
}

// What the plan tells the scorer; the plan itself is let go.
static object *told(const struct launch_plan *plan) {
    object *arguments = texts(plan, LAUNCH_ARGUMENT);
    object *variables = arguments != 0 ? texts(plan, LAUNCH_VARIABLE) : 0;
    object *both = variables != 0 ? Py_BuildValue("(OO)", arguments, variables) : 0;
    Py_DecRef(arguments);
    Py_DecRef(variables);
    launch_let_go(plan);
    return both;
}

static object *fork_scorer(object *self, object *arguments) {
    int socket, lane, log;
    struct launch_plan plan;
    (void)self;
    if (!PyArg_ParseTuple(arguments, "iii", &socket, &lane, &log))
        return 0;
    PyOS_BeforeFork();
    int answer = launch_warm(socket, lane, log, fork_with_handlers, &plan);
    if (answer == 1) {
        PyOS_AfterFork_Child();
        return told(&plan);
    }
    PyOS_AfterFork_Parent();
    if (answer < 0) {
        object *why = Py_BuildValue("(is)", -answer, "cannot fork a scorer");
        if (why != 0)
            PyErr_SetObject(PyExc_OSError, why);
        return 0;
    }
    return Py_BuildValue("");
}

static struct method methods[] = {
    {"fork", fork_scorer, TAKES_A_TUPLE,
     "fork(plan: int, lane: int, log: int) -> Optional[Tuple[List[str], List[str]]]\n\n"
     "Forks one scorer by the plan that waits in the socket `plan`: None in the parent; in the\n"
     "scorer, whose only descriptors are 0 to 3, the plan's arguments and its variables, each\n"
     "NAME=value. The caller closes its three descriptors. Raises OSError where nothing was\n"
     "forked."},
    {0, 0, 0, 0},
};

static struct module module = {
    .base = {.count = 1}, .name = "_launch", .size = -1, .methods = methods};

__attribute__((visibility("default"))) object *PyInit__launch(void) {
    return PyModule_Create2(&module, INTERFACE_VERSION);
}
