// Search, loaded when a reader turns to it: a quick index that answers as one types, Pagefind for
// the whole text behind it, the list below the box in the header, and the page /search/.
// What the files hold is said in claimbase/exporting/finder.py.
(() => {
  const ROOT = new URL("../", document.currentScript.src);
  const OFFLINE = location.protocol === "file:";
  const TYPES = { conclusion: "Conclusion", finding: "Finding", fact: "Dated fact", popular: "Popular claim, checked" };
  const KINDS = { page: "Page", claim: "Claim", term: "Term", study: "Study", caveat: "Caveat", source: "Source" };
  const MANY = { page: "Pages", claim: "Claims", term: "Terms", study: "Studies", caveat: "Caveats", source: "Sources" };

  // --- Words: the same rules as in finder.py ---------------------------------------------------

  const BRITISH = [
    [/[ao]e/g, "e"],
    [/ph/g, "f"],
    [/(?<=..)our(?=.)|(?<=...)our$/g, "or"],
    [/(?<=...)([iy])s(?=(?:e|ed|es|ing|er|ers|ations?)$)/g, "$1z"],
    [/(?<=..)tre(?=s?$)/g, "ter"],
    [/(?<=..)mme(?=s?$)/g, "m"],
    [/(?<=..)ens(?=es?$)/g, "enc"],
    [/ogue(?=s?$)/g, "og"],
  ];
  const SUFFIXES = ("ically ations ation ities ments ment ness ably able ible ancy ency ance ence ists ist "
    + "ants ant ents ent ives ive ions ion ical ally ity ful al ly ic").split(" ");
  const INFLECTIONS = ["ies", "ing", "es", "ed", "s", "y", "e"];
  const WHOLE = ["communit", "critical", "experiment", "importan"];
  const DOUBLED = /([b-df-hj-np-rtv-z])\1$/;

  const plain = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replace(/['’]s?\b/g, "");
  const tokens = (text) => plain(text).match(/[a-z0-9]+/g) ?? [];
  const spelt = (word) => BRITISH.reduce((now, [pattern, instead]) => now.replace(pattern, instead), word);

  const shorter = (word) => {
    const suffix = SUFFIXES.find((end) => word.endsWith(end) && word.length - end.length >= 4);
    if (suffix) return word.slice(0, -suffix.length);
    const end = INFLECTIONS.find((tail) => word.endsWith(tail) && word.length - tail.length >= 3
      && !(tail === "s" && "sui".includes(word.at(-2))));
    return end ? word.slice(0, -end.length).replace(DOUBLED, "$1") : word;
  };
  const stem = (word) => {
    if (!/^[a-z]{4,}$/.test(word)) return word;
    const whole = WHOLE.find((start) => word.startsWith(start));
    if (whole) return whole;
    let now = spelt(word);
    for (let round = 0; round < 3; round++) now = shorter(now);
    return now.replace(DOUBLED, "$1");
  };

  // How a word sounds, so that "fonetic" is near "phonetic".
  const sound = (word) => word
    .replace(/^ps/, "s").replace(/^x/, "s").replace(/x/g, "ks").replace(/ph/g, "f").replace(/ck|qu|q/g, "k")
    .replace(/c(?=[eiy])/g, "s").replace(/c/g, "k").replace(/z/g, "s").replace(/y/g, "i")
    .replace(/(?<=[rtg])h/g, "").replace(/[ao]e|ea|ee/g, "e").replace(/ou/g, "o").replace(/(.)\1/g, "$1");

  // Edits between two words (two letters swapped are one), or more than the limit.
  const edits = (a, b, limit) => {
    if (Math.abs(a.length - b.length) > limit) return limit + 1;
    let [before, last] = [[], Array.from({ length: b.length + 1 }, (_, at) => at)];
    for (let i = 1; i <= a.length; i++) {
      const row = [i];
      for (let j = 1; j <= b.length; j++) {
        row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] !== b[j - 1]));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
      }
      if (Math.min(...row) > limit) return limit + 1;
      [before, last] = [last, row];
    }
    return last[b.length];
  };

  // --- The index -------------------------------------------------------------------------------

  const loaded = new Map();
  let everything = null;
  const offline = () => everything ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = new URL("search/offline.js", ROOT);
    script.onload = () => done(globalThis.claimbaseSearch);
    script.onerror = failed;
    document.head.append(script);
  });
  const load = (name) => {
    if (!loaded.has(name)) {
      const asked = OFFLINE
        ? offline().then((all) => all[name])
        : fetch(new URL(`search/${name}.json`, ROOT)).then((answer) => (answer.ok ? answer.json() : null));
      loaded.set(name, asked);
      asked.catch(() => loaded.delete(name));
    }
    return loaded.get(name);
  };

  // The last volume that begins at or before a stem.
  const volume = (index, key) => {
    let [low, high] = [0, index.volumes.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (index.volumes[middle] <= key) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const row = async (index, key) => {
    const rows = await load(`terms/${volume(index, key)}`);
    return rows && Object.hasOwn(rows, key) ? rows[key] : null;
  };

  const record = async (index, page) => {
    const some = await load(`pages/${Math.floor(page / index["a-file"])}`);
    return some[page % index["a-file"]];
  };
  const records = (index, pages) => Promise.all(pages.map((page) => record(index, page)));

  // Stems that go on from what has been typed, the frequent first.
  const completions = async (index, start) => {
    const [first, last] = [volume(index, start), volume(index, `${start}zzz`)];
    const found = [];
    for (let at = first; at <= Math.min(last, first + 1); at++) {
      for (const [key, value] of Object.entries((await load(`terms/${at}`)) ?? {})) {
        if (key.startsWith(start) && key !== start && value.p) found.push([key, value.d]);
      }
    }
    return found.sort((a, b) => b[1] - a[1]).slice(0, 6).map(([key]) => key);
  };

  // Words that may be meant by one that is nowhere: one edit up to seven letters, then two.
  const NEAR = { c: "sk", k: "c", s: "cpz", f: "p", p: "f", z: "sx", x: "ez", e: "aix", i: "ey", y: "i", a: "eu", o: "a", j: "g", g: "j", q: "k", v: "f", u: "o", n: "kp", r: "w", h: "" };
  const meant = async (index, word) => {
    if (word.length < 4 || /\d/.test(word)) return [];
    const limit = word.length < 8 ? 1 : 2;
    const heard = sound(word);
    const near = async (letters) => {
      const found = [];
      for (const letter of letters) {
        const list = index.letters.includes(letter) ? await load(`words/${letter}`) : [];
        for (const [rank, other] of list.entries()) {
          let distance = edits(word, other, limit);
          if (distance > 1 && sound(other) === heard) distance = 1;
          if (distance > limit) continue;
          found.push({ word: other, cost: distance + (other[0] === word[0] ? 0 : 0.5) + rank / 5000 });
        }
      }
      return found.sort((a, b) => a.cost - b.cost);
    };
    const found = await near([word[0]]);
    if (found.length) return found.filter(({ cost }) => cost < found[0].cost + 0.9).slice(0, 3);
    const others = new Set([word[1], ...(NEAR[word[0]] ?? "")].filter((letter) => letter && letter !== word[0]));
    return (await near([...others])).slice(0, 2);
  };

  // --- Asking ----------------------------------------------------------------------------------

  const PREFIXES = new Set("anti post pre non co re self well bi multi over under mis psycho neuro".split(" "));

  // The words of a query. One that is nowhere gives way to what it may be a misspelling of.
  const read = async (index, stop, query, typing) => {
    const said = query.match(/[\p{L}\p{M}\p{N}]+(?:['’]\p{L}+)?/gu) ?? [];
    const words = said.flatMap((text) => tokens(text).map((word) => ({
      word, key: stem(word), also: [],
      loud: text.length > 1 && /\p{Lu}/u.test(text) && text === text.toUpperCase(),
    })));
    if (words.every(({ loud }) => loud) && words.length > 1) for (const one of words) one.loud = false;
    await Promise.all(words.map(async (one) => { one.row = await row(index, one.key); }));
    for (const [at, one] of words.entries()) {
      // "anti depressant" is one word, and "anti-depressant" too.
      for (const [left, right] of [[at, at + 1], [at - 1, at]]) {
        if (left < 0 || right >= words.length || !(!one.row || PREFIXES.has(words[left].word))) continue;
        const joined = stem(words[left].word + words[right].word);
        if ((await row(index, joined))?.p) one.also.push({ keys: [joined], weight: 1 });
      }
      const last = typing && at === words.length - 1;
      if (last && one.word.length > 1) {
        const known = one.row && !one.row.x;
        const more = await completions(index, one.word.length > 3 ? spelt(one.word) : one.word);
        one.also.push(...more.map((key) => ({ keys: [key], weight: known ? 0.15 : 0.75 })));
        one.begun = more.length > 0;
      }
      if (stop.has(one.word) || one.also.some(({ weight }) => weight === 1)) continue;
      // A word that only titles of sources have may be misspelt there too, or in another language.
      const strange = one.row?.p && one.row.d < 3 && one.row.p.every((page, n) => n % 2 || page >= index.ranks.source[0]);
      if ((one.row && !strange) || (one.begun && one.word.length < 6)) continue;
      const near = (await meant(index, one.word)).filter(({ word }) => word !== one.word);
      if (!near.length) continue;
      if (one.row) one.also.push({ keys: [one.key], weight: 0.3 });
      one.also.push(...near.slice(1).map(({ word }) => ({ keys: [stem(word)], weight: 0.5 })));
      Object.assign(one, { said: one.word, word: near[0].word, key: stem(near[0].word) });
      one.row = await row(index, one.key);
    }
    return words;
  };

  // What a query asks for: a group of alternatives for each of its words that says something.
  const understand = async (query, typing) => {
    const index = await load("index");
    const stop = new Set(index.stop.flatMap((word) => [word, stem(word)]));
    const words = await read(index, stop, query, typing);
    // Other names for a run of words.
    for (let from = 0; from < words.length; from++) {
      const names = words[from].row?.n;
      if (!names) continue;
      for (let to = Math.min(words.length, from + 7); to > from; to--) {
        const run = words.slice(from, to);
        const name = run.map(({ key }) => key).join(" ");
        if (!Object.hasOwn(names, name)) continue;
        // "DID" and "E" are names, "did" and "e" hardly, nor is "us" in "help us".
        const [{ word, loud }] = run;
        if (index["no-name-after"][word]?.includes(words[from - 1]?.word)) run[0].small = true;
        const plain = word.length < 2 || stop.has(word) || run[0].small;
        if (run.length === 1 && words.length > 1 && plain && !loud) continue;
        const others = Object.entries(names[name]);
        const ours = !others.length || others.some(([, weight]) => weight > 0.7);
        for (const one of run) one.ours ||= ours;
        for (const [other, weight] of others) {
          const keys = other.split(" ").filter((key, _, all) => all.length === 1 || !stop.has(key));
          for (const [at, one] of run.entries()) {
            one.also.push({ keys, weight });
            one.named ||= weight > 0.7 || (!at && run.length > 1);
          }
        }
      }
    }
    const tells = ({ word, named, loud, small }) => !(small || stop.has(word)) || named || loud;
    const telling = words.some(tells) ? words.filter(tells) : words;
    // What is left counts where a title says it too: "who should not", "how long".
    const minor = [...new Set(words.filter((one) => !telling.includes(one) && one.row?.p).map(({ key }) => key))];
    const groups = telling.map(({ word, key, said, ours, row: found, also }) => {
      // Where no title has the word itself, what is like it counts for more.
      const keys = found?.p ? also : also.map(({ keys: some, weight }) => ({ keys: some, weight: Math.max(weight, Math.min(0.85, weight * 1.6)) }));
      if (found && !found.x) keys.push({ keys: [key], weight: 1 });
      // A short word that had to be corrected is a guess.
      const guess = said && said.length < 6 && words.length > 1;
      return { word, keys, guess, ours, state: found?.p || also.length ? "known" : found && !found.x ? "text" : "unknown" };
    });
    const suggestion = words.some(({ said }) => said) ? words.map(({ word }) => word).join(" ") : null;
        // What the whole query is another name for, and itself.
    const whole = telling.map(({ key }) => key).join(" ");
    const names = new Set([whole, words.map(({ key }) => key).join(" ")]);
    for (const name of [...names]) {
      const others = words.find(({ key }) => key === name.split(" ")[0])?.row?.n?.[name] ?? {};
      for (const [other, weight] of Object.entries(others)) if (weight > 0.7) names.add(other);
    }
    return { index, stop, groups, minor, names, suggestion };
  };

  // Pages for a query by the quick index, best first.
  const ask = async (query, typing = false) => {
    const { index, stop, groups, minor, names, suggestion } = await understand(query, typing);
    const most = Math.log(1 + index.pages / 0.5);
    const rarity = (found) => (found?.d ? Math.log(1 + (index.pages - found.d + 0.5) / (found.d + 0.5)) : most);
    const pages = new Map();
    let [all, lost, rarest] = [0, 0, 0];
    for (const group of groups) {
      const best = new Map();
      group.mass = 0;
      // A year says less than a word.
      const less = /^\d+$/.test(group.word) && groups.length > 1 ? 0.5 : 1;
      for (const { keys, weight } of group.keys) {
        const rows = await Promise.all(keys.map((key) => row(index, key)));
        const parts = new Map();
        for (const found of rows) {
          if (!found?.p) continue;
          group.mass = Math.max(group.mass, weight * rarity(found) * less);
          for (let n = 0; n < found.p.length; n += 2) {
            const part = (weight * less * rarity(found) * found.p[n + 1]) / 79 / keys.length;
            const [sum, held] = parts.get(found.p[n]) ?? [0, 0];
            parts.set(found.p[n], [sum + part, held + 1]);
          }
        }
        // Of a name with several words, most have to be there.
        for (const [page, [score, held]] of parts) {
          if (held >= 0.6 * keys.length && score > (best.get(page) ?? 0)) best.set(page, score);
        }
      }
      if (!group.mass) group.mass = most;
      all += group.mass;
      if (group.guess || group.state === "unknown" || group.state === "text") lost += group.mass;
      else rarest = Math.max(rarest, group.mass);
      for (const [page, score] of best) {
        const entry = pages.get(page) ?? { page, score: 0, mass: 0 };
        entry.score += score;
        entry.mass += group.mass;
        pages.set(page, entry);
      }
    }
    const small = new Map();
    for (const key of minor) {
      const { p } = await row(index, key);
      for (let n = 0; n < p.length; n += 2) {
        small.set(p[n], [...(small.get(p[n]) ?? []), p[n + 1] / 79]);
      }
    }
    for (const [page, parts] of small) {
      if (parts.length < 3) continue;
      const entry = pages.get(page) ?? { page, score: 0, mass: 0 };
      entry.score += parts.reduce((sum, part) => sum + part);
      entry.mass = Math.max(entry.mass, 0.7 * all);
      pages.set(page, entry);
    }
    // A short question of which half is nowhere is about something else, unless it has a name
    // that this site knows.
    const nowhere = groups.filter(({ state, guess }) => state === "unknown" || (guess && groups.length > 1));
    const known = groups.filter((group) => group.state === "known" && !nowhere.includes(group));
    const strange = groups.length < 5 && nowhere.length >= groups.length / 2 && !known.some(({ ours }) => ours);
    const nothing = !known.length || strange || (groups.length < 4 && lost / all > 0.5 && rarest < 3 && !known.some(({ ours }) => ours));
    const [from, to] = index.ranks.popular ?? [0, 0];
    const claimed = /\b(true|myth|really|fact check|false)\b|^(is|does|do|can|will|are|were|was|did)\b/i.test(query.trim());
    for (const entry of pages.values()) {
      entry.covered = entry.mass / all;
      entry.score *= 0.3 + 0.7 * entry.covered ** 1.5;
      if (claimed && entry.page >= from && entry.page < to) entry.score *= 1.15;
    }
    const asked = new Set(groups.flatMap(({ keys: some }) => some.filter(({ weight }) => weight > 0.7).flatMap(({ keys: them }) => them)));
    const ranked = [...pages.values()].sort((a, b) => b.score - a.score || a.page - b.page);
    // Of the best, those go first whose titles say little else than what was asked.
    const best = ranked.slice(0, 10);
    const heads = nothing ? [] : await records(index, best.map(({ page }) => page));
    for (const [at, { t }] of heads.entries()) {
      const said = tokens(t).map(stem).filter((key) => !stop.has(key));
      const own = said.filter((key) => asked.has(key)).length / (said.length || 1);
      best[at].score *= 1 + 0.35 * own * best[at].covered;
      if (names.has(tokens(t).map(stem).join(" "))) best[at].score *= 1.3;
    }
    ranked.splice(0, best.length, ...best.sort((a, b) => b.score - a.score || a.page - b.page));
    const enough = ranked.filter(({ covered, score }, at) => at < 3 || (covered >= 0.5 && score > 0.1 * ranked[0].score));
    const keys = new Set(groups.flatMap(({ keys: some }) => some.flatMap(({ keys: them }) => them)));
    const textual = groups.filter(({ state }) => state === "text").map(({ word }) => word);
    const complete = !nothing && ranked.some(({ covered }) => covered > 0.99);
    // Words that no title has, or only those of sources, may be in the texts of pages.
    const thin = ranked.length > 0 && ranked.every(({ page }) => page >= index.ranks.source[0]);
    return {
      index, groups, suggestion, keys, textual,
      missing: thin || (textual.length > 0 && !complete),
      ranked: nothing ? [] : enough,
    };
  };

  // --- Pagefind: the whole text ----------------------------------------------------------------

  // Beyond this many pages it is loaded only when a reader asks for it: its index grows.
  const LOADS_ITSELF = 2500;
  let pagefind = null;
  const wholeText = () => pagefind ??= import(new URL("pagefind/pagefind.js", ROOT)).then(async (engine) => {
    await engine.options({ excerptLength: 24, ranking: { pageLength: 0.5, termSaturation: 1.6, termFrequency: 0.8 } });
    await engine.init();
    return engine;
  });
  const inText = async (words, limit, filters = {}) => {
    if (OFFLINE || !words.length) return [];
    const found = await (await wholeText()).search(words.join(" "), { filters });
    const results = await Promise.all((found?.results ?? []).slice(0, limit).map((result) => result.data()));
    return results.map((data) => ({
      u: data.raw_url.replace(/^\//, ""),
      t: data.meta.title,
      k: data.meta.kind,
      r: data.meta.type,
      m: data.meta.mark,
      c: Number(data.meta.caveats ?? 0),
      excerpt: data.excerpt,
      h: data.sub_results.filter((part) => part.anchor).slice(0, 2).map((part) => [part.anchor.id, part.title]),
    }));
  };

  // Results for a query: the quick index's, then the whole text's where those leave a word out.
  const results = async (query, { typing = false, limit = 8, filter = () => true, filters = {}, text = false } = {}) => {
    const answer = await ask(query, typing);
    const ranked = answer.ranked.filter(({ page }) => filter(page));
    let found = await records(answer.index, ranked.slice(0, limit).map(({ page }) => page));
    const wanted = text || (!typing && answer.missing && answer.index.pages <= LOADS_ITSELF);
    if (wanted && !answer.groups.some(({ state }) => state === "unknown")) {
      const words = answer.groups.map(({ word }) => word);
      let more = await inText(words, limit, filters);
      if (!more.length && answer.textual.length) more = await inText(answer.textual, limit, filters);
      const seen = new Set(found.map(({ u }) => u));
      const fresh = more.filter(({ u }) => !seen.has(u));
      // A page that holds a word goes before those that do not.
      found = answer.missing ? [...more.slice(0, 2), ...found, ...more.slice(2)] : [...found, ...fresh];
      found = [...new Map(found.map((one) => [one.u, one])).values()].slice(0, Math.max(limit, found.length));
    }
    return { ...answer, found, ranked };
  };

  // --- Drawing ---------------------------------------------------------------------------------

  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== null));
    return element;
  };
  const address = (u, id = "") => {
    const url = new URL(u, ROOT);
    if (OFFLINE && url.pathname.endsWith("/")) url.pathname += "index.html";
    if (id) url.hash = id;
    return url.href;
  };
  // A text with the words that were asked for marked.
  const marked = (text, keys) => text.split(/([\p{L}\p{M}\p{N}'’]+)/u).map((part, at) =>
    (at % 2 && tokens(part).some((word) => keys.has(stem(word))) ? make("mark", {}, part) : part));
  // An excerpt of Pagefind's, as text and marks and nothing else.
  const excerpt = (html) => [...new DOMParser().parseFromString(html, "text/html").body.childNodes].map((node) =>
    (node.nodeName === "MARK" ? make("mark", {}, node.textContent) : node.textContent));
  const about = (one) => [
    KINDS[one.k] ?? one.k,
    one.k === "claim" ? TYPES[one.r] : null,
    one.m && one.m !== one.r ? one.m : null,
    one.k === "claim" && one.c ? `${one.c} ${one.c === 1 ? "caveat" : "caveats"}` : null,
  ].filter(Boolean).join(" · ");
  const lacking = (groups) => {
    const words = groups.filter(({ state }) => state === "unknown").map(({ word }) => `“${word}”`);
    return words.length ? `no page has ${words.join(" or ")}` : "";
  };
  const without = (groups) => (lacking(groups) ? `; ${lacking(groups)}` : "");
  const nothingFor = (query, groups) => `Nothing found${query ? ` for “${query}”` : ""}${without(groups)}. What is not listed here is not known to be safe.`;
  // The three best first, whatever they are, and then the rest by kind.
  const grouped = (found) => {
    const groups = found.length ? [["Best matches", found.slice(0, 3)]] : [];
    const rest = new Map();
    for (const one of found.slice(3)) rest.set(one.k, [...(rest.get(one.k) ?? []), one]);
    for (const [kind, some] of rest) groups.push([MANY[kind] ?? kind, some]);
    return groups;
  };
  // The address that is followed marks what was looked for; the address that is copied does not.
  const highlighting = (query) => (event) => {
    const link = event.target.closest?.("a[data-result], a[data-section]");
    if (!link || OFFLINE) return;
    const url = new URL(link.href);
    const words = new Set(query().match(/[\p{L}\p{M}\p{N}]{3,}/gu) ?? []);
    if (!words.size) return;
    const to = url.hash.slice(1);
    url.hash = new URLSearchParams([...[...words].map((word) => ["highlight", word]), ...(to ? [["to", to]] : [])]);
    const before = link.href;
    link.href = url.href;
    setTimeout(() => { link.href = before; });
  };

  const style = make("link", { rel: "stylesheet", href: new URL("assets/search.css", ROOT).href });
  const styled = new Promise((done) => { style.onload = style.onerror = done; });
  document.head.append(style);

  // --- The box in the header -------------------------------------------------------------------

  const quick = (form) => {
    const input = form.querySelector("input");
    const status = make("p", { class: "cb-find__status", role: "status" });
    const list = make("div", { class: "cb-find__list", id: "cb-find-list", role: "listbox", "aria-label": "Search results" });
    const panel = make("div", { class: "cb-find__panel", hidden: true }, status, list);
    let [turn, active, shown] = [0, -1, ""];
    form.append(panel);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list", "aria-haspopup": "listbox" })) input.setAttribute(name, value);

    const options = () => [...list.querySelectorAll("[role=option]")];
    const point = (at) => {
      const all = options();
      active = all.length ? (at + all.length + 1) % (all.length + 1) : -1;
      if (active === all.length) active = -1;
      for (const [n, option] of all.entries()) option.setAttribute("aria-selected", String(n === active));
      if (active < 0) return input.removeAttribute("aria-activedescendant");
      input.setAttribute("aria-activedescendant", all[active].id);
      all[active].scrollIntoView({ block: "nearest" });
    };
    const open = (is) => {
      panel.hidden = !is;
      input.setAttribute("aria-expanded", String(is && options().length > 0));
      if (!is) point(-1);
    };
    const draw = ({ found, ranked, keys, suggestion, groups: groups_ }, query) => {
      const total = Math.max(found.length, ranked.length);
      let rank = 0;
      const option = (attributes, ...children) => make("a", { role: "option", tabindex: "-1", "aria-selected": "false", ...attributes }, ...children);
      const groups = grouped(found).map(([name, some], at) => make("div", { role: "group", "aria-labelledby": `cb-find-group-${at}` },
        make("div", { class: "cb-find__group", id: `cb-find-group-${at}`, role: "presentation" }, name),
        ...some.map((one) => option({ "data-result": String(++rank), id: `cb-find-${rank}`, href: address(one.u) },
          make("span", { class: "cb-find__title" }, ...marked(one.t, keys)),
          make("span", { class: "cb-find__about" }, about(one))))));
      const target = new URL(form.action);
      target.searchParams.set("q", query);
      if (found.length) groups.push(option({ id: "cb-find-all", class: "cb-find__all", href: target.href }, `All results for “${query}”`));
      list.replaceChildren(...groups);
      list.hidden = !found.length;
      panel.dataset.query = query;
      status.textContent = found.length
        ? `${suggestion ? `Did you mean “${suggestion}”? ` : ""}${total > found.length ? `Best ${found.length} of ` : ""}${total} ${total === 1 ? "result" : "results"}${without(groups_)}`
        : nothingFor(query, groups_);
    };
    const update = async () => {
      const query = input.value.trim();
      const mine = ++turn;
      if (query.length < 2 && !/^[A-Z]$/i.test(query)) {
        shown = "";
        return open(false);
      }
      if (query === shown) return open(true);
      try {
        let answer = await results(query, { typing: true });
        if (mine !== turn) return;
        await styled;
        draw(answer, query);
        shown = query;
        open(document.activeElement === input);
        // Words that only the texts hold: the whole text is asked once the reader pauses.
        if (!OFFLINE && answer.missing) {
          await new Promise((done) => { setTimeout(done, 250); });
          if (mine !== turn) return;
          answer = await results(query, { limit: 6 });
          if (mine === turn) draw(answer, query);
          open(document.activeElement === input);
        }
      } catch (error) {
        status.textContent = "Search could not be loaded. The indexes of claims and pages are in the menu.";
        list.replaceChildren();
        open(true);
        throw error;
      }
    };
    let pause = 0;
    input.addEventListener("input", () => {
      clearTimeout(pause);
      pause = setTimeout(update, 50);
    });
    input.addEventListener("focus", update);
    input.addEventListener("blur", () => open(false));
    panel.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", highlighting(() => input.value));
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !panel.hidden) {
        event.preventDefault();
        event.stopPropagation();
        open(false);
      } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (panel.hidden) update();
        else point(active + (event.key === "ArrowDown" ? 1 : -1));
      } else if (event.key === "Enter" && active >= 0) {
        event.preventDefault();
        options()[active].click();
      }
    });
    if (document.activeElement === input) update();
  };

  // --- The page --------------------------------------------------------------------------------

  const FACETS = ["kind", "topic", "claim type", "certainty", "verdict", "source status", "jurisdiction"];
  const ORDER = { certainty: ["high", "moderate", "low", "very low"], kind: ["page", "claim", "term", "study", "caveat", "source"] };
  const STEP = 20;
  const title = (name) => name[0].toUpperCase() + name.slice(1);
  const parameter = (name) => name.replaceAll(" ", "-");

  const page = async (main) => {
    const form = main.querySelector("form");
    const input = form.querySelector("input");
    const status = make("p", { class: "cb-found__count", role: "status" });
    const hint = make("p", { class: "cb-found__hint" });
    const list = make("div", { class: "cb-found__list" });
    const aside = make("details", { class: "cb-found__facets", open: matchMedia("(min-width: 60em)").matches });
    const results_ = make("div", { class: "cb-found__results" }, status, hint, list);
    form.after(make("div", { class: "cb-found" }, aside, results_));
    const [index, data] = await Promise.all([load("index"), load("facets"), styled]);
    // The facets of each page, as the set of the numbers of its values.
    const sets = data.sets.map((set) => new Set(set));
    const values = new Map(FACETS.map((name) => [name, new Map()]));
    data.values.forEach(([name, value], at) => values.get(name)?.set(value, at));
    let [turn, limit, asked, whole] = [0, STEP, [], false];

    const state = () => {
      const url = new URLSearchParams(location.search);
      const chosen = new Map();
      for (const name of FACETS) {
        const some = url.getAll(parameter(name)).filter((value) => values.get(name).has(value));
        if (some.length) chosen.set(name, some);
      }
      return { query: (url.get("q") ?? "").trim(), chosen };
    };
    const go = (query, chosen, replace) => {
      const url = new URL(location.href);
      url.search = "";
      if (query) url.searchParams.set("q", query);
      for (const [name, some] of chosen) for (const value of some) url.searchParams.append(parameter(name), value);
      history[replace ? "replaceState" : "pushState"](null, "", url);
      limit = STEP;
      whole = false;
      return show();
    };
    // Whether a page has a chosen value of every facet but one that may be left out of account.
    const fits = (number, chosen, but = null) => {
      for (const [name, some] of chosen) {
        if (name !== but && !some.some((value) => sets[data.pages[number]].has(values.get(name).get(value)))) return false;
      }
      return true;
    };

    const drawFacets = (pages, chosen) => {
      const focused = document.activeElement?.id;
      const groups = FACETS.map((name) => {
        const counts = new Map();
        const within = pages.filter((number) => fits(number, chosen, name));
        for (const [value, at] of values.get(name)) {
          const own = new Set(sets.flatMap((set, n) => (set.has(at) ? [n] : [])));
          counts.set(value, within.reduce((sum, number) => sum + own.has(data.pages[number]), 0));
        }
        const order = ORDER[name];
        const sorted = [...counts].filter(([value, count]) => count || chosen.get(name)?.includes(value))
          .sort((a, b) => (order ? order.indexOf(a[0]) - order.indexOf(b[0]) : b[1] - a[1] || a[0].localeCompare(b[0])));
        if (!sorted.length) return null;
        const boxes = sorted.map(([value, count]) => {
          const id = `cb-${parameter(name)}-${value.replace(/\W+/g, "-")}`;
          const box = make("input", { type: "checkbox", id, name: parameter(name), value, checked: Boolean(chosen.get(name)?.includes(value)) });
          return make("label", { for: id }, box, make("span", {}, value), make("span", { class: "cb-found__number", "data-count": `${name}:${value}` }, String(count)));
        });
        const few = boxes.slice(0, 8);
        const more = boxes.slice(8);
        return make("fieldset", {}, make("legend", {}, title(name)), ...few,
          more.length ? make("details", { open: more.some((label) => label.firstChild.checked) }, make("summary", {}, `${more.length} more`), ...more) : null);
      });
      const clear = chosen.size ? make("button", { type: "button", class: "cb-found__clear" }, "Clear all filters") : null;
      clear?.addEventListener("click", () => go(state().query, new Map()));
      aside.replaceChildren(make("summary", {}, `Narrow by${chosen.size ? ` (${[...chosen.values()].flat().length} chosen)` : ""}`), clear ?? "", ...groups.filter(Boolean));
      if (focused) document.getElementById(focused)?.focus();
    };

    const item = (one, rank, keys) => {
      const sections = (one.h ?? []).filter(([, text]) => one.excerpt || tokens(text).some((word) => keys.has(stem(word)))).slice(0, 3);
      return make("li", { class: "cb-found__item" },
        make("a", { class: "cb-found__title", "data-result": String(rank), href: address(one.u) }, ...marked(one.t, keys)),
        make("span", { class: "cb-found__about" }, about(one)),
        one.excerpt || one.s ? make("p", { class: "cb-found__text" }, ...(one.excerpt ? excerpt(one.excerpt) : marked(one.s, keys))) : null,
        sections.length ? make("p", { class: "cb-found__sections" }, "In: ", ...sections.flatMap(([id, text], at) => [at ? ", " : "", make("a", { "data-section": "", href: address(one.u, id) }, text)])) : null);
    };

    const show = async () => {
      const mine = ++turn;
      const { query, chosen } = state();
      if (input.value.trim() !== query) input.value = query;
      const filter = (number) => fits(number, chosen);
      let [pages, found, keys, suggestion, offer] = [[], [], new Set(), null, false];
      if (query) {
        const filters = Object.fromEntries([...chosen].map(([name, some]) => [name, { any: some }]));
        const answer = await results(query, { limit, filter, filters, text: whole });
        if (mine !== turn) return;
        ({ found, keys, suggestion, groups: asked } = answer);
        pages = (await ask(query)).ranked.map(({ page: number }) => number);
        offer = !OFFLINE && !whole && answer.groups.some(({ state: is }) => is !== "unknown");
      } else {
        pages = [...data.pages.keys()];
        found = await records(index, pages.filter(filter).slice(0, limit));
      }
      if (mine !== turn) return;
      const total = Math.max(found.length, pages.filter(filter).length);
      drawFacets(pages, chosen);
      let rank = 0;
      const lists = query && !chosen.get("kind") ? grouped(found) : [["", found]];
      const parts = lists.flatMap(([name, some]) => [
        name ? make("h2", { class: "cb-found__group" }, name) : null,
        make("ol", { class: "cb-found__items" }, ...some.map((one) => item(one, ++rank, keys))),
      ]).filter(Boolean);
      const button = (text, act) => {
        const made = make("button", { type: "button", class: "cb-found__more" }, text);
        made.addEventListener("click", act);
        return made;
      };
      if (found.length < total) parts.push(button(`Show ${Math.min(STEP, total - found.length)} more`, async () => {
        const from = found.length;
        limit += STEP;
        await show();
        list.querySelectorAll("[data-result]")[from]?.focus();
      }));
      if (offer) parts.push(button("Search the whole text of all pages", () => { whole = true; return show(); }));
      list.replaceChildren(...parts);
      hint.replaceChildren();
      if (suggestion) hint.append("Did you mean ", make("a", { href: `?q=${encodeURIComponent(suggestion)}` }, suggestion), "?");
      else if (!query && !chosen.size && values.get("source status").has("retracted")) {
        hint.append(make("a", { href: "?kind=claim&source-status=retracted", "data-retracted": "" }, "Everything that rests on retracted work"));
      }
      status.textContent = total
        ? `${total} ${total === 1 ? "result" : "results"}${query ? ` for “${query}”${without(asked)}` : ""}`
        : nothingFor(query, asked);
      document.title = document.title.replace(/^(?:.*? – )?(?=Search\b)/, query ? `${query} – ` : "");
    };

    aside.addEventListener("change", (event) => {
      const { query, chosen } = state();
      const name = event.target.name.replaceAll("-", " ");
      const some = new Set(chosen.get(name) ?? []);
      some[event.target.checked ? "add" : "delete"](event.target.value);
      chosen.delete(name);
      if (some.size) chosen.set(name, [...some]);
      go(query, chosen);
    });
    hint.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      history.pushState(null, "", link.href);
      limit = STEP;
      show();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      go(input.value.trim(), state().chosen);
    });
    let pause = 0;
    input.addEventListener("input", () => {
      clearTimeout(pause);
      pause = setTimeout(() => go(input.value.trim(), state().chosen, true), 60);
    });
    list.addEventListener("click", highlighting(() => input.value));
    addEventListener("popstate", show);
    await show();
    main.dataset.ready = "";
  };

  const box = document.querySelector("form.cb-find");
  const main = document.querySelector("[data-cb-find]");
  if (box) quick(box);
  if (main) page(main);
  globalThis.claimbaseFind = { ask, stem, tokens, results };
})();
