/** How something stands, apart from what it is: each tone has a shape of its own, so that colour is never needed. */
export type Tone = 'ok' | 'off' | 'warning' | 'moving' | 'bad' | 'paused' | 'unknown'

/** Each one path, so that another tone is another attribute of the same element, which costs a page of thousands nothing. */
const SHAPES: Readonly<Record<Tone, string>> = {
  ok: 'M1.4 5a3.6 3.6 0 1 0 7.2 0a3.6 3.6 0 1 0 -7.2 0z',
  off: 'M2 5a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z',
  warning: 'M5 1 9.4 9H.6z',
  moving: 'M0 3h6V1l3.5 2.8H0zM10 7H4v2L.5 6.2H10z',
  bad: 'm2 1 3 3 3-3 1 1-3 3 3 3-1 1-3-3-3 3-1-1 3-3-3-3z',
  paused: 'M2 1.5h2.2v7H2zM5.8 1.5H8v7H5.8z',
  unknown: 'M3.1 3.4a1.9 1.9 0 1 1 2.6 1.8c-.5.2-.7.5-.7 1.1M5 7.6v1',
}
const OUTLINED: ReadonlySet<Tone> = new Set<Tone>(['off', 'unknown'])

/** The mark of a status. `label` is the status in words; without it the mark is decoration beside those words. */
export function StatusMark({ tone, label }: { readonly tone: Tone; readonly label?: string }) {
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: it has a title whenever it is not decoration.
    <svg
      className={`vd-mark vd-mark--${tone}`}
      viewBox="0 0 10 10"
      {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    >
      {label === undefined ? null : <title>{label}</title>}
      <path d={SHAPES[tone]} className={OUTLINED.has(tone) ? 'vd-mark__outline' : undefined} />
    </svg>
  )
}
