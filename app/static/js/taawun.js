// What a script can make quicker. Every page works without it; nothing here is needed to finish anything.

/** A form that came back with errors: take the reader to the summary, and from a link in it to the control. */
function focusErrors() {
  const summary = document.querySelector("[data-error-summary]");
  if (!summary) return;
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const control = link && document.getElementById(link.hash.slice(1));
    if (!control) return;
    event.preventDefault();
    control.focus();
    (control.closest(".ta-field") ?? control).scrollIntoView({ block: "nearest" });
  });
}

/** Characters as people count them where the browser can: one emoji or letter with marks is one code point at least. */
const lengthOf = (text) => [...text.replace(/\r\n/g, "\n")].length;

/** Counts down below a text area; says the number aloud only when typing pauses. */
function countCharacters(area) {
  const shown = document.getElementById(`${area.id}-n`);
  if (!shown) return;
  const most = Number(area.dataset.countMax);
  const spoken = document.createElement("span");
  spoken.className = "visually-hidden";
  spoken.setAttribute("role", "status");
  shown.after(spoken);
  let pause;
  const count = () => {
    const left = most - lengthOf(area.value);
    const text = (left < 0 ? shown.dataset.countOver : shown.dataset.countLeft).replace("{n}", Math.abs(left));
    shown.textContent = text;
    shown.toggleAttribute("data-over", left < 0);
    clearTimeout(pause);
    return text;
  };
  area.addEventListener("input", () => {
    const text = count();
    pause = setTimeout(() => { spoken.textContent = text; }, 1000);
  });
  count();
}

/** A double click sends once. The button stays enabled for the browser to send its name and value; a second submit is
    refused until the page is shown again (also from the back button's cache) or five seconds have passed. */
function sendOnce() {
  const sent = new WeakMap();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (Date.now() - (sent.get(form) ?? 0) < 5000) {
      event.preventDefault();
      return;
    }
    sent.set(form, Date.now());
    event.submitter?.setAttribute("aria-disabled", "true");
    setTimeout(() => event.submitter?.removeAttribute("aria-disabled"), 5000);
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.forms) sent.delete(form);
    for (const button of document.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  });
}

/** Sorts at once when chosen with a pointer. With the keyboard every arrow would reload the page, so the button stays in charge. */
function submitOnChange(select) {
  let typing = false;
  select.addEventListener("keydown", () => { typing = true; });
  select.addEventListener("pointerdown", () => { typing = false; });
  select.addEventListener("change", () => { if (!typing) select.form.requestSubmit(); });
}

/** What is compared when somebody types to narrow a list: small letters without marks, in any script. */
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();

/** A line above a long list of ticks that hides those which do not fit. The ticks stay in the form either way. */
function narrow(box) {
  const rest = box.querySelector(".ta-rest");
  const rows = [...rest.children].map((row) => [row, plain(row.textContent)]);
  const line = document.createElement("input");
  Object.assign(line, { type: "text", className: "form-control", autocomplete: "off", dir: "auto", placeholder: box.dataset.narrow });
  line.setAttribute("aria-label", box.dataset.narrow);
  const none = document.createElement("p");
  none.className = "form-text mb-0";
  none.setAttribute("role", "status");
  rest.before(line);
  rest.append(none);
  line.addEventListener("input", () => {
    const words = plain(line.value).trim();
    let shown = 0;
    for (const [row, text] of rows) {
      row.hidden = Boolean(words) && !text.includes(words) && !row.querySelector("input").checked;
      shown += row.hidden ? 0 : 1;
    }
    none.textContent = shown ? "" : box.dataset.narrowNone;
  });
  line.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
}

/** While a name is typed after an @, those who speak on this page are offered below the text area; typing on works as well. */
function offerNames(row) {
  const area = document.getElementById(row.dataset.namesFor);
  const names = [...new Set([...document.querySelectorAll("[data-said-by]")].map((node) => node.textContent))];
  const begun = () => /(?:^|\s)@([^@\n]{0,60})$/u.exec(area.value.slice(0, area.selectionStart));
  const put = (name) => {
    const end = area.selectionStart;
    const start = end - (begun()?.[1].length ?? 0);
    area.setRangeText(`${name} `, start, end, "end");
    area.focus();
    area.dispatchEvent(new Event("input"));
  };
  area.addEventListener("input", () => {
    const typed = begun();
    const fitting = typed ? names.filter((name) => plain(name).startsWith(plain(typed[1]))).slice(0, 6) : [];
    row.hidden = !fitting.length;
    row.replaceChildren(...fitting.map((name) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "btn btn-outline-primary btn-sm", dir: "auto", textContent: name });
      button.addEventListener("click", () => put(name));
      return button;
    }));
  });
}

/** Open menus close on Escape and on a click elsewhere. */
function closeMenus() {
  const menus = document.querySelectorAll("details.ta-menu, details.ta-drop");
  document.addEventListener("click", (event) => {
    for (const menu of menus) if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus) {
      if (!menu.open) continue;
      const inside = menu.contains(document.activeElement);
      menu.open = false;
      if (inside) menu.querySelector("summary").focus();
    }
  });
}

focusErrors();
sendOnce();
closeMenus();
for (const area of document.querySelectorAll("textarea[data-count-max]")) countCharacters(area);
for (const box of document.querySelectorAll("[data-narrow]")) narrow(box);
for (const select of document.querySelectorAll("select[data-submit-on-change]")) submitOnChange(select);
for (const row of document.querySelectorAll("[data-names-for]")) offerNames(row);
