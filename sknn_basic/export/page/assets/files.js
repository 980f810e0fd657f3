// Files that leave the page, and one that comes in. Nothing is sent anywhere.

// Hand a text to the browser as a file to keep.
function keepFile(name, text) {
  const link = element("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// Put the network of a file's text in the place of this one; an error says why it cannot be.
function openNetwork(text) {
  replaceNetwork(networkIn(text));
  build();
}

async function openFile(file) {
  try {
    openNetwork(await file.text());
    tellLesson(`The network of ${file.name} is here, without lessons.`);
  } catch (error) {
    tellLesson(`${file.name} cannot be opened: ${error.message}`, true);
  }
}

// The η of the file is that of the page, if one is set.
const rateToKeep = () => (rateSet() > 0 ? rateSet() : network.document.parameters.eta);

byId("save-network").addEventListener("click", () =>
  keepFile("network.json", networkText(rateToKeep())));
byId("save-lessons").addEventListener("click", () => keepFile("lessons.json", lessonsText()));
byId("open-network").addEventListener("click", () => byId("file").click());
byId("file").addEventListener("change", ({ target }) => {
  if (target.files.length) openFile(target.files[0]);
  target.value = "";  // so that the same file can be chosen again
});

// All of the page that depends on the network.
function build() {
  buildReading();
  buildTeaching();
  showLessons();
  if (shown === null) showNothing();
  else show(shown);
}

build();
