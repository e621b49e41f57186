const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB']

/** `251.97 GB`: two decimals, steps of 1024. */
export function formatBytes(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1)
  return `${(bytes / 1024 ** step).toFixed(2)} ${UNITS[step]}`
}

/** `2 days 3 hours 7 minutes`: zero parts are left out, seconds are dropped unless nothing else is there to say. */
export function formatDuration(seconds: number): string {
  const whole = Math.floor(seconds)
  const parts = [
    [Math.floor(whole / 86_400), 'days'],
    [Math.floor(whole / 3600) % 24, 'hours'],
    [Math.floor(whole / 60) % 60, 'minutes'],
  ] as const
  const words = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`)
  return words.join(' ') || '0 seconds'
}

/** Rounds to two decimals. */
export const round2 = (value: number): number => Math.round(value * 100) / 100
