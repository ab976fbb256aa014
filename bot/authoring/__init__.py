"""For maintainers: what helps to write a briefing."""
