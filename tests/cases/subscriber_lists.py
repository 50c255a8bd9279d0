"""Lists of subscribers in many languages, invented: how each person (before the @) is to be taken."""

A, U, N, B, X = "active", "unsubscribed", "unconfirmed", "bounced", "blocked"

LISTS = {
    "Italian": (
        "Nome;Cognome;Indirizzo e-mail;Stato;Data iscrizione\nAda;B;ada@r.example;iscritta;05/03/2024\n"
        "Bo;B;bo@r.example;disiscritto;06/03/2024\nCy;B;cy@r.example;in attesa;\n",
        {"ada": A, "bo": U, "cy": N},
    ),
    "Portuguese": (
        "Nome;Correio eletrónico;Situação\nAda;ada@r.example;ativa\nBo;bo@r.example;cancelado\n"
        "Cy;cy@r.example;não confirmado\n",
        {"ada": A, "bo": U, "cy": N},
    ),
    "Catalan": ("Nom,Correu electrònic,Estat\nAda,ada@r.example,subscrit\nBo,bo@r.example,baixa\n", {"ada": A, "bo": U}),
    "Dutch": (
        "Voornaam;Achternaam;E-mailadres;Status;Afgemeld op\nAda;B;ada@r.example;ingeschreven;\n"
        "Bo;B;bo@r.example;uitgeschreven;6-3-2024\nCy;B;cy@r.example;ingeschreven;6-3-2024\n",
        {"ada": A, "bo": U, "cy": U},
    ),
    "Swedish": (
        "Förnamn;Efternamn;E-postadress;Nyhetsbrev\nAda;B;ada@r.example;Ja\nBo;B;bo@r.example;Nej\n",
        {"ada": A, "bo": U},
    ),
    "Danish": ("Navn;E-mail;Status\nAda;ada@r.example;tilmeldt\nBo;bo@r.example;frameldt\nCy;cy@r.example;afventer\n",
               {"ada": A, "bo": U, "cy": N}),
    "Norwegian": ("Navn;E-post;Samtykke\nAda;ada@r.example;ja\nBo;bo@r.example;nei\n", {"ada": A, "bo": U}),
    "Finnish": ("Nimi;Sähköposti;Tila\nAda;ada@r.example;tilaaja\nBo;bo@r.example;peruutettu\n", {"ada": A, "bo": U}),
    "Polish": (
        "Imię;Nazwisko;Adres e-mail;Zgoda;Data zgody;Status\nAda;B;ada@r.example;tak;2024-03-05;aktywna\n"
        "Bo;B;bo@r.example;tak;2024-03-05;zrezygnował\nCy;B;cy@r.example;nie;;aktywny\n"
        "Di;B;di@r.example;tak;2024-03-06;zwrot\n",
        {"ada": A, "bo": U, "cy": U, "di": B},
    ),
    "Czech": (
        "Jméno,Příjmení,E-mail,Stav\nAda,B,ada@r.example,přihlášena\nBo,B,bo@r.example,odhlášen\n"
        "Cy,B,cy@r.example,nedoručitelné\nDi,B,di@r.example,čeká na potvrzení\n",
        {"ada": A, "bo": U, "cy": B, "di": N},
    ),
    "Slovak": ("Meno,Priezvisko,E-mailová adresa,Stav\nAda,B,ada@r.example,prihlásená\nBo,B,bo@r.example,odhlásený\n",
               {"ada": A, "bo": U}),
    "Hungarian": (
        "Név;E-mail cím;Állapot\nAda;ada@r.example;feliratkozott\nBo;bo@r.example;leiratkozott\n"
        "Cy;cy@r.example;megerősítésre vár\n",
        {"ada": A, "bo": U, "cy": N},
    ),
    "Romanian": ("Nume,Prenume,Adresa de email,Stare\nB,Ada,ada@r.example,abonat\nB,Bo,bo@r.example,dezabonat\n",
                 {"ada": A, "bo": U}),
    "Croatian": ("Ime;Prezime;E-pošta;Privola\nAda;B;ada@r.example;da\nBo;B;bo@r.example;ne\n", {"ada": A, "bo": U}),
    "Slovene": ("Ime;Priimek;E-pošta;Stanje\nAda;B;ada@r.example;naročen\nBo;B;bo@r.example;odjavljen\n", {"ada": A, "bo": U}),
    "Turkish": (
        "Ad Soyad;E-posta;Durum\nAda;ada@r.example;Aktif\nBo;bo@r.example;İPTAL\nCy;cy@r.example;onay bekliyor\n",
        {"ada": A, "bo": U, "cy": N},
    ),
    "Greek": (
        "Όνομα;Ηλεκτρονική διεύθυνση;Κατάσταση\nΆντα;ada@r.example;εγγεγραμμένη\nΜπο;bo@r.example;ΔΙΑΓΡΑΜΜΕΝΟΣ\n"
        "Σι;cy@r.example;σε αναμονή\n",
        {"ada": A, "bo": U, "cy": N},
    ),
    "Russian": (
        "Имя;Эл. почта;Статус\nАда;ada@r.example;подписана\nБо;bo@r.example;отписался\nСи;cy@r.example;не подтвержден\n",
        {"ada": A, "bo": U, "cy": N},
    ),
    "Ukrainian": ("Ім'я;Електронна пошта;Підписка\nАда;ada@r.example;так\nБо;bo@r.example;ні\n", {"ada": A, "bo": U}),
    "Bulgarian": ("Име;Имейл;Съгласие\nАда;ada@r.example;да\nБо;bo@r.example;не\n", {"ada": A, "bo": U}),
    "Japanese": (
        "氏名,メールアドレス,状態,登録日\n山田,ada@r.example,購読中,2024年3月5日\n佐藤,bo@r.example,配信停止,2024年3月6日\n"
        "鈴木,cy@r.example,確認待ち,\n",
        {"ada": A, "bo": U, "cy": N},
    ),
    "Chinese": ("姓名,邮箱,状态\n张,ada@r.example,已订阅\n李,bo@r.example,已退订\n", {"ada": A, "bo": U}),
    "Korean": ("이름,이메일,수신동의\n김,ada@r.example,예\n이,bo@r.example,아니오\n", {"ada": A, "bo": U}),
    "German, in compounds": (
        "E-Mail;Anmeldestatus;Newsletterabmeldung\nada@r.example;bestätigt;\nbo@r.example;ausgetragen;\n"
        "cy@r.example;bestätigt;12.3.2024\n",
        {"ada": A, "bo": U, "cy": U},
    ),
    "Italian, of places": ("Email,Stato\nada@r.example,Italia\nbo@r.example,Francia\n", {"ada": A, "bo": A}),
    "German, on paper": ("Name;E-Mail;Zustand\nAda;ada@r.example;aktiv\nBo;bo@r.example;verstorben\n"
                         "Cy;cy@r.example;Rückläufer\n", {"ada": A, "bo": X, "cy": B}),
}  # fmt: skip

UNKNOWN_LISTS = {
    "Basque": ("Izena,Posta elektronikoa,Egoera\nAda,ada@r.example,harpidetua\nBo,bo@r.example,baja emanda\n", "Egoera"),
    "Lithuanian": ("Vardas;El. paštas;Būsena\nAda;ada@r.example;aktyvus\nBo;bo@r.example;atsisakė\n", "Būsena"),
    "Estonian": ("Nimi;E-post;Olek\nAda;ada@r.example;tellija\nBo;bo@r.example;loobunud\n", "Olek"),
    "Arabic": ("الاسم,البريد الإلكتروني,الحالة\nآدا,ada@r.example,مشترك\nبو,bo@r.example,ملغى\n", "الحالة"),
    "Hebrew": ("שם,אימייל,סטטוס\nעדה,ada@r.example,פעיל\nבו,bo@r.example,הוסר\n", "סטטוס"),
    "Irish": ("Ainm,Ríomhphost,Stádas\n" + "".join(f"R {n},r{n}@r.example,{'Gníomhach' if n % 3 else 'Scriosta'}\n"
              for n in range(30)), "Stádas"),
    "Welsh, with dates": ("Enw,E-bost,Wedi gadael\nAda,ada@r.example,\nBo,bo@r.example,2024-03-05\n", "Wedi gadael"),
    "ticks": ("Email,Foo\nada@r.example,x\nbo@r.example,\n", "Foo"),
    "known words under an unknown heading": (
        "Email,Name,Foo\nada@r.example,Ada,Active\nbo@r.example,Bo,Inactive\n", "Foo"),
    "beside a status": (
        "Email,Status,Foo\nada@r.example,active,Active\nbo@r.example,active,Inactive\n", "Foo"),
    "English": ("Email,First name,Circumstances\nada@r.example,Ada,Engaged\nbo@r.example,Bo,Paused\n", "Circumstances"),
}  # fmt: skip
