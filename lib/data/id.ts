/** Whether a text may name a network or a face set, and so a file: letters, digits, ".", "_" and "-", a letter or digit first. */
export function isId(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text);
}
