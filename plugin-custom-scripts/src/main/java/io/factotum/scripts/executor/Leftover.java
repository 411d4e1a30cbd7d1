package io.factotum.scripts.executor;

import java.time.Instant;
import java.util.UUID;

/** Something in the engine that carries this installation's label. */
public record Leftover(UUID runId, Instant createdAt) {}
