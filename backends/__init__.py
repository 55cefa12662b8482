"""IR to files of a target, and back through its runtime. Each target is imported when it is asked for."""
