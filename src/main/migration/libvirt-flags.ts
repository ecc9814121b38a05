/** `virDomainMigrateFlags`: those that are used. */
export const MIGRATE = {
  live: 1,
  persistAtDestination: 8,
  undefineAtSource: 16,
  paused: 32,
  /** Disks are copied along, by QEMU's own network block device. */
  nonSharedDisk: 64,
  /** The source refuses changes of the definition meanwhile. Asked of the source only. */
  changeProtection: 256,
  unsafe: 512,
  compressed: 2_048,
  abortOnError: 4_096,
  autoConverge: 8_192,
  postCopy: 32_768,
  parallel: 131_072,
} as const

/** Of what the source is asked, what the destination is not. */
export const SOURCE_ONLY = MIGRATE.abortOnError | MIGRATE.autoConverge | MIGRATE.changeProtection

/** `VIR_DOMAIN_JOB_STATS_COMPLETED`: of the job that has ended. */
export const JOB_STATS_COMPLETED = 1
/** `VIR_DOMAIN_JOB_NONE`. */
export const JOB_NONE = 0

/** `VIR_DOMAIN_DESTROY_DEFAULT`. */
export const DESTROY_DEFAULT = 0
