"""mnet, a compiler for mobile neural architectures."""
