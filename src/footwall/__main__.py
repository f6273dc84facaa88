"""`python -m footwall` is the command line."""

from footwall.cli import main

if __name__ == "__main__":
    main()
