// “That is a …”: one says what the image shows, the network takes a step, and what changed
// is shown at once.

// Half the world writes a decimal comma.
const rateSet = () => Number(byId("eta").value.trim().replace(",", "."));

// The buttons of the classes. Where an image may have several labels they are ticked first.
function buildTeaching() {
  const several = network.multilabel;
  byId("teaching").hidden = network.document === null;
  byId("refusal").hidden = network.document !== null;
  byId("refusal").textContent = `This network is not taught here. ${network.refusal}`;
  byId("teach-title").textContent = several ? "That shows …" : "That is a …";
  byId("labels").replaceChildren(...network.classes.map((name, k) => {
    const button = element("button", "label", name);
    button.type = "button";
    if (several) button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", several ? () => tick(button) : () => giveLesson(k));
    return button;
  }));
  byId("teach").hidden = !several;
}

const tick = (button) =>
  button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true");

const ticked = () => Array.from(byId("labels").children, (button) =>
  Number(button.getAttribute("aria-pressed") === "true"));

// A lesson can be given where there is an image, and taken back where there was one.
function onShow() {
  for (const button of [...byId("labels").children, byId("teach")]) {
    button.disabled = shown === null;
  }
  byId("lesson").textContent = shown === null ? "Draw something, or choose a sample, then say "
    + "what it is: the network takes one step." : "";
  byId("lesson").classList.remove("refused");
}

const tellLesson = (text, refused = false) => {
  byId("lesson").textContent = text;
  byId("lesson").classList.toggle("refused", refused);
  say(text);
};

// How much the hidden neurons changed, in words.
function hiddenChange(before, after) {
  const old = before.hidden.flat();
  const changes = after.hidden.flat().map((a, k) => a - old[k]);
  if (changes.length === 0) return "";
  const most = Math.max(...changes.map(Math.abs));
  const rose = changes.filter((change) => change > most / 10).length;
  const fell = changes.filter((change) => change < -most / 10).length;
  return ` Hidden neurons: ${rose} rose and ${fell} fell clearly, by ${written(most, 4)} `
    + "at most.";
}

// Take a lesson on the image that is shown.
function giveLesson(answer) {
  const pixels = shown;
  let result;
  try {
    result = teach(pixels, answer, rateSet());
  } catch (error) {
    tellLesson(error.message, true);
    return;
  }
  const { before, after } = result;
  show(pixels, before);
  const read = before.text === after.text ? `still read as ${after.text}`
    : `read as ${before.text} before, now as ${after.text}`;
  const cost = `${written(before.cost, 4)} → ${written(after.cost, 4)}`;
  tellLesson(`Lesson ${lessons.length}, ${nameOf(answer)}: ${read}. Cost ${cost}.`
    + hiddenChange(before, after));
  showLessons();
}

// The drawer: how many lessons there were, and each with its image and label.
function showLessons() {
  const n = lessons.length;
  byId("count").textContent = n;
  byId("taken").replaceChildren(...lessons.map(({ pixels, answer, eta }) => {
    const one = element("li");
    const name = nameOf(answer);
    const canvas = picture(pixels);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `Image of ${name}`);
    one.append(canvas, element("span", "name", name));
    one.title = `${name}, η = ${eta}`;
    return one;
  }));
  const buttons = ["undo-lesson", "forget-lessons", "save-lessons"];
  for (const id of buttons) byId(id).disabled = n === 0;
}

// Take lessons back, and show what the network makes of the image now.
function takeBack(how, text) {
  how();
  if (shown !== null) show(shown);
  showLessons();
  tellLesson(text());
}

byId("teach").addEventListener("click", () => giveLesson(ticked()));
byId("undo-lesson").addEventListener("click", () =>
  takeBack(undoLesson, () => `The lesson is taken back; lessons left: ${lessons.length}.`));
byId("forget-lessons").addEventListener("click", () =>
  takeBack(forgetLessons, () => "All lessons are forgotten: the network is as it came."));
byId("eta").value = data.eta;
