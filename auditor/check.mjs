// Judge under node with the files of the page, and no network: node auditor/check.mjs FOLDER NAME [TEXT-FILE ...]
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, name, ...files] = process.argv.slice(2);
globalThis.fetch = () => { throw new Error("the auditor asked for the network"); };
const at = (file) => pathToFileURL(resolve(join(folder, file))).href;
const { loadPyodide } = await import(at("pyodide/pyodide.mjs"));
const { start } = await import(at("python.mjs"));
const call = await start(loadPyodide, resolve(join(folder, "pyodide")) + "/", async (file) => new Uint8Array(await readFile(join(folder, file))));
const texts = await Promise.all(files.map((file) => (file.startsWith("=") ? file.slice(1) : readFile(file, "utf8"))));
process.stdout.write(call(name, ...texts));
