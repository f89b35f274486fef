"""The runner: one detached process per run, which supervises the trainer, has it judged and indexes it."""
