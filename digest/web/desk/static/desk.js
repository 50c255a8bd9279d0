"use strict";
// What the desk's forms do without this script, with a key or a drag instead of a click.

const said = document.getElementById("said");
const finds = () => [...document.querySelectorAll(".find")];
const typing = () => document.activeElement?.matches("input, textarea, select");

function focusOn(find) {
  find?.focus();
  find?.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = finds();
  const at = all.indexOf(document.activeElement?.closest(".find"));
  focusOn(all[Math.max(0, Math.min(all.length - 1, at < 0 && by < 0 ? 0 : at + by))]);
}

async function send(form, button) {
  const data = new FormData(form);
  if (button?.name) data.set(button.name, button.value);
  data.set("part", "1");
  const answer = await fetch(form.action, { method: "POST", body: data });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return { ok: answer.ok, page };
}

async function act(form, button) {
  const find = form.closest(".find");
  const all = finds();
  const next = all[all.indexOf(find) + 1];
  said.textContent = "storing …";
  try {
    const { ok, page } = await send(form, button);
    const fresh = page.querySelector(".find");
    if (!ok || !fresh) throw new Error(page.querySelector(".error")?.textContent || "it was not stored");
    find.replaceWith(fresh);
    said.textContent = `${fresh.querySelector(".state")?.textContent || "put back"}: ${fresh.querySelector("h3 a").textContent}`;
    focusOn(next ? document.getElementById(next.id) : fresh);
  } catch (e) {
    said.textContent = `Not stored: ${e.message}`;
  }
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-part]")) return;
  event.preventDefault();
  act(event.target, event.submitter);
});

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
  const find = document.activeElement?.closest(".find");
  const button = find?.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  const other = document.querySelector(`[data-go="${CSS.escape(event.key)}"], [data-act="${CSS.escape(event.key)}"]`);
  const act = button ? () => button.click() : KEYS[event.key] || (other && (() => other.click()));
  if (!act) return;
  event.preventDefault();
  act();
});

// Length guides
for (const guide of document.querySelectorAll("[data-count]")) {
  const input = guide.parentElement.querySelector("input");
  const count = () => { guide.textContent = `${input.value.length} of ${guide.dataset.count} characters that are shown`; };
  input.addEventListener("input", count);
  count();
}

// Dragging stories: dropping one posts the same form as the buttons do
let dragged = null;
for (const pick of document.querySelectorAll(".pick")) {
  pick.draggable = true;
  pick.addEventListener("dragstart", (event) => { dragged = pick; event.dataTransfer.effectAllowed = "move"; });
  pick.addEventListener("dragover", (event) => { event.preventDefault(); pick.classList.add("over"); });
  pick.addEventListener("dragleave", () => pick.classList.remove("over"));
  pick.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!dragged || dragged === pick) return;
    const list = pick.parentElement;
    const others = [...list.querySelectorAll(".pick")].filter((p) => p !== dragged);
    const form = dragged.querySelector(".acts form");
    form.elements.section.value = list.dataset.section;
    const to = document.createElement("input");
    to.type = "hidden"; to.name = "to"; to.value = String(others.indexOf(pick));
    form.append(to);
    form.submit();
  });
}
