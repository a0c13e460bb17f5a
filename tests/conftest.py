"""Settings and fixtures that every test shares."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from netinnov import MultilayerNetwork
    from netinnov.sources import Tables

# Kernels compile inside a first example, so no deadline. Other examples are drawn each time, and
# few; CI draws more, and the same every time.
settings.register_profile(
    "netinnov", deadline=None, max_examples=6, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "ci", settings.get_profile("netinnov"), max_examples=10, derandomize=True, print_blob=True
)
# For a long look by hand: pytest --hypothesis-profile=thorough
settings.register_profile("thorough", settings.get_profile("netinnov"), max_examples=400)
settings.load_profile("ci" if os.environ.get("CI") else "netinnov")


@pytest.hookimpl(tryfirst=True)  # before slow tests are left out
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A whole study is slow; what takes longest begins first, so that no worker waits for it."""
    for item in items:
        if "made_once" in getattr(item, "fixturenames", ()):
            item.add_marker("slow")

    def is_long(item: pytest.Item) -> bool:
        whole_study = "made_once" in getattr(item, "fixturenames", ())
        long = ("test_the_script_writes_the_page", "test_code_of_the_readme_and_the_tutorials")
        return whole_study or item.name.startswith(long)

    items.sort(key=lambda item: not is_long(item))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of facts, data and reference cases beside the checkout."""
    folder = (Path(__file__).parents[1] / "../shared").resolve()
    if not folder.is_dir():
        pytest.skip("needs the shared folder beside the checkout")
    return folder


@pytest.fixture(scope="session")
def processes() -> Iterator[ProcessPoolExecutor]:
    """Two processes of their own, forked from one that has imported what they need."""
    forks = "forkserver" in get_all_start_methods()  # not on Windows
    context = get_context("forkserver" if forks else "spawn")
    if forks:
        context.set_forkserver_preload(["netinnov.experiments", "netinnov.kernels.links", "pytest"])
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        yield pool


@pytest.fixture
def one_item_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of `netinnov._runtime.parallel.run` have one item, whatever it takes."""
    monkeypatch.setattr("netinnov._runtime.parallel.BATCHES", 10**9)


@pytest.fixture
def spark() -> Iterator[Any]:
    """A session of Spark with two workers on this machine."""
    if shutil.which("java") is None:
        pytest.skip("apt-get install default-jre-headless")
    sql = pytest.importorskip("pyspark.sql", reason="pip install 'netinnov[spark]'")
    session = (
        sql.SparkSession.builder.master("local[2]")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.fixture(scope="session")
def cordis_folder(shared: Path) -> Path:
    folder = shared / "data/cordis_h2020"
    if not folder.is_dir():
        pytest.skip("needs the sample of CORDIS beside the checkout")
    return folder


@pytest.fixture(scope="session")
def cordis_pairs(cordis_folder: Path) -> Tables:
    """The sample of CORDIS, a link for each pair of partners: read once, not to be changed."""
    from netinnov.sources import read_cordis

    return read_cordis(cordis_folder)


@pytest.fixture(scope="session")
def cordis_projects(cordis_folder: Path) -> Tables:
    """The sample of CORDIS with projects as nodes: read once, not to be changed."""
    from netinnov.sources import read_cordis

    return read_cordis(cordis_folder, projects="nodes")


@pytest.fixture(scope="session")
def cordis(cordis_pairs: Tables) -> MultilayerNetwork:
    """The network of `cordis_pairs`, in which four cities have two spellings."""
    from netinnov import build_network

    with pytest.warns(UserWarning, match="'NEW MARKET, UK' and 'NEWMARKET, UK'"):
        return build_network(*cordis_pairs)


@pytest.fixture(scope="session")
def research_projects() -> MultilayerNetwork:
    """The bundled organisations in projects: real two-mode data, in every clone."""
    from netinnov.datasets import load_research_cities

    return load_research_cities(projects="nodes")


@pytest.fixture(scope="session")
def research_pairs(research_projects: MultilayerNetwork) -> MultilayerNetwork:
    """The bundled organisations, a link for each pair of partners."""
    from netinnov.linkages import project

    options = {"layer": "participation", "through": "project"}
    return project(research_projects, **options, name="co_participation")


@pytest.fixture
def small_tables() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, tuple[str, ...]]:
    """Five nodes in three places, two layers; `b` stands in P and belongs to Q; `e` is alone."""
    nodes = pd.DataFrame(
        {
            "node": ["a", "b", "c", "d", "e"],
            "kind": ["firm", "park", "university", "talent", "firm"],
            "place": ["P", "P", "Q", "Q", "R"],
            "jurisdiction": ["P", "Q", "Q", "Q", "R"],
        }
    )
    links = pd.DataFrame(
        [
            ("flow", "c", "a", 3.0),
            ("coop", "b", "a", 1.0),
            ("coop", "a", "b", 1.0),
            ("coop", "c", "b", 1.0),
            ("flow", "d", "d", 5.0),
            ("coop", "a", "c", 4.0),
            ("flow", "a", "c", 1.0),
            ("flow", "c", "d", 2.0),
        ],
        columns=["layer", "source", "target", "weight"],
    )
    places = pd.DataFrame(
        {
            "place": ["P", "Q", "R"],
            "lon": [120.0, 119.0, 121.0],
            "lat": [30.0, 29.0, 31.0],
            "population": [12e6, 2e6, 20e6],
        }
    )
    return nodes, links, places, ("flow",)


@pytest.fixture
def small(
    small_tables: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, tuple[str, ...]],
) -> MultilayerNetwork:
    """The network of `small_tables`: coop a-b 2, a-c 4, b-c 1; flow a>c 1, c>a 3, c>d 2, d>d 5."""
    from netinnov import build_network

    return build_network(*small_tables)


@pytest.fixture(scope="module")
def few_resamples() -> Iterator[None]:
    """A page of the explorer draws two resamples for the support of centres, in place of 100."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("netinnov.explorer._findings.RESAMPLES", ((300, 2),))
        yield


@pytest.fixture(scope="session")
def browser():
    """Chromium, started once; skipped where it is missing, unless everything must be tested."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        msg = "there is no Chromium to test the explorer in: apt-get install chromium"
        if os.environ.get("CI") or os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(msg)
        pytest.skip(msg)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        options = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        chromium = driver.chromium.launch(executable_path=path, args=options)
        yield chromium
        chromium.close()
