// What was typed and not sent is asked about before it is lost.
"use strict";
(() => {
  let sending = false;

  // `data-saved` is what the server holds; `data-unsaved` marks a text that came back refused.
  const isDirty = (box) => !box.readOnly && (box.hasAttribute("data-unsaved") || box.value !== (box.dataset.saved ?? box.defaultValue));
  const isLost = (form) => [...document.querySelectorAll("textarea")].some((box) => isDirty(box) && !(form && form.contains(box)));

  // Whether to go on: nothing is lost, or the person says so. `form` is the one that is being sent.
  const mayLeave = (form) => !isLost(form) || confirm("What you typed isn't saved. Go on without it?");

  // A form carries the draft's text along (data-carries-text), or ends the draft and its text (data-ends-draft).
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog" || form.matches("[data-carries-text], [data-ends-draft]") || mayLeave(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  document.addEventListener("submit", (event) => { sending = !event.defaultPrevented; });
  window.addEventListener("pageshow", () => { sending = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!sending && isLost(null)) event.preventDefault();
  });

  window.earnest.mayLeave = mayLeave;
})();
