import type { MachineDefinitions } from '../disk/index.ts'
import { inactiveXmlOf, liveXmlOf } from './change/domain-xml.ts'
import type { DefinitionWriter } from './edit/definition-writer.ts'

/** The definitions of machines, as features that work on their disks read and change them. */
export function createMachineDefinitions({
  writeDefinition,
  changeOwn,
  expectChange,
}: DefinitionWriter): MachineDefinitions {
  return {
    stored: inactiveXmlOf,
    running: liveXmlOf,
    write: writeDefinition,
    changing: async (asked, command, vm, change) => {
      const ended = expectChange({ ...asked, input: { vmId: vm.id } }, command)
      try {
        return await changeOwn(vm, change)
      } finally {
        ended()
      }
    },
  }
}
