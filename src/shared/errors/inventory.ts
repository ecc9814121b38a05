/** Raised by the inventory database and the secret store (`src/main/inventory`). */
export interface InventoryErrors {
  'inventory.schema-newer': { path: string; schemaVersion: number; supportedVersion: number }
  'inventory.in-use': { path: string; pid: number }
  'inventory.corrupt': { path: string; detail: string; backup: string }
  'inventory.folder-unusable': { path: string; reason: string }
  /** Nothing more can be written there; quotas are not in `freeBytes`. */
  'inventory.disk-full': { path: string; freeBytes: number }
  'inventory.migration-failed': { path: string; migration: string; backup: string }
  'inventory.write-failed': { path: string; reason: string }
  'secrets.unreadable': { path: string }
  'secrets.unavailable': { reason: string }
}
