"""The charter of the benchmarks."""

CHARTER = """
[commons]
name = "Benchmark"
purpose = "To be measured."
licence = ["CC0-1.0"]
currency = "EUR"
domains = ["all"]

[kinds.work]
[kinds.code]
[kinds.documentation]

[validation]
quorum = 2

[[sharing.steps]]
id = "upstream"
to = "agents"
percent = "5"
agents = [{ agent = "org:upstream" }]

[[sharing.steps]]
id = "contributions"
to = "contributions"
rest = true
weights = { work = "25", code = "0.3", documentation = "0.45" }
half_life_days = 730
at_most_percent = "5"
"""
