import { useFormat } from '../i18n/index.ts'
import { Unknown } from './Card.tsx'
import type { Share } from './share.ts'

/** How much of something is used, as a bar with its percentage. `text`: the same in words, for who does not see the bar. */
export function Meter(props: { readonly label: string; readonly share: Share | null; readonly text: string }) {
  const format = useFormat()
  const { share } = props
  if (share === null) return <Unknown />
  const shown = Math.min(100, Math.max(0, share.percent))
  return (
    <div className="vd-meter">
      {/* biome-ignore lint/a11y/useSemanticElements: a <meter> is drawn otherwise by each browser. */}
      <svg
        className={`vd-meter__bar vd-meter__bar--${share.level}`}
        viewBox="0 0 100 6"
        preserveAspectRatio="none"
        role="meter"
        aria-label={props.label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(shown)}
        aria-valuetext={props.text}
      >
        <rect className="vd-meter__whole" width="100" height="6" />
        <rect className="vd-meter__part" width={shown} height="6" />
      </svg>
      <span className="vd-meter__percent">{format.percent(share.percent)}</span>
    </div>
  )
}
