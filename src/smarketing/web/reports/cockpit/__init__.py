"""How is the overview made? One module for each part of the page: its strip, its verdict, its days, its zones."""
