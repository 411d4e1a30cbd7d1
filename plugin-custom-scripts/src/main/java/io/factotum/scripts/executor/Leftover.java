package io.factotum.scripts.executor;

import java.time.Instant;

/** Something in the engine that carries this installation's label. */
public record Leftover(RunTry runTry, Instant createdAt) {}
