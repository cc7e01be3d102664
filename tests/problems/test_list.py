from tests.factories import make_problem


def test_smoke(app, page):
    p = make_problem("Salt in wells")
    from app.problems import queries
    from app.core.access import VISITOR

    f = queries.find(VISITOR, queries.Wanted("", {"sdg": ["6"]}), None)
    assert f.total == (1, False), f
    f = queries.find(
        VISITOR,
        queries.Wanted(
            "salt",
            {
                "sdg": ["6"],
                "need": ["method", "x"],
                "state": ["published"],
                "until": ["90"],
                "consortium": [str(p.consortium_id)],
            },
            "deadline",
        ),
        None,
    )
    assert f.total == (1, False), f
    print(f)
    print(
        queries.numbers(),
        queries.newest(VISITOR),
        queries.open_titles(VISITOR, "salt"),
        queries.open_titles(VISITOR, p.number),
    )
