import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CommandOutput } from '../../../shared/contract/index.ts'
import type { ClusterId, Network } from '../../../shared/domain/index.ts'
import { ActionButton } from '../../components/ActionButton.tsx'
import { Card } from '../../components/Card.tsx'
import { ErrorDetails } from '../../components/ErrorDetails.tsx'
import { Name } from '../../components/Name.tsx'
import { PlainTable } from '../../components/PlainTable.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { useNameOf } from '../../kinds/index.ts'
import { useRunCommand } from '../../stores/index.ts'

type Answer = CommandOutput<'network.check-reach'>

const TONES = { reached: 'ok', 'small-only': 'warning', silent: 'bad' } as const
/** What does not work is shown first; more than these nobody reads. */
const SHOWN = 50

/** Has the hosts of a cluster prove that they reach each other over a network. */
export function ReachCard({ network, clusterId }: { readonly network: Network; readonly clusterId: ClusterId }) {
  const { t } = useTranslation()
  const run = useRunCommand()
  const nameOf = useNameOf(['cluster', 'host'])
  const [answer, setAnswer] = useState<Answer | null>(null)
  const [isAtWork, setAtWork] = useState(false)
  const check = async () => {
    setAtWork(true)
    const result = await run('network.check-reach', { networkId: network.id, clusterId }, network.name)
    setAtWork(false)
    if (result.ok) setAnswer(result.value)
  }
  const cluster = nameOf({ kind: 'cluster', id: clusterId })
  return (
    <Card
      title={t('networks:reach.title')}
      aside={
        <ActionButton
          label={network.clusters.length === 1 ? t('networks:reach.check') : t('networks:reach.checkIn', { cluster })}
          disabledReason={isAtWork ? '' : network.hostIds.length < 2 ? t('networks:reach.alone') : null}
          onClick={() => void check()}
        />
      }
    >
      <p className="vd-subtle vd-card__text">{t('networks:reach.about')}</p>
      {answer === null ? null : <ReachAnswer answer={answer} />}
    </Card>
  )
}

function ReachAnswer({ answer: { pairs, failures, withoutAddress } }: { readonly answer: Answer }) {
  const { t } = useTranslation()
  const nameOf = useNameOf(['host'])
  const hostName = (id: string) => nameOf({ kind: 'host', id })
  const isWhole = failures.length === 0 && pairs.every(({ reach }) => reach === 'reached')
  const shown = pairs
    .toSorted((a, b) => Number(a.reach === 'reached') - Number(b.reach === 'reached'))
    .slice(0, SHOWN)
    .map(({ fromHostId, toHostId, fromAddress, address, reach }) => ({
      key: `${fromHostId} ${toHostId}`,
      cells: [
        <ReachEnd key="from" name={hostName(fromHostId)} address={fromAddress} />,
        <ReachEnd key="to" name={hostName(toHostId)} address={address} />,
        <span key="reach" className="vd-status">
          <StatusMark tone={TONES[reach]} /> {t(`networks:reach.${reach}`)}
        </span>,
      ],
    }))
  return (
    <div role="status">
      {pairs.length + failures.length === 0 ? (
        <p className="vd-card__text">{t('networks:reach.alone')}</p>
      ) : isWhole ? (
        <p className="vd-card__text">
          <StatusMark tone="ok" /> {t('networks:reach.all')}
        </p>
      ) : null}
      {failures.map(({ hostId, error }) => (
        <ErrorDetails key={hostId} error={error} />
      ))}
      {shown.length === 0 ? null : (
        <PlainTable
          label={t('networks:reach.title')}
          heads={[t('networks:reach.from'), t('networks:reach.to'), t('networks:reach.result')]}
          rows={shown}
        />
      )}
      {withoutAddress.length === 0 ? null : (
        <p className="vd-subtle vd-card__text">
          {t('networks:reach.without', { names: withoutAddress.map(hostName).join(', ') })}
        </p>
      )}
    </div>
  )
}

function ReachEnd({ name, address }: { readonly name: string; readonly address: string }) {
  return (
    <span>
      <Name>{name}</Name> <code className="vd-subtle">{address}</code>
    </span>
  )
}
