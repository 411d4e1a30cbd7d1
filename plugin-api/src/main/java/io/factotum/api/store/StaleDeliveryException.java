package io.factotum.api.store;

import java.util.UUID;

/** A delivery of a run that no longer counts: another one has taken the run over, or the run was canceled. */
public final class StaleDeliveryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final UUID runId;

    /** A stale delivery of that run. */
    public StaleDeliveryException(UUID runId) {
        super("Cannot begin run '%s': it was canceled, or another host has taken it over. Nothing was started."
                .formatted(runId));
        this.runId = runId;
    }

    /** The run. */
    public UUID runId() {
        return runId;
    }
}
