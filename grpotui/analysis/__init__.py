"""What charts and tables need of series: pure, standard library only."""
