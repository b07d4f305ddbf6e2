// Cards for claim links and citations. Without this script the links lead to the claim's page and
// to the reference below; with it, hover and keyboard focus show a card first (WCAG 1.4.13: Escape
// closes it, the pointer can enter it, and it stays until one of the two leaves).
(() => {
  const OPEN_AFTER = 250, CLOSE_AFTER = 250, GAP = 6, EDGE = 8;
  const TRIGGERS = "a[data-cb-card], a.cb-cite";
  const fetched = new Map();
  const card = document.createElement("div");
  if (!card.showPopover) return;
  card.popover = "manual";
  card.id = "cb-card";
  card.className = "cb-card md-typeset";
  card.setAttribute("role", "group");
  let link = null, timer = 0;

  const content = async (from) => {
    if (from.matches(".cb-cite")) {
      const item = document.getElementById(from.hash.slice(1));
      if (!item) return null;
      const copy = document.createElement("div");
      copy.className = "cb-card__body";
      copy.append(...item.cloneNode(true).childNodes);
      copy.querySelectorAll(".cb-back").forEach((back) => back.remove());
      return copy;
    }
    const url = new URL(from.href.replace(/(\/|\.html)$/, "/card.html"));
    if (!fetched.has(url.href)) {
      const answer = await fetch(url);
      if (!answer.ok) return null;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      // The card's links are relative to the claim's own page.
      page.querySelectorAll("a[href]").forEach((a) => {
        a.href = new URL(a.getAttribute("href"), new URL("./", url)).href;
      });
      fetched.set(url.href, page.body.firstElementChild);
    }
    return fetched.get(url.href)?.cloneNode(true);
  };

  const place = () => {
    const [box, at] = [card.getBoundingClientRect(), link.getClientRects()[0]];
    if (!at) return;
    const below = at.bottom + GAP, above = at.top - GAP - box.height;
    const top = below + box.height > innerHeight - EDGE && above > EDGE ? above : below;
    const left = Math.max(EDGE, Math.min(at.left, document.documentElement.clientWidth - box.width - EDGE));
    card.style.top = `${top + scrollY}px`;
    card.style.left = `${left + scrollX}px`;
  };

  const close = () => {
    clearTimeout(timer);
    if (!link) return;
    link.removeAttribute("aria-describedby");
    link = null;
    card.remove();
  };

  const open = async (from) => {
    clearTimeout(timer);
    if (from === link) return;
    close();
    link = from;
    let body = null;
    try {
      body = await content(from);
    } catch {
      // Offline, or a file: address. The link itself still leads there.
    }
    if (link !== from) return;
    if (!body) return close();
    card.setAttribute("aria-label", from.matches(".cb-cite") ? "About this reference" : "About this claim");
    card.replaceChildren(body);
    // Next to the link, so that Tab goes from the link into the card.
    from.after(card);
    card.showPopover();
    place();
    from.setAttribute("aria-describedby", card.id);
  };

  const later = (act, delay) => {
    clearTimeout(timer);
    timer = setTimeout(act, delay);
  };
  const trigger = (event) => event.target.closest?.(TRIGGERS);

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse") return;
    const from = trigger(event);
    if (from && !card.contains(from)) later(() => open(from), OPEN_AFTER);
    else if (!link || card.contains(event.target)) clearTimeout(timer);
    else if (document.activeElement !== link && !card.contains(document.activeElement)) later(close, CLOSE_AFTER);
  });
  document.addEventListener("focusin", (event) => {
    const from = trigger(event);
    if (card.contains(event.target)) return;
    if (from && from.matches(":focus-visible")) open(from);
    else close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !link) return;
    const back = card.contains(document.activeElement) ? link : null;
    event.stopPropagation();
    close();
    back?.focus();
    if (back) close();
  }, true);
  document.addEventListener("pointerdown", (event) => {
    if (link && !card.contains(event.target)) close();
  });
  addEventListener("resize", close);

  // What scrolls sideways can be reached with the keyboard.
  const reach = () => {
    // Measured all at once: a change in between would lay the page out again for each.
    const boxes = [...document.querySelectorAll(".cb-scroll, .md-typeset__scrollwrap")];
    const wide = boxes.map((box) => box.scrollWidth > box.clientWidth);
    boxes.forEach((box, at) => {
      if (wide[at]) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    });
  };
  addEventListener("load", reach);
  addEventListener("resize", reach);
})();

// A box that narrows a long table to the rows that hold what is typed. Without script the table is
// whole, and the browser's own search finds the row.
for (const table of document.querySelectorAll("[data-cb-search]")) {
  const label = document.createElement("label");
  const input = document.createElement("input");
  const found = document.createElement("p");
  label.className = "cb-search";
  found.className = "cb-small";
  found.setAttribute("role", "status");
  input.type = "search";
  label.append(table.dataset.cbSearch, input);
  table.before(label, found);
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/);
    const rows = [...table.querySelectorAll("tbody tr")];
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
    const left = rows.filter((row) => !row.hidden).length;
    const none = left ? "" : `. ${table.dataset.cbNone ?? ""}`;
    found.textContent = input.value.trim() ? `${left} of ${rows.length} rows${none}` : "";
  });
}

// Search is loaded when a reader turns to it: the box, a key (/, s or f), or its page.
(() => {
  const own = new URL(document.currentScript.src);
  const box = document.querySelector(".cb-find input");
  let asked = false;
  const load = () => {
    if (asked) return;
    asked = true;
    const script = document.createElement("script");
    script.src = new URL("search.js", own);
    document.head.append(script);
  };
  box?.addEventListener("focus", load);
  if (box && (document.activeElement === box || document.querySelector("[data-cb-find]"))) load();
  document.addEventListener("keydown", (event) => {
    if (!box || !["/", "s", "f"].includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    (document.getElementById("cb-q") ?? box).focus();
  });
  // Words that a search found are marked on the page it led to. They come behind the "#", which no
  // server sees, and leave the address at once, so that a copy of it leads to the page alone.
  const found = new URLSearchParams(location.hash.slice(1));
  const words = found.getAll("highlight");
  if (words.length) {
    if (found.has("to")) location.replace(`#${found.get("to")}`);
    else history.replaceState(null, "", location.pathname + location.search);
    import(new URL("../pagefind/pagefind-highlight.js", own)).then(({ default: Highlight }) => {
      class Marks extends Highlight {
        getHighlightParams() { return words; }
      }
      new Marks({ markContext: "article", addStyles: false });
    });
  }
})();
