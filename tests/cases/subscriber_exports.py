"""Small exports of mailing and membership systems, invented here, each with its right answers.

The headings and words are those of the vendors' documents and sources (2026): listmonk cmd/subscribers.go,
Ghost members-csv, Mailchimp "View or export contacts", Action Network reports, the Buttondown enums, CiviCRM
Contact.entityType, HubSpot "export unsubscribes and bounces", Constant Contact contact_exports, NationBuilder
"Fields available for import", and so on. No line is anybody's: all addresses are of example.org.
"""

from dataclasses import dataclass, field

ACTIVE, LEFT, BOUNCED, COMPLAINED = (
    "active",
    "unsubscribed",
    "bounced",
    "complained",
)
BLOCKED, UNCONFIRMED, REFUSED = "blocked", "unconfirmed", "refused"


@dataclass(frozen=True)
class Export:
    """A file as a system writes it: how each address (before its @) is to be taken."""

    name: str
    text: str
    taken: dict[str, str]
    system: str = ""  #: the system that is to be named
    file: str = "people.csv"
    encoding: str = "utf-8"
    answers: dict[str, str] = field(
        default_factory=dict
    )  #: what a person has answered
    everybody: str = ""  #: how a person has said that all are to be taken


@dataclass(frozen=True)
class Unclear:
    """A file of which it cannot be known who agreed: what is to be asked."""

    name: str
    text: str
    column: str
    values: dict[str, int]
    file: str = "people.csv"


def _all(kind: str, *names: str) -> dict[str, str]:
    return dict.fromkeys(names, kind)


EXPORTS = [
    Export(
        "listmonk",
        "uuid,email,name,attributes,status,created_at,updated_at\n"
        'a1,ada@example.org,Ada,"{""city"": ""Bern""}",enabled,2024-03-01 10:00:00 +0000 UTC,2024-03-01 10:00:00 +0000 UTC\n'
        "a2,bo@example.org,Bo,{},disabled,2024-03-02 10:00:00 +0000 UTC,2024-03-02 10:00:00 +0000 UTC\n"
        "a3,cy@example.org,Cy,{},blocklisted,2024-03-03 10:00:00 +0000 UTC,2024-03-03 10:00:00 +0000 UTC\n",
        {"ada": ACTIVE, "bo": LEFT, "cy": BLOCKED},
        "listmonk",
    ),
    Export(
        "listmonk, one list",
        "uuid,email,name,attributes,status,subscription_status,created_at,updated_at\n"
        "a1,ada@example.org,Ada,{},enabled,confirmed,2024-03-01,2024-03-01\n"
        "a2,bo@example.org,Bo,{},enabled,unsubscribed,2024-03-01,2024-03-01\n"
        "a3,cy@example.org,Cy,{},enabled,unconfirmed,2024-03-01,2024-03-01\n",
        {"ada": ACTIVE, "bo": LEFT, "cy": UNCONFIRMED},
        "listmonk",
    ),
    Export(
        "Ghost",
        "id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,deleted_at,labels,tiers\n"
        "1,ada@example.org,Ada,,true,false,,2024-01-15T10:00:00.000Z,,press,\n"
        "2,bo@example.org,Bo,,false,false,,2024-01-16T10:00:00.000Z,,,\n"
        "3,cy@example.org,Cy,,true,true,cus_1,2024-01-17T10:00:00.000Z,,,Gold\n"
        "4,di@example.org,Di,,true,false,,2024-01-17T10:00:00.000Z,2024-05-01T10:00:00.000Z,,\n",
        {"ada": ACTIVE, "bo": LEFT, "cy": ACTIVE, "di": LEFT},
        "Ghost",
    ),
    Export(
        "Substack",
        "email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at\n"
        "ada@example.org,false,,other,false,2023-05-01T08:00:00.000Z,\n"
        "bo@example.org,true,2027-01-01T00:00:00.000Z,yearly,false,2023-05-02T08:00:00.000Z,2023-05-02T08:00:00.000Z\n"
        "cy@example.org,false,,other,true,2023-05-03T08:00:00.000Z,\n",
        {"ada": ACTIVE, "bo": ACTIVE, "cy": LEFT},
        "Substack",
    ),
    Export(
        "Mailchimp, subscribed",
        "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS\n"
        'ada@example.org,Ada,Byron,2,,,2023-06-25 17:38:27,192.0.2.1,,,,,,US,WA,2023-06-27 12:11:50,1,c2,,"""press"",""board"""\n',
        {"ada": ACTIVE},
        "Mailchimp",
        "subscribed_members_export_1a2b.csv",
    ),
    Export(
        "Mailchimp, unsubscribed",
        "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,UNSUB_REASON_OTHER,LEID,EUID,NOTES,TAGS\n"
        "ada@example.org,Ada,Byron,2,,,2023-06-25 17:38:27,192.0.2.1,2024-02-01 09:00:00,June,12,NORMAL,,1,c2,,\n"
        "bo@example.org,Bo,,2,,,2023-06-25 17:38:27,192.0.2.1,2024-02-01 09:00:00,June,12,Marked as spam,,2,c3,,\n",
        {"ada": LEFT, "bo": COMPLAINED},
        "Mailchimp",
        "unsubscribed_members_export_1a2b.csv",
    ),
    Export(
        "Mailchimp, cleaned",
        "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,CLEAN_CAMPAIGN_ID,LEID,EUID,NOTES,TAGS\n"
        "ada@example.org,Ada,Byron,2,,,2023-06-25 17:38:27,,2024-02-01 09:00:00,June,12,1,c2,,\n",
        {"ada": BOUNCED},
        "Mailchimp",
        "cleaned_members_export_1a2b.csv",
    ),
    Export(
        "Mailchimp, renamed by hand",
        "Email Address,MEMBER_RATING,CLEAN_TIME,LEID,EUID\nada@example.org,2,2024-02-01 09:00:00,1,c2\n",
        {"ada": BOUNCED},
        "Mailchimp",
        "list.csv",
    ),
    Export(
        "Action Network",
        "email,first_name,last_name,can2_user_tags,can2_state_abbreviated,can2_subscription_status,can2_sms_status,created_at,uuid\n"
        "ada@example.org,Ada,Byron,press,NY,subscribed,unsubscribed,2022-03-22 10:00:00 UTC,u1\n"
        "bo@example.org,Bo,B,,CA,unsubscribed,unsubscribed,2022-03-22 10:00:00 UTC,u2\n"
        "cy@example.org,Cy,C,,CA,bouncing,unsubscribed,2022-03-22 10:00:00 UTC,u3\n"
        "di@example.org,Di,D,,CA,spam complaint,subscribed,2022-03-22 10:00:00 UTC,u4\n",
        {"ada": ACTIVE, "bo": LEFT, "cy": BOUNCED, "di": COMPLAINED},
        "Action Network",
    ),
    Export(
        "Buttondown",
        "id,email,notes,metadata,tags,referrer_url,creation_date,secondary_id,type,source,unsubscription_date,unsubscription_reason\n"
        "1,ada@example.org,,{},press,,2024-01-01T10:00:00Z,1,regular,form,,\n"
        "2,bo@example.org,,{},,,2024-01-01T10:00:00Z,2,unsubscribed,form,2024-03-01T10:00:00Z,too many\n"
        "3,cy@example.org,,{},,,2024-01-01T10:00:00Z,3,unactivated,form,,\n"
        "4,di@example.org,,{},,,2024-01-01T10:00:00Z,4,undeliverable,form,,\n"
        "5,ed@example.org,,{},,,2024-01-01T10:00:00Z,5,premium,form,,\n"
        "6,flo@example.org,,{},,,2024-01-01T10:00:00Z,6,complained,form,,\n"
        "7,gil@example.org,,{},,,2024-01-01T10:00:00Z,7,removed,form,,\n",
        {
            "ada": ACTIVE,
            "bo": LEFT,
            "cy": UNCONFIRMED,
            "di": BOUNCED,
            "ed": ACTIVE,
            "flo": COMPLAINED,
            "gil": LEFT,
        },
        "Buttondown",
    ),
    Export(
        "Brevo",
        "EMAIL;FIRSTNAME;LASTNAME;EMAIL_BLOCKLISTED;SMS_BLOCKLISTED;ADDED_TIME;MODIFIED_TIME\n"
        "ada@example.org;Ada;Byron;No;Yes;25-12-2023 10:00:00;25-12-2023 10:00:00\n"
        "bo@example.org;Bo;B;Yes;No;25-12-2023 10:00:00;25-12-2023 10:00:00\n",
        {"ada": ACTIVE, "bo": BLOCKED},
        "Brevo",
    ),
    Export(
        "Sendinblue, as Brevo was called",
        "EMAIL,NOM,PRENOM,BLACKLISTED,ADDED_TIME\nada@example.org,Byron,Ada,0,25-12-2020\nbo@example.org,B,Bo,1,25-12-2020\n",
        {"ada": ACTIVE, "bo": BLOCKED},
        "Brevo",
    ),
    Export(
        "Brevo, subscription status",
        "EMAIL,FIRSTNAME,_SUBSCRIBED,_BLOCKLISTED,ADDED_TIME,MODIFIED_TIME\n"
        "ada@example.org,Ada,email_marketing,sms_marketing,25-12-2023,25-12-2023\n"
        'bo@example.org,Bo,,"email_marketing,sms_marketing",25-12-2023,25-12-2023\n',
        {"ada": ACTIVE, "bo": BLOCKED},
        "Brevo",
    ),
    Export(
        "Kit",
        "id,first_name,email_address,state,created_at,canceled_at\n"
        "1,Ada,ada@example.org,active,2023-01-27T11:43:55Z,\n"
        "2,Bo,bo@example.org,cancelled,2023-01-27T11:43:55Z,2024-01-27T11:43:55Z\n"
        "3,Cy,cy@example.org,bounced,2023-01-27T11:43:55Z,\n"
        "4,Di,di@example.org,complained,2023-01-27T11:43:55Z,\n"
        "5,Ed,ed@example.org,inactive,2023-01-27T11:43:55Z,\n",
        {
            "ada": ACTIVE,
            "bo": LEFT,
            "cy": BOUNCED,
            "di": COMPLAINED,
            "ed": UNCONFIRMED,
        },
        "Kit",
    ),
    Export(
        "MailerLite",
        "Email,Name,Last name,Status,Subscribed,Unsubscribed,Sent,Opens,Clicks\n"
        "ada@example.org,Ada,Byron,Active,2023-01-27 11:43:55,,3,2,1\n"
        "bo@example.org,Bo,B,Unsubscribed,2023-01-27 11:43:55,2024-01-27 11:43:55,3,2,1\n"
        "cy@example.org,Cy,C,Bounced,2023-01-27 11:43:55,,3,0,0\n"
        "di@example.org,Di,D,Junk,2023-01-27 11:43:55,,3,0,0\n"
        "ed@example.org,Ed,E,Unconfirmed,2023-01-27 11:43:55,,0,0,0\n",
        {
            "ada": ACTIVE,
            "bo": LEFT,
            "cy": BOUNCED,
            "di": COMPLAINED,
            "ed": UNCONFIRMED,
        },
        "MailerLite",
    ),
    Export(
        "Constant Contact",
        "Email address,First name,Last name,Email status,Email permission status,Email Lists,Tags,Created At,Email update source\n"
        "ada@example.org,Ada,Byron,Active,Express,News,,2023-01-27 11:43:55,Account\n"
        "bo@example.org,Bo,B,Unsubscribed,Unsubscribed,News,,2023-01-27 11:43:55,Contact\n"
        "cy@example.org,Cy,C,Active,Awaiting confirmation,News,,2023-01-27 11:43:55,Contact\n"
        "di@example.org,Di,D,Active,Implied,News,,2023-01-27 11:43:55,Account\n",
        {"ada": ACTIVE, "bo": LEFT, "cy": UNCONFIRMED, "di": ACTIVE},
        "Constant Contact",
    ),
    Export(
        "HubSpot, contacts",
        "Record ID,First Name,Last Name,Email,Unsubscribed from all email,Email hard bounce reason,Marketing contact status,Create Date\n"
        "1,Ada,Byron,ada@example.org,false,,Marketing contact,2023-01-27 11:43\n"
        "2,Bo,B,bo@example.org,true,,Marketing contact,2023-01-27 11:43\n"
        "3,Cy,C,cy@example.org,,Unknown user,Marketing contact,2023-01-27 11:43\n",
        {"ada": ACTIVE, "bo": LEFT, "cy": BOUNCED},
        "HubSpot",
    ),
    Export(
        "HubSpot, unsubscribes and bounces",
        "Email,Portal Bounce,Portal Unsubscribe,Portal Spam Report,Global Bounce,Marketing Information\n"
        "ada@example.org,,TRUE,,,TRUE\n"
        "bo@example.org,TRUE,,,,\n"
        "cy@example.org,,,TRUE,,\n"
        "di@example.org,,,,TRUE,\n"
        "ed@example.org,,,,,TRUE\n",
        {
            "ada": LEFT,
            "bo": BOUNCED,
            "cy": COMPLAINED,
            "di": BOUNCED,
            "ed": LEFT,
        },
        "HubSpot",
    ),
    Export(
        "CiviCRM",
        "Contact ID,Contact Type,First Name,Last Name,Email,Do Not Email,Do Not Mail,No Bulk Emails (User Opt Out),On Hold,Deceased\n"
        "1,Individual,Ada,Byron,ada@example.org,0,1,0,0,0\n"
        "2,Individual,Bo,B,bo@example.org,1,0,0,0,0\n"
        "3,Individual,Cy,C,cy@example.org,,,1,0,\n"
        "4,Individual,Di,D,di@example.org,0,0,0,On Hold Bounce,0\n"
        "5,Individual,Ed,E,ed@example.org,0,0,0,On Hold Opt Out,0\n"
        "6,Individual,Flo,F,flo@example.org,0,0,0,0,1\n",
        {
            "ada": ACTIVE,
            "bo": BLOCKED,
            "cy": LEFT,
            "di": BOUNCED,
            "ed": LEFT,
            "flo": BLOCKED,
        },
        "CiviCRM",
    ),
    Export(
        "Sendy",
        "Name,Email,Joined,Last activity,Status\n"
        'Ada,ada@example.org,"Jan 15, 2024, 03:04PM",,Subscribed\n'
        'Bo,bo@example.org,"Jan 16, 2024, 03:04PM",,Unsubscribed\n'
        'Cy,cy@example.org,"Jan 17, 2024, 03:04PM",,Bounced\n'
        'Di,di@example.org,"Jan 18, 2024, 03:04PM",,Marked as spam\n'
        'Ed,ed@example.org,"Jan 18, 2024, 03:04PM",,Unconfirmed\n',
        {
            "ada": ACTIVE,
            "bo": LEFT,
            "cy": BOUNCED,
            "di": COMPLAINED,
            "ed": UNCONFIRMED,
        },
        "Sendy",
    ),
    Export(
        "Mailjet",
        "email,created_at,name,is_unsubscribed,is_excluded_from_campaigns\n"
        "ada@example.org,2023-01-27T11:43:55Z,Ada,false,false\n"
        "bo@example.org,2023-01-27T11:43:55Z,Bo,true,false\n"
        "cy@example.org,2023-01-27T11:43:55Z,Cy,false,true\n",
        {"ada": ACTIVE, "bo": LEFT, "cy": BLOCKED},
        "Mailjet",
    ),
    Export(
        "SendGrid, bounces",
        "status,reason,email,created\n"
        "5.1.1,550 5.1.1 The email account that you tried to reach does not exist,ada@example.org,1443651154\n"
        "4.4.7,unable to get mx info,bo@example.org,1443651155\n",
        _all(BOUNCED, "ada", "bo"),
        "SendGrid",
        "suppression_bounces.csv",
    ),
    Export(
        "beehiiv",
        "id,email,status,subscription_tier,created_at,utm_source,referral_code\n"
        "1,ada@example.org,active,free,2024-01-27T11:43:55Z,web,x1\n"
        "2,bo@example.org,inactive,free,2024-01-27T11:43:55Z,web,x2\n"
        "3,cy@example.org,pending,free,2024-01-27T11:43:55Z,web,x3\n"
        "4,di@example.org,needs_approval,free,2024-01-27T11:43:55Z,web,x4\n",
        {"ada": ACTIVE, "bo": LEFT, "cy": UNCONFIRMED, "di": UNCONFIRMED},
        "beehiiv",
    ),
    Export(
        "Campaign Monitor",
        "Email Address,Name,Status,Date Joined,Permission to track\n"
        "ada@example.org,Ada,Active,2024-01-27 11:43,Yes\n"
        "bo@example.org,Bo,Unsubscribed,2024-01-27 11:43,No\n"
        "cy@example.org,Cy,Deleted,2024-01-27 11:43,Yes\n"
        "di@example.org,Di,Bounced,2024-01-27 11:43,Unknown\n"
        "ed@example.org,Ed,Active,2024-01-27 11:43,No\n",
        {"ada": ACTIVE, "bo": LEFT, "cy": LEFT, "di": BOUNCED, "ed": ACTIVE},
        "Campaign Monitor",
    ),
    Export(
        "NationBuilder",
        "nationbuilder_id,first_name,last_name,email,email_opt_in,email1_is_bad,is_deceased,do_not_contact,mobile_opt_in,primary_state,primary_city,tag_list\n"
        'sup1,Ada,Byron,ada@example.org,true,false,false,false,false,CA,Oakland,"press, board"\n'
        "sup2,Bo,B,bo@example.org,false,false,false,false,true,CA,Oakland,\n"
        "sup3,Cy,C,cy@example.org,true,true,false,false,true,CA,Oakland,\n"
        "sup4,Di,D,di@example.org,true,false,true,false,true,CA,Oakland,\n"
        "sup5,Ed,E,ed@example.org,true,false,false,true,true,CA,Oakland,\n",
        {
            "ada": ACTIVE,
            "bo": LEFT,
            "cy": BOUNCED,
            "di": BLOCKED,
            "ed": BLOCKED,
        },
        "NationBuilder",
    ),
    Export(
        "EveryAction",
        "VANID\tFirst Name\tLast Name\tPreferred Email\tEmail Subscription Status\tState/Province\n"
        "1\tAda\tByron\tada@example.org\tSubscribed\tNY\n"
        "2\tBo\tB\tbo@example.org\tUnsubscribed\tNY\n"
        "3\tCy\tC\tcy@example.org\tNot Subscribed\tNY\n",
        {"ada": ACTIVE, "bo": LEFT, "cy": UNCONFIRMED},
        "EveryAction",
    ),
    Export(
        "Salsa",
        "Supporter ID,First Name,Last Name,Email,Email Status,State\n"
        "1,Ada,Byron,ada@example.org,OPT_IN,VT\n"
        "2,Bo,B,bo@example.org,OPT_OUT,VT\n"
        "3,Cy,C,cy@example.org,HARD_BOUNCE,VT\n",
        {"ada": ACTIVE, "bo": LEFT, "cy": BOUNCED},
        "Salsa",
    ),
    Export(
        "Keila",
        "Email,First name,Last name,Data,Status,External ID\n"
        "ada@example.org,Ada,Byron,{},active,1\n"
        "bo@example.org,Bo,B,{},unsubscribed,2\n"
        "cy@example.org,Cy,C,{},unreachable,3\n",
        {"ada": ACTIVE, "bo": LEFT, "cy": BOUNCED},
        "Keila",
    ),
    Export(
        "Klaviyo",
        "Email,First Name,Last Name,Email Marketing Consent,Email Suppressions,SMS Consent\n"
        "ada@example.org,Ada,Byron,SUBSCRIBED,[],UNSUBSCRIBED\n"
        "bo@example.org,Bo,B,UNSUBSCRIBED,[],SUBSCRIBED\n"
        "cy@example.org,Cy,C,NEVER_SUBSCRIBED,[],SUBSCRIBED\n",
        {"ada": ACTIVE, "bo": LEFT, "cy": UNCONFIRMED},
        "Klaviyo",
    ),
    Export(
        "MailPoet",
        "Email,First name,Last name,Subscribed at,List name,List status,Global status\n"
        "ada@example.org,Ada,Byron,2024-01-27 11:43:55,News,Subscribed,Subscribed\n"
        "bo@example.org,Bo,B,2024-01-27 11:43:55,News,Unsubscribed,Subscribed\n"
        "cy@example.org,Cy,C,2024-01-27 11:43:55,News,Subscribed,Unconfirmed\n"
        "di@example.org,Di,D,2024-01-27 11:43:55,News,Subscribed,Bounced\n",
        {"ada": ACTIVE, "bo": LEFT, "cy": UNCONFIRMED, "di": BOUNCED},
        "MailPoet",
    ),
    Export(
        "The Newsletter Plugin",
        "email,name,surname,sex,status,token,created\n"
        "ada@example.org,Ada,Byron,n,C,t1,2024-01-27 11:43:55\nbo@example.org,Bo,B,n,U,t2,2024-01-27 11:43:55\n"
        "cy@example.org,Cy,C,n,S,t3,2024-01-27 11:43:55\ndi@example.org,Di,D,n,B,t4,2024-01-27 11:43:55\n",
        {"ada": ACTIVE, "bo": LEFT, "cy": UNCONFIRMED, "di": BOUNCED},
        "The Newsletter Plugin",
    ),
    Export(
        "phpList",
        "Email,Is this user confirmed,Is this user blacklisted,Bounce count,Entered,Is this account disabled?\n"
        "ada@example.org,1,0,0,2024-01-27 11:43:55,0\n"
        "bo@example.org,1,1,0,2024-01-27 11:43:55,0\n"
        "cy@example.org,0,0,0,2024-01-27 11:43:55,0\n"
        "di@example.org,1,0,2,2024-01-27 11:43:55,1\n",
        {"ada": ACTIVE, "bo": BLOCKED, "cy": UNCONFIRMED, "di": LEFT},
        "phpList",
    ),
    Export(
        "Salesforce",
        '"Contact ID","First Name","Last Name","Email","Email Opt Out","Email Bounced Reason"\n'
        '"1","Ada","Byron","ada@example.org","0",""\n"2","Bo","B","bo@example.org","1",""\n'
        '"3","Cy","C","cy@example.org","0","550 no such user"\n',
        {"ada": ACTIVE, "bo": LEFT, "cy": BOUNCED},
        "Salesforce",
    ),
    Export(
        "CleverReach",
        "email;registered;activated;deactivated;bounced;source;Vorname;Nachname\n"
        "ada@example.org;27.01.2024 11:43;27.01.2024 11:45;;0;Formular;Ada;Byron\n"
        "bo@example.org;27.01.2024 11:43;27.01.2024 11:45;01.02.2024 08:00;0;Formular;Bo;B\n"
        "cy@example.org;27.01.2024 11:43;;;0;Formular;Cy;C\n",
        {"ada": ACTIVE, "bo": LEFT, "cy": UNCONFIRMED},
        "CleverReach",
    ),
    Export(
        "rapidmail",
        "E-Mail-Adresse;Vorname;Nachname;Status;Angemeldet am;Abgemeldet am\n"
        "ada@example.org;Ada;Byron;aktiv;27.01.2024 11:43;\n"
        "bo@example.org;Bo;B;abgemeldet;27.01.2024 11:43;28.01.2024 11:43\n"
        "cy@example.org;Zoë;C;gebounct;27.01.2024 11:43;\n"
        "di@example.org;Di;D;unbestätigt;27.01.2024 11:43;\n"
        "ed@example.org;Ed;E;gesperrt;27.01.2024 11:43;\n",
        {
            "ada": ACTIVE,
            "bo": LEFT,
            "cy": BOUNCED,
            "di": UNCONFIRMED,
            "ed": BLOCKED,
        },
        encoding="cp1252",
    ),
    Export(
        "a Spanish membership system",
        "Correo electrónico;Nombre;Apellidos;Estado;Fecha de alta;Fecha de baja\n"
        "ada@example.org;Ada;Byron;Activo;27/01/2024;\n"
        "bo@example.org;Bo;B;Baja;27/01/2024;28/02/2024\n"
        "cy@example.org;Cy;C;Rebotado;27/01/2024;\n"
        "di@example.org;Di;D;Pendiente;27/01/2024;\n"
        "ed@example.org;Ed;E;Dado de baja;27/01/2024;\n",
        {
            "ada": ACTIVE,
            "bo": LEFT,
            "cy": BOUNCED,
            "di": UNCONFIRMED,
            "ed": LEFT,
        },
        encoding="cp1252",
    ),
    Export(
        "a French membership system",
        "Adresse e-mail;Prénom;Nom;Statut;Liste noire;Date d'inscription\n"
        "ada@example.org;Ada;Byron;Abonné;non;27/01/2024\n"
        "bo@example.org;Bo;B;Désabonné;non;27/01/2024\n"
        "cy@example.org;Cy;C;Abonnée;oui;27/01/2024\n"
        "di@example.org;Di;D;En attente;non;27/01/2024\n"
        "ed@example.org;Ed;E;Désinscrite;non;27/01/2024\n",
        {
            "ada": ACTIVE,
            "bo": LEFT,
            "cy": BLOCKED,
            "di": UNCONFIRMED,
            "ed": LEFT,
        },
    ),
    Export(
        "a German association's sheet",
        "sep=;\nMitglieder des Vereins, Stand 1.2.2024;;;\n;;;\nName;E-Mail;Newsletter;Einwilligung am\n"
        "Ada Byron;ada@example.org;ja;27.1.2024\nBo B;bo@example.org;nein;\nCy C;cy@example.org;Ja;3.4.2023\n",
        {"ada": ACTIVE, "bo": LEFT, "cy": ACTIVE},
    ),
    Export(
        "Google Contacts",
        "First Name,Middle Name,Last Name,Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Address 1 - Region\n"
        "Ada,,Byron,* myContacts,Work,ada@example.org,Home,ada.home@example.org,NY\n"
        "Bo,,B,* myContacts,,,Home,bo@example.org,\n",
        _all(ACTIVE, "ada", "bo"),
        "Google Contacts",
        everybody="yes",
    ),
    Export(
        "Google Contacts, as it was",
        "Name,Given Name,Family Name,Group Membership,E-mail 1 - Type,E-mail 1 - Value\n"
        "Ada Byron,Ada,Byron,* myContacts,* Work,ada@example.org ::: ada2@example.org\n",
        _all(ACTIVE, "ada"),
        "Google Contacts",
        everybody="yes",
    ),
    Export(
        "Outlook",
        "First Name,Last Name,Company,E-mail Address,E-mail Type,E-mail Display Name,E-mail 2 Address,Categories,Home State\n"
        "Ada,Byron,,ada@example.org,SMTP,Ada Byron (ada@example.org),,press,NY\n",
        _all(ACTIVE, "ada"),
        "Outlook",
        everybody="yes",
    ),
    Export(
        "Outlook, in German, with a column of consent",
        "Vorname;Nachname;E-Mail-Adresse;E-Mail: Angezeigter Name;Newsletter\n"
        "Ada;Byron;ada@example.org;Ada Byron;ja\nBo;B;bo@example.org;Bo B;nein\n",
        {"ada": ACTIVE, "bo": LEFT},
        "Outlook",
    ),
    Export(
        "Thunderbird",
        "First Name,Last Name,Display Name,Nickname,Primary Email,Secondary Email,Screen Name,Work Phone\n"
        "Ada,Byron,Ada Byron,,ada@example.org,,,\n",
        _all(ACTIVE, "ada"),
        "Thunderbird",
        everybody="yes",
    ),
    Export(
        "an address book of a telephone",
        "Name,E-mail,Mobile Phone,Home Phone,Birthday\nAda Byron,ada@example.org,1,2,\n",
        _all(ACTIVE, "ada"),
        "an address book",
        everybody="yes",
    ),
    Export(
        "Google Groups",
        "Members for group news\n"
        "Email address,Nickname,Group status,Email status,Email preference,Posting permissions,Join year\n"
        "ada@example.org,,member,,email,allowed,2020\nbo@example.org,,member,Bouncing,email,allowed,2020\n"
        "cy@example.org,,member,,none,allowed,2020\ndi@example.org,,invited,,digest,allowed,2021\n"
        "ed@example.org,,banned,,email,none,2021\n",
        {
            "ada": ACTIVE,
            "bo": BOUNCED,
            "cy": LEFT,
            "di": UNCONFIRMED,
            "ed": BLOCKED,
        },
        "Google Groups",
    ),
    Export(
        "Groups.io",
        "Email,Display Name,Email Delivery,Status\nada@example.org,Ada,Each,Normal\n"
        "bo@example.org,Bo,No email,Normal\ncy@example.org,Cy,Each,Bouncing\n",
        {"ada": ACTIVE, "bo": LEFT, "cy": BOUNCED},
        "Groups.io",
    ),
    Export(
        "Mailman, a roster",
        "address,full name,delivery_status\nada@example.org,Ada,enabled\nbo@example.org,Bo,by_user\n"
        "cy@example.org,Cy,by_bounces\ndi@example.org,Di,by_moderator\n",
        {"ada": ACTIVE, "bo": LEFT, "cy": BOUNCED, "di": BLOCKED},
    ),
    Export(
        "Mailman, its old page of members",
        "address,full name,nomail\nada@example.org,Ada,off\nbo@example.org,Bo,on\n",
        {"ada": ACTIVE, "bo": LEFT},
    ),
    Export(
        "Mautic",
        "id,firstname,lastname,email,points,date_added,do_not_contact,country,state\n"
        "1,Ada,Byron,ada@example.org,0,2024-01-27 11:43:55,No,Spain,Madrid\n"
        "2,Bo,B,bo@example.org,0,2024-01-27 11:43:55,Yes,Spain,Madrid\n",
        {"ada": ACTIVE, "bo": BLOCKED},
    ),
    Export(
        "ActiveCampaign",
        "Email,First Name,Last Name,Status,Date Subscribed,Date Unsubscribed\n"
        "ada@example.org,Ada,Byron,Active,2024-01-27 11:43:55,\n"
        "bo@example.org,Bo,B,Unsubscribed,2024-01-27 11:43:55,2024-02-27 11:43:55\n"
        "cy@example.org,Cy,C,Unconfirmed,,\n",
        {"ada": ACTIVE, "bo": LEFT, "cy": UNCONFIRMED},
    ),
    Export(
        "Laposta",
        "email,voornaam,status\nada@example.org,Ada,actief\nbo@example.org,Bo,uitgeschreven\n",
        {"ada": ACTIVE, "bo": LEFT},
    ),
    Export(
        "words of its own, answered",
        "email,status\nada@example.org,green\nbo@example.org,grey\n",
        {"ada": ACTIVE, "bo": LEFT},
        answers={"green": "yes", "grey": "no"},
    ),
    Export(
        "this program's own",
        "address,name,tags,consent_source,consent_at,left_at\n"
        "ada@example.org,Ada,press,form,2024-01-27T11:43:55+00:00,\n"
        "bo@example.org,Bo,,form,2024-01-27T11:43:55+00:00,2024-02-27T11:43:55+00:00\n",
        {"ada": ACTIVE, "bo": LEFT},
        "digest",
    ),
    Export(
        "post and mail",
        "Email,Do not mail,Do not email\nada@example.org,yes,no\nbo@example.org,no,yes\n",
        {"ada": ACTIVE, "bo": BLOCKED},
    ),
    Export(
        "do not mail, which may be either",
        "Email,Do not mail\nada@example.org,no\nbo@example.org,yes\n",
        {"ada": ACTIVE, "bo": BLOCKED},
    ),
    Export(
        "other channels",
        "Email,SMS opt out,Phone: do not call,Donation cancelled at\nada@example.org,yes,yes,2024-01-02\n",
        {"ada": ACTIVE},
    ),
    Export(
        "a tick box",
        "Email,Opted out\nada@example.org,\nbo@example.org,x\n",
        {"ada": ACTIVE, "bo": LEFT},
    ),
    Export(
        "a date of leaving that nobody can read",
        "Email,Unsubscribed at\nada@example.org,\nbo@example.org,last week\n",
        {"ada": ACTIVE, "bo": LEFT},
    ),
    Export(
        "no and yes of one person",
        "Email,Status\nada@example.org,unsubscribed\nADA@example.org,subscribed\nbo@example.org,subscribed\nbo@example.org,bounced\n",
        {"ada": LEFT, "bo": BOUNCED},
    ),
    Export(
        "addresses in one line",
        "ada@example.org; bo@example.org;cy@example.org\ndi@example.org\n",
        _all(ACTIVE, "ada", "bo", "cy", "di"),
    ),
    Export(
        "addresses only",
        "ada@example.org\nbo@example.org\n\nAda Two <cy@example.org>\nmailto:di@example.org\n",
        _all(ACTIVE, "ada", "bo", "cy", "di"),
    ),
]

UNCLEAR = [
    Unclear(
        "a time for a yes",
        "email,subscribed\na@example.org,2024-03-01\nb@example.org,\n",
        "subscribed",
        {"(empty)": 1},
    ),
    Unclear(
        "a remark under a heading of several words",
        "email,comment of the office\na@example.org,wants no more mail\n",
        "comment of the office",
        {"wants no more mail": 1},
    ),
    Unclear(
        "a box that nobody ticked",
        "Email,Newsletter\na@example.org,x\nb@example.org,\n",
        "Newsletter",
        {"(empty)": 1},
    ),
    Unclear(
        "only its name says so: Mailman's members without mail",
        "a@example.org\n",
        "",
        {"nomail.txt": 1},
        "nomail.txt",
    ),
    Unclear(
        "Google Contacts",
        "Name,Group Membership,E-mail 1 - Value\nA,* myContacts ::: Newsletter,a@example.org\n",
        "",
        {"Google Contacts": 1},
    ),
    Unclear(
        "words nobody knows",
        "Email,Name,Membership status\na@example.org,A,Member\nb@example.org,B,Lapsed\nc@example.org,C,Member\n",
        "Membership status",
        {"Member": 2, "Lapsed": 1},
    ),
    Unclear(
        "a word nobody knows among known ones",
        "email,status\na@example.org,active\nb@example.org,hibernating\n",
        "status",
        {"hibernating": 1},
    ),
    Unclear(
        "no word where others have one",
        "email,status\na@example.org,active\nb@example.org,\n",
        "status",
        {"(empty)": 1},
    ),
    Unclear(
        "numbers",
        "email,Subscriber state\na@example.org,1\nb@example.org,2\nc@example.org,7\n",
        "Subscriber state",
        {"1": 1, "2": 1, "7": 1},
    ),
    Unclear(
        "a consent in words",
        "Email;Einwilligung\na@example.org;mündlich\nb@example.org;schriftlich\n",
        "Einwilligung",
        {"mündlich": 1, "schriftlich": 1},
    ),
    Unclear(
        "a blocking in numbers of its own",
        "email,blocked\na@example.org,A\nb@example.org,B\n",
        "blocked",
        {"A": 1, "B": 1},
    ),
    Unclear(
        "no heading at all",
        "a@example.org,1\nb@example.org,0\n",
        "column 2",
        {"1": 1, "0": 1},
    ),
    Unclear(
        "more words than a status has",
        "email,status\n"
        + "".join(f"u{n}@example.org,note {n}\n" for n in range(61))
        + "a@example.org,unsubscribed\n",
        "status",
        {f"note {n}": 1 for n in range(61)} | {"(more words)": 1},
    ),
    Unclear(
        "words of a no in a column of another name",
        "email,Kind\na@example.org,regular\nb@example.org,unsubscribed\n",
        "Kind",
        {"unsubscribed": 1},
    ),
    Unclear(
        "a list of lists that somebody left",
        "email,Unsubscribed lists\na@example.org,\nb@example.org,Weekly\n",
        "Unsubscribed lists",
        {"Weekly": 1},
    ),
    Unclear(
        "a name that says so, where the column that would is empty",
        "Email Address,UNSUB_TIME\na@example.org,\n",
        "",
        {"unsubscribed.csv": 1},
        "unsubscribed.csv",
    ),
    Unclear(
        "only its name says so: SendGrid's unsubscribes",
        "email,created\na@example.org,1443651154\n",
        "",
        {"suppression_unsubscribes.csv": 1},
        "suppression_unsubscribes.csv",
    ),
    Unclear(
        "only its name says so: a list by hand",
        "Email\na@example.org\n",
        "",
        {"Bounces 2024.csv": 1},
        "Bounces 2024.csv",
    ),
    Unclear(
        "only its name says so, in Spanish",
        "Email\na@example.org\n",
        "",
        {"bajas_boletin.csv": 1},
        "bajas_boletin.csv",
    ),
]
