"""Charter, members, property: who is in the commons, and by which rules it lives."""
