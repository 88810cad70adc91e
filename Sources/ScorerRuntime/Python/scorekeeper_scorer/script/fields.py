# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Header fields by names without case, parameters by names with it; each may come repeatedly."""

from __future__ import annotations

from typing import Any, Callable, Iterable, Iterator, List, Optional, Tuple

Pair = Tuple[str, Any]


class Several:
    """Pairs in their order, found by name."""

    def __init__(self, pairs: Iterable[Pair] = ()) -> None:
        self._pairs: List[Pair] = list(pairs)

    def get(
        self, name: str, default: Any = None, type: Optional[Callable[[Any], Any]] = None
    ) -> Any:
        """The first value of that name, made a `type`; the default where that cannot be had."""
        for value in self.getlist(name):
            try:
                return value if type is None else type(value)
            except (TypeError, ValueError):
                return default
        return default

    def getlist(self, name: str) -> List[Any]:
        """All values of that name."""
        wanted = self._key(name)
        return [value for key, value in self._pairs if self._key(key) == wanted]

    def items(self) -> List[Pair]:
        """The pairs."""
        return list(self._pairs)

    def keys(self) -> List[str]:
        """The names, each once."""
        return list(dict.fromkeys(name for name, _ in self._pairs))

    def values(self) -> List[Any]:
        """The values."""
        return [value for _, value in self._pairs]

    def to_dict(self) -> "dict[str, Any]":
        """The first value of each name."""
        return {name: self[name] for name in self.keys()}

    def __getitem__(self, name: str) -> Any:
        found = self.getlist(name)
        if not found:
            raise KeyError(name)
        return found[0]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self.getlist(name))

    def __iter__(self) -> Iterator[Any]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self._pairs)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._pairs!r})"

    @staticmethod
    def _key(name: str) -> str:
        return name


class Fields(Several):
    """Header fields; iterating over them gives pairs, as scripts know it."""

    def add(self, name: str, value: Any) -> None:
        """Adds a field.

        Errors: `ValueError` for a value of several lines.
        """
        text = str(value)
        if "\n" in text or "\r" in text:
            raise ValueError("Header values must not contain newline characters.")
        self._pairs.append((name, text))

    add_header = add

    def remove(self, name: str) -> None:
        """Removes all fields of that name."""
        wanted = self._key(name)
        self._pairs = [pair for pair in self._pairs if self._key(pair[0]) != wanted]

    def set(self, name: str, value: Any) -> None:
        """Replaces all fields of that name."""
        self.remove(name)
        self.add(name, value)

    def update(self, given: Any) -> None:
        """Replaces fields by those of a dictionary."""
        for name, value in dict(given).items():
            self.set(name, value)

    __setitem__ = set
    __delitem__ = remove

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items())

    @staticmethod
    def _key(name: str) -> str:
        return name.lower()
