"""The command ``netinnov``, also as ``python -m netinnov``."""

import os
import sys
from pathlib import Path


def main() -> None:
    """Ctrl-C before the command has begun ends it silently."""
    os.environ["MPLBACKEND"] = "agg"  # no command opens a window
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:  # closed: a file that is opened would take its number
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115
    try:
        from netinnov.cli import main as command

        command()
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
