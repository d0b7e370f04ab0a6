// The coordinator's clock: milliseconds since 1970 that never jump back while the process lives.

export const now = (): number => performance.timeOrigin + performance.now()
