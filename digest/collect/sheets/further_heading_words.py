"""Further headings of clips, by part and by language, as in `heading_words`.

Each may mean something else, too: it means its part only where no column has a surer name.
"""

FURTHER_HEADINGS = {
    "date": """
        en day|date time|datetime|date added|date logged|date found|date received|found|logged
        en received|timestamp|created|alert|when
        es día
        fr jour
        de tag
        it giorno
        pt dia
        nl dag
        ru день
        ar اليوم
    """,
    "outlet": """
        en media|medium|source|sources|site|website|channel|domain|source domain|hostname|where
        es fuente|canal|publicación
        fr chaîne
        de medien|quelle|kanal
        it fonte|mezzo
        pt fonte|meio
        nl bron|zender
        pl źródło
        sv källa
        da kilde
        fi lähde
        cs zdroj
        hu forrás|média
        tr kaynak|medya
        ru источник
        uk джерело
        el πηγή
        ar المصدر|الموقع
        he מקור
        fa منبع
        zh 来源|出处
        ko 출처
    """,
    "headline": """
        en article|story|subject|clip|mention|news|coverage|piece|item|what
        es noticia|artículo|nota
        fr sujet
        de artikel|beitrag
        it articolo
        pt matéria|notícia
        nl artikel
        pl artykuł
        tr haber
        ru статья|публикация|тема
        ar الخبر|المقال
        he כתבה
        zh 新闻
        ja 記事
        ko 기사
    """,
    "address": """
        en address|source|article|online
        es dirección
        fr adresse
        de adresse
        it indirizzo
        pt endereço
        nl adres
        pl adres
        fi osoite
        ru адрес
        el διεύθυνση
        ko 주소
    """,
    "note": """
        en summary|description|details|relevance|key message|context|background|takeaway
        es nota|resumen|descripción
        fr résumé
        de zusammenfassung|beschreibung|hinweis
        it riassunto|note
        pt nota|resumo
        nl samenvatting
        pl opis
        sv beskrivning
        cs popis
        tr açıklama
        ru описание
        ar ملخص
        zh 说明
        ja 概要
    """,
    "place": """
        en p|position|placement|min|section page
        de s
        zh 面
        ko 면
    """,
    "quote": """
        en text|mention
        es texto
        fr texte|citations
        it frase
        ru фраза
    """,
    "section": """
        en subject|issue|project|programme area
        es proyecto
        fr sujet|projet
        de projekt
        pt projeto|tema
        ru тема
    """,
    "author": """
        en contact|contributor|twitter screen name|author handle
    """,
}
#: Words of headings that speak of a part without being it: "Outlet type", "Link clicks".
FIGURES = """
    en type|value|reach|score|id|count|number|views|handle|sentiment|tone|tier|language|country
    en circulation|ave|clicks|shares|market|kind|rank|impressions|audience|followers|visitors|uvm
    en city|region|logged|checked|status|sent|image|email|phone|twitter
    es tipo|alcance|difusión|idioma|país|valor
    fr portée|langue|pays|valeur
    de art|typ|reichweite|auflage|sprache|land|wert
    it lingua|paese|diffusione|valore
    ru тип|язык|страна|охват
    ar نوع|لغة
"""
