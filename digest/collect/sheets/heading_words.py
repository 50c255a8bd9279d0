"""Headings of clips: what the columns of a sheet are called, by part and by language.

Among the names in English are those that Meltwater ("Hit Sentence", "Source Name", "Opening Text"),
Cision ("Outlet", "Author", "Publication Date") and Muck Rack ("Media outlet", "Journalist") document
for their exports. Each line is a language (ISO 639-1) and its names. Further names are in
`further_heading_words`.
"""

HEADINGS = {
    "date": """
        en date|dates|published|publish date|published date|publication date|date published|pub date
        en date of publication|published on|published at|article date|clip date|news date|run date
        en coverage date|date of coverage|air date|broadcast date|issue date|date run|alert date
        es fecha|fechas|fecha de publicación|fecha publicación|publicado|publicado el
        es fecha de emisión
        fr date de parution|parution|date de publication|date parution|publié le|paru le
        fr date de diffusion
        de datum|erscheinungsdatum|erscheinungstag|veröffentlicht|veröffentlicht am|sendedatum
        de veröffentlichungsdatum|erschienen|erschienen am
        it data|data di pubblicazione|data pubblicazione|data uscita|pubblicato il
        pt data|data de publicação|publicado em|data da publicação
        ca data|data de publicació
        nl datum|publicatiedatum|gepubliceerd|gepubliceerd op|verschenen|verschijningsdatum
        pl data|data publikacji|opublikowano
        sv datum|publiceringsdatum|publicerad
        da dato|udgivelsesdato
        nb dato|publisert|publiseringsdato
        fi päivämäärä|pvm|julkaistu|julkaisupäivä
        cs datum|datum vydání|datum publikace
        hu dátum|megjelenés|megjelenés dátuma|megjelent
        tr tarih|yayın tarihi
        ru дата|дата публикации|опубликовано|дата выхода
        uk дата|дата публікації
        el ημερομηνία|ημερομηνία δημοσίευσης
        ar التاريخ|تاريخ|تاريخ النشر
        he תאריך|תאריך פרסום
        fa تاریخ|تاریخ انتشار
        zh 日期|发布日期|发表日期|刊登日期
        ja 日付|掲載日|公開日
        ko 날짜|게재일|보도일
    """,
    "outlet": """
        en outlet|outlets|outlet name|name of outlet|media outlet|news outlet|publication
        en publication name|name of publication|publisher|source name|newspaper|paper|media name
        en media title|media source|news source|magazine|journal|broadcaster|station|program
        en programme
        es medio|medios|medio de comunicación|nombre del medio|periódico|diario|cabecera|emisora
        fr média|titre de presse|nom du média|organe de presse|titre du média|support
        de zeitung|publikation|sender|titel des mediums|medientitel|blatt|mediumname|medienname
        it testata|testata giornalistica|giornale|emittente
        pt veículo|veículo de comunicação|jornal|meio de comunicação|emissora
        ca mitjà|diari
        nl krant|titel medium
        pl tytuł prasowy|redakcja|gazeta|nazwa medium
        sv tidning|medie
        da avis|medie
        nb avis
        fi lehti
        cs médium|noviny
        hu sajtótermék|lap|orgánum
        tr yayın|gazete|yayın adı
        ru сми|издание|название сми|газета
        uk змі|видання
        el μέσο|εφημερίδα
        ar الوسيلة|الوسيلة الإعلامية|وسيلة الإعلام|الصحيفة|الجريدة|اسم الوسيلة|المنبر|القناة
        he כלי תקשורת|עיתון
        fa رسانه|روزنامه|خبرگزاری
        zh 媒体|媒体名称|报纸
        ja 媒体|媒体名|メディア|新聞
        ko 매체|매체명|언론사
    """,
    "headline": """
        en headline|headlines|title|article title|article headline|news headline|story title
        en story headline|heading|name of article|title of article|headline title|clip title
        en link title
        es titular|titulares|título|título del artículo|título de la noticia|encabezado
        fr titre|intitulé|titre de l'article|titre article
        de titel|überschrift|schlagzeile|artikeltitel|titel des artikels|beitragstitel
        it titolo|titolo articolo|titolo dell'articolo
        pt título|manchete|título da matéria|título da notícia
        ca titular|títol
        nl titel|kop|koptekst
        pl tytuł|nagłówek|tytuł artykułu
        sv rubrik|titel
        da overskrift|titel
        nb overskrift|tittel
        fi otsikko
        cs titulek|název|nadpis|titul
        hu cím|cikk címe|főcím
        tr başlık|haber başlığı
        ru заголовок|название|название статьи
        uk заголовок|назва
        el τίτλος|τίτλος άρθρου
        ar العنوان|عنوان|عنوان الخبر|عنوان المقال|عنوان المادة
        he כותרת
        fa تیتر|عنوان خبر
        zh 标题|新闻标题|题目
        ja 見出し|タイトル|記事タイトル
        ko 제목|기사제목|기사 제목
    """,
    "address": """
        en url|urls|link|links|web address|permalink|hyperlink|web link|weblink|article url
        en article link|url link|link url|story url|story link|news link|link to article
        en online link|href|uri|source url|clip link|clip url|coverage link|link to story
        en link to coverage
        es enlace|enlaces|vínculo|liga|dirección web|url de la noticia|enlace a la noticia
        fr lien|liens|lien url|lien web|lien vers l'article|adresse web
        de webadresse|internetadresse|link zum artikel
        it collegamento|link articolo
        pt ligação|hiperligação
        ca enllaç
        nl webadres
        pl odnośnik|łącze
        sv länk
        nb lenke
        fi linkki
        cs odkaz
        hu hivatkozás|webcím
        tr bağlantı
        ru ссылка|гиперссылка
        uk посилання
        el σύνδεσμος
        ar الرابط|رابط|رابط الخبر|رابط المقال|الوصلة
        he קישור|לינק
        fa لینک|پیوند
        zh 链接|网址|原文链接
        ja リンク
        ko 링크
    """,
    "note": """
        en note|notes|comment|comments|remark|remarks|our comment|internal notes|observations
        es notas|comentario|comentarios|observaciones|observación
        fr remarque|remarques|commentaire|commentaires|observation
        de notiz|notizen|bemerkung|bemerkungen|anmerkung|anmerkungen|kommentar|kommentare
        it commento|commenti|osservazioni|osservazione|annotazioni
        pt observações|observação|comentário|comentários|obs
        ca comentaris|observacions
        nl opmerking|opmerkingen|notitie|toelichting
        pl uwagi|notatka|komentarz
        sv anteckning|anteckningar|anmärkning|kommentar
        da noter|bemærkning|bemærkninger|kommentar
        nb notat|merknad|kommentarer
        fi huomautus|huomautukset|muistiinpanot|kommentti
        cs poznámka|poznámky|komentář
        hu megjegyzés|megjegyzések
        tr not|notlar
        ru примечание|примечания|комментарий|заметки
        uk примітка|примітки|коментар
        el σημείωση|σημειώσεις|σχόλια|παρατηρήσεις
        ar ملاحظات|ملاحظة|الملاحظات|تعليق|تعليقات
        he הערות|הערה
        fa یادداشت|توضیحات
        zh 备注
        ja 備考|メモ|コメント
        ko 비고|메모
    """,
    "place": """
        en page|pages|page number|page no|page nr|pg|minute|minutes|time code|timecode|air time
        en airtime|page minute|broadcast time|time of broadcast
        es página|páginas|pág|págs|minuto|hora de emisión
        fr n de page|numéro de page|minutage
        de seite|seiten|seitenzahl|sendezeit|seite minute
        it pagina|pag|minuto
        pt página|pág|minuto
        ca pàgina|minut
        nl pagina|bladzijde|blz|minuut
        pl strona|str|minuta
        sv sida|sid|minut
        da side|sidenummer|minut
        nb side|minutt
        fi sivu|minuutti
        cs strana|str|minuta
        hu oldal|oldalszám|perc
        tr sayfa|dakika
        ru страница|стр|минута
        uk сторінка|хвилина
        el σελίδα|λεπτό
        ar الصفحة|صفحة|رقم الصفحة|الدقيقة
        he עמוד
        fa صفحه
        zh 版面|页|版次
        ja ページ|掲載面
        ko 페이지
    """,
    "quote": """
        en quote|quotes|quotation|sentence|citation|hit sentence|what was said|passage|key quote
        en quote used|our quote|mention text|pull quote
        es cita|citas|frase|declaración
        fr verbatim|phrase
        de zitat|zitate|satz|wortlaut|textstelle
        it citazione|virgolettato
        pt citação|frase
        ca cita|frase
        nl citaat
        pl cytat|zdanie
        sv citat
        da citat
        fi lainaus|sitaatti
        cs citace|citát
        hu idézet|mondat
        tr alıntı
        ru цитата
        uk цитата
        el απόσπασμα|παράθεση
        ar الاقتباس|اقتباس|الجملة|نص التصريح
        he ציטוט
        fa نقل قول
        zh 引文
        ja 引用|発言
        ko 인용|발언
    """,
    "lead": """
        en opening text|opening|lead|lede|teaser|excerpt|snippet|body|content|full text|article text
        en text of article|body text|extract|abstract
        es extracto|entradilla|cuerpo|texto completo
        fr extrait|chapô|texte intégral
        de auszug|vorspann|volltext
        it estratto|testo
        pt trecho|texto integral
        nl fragment
        pl treść
        ru фрагмент|анонс|текст
        ar المقتطف|نص الخبر|النص
        zh 摘要|正文
        ja 本文
        ko 본문
    """,
    "section": """
        en section|topic|topics|category|categories|theme|campaign|tag|tags|custom tags
        es sección|tema|temas|categoría|etiqueta|etiquetas|campaña
        fr rubrique|thème|thématique|catégorie
        de thema|themen|kategorie|ressort|schlagwort|schlagworte
        it sezione|argomento|categoria
        pt seção|secção|assunto|categoria|editoria
        nl rubriek|onderwerp|categorie
        pl dział|temat|kategoria
        sv ämne|kategori
        da emne|kategori
        fi aihe
        cs téma|kategorie
        hu rovat
        tr konu|kategori
        ru раздел|рубрика|категория
        uk розділ
        el θέμα
        ar القسم|الموضوع|التصنيف|الفئة
        he נושא
        fa موضوع|دسته
        zh 类别|主题|分类
        ja カテゴリ
        ko 분류
    """,
    "author": """
        en author|authors|author name|author s|byline|journalist|journalists|journalist s|reporter
        en writer|by|written by|influencer|contact name
        es autor|autora|autores|periodista|periodistas|firma|redactor
        fr auteur|auteurs|journaliste|journalistes|signature
        de autor|autorin|autoren|verfasser|journalistin
        it autore|giornalista
        pt autor|jornalista|repórter
        nl auteur
        pl dziennikarz
        sv författare
        da forfatter
        fi kirjoittaja|toimittaja
        cs novinář
        hu szerző|újságíró
        tr yazar|muhabir
        ru автор|журналист
        uk журналіст
        el συντάκτης|δημοσιογράφος
        ar الكاتب|الصحفي|الصحافي
        he כתב
        fa نویسنده|خبرنگار
        zh 作者|记者
        ja 記者|著者
        ko 기자
    """,
    "day": """
        en day
        es día
        fr jour
        de tag
        it giorno
        pt dia
        ca dia
        nl dag
        pl dzień
        ru день
        ar اليوم
        zh 日
        ko 일
    """,
    "month": """
        en month
        es mes
        fr mois
        de monat
        it mese
        pt mês
        ca mes
        nl maand
        pl miesiąc
        sv månad
        ru месяц
        ar الشهر
        zh 月
        ko 월
    """,
    "year": """
        en year
        es año
        fr année
        de jahr
        it anno
        ca any
        nl jaar
        pl rok
        sv år
        fi vuosi
        hu év
        tr yıl
        ru год
        uk рік
        el έτος
        ar السنة|سنة
        he שנה
        zh 年
        ko 년
    """,
}
