"""What may a person say of two campaign names?"""

from __future__ import annotations

from django import forms

ONE, TWO, FORGET = "one", "two", "forget"


class PairForm(forms.Form):
    """The names travel as they are; whether there is such a pair is judged where it is kept."""

    lead_source = forms.CharField(max_length=500, strip=False)
    report = forms.CharField(max_length=1000, strip=False)
    crm = forms.CharField(max_length=1000, strip=False)
    word = forms.ChoiceField(choices=[(word, word) for word in (ONE, TWO, FORGET)])
