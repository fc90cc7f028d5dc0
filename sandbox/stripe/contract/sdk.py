"""Reads the installed SDK: classes by name, annotations with their forward references resolved.

The SDK is generated from Stripe's OpenAPI description (see the header of each of its modules), so its
annotations are the API's shape at the pinned version.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, ClassVar, ForwardRef, Literal, Union, get_args, get_origin

import stripe
from stripe._api_version import _ApiVersion
from stripe._list_object import ListObject
from stripe._object_classes import OBJECT_CLASSES
from stripe._stripe_object import StripeObject, UntypedStripeObject

API_VERSION: str = _ApiVersion.CURRENT
SDK_ROOT = Path(inspect.getfile(stripe)).parent


@cache
def typing_imports(module: str) -> dict[str, tuple[str, str]]:
    """Names a module imports, also those under `if TYPE_CHECKING`, as alias → (module, name)."""
    source = Path(inspect.getfile(importlib.import_module(module))).read_text(encoding="utf-8")
    found: dict[str, tuple[str, str]] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("stripe"):
            for alias in node.names:
                found[alias.asname or alias.name] = (node.module, alias.name)
    return found


@cache
def by_name(name: str, module: str) -> Any:
    """The class that `name` means inside `module`."""
    loaded = importlib.import_module(module)
    if hasattr(loaded, name):
        return getattr(loaded, name)
    source, real = typing_imports(module)[name]
    return getattr(importlib.import_module(source), real)


def resolve(kind: Any, module: str) -> Any:
    """Turn a forward reference into the class it names; leave everything else alone."""
    if isinstance(kind, ForwardRef):
        kind = kind.__forward_arg__
    return by_name(kind, module) if isinstance(kind, str) else kind


@cache
def object_class(name: str) -> type[Any] | None:
    """The SDK class for an `object` value such as `payment_intent`."""
    entry = OBJECT_CLASSES.get(name)
    if entry is None:
        return None
    found: type[Any] = getattr(importlib.import_module(entry[0]), entry[1])
    return found


@cache
def fields(cls: Any) -> dict[str, Any]:
    """Field name → annotation of an SDK object class, in the SDK's order."""
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        if base is object or not issubclass(base, StripeObject) or base is StripeObject:
            continue
        for name, kind in vars(base).get("__annotations__", {}).items():
            if not name.startswith("_") and get_origin(kind) is not ClassVar:
                found[name] = kind
    return found


def is_union(kind: Any) -> bool:
    return get_origin(kind) in (Union, UnionType)


def is_optional(kind: Any) -> bool:
    return is_union(kind) and type(None) in get_args(kind)


def is_untyped_map(kind: Any) -> bool:
    return kind is UntypedStripeObject or get_origin(kind) is UntypedStripeObject


def is_list_object(kind: Any) -> bool:
    return get_origin(kind) is ListObject


def is_object_class(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, StripeObject)


def is_typed_dict(kind: Any) -> bool:
    return isinstance(kind, type) and hasattr(kind, "__required_keys__")


def flat_union(kind: Any, module: str) -> list[Any]:
    """The members of a union, nested unions opened, forward references resolved."""
    if not is_union(kind):
        return [resolve(kind, module)]
    return [leaf for part in get_args(kind) for leaf in flat_union(resolve(part, module), module)]


def listed_values(members: list[Any]) -> set[Any]:
    return {value for part in members if get_origin(part) is Literal for value in get_args(part)}


def is_closed(members: list[Any]) -> bool:
    """The SDK writes enums as `Literal[...] | str`; the listed values are what the API accepts.

    `Literal[''] | str` is no enum: it is a text that may be emptied.
    """
    return bool(listed_values(members) - {""})
