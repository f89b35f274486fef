"""The training child: the only room with torch, transformers, datasets and trl."""
