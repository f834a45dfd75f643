"""Teaches SWE-Manager's judge from what maintainers did. Reads exported files only, never the database."""
