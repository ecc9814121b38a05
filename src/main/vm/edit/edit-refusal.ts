import { AppError } from '../../../shared/errors/index.ts'
import type { BootDevice } from '../change/boot-order.ts'

/** What a definition cannot be given, and why not. */
export type EditRefusal =
  /** The most of it is less than what it is to have. */
  | { readonly refused: 'maximum'; readonly field: 'maxMemoryMiB' | 'maxVcpus' }
  /** Cells say how much there is. */
  | { readonly refused: 'numa'; readonly field: 'memoryMiB' | 'vcpus' }
  | { readonly refused: 'topology'; readonly vcpus: number }
  | { readonly refused: 'firmware'; readonly machineType: string }
  | { readonly refused: 'boot'; readonly lacks: BootDevice }

/** The same for the person who asked. Pure. */
export function toEditError(name: string, refusal: EditRefusal): AppError {
  const about = { subject: name }
  switch (refusal.refused) {
    case 'maximum':
      return new AppError('vm.maximum-too-small', { name, field: refusal.field }, about)
    case 'numa':
      return new AppError('vm.numa-cells', { name, field: refusal.field }, about)
    case 'topology':
      return new AppError('vm.topology-unfit', { name, vcpus: refusal.vcpus }, about)
    case 'firmware':
      return new AppError('vm.firmware-unfit', { name, machineType: refusal.machineType }, about)
    case 'boot':
      return new AppError('vm.lacks-device', { name, device: refusal.lacks }, about)
  }
}
