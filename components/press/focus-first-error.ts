/** After a press that the form itself refused: brings the first field in question into sight, so that a phone shows why. */
export function focusFirstError(): void {
  // Once React has marked it.
  requestAnimationFrame(() =>
    document.querySelector<HTMLElement>('[role=dialog] [aria-invalid=true]')?.focus(),
  );
}
