# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A script that is loaded again whenever it, or a module beside it, was saved."""

from __future__ import annotations

import os
import sys
import time
from typing import Dict, Optional, Tuple

from .. import serve
from ..task import Task
from . import script_failure, service
from .reply import Reply, error
from .request import Request
from .settings import InvalidSetting, Settings
from .user_script import UnfitScript

Stamp = Tuple[int, int]


class Reloading:
    """Answers with what the files say now; with the failure where they cannot be loaded.

    Packages outside the script's folder stay as they are: a large one costs its time once.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        self._root = os.path.abspath(str(task.source_directory))
        self._service: Optional[service.ScriptService] = None
        self._failure = ""
        self._seen: Dict[str, Stamp] = {}
        self._load()

    def look(self) -> None:
        """Loads the script again where a file of it was saved."""
        if self._seen != self._stamps():
            self._load()

    def answer(self, request: Request) -> Reply:
        """The answer to any request."""
        self.look()
        if self._service is None:
            return error(500, self._failure, True)
        return self._service.answer(request)

    def broken(self, failure: BaseException) -> None:
        """Tells of a script that failed while its answer was being sent."""
        script_failure.tell(failure, self._root, "run() failed in a part of its answer")

    def _load(self) -> None:
        """Loads the script and calls its `init`; remembers which files that took."""
        self._service, self._failure = None, ""
        self._forget()
        script = str(self._task.script)
        # Saved again while it is being loaded, it is loaded once more.
        self._seen = {script: _stamp(script)}
        began = time.monotonic()
        try:
            started = service.start(Settings.read(self._task, os.environ), is_alone=True)
        except BaseException as failure:
            if isinstance(failure, KeyboardInterrupt):
                raise
            self._failure = self._told(failure)
        else:
            started.tells_all = True
            self._service = started
            serve.say(f"the script is loaded after {time.monotonic() - began:.2f} s")
        own = [path for path in self._own_files() if path not in self._seen]
        self._seen.update({path: _stamp(path) for path in own})

    def _told(self, failure: BaseException) -> str:
        if isinstance(failure, (UnfitScript, InvalidSetting)):
            serve.say(f"cannot load the script: {failure}")
            return str(failure)
        return script_failure.tell(failure, self._root, "cannot load the script")

    def _stamps(self) -> Dict[str, Stamp]:
        return {path: _stamp(path) for path in self._seen}

    def _own_files(self) -> Dict[str, str]:
        """The files of the loaded modules that lie in the script's folder, with their modules."""
        inside = os.path.join(self._root, "")
        found = {}
        for name, module in list(sys.modules.items()):
            path = getattr(module, "__file__", None)
            if isinstance(path, str) and os.path.abspath(path).startswith(inside):
                if "site-packages" not in path:
                    found[os.path.abspath(path)] = name
        return found

    def _forget(self) -> None:
        """Takes the folder's modules away, so that they are imported anew."""
        for name in self._own_files().values():
            sys.modules.pop(name, None)


def _stamp(path: str) -> Stamp:
    try:
        status = os.stat(path)
    except OSError:
        return (0, 0)
    return (status.st_mtime_ns, status.st_size)
