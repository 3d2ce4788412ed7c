"""The configuration that `init` starts from when it is given no city. The comments are for a host, not an expert."""

HEAD = """\
# The configuration of a helpdesk, written by `helpdesk init`. Change it as you like, then run `helpdesk check`.
#
# Room ids, aliases and people begin with !, # or @. Always put those in quotes: without them YAML reads something else.
# No passwords in this file. They come from the environment, or better from a file (mode 600) that is named there:
# HELPDESK_DATABASE_URL_FILE and HELPDESK_BOT_PASSWORD_FILE.

helpdesk:
  name: Helpdesk
  languages: [nl, en]           # the first one is spoken until a person's own language is known
  timezone: Europe/Amsterdam    # times are told in this zone

homeserver:
  url: https://matrix.example.org
  user_id: "@helpdesk:example.org"    # the bot's own account

# The bot's own folder: its keys, and the database if that is SQLite. Seen from the folder this file is in.
# Only the bot may read it. Back it up with `helpdesk backup`.
data_dir: ../data

# For PostgreSQL: set HELPDESK_DATABASE_URL_FILE to a file that holds postgresql://user:password@host/name.
# Without a password (a socket, a certificate) the address may stand here:
# database:
#   url: postgresql://helpdesk@/helpdesk?host=/run/postgresql

# Each stadsdeel has a public help room (optional) and an invite-only team room. Give them aliases: other names that
# people use when they are asked where they are, neighbourhoods mostly. A name belongs to one stadsdeel only.
"""

TAIL = """\
# The rooms of the whole city. Who is in a room decides who may do what: keep them invite-only.
rooms:
  space: "#helpdesk:example.org"
  overflow: "#team-stad:example.org"          # questions without a stadsdeel
  coordination: "#coordinatie:example.org"    # members are coordinators
  trainers: "#trainers:example.org"           # members are trainers

# Everything below may be left out: these are the values that hold without it.
# A length of time is a number and a unit: s, m, h, d or w. `1h 30m` works too.

opening_hours:         # when helpers are there, on this helpdesk's clock; only this time counts for the targets below
  monday: 09:00-17:00
  tuesday: 09:00-17:00
  wednesday: 09:00-17:00
  thursday: 09:00-17:00
  friday: 09:00-17:00       # a break in between: [09:00-12:30, 13:30-17:00]
  saturday: []              # nobody is there
  sunday: []
  holidays: NL              # closed on the public holidays of this country; false: on none
  closed_on: []             # other days, such as [2026-12-24, 2026-12-31]
  open_on: []               # holidays on which somebody is there nevertheless
# A stadsdeel can have times of its own: the same lines below its `opening_hours:`, only those that are different.

targets:                    # how soon, in working time: m, h, and d for 8 hours in which helpers are there
  urgent: {claim: 30m, answer: 1h, solve: 1d}    # taken up by somebody, first answer, solved
  high: {claim: 2h, answer: 4h, solve: 3d}
  normal: {claim: 4h, answer: 1d, solve: 10d}
  low: {claim: 1d, answer: 3d, solve: 20d}

asking:
  overflow_after: 10m              # nobody says which stadsdeel? Then the question goes to the city's team
  same_conversation_window: 10m    # a plain message this soon after the bot's belongs to the same question
  max_text: 20000                  # longer messages are shortened when they are passed on

helping:
  most_open: 5         # whoever has so many questions in hand is not asked for more; people can choose another number
  rest: 22:00-08:00    # who has not said when they rest is not asked then; false: at any hour

finishing:
  remind_after: 3d      # the helper waits for an answer: a reminder,
  warn_after: 7d        # a warning,
  close_after: 10d      # and then it is kindly closed
  confirm_within: 7d    # 'is it solved?' without an answer counts as yes after this
  reopen_within: 14d    # so long an answer opens a closed question again

people:
  meet_after: 1m         # whoever joined a team room is asked how they want to help
  remind_after: 4d       # those questions left alone for this long are asked once more
  hand_back_after: 2d    # who is away for longer gives their questions back, unless they say otherwise
  silent_after: 2d       # nothing heard after the day of return? Then others go on

# What questions are about is guessed from words in Dutch and English. Add words to a built-in topic (access, files, mail,
# calendar, chat, website, members, safety, devices, migration, strategy), or a topic of your own with its name in each
# language. A * stands for the rest of a word. `docs/topics.md` says more.
# topics:
#   - id: members
#     words: [stadspas, buurtmunt]
#   - id: energy
#     name: {nl: energie, en: energy}
#     words: [zonnepaneel, zonnepanelen, warmtepomp*, solar panel]
#   - id: nextcloud   # a tool of the catalogue: then steps about it go to who says that they know it
#     name: {nl: nextcloud, en: nextcloud}
#     words: [nextcloud]

invites:
  servers: []      # whose people may invite the bot. Empty: your own server; ["*"]: everyone
  people: []       # people who may always invite it, such as "@saskia:example.com"
  per_hour: 30

sending:
  max_in_flight: 4    # so many rooms are written to at the same time

undecryptable:        # messages whose key has not come
  tell_after: 2m          # then the sender is kindly told …
  tell_again_after: 1h    # … and not more often than this
  give_up_after: 7d

retention:
  inbox_payloads: 7d    # the content of events that could not be worked on

panic:                      # emergencies: `!paniek`
  acknowledge_within: 5m    # whoever is called has this long to say that they come; then the next one is called
  join_within: 10m          # another alarm of the same person within this time belongs to the one before
  per_day: 3                # alarms of one person in 24 hours; after that a coordinator decides
# Who is on duty in turn, per stadsdeel and for the whole city (id: city). Without it the coordinators are called.
#   rotas:
#     - id: noord
#       people: ["@sanne:example.org", "@joris:example.org"]    # in the order of their turns
#       days: 7                 # how long one turn takes
#       handover_day: monday    # when the first turn begins
#       handover_time: "09:00"
#       first_day: 2026-11-02   # sets whose turn it is: don't change it without need
# Addresses at which people are called outside Matrix (ntfy, mail, text messages, … as Apprise writes them) hold secrets.
# They stand in a file of their own (mode 600), which HELPDESK_ALARM_CHANNELS_FILE can name as well:
#   "@sanne:example.org": ["ntfys://topic", "mailto://user:password@example.org"]
#   coordinators: ["…"]    # all of them together
#   channels_file: alarm-channels.yaml

playbooks:
  folder: ../playbooks    # what trainers run, and the catalogue of tools; seen from this file

checks:                  # what the helpdesk's own server looks at, to see whether a step of a playbook worked
  enabled: true          # false: nothing by itself; a trainer looks instead
  allow: []              # hosts and ports that are not public and looked at nevertheless; for tests and demos only
  at_once: 4             # so many are looked at at the same time
  per_run_per_hour: 12   # so often at most for one organisation's playbook

federation:              # questions that go to other helpdesks, and theirs; which those are, coordinators say with !federatie
  offer: true            # nobody here can take it? then whoever asked is offered that another helpdesk looks
  answer_within: 8h      # so long another helpdesk has to say yes
  most_borrowed: 10      # so many questions of others are taken on at once
  hello_every: 6h        # a sign of life to the others
  words_per_minute: 300  # what one of them says beyond this is not looked at

web:                   # /healthz and /metrics, for the machine that watches the bot
  host: 127.0.0.1
  port: 8090
#   public_url: https://helpdesk.example.org    # where people reach /alarm/ on it; a call then holds a link to answer it
  sync_stale_after: 3m       # unhealthy when the homeserver gave no answer for this long
  outbox_stale_after: 15m    # unhealthy when a message waits this long to be sent
  inbox_stale_after: 5m      # unhealthy when something that came in waits this long to be worked on

log:
  level: info       # debug, info, warning or error
  format: json      # or console, to read it yourself
"""
