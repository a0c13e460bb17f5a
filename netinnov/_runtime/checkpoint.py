"""Checkpoints: a folder of what is found, from which a killed run goes on."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Callable, Collection, Mapping, Sequence, Set
from pathlib import Path
from typing import Any, cast

import numpy as np

from netinnov._runtime.arguments import as_path, check_rng
from netinnov._runtime.atomic import make_folder, write_bytes
from netinnov._runtime.opening import check_file, kind_at_path
from netinnov._runtime.parallel import run
from netinnov._typing import Rng
from netinnov._version import __version__
from netinnov.errors import InputError

PathLike = str | os.PathLike[str]
Row = Sequence[np.ndarray]
# The kind of numpy and the shapes that an array of a row may have
Like = tuple[str, Collection[tuple[int, ...]]]
Parts = Mapping[str, str | Mapping[str, str]]

_MANIFEST = "checkpoint.json"
_VALUE = "value_{}"
_DELETE = "Delete it, or the folder of the checkpoint: what is missing is measured again."


class Checkpoint:
    """Results of one experiment: ``checkpoint.json`` says which, ``batch-*.npz`` hold rows."""

    def __init__(self, folder: PathLike, parts: Parts, seed: Mapping[str, Any]) -> None:
        self._folder = as_path("checkpoint", folder)
        mine = {"netinnov": __version__, **parts, "entropy": dict(seed)}
        words = json.dumps(mine, sort_keys=True).encode()
        self._batch = f"batch-{hashlib.sha256(words).hexdigest()[:16]}-{{}}.npz"
        if (stored := _manifest(self._folder)) is None:
            make_folder(self._folder)
            write_bytes(self._folder / _MANIFEST, json.dumps(mine, indent=1).encode())
        elif differences := _differences(stored, mine):
            raise InputError(
                f"the checkpoint {str(self._folder)!r} is of another experiment: "
                f"{'; '.join(differences)}. Choose another folder, delete this one, or repeat "
                "the experiment as it was."
            )

    def rows(self, wanted: Set[str], like: Sequence[Like]) -> dict[str, Row]:
        """What was written for these keys: rows of arrays of the kinds and shapes in ``like``."""
        known: dict[str, Row] = {}
        names = ["key", *map(_VALUE.format, range(len(like)))]
        for path in sorted(self._folder.glob(self._batch.format("*"))):
            try:
                # numpy leaves a file of a damaged batch open that it opened itself.
                with check_file(path).open("rb") as stream, np.load(stream) as batch:
                    if any(part.compress_type for part in batch.zip.infolist()):
                        raise ValueError("it is packed")
                    keys, *columns = (batch[name] for name in names)
            except Exception as error:  # whatever numpy raises for the bytes of a damaged file
                msg = f"the file {path} of the checkpoint cannot be read ({error}). {_DELETE}"
                raise InputError(msg) from None
            fits = keys.dtype.kind == "U" and keys.ndim == 1
            if fits and wanted.isdisjoint(keys.tolist()):
                continue  # replicates that are not asked for, or of another step of the experiment
            for each, (kind, shapes) in zip(columns, like, strict=True):
                fits &= each.dtype.kind == kind and each.shape[:1] == keys.shape
                fits &= each.shape[1:] in shapes
            if not fits:
                raise InputError(
                    f"the file {path} of the checkpoint holds other arrays than this experiment "
                    f"makes: it is damaged, or a function was changed since. {_DELETE}"
                )
            known.update(zip(keys.tolist(), zip(*columns, strict=True), strict=True))
        return known

    def write(self, keys: Sequence[object], rows: Sequence[Row]) -> None:
        if len({tuple(map(np.shape, row)) for row in rows}) > 1:
            return  # a measure that gives now this, now that is refused when all are there
        values = map(np.stack, zip(*rows, strict=True))
        columns = {_VALUE.format(at): each for at, each in enumerate(values)}
        columns["key"] = np.array([*map(str, keys)])
        stream = io.BytesIO()
        np.savez(stream, allow_pickle=False, **columns)
        name = hashlib.sha256(repr(keys).encode()).hexdigest()[:16]
        write_bytes(self._folder / self._batch.format(name), stream.getvalue())


def run_kept(
    task: Callable[[Any], Row],
    keys: Sequence[Any],
    checkpoint: Checkpoint | None,
    *,
    like: Sequence[Like],
    **options: Any,
) -> list[Row]:
    """Apply a task, which gives rows of such arrays, as `run` does; skip keys that are kept."""
    known = {} if checkpoint is None else checkpoint.rows({*map(str, keys)}, like)
    left = [key for key in keys if str(key) not in known]
    save = None if checkpoint is None else checkpoint.write
    new = run(task, left, save=save, done=len(keys) - len(left), **options)
    known.update(zip(map(str, left), new, strict=True))
    return [known[str(key)] for key in keys]


def seed_state(seed: np.random.SeedSequence) -> dict[str, Any]:
    entropy: Any = seed.entropy
    if entropy is not None and not isinstance(entropy, int):
        entropy = [int(part) for part in np.ravel(entropy)]
    return {
        "entropy": entropy,
        "spawn_key": [int(part) for part in seed.spawn_key],
        "n_children_spawned": int(seed.n_children_spawned),
    }


def seed_of_run(rng: Rng, checkpoint: PathLike | None = None) -> np.random.SeedSequence:
    """Seed of a run; None resumes that which the checkpoint holds."""
    if rng is None and checkpoint is not None:
        stored = _manifest(as_path("checkpoint", checkpoint))
        rng = None if stored is None else np.random.SeedSequence(**stored["entropy"])
    return cast(np.random.SeedSequence, check_rng(rng).bit_generator.seed_seq)


def _manifest(folder: Path) -> dict[str, Any] | None:
    if kind_at_path(folder) not in ("a folder", "nothing"):
        kind = kind_at_path(folder)
        raise InputError(f"`checkpoint` must be a folder; {str(folder)!r} is {kind}.")
    path = folder / _MANIFEST
    mend = "Choose another folder, or delete this folder of a checkpoint."
    try:
        if kind_at_path(path) == "nothing":
            return None
        stored = json.loads(check_file(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path} cannot be read: {str(error).rstrip('.')}. {mend}") from None
    try:
        state = stored["entropy"]
        whole = seed_state(np.random.SeedSequence(**state)) == state
        if not whole or state["n_children_spawned"] > 2**31:  # of which numpy asks for all memory
            raise ValueError
    except (KeyError, OverflowError, TypeError, ValueError):
        raise InputError(f"{path} is not of a checkpoint of netinnov. {mend}") from None
    return stored


def _differences(stored: Mapping[str, Any], mine: Mapping[str, Any]) -> list[str]:
    before = _flat(stored)
    now = _flat(mine)
    changed = [key for key in {**now, **before} if before.get(key) != now.get(key)]
    return [
        "the network has other nodes, places or links"
        if key == ("network", "network")
        else f"{key[1]!r} was {before.get(key, 'nothing')}, is {now.get(key, 'nothing')}"
        for key in changed
    ]


def _flat(parts: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    held = {part: of if isinstance(of, Mapping) else {part: of} for part, of in parts.items()}
    return {(part, name): value for part, of in held.items() for name, value in of.items()}
