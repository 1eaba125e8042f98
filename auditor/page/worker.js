// Python in a worker, so that the page stays alive while it computes. One message, one answer, in order.
import { loadPyodide } from "./pyodide/pyodide.mjs";
import { start } from "./python.mjs";

const here = new URL(".", self.location.href).href;
const read = async (name) => {
  const answer = await fetch(new URL(name, here));
  if (!answer.ok) throw new Error(`${name}: ${answer.status} ${answer.statusText}`);
  return answer.arrayBuffer();
};

const ready = start(loadPyodide, new URL("pyodide/", here).href, read);
ready.then(
  () => postMessage({ ready: true }),
  (error) => postMessage({ failed: String(error) }),
);

self.onmessage = async ({ data: { id, name, texts } }) => {
  try {
    const call = await ready;
    postMessage({ id, text: call(name, ...texts) });
  } catch (error) {
    postMessage({ id, failed: String(error) });
  }
};
