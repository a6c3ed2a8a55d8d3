"""Yandex.Direct: spend, clicks and conversions by day and campaign, from the Reports service."""
