import type { WireError } from '../../../shared/errors/index.ts'

/** Asks whether commands of ssh_config may be run. */
export const UNCONFIRMED = 'ssh.config-commands-unconfirmed'

/** The digests of the commands that an error asks about; none for any other error. */
export function askedDigests(error: WireError | null): readonly string[] {
  return error?.code === UNCONFIRMED ? String(error.params.digests).split(',') : []
}
