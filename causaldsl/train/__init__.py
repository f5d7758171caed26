"""Training: a frozen config, one loop that drives learners, and the run folder that it leaves."""
