"""``python -m grpotui`` is the command ``grpotui``."""

from grpotui.cli import main

if __name__ == "__main__":
    main()
