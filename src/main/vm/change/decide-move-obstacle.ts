import { isLunPath } from '../../../shared/domain/index.ts'
import { childIn, childrenIn, type EditableElement, parseEditable } from '../../xml/index.ts'

/** No path of a Linux host is longer. */
const PATH_CHARACTERS = 4_096

/** What keeps a machine on its host: its state, or something of the host, would not come along. */
export type MoveObstacle = 'firmware' | 'tpm' | 'device' | 'disk' | 'folder'

/**
 * Why a definition cannot be taken to another host; null: it can. `sharedFolders`: where storage domains are, the same on both hosts. Whole LUNs have
 * the same path wherever they are seen. `along`: files that are copied. Throws XmlError. Pure.
 */
export function decideMoveObstacle(
  xml: string,
  sharedFolders: readonly string[],
  along: readonly string[] = [],
): MoveObstacle | null {
  const { root } = parseEditable(xml)
  const os = childIn(root, 'os')
  const devices = childIn(root, 'devices')
  const variables = childIn(os, 'nvram')
  if (variables !== null && hasPlace(variables) && fileOf(variables) === null) return 'firmware'
  if (childIn(devices, 'tpm') !== null) return 'tpm'
  if (childIn(devices, 'hostdev') !== null) return 'device'
  if (childIn(devices, 'filesystem') !== null) return 'folder'
  const isLocal = childrenIn(devices, 'disk').some((disk) => {
    const { file, dev, dir, pool } = childIn(disk, 'source')?.attributes ?? {}
    const path = file ?? dev ?? dir
    if (pool !== undefined) return true
    if (path === undefined || isLunPath(path)) return false
    if (file !== undefined && along.includes(file)) return false
    return !sharedFolders.some((folder) => path.startsWith(`${folder}/`))
  })
  return isLocal ? 'disk' : null
}

/**
 * The file of a host that has the variables of a machine's UEFI; null: there is none yet, as libvirt makes it at the first start, or it lies in
 * a shared folder. Throws XmlError. Pure.
 */
export function findVariablesFile(xml: string, sharedFolders: readonly string[]): string | null {
  const variables = childIn(childIn(parseEditable(xml).root, 'os'), 'nvram')
  const path = variables === null ? null : fileOf(variables)
  return path === null || sharedFolders.some((folder) => path.startsWith(`${folder}/`)) ? null : path
}

/** Its content, or, since libvirt 8.5, a source of its own. */
function fileOf(variables: EditableElement): string | null {
  const path = childIn(variables, 'source')?.attributes.file ?? variables.text.trim()
  return path.startsWith('/') && path.length <= PATH_CHARACTERS && !path.includes('\0') ? path : null
}

function hasPlace(variables: EditableElement): boolean {
  return childIn(variables, 'source') !== null || variables.text.trim() !== ''
}
