// What this browser remembers. One that refuses to remember forgets, and everything else works.

export const ROOT = new URL("../../", import.meta.url);

// Two dashboards of one origin do not share it.
const named = (name) => `task-tower:${ROOT.pathname}:${name}`;

function read(storage, name) {
  try {
    return JSON.parse(storage().getItem(named(name)));
  } catch {
    return null;
  }
}

function write(storage, name, value) {
  try {
    if (value === null) storage().removeItem(named(name));
    else storage().setItem(named(name), JSON.stringify(value));
  } catch {
    // It is full, or forbidden.
  }
}

const remember = (storage) => ({
  get: (name) => read(storage, name),
  set: (name, value) => write(storage, name, value),
});

// For this tab, and for all of them.
export const tab = remember(() => sessionStorage);
export const browser = remember(() => localStorage);
