// Copies the text of the element whose id `data-copy` names, and tells of it. Where the browser refuses, the text is selected
// for the reader's own keys.

import { tell } from "./toast.js";

async function copy({ dataset }) {
  const source = document.getElementById(dataset.copy);
  tell(await isWritten(source) ? dataset.told : dataset.refused);
}

// Only pages of secure origins have a clipboard; on others the browser may copy what is selected.
async function isWritten(source) {
  try {
    await navigator.clipboard.writeText(source.textContent);
    return true;
  } catch {
    return isSelectionCopied(source);
  }
}

function isSelectionCopied(source) {
  source.closest("details")?.setAttribute("open", "");
  const selection = getSelection();
  selection.selectAllChildren(source);
  const isCopied = document.execCommand("copy");
  if (isCopied) selection.removeAllRanges();
  return isCopied;
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-copy]");
  if (button) copy(button);
});
document.documentElement.dataset.copies = "";
