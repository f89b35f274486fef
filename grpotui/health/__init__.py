"""Health: groups and metrics in, signals, flags and a verdict out; pure, standard library only."""
