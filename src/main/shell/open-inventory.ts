import { type Inventory, openInventory, type SecretCipher } from '../inventory/index.ts'

export interface ShellInventoryOptions {
  /** The folder of the inventory; made when it is not there. */
  readonly dataDir: string
  readonly log: { error(details: object, message: string): void }
  /** How secrets are kept. Default: AES-256-GCM with a key file in the folder. */
  readonly cipher?: SecretCipher
}

/** Opens the inventory for an engine of this process. Errors: those of `openInventory`. */
export function openShellInventory({ dataDir, log, cipher }: ShellInventoryOptions): Promise<Inventory> {
  return openInventory({
    dataDir,
    clock: { now: Date.now, monotonicMs: () => performance.now() },
    onBackupFailed: (error) => log.error({ err: error }, 'the daily backup of the inventory failed'),
    ...(cipher === undefined ? {} : { cipher }),
  })
}
