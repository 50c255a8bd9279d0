"use strict";
// What the desk's forms do without this script, with a key or a drag instead of a click, and
// stored as one types.

const said = document.getElementById("said");
const words = document.body.dataset;
const finds = () => [...document.querySelectorAll(".find[id]")];
const typing = () => document.activeElement?.matches("input, textarea, select");
const parsed = (text) => new DOMParser().parseFromString(text, "text/html");

function focusOn(find) {
  find?.focus();
  find?.scrollIntoView({ block: "nearest" });
}

// From nowhere among them it begins in the section that the address leads to, else with the first
function step(by) {
  const all = finds();
  const at = all.indexOf(document.activeElement?.closest(".find"));
  const led = at < 0 && document.querySelector("section :target")?.closest("section").querySelector(".find[id]");
  if (led) {
    focusOn(led);
    return;
  }
  focusOn(all[Math.max(0, Math.min(all.length - 1, at < 0 && by < 0 ? 0 : at + by))]);
}

// Finds: the next story gets the focus at once, so that quick keys go on; one is shown anew when the
// answer comes, and never takes the focus from where the person is by then

async function act(form, button) {
  const find = form.closest(".find");
  const next = finds()[finds().indexOf(find) + 1];
  if (next) focusOn(next);
  const data = new FormData(form);
  if (button?.name) data.set(button.name, button.value);
  data.set("part", "1");
  said.textContent = words.storing;
  try {
    const answer = await fetch(form.action, { method: "POST", body: data });
    const page = parsed(await answer.text());
    const fresh = page.querySelector(".find");
    if (!answer.ok || !fresh) throw new Error(page.querySelector(".error")?.textContent || answer.status);
    const hadFocus = find.contains(document.activeElement);
    find.replaceWith(fresh);
    if (hadFocus) focusOn(fresh);
    said.textContent = `${fresh.querySelector(".meta .state")?.textContent || words.back}: ${fresh.querySelector("h3 > :first-child").textContent}`;
  } catch (e) {
    if (next && document.activeElement === next) focusOn(find);
    said.textContent = words.failed + (e instanceof TypeError ? words.again : e.message);
  }
}

// The edition: fields are stored a moment after the last key; what cannot be is kept and tried again

const PAUSE = 150;
let isGoing = false; // all that was typed is stored, and the link or button may act
// The next page is being asked for. It may be told before what is being stored now is there: what
// was typed is kept for it, although the answer says "stored"
let isLeaving = false;
addEventListener("beforeunload", () => { isLeaving = true; });
addEventListener("pageshow", () => { isLeaving = false; });
const waiting = new Map();
const busy = new Map();
const kept = (form) => `${words.day} ${form.id}`;
const fields = (form) => [...form.elements].filter((e) => form.elements[`was_${e.name}`]);
const changed = (form) => fields(form).some((e) => e.value !== form.elements[`was_${e.name}`].value);

function later(form, wait = PAUSE) {
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(() => save(form), wait));
}

function save(form) {
  clearTimeout(waiting.get(form));
  const after = (busy.get(form) || Promise.resolve()).then(() => store(form));
  busy.set(form, after);
  return after;
}

async function store(form) {
  if (!changed(form) || !form.checkValidity()) return;
  const data = new FormData(form);
  data.delete("image");
  data.set("part", "1");
  const sent = valuesOf(form);
  keep(form);
  said.textContent = words.storing;
  let answer;
  try {
    answer = await fetch(form.action, { method: "POST", body: data, keepalive: true });
  } catch {
    said.textContent = words.failed + words.again;
    later(form, 3000);
    return;
  }
  form.querySelector(".conflict, .error")?.remove();
  if (!answer.ok) {
    const page = parsed(await answer.text());
    form.prepend(page.querySelector(".conflict") || page.querySelector(".error"));
    offer(form);
    said.textContent = words.failed.trim();
    return;
  }
  const { stored } = await answer.json();
  for (const [name, value] of Object.entries(stored)) {
    const field = form.elements[name];
    form.elements[`was_${name}`].value = value;
    if (field.value === sent[name] && document.activeElement !== field) field.value = value;
  }
  if (!isLeaving) forget(form);
  said.textContent = words.stored;
  if (stored.headline) form.dataset.find = stored.headline;
  look(form);
}

// Two people changed the same words: one of them chooses, with both before their eyes

function offer(form) {
  const choice = form.querySelector(".choice");
  if (!choice) return;
  choice.hidden = false;
  form.querySelector(".by-hand").remove();
  choice.addEventListener("click", (event) => {
    const take = event.target.dataset.take;
    if (!take) return;
    for (const [name, value] of Object.entries(JSON.parse(choice.dataset.now))) {
      form.elements[`was_${name}`].value = value;
      if (take === "theirs") form.elements[name].value = value;
    }
    form.querySelector(".conflict").remove();
    forget(form);
    said.textContent = "";
    save(form);
  });
}

function valuesOf(form) {
  return Object.fromEntries(fields(form).map((e) => [e.name, e.value]));
}

function keep(form) {
  const was = Object.fromEntries(fields(form).map((e) => [e.name, form.elements[`was_${e.name}`].value]));
  localStorage.setItem(kept(form), JSON.stringify({ values: valuesOf(form), was }));
}

// What was typed while the rest was being stored is still kept
function forget(form) {
  if (changed(form)) keep(form);
  else localStorage.removeItem(kept(form));
}

function restore(form) {
  const found = JSON.parse(localStorage.getItem(kept(form)) || "null");
  if (!found) return;
  for (const e of fields(form)) {
    if (e.name in found.values && found.values[e.name] !== found.was[e.name]) {
      e.value = found.values[e.name];
      form.elements[`was_${e.name}`].value = found.was[e.name];
    }
  }
  said.textContent = words.kept;
  form.closest("details")?.setAttribute("open", "");
  later(form);
}

for (const form of document.querySelectorAll("form[data-save]")) {
  restore(form);
  form.addEventListener("input", (event) => {
    if (!form.elements[`was_${event.target.name}`]) return;
    isLeaving = false; // a download, for one, begins to leave and then stays
    keep(form);
    later(form);
  });
  form.addEventListener("focusin", () => show(form));
}

const unsaved = () => [...document.querySelectorAll("form[data-save]")].filter(changed);

// What leads elsewhere waits until all that was typed is stored, so that the next page knows of it
function whenStored(event, go) {
  const forms = unsaved().filter((form) => form !== event.target);
  if (isGoing || !forms.length) return;
  event.preventDefault();
  event.stopPropagation();
  Promise.all(forms.map(save)).then(() => { isGoing = true; go(); });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]:not([target])");
  if (link && !event.ctrlKey && !event.metaKey) whenStored(event, () => location.assign(link.href));
}, true);
document.addEventListener("submit", (event) => {
  const form = event.target, button = event.submitter;
  if (form.matches("[data-save]") && !button?.name) return;
  whenStored(event, () => form.requestSubmit(button));
}, true);
addEventListener("pagehide", () => unsaved().forEach(save));

// Images go up beside the text, and their line to where one writes

for (const file of document.querySelectorAll("input[data-to]")) {
  const form = file.form;
  form.querySelector("[name=add]").addEventListener("click", async (event) => {
    event.preventDefault();
    const data = new FormData();
    for (const name of ["csrf", "alt"]) data.set(name, form.elements[name].value);
    data.set("image", file.files[0] || "");
    const answer = await fetch(file.dataset.to, { method: "POST", body: data });
    if (!answer.ok) {
      said.textContent = words.failed + parsed(await answer.text()).querySelector(".error").textContent;
      return;
    }
    const { line } = await answer.json();
    const body = form.elements.body;
    const at = body.selectionEnd || body.value.length;
    body.setRangeText(`\n\n${line}\n\n`, at, at, "end");
    file.value = form.elements.alt.value = "";
    form.querySelector(".image").open = false;
    save(form);
  });
}

// How it looks: shown anew where one was. While the frame loads it is not asked to load again, since
// a browser may take the second request for the first one, which knows less: it is asked afterwards

const frame = document.getElementById("view");
let isLoading = frame !== null && !hasLoaded();
let askedAgain = null;
if (isLoading) frame.addEventListener("load", endLoading, { once: true });

function hasLoaded() {
  const page = frame.contentDocument; // null where the browser shows an error of its own
  return !page || (page.URL !== "about:blank" && page.readyState === "complete");
}

function look(form) {
  if (!frame) return;
  if (isLoading) {
    askedAgain = { form };
    return;
  }
  isLoading = true;
  const at = frame.contentWindow?.scrollY || 0;
  frame.addEventListener("load", () => {
    try {
      frame.contentWindow.scrollTo(0, at);
      if (form) show(form);
    } finally {
      endLoading();
    }
  }, { once: true });
  frame.contentWindow.location.reload();
  const panel = document.getElementById("findings");
  if (panel) fetch(panel.dataset.from).then((a) => a.text()).then((text) => renew(panel, text));
}

function endLoading() {
  isLoading = false;
  if (!askedAgain) return;
  const { form } = askedAgain;
  askedAgain = null;
  look(form);
}

function renew(panel, text) {
  const open = [...panel.querySelectorAll("details")].map((d) => d.open);
  panel.innerHTML = text;
  panel.querySelectorAll("details").forEach((d, n) => { d.open = open[n] ?? d.open; });
}

function show(form) {
  const page = frame?.contentDocument;
  if (!page || !form.dataset.find || !frame.classList.contains("beside")) return;
  const place = [...page.querySelectorAll("h1, h2, h3, a, p, div")].filter((e) => e.textContent.trim().startsWith(form.dataset.find)).pop();
  if (place) frame.contentWindow.scrollTo(0, place.getBoundingClientRect().top + frame.contentWindow.scrollY - 80);
}

const watched = document.querySelector("[data-watch]");
if (watched) {
  setInterval(async () => {
    if (document.hidden) return;
    const now = await fetch(watched.dataset.watch).then((a) => a.json()).catch(() => null);
    if (!now) return;
    document.getElementById("broken").textContent = now.broken;
    if (now.hash && now.hash !== watched.dataset.hash) {
      watched.dataset.hash = now.hash;
      document.getElementById("subject").textContent = now.subject;
      look();
    }
  }, 700);
}

// A send goes on while one watches

function progress() {
  const shown = document.getElementById("progress");
  if (!shown || !("running" in shown.dataset)) return;
  setTimeout(async () => {
    const text = await fetch(shown.dataset.from).then((a) => a.text()).catch(() => "");
    const fresh = parsed(text).getElementById("progress");
    if (fresh) shown.replaceWith(fresh);
    // what can be done next stands below: ask for the whole page, once nothing is being typed
    if (fresh && !("running" in fresh.dataset) && !document.querySelector("input:focus, dialog[open]")) location.reload();
    progress();
  }, 1000);
}
progress();

// What mails people asks once: in a dialog, with "Cancel" in the focus; without this script the
// same form leads to a page that asks

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-ask]");
  const dialog = opener && document.getElementById(opener.dataset.ask);
  if (dialog) {
    event.preventDefault();
    dialog.showModal();
    dialog.querySelector("[data-close]").focus();
  }
  const open = event.target.closest?.("[data-close]")?.closest("dialog");
  if (open) {
    event.preventDefault();
    open.close();
  }
});

// Whoever looks has been here: what comes after they have gone is new to them

const seen = document.getElementById("seen");
function visit() {
  if (!seen || document.hidden) return;
  const data = new FormData(seen);
  data.set("part", "1");
  fetch(seen.action, { method: "POST", body: data, keepalive: true }).catch(() => {});
}
visit();
document.addEventListener("visibilitychange", visit, { once: true });

// Forms and keys

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("form[data-part]")) {
    event.preventDefault();
    act(form, event.submitter);
  } else if (form.matches("form[data-save]") && !event.submitter?.name) {
    event.preventDefault();
    save(form);
  }
});

// After an answer or an undo the page leads to a story: keys go on from there
if (/^#f\d+$/.test(location.hash)) focusOn(document.getElementById(location.hash.slice(1)));

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  u: () => document.querySelector("#undo")?.requestSubmit(),
  t: () => document.querySelector("#head [name=subject]")?.focus(),
  n: () => {
    const fresh = document.querySelector(".new");
    if (!fresh) return;
    fresh.open = true;
    fresh.querySelector("[name=headline]").focus();
  },
  "/": () => document.getElementById("search")?.focus(),
  "?": () => document.getElementById("help")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && typing()) document.activeElement.blur();
  if (event.key === "Enter" && event.ctrlKey && typing()) document.activeElement.form?.requestSubmit();
  if (event.ctrlKey || event.metaKey || event.altKey || typing()) return;
  if (document.querySelector("dialog[open]")) return; // it has the keyboard to itself
  const find = document.activeElement?.closest(".find");
  const button = find?.querySelector(`[data-key~="${CSS.escape(event.key)}"]`);
  const other = document.querySelector(`[data-go="${CSS.escape(event.key)}"], [data-act="${CSS.escape(event.key)}"]`);
  const done = button ? () => button.click() : KEYS[event.key] || (other && (() => other.click()));
  if (!done) return;
  event.preventDefault();
  done();
});

// The bookmark brings an article's text behind the # of the address, which no server sees. It is
// put into the form, and taken off the address

const brought = new URLSearchParams(location.hash.slice(1));
const adding = document.getElementById("by-address");
const password = document.querySelector("input[name=password]");
if (brought.has("text") && adding) {
  for (const name of ["title", "site", "day", "text"]) adding.elements[name].value = brought.get(name) || "";
  for (const details of adding.querySelectorAll("details")) details.open = true;
  document.getElementById("brought").hidden = false;
  document.getElementById("cut").hidden = Number(brought.get("length")) <= brought.get("text").length;
  history.replaceState(null, "", location.pathname + location.search);
} else if (brought.has("text") && password) {
  password.form.action += location.hash; // a redirect keeps it (Fetch, 4.4: HTTP-redirect fetch)
}

// Length guides

for (const guide of document.querySelectorAll("[data-count]")) {
  const input = guide.parentElement.querySelector("input");
  const count = () => {
    guide.textContent = guide.dataset.text.replace("{n}", input.value.length).replace("{best}", guide.dataset.count);
  };
  input.addEventListener("input", count);
  count();
}

// Dragging stories: dropping one posts the same form as the buttons do

let dragged = null;
for (const place of document.querySelectorAll(".picks > li")) {
  if (place.matches(".pick")) {
    place.draggable = true;
    // a field in what can be dragged could not be marked with the mouse
    place.addEventListener("mousedown", (event) => { place.draggable = !event.target.closest("details"); });
    place.addEventListener("dragstart", (event) => { dragged = place; event.dataTransfer.effectAllowed = "move"; });
  }
  place.addEventListener("dragover", (event) => { event.preventDefault(); event.dataTransfer.dropEffect = "move"; place.classList.add("over"); });
  place.addEventListener("dragleave", () => place.classList.remove("over"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!dragged || dragged === place) return;
    const list = place.parentElement;
    const others = [...list.querySelectorAll(".pick")].filter((p) => p !== dragged);
    const form = dragged.querySelector(".acts form");
    form.elements.section.value = list.dataset.section;
    const to = document.createElement("input");
    to.type = "hidden"; to.name = "to"; to.value = String(Math.max(0, others.indexOf(place)));
    form.append(to);
    form.submit();
  });
}
