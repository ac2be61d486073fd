// The paper clip: a picture, a document or a voice message for the person who has the conversation.

import { newId } from "./storage.js";

const MOST_PIXELS = 1800;
const DRAWN = ["image/jpeg", "image/png", "image/webp"];

export function createAttaching({ input, label, page, shown, said, send, sent, notice }) {
  // Files are not kept on the device: what could not be sent has to be chosen again.
  async function attach(file) {
    const message = { client_id: newId(), files: [{ kind: "document", name: file.name }] };
    shown.show(message);
    said();
    try {
      await send(message.client_id, await smaller(file));
      shown.settle(message);
      sent();
    } catch (error) {
      shown.refuse(message);
      notice.say((error.status && error.message) || page.texts.problem);
    }
  }

  input.addEventListener("change", () => {
    const [file] = input.files;
    if (file) attach(file);
    input.value = "";
  });

  return {
    taken(are) {
      input.hidden = !are;
      label.hidden = !are;
    },
  };
}

// A photo is sent as large as can be read, and without the place and time that cameras write into it.
async function smaller(file) {
  if (!DRAWN.includes(file.type) || !window.createImageBitmap) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, MOST_PIXELS / Math.max(picture.width, picture.height));
    const canvas = Object.assign(document.createElement("canvas"), {
      width: Math.round(picture.width * scale),
      height: Math.round(picture.height * scale),
    });
    const paper = canvas.getContext("2d");
    // Where a picture can be seen through, letters would be black on black.
    paper.fillStyle = "#fff";
    paper.fillRect(0, 0, canvas.width, canvas.height);
    paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const made = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.85); });
    return made ? new File([made], file.name.replace(/\.\w+$/, "") + ".jpg", { type: made.type }) : file;
  } catch {
    return file;
  }
}
