"""As CLDR has it for Spanish: thousands apart by a point. Django's own formats have a blank there."""

THOUSAND_SEPARATOR = "."
