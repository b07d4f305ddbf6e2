// Completion, hover and squiggles for the YAML at the head of a page.
//
// The YAML extension knows the schemas, but does not look into Markdown. So each page gets a shadow,
// a YAML document that holds the page's head on the same lines and nothing else. Questions about
// the head are passed on to the shadow, and what is wrong in the shadow is shown on the page.
//
// https://code.visualstudio.com/api/language-extensions/embedded-languages#request-forwarding

"use strict";

const vscode = require("vscode");
const { commands, languages, workspace } = vscode;

// The scheme of the box for commit messages, whose faults the Problems panel does not list. With a
// scheme of our own, it would list each fault twice: on the page and on its shadow.
const SCHEME = "vscode-scm";

const FENCE = /^---\s*$/;

/** Return the front matter of a page, its fences left out: all the rest, while none closes it. */
function head(page) {
  const lines = page.getText().split(/\r?\n/);
  if (!FENCE.test(lines[0])) return "";
  lines[0] = "";
  const end = lines.findIndex((line) => FENCE.test(line));
  return lines.slice(0, end < 0 ? undefined : end).join("\n") + "\n";
}

function activate(pages, subscriptions) {
  const isPage = (document) => languages.match(pages, document) > 0;
  const openPages = () => workspace.textDocuments.filter(isPage);
  const shadowOf = (page) => page.uri.with({ scheme: SCHEME });
  const pageOf = (uri) => openPages().find((page) => shadowOf(page).toString() === uri.toString());

  const changed = new vscode.EventEmitter();
  const problems = languages.createDiagnosticCollection("front-matter");

  async function openShadow(page) {
    const shadow = await workspace.openTextDocument(shadowOf(page));
    return shadow.languageId === "yaml" ? shadow : languages.setTextDocumentLanguage(shadow, "yaml");
  }

  /** Pass a question about a place in a page on to its shadow, once that is up to date. */
  async function ask(question, page, position, token) {
    if (position.line === 0 || position.line >= head(page).split("\n").length - 1) return undefined;
    const shadow = await openShadow(page);
    while (shadow.getText() !== head(page)) {
      if (token.isCancellationRequested) return undefined;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return commands.executeCommand(question, shadow.uri, position);
  }

  subscriptions.push(
    changed,
    problems,
    workspace.registerTextDocumentContentProvider(SCHEME, {
      onDidChange: changed.event,
      provideTextDocumentContent: (uri) => {
        const page = pageOf(uri);
        return page && head(page);
      },
    }),
    languages.registerCompletionItemProvider(
      pages,
      {
        provideCompletionItems: async (page, position, token) => {
          const list = await ask("vscode.executeCompletionItemProvider", page, position, token);
          // Where the schema has nothing to offer, VS Code offers any word of the shadow.
          return list?.items.filter(({ kind }) => kind !== vscode.CompletionItemKind.Text);
        },
      },
      " ", // Values show by themselves after "type: ". Markdown else waits for Ctrl+Space.
    ),
    languages.registerHoverProvider(pages, {
      provideHover: async (page, position, token) =>
        (await ask("vscode.executeHoverProvider", page, position, token))?.[0],
    }),
    languages.onDidChangeDiagnostics(({ uris }) => {
      for (const uri of uris.filter(({ scheme }) => scheme === SCHEME)) {
        const page = pageOf(uri);
        if (page) problems.set(page.uri, languages.getDiagnostics(uri));
      }
    }),
    workspace.onDidOpenTextDocument((document) => isPage(document) && openShadow(document)),
    workspace.onDidChangeTextDocument(({ document }) => {
      if (isPage(document)) changed.fire(shadowOf(document));
    }),
    workspace.onDidCloseTextDocument((document) => {
      if (isPage(document)) problems.delete(document.uri);
      // VS Code closes what no editor shows after some minutes.
      const page = document.languageId === "yaml" && pageOf(document.uri);
      if (page) openShadow(page);
    }),
  );
  openPages().forEach(openShadow);
}

module.exports = { activate };
