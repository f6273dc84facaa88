"""Who answers for the zone's prices: people, signatures, conflicts, judgement, complaints. Pure: nothing is read or written."""

from footwall.desk.governance.book import Complaint, Conflict, Governance, apply
from footwall.desk.governance.complaints import AnswerComplaint, FileComplaint, involved, open_complaints
from footwall.desk.governance.decide import Command, decide
from footwall.desk.governance.decided import Decided, PricedDay
from footwall.desk.governance.events import (
    Action,
    ComplaintAnswered,
    ComplaintFiled,
    ConflictDeclared,
    ConflictEnded,
    Forms,
    GovernanceEvent,
    JudgementMade,
    Outcome,
    PersonEnrolled,
    PersonLeft,
    PricesSigned,
    Role,
)
from footwall.desk.governance.judging import MakeJudgement, judgements_on
from footwall.desk.governance.message import DOMAIN, Statement, holds, key_fault, statement_of
from footwall.desk.governance.people import DeclareConflict, EndConflict, EnrolPerson, LetPersonLeave
from footwall.desk.governance.signing import (
    Approval,
    SigningRequest,
    SignPrices,
    approval_of,
    signatures_over,
    to_sign,
)

__all__ = [
    "DOMAIN",
    "Action",
    "AnswerComplaint",
    "Approval",
    "Command",
    "Complaint",
    "ComplaintAnswered",
    "ComplaintFiled",
    "Conflict",
    "ConflictDeclared",
    "ConflictEnded",
    "Decided",
    "DeclareConflict",
    "EndConflict",
    "EnrolPerson",
    "FileComplaint",
    "Forms",
    "Governance",
    "GovernanceEvent",
    "JudgementMade",
    "LetPersonLeave",
    "MakeJudgement",
    "Outcome",
    "PersonEnrolled",
    "PersonLeft",
    "PricedDay",
    "PricesSigned",
    "Role",
    "SignPrices",
    "SigningRequest",
    "Statement",
    "apply",
    "approval_of",
    "decide",
    "holds",
    "involved",
    "judgements_on",
    "key_fault",
    "open_complaints",
    "signatures_over",
    "statement_of",
    "to_sign",
]
