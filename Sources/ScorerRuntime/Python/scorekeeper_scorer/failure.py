# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A model's failure in one sentence that a person can act on."""

from __future__ import annotations

import errno
import os
import socket
import traceback
from types import ModuleType
from typing import Iterator, Optional

LONGEST_SENTENCE = 3_500  # bytes; a lane carries 4,096

_NETWORK_ERRNOS = {
    errno.ENETUNREACH,
    errno.EHOSTUNREACH,
    errno.ECONNREFUSED,
    errno.ENETDOWN,
    errno.EADDRNOTAVAIL,
    errno.EAFNOSUPPORT,
}
_FILE_ERRNOS = {errno.EACCES, errno.EPERM, errno.EROFS}
_NETWORK_TYPES = {
    "ConnectError",
    "ConnectTimeout",
    "ConnectionError",
    "EndpointConnectionError",
    "LocalEntryNotFoundError",
    "MaxRetryError",
    "NameResolutionError",
    "NewConnectionError",
    "OfflineModeIsEnabled",
    "URLError",
}

NETWORK_HINT = (
    "the scorer has no network; if this model needs it, set"
    " 'egress_public_network_access: enabled' for its deployment"
)
FILE_HINT = (
    "the scorer reads only its model and its environment, and writes only under /tmp; if the"
    " model keeps a cache elsewhere, point it to /tmp with 'environment_variables'"
)


def sentence(error: BaseException, model_directory: str) -> str:
    """What happened, where in the model's code, and the setting to look at when one may help."""
    text = f"{type(error).__name__}: {_words(error)}".strip().rstrip(":")
    place = deepest_line(error, model_directory)
    if place:
        text += f" ({place})"
    hint = sandbox_hint(error)
    if hint:
        room = LONGEST_SENTENCE - len(hint) - len("; ")
        return f"{_shortened(text, room)}; {hint}"
    return _shortened(text, LONGEST_SENTENCE)


def _words(error: BaseException) -> str:
    """What an error says of itself; nothing where even that fails, in whatever way."""
    try:
        return str(error)
    except BaseException:
        return ""


def deepest_line(error: BaseException, model_directory: str) -> Optional[str]:
    """The innermost line that belongs to the model, or the innermost of all."""
    frames = [
        frame
        for cause in chain(error)
        for frame in traceback.extract_tb(cause.__traceback__)
        if not frame.filename.startswith("<frozen")
    ]
    if not frames:
        return None
    root = os.path.join(os.path.realpath(model_directory), "")
    own = [frame for frame in frames if os.path.realpath(frame.filename).startswith(root)]
    frame = own[-1] if own else frames[-1]
    name = frame.filename[len(root) :] if own else _in_package(frame.filename)
    return f"{name}:{frame.lineno} in {frame.name}"


def is_from_package(error: BaseException, package: ModuleType) -> bool:
    """Whether the error came up in a package's own code, below which no other code was called.

    The frames above the package's first one are those of whoever called it.
    """
    root = os.path.join(os.path.dirname(os.path.realpath(str(package.__file__))), "")
    frames = traceback.extract_tb(error.__traceback__)
    inside = [os.path.realpath(frame.filename).startswith(root) for frame in frames]
    return True in inside and all(inside[inside.index(True) :])


def sandbox_hint(error: BaseException) -> Optional[str]:
    """The setting to look at, when the failure looks like the sandbox's doing."""
    for cause in chain(error):
        if isinstance(cause, socket.gaierror) or type(cause).__name__ in _NETWORK_TYPES:
            return NETWORK_HINT
        if isinstance(cause, OSError) and cause.errno in _NETWORK_ERRNOS:
            return NETWORK_HINT
        if isinstance(cause, OSError) and cause.errno in _FILE_ERRNOS:
            # Denied by seccomp or Landlock, a socket answers EACCES or EPERM like a file.
            return NETWORK_HINT if _is_about_a_socket(cause) else FILE_HINT
    return None


def _is_about_a_socket(error: OSError) -> bool:
    if error.filename is not None:
        return False
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and os.path.basename(frames[-1].filename) in ("socket.py", "connection.py")


def chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what it came from, outermost first."""
    seen = set()
    cause: Optional[BaseException] = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def _in_package(path: str) -> str:
    _, found, inside = path.rpartition("site-packages" + os.sep)
    return inside if found else path


def _shortened(text: str, most: int) -> str:
    """Cut to so many bytes of UTF-8; what has no UTF-8 (half a surrogate pair) is escaped."""
    written = text.encode("utf-8", "backslashreplace")
    if len(written) > most:
        written = written[: most - len("\u2026".encode("utf-8"))]
        return written.decode("utf-8", "ignore") + "\u2026"
    return written.decode("utf-8")
