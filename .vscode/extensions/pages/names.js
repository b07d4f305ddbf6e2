// Completion and hover for the ids of claims and caveats and the keys of sources, wherever a page
// names one. Each comes with the sentence or the title that it stands for, and is found by its words.

"use strict";

const vscode = require("vscode");
const { languages, workspace } = vscode;

const list = (fields) => new RegExp(`^(?:${fields}): *\\[(?:.*, *)?([^,\\]]*)$`);

// What a line ends in where a name of a kind may follow. The group is what there is of the name.
const PLACES = [
  ["claim", /\]\(claim:([^)]*)$/],
  ["claim", list("measured-against|related")],
  ["caveat", list("caveats")],
  ["source", /\[(?:[^\]]*[\s;-])?@([^\],;]*)$/],
  ["source", /\bsource: *([^,}]*)$/],
  ["source", list("reports")],
];

function placeAt(page, { line, character }) {
  const before = page.lineAt(line).text.slice(0, character);
  for (const [kind, pattern] of PLACES) {
    const found = pattern.exec(before);
    if (found) return { kind, typed: found[1] };
  }
  return undefined;
}

function namesInPage(text, { path }) {
  const says = /^(?:claim|says): *(["']?)(.+)\1$/m.exec(text)?.[2];
  return says ? [{ name: /([^/]*)\.md$/.exec(path)[1], says }] : [];
}

function namesInBibliography(text) {
  const field = (entry, key) => new RegExp(`^ *${key} *= *(.*?),?$`, "m").exec(entry)?.[1] ?? "";
  return [...text.matchAll(/^@\w+\{([^,\s]+),([^]*?)^\}/gm)].map(([, name, entry]) => ({
    name,
    says: `${field(entry, "title")} (${field(entry, "year")})`.replace(/[{}\\]/g, ""),
  }));
}

/** Keep what is named in files that match a pattern. Return a function that gives it. */
function follow(pattern, subscriptions) {
  const namesIn = pattern.pattern.endsWith(".bib") ? namesInBibliography : namesInPage;
  const files = new Map();
  const read = async (uri) => {
    try {
      const text = new TextDecoder().decode(await workspace.fs.readFile(uri));
      files.set(uri.toString(), namesIn(text, uri));
    } catch {
      files.delete(uri.toString()); // It is gone.
    }
  };
  const watcher = workspace.createFileSystemWatcher(pattern);
  subscriptions.push(
    watcher,
    watcher.onDidCreate(read),
    watcher.onDidChange(read),
    watcher.onDidDelete(read),
  );
  const ready = workspace.findFiles(pattern).then((uris) => Promise.all(uris.map(read)));
  return () => ready.then(() => [...files.values()].flat());
}

function activate(pages, subscriptions, patterns) {
  const namesOf = {};
  for (const kind in patterns) namesOf[kind] = follow(patterns[kind], subscriptions);

  async function provideCompletionItems(page, position) {
    const place = placeAt(page, position);
    if (!place) return undefined;
    const { kind, typed } = place;
    const words = typed.toLowerCase().split(/\s+/);
    const range = new vscode.Range(position.translate(0, -typed.length), position);
    const found = (await namesOf[kind]()).filter(({ name, says }) => {
      const text = `${name} ${says}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
    // VS Code would look at the first 128 characters only, and be content with scattered letters.
    // So we choose, anew as the writer types, and it is told that all of these begin as typed.
    const items = found.map(({ name, says }) => {
      const item = new vscode.CompletionItem({ label: name, description: says });
      item.kind = vscode.CompletionItemKind.Reference;
      item.documentation = says;
      item.filterText = `${typed} ${name} ${says}`;
      item.range = range;
      return item;
    });
    return new vscode.CompletionList(items, true);
  }

  async function provideHover(page, position) {
    const word = page.getWordRangeAtPosition(position, /[\w-]+/);
    const place = word && placeAt(page, word.end);
    const found = place && (await namesOf[place.kind]()).find(({ name }) => name === place.typed);
    return found && new vscode.Hover(found.says, word);
  }

  subscriptions.push(
    languages.registerCompletionItemProvider(pages, { provideCompletionItems }, ..." :@["),
    languages.registerHoverProvider(pages, { provideHover }),
  );
}

module.exports = { activate };
