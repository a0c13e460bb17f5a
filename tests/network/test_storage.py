"""What modules read of a network is `network.storage`, and nothing else that is private."""

import ast
import dataclasses
from pathlib import Path

import pytest

import netinnov as ni
from netinnov._network.storage import Storage

PACKAGE = Path(ni.__file__).parent
PARTS = {field.name.strip("_") for field in dataclasses.fields(Storage)} | {
    name for name in vars(Storage) if not name.startswith("_")
}
"""Names that would be private attributes of a network, had it no storage."""


def private_reads(path: Path) -> list[str]:
    """Private attributes with the name of a part, of an object that is not `self`, nor a module."""
    text = path.read_text(encoding="utf-8")
    if not any(f"._{part}" in text for part in PARTS):
        return []
    return [
        f"{path.relative_to(PACKAGE)}:{node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute)
        and node.attr.startswith("_")
        and node.attr[1:] in PARTS
        and ast.unparse(node.value) != "self"
    ]


def test_no_module_reads_private_state_of_a_network() -> None:
    assert [read for path in sorted(PACKAGE.rglob("*.py")) for read in private_reads(path)] == []


def test_storage_cannot_be_set(small: ni.MultilayerNetwork) -> None:
    for field in dataclasses.fields(Storage):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(small.storage, field.name, None)
    with pytest.raises(AttributeError):
        small.storage = small.storage
