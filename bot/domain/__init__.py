"""What briefings, questions and answers are; no network, disk, database, clock or environment."""
