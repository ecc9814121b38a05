/**
 * Whether something is asked for by a list's flags (`virConnectListAll…Flags`): flags come in groups that exclude each other, and a
 * group of which none is set asks for all. Pure.
 */
export function isListed(flags: number, groups: readonly (readonly [flag: number, holds: boolean])[][]): boolean {
  return groups.every((group) => {
    const asked = group.filter(([flag]) => (flags & flag) !== 0)
    return asked.length === 0 || asked.some(([, holds]) => holds)
  })
}
