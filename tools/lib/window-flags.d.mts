export const windowFlags: readonly string[]
