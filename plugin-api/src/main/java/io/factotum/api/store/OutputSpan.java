package io.factotum.api.store;

/**
 * Where a stored {@link OutputChunk} stands in the output of its run, and how many bytes of it are kept.
 *
 * @param stdoutEnd how many bytes of standard output had come with it
 * @param stdoutKept 0 if they are left out
 */
public record OutputSpan(
        long seq, long stdoutAt, long stdoutEnd, int stdoutKept, long stderrAt, long stderrEnd, int stderrKept) {}
