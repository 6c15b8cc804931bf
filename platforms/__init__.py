"""What each platform can do and demands: facts, counting and limits; one module a platform."""
