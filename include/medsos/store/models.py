"""All tables by name, so that a query needs one import and the metadata is complete."""

from medsos.store.answers import StoredAnswer
from medsos.store.base import Base
from medsos.store.cycles import Approval, Cycle, Design, FormAnswer, Material, Minutes, PlanRow
from medsos.store.drafts import Draft, DraftFile
from medsos.store.evaluation import ChannelResult, CycleScorecard, MonthlyRecap, StepDuration
from medsos.store.events import AuditEntry, StepEvent
from medsos.store.findings import Finding
from medsos.store.notices import Notice
from medsos.store.people import Delegation, Official
from medsos.store.publications import Evidence, Link, LinkCheck, Metric, Publication, PublicationAttempt
from medsos.store.reviews import ReviewPaper, SopReview
from medsos.store.sharing import Lease, RateLimit

__all__ = [
    "Approval",
    "AuditEntry",
    "Base",
    "ChannelResult",
    "Cycle",
    "CycleScorecard",
    "Delegation",
    "Design",
    "Draft",
    "DraftFile",
    "Evidence",
    "Finding",
    "FormAnswer",
    "Lease",
    "Link",
    "LinkCheck",
    "Material",
    "Metric",
    "Minutes",
    "MonthlyRecap",
    "Notice",
    "Official",
    "PlanRow",
    "Publication",
    "PublicationAttempt",
    "RateLimit",
    "ReviewPaper",
    "SopReview",
    "StepDuration",
    "StepEvent",
    "StoredAnswer",
]
