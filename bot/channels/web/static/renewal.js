// "New conversation": asked about first, in a dialog that keeps focus.

export function createRenewal({ form, dialog, renew }) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    dialog.showModal();
  });
  dialog.addEventListener("close", () => {
    const { returnValue } = dialog;
    dialog.returnValue = "";
    if (returnValue === "yes") renew();
  });
}
