"""Run the command line: `python -m causaldsl`."""

from causaldsl.cli import main

if __name__ == "__main__":
    main()
