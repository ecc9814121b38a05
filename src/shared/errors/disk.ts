/** Raised about disks and images (`src/main/disk`). `fileName`: as it is called where it comes from, or in its domain. */
export interface DiskErrors {
  // Images from outside.
  /** Its header has QEMU open other files: `names`, separated by commas, "?" for one that is not to be read. */
  'disk.image-refers-elsewhere': { fileName: string; format: string; names: string }
  'disk.image-encrypted': { fileName: string; format: string }
  'disk.image-unsupported': { fileName: string; format: string }
  'disk.image-damaged': { fileName: string; format: string; detail: string }
  'disk.image-too-large': { fileName: string; virtualBytes: number; limitBytes: number }
}
