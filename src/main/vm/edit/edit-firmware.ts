import type { VmDefinitionEdit } from '../../../shared/domain/index.ts'
import { childIn, type EditableXml, insertElement, setAttribute } from '../../xml/index.ts'
import { osOf, withoutChildren } from '../change/boot-order.ts'
import { firmwareFeatures } from '../definition/index.ts'
import type { EditRefusal } from './edit-refusal.ts'

type FirmwareKind = NonNullable<VmDefinitionEdit['firmware']>

/**
 * The document with another firmware, whose image libvirt chooses; what belongs to the former one goes with it.
 * https://libvirt.org/formatdomain.html#bios-bootloader. Pure.
 */
export function editFirmware(document: EditableXml, kind: FirmwareKind): EditableXml | EditRefusal {
  const { arch = '', machine = '' } = childIn(osOf(document), 'type')?.attributes ?? {}
  if (arch !== 'x86_64') return { refused: 'firmware', machineType: machine }
  const isSecure = kind === 'uefi-secure'
  // Only Q35 has the system management mode that keeps the variables out of the guest's reach.
  if (isSecure && !machine.includes('q35')) return { refused: 'firmware', machineType: machine }
  const bare = withoutChildren(document, ['loader', 'nvram', 'firmware'])
  const changed = setAttribute(bare, osOf(bare), 'firmware', kind === 'bios' ? null : 'efi')
  if (kind === 'bios') return changed
  const after = childIn(osOf(changed), 'type')
  const part = { name: 'firmware', content: firmwareFeatures(isSecure) }
  const chosen = insertElement(changed, osOf(changed), part, after === null ? undefined : { after })
  return isSecure ? withManagementMode(chosen) : chosen
}

function withManagementMode(document: EditableXml): EditableXml {
  const features = childIn(document.root, 'features')
  const part = { name: 'smm', attributes: { state: 'on' } }
  if (features === null) return insertElement(document, document.root, { name: 'features', content: [part] })
  const smm = childIn(features, 'smm')
  return smm === null ? insertElement(document, features, part) : setAttribute(document, smm, 'state', 'on')
}
