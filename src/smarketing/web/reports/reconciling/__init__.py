"""The page on which marketing's report is held against the CRM."""
