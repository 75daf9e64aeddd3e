// A collector that runs until it is killed; the parent test reads its first line as the sign that it works.
import { refresh } from './collect.run.ts';
import { NOW_OF_CHILD } from './crash-times.fixture.ts';

process.stdout.write('ready\n');
for (;;) await refresh(NOW_OF_CHILD);
