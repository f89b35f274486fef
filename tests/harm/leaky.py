"""A trainer that tells all it knows, and dies of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from grpotui.workspace import RunDir
from tests.launch.fake_trainer import Trainer

trainer = Trainer(RunDir(Path(sys.argv[1])), int(sys.argv[3]))
trainer.write_attempt(5)
trainer.step(1)
sys.stdout.write(f"{dict(os.environ)}\n")
sys.exit(f"cannot log in: {os.environ['MY_SERVICE_TOKEN']} at {os.environ['DATABASE_URL']}")
