import { Button, Progress, ProgressMeasureLocation } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import { AskForCommands } from '../ConfigCommands.tsx'
import { decideObstacle, mergeUnconfirmed, tally } from './check-many.ts'
import { KnownKeys } from './KnownKeys.tsx'
import type { ManyChecks } from './use-check-many.ts'
import { VerdictList } from './VerdictList.tsx'

/** How the checks go, all verdicts, and what can be done about those that do not pass. */
export function VerdictPage(props: {
  readonly checks: ManyChecks
  readonly allowsCommands: boolean
  readonly onAllowCommands: (allowed: boolean) => void
  readonly onAgain: () => void
  readonly onConfirm: (address: string) => void
  readonly onConfirmMatching: (known: ReadonlySet<string>) => number
}) {
  const { t } = useTranslation()
  const { checks } = props
  const { hosts, isRunning } = checks
  const counts = tally(hosts)
  const asked = mergeUnconfirmed(hosts)
  const taken = hosts.filter(({ isLeftOut }) => !isLeftOut)
  const done = taken.filter(({ verdict }) => verdict.kind !== 'waiting' && verdict.kind !== 'checking').length
  const unsettled = taken.filter(({ verdict }) => verdict.kind !== 'ready').map(({ candidate }) => candidate.address)
  const obstacle = decideObstacle(checks)
  return (
    <>
      {isRunning ? (
        <div className="vd-many__progress">
          <Progress
            size="sm"
            value={taken.length === 0 ? 0 : Math.round((100 * done) / taken.length)}
            label={t('hosts:many.progress', { done, total: taken.length })}
            valueText={t('hosts:many.progress', { done, total: taken.length })}
            measureLocation={ProgressMeasureLocation.outside}
            aria-label={t('hosts:add.checking')}
          />
          <Button variant="secondary" size="sm" onClick={checks.stop}>
            {t('common:wizard.stop')}
          </Button>
        </div>
      ) : null}
      <div className="vd-many__ways">
        <span role="status">
          {(['ready', 'keys', 'failed', 'unchecked', 'leftOut'] as const)
            .filter((kind) => counts[kind] > 0)
            .map((kind) => t(`hosts:many.tally.${kind}`, { count: counts[kind] }))
            .join(' · ')}
        </span>
        {isRunning || unsettled.length === 0 ? null : (
          <>
            <Button variant="secondary" size="sm" onClick={props.onAgain}>
              {t('hosts:add.checkAgain')}
            </Button>
            <Button variant="secondary" size="sm" onClick={() => checks.leaveOut(unsettled, true)}>
              {t('hosts:many.leaveOutRest', { count: unsettled.length })}
            </Button>
          </>
        )}
      </div>
      {obstacle === null || obstacle === 'running' ? null : (
        <p className="vd-many__obstacle">{t(`hosts:many.obstacle.${obstacle}`)}</p>
      )}
      {asked === null ? null : (
        <AskForCommands error={asked} allowed={props.allowsCommands} onChange={props.onAllowCommands} />
      )}
      {counts.keys === 0 ? null : <KnownKeys onConfirm={props.onConfirmMatching} />}
      <VerdictList hosts={hosts} actions={{ confirm: props.onConfirm, leaveOut: checks.leaveOut }} />
    </>
  )
}
