// Help with writing the pages in docs/. Which files are of which kind stands in "yaml.schemas" in
// .vscode/settings.json, and nowhere else.

"use strict";

const { RelativePattern, Uri, workspace } = require("vscode");
const frontMatter = require("./front-matter");
const names = require("./names");

function activate({ extensionUri, subscriptions }) {
  const root = Uri.joinPath(extensionUri, "../../..");
  const schemas = workspace.getConfiguration("yaml", root).get("schemas");
  const below = (pattern) => new RelativePattern(root, pattern);
  const filesOf = (kind) => [schemas[`./schemas/${kind}.schema.json`]].flat()[0];

  const pages = Object.values(schemas)
    .flat()
    .filter((pattern) => pattern.endsWith(".md") && !pattern.startsWith("!"))
    .map((pattern) => ({ language: "markdown", scheme: root.scheme, pattern: below(pattern) }));

  frontMatter.activate(pages, subscriptions);
  names.activate(pages, subscriptions, {
    claim: below(filesOf("claim")),
    caveat: below(filesOf("caveat")),
    // A bibliography has no schema. It lies with the table of what is known of its entries.
    source: below(filesOf("appraisals").replace(/[^/]*$/, "**/*.bib")),
  });
}

module.exports = { activate };
