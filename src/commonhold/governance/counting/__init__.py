"""Rules of counting: pure, exact, deterministic; each from a profile of ballots to an outcome."""
