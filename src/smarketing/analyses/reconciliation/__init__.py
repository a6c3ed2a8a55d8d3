"""Where do marketing's report and the CRM differ, and why?"""
