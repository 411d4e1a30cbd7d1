package io.factotum.scripts.executor;

/**
 * Where the bytes go that a script prints. Calls come from one thread at a time, any thread; what a call does must not
 * block. Bytes arrive in pieces of any size: a line, even a character, may be split.
 */
public interface OutputSink {

    /** Bytes of its standard output; the array is the caller's again when the call returns. */
    void stdout(byte[] bytes, int offset, int length);

    /** Bytes of its standard error. */
    void stderr(byte[] bytes, int offset, int length);

    /** Forget what has come: everything comes again from the first byte. */
    void restart();

    /**
     * What comes now is not the first that was printed, which is lost. To be called before its first byte.
     *
     * @param note tells a reader so
     */
    default void headLost(byte[] note) {
        stdout(note, 0, note.length);
        stderr(note, 0, note.length);
    }
}
