import type { HostId } from '../../../shared/domain/index.ts'
import { useCollection, useEntity } from '../../stores/index.ts'
import { DownloadForm } from './DownloadDiskDialog.tsx'

/** Asks where a volume of a host's own pool is to be kept on this computer, and fetches it. */
export function DownloadHostVolumeDialog(props: {
  readonly hostId: HostId
  readonly poolId: string
  readonly name: string
}) {
  const { hostId, poolId, name } = props
  const host = useEntity('hosts', hostId)
  const pool = useCollection('host.pools', hostId).entities.get(poolId)
  const volume = pool?.volumes.find((each) => each.name === name)
  if (host === undefined || pool === undefined || volume === undefined) return null
  const cli = `virtdeck download ${name} --host ${host.name} --pool ${pool.name}`
  const source = { hostId, poolId, volume }
  return <DownloadForm name={name} fileName={name} size={volume.capacityBytes} cli={cli} source={source} />
}
