"""The words everything else speaks: tables of facts, periods, money, identity, the company."""
