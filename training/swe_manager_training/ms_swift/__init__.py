"""Adapters for ms-swift 4.x. Needs ms-swift; the rest of the package does not."""
