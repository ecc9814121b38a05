/** What a disk is, for a place that does not tell it by its first bytes. */
export interface DiskFacts {
  readonly format: string
  readonly virtualBytes: number | null
}

export interface NewDisk {
  readonly format: string
  readonly sizeBytes: number
  readonly isPreallocated: boolean
}

/** What is done with the disks of a domain on a host: with files in a folder, or with volumes of a group. Names are those of disks. */
export interface FileScripts {
  make(name: string, sizeBytes: number): string
  remove(...names: readonly string[]): string
  exists(name: string): string
  publish(part: string, name: string, facts: DiskFacts): string
  writeExtents(name: string): string
  hashExtents(name: string): string
  /** Gives it its size, where it has one of its own. */
  truncate(name: string, sizeBytes: number): string
  readTail(name: string, bytes: number, sizeBytes: number): string
  create(name: string, disk: NewDisk): string
  /** Makes room for all that a disk may grow to, where it does not grow by itself. */
  grow(name: string, facts: DiskFacts): string
  /** Makes a disk larger that nothing runs with. */
  resize(name: string, facts: { readonly format: string; readonly virtualBytes: number }): string
  /** Writes down how large a disk is now, where its first bytes do not tell. */
  label(name: string, virtualBytes: number): string
  list(): string
}
