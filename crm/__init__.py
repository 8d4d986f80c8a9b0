"""People: who they are, what they did, what they earned, whom to tell what. Rooms in order."""
