// Tells of a picture that is too large when it is chosen. Were it sent, the whole form would be
// refused before anything reads it, and what else was typed would be gone.
for (const input of document.querySelectorAll("input[data-max-bytes]")) {
  const check = () => {
    const isTooLarge = [...input.files].some((file) => file.size > Number(input.dataset.maxBytes));
    input.setCustomValidity(isTooLarge ? input.dataset.tooLarge : "");
  };
  check();  // the browser may have kept what was chosen before
  input.addEventListener("change", () => {
    check();
    input.reportValidity();
  });
}
