"""The command ``netinnov``, also as ``python -m netinnov``."""


def main() -> None:
    """Run the command; Ctrl-C while its modules are still loading ends it without a word."""
    try:
        from netinnov.cli import main as command
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    command()


if __name__ == "__main__":
    main()
