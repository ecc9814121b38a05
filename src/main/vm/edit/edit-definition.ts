import type { VmDefinitionEdit } from '../../../shared/domain/index.ts'
import { childIn, type EditableXml, insertElement, parseEditable, removeElement, setText } from '../../xml/index.ts'
import { withBootMenu, withBootOrder } from '../change/boot-order.ts'
import { editFirmware } from './edit-firmware.ts'
import type { EditRefusal } from './edit-refusal.ts'
import { editGraphics, editVideo } from './edit-screen.ts'
import { editMemory, editProcessors } from './edit-sizes.ts'
import { type DefinitionSettings, readSettings } from './read-settings.ts'

/**
 * A definition with some of its settings changed; all else stays as it is, byte for byte. Where nothing would be another one, the same
 * text. Throws XmlError. Pure.
 */
export function editDefinition(xml: string, edit: VmDefinitionEdit): { readonly xml: string } | EditRefusal {
  const before = readSettings(xml)
  let document = parseEditable(xml)
  for (const change of CHANGES) {
    const changed = change(document, before, edit)
    if ('refused' in changed) return changed
    document = changed
  }
  return { xml: document.text }
}

type Change = (document: EditableXml, before: DefinitionSettings, edit: VmDefinitionEdit) => EditableXml | EditRefusal

const CHANGES: readonly Change[] = [
  (document, _before, { title }) => (title === undefined ? document : withText(document, 'title', title)),
  (document, _before, { description }) =>
    description === undefined ? document : withText(document, 'description', description),
  (document, before, edit) =>
    edit.memoryMiB === undefined && edit.maxMemoryMiB === undefined ? document : editMemory(document, before, edit),
  (document, before, edit) =>
    edit.vcpus === undefined && edit.maxVcpus === undefined && edit.topology === undefined
      ? document
      : editProcessors(document, before, edit),
  (document, before, { boot }) => {
    if (boot === undefined || boot.join() === before.boot.join()) return document
    const ordered = withBootOrder(document, boot)
    return typeof ordered === 'string' ? { refused: 'boot', lacks: ordered } : ordered
  },
  (document, before, { bootMenu = before.bootMenu }) =>
    bootMenu === before.bootMenu ? document : withBootMenu(document, bootMenu),
  (document, before, { firmware }) =>
    firmware === undefined || firmware === before.firmware ? document : editFirmware(document, firmware),
  (document, before, { graphics }) =>
    graphics === undefined || graphics === before.graphics ? document : editGraphics(document, graphics),
  (document, before, { video }) =>
    video === undefined || video === before.video ? document : editVideo(document, video),
]

/** Behind what says who it is, where libvirt has them. */
const BEFORE_TEXTS = { title: ['genid', 'uuid', 'name'], description: ['title', 'genid', 'uuid', 'name'] } as const

function withText(document: EditableXml, name: keyof typeof BEFORE_TEXTS, text: string): EditableXml {
  const there = childIn(document.root, name)
  if (there !== null) return text === '' ? removeElement(document, there) : setText(document, there, text)
  if (text === '') return document
  const after = BEFORE_TEXTS[name].map((each) => childIn(document.root, each)).find((each) => each !== null)
  const place = after === undefined || after === null ? undefined : { after }
  return insertElement(document, document.root, { name, content: text }, place)
}
