'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Play } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Instant, useNow, useReader } from '#components/clock/clock.tsx';
import { LoadFailed } from '#components/state/load-failed.tsx';
import { Button } from '#components/ui/button.tsx';
import { Section } from '#components/ui/card.tsx';
import { cx } from '#components/ui/cx.ts';
import { EmptyState, Notice, Skeleton } from '#components/ui/notice.tsx';
import { OpeningCell, OpeningRow } from '#components/ui/opening-row.tsx';
import { Cell, HeaderCell, Row, Table, TableHead } from '#components/ui/table.tsx';
import type { JobFunctionView, JobList, JobRunView } from '#lib/dashboard/index.ts';
import { formatSpan, type Locale } from '#lib/i18n/index.ts';
import { cancelJobRun, jobsQuery, queryKeys, RequestFailed, runJob } from '#lib/queries/index.ts';
import { JobStateWord } from './job-state.tsx';
import { useJobName } from './use-job-name.ts';

const ENDED = ['completed', 'failed', 'cancelled'] as const satisfies JobRunView['state'][];

type JobsProps = { mayRun: boolean; mayCancel: boolean; runnerRoles: readonly string[] };
type Outcome = { tone: 'good' | 'bad'; title: string; detail?: string | undefined };

/** The functions behind everything, their runs and steps; run one now, stop one. */
export function JobsScreen({ mayRun, mayCancel, runnerRoles }: JobsProps) {
  const t = useTranslations();
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(jobsQuery());
  const nameOf = useJobName();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const reload = () => client.invalidateQueries({ queryKey: queryKeys.jobs() });
  const failed = (title: string, cause: Error): Outcome => ({
    tone: 'bad',
    title,
    detail: cause instanceof RequestFailed ? cause.detail : undefined,
  });
  const run = useMutation({
    mutationFn: (job: JobFunctionView) => runJob(job.id),
    onSuccess: (_, job) => setOutcome({ tone: 'good', title: t('jobs.runStarted', { name: nameOf(job) }) }),
    onError: (cause, job) => setOutcome(failed(t('jobs.runFailed', { name: nameOf(job) }), cause)),
    onSettled: reload,
  });
  const cancel = useMutation({
    mutationFn: (runId: string) => cancelJobRun(runId),
    onSuccess: () => setOutcome({ tone: 'good', title: t('jobs.cancelled') }),
    onError: (cause) => setOutcome(failed(t('jobs.cancelFailed'), cause)),
    onSettled: reload,
  });
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      <div>
        <h1 className="text-xl font-semibold">{t('jobs.title')}</h1>
        <p className="mt-1 max-w-prose text-sm text-ink-2">{t('jobs.lead')}</p>
      </div>
      {error ? <LoadFailed error={error} retry={refetch} title={t('jobs.failed')} /> : null}
      {outcome ? (
        <Notice tone={outcome.tone} live title={outcome.title}>
          {outcome.detail ? <p lang="en">{outcome.detail}</p> : null}
        </Notice>
      ) : null}
      <Section
        id="functions"
        title={t('jobs.functions')}
        aside={
          mayRun ? null : (
            <span className="text-[13px] text-ink-2">
              {t('jobs.noPermission', { roles: runnerRoles.join(' · ') })}
            </span>
          )
        }
      >
        {data ? (
          <FunctionTable list={data} mayRun={mayRun} running={run.isPending} run={(job) => run.mutate(job)} />
        ) : error ? null : (
          <Skeleton className="m-4 h-40" />
        )}
      </Section>
      <Section id="runs" title={t('jobs.runs')}>
        {data ? (
          <RunTable list={data} mayCancel={mayCancel} cancel={(id) => cancel.mutate(id)} />
        ) : error ? null : (
          <Skeleton className="m-4 h-64" />
        )}
      </Section>
    </div>
  );
}

function FunctionTable({
  list,
  mayRun,
  running,
  run,
}: {
  list: JobList;
  mayRun: boolean;
  running: boolean;
  run: (job: JobFunctionView) => void;
}) {
  const t = useTranslations('jobs');
  const nameOf = useJobName();
  if (list.functions.length === 0)
    return <EmptyState title={t('noFunctions')}>{t('noFunctionsText')}</EmptyState>;
  return (
    <Table caption={t('functionsCaption')} className="max-md:block">
      <TableHead className="max-md:sr-only">
        <HeaderCell>{t('function')}</HeaderCell>
        <HeaderCell>{t('triggers')}</HeaderCell>
        <HeaderCell>{t('lastRun')}</HeaderCell>
        <HeaderCell numeric>{t('duration')}</HeaderCell>
        <HeaderCell>{t('next')}</HeaderCell>
        <HeaderCell>
          <span className="sr-only">{t('run')}</span>
        </HeaderCell>
      </TableHead>
      <tbody className="max-md:block">
        {list.functions.map((job) => (
          <Row key={job.id} className="max-md:relative max-md:block max-md:px-4 max-md:py-3">
            <OpeningCell className="font-medium max-md:mr-28 md:align-middle md:whitespace-nowrap">
              {nameOf(job)}
            </OpeningCell>
            <OpeningCell className="max-md:hidden md:align-middle">
              <span className="flex flex-wrap gap-x-3 font-mono text-xs text-ink-2">
                {job.triggers.map((trigger) => (
                  <span key={`${trigger.kind} ${trigger.value}`} className="whitespace-nowrap">
                    {trigger.kind === 'cron' ? t('cron', { value: trigger.value }) : trigger.value}
                  </span>
                ))}
              </span>
            </OpeningCell>
            <OpeningCell className="max-md:mr-28 md:align-middle">
              {job.lastRun ? (
                <span className="flex flex-wrap items-center gap-x-3">
                  <JobStateWord state={job.lastRun.state} />
                  <span className="text-[13px] text-ink-2">
                    <Instant at={job.lastRun.createdAt} />
                  </span>
                </span>
              ) : (
                <span className="text-ink-2">{t('never')}</span>
              )}
            </OpeningCell>
            <Cell numeric className="max-md:hidden">
              <RunDuration run={job.lastRun} />
            </Cell>
            <OpeningCell
              className={cx('text-[13px] md:align-middle', job.nextAt === null && 'max-md:hidden')}
            >
              <span className="text-ink-2 md:hidden">{t('next')} </span>
              {job.nextAt ? <Instant at={job.nextAt} /> : '—'}
            </OpeningCell>
            <Cell className="text-right max-md:absolute max-md:top-2 max-md:right-0">
              {mayRun ? (
                <Button
                  size="sm"
                  className="max-md:h-11"
                  disabled={running}
                  aria-label={t('runFunction', { name: nameOf(job) })}
                  onClick={() => run(job)}
                >
                  <Play aria-hidden className="size-3.5" />
                  {t('run')}
                </Button>
              ) : null}
            </Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  );
}

function RunTable({
  list,
  mayCancel,
  cancel,
}: {
  list: JobList;
  mayCancel: boolean;
  cancel: (runId: string) => void;
}) {
  const t = useTranslations('jobs');
  const [openId, setOpenId] = useState<string | null>(null);
  const nameOf = useJobName();
  if (list.runs.length === 0) return <EmptyState title={t('noRuns')} />;
  const names = new Map(list.functions.map((job) => [job.id, nameOf(job)]));
  return (
    <Table caption={t('runsCaption')} className="max-md:block">
      <TableHead className="max-md:sr-only">
        <HeaderCell className="w-10">
          <span className="sr-only">{t('steps')}</span>
        </HeaderCell>
        <HeaderCell>{t('function')}</HeaderCell>
        <HeaderCell>{t('state')}</HeaderCell>
        <HeaderCell>{t('started')}</HeaderCell>
        <HeaderCell numeric>{t('duration')}</HeaderCell>
        <HeaderCell numeric>{t('steps')}</HeaderCell>
        <HeaderCell>
          <span className="sr-only">{t('cancel')}</span>
        </HeaderCell>
      </TableHead>
      <tbody className="max-md:block">
        {list.runs.map((run) => {
          const name = names.get(run.functionId) ?? run.functionId;
          const open = openId === run.id;
          const ended = ENDED.some((state) => state === run.state);
          return (
            <OpeningRow
              key={run.id}
              open={open}
              toggle={() => setOpenId(open ? null : run.id)}
              label={t(open ? 'hide' : 'open', { name })}
              columns={7}
              details={<RunDetails run={run} />}
            >
              <OpeningCell className="font-medium md:align-middle md:whitespace-nowrap">{name}</OpeningCell>
              <OpeningCell className="md:align-middle">
                <JobStateWord state={run.state} />
              </OpeningCell>
              <OpeningCell className="text-[13px] max-md:inline-block md:align-middle">
                <Instant at={run.startedAt ?? run.createdAt} />
              </OpeningCell>
              <OpeningCell className="text-ink-2 max-md:ml-3 max-md:inline-block md:text-right md:align-middle md:text-ink">
                <RunDuration run={run} />
              </OpeningCell>
              <Cell numeric className="max-md:hidden">
                {run.steps.length}
              </Cell>
              <OpeningCell className="md:text-right md:align-middle">
                {mayCancel && !ended ? (
                  <Button
                    size="sm"
                    className="max-md:h-11"
                    aria-label={t('cancelRun', { name })}
                    onClick={() => cancel(run.id)}
                  >
                    {t('cancel')}
                  </Button>
                ) : null}
              </OpeningCell>
            </OpeningRow>
          );
        })}
      </tbody>
    </Table>
  );
}

function RunDetails({ run }: { run: JobRunView }) {
  const t = useTranslations('jobs');
  const { locale } = useReader();
  return (
    <div className="grid gap-2 px-3 py-3 text-sm sm:pl-14">
      <p className="flex flex-wrap gap-x-4 text-[13px] text-ink-2">
        <span>
          {t('event')} <span className="font-mono text-ink">{run.eventName}</span>
        </span>
        {run.attempt > 0 ? (
          <span>
            {t('attempt')} {t('attemptN', { n: run.attempt + 1 })}
          </span>
        ) : null}
        <span className="font-mono text-xs">{run.id}</span>
      </p>
      {run.error ? <ErrorText text={run.error} /> : null}
      {run.steps.length === 0 ? (
        <p className="text-[13px] text-ink-2">{t('noSteps')}</p>
      ) : (
        <ol className="grid gap-px overflow-hidden rounded-md border border-line bg-line">
          {run.steps.map((step) => (
            <li
              key={`${step.name} ${step.createdAt}`}
              className="flex flex-wrap items-baseline gap-x-4 gap-y-1 bg-surface px-3 py-2"
            >
              <span className="min-w-40 font-mono text-[13px]">{step.name}</span>
              <JobStateWord state={step.state} />
              {step.attempt > 0 ? (
                <span className="text-[13px] text-ink-2">{t('attemptN', { n: step.attempt + 1 })}</span>
              ) : null}
              <span className="ml-auto text-[13px] text-ink-2 tabular-nums">
                {step.endedAt ? duration(step.createdAt, Date.parse(step.endedAt), locale) : null}
                {!step.endedAt && step.wakeAt ? <Instant at={step.wakeAt} /> : null}
              </span>
              {step.error ? <ErrorText text={step.error} /> : null}
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

function ErrorText({ text }: { text: string }) {
  return (
    <p lang="en" className="w-full font-mono text-xs break-words whitespace-pre-wrap text-bad">
      {text}
    </p>
  );
}

function RunDuration({ run }: { run: JobRunView | null }) {
  const { locale } = useReader();
  const now = useNow();
  if (!run?.startedAt) return <>—</>;
  return <>{duration(run.startedAt, run.endedAt === null ? now : Date.parse(run.endedAt), locale)}</>;
}

const SECOND_MS = 1000;
function duration(from: string, toMs: number, locale: Locale): string {
  const ms = Math.max(0, toMs - Date.parse(from));
  return ms < SECOND_MS ? `${ms} ms` : formatSpan(ms / SECOND_MS, locale);
}
