"""Users' own reward functions: loaded here and nowhere else, called as TRL calls them."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from grpotui.errors import UserError
from grpotui.records import ZERO_STD_EPSILON, RewardRange, as_float
from grpotui.tasks import Reward
from grpotui.tasks.settings import nearest


def loaded(reward: Reward) -> Reward:
    """Return ``reward`` with its function, if it is a user's own, and the range that the function declares.

    Raises UserError, in one line with file and line, for whatever goes wrong.
    """
    if not reward.source:
        return reward
    place, _, name = reward.source.rpartition(":")
    module = _module(place)
    function = getattr(module, name, None)
    if not callable(function):
        raise UserError(f"reward {reward.source}: there is no function {name}{nearest(name, dir(module))}")
    return replace(reward, call=function, range=reward.range or _declared(reward, function))


def _module(place: str) -> ModuleType:
    try:
        return _from_file(Path(place)) if place.endswith(".py") else importlib.import_module(place)
    except (Exception, SystemExit) as error:
        raise UserError(f"reward {place} cannot be loaded: {_told(error)}") from error


def _from_file(path: Path) -> ModuleType:
    """Import a file under a name of its own; what lies beside it can be imported from it."""
    name = f"grpotui_own_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no file of Python")
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _told(error: BaseException) -> str:
    if isinstance(error, SyntaxError) and error.filename:
        return f"{Path(error.filename).name}, line {error.lineno}: {error.msg}"
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if "importlib" not in frame.filename
    ]
    where = f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}: " if len(frames) > 1 else ""
    return f"{where}{type(error).__name__}: {error}"


def _declared(reward: Reward, function: Callable[..., Any]) -> RewardRange | None:
    said = getattr(function, "reward_range", None)
    if said is None:
        return None
    ends = [as_float(end) for end in said] if isinstance(said, (tuple, list)) else []
    match ends:
        case [float(low), float(high)] if low < high:
            return RewardRange(low, high)
    raise UserError(f"reward {reward.source}: reward_range is {said!r}, expected two numbers such as (0, 1)")


def call(function: Callable[..., Any], **given: Any) -> Any:
    """Return what ``function`` gives for a batch; it gets the arguments that it has names for.

    An ``async`` function is run to its end. Raises TypeError for an argument that there is not.
    """
    result = function(**_wanted(function, given))
    if not inspect.isawaitable(result):
        return result

    async def finished() -> Any:
        return await result

    return asyncio.run(finished())


def _wanted(function: Callable[..., Any], given: dict[str, Any]) -> dict[str, Any]:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return given
    missing = [
        p.name for p in parameters if p.default is p.empty and p.kind in _NAMED and p.name not in given
    ]
    if missing:
        raise TypeError(
            f"it wants {', '.join(missing)}, and no column is called so: name it in task.columns, or give it "
            "a default"
        )
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return given
    names = {p.name for p in parameters}
    return {name: value for name, value in given.items() if name in names}


_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def outside(reward: Reward, scores: Sequence[float | None]) -> float | None:
    """Return a score of a user's own reward that lies outside the range it declares; None without one."""
    if reward.call is None or reward.range is None:
        return None
    low, high = reward.range.low - ZERO_STD_EPSILON, reward.range.high + ZERO_STD_EPSILON
    return next((score for score in scores if score is not None and not low <= score <= high), None)


def place(error: BaseException, reward: Reward) -> str:
    """Return ``file, line N, function`` of the user's own code where ``error`` was raised; else empty."""
    if reward.call is None:
        return ""
    file = getattr(inspect.unwrap(reward.call), "__code__", None)
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if file is not None and frame.filename == file.co_filename]
    if not own:
        return ""
    named = [frame.name for frame in own if not frame.name.startswith("<")]
    return f"{Path(own[-1].filename).name}, line {own[-1].lineno}, {(named or [own[-1].name])[-1]}"
