"""Where a language writes figures and days otherwise than Django has it."""
