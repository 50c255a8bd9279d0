"""Mail that comes back, each kind with its right answer. All texts are invented, as are all names.

In them ~HEAD~ stands for the headers of our message, ~MAIL~ for all of it, ~TOKEN~ for its reader's
token, ~ID~ for its Message-ID, ~TO~ for the reader's address, ~BACK~ for our return path.
"""

from base64 import b64encode
from dataclasses import dataclass
from quopri import encodestring

BOUNCED, BLOCKED, DEFERRED, DELIVERED = (
    "bounced",
    "blocked",
    "deferred",
    "delivered",
)
COMPLAINED, LEFT, NOTHING, UNKNOWN = (
    "complained",
    "left",
    "nothing to do",
    "not understood",
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of returned mail and what it means."""

    name: str
    verdict: str
    raw: bytes


def report(
    human: str,
    fields: str,
    *,
    head: str = "",
    returned: str = "text/rfc822-headers",
    reporting: str = "Reporting-MTA: dns; mx.example.net",
    encoding: str = "7bit",
    sender: str = "Mail Delivery System <MAILER-DAEMON@mx.example.net>",
    subject: str = "Undelivered Mail Returned to Sender",
) -> str:
    """Write a report as RFC 3464 defines it."""
    last = "~HEAD~" if "headers" in returned else "~MAIL~"
    if encoding == "base64":
        human = b64encode(human.encode()).decode()
    elif encoding == "quoted-printable":
        human = encodestring(human.encode()).decode()
    return f"""\
Return-Path: <>
From: {sender}
To: ~BACK~
Subject: {subject}
Date: Fri, 27 Feb 2026 16:00:00 +0000
Message-ID: <report@mx.example.net>
{head}MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=split"

--=split
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: {encoding}

{human}

--=split
Content-Type: message/delivery-status

{reporting}

{fields}

--=split
Content-Type: {returned}

{last}
--=split--
"""


def feedback(
    kind: str,
    *,
    more: str = "",
    returned: str = "message/rfc822",
    body: str = "~MAIL~",
    sender: str = "feedback@isp.example.net",
) -> str:
    """Write a complaint as RFC 5965 defines it."""
    return f"""\
From: {sender}
To: ~BACK~
Subject: FW: What the records show
Date: Sat, 28 Feb 2026 09:00:00 +0000
Message-ID: <complaint@isp.example.net>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="=arf"

--=arf
Content-Type: text/plain; charset=us-ascii

A person who was sent this called it unwanted.

--=arf
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: ExampleLoop/2.0
Version: 1
{more}
--=arf
Content-Type: {returned}

{body}
--=arf--
"""


def plain(
    sender: str,
    subject: str,
    body: str,
    *,
    head: str = "",
    charset: str = "utf-8",
    encoding: str = "8bit",
    to: str = "~BACK~",
) -> str:
    return f"""\
{head}From: {sender}
To: {to}
Subject: {subject}
Date: Fri, 27 Feb 2026 17:00:00 +0000
Message-ID: <note@mx.example.net>
MIME-Version: 1.0
Content-Type: text/plain; charset={charset}
Content-Transfer-Encoding: {encoding}

{body}
"""


def one(
    action: str, status: str, said: str = "", recipient: str = "~TO~"
) -> str:
    diagnostic = f"\nDiagnostic-Code: smtp; {said}" if said else ""
    return f"Final-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: {status}{diagnostic}"


DAEMON = "Mail Delivery Subsystem <MAILER-DAEMON@mx.example.net>"
PERSON = "Ada Reader <~TO~>"
NULL = "Return-Path: <>\n"
REPLIED = "Auto-Submitted: auto-replied\n"

TEXTS: list[tuple[str, str, str]] = [
    # RFC 3464 reports: for good
    ("postfix, user unknown", BOUNCED, report("I could not hand over your message.\n\n<~TO~>: host mx.example.net said: 550 5.1.1 no mailbox here", one("failed", "5.1.1", "550 5.1.1 <~TO~>: Recipient address rejected: User unknown"))),
    ("postfix, the whole message returned", BOUNCED, report("Not delivered.", one("failed", "5.1.1", "550 5.1.1 user unknown"), returned="message/rfc822")),
    ("postfix, the domain does not exist", BOUNCED, report("Not delivered.", one("failed", "5.4.4", "").replace("5.4.4", "5.4.4\nDiagnostic-Code: X-Postfix; Host or domain name not found. Name service error for name=gone.example type=A: Host not found"))),
    ("sendmail, user unknown", BOUNCED, report("   ----- The following address had permanent fatal errors -----\n<~TO~>", one("failed", "5.1.1", "550 5.1.1 User unknown"), sender=DAEMON, subject="Returned mail: see transcript for details", head=REPLIED)),
    ("sendmail, code 5.3.0 and plain words", BOUNCED, report("fatal errors", one("failed", "5.3.0", "553 5.3.0 <~TO~>... No such user here"), sender=DAEMON)),
    ("exim 4.9, a report of its own", BOUNCED, report("A message that you sent could not be delivered.\n\n  ~TO~\n    Unrouteable address", one("failed", "5.0.0", "550 Unrouteable address"), head="X-Failed-Recipients: ~TO~\nAuto-Submitted: auto-replied\n")),
    ("exchange, RESOLVER.ADR.RecipNotFound", BOUNCED, report("Delivery has failed to these recipients or groups:\n~TO~\nThe address was not found.", one("failed", "5.1.1", "550 5.1.1 RESOLVER.ADR.RecipNotFound; not found"), sender="Microsoft Outlook <postmaster@corp.example>", subject="Undeliverable: What the records show", head="X-MS-Exchange-Message-Is-Ndr:\n")),
    ("office 365, 5.1.10 recipient not found", BOUNCED, report("Your message couldn't be delivered. The address may be misspelled.", one("failed", "5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"), sender="postmaster@corp.example", returned="message/rfc822")),
    ("office 365, edge blocks unknown recipients with 5.4.1", BOUNCED, report("Your message couldn't be delivered.", one("failed", "5.4.1", "550 5.4.1 Recipient address rejected: Access denied. For more information see the vendor's page"), sender="postmaster@corp.example")),
    ("gmail, no such account", BOUNCED, report("Address not found. Your message wasn't delivered because the address couldn't be found.", one("failed", "5.1.1", "550-5.1.1 The email account that you tried to reach does not exist. Please try 550 5.1.1 double-checking"), sender="Mail Delivery Subsystem <mailer-daemon@google.example>", subject="Delivery Status Notification (Failure)", head="In-Reply-To: ~ID~\nReferences: ~ID~\nX-Failed-Recipients: ~TO~\n", returned="message/rfc822")),
    ("gmail, the account is disabled", BOUNCED, report("Message blocked? No: the account is disabled.", one("failed", "5.2.1", "550 5.2.1 The email account that you tried to reach is disabled."))),
    ("yahoo, mailbox not available", BOUNCED, report("Sorry, we were unable to deliver your message.", one("failed", "5.0.0", "554 30 Sorry, your message to ~TO~ cannot be delivered. This mailbox is disabled (554.30)."), sender="mailer-daemon@yahoo.example")),
    ("hotmail, 5.5.0 mailbox unavailable", BOUNCED, report("failed", one("failed", "5.5.0", "550 5.5.0 Requested action not taken: mailbox unavailable"), sender="postmaster@mail.hotmail.example")),
    ("ses-like, a bounce with the tenant's words", BOUNCED, report("An error occurred while trying to deliver the mail to the following recipients:\n~TO~", one("failed", "5.1.1", "550 5.1.1 user does not exist"), sender="MAILER-DAEMON@email.amazonses.example", reporting="Reporting-MTA: dns; a8-20.smtp-out.amazonses.example", returned="message/rfc822")),
    ("domino, user not listed", BOUNCED, report("Your message\n  Subject: What the records show\nwas not delivered to:\n  ~TO~\nbecause:\n  User reader (~TO~) not listed in Domino Directory", one("failed", "5.1.1", "User not listed in Domino Directory").replace("smtp;", "X-Notes;"), subject="DELIVERY FAILURE: User not listed in Domino Directory", sender="postmaster@corp.example")),
    ("courier, mailbox does not exist", BOUNCED, report("This is a delivery status notification from mx.example.net.\nUser unknown.", one("failed", "5.0.0", "550 User <~TO~> unknown"), sender='"Courier mail server at mx" <postmaster@mx.example.net>', subject="NOTICE: mail delivery status.")),
    ("gmx, german words", BOUNCED, report("Leider konnte Ihre Nachricht nicht zugestellt werden. Der Empfänger ~TO~ ist unbekannt.", one("failed", "5.1.1", "550 5.1.1 Benutzer unbekannt"), sender="GMX Mailer Daemon <mailer-daemon@gmx.example>", subject="Mail delivery failed: returning message to sender", encoding="quoted-printable")),
    ("a null mx", BOUNCED, report("The domain takes no mail.", one("failed", "5.1.10", "556 5.1.10 Recipient address has null MX"))),
    ("human part in base64, fields folded", BOUNCED, report("Nicht zustellbar. Empfänger unbekannt.", "Final-Recipient: rfc822;\n ~TO~\nAction: Failed\nStatus: 5.1.1 (user unknown)\nDiagnostic-Code: smtp; 550 5.1.1\n nobody of this name", encoding="base64")),
    ("forwarded to an address that has gone", BOUNCED, report("failed", "Original-Recipient: rfc822;~TO~\n" + one("failed", "5.1.1", "550 5.1.1 user unknown", recipient="old.address@elsewhere.example"))),
    ("an address with letters beyond ascii (RFC 6533)", BOUNCED, report("failed", "Final-Recipient: utf-8; jürgen@elsewhere.example\nAction: failed\nStatus: 5.1.1").replace("message/delivery-status", "message/global-delivery-status").replace("text/rfc822-headers", "message/global-headers")),
    ("nested in multipart/mixed by a list or a scanner", BOUNCED, "From: MAILER-DAEMON@mx.example.net\nTo: ~BACK~\nSubject: failure notice\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"=outer\"\n\n--=outer\n" + report("failed", one("failed", "5.1.1", "550 5.1.1 unknown")).partition("MIME-Version: 1.0\n")[2] + "\n--=outer\nContent-Type: text/plain\n\nScanned by Example Shield.\n--=outer--\n"),
    # RFC 3464 reports: not about the address
    ("spam filter, 5.7.1", BLOCKED, report("rejected", one("failed", "5.7.1", "550 5.7.1 Message rejected as spam"))),
    ("dmarc policy, 5.7.26", BLOCKED, report("rejected", one("failed", "5.7.26", "550-5.7.26 This mail is unauthenticated, SPF and DKIM did not pass"))),
    ("a blocklist under status 5.1.1", BLOCKED, report("rejected", one("failed", "5.1.1", "550 5.7.1 Service unavailable; client host blocked using a blocklist"))),
    ("message too big, 5.3.4", BLOCKED, report("too big", one("failed", "5.3.4", "552 5.3.4 Message size exceeds fixed limit"))),
    ("mailbox full for days, 5.2.2", BLOCKED, report("full", one("failed", "5.2.2", "552 5.2.2 mailbox over quota, user is unknown to have read mail"))),
    ("given up after five days, 4.4.7", BLOCKED, report("I tried for five days.", one("failed", "4.4.7", "connect to mx.example.net: timed out"), subject="Undelivered Mail Returned to Sender")),
    ("relaying denied, a fault of ours", UNKNOWN, report("denied", one("failed", "5.7.1", "554 5.7.1 <~TO~>: Relay access denied"))),
    ("5.0.0 without a word", BLOCKED, report("failed", one("failed", "5.0.0"))),
    ("the sender's own address refused, 5.1.8", BLOCKED, report("failed", one("failed", "5.1.8", "553 5.1.8 Sender address does not resolve"))),
    ("a group of which one address failed", DELIVERED, report("partly", one("expanded", "2.0.0") + "\n\n" + one("failed", "5.1.1", "550 user unknown", recipient="gone@elsewhere.example") + "\n\n" + one("delivered", "2.1.5", recipient="there@elsewhere.example"))),
    # Delays and successes
    ("postfix, delayed", DEFERRED, report("This is a warning only. You need not resend.", one("delayed", "4.4.1", "connect: timed out") + "\nWill-Retry-Until: Wed, 4 Mar 2026 16:00:00 +0000", subject="Delayed Mail (still being retried)")),
    ("sendmail, warning after four hours, mailbox full", DEFERRED, report("Warning: could not send for past 4 hours", one("delayed", "4.2.2", "452 4.2.2 mailbox full"), sender=DAEMON)),
    ("delayed, yet with a permanent status", DEFERRED, report("warning", one("delayed", "5.1.1", "550 5.1.1 user unknown"))),
    ("delivered, as a report", DELIVERED, report("delivered", one("delivered", "2.1.5", "250 2.1.5 OK"), subject="Successful Mail Delivery Report")),
    ("relayed to a server that reports nothing", DELIVERED, report("relayed", one("relayed", "2.0.0", "250 OK"))),
    # Informal ones
    ("qmail, no mailbox here", BOUNCED, plain("MAILER-DAEMON@mx.example.net", "failure notice", "Hi. This is the qmail-send program at mx.example.net.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<~TO~>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n~MAIL~", head=NULL)),
    ("exim, informal", BOUNCED, plain("Mail Delivery System <Mailer-Daemon@mx.example.net>", "Mail delivery failed: returning message to sender", "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  ~TO~\n    SMTP error from remote mail server after RCPT TO:<~TO~>:\n    550 5.1.1 user unknown\n\n------ This is a copy of the message, including all the headers. ------\n\n~MAIL~", head="Return-path: <>\nX-Failed-Recipients: ~TO~\n" + REPLIED)),
    ("mailenable, informal", BOUNCED, plain("postmaster@mx.example.net", "Message Delivery Failure", "MailEnable: Message could not be delivered to some recipients.\n\nThe following recipient(s) could not be reached:\n\n\t[SMTP:~TO~]: Remote server returned: 550 5.1.1 No such user\n\nMessage headers follow:\n~HEAD~", head=NULL)),
    ("web.de, informal in german", BOUNCED, plain("WEB.DE Mailer Daemon <mailer-daemon@webde.example>", "Unzustellbar: What the records show", "Ihre E-Mail konnte nicht zugestellt werden.\n\n~TO~\nDer Empfänger ist unbekannt. Die Adresse existiert nicht.\n\n--- Kopfzeilen der Nachricht ---\n~HEAD~", head=NULL)),
    ("french, informal", BOUNCED, plain("postmaster@fai.example", "Echec de remise du message", "Votre message n'a pas pu être remis.\n\n~TO~ : adresse inconnue, cet utilisateur n'existe pas.\n\nEn-têtes du message :\n~HEAD~", head=NULL)),
    ("spanish, informal in quoted-printable", BOUNCED, plain("Servicio de correo <mailer-daemon@correo.example>", "No se pudo entregar el mensaje", encodestring("No se ha podido entregar su mensaje.\n\n~TO~: usuario desconocido, el buzón no existe.\n\n~HEAD~".encode()).decode(), head=NULL, encoding="quoted-printable")),
    ("japanese in iso-2022-jp, informal", BOUNCED, "@jp@"),
    ("a vps panel's html-only notice", BOUNCED, plain("Mail Delivery <mailer-daemon@panel.example>", "Delivery failed", "<html><body><p>550 5.1.1 &lt;~TO~&gt; user unknown</p><pre>~HEADHTML~</pre></body></html>", head=NULL).replace("text/plain", "text/html")),
    ("informal, refused as spam", BLOCKED, plain(DAEMON, "Undeliverable mail", "<~TO~>: 550 message content rejected as spam\n\n~HEAD~", head=NULL)),
    ("informal, mailbox full in italian", BLOCKED, plain("postmaster@posta.example", "Messaggio non recapitato", "Il messaggio non è stato recapitato: casella piena (552 quota exceeded).\n\n~HEAD~", head=NULL)),
    ("informal, a delay", DEFERRED, plain("Mail Delivery System <Mailer-Daemon@mx.example.net>", "Warning: message delayed 24 hours", "This message has not yet been delivered. Delivery attempts will continue to be made.\nNo action is required.\n\n~HEAD~", head=NULL + REPLIED)),
    # Complaints
    ("arf, plain abuse report", COMPLAINED, feedback("abuse", more="Original-Mail-From: <~BACK~>\nOriginal-Rcpt-To: <~TO~>\n")),
    ("arf, the address redacted, headers only", COMPLAINED, feedback("abuse", more="Original-Rcpt-To: redacted@yahoo.example\nReported-Domain: openwater.example\n", returned="text/rfc822-headers", body="~HEAD~".replace("~TO~", "redacted"))),
    ("jmrp style, no feedback part", COMPLAINED, "From: staff@hotmail.example\nTo: ~BACK~\nSubject: complaint about message from 203.0.113.9\nX-HmXmrOriginalRecipient: redacted@outlook.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"=j\"\n\n--=j\nContent-Type: message/rfc822\n\nX-HmXmrOriginalRecipient: redacted@outlook.example\n~MAIL~\n--=j--\n"),
    ("arf, opt-out through the provider", LEFT, feedback("opt-out")),
    ("arf, it is no spam after all", NOTHING, feedback("not-spam")),
    ("arf, authentication failure (RFC 6591)", NOTHING, feedback("auth-failure")),
    # Unsubscribing by mail
    ("unsubscribe, as a mail program writes it", LEFT, plain(PERSON, "unsubscribe ~TOKEN~", "")),
    ("unsubscribe, sent from another address", LEFT, plain("ada@private.example", "unsubscribe ~TOKEN~", "This message was generated by your mail program.", head="Auto-Submitted: auto-generated\n")),
    ("unsubscribe, the token in the body", LEFT, plain(PERSON, "Unsubscribe", "unsubscribe ~TOKEN~")),
    ("unsubscribe by the address alone", LEFT, plain(PERSON, "UNSUBSCRIBE", "Thanks.")),
    ("unsubscribe, in spanish, in the reply's first line", LEFT, plain(PERSON, "Re: What the records show", "Darme de baja\n\n> On Friday Open Water wrote:\n> ...")),
    ("unsubscribe, from nobody we know", UNKNOWN, plain("stranger@elsewhere.example", "unsubscribe", "")),
    ("unsubscribe, the sender plainly forged", UNKNOWN, plain(PERSON, "unsubscribe", "", head="Authentication-Results: mx.openwater.example; spf=fail; dkim=none; dmarc=fail header.from=readers.example\n")),
    # Nothing to do
    ("vacation of one who has left", UNKNOWN, plain(PERSON, "Automatic reply: What the records show", "Ada no longer works at Open Water. This mailbox will be closed.", head=NULL + REPLIED)),
    ("vacation of one who has left, in german", UNKNOWN, plain(PERSON, "Abwesenheitsnotiz: What the records show", "Frau Bär ist nicht mehr bei uns tätig.")),
    ("vacation of one who has left for the day", NOTHING, plain(PERSON, "Automatic reply: What the records show", "I have left the office for today; this mailbox will be read again on Monday.", head=NULL + REPLIED)),
    ("vacation of one who is not in, in german", NOTHING, plain(PERSON, "Abwesenheitsnotiz: What the records show", "Ich bin heute nicht mehr im Büro.")),
    ("a DMARC report of a preview", NOTHING, plain("reports@mx.example.net", "[Preview] Report Domain: o.example Submitter: mx.example.net", "An aggregate report.")),
    ("unsubscribing, %20 left as it is", LEFT, plain(PERSON, "unsubscribe%20~TOKEN~", "")),
    ("unsubscribing, as an answer", LEFT, plain(PERSON, "Re: unsubscribe ~TOKEN~", "ok")),
    ("our own host's limit of mails an hour", UNKNOWN, report("Domain o.example has exceeded the max emails per hour allowed. Message discarded.", one("failed", "5.0.0", "550 Domain o.example has exceeded the max emails per hour (151/150) allowed"))),
    ("a domain that takes no mail", BOUNCED, report("It failed.", one("failed", "5.1.0", "Domain r.example does not accept mail (nullMX)"))),
    ("vacation, RFC 3834", NOTHING, plain(PERSON, "Automatic reply: What the records show", "I am away until Monday.", head=NULL + REPLIED + "In-Reply-To: ~ID~\n")),
    ("vacation, only Precedence", NOTHING, plain(PERSON, "Out of the office", "Back on 9 March.", head="Precedence: auto_reply\n")),
    ("vacation, exchange, no header but the subject", NOTHING, plain(PERSON, "Automatic reply: What the records show", "I am out of the office.")),
    ("vacation, X-Autoreply", NOTHING, plain(PERSON, "Re: What the records show", "On leave.", head="X-Autoreply: yes\n")),
    ("vacation in german", NOTHING, plain(PERSON, "Abwesenheitsnotiz: What the records show", "Ich bin bis zum 9. März nicht erreichbar.")),
    ("vacation in french", NOTHING, plain(PERSON, "Réponse automatique : What the records show", "Je suis absente.")),
    ("vacation in spanish", NOTHING, plain(PERSON, "Respuesta automática: What the records show", "Estoy fuera de la oficina.")),
    ("vacation in portuguese", NOTHING, plain(PERSON, "Resposta automática: fora do escritório", "Volto dia 9.")),
    ("vacation in dutch", NOTHING, plain(PERSON, "Afwezig: What the records show", "Ik ben er niet.")),
    ("vacation in japanese", NOTHING, plain(PERSON, "=?utf-8?b?44CQ6Ieq5YuV6L+U5L+h44CR5LiN5Zyo?=", "Away.")),
    ("vacation that says: mailbox no longer exists soon", NOTHING, plain(PERSON, "Auto: I left the company", "This user does not exist here any more from May on; 550 5.1.1 will be the answer.\n\n~HEAD~", head=REPLIED)),
    ("vacation quoting a bounce", NOTHING, plain(PERSON, "Out of office Re: Undelivered Mail", "I am away.\n\n> <~TO~>: 550 5.1.1 user unknown\n> Action: failed\n> Status: 5.1.1\n", head=REPLIED)),
    ("read receipt (RFC 8098)", NOTHING, report("It was displayed.", "Final-Recipient: rfc822; ~TO~\nDisposition: manual-action/MDN-sent-manually; displayed", sender=PERSON, subject="Read: What the records show").replace("delivery-status", "disposition-notification")),
    ("deleted without being read", NOTHING, report("It was deleted unread.", "Final-Recipient: rfc822; ~TO~\nDisposition: automatic-action/MDN-sent-automatically; deleted", sender=PERSON, subject="Not read: What the records show").replace("delivery-status", "disposition-notification")),
    ("tls report (RFC 8460)", NOTHING, plain("noreply-smtp-tls-reporting@isp.example.net", "Report Domain: openwater.example Submitter: isp.example.net Report-ID: <1>", "x").replace("Content-Type: text/plain; charset=utf-8", 'Content-Type: multipart/report; report-type="tlsrpt"; boundary="=t"')),
    ("dmarc aggregate report", NOTHING, plain("noreply-dmarc@isp.example.net", "Report domain: openwater.example Submitter: isp.example.net Report-ID: <2>", b64encode(b"PK").decode(), encoding="base64").replace("text/plain; charset=utf-8", 'application/zip; name="isp!openwater.example!1!2.zip"')),
    ("challenge-response", NOTHING, plain(PERSON, "Please confirm your message (challenge 1234)", "To get through, answer this mail.", head=REPLIED + "Precedence: bulk\n")),
    # A person's word, and what nobody can be sure of
    ("a reply to an edition whose subject speaks of leave", UNKNOWN, plain(PERSON, "Re: On leave: what judges do in August", "A fine story.", head="In-Reply-To: ~ID~\n")),
    ("a person who asks us to confirm something", UNKNOWN, plain(PERSON, "Please confirm my interview on Friday", "At ten?")),
    ("a person's letter headed by a single word", UNKNOWN, plain(PERSON, "Take", "Take a look at this one.")),
    ("a reply that begins with a quoted line", UNKNOWN, plain(PERSON, "Re: What the records show", "> Unsubscribe\n\nWhere is that link? I want to send it to a friend.")),
    ("a reader's own reply", UNKNOWN, plain(PERSON, "Re: What the records show", "I love it. Keep going!\n\n> List-Unsubscribe: <https://letter.openwater.example/u/~TOKEN~>\n> 550 5.1.1 user unknown", head="In-Reply-To: ~ID~\n")),
    ("a reader who asks about unsubscribing", UNKNOWN, plain(PERSON, "Re: What the records show", "How do I unsubscribe a colleague who has left?", head="In-Reply-To: ~ID~\n")),
    ("a reply on a mailing list", UNKNOWN, plain("someone@list.example", "Re: [friends] What the records show", "Did you see this? Delivery failed for me.", head="List-Id: <friends.list.example>\nPrecedence: list\n")),
    ("a person who forwards us a bounce of theirs", UNKNOWN, "From: Ada <~TO~>\nTo: ~BACK~\nSubject: Fwd: failure\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"=f\"\n\n--=f\nContent-Type: text/plain\n\nWhat is this?\n--=f\nContent-Type: message/rfc822\n\n" + report("failed", one("failed", "5.1.1", "550 5.1.1 user unknown")) + "--=f--\n"),
    ("a forged report that names an address and no token", UNKNOWN, report("failed", one("failed", "5.1.1", "550 5.1.1 user unknown")).replace("~HEAD~", "From: letter@openwater.example\nTo: ~TO~\nSubject: What the records show\nMessage-ID: <20260227.1.0123456789abcdef0123@openwater.example>\nList-Unsubscribe: <https://letter.openwater.example/u/1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA>\n")),
    ("a forged complaint with no token", UNKNOWN, feedback("abuse", body="From: letter@openwater.example\nTo: ~TO~\n\nHello\n", more="Original-Rcpt-To: <~TO~>\n")),
    ("a bounce of an answer that staff wrote to the reader", UNKNOWN, report("failed", one("failed", "5.1.1", "550 user unknown"), returned="message/rfc822").replace("~MAIL~", "From: hello@openwater.example\nTo: typo@elsewhere.example\nSubject: Re: What the records show\nMessage-ID: <answer@openwater.example>\nReferences: ~ID~\n\nThanks!\n> List-Unsubscribe: <https://letter.openwater.example/u/~TOKEN~>\n")),
    ("a report with no recipient in it", UNKNOWN, report("failed", "X-Nothing: here")),
    ("a head and nothing else", UNKNOWN, "Received: from nowhere\n\n"),
]  # fmt: skip

JAPANESE = "宛先不明のため、メールを配送できませんでした。\n<~TO~>: ユーザーが存在しません。\n\n"


def kinds(values: dict[str, str]) -> list[Kind]:
    """Return all of them, with our values in their places."""
    return [
        Kind(name, verdict, _filled(raw, values))
        for name, verdict, raw in TEXTS
    ]


def _filled(raw: str, values: dict[str, str]) -> bytes:
    html = values["HEAD"].replace("<", "&lt;").replace(">", "&gt;")
    values = values | {"HEADHTML": html}
    if raw == "@jp@":
        head = plain(
            "MAILER-DAEMON@jp.example",
            "=?iso-2022-jp?b?GyRCR1s/LiUoJWkhPBsoQg==?=",
            "@@",
            charset="iso-2022-jp",
            encoding="7bit",
            head=NULL,
        )
        return _put(head, values).encode().replace(b"@@", _put(JAPANESE + "~HEAD~", values).encode("iso-2022-jp"))  # fmt: skip
    if "quoted-printable\n\n" in raw and raw.startswith(
        NULL
    ):  # encoded with its marks in it
        return _put(
            raw,
            {k: encodestring(v.encode()).decode() for k, v in values.items()},
        ).encode()
    return _put(raw, values).encode()


def _put(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"~{name}~", value)
    return text
