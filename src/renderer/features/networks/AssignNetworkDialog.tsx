import { Button, Checkbox, FormGroup } from '@patternfly/react-core'
import { useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  type Cluster,
  type ClusterId,
  NETWORK_ROLES,
  type Network,
  type NetworkId,
  type NetworkRole,
} from '../../../shared/domain/index.ts'
import { FormDialog } from '../../components/dialog/index.ts'
import { useCollection, useDialogCommand, useEntity } from '../../stores/index.ts'

/** Asks what a network is for in a cluster; says from which network a role would move. */
export function AssignNetworkDialog(props: { readonly clusterId: ClusterId; readonly networkId: NetworkId }) {
  const cluster = useEntity('clusters', props.clusterId)
  const network = useEntity('networks', props.networkId)
  return cluster === undefined || network === undefined ? null : <AssignForm cluster={cluster} network={network} />
}

function AssignForm({ cluster, network }: { readonly cluster: Cluster; readonly network: Network }) {
  const { t } = useTranslation()
  const id = useId()
  const assigned = network.clusters.find(({ clusterId }) => clusterId === cluster.id)
  const [roles, setRoles] = useState<readonly NetworkRole[]>(assigned?.roles ?? (network.vmNetwork ? ['vm'] : []))
  const [required, setRequired] = useState(assigned?.required ?? true)
  const attach = useDialogCommand('cluster.attach-network', network.name)
  const detach = useDialogCommand('cluster.detach-network', network.name)
  const holders = useHolders(cluster.id, network.id)
  const key = { clusterId: cluster.id, networkId: network.id }
  const isBusy = attach.isBusy || detach.isBusy
  const toggle = (role: NetworkRole, on: boolean) =>
    setRoles(NETWORK_ROLES.filter((one) => (one === role ? on : roles.includes(one))))
  return (
    <FormDialog
      size="medium"
      title={t('networks:assign.title', { name: network.name, clusterName: cluster.name })}
      label={t(assigned === undefined ? 'networks:assign.attach' : 'common:save')}
      isBusy={isBusy}
      error={attach.error ?? detach.error}
      onSubmit={() => void attach.run({ ...key, roles: [...roles], required })}
    >
      <FormGroup role="group" label={t('networks:label.roles')} fieldId={id} isStack>
        {NETWORK_ROLES.map((role) => {
          const holder = holders.get(role)
          const moves = roles.includes(role) && holder !== undefined
          return (
            <Checkbox
              key={role}
              id={`${id}-${role}`}
              label={t(`networks:role.${role}`)}
              description={moves ? t('networks:assign.moves', { name: holder }) : t(`networks:roleAbout.${role}`)}
              isChecked={roles.includes(role)}
              isDisabled={role === 'vm' && !network.vmNetwork}
              onChange={(_event, on) => toggle(role, on)}
            />
          )
        })}
      </FormGroup>
      <FormGroup role="group" label={t('networks:label.required')} fieldId={`${id}-required`}>
        <Checkbox
          id={`${id}-required`}
          label={t('networks:required')}
          description={t('networks:assign.requiredAbout')}
          isChecked={required}
          onChange={(_event, on) => setRequired(on)}
        />
      </FormGroup>
      {assigned === undefined ? null : (
        <Button variant="secondary" isDanger size="sm" isDisabled={isBusy} onClick={() => void detach.run(key)}>
          {t('networks:assign.detach')}
        </Button>
      )}
    </FormDialog>
  )
}

/** Which other network holds a role in the cluster, by its name. */
function useHolders(clusterId: ClusterId, networkId: NetworkId): ReadonlyMap<NetworkRole, string> {
  const { entities } = useCollection('networks')
  return useMemo(() => {
    const holders = new Map<NetworkRole, string>()
    for (const { id, name, clusters } of entities.values()) {
      if (id === networkId) continue
      for (const one of clusters) {
        if (one.clusterId !== clusterId) continue
        for (const role of one.roles) if (role !== 'vm') holders.set(role, name)
      }
    }
    return holders
  }, [entities, clusterId, networkId])
}
