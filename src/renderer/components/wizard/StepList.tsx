import { useTranslation } from 'react-i18next'

/** The steps of a wizard with their numbers; those behind can be gone back to. */
export function StepList(props: {
  readonly steps: readonly { readonly id: string; readonly title: string; readonly isSkipped?: boolean }[]
  readonly current: string
  readonly mayGo: (id: string) => boolean
  readonly onGo: (id: string) => void
}) {
  const { t } = useTranslation()
  if (props.steps.length < 2) return null
  return (
    <ol className="vd-steps" aria-label={t('common:wizard.steps')}>
      {props.steps.map(({ id, title, isSkipped }, index) => {
        const words = (
          <>
            <span className="vd-steps__number">{index + 1}</span> {title}
          </>
        )
        return (
          <li
            key={id}
            className={isSkipped === true ? 'vd-steps__step vd-steps__step--skipped' : 'vd-steps__step'}
            aria-current={id === props.current ? 'step' : undefined}
          >
            {props.mayGo(id) ? (
              <button type="button" className="vd-steps__go" onClick={() => props.onGo(id)}>
                {words}
              </button>
            ) : (
              words
            )}
          </li>
        )
      })}
    </ol>
  )
}
