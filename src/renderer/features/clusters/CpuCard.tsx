import { useTranslation } from 'react-i18next'
import type { Cluster } from '../../../shared/domain/index.ts'
import { Card, Facts, Unknown } from '../../components/Card.tsx'
import { Name } from '../../components/Name.tsx'
import { StaleAge } from '../../components/StatusLabel.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { showHost } from '../../stores/index.ts'

/** The CPU that machines may count on in every host, and which host has less. */
export function CpuCard({
  cluster: { cpu, architecture },
}: {
  readonly cluster: Pick<Cluster, 'cpu' | 'architecture'>
}) {
  const { t } = useTranslation()
  return (
    <Card
      title={t('clusters:cpu.title')}
      aside={
        <>
          {cpu.asOf === null ? null : <StaleAge asOf={cpu.asOf} />} {t(`clusters:cpu.${cpu.source}`)}
        </>
      }
    >
      <Facts
        facts={[
          [t('clusters:cpu.model'), cpu.model ?? <Unknown key="model">{t('clusters:cpu.unknown')}</Unknown>],
          [t('clusters:cpu.vendor'), cpu.vendor],
          [t('clusters:cpu.architecture'), architecture],
          [t('clusters:cpu.extra'), flagsOf(cpu.extraFeatures)],
          [t('clusters:cpu.lacking'), flagsOf(cpu.lackingFeatures)],
        ]}
      />
      {cpu.shortOf.length === 0 ? null : (
        <>
          <p className="vd-card__text">{t('clusters:cpu.short', { count: cpu.shortOf.length })}</p>
          <ul className="vd-short" aria-label={t('clusters:cpu.short', { count: cpu.shortOf.length })}>
            {cpu.shortOf.map(({ hostId, hostName, reason, missing }) => (
              <li key={hostId}>
                <StatusMark tone="warning" />
                <button type="button" className="vd-cell-link" onClick={() => showHost(hostId)}>
                  <Name>{hostName}</Name>
                </button>
                {missing.length === 0 ? t(`clusters:cpu.reason.${reason}`) : <Flags flags={missing} />}
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  )
}

function flagsOf(flags: readonly string[]) {
  return flags.length === 0 ? null : <Flags key="flags" flags={flags} />
}

function Flags({ flags }: { readonly flags: readonly string[] }) {
  return <code className="vd-break">{flags.join(' ')}</code>
}
