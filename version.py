"""The version, in a file of its own: cheap to import, read by the build as well."""

__version__ = "0.1.0"
