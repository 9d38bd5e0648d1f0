"""The file of a case, its evidence, its fine and the law of a day over HTTP."""

from __future__ import annotations

import pytest

from tests.api.streets import CLASSIFIED, Streets, furnish


@pytest.fixture
def streets(bureau) -> Streets:
    return furnish(bureau)


def test_a_case_shows_its_file_and_only_to_those_who_may_see_it(streets):
    matter = streets.report()["matter"]["matter_id"]
    streets.done("dispatcher", matter, "classify", CLASSIFIED | {"public_danger": True})
    (case,) = streets.done("dispatcher", matter, "file", {"basis": "条例第四十三条"})["children"]
    desk = streets.as_("dispatcher")
    file = desk.get(f"/api/matters/{case}/case-file").json()
    assert [(v["volume"], v["title"]["zh"]) for v in file["volumes"]] == [("main", "正卷"), ("sub", "副卷")]
    (paper,) = file["volumes"][1]["papers"]
    assert (paper["no"], paper["template"], paper["group"]["zh"]) == (1, "case_source", "案源材料")
    assert desk.get(f"/api/matters/{case}/evidence").json() == {"items": []}
    assert desk.get(f"/api/matters/{case}/fine").json()["code"] == "no-fine"
    assert desk.get(f"/api/matters/{matter}/case-file").json()["code"] == "no-case"
    liaison = streets.as_("liaison")
    for what in ("case-file", "evidence", "fine"):
        assert liaison.get(f"/api/matters/{case}/{what}").status_code == 404


def test_the_law_of_two_days_is_explained(streets):
    asked = "/api/law?conduct=unlicensed&act_on=2022-02-01&decided_on=2025-01-10&correction_refused=true"
    law = streets.as_("dispatcher").get(asked).json()
    assert (law["act"]["rule"], law["decision"]["rule"], law["applies"]) == (
        "D684-13",
        "REG-43-REFUSED",
        "D684-13",
    )
    assert law["verified"] is True
    old = streets.as_("dispatcher").get(asked.replace("2022-02-01", "2016-02-01")).json()
    assert (old["act"]["verified"], old["verified"]) == (False, False)
    none = streets.as_("dispatcher").get(asked.replace("2022-02-01", "2001-02-01"))
    assert (none.status_code, none.json()["code"]) == (404, "law-not-on-record")


def test_publications_are_listed_by_stage_to_the_bureaus_own_people(streets):
    desk = streets.as_("dispatcher")
    for stage in ("", "?stage=due", "?stage=shown", "?stage=wrong", "?stage=ended"):
        assert desk.get(f"/api/penalty-publicity{stage}").json() == {"items": [], "next": None}
    assert desk.get("/api/penalty-publicity?stage=never").status_code == 422
    assert streets.as_("liaison").get("/api/penalty-publicity").status_code == 403
    assert desk.get("/api/referrals/copies").json() == []


def test_a_major_case_waits_for_the_brigade_before_and_after_it_files_it(streets: Streets) -> None:
    matter = streets.report()["matter"]["matter_id"]
    streets.done("dispatcher", matter, "classify", CLASSIFIED | {"public_danger": True})
    brigade = streets.as_("brigade")

    def waiting() -> set[str]:
        found = brigade.get("/api/matters", params={"waits_for": "me"}).json()["items"]
        return {one["pack"] for one in found if matter in (one["id"], one["parent_id"])}

    assert waiting() == set()
    streets.done("dispatcher", matter, "assign_brigade", {"reason": "涉及多家门店"})
    assert waiting() == {"unlicensed_operation"}
    streets.done("brigade", matter, "file", {"basis": "《无证无照经营查处办法》第十三条"})
    assert waiting() == {"penalty_case"}


def test_a_proposed_fine_is_weighed_while_it_is_typed(streets: Streets) -> None:
    matter = streets.report()["matter"]["matter_id"]
    streets.done("dispatcher", matter, "classify", CLASSIFIED | {"public_danger": True})
    (case,) = streets.done("dispatcher", matter, "file", {"basis": "条例第四十三条"})["children"]
    asked = f"/api/matters/{case}/actions/report_investigation/heeds"
    desk = streets.as_("enforcement")

    def told(**form: object) -> list[str]:
        said = {"conduct": "unlicensed", "continuing": True, "serious": False, "correction_refused": True}
        answer = desk.post(asked, json={"form": said | form})
        assert answer.status_code == 200, answer.text
        return [one["code"] for one in answer.json()]

    assert told(proposed_fine="500") == ["fine-outside-range"]
    assert told(proposed_fine="500", act_until="昨天") == ["fine-outside-range"]  # what is wrong waits
    assert told(proposed_fine=["500"]) == told(proposed_fine="20000") == told(nothing=1) == []
    none = desk.post(asked.replace("report_investigation", "nothing"), json={"form": {}})
    assert (none.status_code, none.json()["code"]) == (404, "no-action")
    assert streets.as_("liaison").post(asked, json={"form": {}}).status_code == 404
