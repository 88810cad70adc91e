# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Tiny packages, written as the wheels that an installer takes from a folder."""

from __future__ import annotations

import zipfile
from pathlib import Path

WHEEL = "Wheel-Version: {form}\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def write(folder: Path, name: str, version: str, code: str = "", form: str = "1.0") -> Path:
    """A package of one module, which knows its `VERSION` and runs `code` when it is imported.

    Shape: `form` is the version of the wheel's form; an installer refuses what it does not know.
    """
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"VERSION = {version!r}\n{code}",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": WHEEL.format(form=form),
    }
    record = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    # Under another name until it is whole: whoever lists the folder must not find half of it.
    with zipfile.ZipFile(wheel.with_suffix(".part"), "w") as archive:
        for path, text in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(path, text)
    return wheel.with_suffix(".part").rename(wheel)
