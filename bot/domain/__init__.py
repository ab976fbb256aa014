"""What a briefing, a question and an answer are; no network, disk, database, clock or environment."""
