import { Checkbox, FormGroup } from '@patternfly/react-core'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host, HostId } from '../../../shared/domain/index.ts'
import { compareTexts } from '../../components/compare-texts.ts'
import { FormDialog } from '../../components/dialog/index.ts'
import { useCollection, useDialogCommand, useEntity } from '../../stores/index.ts'

/** Asks which other hosts of the cluster are to be set up as this one. */
export function CopyHostNetworksDialog({ hostId }: { readonly hostId: HostId }) {
  const host = useEntity('hosts', hostId)
  return host === undefined ? null : <CopyForm host={host} />
}

function CopyForm({ host }: { readonly host: Host }) {
  const { t } = useTranslation()
  const id = useId()
  const { entities } = useCollection('hosts')
  const others = [...entities.values()]
    .filter((other) => other.clusterId === host.clusterId && other.id !== host.id)
    .sort((a, b) => compareTexts(a.name, b.name))
  const [chosen, setChosen] = useState<ReadonlySet<HostId>>(new Set())
  const { isBusy, error, run } = useDialogCommand('host.copy-networks', host.name)
  const toggle = (hostId: HostId, on: boolean) => {
    const next = new Set(chosen)
    if (on) next.add(hostId)
    else next.delete(hostId)
    setChosen(next)
  }
  return (
    <FormDialog
      title={t('networks:copy.title', { name: host.name })}
      label={t('networks:copy.do')}
      isBusy={isBusy}
      isDisabled={chosen.size === 0}
      error={error}
      onSubmit={() => void run({ fromHostId: host.id, hostIds: [...chosen] })}
    >
      <p>{t(others.length === 0 ? 'networks:copy.none' : 'networks:copy.body')}</p>
      {others.length === 0 ? null : (
        <FormGroup role="group" label={t('networks:label.hosts')} fieldId={id} isStack>
          {others.map((other) => (
            <Checkbox
              key={other.id}
              id={`${id}-${other.id}`}
              label={other.name}
              isDisabled={other.stale}
              isChecked={chosen.has(other.id)}
              onChange={(_event, on) => toggle(other.id, on)}
            />
          ))}
        </FormGroup>
      )}
    </FormDialog>
  )
}
