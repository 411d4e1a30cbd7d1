package io.factotum.api.store;

import java.util.List;

/**
 * What is new in the output of a run, and what is no longer kept of it.
 *
 * @param firstSeq all that is stored under an earlier one is forgotten, as it was printed by an earlier attempt
 * @param chunks new ones, and ones that have grown
 * @param withoutStdout stored chunks whose standard output is left out from now on; none of {@code chunks}
 * @param withoutStderr likewise
 */
public record OutputUpdate(
        long firstSeq, List<OutputChunk> chunks, List<Long> withoutStdout, List<Long> withoutStderr) {

    /** Copies the lists. */
    public OutputUpdate {
        chunks = List.copyOf(chunks);
        withoutStdout = List.copyOf(withoutStdout);
        withoutStderr = List.copyOf(withoutStderr);
    }

    /** That one alone. */
    public static OutputUpdate of(OutputChunk chunk) {
        return new OutputUpdate(chunk.seq(), List.of(chunk), List.of(), List.of());
    }

    /** Whether there is nothing to do. */
    public boolean isEmpty() {
        return chunks.isEmpty() && withoutStdout.isEmpty() && withoutStderr.isEmpty();
    }
}
