"""Figures that sales and marketing both believe."""
