"""A briefing in front of people: full screen, by keys, with a session of its own, so that the work stays as it was."""
