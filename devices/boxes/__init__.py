"""Code boxes (动码盒子) as the platform sees them: who they are, what they read, what is odd."""
