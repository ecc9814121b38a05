import packageJson from '../../../package.json' with { type: 'json' }

/** Virtdeck's version: what `--version` prints and clients are told. */
export const VERSION: string = packageJson.version
