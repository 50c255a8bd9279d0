(() => {
  /* Runs on the page of an article. Only text leaves it, and only to the desk. */
  const PARAGRAPHS = "p, h2, h3, blockquote";
  const OTHER_PARTS = "nav, aside, footer, form, figure, dialog, [hidden], [aria-hidden=true]";
  const PLACES = ["[itemprop~=articleBody]", "article", "main, [role=main]", "body"];
  const ENOUGH = 200;

  function read(selector, name) {
    return document.querySelector(selector)?.getAttribute(name)?.trim() || "";
  }

  function isOfPlace(paragraph, place) {
    if (paragraph.querySelector(PARAGRAPHS) || !paragraph.getClientRects().length) return false;
    const other = paragraph.closest(OTHER_PARTS);
    if (other && place.contains(other) && other !== place) return false;
    return !place.matches("article") || paragraph.closest("article") === place;
  }

  function textOf(place) {
    const paragraphs = [...place.querySelectorAll(PARAGRAPHS)].filter((one) => isOfPlace(one, place));
    return paragraphs.map((one) => one.innerText.trim()).filter(Boolean).join("\n\n");
  }

  function articleText() {
    for (const selector of PLACES) {
      const texts = [...document.querySelectorAll(selector)].map(textOf);
      const longest = texts.sort((one, other) => other.length - one.length)[0] || "";
      if (longest.length >= ENOUGH) return longest;
    }
    return (document.querySelector("article, main") || document.body).innerText.trim();
  }

  const text = String(getSelection()).trim() || articleText();
  const published = read("meta[property='article:published_time']", "content")
    || read("[itemprop~=datePublished]", "content") || read("[itemprop~=datePublished]", "datetime");
  const sent = new URLSearchParams({
    title: read("meta[property='og:title']", "content")
      || document.querySelector("h1")?.innerText.trim() || document.title,
    site: read("meta[property='og:site_name']", "content"),
    day: published.slice(0, 10),
    length: text.length,
    text: text.slice(0, MAX_LENGTH),
  });
  const address = FORM_URL + "?url=" + encodeURIComponent(location.href) + "#" + sent;
  if (!open(address)) location.href = address;
})()
