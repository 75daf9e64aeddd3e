const NEVER_SNIFFED = { 'x-content-type-options': 'nosniff' };

/** Text that is read on while it is sent, and no longer once nobody listens; an error on the way breaks the answer off. */
function streamOf(pieces: AsyncIterator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await pieces.return?.();
    },
  });
}

/** Pieces of text as a file to be saved. A break in the middle shows: the download fails instead of looking whole. */
export function answerFile(pieces: AsyncGenerator<string>, file: { name: string; type: string }): Response {
  return new Response(streamOf(pieces), {
    headers: {
      ...NEVER_SNIFFED,
      'content-type': `${file.type}; charset=utf-8`,
      'content-disposition': `attachment; filename="${file.name}"`,
    },
  });
}

/** What `work` says on its way and what it comes to, one JSON value a line, as they come (NDJSON). */
export function answerLines<T>(work: (say: (line: unknown) => void) => Promise<T>): Response {
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>({
    async start(controller) {
      let open = true;
      const say = (line: unknown) => {
        if (open) controller.enqueue(encoder.encode(`${JSON.stringify(line)}\n`));
      };
      try {
        say(await work(say));
        controller.close();
      } catch (error) {
        open = false;
        controller.error(error);
      }
    },
  });
  return new Response(stream, {
    headers: { ...NEVER_SNIFFED, 'content-type': 'application/x-ndjson; charset=utf-8' },
  });
}
