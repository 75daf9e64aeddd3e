const STORED = 'phasegate_shortcuts';

/** Whether single keys mean something; whoever dictates or strays over keys turns them off (WCAG 2.1.4). On at first. */
export function areShortcutsOn(): boolean {
  return localStorage.getItem(STORED) !== 'off';
}

export function turnShortcuts(on: boolean): void {
  if (on) localStorage.removeItem(STORED);
  else localStorage.setItem(STORED, 'off');
}
