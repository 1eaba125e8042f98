// Start Python with the package and the collection in it; the same in the page's worker and under node.
export async function start(loadPyodide, indexURL, read) {
  const python = await loadPyodide({ indexURL });
  const [packages, collection] = await Promise.all([read("packages.zip"), read("collection.zip")]);
  python.unpackArchive(packages, "zip", { extractDir: "/packages" });
  python.unpackArchive(collection, "zip", { extractDir: "/collection" });
  python.runPython(`
import os, sys
sys.path.insert(0, "/packages")
os.chdir("/collection")
from parallelrun.audit import service
`);
  const service = python.globals.get("service");
  return (name, ...texts) => service[name](...texts);
}
