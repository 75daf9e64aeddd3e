import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { forgetEnv } from '#lib/config/server.ts';
import { inngest } from './client.ts';
import { resumedAtOnce } from './resume-at-once.ts';

const send = vi.spyOn(inngest, 'send');
const release = (outcome: string, resumed: string[]) =>
  resumedAtOnce(async (_: null) => ({ outcome, resumed }))(null);

describe('arming the kill switch again', () => {
  beforeEach(() => {
    vi.stubEnv('INNGEST_EVENT_KEY', 'test');
    forgetEnv();
    send.mockReset().mockResolvedValue({ ids: [] });
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    forgetEnv();
  });

  it('has an overdue rollback looked at at once, not at the next minute [ROL-3, OPS-7]', async () => {
    await release('released', ['autosave']);
    expect(send).toHaveBeenCalledWith(expect.objectContaining({ name: 'phasegate/tend.requested' }));
  });

  it.each([
    ['counted', []],
    ['would_release', ['autosave']],
    ['released', []],
  ])('asks for nothing where nothing goes on: %s %j [OPS-7]', async (outcome, resumed) => {
    await release(outcome, resumed);
    expect(send).not.toHaveBeenCalled();
  });

  it('is done although the engine does not answer [OPS-7]', async () => {
    send.mockRejectedValue(new Error('not there'));
    await expect(release('released', ['autosave'])).resolves.toMatchObject({ outcome: 'released' });
  });
});
