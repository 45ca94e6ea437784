-- Why: the journal as a table of step runs, for questions in SQL, checks and reports. The API folds the journal itself.
-- Runs in: < 1 s on any size (a function and a view). Safe while the old version runs: yes.

-- PostgreSQL cannot take U+0000 or half a surrogate pair out of JSON, which the journal may hold as escapes: shown as U+FFFD.
-- An escape is only one after an even number of backslashes.
create function readable_json(data text) returns json
  language sql immutable strict parallel safe
  return case
    when position('\u' in data) = 0 then data::json
    else regexp_replace(data, '(?<!\\)((?:\\\\)*)\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})', '\1\\ufffd', 'g')::json
  end;

create view workflow_steps with (security_invoker = true) as
select execution_id,
       step_id,
       path,
       round,
       (array_agg(case kind
          when 'begun' then 'EXECUTING' when 'retrying' then 'QUEUED' when 'succeeded' then 'SUCCESS'
          when 'failed' then 'FAILED' when 'skipped' then 'SKIPPED' end order by seq desc, position desc))[1] as status,
       max(attempt) as attempt,
       coalesce(min(at) filter (where kind = 'begun'), min(at) filter (where kind <> 'skipped')) as started_at,
       max(at) filter (where kind in ('succeeded', 'failed', 'skipped')) as finished_at,
       (array_agg(error ->> 'code' order by seq desc, position desc))[1] as error_code,
       (array_agg(error ->> 'message' order by seq desc, position desc))[1] as error_message
  from (select x.execution_id,
               x.seq,
               e.position,
               e.body ->> 'e' as kind,
               e.body ->> 's' as step_id,
               coalesce(e.body ->> 'p', '') as path,
               coalesce((e.body ->> 'r')::int, 0) as round,
               case when e.body ->> 'e' = 'begun' then coalesce((e.body ->> 'a')::int, 1) end as attempt,
               to_timestamp((e.body ->> 'at')::float8 / 1000) as at,
               e.body -> 'err' as error
          from execution_events x
         cross join lateral json_array_elements(readable_json(x.data)) with ordinality as e (body, position)) event
 where kind in ('begun', 'retrying', 'succeeded', 'failed', 'skipped')
 group by execution_id, step_id, path, round;

grant select on workflow_steps to cloudflow_app, cloudflow_engine;
