"""What must hold for any plan, any fact, any owners: checked exactly, in fractions, on generated models."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from smarketing.stats.coalitions import Union
from smarketing.stats.decomposition import (
    counterfactual,
    effect_spans,
    owen,
    product_model,
    sequential,
    shapley,
)
from smarketing.stats.errors import NotComputable

NUMBERS = st.fractions(min_value=0, max_value=9, max_denominator=7)


@st.composite
def models(draw):
    """Two or three owners of one to three factors, one to three cells; some factors shared."""
    sizes = draw(st.lists(st.integers(1, 3), min_size=2, max_size=3).filter(lambda sizes: sum(sizes) <= 6))
    unions = tuple(Union(f"u{i}", tuple(f"f{i}{j}" for j in range(size))) for i, size in enumerate(sizes))
    cells = tuple(f"c{i}" for i in range(draw(st.integers(1, 3))))
    shared = draw(st.booleans())
    sides = []
    for _ in range(2):
        side = {f: draw(st.lists(NUMBERS, min_size=len(cells), max_size=len(cells)))
                for union in unions for f in union.factors}  # fmt: skip
        sides.append({**side, "f00": side["f00"][0]} if shared else side)
    return product_model(cells, unions, *sides)


def planned(model):
    return any(counterfactual(model))


@settings(max_examples=30, deadline=None)
@given(models().filter(planned))
def test_parts_sum_to_the_gap_exactly(model):
    for found in (owen(model), shapley(model), sequential(model, model.factors)):
        assert sum(map(found.factor, model.factors)) == found.gap
        assert sum(found.union(union.key) for union in model.unions) == found.gap
        assert sum(map(found.cell, model.cells)) == found.gap
        fact, plan = counterfactual(model, model.factors), counterfactual(model)
        for cell, after, before in zip(model.cells, fact, plan, strict=True):
            assert found.cell(cell) == after - before
            assert sum(found.union(union.key, cell) for union in model.unions) == after - before


@settings(max_examples=25, deadline=None)
@given(models().filter(planned))
def test_swapping_plan_and_fact_flips_the_signs(model):
    swapped = product_model(model.cells, model.unions, model.fact, model.plan)
    for method in (owen, shapley):
        back = method(swapped)
        if back is NotComputable.NO_PLAN:
            assert not any(counterfactual(model, model.factors))
        else:
            assert back.effects == tuple(tuple(-x for x in row) for row in method(model).effects)


@settings(max_examples=25, deadline=None)
@given(models().filter(planned), st.randoms(use_true_random=False))
def test_shuffling_factors_owners_and_cells_changes_nothing(model, random):
    cells = random.sample(model.cells, len(model.cells))
    unions = [Union(u.key, tuple(random.sample(u.factors, len(u.factors)))) for u in model.unions]
    random.shuffle(unions)
    sides = [{f: [values[model.cells.index(cell)] for cell in cells] for f, values in side.items()}
             for side in (model.plan, model.fact)]  # fmt: skip
    shuffled = product_model(cells, unions, *sides)
    for method in (owen, shapley):
        one, other = method(model), method(shuffled)
        for factor in model.factors:
            for cell in model.cells:
                assert one.factor(factor, cell) == other.factor(factor, cell)


@settings(max_examples=25, deadline=None)
@given(models().filter(planned))
def test_merging_own_stages_keeps_every_departments_total(model):
    """Owen's reason to be chosen: each union in turn becomes a single factor."""
    found = owen(model)
    for merged in model.unions:
        unions = [Union(u.key, (u.key,)) if u is merged else u for u in model.unions]
        sides = []
        for side in (model.plan, model.fact):
            rest = {f: values for f, values in side.items() if f not in merged.factors}
            product = [Fraction(1)] * len(model.cells)
            for factor in merged.factors:
                product = [a * b for a, b in zip(product, side[factor], strict=True)]
            sides.append({**rest, merged.key: product})
        again = owen(product_model(model.cells, unions, *sides))
        for union in model.unions:
            for cell in (None, *model.cells):
                assert again.union(union.key, cell) == found.union(union.key, cell)


@settings(max_examples=25, deadline=None)
@given(models().filter(planned))
def test_every_method_stays_within_the_span_of_the_orders(model):
    spans = effect_spans(model)
    for found in (owen(model), shapley(model), sequential(model, model.factors[::-1])):
        for factor in model.factors:
            assert spans[factor].least <= found.factor(factor) <= spans[factor].greatest


@settings(max_examples=25, deadline=None)
@given(models().filter(planned))
def test_owners_of_one_factor_each_make_owen_shapley(model):
    singles = tuple(Union(factor, (factor,)) for factor in model.factors)
    alone = product_model(model.cells, singles, model.plan, model.fact)
    assert owen(alone).effects == shapley(model).effects
