/** A file system as the kernel of a host has it mounted. */
export interface MountFacts {
  readonly mountPoint: string
  readonly fileSystem: string
  readonly source: string
  /** Of the mount and of the file system, separated by commas. */
  readonly options: string
  /** Of NFS: "4.2". */
  readonly version: string | null
  readonly readOnly: boolean
}

const LINES_MAX = 20_000
const TEXT_MAX = 2_000

/** The file system that a path of a host lies in; null: the table does not tell. Format: proc_pid_mountinfo(5). Pure. */
export function findMount(mountinfo: string, path: string): MountFacts | null {
  let best: MountFacts | null = null
  for (const line of mountinfo.split('\n').slice(0, LINES_MAX)) {
    const mount = parseMount(line)
    if (mount === null || !isWithin(path, mount.mountPoint)) continue
    // What was mounted later covers what was there before.
    if (best === null || mount.mountPoint.length >= best.mountPoint.length) best = mount
  }
  return best
}

/** Whether an absolute path is a folder, or lies in it. Pure. */
export function isWithin(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`)
}

function parseMount(line: string): MountFacts | null {
  const [left = '', right = ''] = line.split(' - ', 2)
  const [, , , , mountPoint, ownOptions] = left.split(' ')
  const [fileSystem, source = '', superOptions = ''] = right.split(' ')
  if (mountPoint === undefined || ownOptions === undefined || fileSystem === undefined) return null
  const options = [ownOptions, ...superOptions.split(',').filter((each) => !ownOptions.split(',').includes(each))]
    .filter((each) => each !== '')
    .join(',')
    .slice(0, TEXT_MAX)
  const words = options.split(',')
  const version = words.find((word) => word.startsWith('vers='))?.slice('vers='.length)
  return {
    mountPoint: decodeOctal(mountPoint),
    fileSystem: fileSystem.slice(0, 64),
    source: decodeOctal(source).slice(0, TEXT_MAX),
    options,
    version: version !== undefined && /^\d(\.\d)?$/.test(version) ? version : null,
    readOnly: ownOptions.split(',').includes('ro') || superOptions.split(',').includes('ro'),
  }
}

/** The kernel writes a space, tab, line feed and backslash as three octal digits. */
function decodeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}
