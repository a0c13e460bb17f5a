"""Checkpoints: a folder of what is measured, from which a killed run goes on."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from netinnov._version import __version__
from netinnov.errors import InputError
from netinnov.experiments._describe import described
from netinnov.experiments._replicates import Item, Measure, Values, agreed
from netinnov.experiments._resampling import Resample
from netinnov.network import MultilayerNetwork
from netinnov.scenarios import Scenario

__all__ = ["Checkpoint", "stored_seed"]

PathLike = str | os.PathLike[str]

_MANIFEST = "checkpoint.json"
_BATCHES = "batch-*.npz"


class Checkpoint:
    """A folder of the values of one experiment.

    Parameters
    ----------
    folder : path
        Is made if it is not there.
    network, scenarios, measures, seed, resample
        What makes the experiment; a folder of another one is refused.

    Notes
    -----
    ``checkpoint.json`` says which experiment it is; each ``batch-*.npz`` holds some replicates.
    A file is written under another name and renamed, so a kill leaves it whole or not there.
    """

    def __init__(
        self,
        folder: PathLike,
        network: MultilayerNetwork,
        *,
        scenarios: Mapping[str, Scenario],
        measures: Mapping[str, Measure],
        seed: np.random.SeedSequence,
        resample: Resample | None = None,
    ) -> None:
        self._folder = Path(folder)
        mine: dict[str, Any] = {
            "netinnov": __version__,
            "network": digest(network),
            "scenarios": {name: described(scenario) for name, scenario in scenarios.items()},
            "measures": {name: described(measure) for name, measure in measures.items()},
            "entropy": _state(seed),
        }
        if resample is not None:
            mine["resample"] = described(resample)
        stored = _manifest(self._folder)
        if stored is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            if any(self._folder.glob(_BATCHES)):
                msg = f"the checkpoint {str(self._folder)!r} has batches but no {_MANIFEST}"
                raise InputError(f"{msg}, so nobody knows of what. Choose another folder.")
            _write(self._folder / _MANIFEST, json.dumps(mine, indent=1).encode())
        elif differences := _differences(stored, mine):
            raise InputError(
                f"the checkpoint {str(self._folder)!r} is of another experiment: "
                f"{'; '.join(differences)}. Choose another folder, delete this one, or repeat the "
                "experiment as it was."
            )

    def found(self, columns: Sequence[str]) -> dict[Item, Values]:
        """Give all values that are there."""
        values: dict[Item, Values] = {}
        for path in sorted(self._folder.glob(_BATCHES)):
            try:
                with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as batch:
                    stacks = [batch[f"measure_{at}"] for at in range(len(columns))]
                    names, numbers = batch["scenario"].tolist(), batch["replicate"].tolist()
                    grown, labels = batch["grown"].tolist(), batch["label"].tolist()
                    sets = batch["resample"].tolist()
            except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
                msg = f"the file {path.name} of the checkpoint cannot be read ({error})"
                raise InputError(f"{msg}. Delete it: its part is measured again.") from error
            for row, item in enumerate(map(Item, names, numbers, sets)):
                values[item] = Values(grown[row], [stack[row] for stack in stacks], labels[row])
        return values

    def save(
        self, items: Sequence[Item], values: Sequence[Values], *, columns: Sequence[str]
    ) -> None:
        """Write the values of some replicates."""
        agreed(columns, values)
        names, numbers, sets = zip(*items, strict=True)
        arrays = {
            f"measure_{at}": np.stack([each.by_measure[at] for each in values])
            for at in range(len(columns))
        }
        stream = io.BytesIO()
        np.savez(
            stream,
            allow_pickle=False,
            scenario=np.array(names, np.str_),
            replicate=np.array(numbers, np.int64),
            resample=np.array(sets, np.int64),
            label=np.array([each.label for each in values], np.str_),
            grown=np.array([each.grown for each in values], np.bool_),
            **arrays,
        )
        key = hashlib.sha256(repr(list(items)).encode()).hexdigest()[:16]
        _write(self._folder / f"batch-{key}.npz", stream.getvalue())


def stored_seed(folder: PathLike) -> np.random.SeedSequence | None:
    """Give the entropy that a checkpoint was begun with; None if there is no checkpoint."""
    stored = _manifest(Path(folder))
    if stored is None:
        return None
    return np.random.SeedSequence(
        stored["entropy"]["entropy"],
        spawn_key=tuple(stored["entropy"]["spawn_key"]),
        pool_size=stored["entropy"]["pool_size"],
        n_children_spawned=stored["entropy"]["n_children_spawned"],
    )


def digest(network: MultilayerNetwork) -> str:
    """Name a network by its content: the same in every process and after pickling."""
    rows = network._link_rows()
    sums = hashlib.sha256()
    for frame in (network._nodes, network._places):
        sums.update(repr([str(name) for name in frame.columns]).encode())
        sums.update(frame.to_csv().encode())
    for codes in (network._place_codes, network._jurisdiction_codes):
        sums.update(np.ascontiguousarray(codes).tobytes())
    sums.update(repr((network.layers, sorted(network.directed))).encode())
    for values in (rows.layer, rows.source, rows.target, rows.weight, rows.period):
        sums.update(b"none" if values is None else np.ascontiguousarray(values).tobytes())
    if rows.attributes is not None:
        sums.update(rows.attributes.to_csv().encode())
    return sums.hexdigest()


def _state(seed: np.random.SeedSequence) -> dict[str, Any]:
    entropy: Any = seed.entropy
    if entropy is not None and not isinstance(entropy, int):
        entropy = [int(part) for part in np.ravel(entropy)]
    return {
        "entropy": entropy,
        "spawn_key": [int(part) for part in seed.spawn_key],
        "pool_size": seed.pool_size,
        "n_children_spawned": seed.n_children_spawned,
    }


def _manifest(folder: Path) -> dict[str, Any] | None:
    path = folder / _MANIFEST
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        raise InputError(f"`checkpoint` must be a folder; {str(folder)!r} is a file.") from None
    except ValueError as error:
        raise InputError(f"{_MANIFEST} of the checkpoint cannot be read: {error}.") from error
    if not isinstance(found, dict) or "entropy" not in found:
        raise InputError(
            f"{str(path)!r} is not of a checkpoint of netinnov. Choose another folder."
        )
    return found


def _differences(stored: Mapping[str, Any], mine: Mapping[str, Any]) -> list[str]:
    """Say in which parts two experiments differ."""
    found = []
    if stored.get("netinnov") != mine["netinnov"]:
        found.append(f"it was begun by netinnov {stored.get('netinnov')}, this is {__version__}")
    if stored.get("network") != mine["network"]:
        found.append("the network has other nodes, places or links")
    for what in ("scenarios", "measures"):
        before, now = stored.get(what, {}), mine[what]
        if list(before) != list(now):
            found.append(f"its {what} are {list(before)}, not {list(now)}")
        changed = [name for name in now if name in before and before[name] != now[name]]
        found += [f"{name!r} was {before[name]}, is {now[name]}" for name in changed]
    before, now = stored.get("resample", "nothing"), mine.get("resample", "nothing")
    if before != now:
        found.append(f"its data were drawn again by {before}, not by {now}")
    if stored["entropy"] != mine["entropy"]:
        found.append(
            f"its entropy is {stored['entropy']['entropy']}, not {mine['entropy']['entropy']}, or "
            "was used before (`rng=None` takes up what is stored)"
        )
    return found


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
