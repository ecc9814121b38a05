import { Button, Checkbox } from '@patternfly/react-core'
import { useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorDetails } from '../../../components/ErrorDetails.tsx'
import { AngleDownIcon, AngleRightIcon } from '../../../components/icons.ts'
import { Name } from '../../../components/Name.tsx'
import { StatusMark, type Tone } from '../../../components/StatusMark.tsx'
import { describeCause } from '../../../i18n/index.ts'
import { CheckList } from '../CheckList.tsx'
import { FingerprintConfirm } from '../Fingerprint.tsx'
import { findSameKey, type ListedHost } from './check-many.ts'

export interface VerdictActions {
  /** A person compared the key of this host. */
  readonly confirm: (address: string) => void
  readonly leaveOut: (addresses: readonly string[], isLeftOut: boolean) => void
}

/** Each host with its verdict and its fingerprint; opened, its checks with their remedies, or its key to be compared. */
export function VerdictList({
  hosts,
  actions,
}: {
  readonly hosts: readonly ListedHost[]
  readonly actions: VerdictActions
}) {
  const { t } = useTranslation()
  return (
    <ul className="vd-verdicts" aria-label={t('hosts:many.verdicts')}>
      {hosts.map((host) => (
        <HostVerdictLine
          key={host.candidate.address}
          host={host}
          sameKey={findSameKey(hosts, host)}
          actions={actions}
        />
      ))}
    </ul>
  )
}

function HostVerdictLine(props: {
  readonly host: ListedHost
  readonly sameKey: string | null
  readonly actions: VerdictActions
}) {
  const { t } = useTranslation()
  const { host, sameKey, actions } = props
  const { candidate, verdict, shown, isLeftOut } = host
  const { address } = candidate
  const id = useId()
  const [isOpen, setOpen] = useState(false)
  const toggle = useRef<HTMLButtonElement>(null)
  const hasMore = verdict.kind !== 'waiting' && verdict.kind !== 'checking'
  return (
    <li className="vd-verdicts__line" data-host={address} data-verdict={isLeftOut ? 'left-out' : verdict.kind}>
      <div className="vd-verdicts__head">
        <Checkbox
          id={`${id}-in`}
          aria-label={t('hosts:many.include', { address })}
          isChecked={!isLeftOut}
          onChange={(_event, checked) => actions.leaveOut([address], !checked)}
        />
        <Button
          variant="plain"
          size="sm"
          className="vd-verdicts__open"
          icon={isOpen ? <AngleDownIcon /> : <AngleRightIcon />}
          aria-label={t('hosts:many.details', { address })}
          aria-expanded={isOpen}
          aria-controls={`${id}-more`}
          ref={toggle}
          isAriaDisabled={!hasMore}
          onClick={() => setOpen(!isOpen)}
        />
        <Name className="vd-verdicts__name">{address}</Name>
        <span className="vd-status vd-verdicts__word">
          <StatusMark tone={isLeftOut ? 'off' : toneOf(host)} />
          <span>
            <VerdictWord host={host} />
            {shown === null || isLeftOut || verdict.kind !== 'ready' ? null : (
              <span className="vd-subtle">
                {' · '}
                {t(host.confirmed === null ? 'hosts:many.keyKnown' : 'hosts:many.keyConfirmed')}
              </span>
            )}
          </span>
        </span>
        {shown === null ? null : (
          <code className="vd-verdicts__key" title={shown.type}>
            {shown.fingerprint}
          </code>
        )}
      </div>
      {sameKey === null ? null : <p className="vd-verdicts__note">{t('hosts:many.sameKey', { address: sameKey })}</p>}
      <div id={`${id}-more`} className="vd-verdicts__more" hidden={!isOpen || !hasMore}>
        {isOpen && verdict.kind === 'key' ? (
          <FingerprintConfirm
            offered={verdict.offered}
            confirmed={host.confirmed === verdict.offered.fingerprint}
            onConfirm={() => {
              // What was ticked goes away: the keyboard goes on from this line.
              toggle.current?.focus()
              setOpen(false)
              actions.confirm(address)
            }}
          />
        ) : null}
        {isOpen && verdict.kind !== 'key' ? <Findings host={host} /> : null}
      </div>
    </li>
  )
}

/** What the checks found; of what was refused before them, why. */
function Findings({ host: { checks, verdict } }: { readonly host: ListedHost }) {
  const { t } = useTranslation()
  return (
    <>
      {verdict.kind === 'failed' && verdict.canInstall ? <p>{t('hosts:many.canInstall')}</p> : null}
      {checks.length > 0 ? (
        <CheckList checks={checks.filter(({ outcome }) => outcome !== 'not-run')} />
      ) : verdict.kind === 'failed' ? (
        <ErrorDetails error={verdict.error} />
      ) : null}
    </>
  )
}

function toneOf({ verdict }: ListedHost): Tone {
  switch (verdict.kind) {
    case 'waiting':
      return 'off'
    case 'checking':
      return 'moving'
    case 'key':
      return verdict.offered.expected === null ? 'warning' : 'bad'
    case 'ready':
      return verdict.warnings === 0 ? 'ok' : 'warning'
    case 'failed':
      return 'bad'
  }
}

function VerdictWord({ host: { verdict, isLeftOut } }: { readonly host: ListedHost }) {
  const { t } = useTranslation()
  if (isLeftOut) return t('hosts:many.verdict.leftOut')
  switch (verdict.kind) {
    case 'key':
      return t(verdict.offered.expected === null ? 'hosts:many.verdict.key' : 'hosts:many.verdict.keyChanged')
    case 'ready':
      return verdict.warnings === 0
        ? t('hosts:many.verdict.ready')
        : t('hosts:many.verdict.warnings', { count: verdict.warnings })
    case 'failed':
      return describeCause(verdict.error, t)
    default:
      return t(`hosts:many.verdict.${verdict.kind}`)
  }
}
