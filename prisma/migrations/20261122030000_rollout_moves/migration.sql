-- The phase machine also in the database: no statement moves a rollout otherwise than lib/rollouts/machine does (architecture
-- decision 5). A test compares the two tables, so that neither changes alone.

-- Whether a transition leads from one place to the other. `stays`: the phase is the same; `served`: by how much the version rises.
CREATE FUNCTION phasegate_is_transition(old_state TEXT, old_resume TEXT, new_state TEXT, new_resume TEXT,
                                        stays BOOLEAN, served INTEGER) RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    -- The kill switch and its end keep what is resumed.
    WHEN (old_state = 'halted') <> (new_state = 'halted')
      THEN stays AND served = 0 AND coalesce(old_resume, old_state) = coalesce(new_resume, new_state)
    ELSE (coalesce(old_resume, old_state), coalesce(new_resume, new_state), stays, served) IN (
        ('rolling_back', 'watching', true, 0), ('promoting', 'running', true, 0),
        ('running', 'rolling_back', false, 1), ('awaiting_approval', 'rolling_back', false, 1),
        ('promoting', 'rolling_back', false, 1), ('rolling_back', 'rolling_back', false, 1),
        ('watching', 'rolling_back', false, 1), ('awaiting_canary', 'rolling_back', false, 1),
        ('completed', 'rolling_back', false, 1))
      OR (new_state <> 'halted' AND (old_state, new_state, stays, served) IN (
        ('preparing', 'running', true, 1), ('running', 'awaiting_approval', true, 0),
        ('awaiting_approval', 'running', true, 0), ('awaiting_approval', 'promoting', false, 1),
        ('awaiting_approval', 'completed', true, 0), ('watching', 'awaiting_canary', true, 1),
        ('awaiting_canary', 'running', true, 1), ('awaiting_canary', 'running', false, 1)))
  END
$$;

CREATE FUNCTION phasegate_refuse_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.revision = OLD.revision + 1 AND phasegate_is_transition(OLD.state, OLD.resume_state, NEW.state, NEW.resume_state,
       NEW.phase = OLD.phase, NEW.version - OLD.version) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'rollout %: no transition leads from % % (revision %) to % % (revision %)', OLD.id, OLD.phase, OLD.state,
    OLD.revision, NEW.phase, NEW.state, NEW.revision USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER rollout_moves_by_transition BEFORE UPDATE ON "rollout" FOR EACH ROW
  WHEN ((OLD.phase, OLD.state, OLD.resume_state, OLD.version, OLD.revision)
    IS DISTINCT FROM (NEW.phase, NEW.state, NEW.resume_state, NEW.version, NEW.revision))
  EXECUTE FUNCTION phasegate_refuse_move();

-- What is served changes with a record of who changed it, and why (ROL-7). Looked at when the transaction ends: the record is
-- written after the move. A watch that ends well serves the same and leaves no step.
CREATE FUNCTION phasegate_demand_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF coalesce(OLD.resume_state, OLD.state) = 'watching' AND coalesce(NEW.resume_state, NEW.state) = 'awaiting_canary' THEN
    RETURN NULL;
  END IF;
  IF EXISTS (SELECT 1 FROM phase_change c WHERE c.rollout_id = NEW.id AND c.rollout_version = NEW.version
             AND c.to_phase = NEW.phase) THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'rollout %: version % has no record of its step to %', NEW.id, NEW.version, NEW.phase
    USING ERRCODE = 'check_violation';
END $$;
CREATE CONSTRAINT TRIGGER rollout_step_is_recorded AFTER UPDATE ON "rollout" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.version <> NEW.version) EXECUTE FUNCTION phasegate_demand_change();
