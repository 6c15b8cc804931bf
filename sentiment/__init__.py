"""The classifier of mentions: load, predict, calibrate, evaluate, train."""
