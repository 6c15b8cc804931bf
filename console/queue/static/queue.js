// The queue without full reloads: links and forms are fetched, and the page's own parts are put in their place.
"use strict";
(() => {
  const parts = ["main", "said"];
  let turn = 0;
  let ended = false;
  let here = location.href;

  const say = (text, bad = false) => {
    const line = document.createElement("p");
    line.textContent = text;
    if (bad) line.className = "bad";
    document.getElementById("said").replaceChildren(line);
  };

  // Put the fetched page's main part, message and navigation into this one.
  const show = (fresh, address, { push, focus }) => {
    const list = document.querySelector(".list");
    const scrolled = list ? list.scrollTop : 0;
    for (const id of parts) document.getElementById(id).replaceChildren(...fresh.getElementById(id).childNodes);
    const nav = document.querySelector("nav.main");
    if (nav) nav.replaceChildren(...fresh.querySelector("nav.main").childNodes);
    document.title = fresh.title;
    document.body.className = fresh.body.className;
    if (push) history.pushState({ desk: true }, "", address);
    here = location.href;
    const freshList = document.querySelector(".list");
    if (freshList) freshList.scrollTop = scrolled;
    settle(focus);
    document.dispatchEvent(new CustomEvent("desk:shown"));
  };

  // Where the eyes and the keys go next: an error, the editor where asked for, else the draft.
  const settle = (focus) => {
    const error = document.getElementById("error");
    const text = document.querySelector("textarea[data-focus]");
    const current = document.querySelector(".lines [aria-current]");
    if (current) current.scrollIntoView({ block: "nearest" });
    if (text) { text.focus(); text.setSelectionRange(text.value.length, text.value.length); return; }
    if (error) { error.tabIndex = -1; error.focus(); return; }
    if (focus) document.getElementById("detail").focus({ preventScroll: true });
    scrollTo(0, 0);
  };

  const noteEnd = () => {
    ended = true;
    say("Your session ended, so nothing was done. Log in in another tab, then send again: your text is still here.", true);
  };

  // After a new log-in the forms of this page carry the token of the session that ended; take the new one.
  const renew = async () => {
    const answer = await fetch("/api/v1/session", { credentials: "same-origin" });
    if (!answer.ok) return false;
    const { csrf_token: token } = await answer.json();
    for (const field of document.querySelectorAll("input[name=csrf]")) field.value = token;
    ended = false;
    return true;
  };

  // A page that isn't the queue: where one was looked for, go there; after a form, stay, for the text is here.
  const refuse = (fresh, answer, sent) => {
    if (!sent) location.assign(answer.url);
    else if (answer.redirected && new URL(answer.url).pathname === "/login") noteEnd();
    else say(fresh.querySelector("main p")?.textContent ?? "That wasn't done; reload the page and look again.", true);
  };

  const load = async (address, options, { push = true } = {}) => {
    const mine = ++turn;
    document.body.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { credentials: "same-origin", redirect: "follow", ...options });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== turn) return;
      if (!fresh.getElementById("detail")) { refuse(fresh, answer, Boolean(options)); return; }
      const plain = new URL(answer.url);
      plain.searchParams.delete("said");
      // A refused form answers under its own address, which can't be gone back to.
      show(fresh, plain.href, { push: push && (answer.redirected || !options), focus: true });
    } catch {
      say("The desk can't be reached, so nothing was done. Your text is still here; try again.", true);
    } finally {
      if (mine === turn) document.body.removeAttribute("aria-busy");
    }
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest(".lines a, .detail .back a, .decided a.button");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    if (window.earnest.mayLeave(null)) load(link.href);
  });

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.method !== "post" || !form.closest(".detail")) return;
    event.preventDefault();
    if (document.body.hasAttribute("aria-busy")) return;
    if (ended && !await renew().catch(() => false)) { noteEnd(); return; }
    const body = new URLSearchParams(new FormData(form, event.submitter));
    const text = document.getElementById("text");
    // An edit travels with whatever else is decided, so that it isn't lost.
    if (form.hasAttribute("data-carries-text") && text && text.value !== text.dataset.saved) body.set("text", text.value);
    load((event.submitter && event.submitter.getAttribute("formaction")) || form.getAttribute("action"), { method: "POST", body });
  });

  window.addEventListener("popstate", () => {
    if (window.earnest.mayLeave(null)) load(location.href, undefined, { push: false });
    else history.pushState({ desk: true }, "", here);
  });

  const move = (step) => {
    const links = [...document.querySelectorAll(".lines a")];
    const at = links.findIndex((link) => link.hasAttribute("aria-current"));
    // On a narrow page only the list may be shown yet: then the marked draft itself comes first.
    const next = isShown() ? links[Math.min(Math.max(at + step, 0), links.length - 1)] : links[Math.max(at, 0)];
    if (next && !(isShown() && next.hasAttribute("aria-current")) && window.earnest.mayLeave(null)) load(next.href);
  };

  // Keys act on what a person sees; on a narrow page the draft may be hidden behind the list.
  const isShown = () => document.getElementById("detail")?.checkVisibility() ?? false;

  const open = (id) => {
    const panel = document.getElementById(id);
    if (!panel) return;
    panel.open = true;
    const first = panel.querySelector("select, input:not([type=hidden]), textarea, button");
    if (first) first.focus();
  };

  const actions = {
    j: () => move(1), k: () => move(-1),
    a: () => {
      const text = document.getElementById("text");
      // An empty draft waits for a person's words first.
      if (text && !text.value.trim()) text.focus(); else document.getElementById("approve")?.click();
    },
    e: () => document.getElementById("text")?.focus(),
    r: () => open("reject"), s: () => open("snooze"), c: () => open("case"),
  };

  document.addEventListener("keydown", (event) => {
    if (!window.earnest.isFree(event) || event.repeat || !actions[event.key]) return;
    event.preventDefault();
    if (isShown() || "jk".includes(event.key)) actions[event.key]();
  });

  window.earnest.noteEnd = noteEnd;

  // Inside a panel Escape closes it and gives the keys back.
  document.addEventListener("keydown", (event) => {
    const panel = event.key === "Escape" && event.target.closest?.(".others details[open], .correct[open]");
    if (panel) { panel.open = false; panel.querySelector("summary").focus(); }
  });
})();
