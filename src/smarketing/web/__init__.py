"""Pages, forms, models and settings of the product."""
