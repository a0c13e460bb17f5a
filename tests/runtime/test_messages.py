"""Messages stay of a length that a person reads, however long the names and values in them are."""

import re

import pandas as pd
import pytest
from typer.testing import CliRunner

import netinnov as ni
from netinnov import sources
from netinnov.cli import app
from netinnov.errors import MOST, InputError, shortened

WORD, WORDS = "x" * 1_000_000, "x y " * 250_000


@pytest.mark.parametrize("name", [WORD, WORDS])
def test_an_error_with_an_endless_name_is_short_and_keeps_what_mends_it(tmp_path, name):
    (tmp_path / "nodes.csv").write_text(f'node\n"{name}"\n')
    (tmp_path / "links.csv").write_text(f'source,target\n"{name}",unknown\n')
    with pytest.raises(InputError) as caught:
        ni.build_network(*sources.read_tables(tmp_path))
    assert len(str(caught.value)) <= MOST
    result = CliRunner().invoke(app, ["check", str(tmp_path)])
    assert result.exit_code == 1
    assert len(result.stderr) <= MOST + 100


def test_an_unknown_name_of_a_million_letters_is_cut():
    network = ni.build_network(
        pd.DataFrame({"node": ["a"]}), pd.DataFrame({"source": ["a"], "target": ["a"]})
    )
    with pytest.raises(InputError, match="names are not in the network") as caught:
        network.select(layers=[WORD])
    assert len(str(caught.value)) < 500


def test_usual_messages_stay_as_they_are():
    message = "a line\n- " + "\n- ".join(["'杭州' must be a number; found 'x'."] * 100)
    assert shortened(message) == message


@pytest.mark.parametrize(
    ("n", "message"),
    [(2, ": 'n0', 'n1'."), (1_239, ": 'n0', 'n1', 'n2', 'n3', 'n4', ... and 1,234 more.")],
)
def test_a_message_shows_five_examples_and_counts_the_rest(n, message):
    network = ni.build_network(pd.DataFrame({"source": ["a"], "target": ["b"]}))
    with pytest.raises(InputError, match=re.escape(message)):
        network.select(layers=[f"n{at}" for at in range(n)])
