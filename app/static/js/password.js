// How long a new password is, in words, while it is typed. The rule itself is checked by the portal.

for (const line of document.querySelectorAll("[data-password-length]")) {
  const input = document.getElementById(line.dataset.passwordLength);
  let pause;
  input?.addEventListener("input", () => {
    clearTimeout(pause);
    // Said when typing pauses, so that a screen reader is not interrupted at every key.
    pause = setTimeout(() => {
      const n = [...input.value.normalize("NFC")].length;
      const { few, good, best, least, strong } = line.dataset;
      line.textContent = (n < Number(least) ? few : n < Number(strong) ? good : best).replace("{n}", n);
    }, 400);
  });
}
