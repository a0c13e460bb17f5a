"""The picture of the layers in architecture.md, drawn from the import contract in setup.cfg."""

from configparser import ConfigParser
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE / "architecture.md"
BEGIN, END = "<!-- layers -->\n", "<!-- end of the layers -->"


def layers() -> list[str]:
    """Lines of the contract, the highest layer first."""
    setup = ConfigParser()
    setup.read(HERE.parent / "setup.cfg", encoding="utf-8")
    return setup["importlinter:contract:layers"]["layers"].strip().splitlines()


def drawn(page: str) -> str:
    """A page with the picture of today."""
    before, _, rest = page.partition(BEGIN)
    picture = "\n".join(layers())
    return f"{before}{BEGIN}\n```text\n{picture}\n```\n\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
