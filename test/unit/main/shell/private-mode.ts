/** What `stat` says of a file that its user alone may read. On Windows the folder's rights decide, and `stat` knows none. */
export const PRIVATE_MODE = process.platform === 'win32' ? 0o666 : 0o600
