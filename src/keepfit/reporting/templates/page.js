// A click on a heading sorts its table; what is missing comes last either way.
for (const button of document.querySelectorAll("th button")) {
  button.addEventListener("click", () => {
    const head = button.parentElement, at = head.cellIndex, body = head.closest("table").tBodies[0];
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const value = (row) => row.cells[at]?.dataset.sort ?? "";
    const areNumbers = [...body.rows].every((row) => !isNaN(Number(value(row))));
    const order = (a, b) => areNumbers ? Math.sign(Number(a) - Number(b)) || 0 : a.localeCompare(b);
    body.append(...[...body.rows].sort((one, other) => {
      const a = value(one), b = value(other);
      return a === "" || b === "" ? (a === "") - (b === "") : (up ? 1 : -1) * order(a, b);
    }));
  });
}
// A click on "Copy" takes the code beside it; where the browser does not allow that, it is selected for the reader.
for (const button of document.querySelectorAll("button.copy")) {
  button.addEventListener("click", () => {
    getSelection().selectAllChildren(button.closest(".code").querySelector("code"));
    button.textContent = document.execCommand("copy") ? "Copied" : "Selected";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
}
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((part) => { part.open = true; }));
