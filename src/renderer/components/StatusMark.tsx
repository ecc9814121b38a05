/** How something stands, apart from what it is: each tone has a shape of its own, so that colour is never needed. */
export type Tone = 'ok' | 'off' | 'warning' | 'moving' | 'bad' | 'paused' | 'unknown'

const SHAPES: Readonly<Record<Tone, React.ReactNode>> = {
  ok: <circle cx="5" cy="5" r="3.6" />,
  off: <circle cx="5" cy="5" r="3" className="vd-mark__outline" />,
  warning: <path d="M5 1 9.4 9H.6z" />,
  moving: <path d="M0 3h6V1l3.5 2.8H0zM10 7H4v2L.5 6.2H10z" />,
  bad: <path d="m2 1 3 3 3-3 1 1-3 3 3 3-1 1-3-3-3 3-1-1 3-3-3-3z" />,
  paused: <path d="M2 1.5h2.2v7H2zM5.8 1.5H8v7H5.8z" />,
  unknown: <path d="M3.1 3.4a1.9 1.9 0 1 1 2.6 1.8c-.5.2-.7.5-.7 1.1M5 7.6v1" className="vd-mark__outline" />,
}

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
      {SHAPES[tone]}
    </svg>
  )
}
