// Keys that work on every page: g and a letter goes to a page, / searches, ? helps.
"use strict";
(() => {
  const ways = { q: "q", i: "q", c: "c", f: "f", m: "m", d: "d", h: "h" };
  let waiting = 0;

  // Who dictates, or hits keys by accident, can switch single letters off; the help opens from the account menu too.
  const OFF = "earnest.letters.off";
  const lettersWork = () => localStorage.getItem(OFF) === null;
  const letters = document.getElementById("letters");
  if (letters) {
    letters.checked = lettersWork();
    letters.addEventListener("change", () => { if (letters.checked) localStorage.removeItem(OFF); else localStorage.setItem(OFF, "1"); });
  }
  // A key belongs to the page only when nobody is typing and no other key is held.
  const isFree = (event) => {
    if (event.key.length === 1 && !lettersWork()) return false;
    // A field of a dialog that has just closed keeps the focus for a moment, and takes no key any more.
    const typing = event.target.closest("input, textarea, select, [contenteditable]")?.checkVisibility();
    const open = document.querySelector("dialog[open]");
    return !typing && !open && !event.ctrlKey && !event.metaKey && !event.altKey && !event.defaultPrevented;
  };

  const follow = (letter) => {
    const link = document.querySelector(`[data-go="${ways[letter]}"]`);
    if (link) link.click();
  };

  document.addEventListener("keydown", (event) => {
    if (!isFree(event)) return;
    if (waiting && Date.now() - waiting < 1500) {
      waiting = 0;
      if (ways[event.key]) { event.preventDefault(); event.stopImmediatePropagation(); follow(event.key); }
      return;
    }
    if (event.key === "g") { waiting = Date.now(); return; }
    if (event.key === "?") {
      const keys = document.getElementById("keys");
      if (keys) { event.preventDefault(); keys.showModal(); }
    }
    if (event.key === "/") {
      const search = document.querySelector("input[type=search]");
      event.preventDefault();
      if (search) search.focus(); else follow("m");
    }
  }, true);

  // One menu at a time, and none after a click elsewhere or Escape.
  const closeMenus = (except) => document.querySelectorAll(".menu[open]").forEach((menu) => { if (menu !== except) menu.open = false; });
  document.addEventListener("click", (event) => {
    const help = event.target.closest("[data-keys]");
    closeMenus(help ? null : event.target.closest(".menu"));
    if (help) document.getElementById("keys").showModal();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector(".menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  // What was saved already is never sent twice by a double click.
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (event.target.method !== "post" || !button) return;
    setTimeout(() => { button.disabled = !event.defaultPrevented; }, 0);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("button[disabled]").forEach((button) => { button.disabled = false; }));

  window.earnest = { isFree };
})();
