-- A step is written once. What is added later is its proof: what was read back, and when. A proof is final.
CREATE FUNCTION phasegate_refuse_change_but_proof() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  proof_columns CONSTANT TEXT[] := ARRAY['proof', 'proof_attempts', 'proof_details', 'proven_at'];
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.proof <> 'proven' AND (NEW.proof = 'proven') = (NEW.proven_at IS NOT NULL)
     AND to_jsonb(NEW) - proof_columns = to_jsonb(OLD) - proof_columns THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'rows of % are append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

DROP TRIGGER phase_change_append_only ON "phase_change";
CREATE TRIGGER phase_change_append_only BEFORE UPDATE OR DELETE ON "phase_change"
  FOR EACH ROW EXECUTE FUNCTION phasegate_refuse_change_but_proof();
