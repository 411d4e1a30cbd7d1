package io.factotum.scripts;

import io.factotum.scripts.executor.OutputSink;
import java.util.Optional;

/**
 * What is kept of what a script prints: head and tail of both streams, masked, and the result line. Thread-safe:
 * appended to on an engine's thread, read on the plugin's context.
 *
 * <p>However much is printed, it holds no more than twice the limit and two result lines.
 */
final class RunOutput implements OutputSink {

    private static final int LAST_WORDS_BYTES = 4096;

    private final int limit;
    private final ResultLine resultLine = new ResultLine();
    private final HeadAndTail stdout;
    private final HeadAndTail stderr;
    private final MaskedStream maskedStdout;
    private final MaskedStream maskedStderr;
    private long changes;

    /** Both streams as they are shown and stored. */
    record Text(String stdout, String stderr) {}

    /**
     * An empty one.
     *
     * @param limit how many bytes to keep of both streams together
     */
    RunOutput(int limit, SecretMasker masker) {
        this.limit = limit;
        stdout = new HeadAndTail(limit);
        stderr = new HeadAndTail(limit);
        maskedStdout = masker.stream(stdout::append);
        maskedStderr = masker.stream(stderr::append);
    }

    @Override
    public synchronized void stdout(byte[] bytes, int offset, int length) {
        changes++;
        resultLine.append(bytes, offset, length);
        maskedStdout.append(bytes, offset, length);
    }

    @Override
    public synchronized void stderr(byte[] bytes, int offset, int length) {
        changes++;
        maskedStderr.append(bytes, offset, length);
    }

    @Override
    public synchronized void restart() {
        changes++;
        resultLine.reset();
        stdout.clear();
        stderr.clear();
        maskedStdout.reset();
        maskedStderr.reset();
    }

    /** The script has ended: what was held back because it might have become a secret is shown. */
    synchronized void finish() {
        maskedStdout.finish();
        maskedStderr.finish();
    }

    /** Grows whenever something was printed. */
    synchronized long changes() {
        return changes;
    }

    /** The last line of stdout that is not blank, as it was printed: not masked. */
    synchronized Optional<ResultLine.Line> resultLine() {
        return resultLine.find();
    }

    /** Both streams; a small one leaves the other its share. */
    synchronized Text text() {
        int half = limit / 2;
        int forStderr = (int) Math.max(half, limit - Math.min(limit, stdout.total()));
        int forStdout = (int) Math.max(limit - half, limit - Math.min(limit, stderr.total()));
        return new Text(stdout.render(forStdout), stderr.render(forStderr));
    }

    /** The last line with something in it that was printed on stderr, or on stdout if there is none; or empty. */
    synchronized String lastWords() {
        int few = Math.min(limit, LAST_WORDS_BYTES);
        String fromStderr = lastLine(stderr.render(few));
        return fromStderr.isEmpty() ? lastLine(stdout.render(few)) : fromStderr;
    }

    private static String lastLine(String text) {
        String stripped = text.strip();
        return stripped.substring(stripped.lastIndexOf('\n') + 1).strip();
    }
}
