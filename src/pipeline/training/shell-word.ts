/** One word for a POSIX shell, whatever is in it: nothing inside single quotes means anything but a single quote. */
export function shellWord(text: string): string {
  return /^[\w./:=@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
