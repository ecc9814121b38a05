import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Card } from '../../components/Card.tsx'
import { Name } from '../../components/Name.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { useFormat } from '../../i18n/index.ts'
import { useCollection } from '../../stores/index.ts'
import { showSubject } from './EventList.tsx'
import { describeEvent } from './event-text.ts'
import { isAbout } from './is-about.ts'

const SHOWN = 8
const TONES = { info: 'ok', warning: 'warning', error: 'bad' } as const

/** The last of what happened to these or on these hosts, for a summary. `onShowAll`: where all of it stands. */
export function RecentEvents(props: { readonly subjectIds: readonly string[]; readonly onShowAll: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { entities } = useCollection('events')
  const { subjectIds } = props
  const events = useMemo(
    () =>
      [...entities.values()]
        .filter(({ subject, hostId }) => isAbout(subjectIds, subject.id, [hostId]))
        .sort((a, b) => Number(b.id) - Number(a.id))
        .slice(0, SHOWN),
    [entities, subjectIds],
  )
  return (
    <Card
      title={t('events:recent')}
      aside={
        <button type="button" className="vd-cell-link" onClick={props.onShowAll}>
          {t('events:all')}
        </button>
      }
    >
      {events.length === 0 ? <p className="vd-subtle vd-card__text">{t('events:noneYet')}</p> : null}
      <ul className="vd-recent" aria-label={t('events:recent')}>
        {events.map((event) => {
          const text = describeEvent(event, t)
          return (
            <li key={event.id}>
              <time className="vd-subtle" title={format.dateTime(event.at)}>
                {format.time(event.at)}
              </time>
              <StatusMark tone={TONES[event.severity]} label={t(`events:severity.${event.severity}`)} />
              <button type="button" className="vd-cell-link" onClick={() => showSubject(event.subject)}>
                <Name>{event.subject.name}</Name>
              </button>
              <span className="vd-recent__text" title={text}>
                {text}
              </span>
            </li>
          )
        })}
      </ul>
    </Card>
  )
}
