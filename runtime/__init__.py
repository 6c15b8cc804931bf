"""The composition root: the engine, the scheduler, the wiring and the process; it alone names concrete parts."""
