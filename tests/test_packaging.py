"""Metadata, data files and declared dependencies agree with the code."""

import ast
import re
import runpy
import sys
import tomllib
from configparser import ConfigParser
from importlib.metadata import packages_distributions, version
from pathlib import Path
from types import ModuleType

import pytest

import netinnov as ni

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "netinnov"


@pytest.fixture(scope="module")
def modules() -> dict[Path, list[ast.AST]]:
    """All nodes of the syntax tree of each module of the package."""
    paths = PACKAGE.rglob("*.py")
    return {path: [*ast.walk(ast.parse(path.read_text(encoding="utf-8")))] for path in paths}


def section(name: str) -> dict[str, str]:
    config = ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    return dict(config[name])


def distributions(requirements: str) -> set[str]:
    """Names of the required distributions, without versions."""
    found = re.findall(r"^\s*([A-Za-z0-9._-]+)", requirements, re.M)
    return {name.lower().replace("_", "-") for name in found}


def test_version_is_the_same_everywhere():
    assert version("netinnov") == ni.__version__
    named = runpy.run_path(str(ROOT / ".ci" / "ready.py"))["named"]()
    assert {one for one, _ in named.values()} == {ni.__version__}
    # The changelog has the date of a release, and no date before.
    assert len({date for _, date in named.values()} - {"unreleased"}) == 1


def test_what_only_a_person_can_fill_in_is_named_before_a_release(tmp_path):
    left = runpy.run_path(str(ROOT / ".ci" / "ready.py"))["left"]
    texts = {
        "CHANGELOG.md": "# Changelog\n\n## 1.2.3 (2030-04-05)\n",
        "CITATION.cff": 'version: 1.2.3\ndate-released: "2030-04-05"\n',
        "codemeta.json": '{"version": "1.2.3", "dateModified": "2030-04-05"}',
        "paper/paper.md": "",
        "setup.cfg": "author = Ada Lovelace\n",
        "docs/conf.py": "",
        "docs/architecture.md": "",
    }
    for folder in ("docs", "paper"):
        (tmp_path / folder).mkdir()
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    assert left("v1.2.3", tmp_path) == []
    assert len(left("v1.2.4", tmp_path)) == 3
    (tmp_path / "setup.cfg").write_text("author = netinnov developers\n")
    (tmp_path / "CHANGELOG.md").write_text("## 1.2.3 (unreleased)\n")
    date, author = left("v1.2.3", tmp_path)
    assert "'unreleased'" in date
    assert (
        author == "setup.cfg lacks the names of the authors ('netinnov developers' stands there)."
    )


@pytest.mark.parametrize("name", ["checks", "nightly", "release"])
def test_workflows_run_what_the_makefile_and_the_checkout_have(name):
    text = (ROOT / ".github" / "workflows" / f"{name}.yml").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    assert set(re.findall(r"\bmake ([a-z-]+)", text)) <= targets
    for path in re.findall(r"\.ci/[\w.]+", text):
        assert (ROOT / path).is_file()


@pytest.mark.parametrize("name", ["checks", "nightly", "release"])
def test_actions_are_named_by_their_commit_with_the_version_beside_it(name):
    text = (ROOT / ".github" / "workflows" / f"{name}.yml").read_text("utf-8")
    used = re.findall(r"uses: (.*)", text)
    assert used
    for each in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each), each


def test_who_builds_who_publishes_and_who_releases_may_do_only_that():
    text = (ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8")
    everywhere, *parts = re.split(
        r"^  (?=\w+:\n    name:)", text.split("\njobs:\n", 1)[1], flags=re.M
    )
    assert everywhere == ""
    jobs = {part.split(":")[0]: set(re.findall(r"[\w-]+: write", part)) for part in parts}
    assert jobs.pop("publish") == {"id-token: write", "attestations: write"}
    assert jobs.pop("release") == {"contents: write"}
    assert jobs == {"build": set(), "tests": set(), "wheel": set()}
    assert "permissions:\n  contents: read\n" in text
    for tool in re.search(r"pip install (build.*)", text)[1].split():
        assert re.fullmatch(r"[\w-]+==[\d.]+", tool)


def test_the_changelog_of_the_first_version_says_what_it_is_on_a_page():
    text = (ROOT / "CHANGELOG.md").read_bytes()
    assert len(text) <= 8_000
    assert text.count(b"\n## ") == 1


def test_the_oldest_allowed_versions_become_constraints(tmp_path):
    constraints = runpy.run_path(str(ROOT / ".ci" / "oldest.py"))["constraints"]
    path = tmp_path / "setup.cfg"
    required = "[options]\ninstall_requires =\n    # why\n    a>=1.2\n    {}\n"
    optional = (
        "[options.extras_require]\nall =\n    d.e>=5\nf =\n    d.e>=5\n    f[x]>=6\ndev =\n    g\n"
    )
    path.write_text(required.format("b-c>=3,<4") + optional)
    assert constraints(path) == ["a==1.2", "b-c==3", "d.e==5", "f==6"]
    path.write_text(required.format("b-c") + optional)
    with pytest.raises(SystemExit, match=r"'b-c' has no lower bound"):
        constraints(path)


def test_setup_cfg_is_the_main_file():
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert "project" not in pyproject
    assert set(pyproject["tool"]) == {"ruff"}


def test_extra_all_holds_neither_benchmarks_nor_spark():
    extras = section("options.extras_require")
    assert {"all", "bench", "dev"} <= set(extras)
    assert distributions(extras["all"]).isdisjoint(
        distributions(extras["bench"]) | {"pyspark", "sparkframe", "graphframes"}
    )


def test_every_data_file_is_packaged():
    patterns = {
        path
        for package, globs in section("options.package_data").items()
        for pattern in globs.split()
        for path in (ROOT / package.replace(".", "/")).glob(pattern)
    }
    data = {
        path
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix != ".py" and "__pycache__" not in path.parts
    }
    assert data
    assert data - patterns == set()


def test_every_folder_of_modules_is_a_package():
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    assert {folder for folder in folders if not (folder / "__init__.py").is_file()} == set()


def test_variables_are_named_after_what_they_hold(modules):
    vague = {"found", "here", "there", "apart", "given", "what", "things", "stuff", "tmp", "df"}
    stored = {
        (str(path.relative_to(PACKAGE)), name)
        for path, nodes in modules.items()
        for node in nodes
        for name in (getattr(node, "id", None), getattr(node, "arg", None))
        if not isinstance(getattr(node, "ctx", None), ast.Load) and name in vague
    }
    assert stored == set()


def test_every_import_is_declared(modules):
    declared = distributions(section("options")["install_requires"])
    for extra, requirements in section("options.extras_require").items():
        if extra not in {"bench", "dev"}:
            declared |= distributions(requirements)
    owners = packages_distributions()
    imported = {name for nodes in modules.values() for name in imports(nodes)}
    foreign = imported - set(sys.stdlib_module_names) - {"netinnov"}
    assert foreign
    undeclared = {
        name
        for name in foreign
        if declared.isdisjoint(
            owner.lower().replace("_", "-") for owner in owners.get(name, [name])
        )
    }
    assert undeclared == set()


def test_every_public_module_has_a_reference_page():
    listed = set(
        re.findall(r"^\s+netinnov\.([\w.]+)$", (ROOT / "docs/reference.md").read_text(), re.M)
    )
    public = {name for name in ni.__all__ if isinstance(getattr(ni, name), ModuleType)}
    # Each mechanism is a module of its own.
    public.remove("mechanisms")
    public |= {f"mechanisms.{name}" for name in ni.mechanisms.__all__}
    assert listed == public


def imports(nodes: list[ast.AST]) -> set[str]:
    """Top-level names of the packages that a module imports."""
    names = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names
