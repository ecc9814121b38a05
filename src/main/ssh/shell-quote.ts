/** The command for any login shell (csh and fish are none of POSIX's) to run a script of POSIX shell, on one line. */
export function posixCommand(script: string): string {
  return `exec sh -c ${shellQuote(script)}`
}

/** Quotes one word for a POSIX shell. */
export function shellQuote(word: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
