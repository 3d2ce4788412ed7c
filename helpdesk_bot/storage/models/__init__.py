"""Every table. The rows are the records: there is no second set of classes behind them.

Moments are aware and in UTC. People and rooms carry their Matrix ids. What a person wrote is in `messages` and, until
it has been worked on, in `inbox`; nowhere else.
"""

from helpdesk_bot.storage.models.base import Base
from helpdesk_bot.storage.models.due import Nudge, Promise, Reminder, Timer
from helpdesk_bot.storage.models.emergencies import (
    Alarm,
    AlarmLink,
    DutyNotice,
    DutyOverride,
    DutySwap,
    Panic,
    PanicCall,
)
from helpdesk_bot.storage.models.federation import Lend, LendMessage, Peer, PeerWeek
from helpdesk_bot.storage.models.hours import Voucher, Work
from helpdesk_bot.storage.models.incoming import Bookmark, Echo, Gap, InboxEvent, Secret
from helpdesk_bot.storage.models.messages import Copy, Dialog, Message, Reaction
from helpdesk_bot.storage.models.outgoing import File, OutboxRow
from helpdesk_bot.storage.models.people import Organisation, Person, Technician
from helpdesk_bot.storage.models.rooms import Member, Room
from helpdesk_bot.storage.models.runs import (
    Cohort,
    Run,
    RunCheck,
    RunEvent,
    RunRemark,
    RunRole,
    RunSign,
    RunStep,
    RunTicket,
    Snapshot,
)
from helpdesk_bot.storage.models.tickets import Ticket, TicketEvent, TicketOffer
from helpdesk_bot.storage.models.weeks import WeekNote, WeekPost

__all__ = [
    "Alarm",
    "AlarmLink",
    "Base",
    "Bookmark",
    "Cohort",
    "Copy",
    "Dialog",
    "DutyNotice",
    "DutyOverride",
    "DutySwap",
    "Echo",
    "File",
    "Gap",
    "InboxEvent",
    "Lend",
    "LendMessage",
    "Member",
    "Message",
    "Nudge",
    "Organisation",
    "OutboxRow",
    "Panic",
    "PanicCall",
    "Peer",
    "PeerWeek",
    "Person",
    "Promise",
    "Reaction",
    "Reminder",
    "Room",
    "Run",
    "RunCheck",
    "RunEvent",
    "RunRemark",
    "RunRole",
    "RunSign",
    "RunStep",
    "RunTicket",
    "Secret",
    "Snapshot",
    "Technician",
    "Ticket",
    "TicketEvent",
    "TicketOffer",
    "Timer",
    "Voucher",
    "WeekNote",
    "WeekPost",
    "Work",
]
