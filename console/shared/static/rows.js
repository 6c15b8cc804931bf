// j and k walk the links of a list, Enter follows the one in focus.
"use strict";
(() => {
  document.addEventListener("keydown", (event) => {
    if (!window.earnest.isFree(event) || (event.key !== "j" && event.key !== "k")) return;
    const links = [...document.querySelectorAll(".row-link")];
    const at = links.indexOf(document.activeElement);
    const next = links[at < 0 ? 0 : at + (event.key === "j" ? 1 : -1)];
    if (next) { event.preventDefault(); next.focus(); next.scrollIntoView({ block: "nearest" }); }
  });
})();
