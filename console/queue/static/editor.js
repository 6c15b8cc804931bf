// The draft editor: the platform's own count while typing, and keys of its own.
"use strict";
(() => {
  let timer = 0;
  let asked = 0;

  const mark = () => {
    const text = document.getElementById("text");
    const label = document.querySelector("#approve span");
    if (text && label) label.textContent = text.value === text.dataset.saved ? label.dataset.clean : label.dataset.edited;
  };

  const words = { block: "Mend this", warn: "Look", info: "Note" };

  const showFindings = (findings) => {
    const lines = findings.map((finding) => {
      const line = document.createElement("li");
      const lead = document.createElement("strong");
      line.className = finding.severity;
      lead.textContent = `${words[finding.severity]}:`;
      line.append(lead, ` ${finding.message}`);
      return line;
    });
    document.getElementById("findings").replaceChildren(...lines);
  };

  // The server counts, as the platform does; the page only shows it.
  const count = async () => {
    const form = document.getElementById("editor");
    if (!form) return;
    const mine = ++asked;
    const body = new URLSearchParams({ text: form.elements.text.value, csrf: form.elements.csrf.value });
    // Without an answer the last count stays; the server counts again on approval.
    const answer = await fetch(form.dataset.count, { method: "POST", body, credentials: "same-origin" }).catch(() => null);
    if (!answer || !answer.ok || mine !== asked) return;
    // The log-in page came instead: say so while the text is still short.
    if (answer.redirected) { window.earnest.noteEnd(); return; }
    const found = await answer.json();
    const counter = document.getElementById("counter");
    counter.textContent = found.most === null ? `${found.length} ${found.unit}` : `${found.length} of ${found.most} ${found.unit}`;
    counter.classList.toggle("over", !found.fits);
    document.getElementById("split").hidden = found.fits;
    showFindings(found.findings);
  };

  document.addEventListener("input", (event) => {
    if (event.target.id !== "text") return;
    mark();
    clearTimeout(timer);
    timer = setTimeout(count, 200);
  });

  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "text") return;
    if (event.key === "Escape") { event.preventDefault(); document.getElementById("detail").focus(); }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      document.getElementById("approve")?.click();
    }
  });

  document.addEventListener("desk:shown", mark);
  mark();
})();
