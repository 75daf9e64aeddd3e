import { inTransaction } from '#lib/database/server.ts';
import { enqueueMessage } from '#lib/outbox/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { loadAnnouncementFacts } from './announcement.store.ts';
import { announcementsOf } from './announcements-of.ts';
import { openThread } from './open-thread.store.ts';

/**
 * Writes the messages that a cycle asks for (REP-4): once each, however often a cycle is reported. Returns how many are new.
 */
export async function announceCycle(now: Date): Promise<number> {
  const { policy } = await loadPolicy();
  return inTransaction(async (tx) => {
    let written = 0;
    for (const facts of await loadAnnouncementFacts(tx, policy, { now })) {
      const announcements = announcementsOf(facts);
      const thread = announcements.length > 0 ? await openThread(tx, facts.rollout.id) : {};
      for (const announcement of announcements)
        if ((await enqueueMessage(tx, policy, { ...announcement, ...thread, at: now })) !== null)
          written += 1;
    }
    return written;
  });
}
