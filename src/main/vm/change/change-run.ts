import type { ParsedInput } from '../../../shared/contract/index.ts'
import { type EditableXml, insertElement, parseEditable, type XmlPart } from '../../xml/index.ts'
import { type BootDevice, osOf, withBootMenu, withBootOrder, withoutChildren } from './boot-order.ts'
import { findDrive, withMedium } from './drive.ts'

/** What one run has other than the definition says; what is left out stays as it is. */
export interface RunChange {
  /** Turns of booting; what is not named does not boot. */
  readonly boot?: readonly BootDevice[] | undefined
  readonly bootMenu?: boolean | undefined
  /** The medium's file; null: an empty drive. */
  readonly mediumPath?: string | null | undefined
  readonly kernel?: ParsedInput<'vm.run-once'>['kernel']
}

/** What a machine lacks for a run that is asked for. */
export interface RunObstacle {
  readonly lacks: BootDevice | 'drive'
}

const KERNEL_ELEMENTS = ['kernel', 'initrd', 'cmdline']

/**
 * A definition with the changes for one run; all else stays as it is, byte for byte. Where the machine has no such device, that.
 * Throws XmlError. Pure.
 */
export function changeRun(xml: string, change: RunChange): { readonly xml: string } | RunObstacle {
  let document = parseEditable(xml)
  if (change.mediumPath !== undefined) {
    const drive = findDrive(document)
    if (drive === null) return { lacks: 'drive' }
    document = withMedium(document, drive, change.mediumPath)
  }
  if (change.boot !== undefined) {
    const ordered = withBootOrder(document, change.boot)
    if (typeof ordered === 'string') return { lacks: ordered }
    document = ordered
  }
  if (change.kernel !== undefined) document = withKernel(document, change.kernel)
  else if (change.boot !== undefined) document = withoutChildren(document, KERNEL_ELEMENTS)
  if (change.bootMenu !== undefined) document = withBootMenu(document, change.bootMenu)
  return { xml: document.text }
}

function withKernel(document: EditableXml, kernel: NonNullable<RunChange['kernel']>): EditableXml {
  const { kernelPath, initrdPath, commandLine } = kernel
  const parts: XmlPart[] = [
    { name: 'kernel', content: kernelPath },
    ...(initrdPath === undefined ? [] : [{ name: 'initrd', content: initrdPath }]),
    ...(commandLine === undefined ? [] : [{ name: 'cmdline', content: commandLine }]),
  ]
  let changed = withoutChildren(document, KERNEL_ELEMENTS)
  for (const part of parts) changed = insertElement(changed, osOf(changed), part)
  return changed
}
