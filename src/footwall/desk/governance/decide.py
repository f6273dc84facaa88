"""The decisions of governance, all by one call: pure, from the book and a command to events or problems."""

from footwall.desk.governance.book import Governance
from footwall.desk.governance.complaints import AnswerComplaint, FileComplaint, answer, complain
from footwall.desk.governance.decided import Outcomes
from footwall.desk.governance.judging import MakeJudgement, judge
from footwall.desk.governance.people import (
    DeclareConflict,
    EndConflict,
    EnrolPerson,
    LetPersonLeave,
    declare,
    end,
    enrol,
    leave,
)
from footwall.desk.governance.signing import SignPrices, sign

Command = (
    EnrolPerson
    | LetPersonLeave
    | DeclareConflict
    | EndConflict
    | SignPrices
    | MakeJudgement
    | FileComplaint
    | AnswerComplaint
)


def decide(book: Governance, command: Command) -> Outcomes:
    """What is to be recorded of a command: its event; nothing, where it is recorded already; or why it is refused."""
    match command:
        case EnrolPerson():
            return enrol(book, command)
        case LetPersonLeave():
            return leave(book, command)
        case DeclareConflict():
            return declare(book, command)
        case EndConflict():
            return end(book, command)
        case SignPrices():
            return sign(book, command)
        case MakeJudgement():
            return judge(book, command)
        case FileComplaint():
            return complain(book, command)
        case AnswerComplaint():
            return answer(book, command)
