"""Who decides what, and how it was decided: proposals, ballots, delegation, standing, stewards."""
