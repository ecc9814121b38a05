import { childIn, childrenIn, parseEditable } from '../../xml/index.ts'

/** What keeps a machine on its host: its state, or something of the host, would not come along. */
export type MoveObstacle = 'firmware' | 'tpm' | 'device' | 'disk' | 'folder'

/**
 * Why a definition cannot be taken to another host; null: it can. `sharedFolders`: where storage domains are, the same on both hosts.
 * Throws XmlError. Pure.
 */
export function decideMoveObstacle(xml: string, sharedFolders: readonly string[]): MoveObstacle | null {
  const { root } = parseEditable(xml)
  const os = childIn(root, 'os')
  const devices = childIn(root, 'devices')
  // libvirt chooses the file of the firmware's variables at the first start, also where the definition does not name it yet.
  const loader = childIn(os, 'loader')
  const isUefi = os?.attributes.firmware === 'efi' || loader?.attributes.type === 'pflash'
  if (isUefi || childIn(os, 'nvram') !== null) return 'firmware'
  if (childIn(devices, 'tpm') !== null) return 'tpm'
  if (childIn(devices, 'hostdev') !== null) return 'device'
  if (childIn(devices, 'filesystem') !== null) return 'folder'
  const isLocal = childrenIn(devices, 'disk').some((disk) => {
    const { file, dev, dir, pool } = childIn(disk, 'source')?.attributes ?? {}
    const path = file ?? dev ?? dir
    if (pool !== undefined) return true
    return path !== undefined && !sharedFolders.some((folder) => path.startsWith(`${folder}/`))
  })
  return isLocal ? 'disk' : null
}
