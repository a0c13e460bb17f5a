"""Hold a change of the code against what must not change: tables, pages, figures of four studies.

``python .ci/pin.py before`` writes the studies of this checkout into a folder; after the change
``python .ci/pin.py after --against before`` names each table, page and figure that differs. Two of
the studies need the folder of data beside the checkout.
"""

from __future__ import annotations

import argparse
import re
import sys
import warnings
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

import pandas as pd
from PIL import Image

from netinnov import study

STUDIES = Path(__file__).parents[1] / "examples/studies"
BUNDLED, WITH_DATA = ("yrd", "europe"), ("eu_air", "cordis_countries")
PICTURE = re.compile(r'"data:image[^"]*"')


def write(folder: Path) -> None:
    found = {case: study.read_configuration(case=case) for case in BUNDLED}
    for name in WITH_DATA:
        configuration = study.read_configuration(STUDIES / f"{name}.toml")
        if Path(configuration.data.path or "").exists():
            found[name] = configuration
        else:
            print(f"{name}: left out, as its data are not beside the checkout")
    for name, configuration in found.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            study.run(configuration, out=folder / name, overwrite=True)


def differences(new: Path, old: Path) -> Iterator[str]:
    """Of one study, a line each; numbers of a table are equal to nine digits."""
    patterns = "tables/*.csv", "figures/*.png", "report*.html"
    for pattern in patterns:
        names = [
            {path.relative_to(folder) for path in folder.glob(pattern)} for folder in (new, old)
        ]
        yield from (f"{name} is not there any more" for name in sorted(names[1] - names[0]))
        yield from (f"{name} is new" for name in sorted(names[0] - names[1]))
        for name in sorted(names[0] & names[1]):
            if why := DIFFERENCE[name.suffix](new / name, old / name):
                yield f"{name}: {why}"


def of_tables(new: Path, old: Path) -> str:
    try:
        pd.testing.assert_frame_equal(pd.read_csv(new), pd.read_csv(old), rtol=1e-9, atol=1e-12)
    except AssertionError as error:
        return " ".join(str(error).split())[:300]
    return ""


def of_figures(new: Path, old: Path) -> str:
    sizes = [Image.open(path).size for path in (new, old)]
    return "" if sizes[0] == sizes[1] else f"{sizes[1]} pixels became {sizes[0]}"


def of_pages(new: Path, old: Path) -> str:
    texts = [PICTURE.sub('""', path.read_text("utf-8")).splitlines() for path in (old, new)]
    return "\n".join(list(unified_diff(*texts, lineterm="", n=0))[2:42])


DIFFERENCE = {".csv": of_tables, ".png": of_figures, ".html": of_pages}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--against", type=Path)
    asked = parser.parse_args()
    write(asked.folder)
    if asked.against is None:
        return 0
    lines = [
        f"{each.name}/{line}"
        for each in sorted(asked.folder.iterdir())
        for line in differences(each, asked.against / each.name)
    ]
    print("\n".join(lines) or "nothing differs")
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main())
