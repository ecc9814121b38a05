/**
 * Whether something is about one of these: by its own id, or as what was done on one of these hosts. None asks for all. Pure.
 */
export function isAbout(
  ids: readonly string[],
  subjectId: string,
  hostIds: readonly (string | null | undefined)[],
): boolean {
  return (
    ids.length === 0 ||
    ids.includes(subjectId) ||
    hostIds.some((hostId) => hostId !== null && hostId !== undefined && ids.includes(hostId))
  )
}
