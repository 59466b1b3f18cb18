// The button that tells how fresh the page is, and stops or goes on refreshing it.

const MINUTE_MS = 60_000;

export class Badge {
  #words;
  #button = document.createElement("button");
  #word = document.createTextNode("");
  #note = document.createElement("span");

  constructor(place, toggle) {
    this.#words = place.dataset;
    this.#button.type = "button";
    this.#button.title = place.title;
    this.#button.addEventListener("click", toggle);
    this.#button.append(this.#word, this.#note);
    place.removeAttribute("title");
    place.append(this.#button);
  }

  show(state, since, selected) {
    const { [`${state}Word`]: word } = this.#words;
    this.#set(word, this.#noted(state, Date.now() - since, selected));
    this.#button.className = `live-badge ${state}`;
    this.#button.setAttribute("aria-pressed", state !== "paused");
  }

  #noted(state, age, selected) {
    switch (state) {
      case "live": return this.#words.nowWord;
      case "held": return selected ? this.#words.selectedWord.replace("{number}", selected) : "";
      case "paused": return this.#words.agoWord.replace("{age}", this.#age(age));
      default: return this.#age(age);
    }
  }

  #age(milliseconds) {
    const { secondsWord, minutesWord } = this.#words;
    const isShort = milliseconds < MINUTE_MS;
    return (isShort ? secondsWord : minutesWord).replace("{number}", Math.floor(milliseconds / (isShort ? 1_000 : MINUTE_MS)));
  }

  #set(word, note) {
    if (this.#word.data !== word) this.#word.data = word;
    if (this.#note.textContent !== note) this.#note.textContent = note;
  }
}
