let hidden: () => string[] = () => []

/** Called where plugins are kept: names of those that are there and do not work. */
export function registerHiddenPlugins(source: () => string[]): void {
  hidden = source
}

/** Whether a plugin is there, or its data are kept, and it does not work. */
export const isHiddenPlugin = (name: string): boolean => hidden().includes(name)

const PAGE = /^\/?plugins\/([^/]+)\//

/** Whether a component of the console belongs to a plugin that does not work: its menus are left out. */
export function isHiddenPage(component: string | null): boolean {
  const [, folder] = PAGE.exec(component ?? '') ?? []
  // The console keeps its pages under the names of its own folders, with _ for -.
  return (
    folder !== undefined && hidden().some((name) => name.replaceAll('-', '_') === folder.replaceAll('-', '_'))
  )
}
