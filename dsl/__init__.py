"""From text to a checked syntax tree. Nothing here knows tensors' shapes, or NumPy."""
