"""The trainer's process; started by the runner, or by hand."""

from grpotui.train.entry import main

if __name__ == "__main__":
    raise SystemExit(main())
