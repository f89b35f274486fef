"""Devices, the disk and checkpoints: what is read of them."""
