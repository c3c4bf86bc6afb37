"""Paths, queries and methods that are refused."""
from driver import ABSENT
from raw_http import exchange, request
from refusals import Case, check_refusal, run_cases, run_refusals


def refused_path(path, *says, status=400, code="invalid_request"):
    return Case("GET " + path[:60], request("GET", path), status, code, says)


def paths_and_queries(checks, target):
    lists = ["/batch", "/things/keep", "/relationships?from=a/b",
             "/dead-letters"]
    with_limit = [p + ("&" if "?" in p else "?") + "limit=" for p in lists]
    absent = "/batch/" + ABSENT
    letters = "/dead-letters?"
    run_cases(checks, target, [
        *[refused_path(path + value, "limit") for path in with_limit
          for value in ("0", "501", "-1", "x", "1.5", "", "0x10",
                        "99999999999999999999")],
        *[refused_path(path.replace("limit", "cursor") + value, "cursor")
          for path in with_limit
          for value in ("zz", "abc", "..", "00" * 2000)],
        # The cursor of a thing in another namespace.
        *[refused_path(path.replace("limit", "cursor")
                       + b"other\0id".hex(), "cursor")
          for path in with_limit],
        *[refused_path(path + "nope=1", "nope") for path in (
            "/batch?", "/batch/1?", "/batch/1/results?", "/batch/1/errors?",
            "/things/keep?", "/things/keep/sentinel?", "/export/keep?",
            "/relationships?from=a/b&", "/embeddings/keep/sentinel?",
            "/stats?", letters, "/dead-letters/1?")],
        refused_path("/batch?status=done", "status"),
        refused_path("/batch?state=done", "state", "succeeded"),
        refused_path("/batch?state=", "state"),
        refused_path("/batch?type=Import", "type"),
        refused_path(letters + "jobId=1", "jobId", "id of a job"),
        refused_path(letters + "jobId=", "jobId"),
        refused_path(letters + "jobid=" + ABSENT, "jobid"),
        refused_path(letters + "ids=" + target.letter, "ids"),
        refused_path(letters + "type=Import", "type", "import-things"),
        refused_path(letters + "type=system&jobId=" + ABSENT, "system"),
        refused_path(letters + "ns=", "ns"),
        refused_path(letters + "ns=" + "n" * 129, "ns", "128"),
        refused_path(letters + "code=oops", "code", "oops"),
        refused_path(letters + "code=", "code"),
        refused_path(letters + "after=yesterday", "after", "2026-"),
        refused_path(letters + "after=1767225600", "after"),
        refused_path(letters + "before=2026-13-01T00:00:00Z", "before"),
        refused_path(letters + "before=", "before"),
        refused_path(letters + "groupBy=ns", "groupBy", "fingerprint"),
        refused_path(letters + "groupBy=", "groupBy"),
        refused_path(letters + "groupBy=code&limit=5", "limit"),
        refused_path(letters + "groupBy=code&cursor=00", "cursor"),
        refused_path(letters + "groupBy=code&code=oops", "code"),
        refused_path("/batch/1?include=items", "include"),
        refused_path("/export/keep?format=xml", "format"),
        refused_path("/export/keep?format=JSON", "format"),
        refused_path("/export/keep?format=", "format"),
        refused_path("/export/keep?kind=thing", "kind"),
        refused_path("/export/keep?format=csv&formulas=no", "formulas"),
        refused_path("/relationships", "from", "to"),
        refused_path("/relationships?from=noslash", "from"),
        refused_path("/relationships?from=/id"),
        refused_path("/relationships?from=ns/"),
        refused_path("/relationships?fromNs=a", "fromId"),
        refused_path("/relationships?toId=a", "toNs"),
        refused_path("/relationships?from=a/b&fromNs=a"),
        refused_path("/relationships?from=a/b&to=a/b"),
        refused_path("/relationships?from=a/b&type="),
        refused_path("/things/a%00b", "control"),
        refused_path("/things/keep/senti%00nel", "control"),
        refused_path("/things/keep/a%0d%0aSet-Cookie:%20a", "control"),
        refused_path("/things/keep/%7f", "control"),
        refused_path("/things/keep/%C2%85", "control"),
        refused_path("/export/keep%00", "control"),
        refused_path("/embeddings/keep/%01", "control"),
        refused_path("/relationships?from=a/%00", "control"),
        refused_path("/things/" + "n" * 129, "128"),
        refused_path("/things/keep/" + "i" * 513, "512"),
        refused_path("/things/keep/" + "%C3%A4" * 257, "512"),
        refused_path("/export/" + "n" * 129, "128"),
        refused_path("/embeddings/" + "n" * 129 + "/1", "128"),
        refused_path("/things/keep/%", "percent"),
        refused_path("/things/keep/%4", "percent"),
        refused_path("/things/keep/%zz", "percent"),
        refused_path("/things/keep/%u0041", "percent"),
        refused_path("/batch?label.a=%G0", "percent"),
        refused_path("/things/keep/%ff", "UTF-8"),
        refused_path("/things/keep/%c0%80", "UTF-8"),
        refused_path("/things/keep/%ed%a0%80", "UTF-8"),
        refused_path("/batch?label.a=%80", "UTF-8"),
        Case("raw bytes in the path", request("GET", b"/things/keep/\xff"),
             400, "invalid_request"),
        refused_path("/nope", status=404, code="no_such_route"),
        refused_path("/batch/1/nope", status=404, code="no_such_route"),
        refused_path("/v2/batch", status=404, code="no_such_route"),
        refused_path("/v1/v1/batch", status=404, code="no_such_route"),
        refused_path("/things", status=404, code="no_such_route"),
        refused_path("/things//sentinel", status=404, code="no_such_route"),
        refused_path("/../../etc/passwd", status=404, code="no_such_route"),
        refused_path("/%2e%2e/%2e%2e/etc/passwd", status=404,
                     code="no_such_route"),
        *[refused_path("/batch/" + id + tail, status=404, code="no_such_job")
          for id in ("1", "no-such-job", "%20", "a%2Fb",
                     "018f4e2a-7c3d-7b1e-9a55-0242ac12000",
                     "018f4e2a-7c3d-7b1e-9a55-0242ac1200020",
                     "018f4e2a_7c3d_7b1e_9a55_0242ac120002",
                     "018g4e2a-7c3d-7b1e-9a55-0242ac120002")
          for tail in ("", "/results", "/errors")],
        *[refused_path("/dead-letters/" + id, status=404,
                       code="no_such_dead_letter")
          for id in ("1", "replay", "purge", "%20", ABSENT, ABSENT + ".0",
                     target.ended, target.ended + ".", target.ended + ".1",
                     target.ended + ".00", target.ended + ".-1",
                     target.ended + ".4294967296", target.letter + ".0",
                     "00000000-0000-0000-0000-000000000000.0")],
        *[refused_path(path, status=410, code="job_gone") for path in (
            "/batch/" + target.gone, f"/batch/{target.gone}/results",
            f"/batch/{target.gone}/errors", letters + "jobId=" + target.gone,
            f"/dead-letters/{target.gone}.0")],
        refused_path(letters + "jobId=" + ABSENT, status=404,
                     code="no_such_job"),
        refused_path(letters + "groupBy=code&jobId=" + ABSENT, status=404,
                     code="no_such_job"),
        refused_path(absent, status=404, code="no_such_job"),
        refused_path(absent + "/results", status=404, code="no_such_job"),
        refused_path("/things/keep/nobody", status=404, code="no_such_thing"),
        refused_path("/embeddings/keep/sentinel", status=404,
                     code="no_such_embedding"),
    ])


# The methods of each route that any version of the service has.
ROUTES = {
    "/batch": "GET POST", "/batch/1": "GET PATCH DELETE",
    "/batch/1/results": "GET", "/batch/1/errors": "GET",
    "/batch/1/cancel": "POST", "/batch/1/pause": "POST",
    "/batch/1/resume": "POST", "/batch/1/retry": "POST",
    "/dead-letters": "GET", "/dead-letters/1": "GET",
    # GET would ask for a dead letter of this name.
    "/dead-letters/replay": "GET POST", "/dead-letters/purge": "GET POST",
    "/dead-letters/1/replay": "POST", "/things/keep": "GET",
    "/things/keep/sentinel": "GET PUT DELETE", "/relationships": "GET",
    "/embeddings/keep/sentinel": "GET", "/export/keep": "GET",
    "/stats": "GET", "/health": "GET", "/livez": "GET", "/readyz": "GET",
}


def wrong_methods(checks, target):
    for route, methods in ROUTES.items():
        taken = set(methods.split()) | (
            {"HEAD"} if "GET" in methods else set())
        if "GET" not in taken:
            answer = target.server.request("HEAD", route)
            checks.equal((answer.status, answer.headers.get("allow")),
                         (405, methods), f"HEAD {route}")
        for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
            if method in methods.split():
                continue
            for path in (route, "/v1" + route):
                case = Case(f"{method} {path}", request(method, path), 405,
                            "method_not_allowed", (method,))
                answer = exchange(target.server, case.data)
                check_refusal(checks, case, answer)
                allowed = answer.headers.get("allow", "").split(", ")
                checks.equal(set(allowed), taken, f"{case.name}: Allow")
        target.check_unharmed(checks, route)
    run_cases(checks, target, [
        Case("an unknown method on an unknown route",
             request("DELETE", "/nope"), 404, "no_such_route"),
        Case("an invented method", request("BREW", "/health"), 400,
             "invalid_request"),
        Case("TRACE", request("TRACE", "/health"), 400, "invalid_request"),
        Case("CONNECT", request("CONNECT", "test:1"), 400, "invalid_request"),
    ])


if __name__ == "__main__":
    run_refusals([paths_and_queries, wrong_methods])
