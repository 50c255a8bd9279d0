"""Roots of words that links and lines of mails have which tell no news, in some fifteen languages.

They are alternatives of regular expressions, and match beginnings of words unless said otherwise. A root
counts only where the words are few: a longer text may be a headline about it.
"""

#: Of leaving a list. What stands in one line with such a link, or under it, is a mail's foot.
LEAVING_ROOTS = (
    "unsub|opt out|opt-out|abmeld|abbestell|austrag|désabon|desabon|désinscri|se désinscrire",
    "darse de baja|darme de baja|date de baja|dar de baja",
    "cancelar (?:la |tu |su |mi |a )?(?:suscri|inscri|assin|subscri)",
    "anular (?:la |tu |su )?suscri|descadastr|disiscri|cancellati|annulla (?:l.)?iscri|uitschrij",
    "afmeld|schrijf je uit|meld je af|wypis|zrezygnuj|avregistr|avprenumer|avsluta|frameld",
    "meld (?:deg|dig) (?:av|fra)|avmeld|peru(?:uta)? tilau|odhlás|odhlas|leiratkoz|dezabon|odjav",
    "отпис|відпис|διαγραφή|απεγγραφ",
)
#: Of the mail, its readers and their accounts.
MANAGING_ROOTS = (
    *LEAVING_ROOTS,
    "abonn|abo\\b|abos\\b|subscri|suscri|souscri|iscrizion|iscriviti|prenumer|tilmeld|tilaa",
    "předplat|předplať|előfizet|newsletter|nyhetsbrev|nyhedsbrev|nieuwsbrie|biuletyn|boletín",
    "boletim|infolettre|preferen|préféren|ustawieni|inställning|indstilling|innstilling",
    "einstellung|instelling|impostazion|privacy|privac|prywatno|integritet|personvern|datenschutz",
    "cookie|konto|compte|cuenta|profil|donate|donat|donner|spend(?:e|en|enkonto)\\b|doneer",
    "wesprzyj|wspieraj|darowizn|stöd|støtt|tue meitä|login|logowani|zaloguj|logga in|logg inn",
    "log ind|kirjaudu|rejestr|zarejestr|registr|inschrijv|przeglądar|webbläsar|nettleser|selain",
    "prohlížeč|böngész|browser|navigateur|navegador|forward|weiterleit|doorstur|prześlij",
    "vidarebefor|images|imágenes|bilder anzeigen|afbeeldingen",
)
#: Of buying, booking and offers.
COMMERCE_ROOTS = (
    "buy|order (?:now|today|here)|shop|voucher|discount|coupon|free trial|half price",
    "book (?:now|your)|reserve your|tickets?\\b|kauf|bestell|gutschein|rabatt|halben preis",
    "zum preis|buchen|reservier|warenkorb|karten sichern|achet|command|offre|remise|réserv|panier",
    "billet|boutique|compra|oferta|descuento|rebaja|reserva|entradas|carrito|pedido|desconto",
    "bilhete|acquist|offert|sconto|prenota|bigliett|carrello|koop|bestel|aanbieding|korting",
    "boek (?:nu|je)|reserveer|winkelwagen|kup|zamów|rabat|promocj|zarezerw|bilet|koszyk|köp",
    "beställ|erbjud|biljett|boka|køb|bestil|tilbud|kjøp|tilaa|tarjou|lippu|kosár|rendel|comand",
)
#: Whole headings over lists of what is no news.
SERVICE_HEADINGS = (
    "aanbiedingen|agenda|agenda culturel|angebote|appuntamenti|arrangementer|boutique|butik",
    "calendar|careers|classifieds|dates|deals|diary|el tiempo|empleo|emploi|evenemang|evenementen",
    "event|eventi|eventos|events|games|giochi|het weer|horoscope|jeux|jobs|jobs & karriere",
    "kalendarz|kalender|krzyżówka|lavoro|lediga jobb|ledige stillinger|licitaciones|meteo|météo",
    "ofertas de empleo|offers|offerte|offres d'emploi|offres d’emploi|our shop|partner offers",
    "pasatiempos|pogoda|praca|puzzels|puzzles|rätsel|shop|sklep|stellenanzeigen|stellenmarkt",
    "store|tenders|termine|tienda|vacancies|vacatures|vejret|veranstaltungen|veranstaltungstipps",
    "väder|weather|wetter|what's on|what’s on|wydarzenia|évènements|événements",
)
#: Of advertisements, in a line of few words over or in one.
AD_ROOTS = (
    "sponsor|sponsr|gesponser|gesponsor|spons(?:or|ur)|advertorial|advertis|adverten|anzeige",
    "annonse|annons|reklam|reclame|werbung|publicid|publicité|pubblicit|publirreport|publireport",
    "publi-?rédac|patrocin|kommersiel|mainos|materiał partner|bezahlt|betald|betaald|płatn",
    "paid (?:post|content|partner)|promoted|promowan|inzer|inzerc|hirdet|publicitate|oglas|реклам",
)
#: Subjects of mails about an account, an order or a subscription of one's own.
ACCOUNT_SUBJECTS = (
    "(?:confirm|verify|activate) (?:your|my)\\b|please confirm|confirm subscription|your order\\b",
    "order confirm",
    "your (?:receipt|invoice|booking|ticket|subscription|account|payment|code|password|login)",
    "sign-?in code|verification code|password reset|reset your|receipt for|bitte bestätigen",
    "bestätigen sie|bestätigung (?:ihrer|deiner)",
    "(?:ihre|deine) (?:bestellung|rechnung|anmeldung|buchung|zahlung|registrierung)|rechnung nr",
    "passwort|zugangscode|anmeldecode|confirmez|confirmation de votre",
    "votre (?:commande|facture|code|compte|inscription|reçu|abonnement|paiement)|mot de passe",
    "code de connexion|confirma tu|confirme su|confirmación de",
    "(?:tu|su) (?:pedido|factura|código|recibo|suscripción|reserva|cuenta|pago)|contraseña",
    "código de acceso|confirme (?:sua|a sua|o seu)",
    "(?:seu|sua) (?:pedido|fatura|código|assinatura|recibo)|palavra-passe",
    "conferma (?:la tua|il tuo|l.iscrizione)",
    "(?:il tuo|la tua) (?:ordine|fattura|ricevuta|codice|iscrizione|prenotazione)",
    "bevestig (?:je|uw)|(?:je|uw) (?:bestelling|factuur|code|aanmelding|abonnement|reservering)",
    "wachtwoord|potwierd|(?:twoje|twój|twoja) (?:zamówienie|kod|konto|faktura|subskrypcja)|hasło",
    "bekräfta|din (?:beställning|faktura|kod|prenumeration|bokning)|kvitto|lösenord|bekreft",
    "bekræft|din (?:ordre|bestilling|bestilling)|kvittering|vahvista|tilauksesi",
)
#: How mails to new readers begin.
WELCOME = (
    "welcome|willkommen|bienvenue|bienvenid|bem-vind|benvenut|welkom|witaj|witamy|välkommen",
    "velkommen|tervetuloa",
)
#: In subjects of mails that invite to an event.
INVITATIONS = (
    "you.re invited|you are invited|invitation|save the date|save your seat|webinar|last chance",
    "einladung|invito|invitaci|convite|uitnodiging|zaproszen|zaprasza|inbjud|invitasjon|kutsu",
    "pozván",
)
