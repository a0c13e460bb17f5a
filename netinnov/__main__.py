"""``python -m netinnov``: the same as the command ``netinnov``."""

from netinnov.cli import main

if __name__ == "__main__":
    main()
