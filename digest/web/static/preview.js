"use strict";
const frame = document.getElementById("view");
const status = document.getElementById("status");
const buttons = [...document.querySelectorAll("nav button")];
let shown = { view: "mail", width: "900" };
let version = "";

function show() {
  frame.style.width = `${shown.width}px`;
  frame.src = `view/${shown.view}?v=${encodeURIComponent(version.slice(0, 12))}`;
}

for (const button of buttons) {
  button.addEventListener("click", () => {
    shown = button.dataset;
    for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
    show();
  });
}

async function poll() {
  try {
    const now = await (await fetch("version")).text();
    const broken = now.startsWith("error: ");
    status.textContent = broken ? now.slice(7) : `up to date, content ${now.slice(0, 12)}`;
    status.classList.toggle("bad", broken);
    if (now !== version) {
      const first = version === "";
      version = now;
      if (!first && !broken) show();
    }
  } catch {
    status.textContent = "the preview has ended; run digest preview again";
    status.classList.add("bad");
  }
  setTimeout(poll, 700);
}
poll();
