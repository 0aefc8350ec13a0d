"""What reps write down: titles, reasons, answers, notes and losses of made-up deals."""

from __future__ import annotations

PRODUCTS = ("Iris line", "Iris cell", "Iris retrofit", "Iris care")
TITLES = (
    "packaging line pilot",
    "label inspection",
    "two lines in plant 2",
    "fill level control",
    "retrofit of line 4",
    "service contract",
    "vision upgrade",
    "trial on one line",
    "cap inspection",
    "rollout to three plants",
    "spare parts agreement",
    "code reading at goods out",
    "seal inspection",
    "end-of-line check",
    "cleanroom cell",
    "replacement of old cameras",
)
REASONS = {
    "referral": ("a customer of ours told them", "met our user at a round table"),
    "inbound": ("wants to cut complaints before the season", "asked for a price by phone"),
    "web": ("read the page on seal inspection", "filled in the form twice in a week"),
    "event": ("saw the demo at the trade fair", "left a card at the stand"),
    "partner": ("integrator needs a vision partner", "line builder asked for us"),
    "cold-call": ("old cameras, contract ends this year", "new plant manager since spring"),
    "email": ("answered the letter on recalls", "asked to be called after the summer"),
    "social": ("commented on the retrofit post", "shared our case of a dairy"),
    "advertising": ("clicked the advertisement on label errors",),
}
TAGS = ("food", "pharma", "retrofit", "nordic", "key-account", "renewal", "tender", "new-plant")
ANSWERS = {
    "need": (
        "Wrong labels reach the shop; 14 complaints last quarter.",
        "Seals leak at 1 in 900, found only at the customer.",
        "Two people per shift do nothing but look at caps.",
        "They cannot prove to the auditor what was checked.",
    ),
    "trigger": (
        "A retailer fined them in spring.",
        "The audit in autumn asks for full tracing.",
        "The old cameras get no spare parts any more.",
        "A new plant manager who knows our kind of system.",
    ),
    "consequence": (
        "Another fine, and the retailer leaves; about 300k a year.",
        "They go on with people at the belt: 90k a year.",
        "A recall costs them a season.",
    ),
    "timeline": (
        "Before the season, line stop is in eight weeks.",
        "In production by the end of next quarter.",
        "This budget year, else it waits until spring.",
        "After the move to the new hall.",
    ),
    "authority": (
        "The CFO signs above 25k; the plant has 60k set aside.",
        "The managing director alone; budget approved in May.",
        "Plant manager up to 40k, the board above it.",
        "Purchasing wants three offers, the plant decides.",
    ),
    "stake": (
        "His bonus hangs on complaints.",
        "She brought the topic up and wants to see it through.",
        "Tired of weekend shifts for sorting.",
    ),
    "fit": (
        "Yes, if it reads their curved labels.",
        "Yes; they liked the reject pictures.",
        "Doubts whether it keeps up with 600 a minute.",
    ),
}
EVIDENCE = ("said in the call", "in their e-mail", "seen on site", "from the tender papers")
STEPS = {
    "first call": ("call {name}", "call the plant", "mail the case", "find who runs the line"),
    "qualification call": ("call {name}", "ask who signs", "budget with {name}", "mail questions"),
    "demo": ("demo", "demo on their samples", "visit the line", "send sample results", "workshop"),
    "walk through the offer": ("offer with {name}", "chase the offer", "call {name}", "send offer"),
    "go through the open terms": ("open terms", "call purchasing", "send new terms", "meet {name}"),
    "signature": ("get signature", "send contract", "start date with {name}", "call {name}"),
}
TOUCHED = {
    ("call", "out"): (
        "left a message",
        "no answer",
        "talked ten minutes, call again",
        "agreed to meet",
        "put through to the plant",
    ),
    ("call", "in"): (
        "asked for a reference nearby",
        "wants a price idea first",
        "asked about delivery times",
    ),
    ("email", "out"): ("sent the case study", "sent dates to choose from", "sent what was asked"),
    ("email", "in"): (
        "sent photos of the line",
        "will talk to the plant manager",
        "asked for samples",
        "wants it in writing",
    ),
    ("message", "out"): ("asked for ten minutes", "sent the link to the case"),
    ("meeting", "out"): (
        "went through the line together",
        "good questions, all at the table",
        "remote, 45 min",
    ),
    ("demo", "out"): (
        "all 12 bad samples found",
        "one sample missed, we redo it",
        "they want it in red",
    ),
}
TOUCHES_OUT = (("call", "out"), ("call", "out"), ("email", "out"), ("message", "out"))
TOUCHES_IN = (("call", "in"), ("email", "in"), ("email", "in"))
SHOWN = (("demo", "out"), ("meeting", "out"))
DONE = ("done", "reached, friendly", "moved on a step", "got the answer", "sent")
NOTES = (
    "Two lines run three shifts, stop only on Sunday.\nAsk maintenance before any visit.",
    "Their integrator is strong; keep him on our side.",
    "Prefers mail in the morning, calls after 4 pm.",
    "Competitor was on site last month, left an offer without service.",
    "Pain: sorting by hand. Goal: no complaint before the audit.",
    "IT wants no cloud. Pictures stay in the plant.",
    "Had a bad start with another vendor two years ago, so references matter.",
    "Season starts in week 36; nothing gets installed after week 33.",
)
LOSSES = {
    "competitor": ("liked the other's user interface", "the other had a reference in their group"),
    "price": ("a third above their budget", "took a cheaper camera without software"),
    "no-decision": ("project stopped, nobody takes it up", "board put off all investments"),
    "disqualified": ("no need: the line is sold next year", "far below our smallest system"),
    "timing": ("moved to next year's budget", "new hall comes first"),
    "unresponsive": ("six tries, no answer", "contact has left, nobody else answers"),
    "other": ("bought the whole line from one vendor",),
}
EARLY_LOSSES = ("disqualified", "disqualified", "unresponsive", "timing", "no-decision")
LATE_LOSSES = ("competitor", "competitor", "price", "price", "no-decision", "timing", "other")
COMPETITORS = ("Optiqua", "Sehwerk", "Kontrollia", "BeltEye")
TERMS = (
    ("Payment", "30 days net", "60 days", "45 days"),
    ("Delivery", "10 weeks", "7 weeks", "8 weeks"),
    ("Service", "12 % a year", "first year free", "first year half"),
    ("Warranty", "12 months", "24 months", "24 months"),
)
SNOOZES = (
    "on parental leave",
    "budget round first",
    "plant closed for holidays",
    "after the audit",
)
OVERRIDES = (
    "framework agreement stands already",
    "order promised on site, papers follow",
    "same buyer as last year",
    "tender closes tomorrow",
)
REOPENED = ("called back: the project is on again", "new budget, they want our offer again")

OBJECTIONS = ("price", "no time", "has a supplier", "integration")
VARIANTS = ("short mail", "call first")
