import type { CloudInitSpec } from '../../../shared/domain/index.ts'
import { buildSeedFiles, type SeedMachine } from './cloud-config.ts'
import { buildIsoImage } from './iso-image.ts'

export { hostNameOf, type SeedMachine } from './cloud-config.ts'

/** By which cloud-init knows the drive. */
const SEED_LABEL = 'CIDATA'

/** The image of the drive that cloud-init finds its orders in. It may hold a password's hash. Pure. */
export function buildSeedImage(spec: CloudInitSpec, machine: SeedMachine, madeAt: Date): Uint8Array {
  const files = Object.entries(buildSeedFiles(spec, machine)) as [string, string][]
  return buildIsoImage(
    SEED_LABEL,
    files.map(([name, text]) => ({ name, content: Buffer.from(text, 'utf8') })),
    madeAt,
  )
}
