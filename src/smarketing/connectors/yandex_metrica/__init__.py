"""Yandex.Metrica: visits with their tags, so that a lead's first touch is seen before its form."""
