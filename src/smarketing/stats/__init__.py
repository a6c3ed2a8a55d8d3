"""Mathematics alone: proportions, curves, decompositions and chance. Nothing here knows the business.

Modules, each answering one question:

- `proportions`: how sure is a share, do two shares differ, is a count more than its rate allows?
- `multiplicity`: how many of many comparisons survive together?
- `distance`: how far apart are distributions over the same kinds, and how sure is that of counts?
- `control`: has a figure shifted, or does it vary as it always has?
- `survival`: by what age does it happen when some cases are still open?
- `ripening`: how much of a young cohort has had time to happen?
- `delays`: how long does it take, when the youngest cases have not had time to show the slow ones?
- `cure`: how many will it be in the end when some never will?
- `lifetime`: is a silent customer gone, how often will he buy again, what is he worth?
- `coalitions`: which order-free weights share a change among factors?
- `decomposition`: which factor, union and cell makes the gap between plan and fact?
- `chain`: from counts along stages to factors, with undefined rates taken as neutral.
- `simulation`: months drawn as if the plan (or the fact) were the truth.
- `doubt`: plans as other past months of the same truth would have given them.
- `sums`: how is a sum of independent yes-or-no amounts distributed?
- `stages`: by when does a case reach the end of a row of stages?
- `drawing`: what may a number of uncertain cases bring together?
- `scores`: how good was a forecast, and how wide must an honest interval be?
- `whatif`: what would the outcome be had some factors been as planned?
- `uncertainty`: how large is the error of each part of the gap, and could it be chance?
"""

from __future__ import annotations
