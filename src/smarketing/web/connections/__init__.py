"""Loads, quarantine and mappings on pages."""
