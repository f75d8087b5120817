"""Lets `python -m medsos.sandbox` start the server."""

from medsos.sandbox.server import main

if __name__ == "__main__":
    main()
