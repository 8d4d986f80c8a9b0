"""What must always be true of exports: no file without its one row in the audit log (P11)."""

from core.audit import Finding, check
from core.database import sql

MADE = """
SELECT e.public_id, count(a.id)::int AS rows, coalesce(max(a.facts ->> 'sha256'), '') AS sha256,
    e.sha256 AS own
FROM exports_export AS e LEFT JOIN core_audit_log AS a
    ON a.action = 'export.made' AND a.subject = 'export:' || e.public_id
WHERE e.ready_at IS NOT NULL
GROUP BY e.id HAVING count(a.id) <> 1 OR max(a.facts ->> 'sha256') <> e.sha256
ORDER BY e.id
"""
UNMADE = """
SELECT a.subject FROM core_audit_log AS a
WHERE a.action = 'export.made' AND NOT EXISTS (SELECT FROM exports_export AS e
    WHERE a.subject = 'export:' || e.public_id AND e.ready_at IS NOT NULL)
ORDER BY a.id
"""
LISTS = """
SELECT e.public_id, e.members, count(l.id)::int AS listed
FROM exports_export AS e LEFT JOIN exports_listed AS l ON l.export_id = e.id
WHERE e.state IN ('waiting', 'running', 'ready')
GROUP BY e.id HAVING count(l.id) <> e.members ORDER BY e.id
"""
ALONE = """
SELECT public_id FROM exports_export
WHERE is_whole AND ready_at IS NOT NULL AND (seen_by IS NULL OR seen_by = asked_by) ORDER BY id
"""
LEFT = """
SELECT DISTINCT e.public_id FROM exports_piece AS p JOIN exports_export AS e ON e.id = p.export_id
WHERE e.state IN ('cancelled', 'failed', 'refused')
    OR e.expires_at < now() - interval '1 hour' ORDER BY 1
"""


@check("exports.audit_log")
async def every_file_has_one_row_in_the_audit_log() -> list[Finding]:
    found = [
        Finding("exports.audit_log", row["public_id"], f"has {row['rows']} rows, or another hash")
        for row in await sql(MADE)
    ]
    return found + [
        Finding("exports.audit_log", row["subject"], "is of no export") for row in await sql(UNMADE)
    ]


@check("exports.lists")
async def a_list_holds_as_many_as_it_says() -> list[Finding]:
    return [
        Finding("exports.lists", row["public_id"], f"{row['listed']} are not {row['members']}")
        for row in await sql(LISTS)
    ]


@check("exports.second_person")
async def nothing_whole_left_by_one_hand() -> list[Finding]:
    return [
        Finding("exports.second_person", row["public_id"], "was seen by nobody else")
        for row in await sql(ALONE)
    ]


@check("exports.pieces")
async def what_is_over_keeps_no_piece() -> list[Finding]:
    return [
        Finding("exports.pieces", row["public_id"], "is over, and its file is still there")
        for row in await sql(LEFT)
    ]
