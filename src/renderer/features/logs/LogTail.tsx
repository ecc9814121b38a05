import { SearchInput } from '@patternfly/react-core'
import { useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CopyButton } from '../../components/CopyButton.tsx'
import { EmptyPage } from '../../components/EmptyPage.tsx'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { StaleAge } from '../../components/StatusLabel.tsx'
import { useCollection } from '../../stores/index.ts'
import { filterLines, isAtEnd } from './follow.ts'

export interface LogTailProps {
  readonly topic: 'host.log' | 'vm.log'
  readonly id: string
  /** Whether its host cannot be asked now. */
  readonly stale: boolean
}

/** The end of a log, followed while it is scrolled to its end. */
export function LogTail({ topic, id, stale }: LogTailProps) {
  const { t } = useTranslation()
  const { entities, error } = useCollection(topic, id)
  const [search, setSearch] = useState('')
  const tail = entities.get('tail')
  const text = useMemo(() => filterLines(tail?.text ?? '', search), [tail, search])
  const scroller = useRef<HTMLElement>(null)
  const follows = useRef(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: new text is what moves the end.
  useLayoutEffect(() => {
    const view = scroller.current
    if (view !== null && follows.current) view.scrollTop = view.scrollHeight
  }, [text])

  if (error !== null) return <ErrorDetails error={error} />
  if (tail === undefined) return <EmptyPage title={t(stale ? 'logs:notReached' : 'common:loading')} busy={!stale} />
  if (tail.obstacle !== null) {
    return <EmptyPage title={t(`logs:obstacle.${tail.obstacle}`, { source: tail.source })} busy={false} />
  }
  return (
    <div className="vd-xml">
      <div className="vd-toolbar">
        <search className="vd-toolbar__search">
          <SearchInput
            aria-label={t('logs:filter')}
            placeholder={t('logs:filter')}
            value={search}
            onChange={(_event, value) => setSearch(value)}
            resetButtonLabel={t('common:clear')}
            onClear={() => setSearch('')}
          />
        </search>
        <code className="vd-subtle">{tail.source}</code>
        {tail.isCut ? <span className="vd-subtle">{t('logs:cut')}</span> : null}
        {stale ? <StaleAge asOf={tail.asOf} /> : null}
        <CopyButton text={tail.text} label={t('logs:copy')} />
      </div>
      <section
        className="vd-log"
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable text must be reachable by keyboard.
        tabIndex={0}
        aria-label={t('logs:label')}
        onScroll={({ currentTarget }) => {
          follows.current = isAtEnd(currentTarget)
        }}
      >
        {text === '' ? (
          <span className="vd-subtle">{t(search === '' ? 'logs:empty' : 'logs:noHit')}</span>
        ) : (
          <pre className="vd-log__text" dir="ltr">
            {text}
          </pre>
        )}
      </section>
    </div>
  )
}
