"""What this room keeps of members (P1). `core.privacy` explains the lists."""

from core.privacy import Expiring, OnMerge, Owned

NOT_PERSONAL = frozenset(
    {
        "id", "public_id", "code", "name", "aim", "state", "version", "trigger", "trigger_on",
        "tells", "salt", "company_id", "made_by", "made_at", "started_at", "ended_at",
        "looked_until", "looked_on", "filled_to", "filled_at", "journey_id", "number",
        "definition", "member_id",
        "entry_key", "is_holdout", "why", "step", "step_no", "due_at", "tries", "leased_until",
        "entered_at", "run_id", "what", "is_refused", "detail", "at",
    }
)  # fmt: skip

OWNED = (
    Owned("journeys_run", merge=OnMerge.KEEP),
    Owned(
        "journeys_done",
        whose="run_id IN (SELECT id FROM journeys_run WHERE member_id = $1)",
    ),
)
EXPIRING = (Expiring("journeys_done", "at", 730, "旅程步骤记录", "steps of journeys"),)
