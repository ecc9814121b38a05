import { Alert, AlertActionCloseButton, AlertActionLink, AlertGroup } from '@patternfly/react-core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { foldNotices, type Notice, setDock, useNotices } from '../../stores/index.ts'
import { namesOf, reasonOf, titleOf } from './notice-text.ts'

/** More than these hide too much of the page. */
const TOASTS_SHOWN = 3
/** How long a toast stays while nobody points at it or is in it, milliseconds. */
const STAYS_MS = { failure: 15_000, done: 6_000 }

/** What failed, and how commands on many things go, at the foot of the page; after a while only in the dock. */
export function Notices() {
  const { t } = useTranslation()
  const toasts = useNotices().filter(({ isToast }) => isToast)
  const older = toasts.slice(0, -TOASTS_SHOWN).map(({ id }) => id)
  const olderKey = older.join()
  useEffect(() => {
    if (olderKey !== '') foldNotices(olderKey.split(',').map(Number), false)
  }, [olderKey])
  return (
    <div className="vd-notices">
      <AlertGroup isLiveRegion aria-label={t('frame:notices')}>
        {toasts.slice(-TOASTS_SHOWN).map((notice) => (
          <Toast key={notice.id} notice={notice} />
        ))}
      </AlertGroup>
    </div>
  )
}

function Toast({ notice }: { readonly notice: Notice }) {
  const { t } = useTranslation()
  const { id, command, batch, failures, at } = notice
  const [isHeld, setHeld] = useState(false)
  const isRunning = batch?.isEnded === false
  const stays = failures.length > 0 ? STAYS_MS.failure : STAYS_MS.done
  // biome-ignore lint/correctness/useExhaustiveDependencies: what has just changed stays as long as what is new.
  useEffect(() => {
    if (isHeld || isRunning) return
    const timer = setTimeout(() => foldNotices([id], failures.length === 0), stays)
    return () => clearTimeout(timer)
  }, [id, isHeld, isRunning, stays, at])
  const [only] = failures
  const isOne = batch === null && only?.count === 1
  const hasRows = failures.some(({ error }) => error.code === 'batch.partly-failed')
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pointing at it, or being in it, only keeps it there.
    <div
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <Alert
        variant={failures.length > 0 ? 'danger' : isRunning ? 'info' : 'success'}
        component="h2"
        variantLabel={t(failures.length > 0 ? 'common:error.error' : 'common:error.info')}
        title={titleOf(notice, t)}
        actionClose={<AlertActionCloseButton aria-label={t('common:close')} onClose={() => foldNotices([id], true)} />}
        actionLinks={
          isRunning || isOne || failures.length === 0 ? undefined : (
            <AlertActionLink onClick={() => setDock({ dockTab: hasRows ? 'tasks' : 'failures', dockOpen: true })}>
              {t('common:batch.show')}
            </AlertActionLink>
          )
        }
      >
        {isOne ? (
          <ErrorDetails error={only.error} titleHidden={command === null} />
        ) : failures.length === 0 ? null : (
          <ul className="vd-list">
            {failures.map((group) => (
              <li key={group.error.code + namesOf(group, t)}>
                {group.subjects.length === 0
                  ? reasonOf(group, t)
                  : t('common:failed', { reason: reasonOf(group, t), names: namesOf(group, t) })}
              </li>
            ))}
          </ul>
        )}
      </Alert>
    </div>
  )
}
