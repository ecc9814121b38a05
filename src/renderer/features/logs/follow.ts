/** How far from its end a text may be scrolled and still be followed. In pixels: about one line. */
const NEAR_PX = 20

/** Whether somebody who reads a scrolled text is at its end, and so wants to see what comes. Pure. */
export function isAtEnd(view: {
  readonly scrollTop: number
  readonly clientHeight: number
  readonly scrollHeight: number
}) {
  return view.scrollTop + view.clientHeight >= view.scrollHeight - NEAR_PX
}

/** The lines that have a text in them, whatever its case; all of them for none. Pure. */
export function filterLines(text: string, search: string): string {
  const wanted = search.toLowerCase()
  if (wanted === '') return text
  return text
    .split('\n')
    .filter((line) => line.toLowerCase().includes(wanted))
    .join('\n')
}
