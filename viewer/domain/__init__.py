"""What the words mean: dates, places, actors, events, counts and claims, in plain Python."""
