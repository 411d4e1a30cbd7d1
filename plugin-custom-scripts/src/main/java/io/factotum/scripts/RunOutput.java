package io.factotum.scripts;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.factotum.api.store.OutputSpan;
import io.factotum.api.store.OutputUpdate;
import io.factotum.scripts.executor.OutputSink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a script prints on its way to the store: declarations of secrets taken out, the result line found, the rest
 * masked. Thread-safe: appended to on an engine's thread, read on the plugin's context.
 *
 * <p>However much is printed, it holds no more than the limit and one result line, and of the output only what is not
 * stored yet.
 */
final class RunOutput implements OutputSink {

    /** Of all values that a script declares together. */
    static final int MAX_DECLARED = 4096;

    /** Of the output and the result line together: less than 2 MiB with what is on its way to the database. */
    private static final int MEMORY = 13 << 17;

    /** By how much an engine may tell of one stream later than of the other. */
    private static final Duration SETTLING = Duration.ofMillis(200);

    private static final int LAST_WORDS_BYTES = 4096;
    private static final byte[] TOO_SHORT =
            "[a value with fewer than %d characters was declared secret; it is not masked]\n"
                    .formatted(SecretForms.MIN_LENGTH)
                    .getBytes(UTF_8);
    private static final byte[] TOO_MUCH =
            "[more was declared secret than can be masked, %d characters; nothing is shown from here on]\n"
                    .formatted(MAX_DECLARED)
                    .getBytes(UTF_8);

    private final int limit;
    private final ResultLine resultLine = new ResultLine();
    private final OutputLog log;
    private final Stream stdout;
    private final Stream stderr;
    private final Settling settling;
    private final SecretMasker secrets;
    private final Set<String> everDeclared = new LinkedHashSet<>();
    private boolean hiding;

    /** One of the two, from what is printed to what is kept. */
    private final class Stream {

        private final int number;
        private final DeclarationFilter filter;
        private final MaskedStream masked;
        private final LastBytes last = new LastBytes(LAST_WORDS_BYTES);

        /** On this stream before what is passed on now, or on the other one by now. */
        private final Set<String> declared = new LinkedHashSet<>();

        private SecretMasker masker = secrets;

        Stream(int number, @Nullable ResultLine line) {
            this.number = number;
            masked = secrets.stream(this::show);
            filter = new DeclarationFilter(
                    (bytes, offset, length) -> {
                        if (line != null) {
                            line.append(bytes, offset, length);
                        }
                        settling.append(this::settled, bytes, offset, length);
                    },
                    value -> declare(this, value));
        }

        private void settled(byte[] bytes, int offset, int length) {
            if (!hiding) {
                masked.append(bytes, offset, length);
            }
        }

        private void show(byte[] bytes, int offset, int length) {
            last.append(bytes, offset, length);
            log.reserve(Math.min(limit / 2, Math.max(0, resultLine.size() + Math.min(limit, 1 << 20) - MEMORY)));
            log.append(number, bytes, offset, length);
        }

        void reset() {
            filter.reset();
            masked.reset();
            last.clear();
            declared.clear();
            use(secrets);
        }

        void declared(Collection<String> values) {
            if (declared.addAll(values)) {
                Stream other = this == stdout ? stderr : stdout;
                use(declared.equals(other.declared) ? other.masker : secrets.and(declared));
            }
        }

        private void use(SecretMasker now) {
            if (now != masker) {
                masker = now;
                masked.use(now.patterns());
            }
        }
    }

    /**
     * An empty one.
     *
     * @param limit how many bytes to keep of both streams together
     */
    RunOutput(int limit, SecretMasker secrets) {
        this(limit, secrets, SETTLING, System::nanoTime);
    }

    /** The same with another clock, and another time for which what is printed is kept back. */
    RunOutput(int limit, SecretMasker secrets, Duration time, LongSupplier nanoTime) {
        this.settling = new Settling(time, nanoTime);
        this.limit = limit;
        this.secrets = secrets;
        log = new OutputLog(limit);
        stdout = new Stream(OutputLog.STDOUT, resultLine);
        stderr = new Stream(OutputLog.STDERR, null);
    }

    @Override
    public synchronized void stdout(byte[] bytes, int offset, int length) {
        stdout.filter.append(bytes, offset, length);
    }

    @Override
    public synchronized void stderr(byte[] bytes, int offset, int length) {
        stderr.filter.append(bytes, offset, length);
    }

    /** What comes again is masked as it was the first time: a value not before it is declared. */
    @Override
    public synchronized void restart() {
        hiding = false;
        resultLine.reset();
        settling.reset();
        stdout.reset();
        stderr.reset();
        log.restart();
    }

    @Override
    public synchronized void headLost(byte[] note) {
        log.headLost();
        // Their declarations may have been in the head.
        stdout.declared(everDeclared);
        stderr.declared(everDeclared);
        OutputSink.super.headLost(note);
    }

    /** Goes on after what is stored of the run, see {@link OutputLog#resume}. */
    synchronized void resume(List<OutputSpan> stored, boolean sameScript) {
        log.resume(stored, sameScript);
    }

    /** The script has ended: what was held back because it might have become a secret is shown. */
    synchronized void finish() {
        stdout.filter.finish();
        stderr.filter.finish();
        settling.passAll();
        if (!hiding) {
            stdout.masked.finish();
            stderr.masked.finish();
        }
    }

    /** What is to be stored next; to be followed by {@link #saved} or {@link #notSaved}. */
    synchronized OutputUpdate toSave() {
        settling.passSettled();
        return log.toSave();
    }

    synchronized void saved() {
        log.saved();
    }

    synchronized void notSaved(OutputUpdate update) {
        log.notSaved(update);
    }

    /** The last line of stdout that is not blank, as it was printed: not masked. */
    synchronized Optional<ResultLine.Line> resultLine() {
        return resultLine.find();
    }

    /** Of the offering's secrets and of what the script has declared. */
    synchronized SecretMasker masker() {
        return secrets.and(everDeclared);
    }

    /** For messages: of a script that has declared more than can be masked they quote nothing. */
    synchronized SecretMasker quoteMasker() {
        return hiding ? SecretMasker.hiding() : masker();
    }

    /** The last line with something in it that was printed on stderr, or on stdout if there is none; or empty. */
    synchronized String lastWords() {
        String fromStderr = stderr.last.lastLine();
        return fromStderr.isEmpty() ? stdout.last.lastLine() : fromStderr;
    }

    private void declare(Stream on, String value) {
        if (value.strip().length() < SecretForms.MIN_LENGTH) {
            note(on, value.isBlank() ? new byte[0] : TOO_SHORT);
            return;
        }
        Set<String> with = new LinkedHashSet<>(everDeclared);
        with.add(value);
        // Programs print line by line, and so a line of a value is as secret as all of it.
        value.lines()
                .filter(line -> line.strip().length() >= SecretForms.MIN_LENGTH)
                .forEach(with::add);
        if (with.stream().mapToInt(String::length).sum() > 2 * MAX_DECLARED || value.length() > MAX_DECLARED) {
            note(on, TOO_MUCH);
            settling.passAll();
            hiding = true;
            return;
        }
        everDeclared.addAll(with);
        List<String> values = new ArrayList<>(List.of(value));
        value.lines().filter(with::contains).forEach(values::add);
        // What was printed on the other stream by now may have been printed after it, and here it was printed before.
        (on == stdout ? stderr : stdout).declared(values);
        settling.then(() -> on.declared(values));
    }

    private void note(Stream on, byte[] words) {
        settling.append(on::settled, words, 0, words.length);
    }
}
