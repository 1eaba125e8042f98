// The page: one worker with Python in it, three tables, and what becomes of them.
const $ = (id) => document.getElementById(id);
const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
const waiting = new Map();
let last = 0;
let judged = null;

const CLAIMS = ["id", "source", "locator", "theme", "statement", "published", "unit", "as_of", "note"];
const CHECKS = ["claim", "kind", "expression", "note"];

worker.onmessage = ({ data }) => {
  if (data.ready) {
    $("status").textContent = "Python is ready.";
    for (const id of ["draft", "judge", "own"]) $(id).disabled = false;
  } else if (data.id === undefined) {
    $("status").textContent = `Python did not start: ${data.failed}`;
  } else {
    const { resolve, reject } = waiting.get(data.id);
    waiting.delete(data.id);
    data.failed ? reject(new Error(data.failed)) : resolve(data.text);
  }
};

function call(name, ...texts) {
  return new Promise((resolve, reject) => {
    waiting.set(++last, { resolve, reject });
    worker.postMessage({ id: last, name, texts });
  });
}

function parse(csv) {
  const rows = [];
  let row = [], cell = "", quoted = false;
  for (let i = 0; i < csv.length; i++) {
    const sign = csv[i];
    if (quoted) {
      if (sign === '"' && csv[i + 1] === '"') { cell += '"'; i++; }
      else if (sign === '"') quoted = false;
      else cell += sign;
    } else if (sign === '"') quoted = true;
    else if (sign === ",") { row.push(cell); cell = ""; }
    else if (sign === "\n") { rows.push([...row, cell]); row = []; cell = ""; }
    else cell += sign;
  }
  return rows;
}

const quote = (text) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const format = (rows) => rows.map((row) => row.map(quote).join(",") + "\n").join("");

function element(name, text, ...classes) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  made.classList.add(...classes.filter(Boolean));
  return made;
}

function head(table, names) {
  table.replaceChildren();
  const row = table.createTHead().insertRow();
  for (const name of names) {
    const cell = element("th", name);
    cell.scope = "col";
    row.append(cell);
  }
  return table.createTBody();
}

function addRow(body, columns, values, shown) {
  const row = body.insertRow();
  columns.forEach((column, i) => {
    row.dataset[column] = values[i] ?? "";
    if (!shown.includes(column)) return;
    const cell = element("td", values[i] ?? "");
    cell.contentEditable = "plaintext-only";
    cell.setAttribute("role", "textbox");
    cell.setAttribute("aria-label", `${column} of ${values[0] || "a new row"}`);
    cell.oninput = () => { row.dataset[column] = cell.textContent.trim(); };
    row.append(cell);
  });
  const remove = element("button", "×", "quiet");
  remove.setAttribute("aria-label", `delete ${values[0] || "the row"}`);
  remove.onclick = () => row.remove();
  row.insertCell().append(remove);
  return row;
}

const SHOWN = { claims: ["id", "statement", "published", "unit", "as_of"], checks: ["claim", "kind", "expression", "note"] };

function fill(id, columns, rows) {
  const body = head($(id), [...SHOWN[id], ""]);
  $(id).tHead.rows[0].lastChild.textContent = "delete";
  for (const values of rows) addRow(body, columns, values, SHOWN[id]);
}

function content(id, columns) {
  const rows = [...($(id).tBodies[0]?.rows ?? [])].map((row) => columns.map((column) => row.dataset[column]));
  return format([columns, ...rows]);
}

function complain(problem) {
  $("problem").hidden = !problem;
  $("problem").textContent = problem ?? "";
}

$("draft").onclick = async () => {
  const answer = JSON.parse(await call("draft", $("text").value, $("source").value.trim() || "text", $("printed").value));
  complain(answer.error);
  if (answer.error) return;
  $("summary").textContent = answer.summary;
  fill("claims", CLAIMS, parse(answer.files["claims.csv"]).slice(1));
  fill("checks", CHECKS, parse(answer.files["checks.csv"]).slice(1));
};

$("example").onclick = async () => {
  $("text").value = await (await fetch(new URL("example.md", import.meta.url))).text();
  $("source").value = "notice";
  $("printed").value = "2026-06-01";
  $("day").value = "2026-06-30";
};

$("add-claim").onclick = () => addRow($("claims").tBodies[0] ?? head($("claims"), [...SHOWN.claims, "delete"]), CLAIMS, [], SHOWN.claims);
$("add-check").onclick = () =>
  addRow($("checks").tBodies[0] ?? head($("checks"), [...SHOWN.checks, "delete"]), CHECKS, ["", "arithmetic"], SHOWN.checks);

async function judge(claims, checks) {
  complain(null);
  const text = await call("judge", claims, checks, $("day").value);
  const answer = JSON.parse(text);
  if (answer.error) return complain(answer.error);
  judged = { text, verdicts: answer.verdicts };
  $("counts").textContent = Object.entries(answer.counts).filter(([, n]) => n).map(([verdict, n]) => `${n} ${verdict}`).join(", ");
  for (const button of document.querySelectorAll("[data-export]")) button.disabled = false;
  show();
}

$("judge").onclick = () => judge(content("claims", CLAIMS), content("checks", CHECKS));
$("own").onclick = () => judge("", "");
$("filter").oninput = () => show();

const number = (end) => (typeof end === "number" ? end.toLocaleString("en", { maximumSignificantDigits: 6 }) : (end ?? "unbounded"));

function interval({ low, high, unit }) {
  if (low === null && high === null) return "";
  const ends = low === high ? number(low) : `${number(low)} to ${number(high)}`;
  return `${ends}${unit && unit !== "date" ? ` ${unit}` : ""}`;
}

function show() {
  if (!judged) return;
  const words = $("filter").value.toLowerCase();
  const body = head($("verdicts"), ["claim", "printed", "stands for", "verdict", "why"]);
  for (const one of judged.verdicts) {
    const searched = `${one.id} ${one.statement} ${one.verdict} ${one.source} ${one.theme}`.toLowerCase();
    if (!searched.includes(words)) continue;
    const row = body.insertRow();
    row.append(element("td", `${one.id} · ${one.statement}`), element("td", one.published.text), element("td", interval(one.published), "number"));
    row.append(element("td", one.verdict, "verdict", one.verdict));
    const why = row.insertCell();
    why.append(element("div", one.reason));
    const list = element("ul", undefined, "findings");
    for (const check of one.checks) {
      const item = element("li");
      item.append(element("span", check.outcome, check.outcome), ` ${check.kind}: `, element("code", check.expression));
      if (!check.comparison) item.append(` = ${interval(check.computed)}`);
      list.append(item);
    }
    if (one.checks.length) why.append(list);
  }
}

function table() {
  const rows = judged.verdicts.map((one) => [one.id, one.source, one.statement, one.published.text, one.published.low ?? "",
    one.published.high ?? "", one.published.unit, one.verdict, one.reason].map(String));
  return format([["id", "source", "statement", "published", "low", "high", "unit", "verdict", "reason"], ...rows]);
}

const EXPORTS = {
  csv: ["verdicts.csv", "text/csv", async () => table()],
  json: ["verdicts.json", "application/json", async () => judged.text],
  jsonld: ["claimreview.jsonld", "application/ld+json", () => call("claim_reviews", judged.text)],
};

for (const button of document.querySelectorAll("[data-export]")) {
  button.onclick = async () => {
    const [name, type, make] = EXPORTS[button.dataset.export];
    const link = element("a");
    link.href = URL.createObjectURL(new Blob([await make()], { type }));
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  };
}

fill("claims", CLAIMS, []);
fill("checks", CHECKS, []);
