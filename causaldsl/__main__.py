"""`python -m causaldsl`, and `torchrun -m causaldsl`."""

from causaldsl.cli import main

if __name__ == "__main__":
    main(prog_name="causaldsl")
