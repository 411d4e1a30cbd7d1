package io.factotum.host.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Reads every entry of a zip file and compares length and checksum, which ZipFile itself does not. On all cores: it is the
 * most of what taking a jar over costs.
 */
final class EntryCheck {

    private static final int BUFFER_SIZE = 64 * 1024;
    private static final int TAKEN_AT_ONCE = 16;

    private final ZipFile zip;
    private final AtomicLong left;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicReference<@Nullable IOException> broken = new AtomicReference<>();
    private final AtomicReference<@Nullable String> tooLarge = new AtomicReference<>();

    private EntryCheck(ZipFile zip, long most) {
        this.zip = zip;
        this.left = new AtomicLong(most);
    }

    /**
     * Blocks.
     *
     * @return the entry at which it has unpacked to more bytes than that, if it does
     * @throws IOException if one cannot be read, or is not what the zip file's directory says
     */
    static Optional<String> run(ZipFile zip, List<? extends ZipEntry> entries, long most) throws IOException {
        EntryCheck check = new EntryCheck(zip, most);
        IntStream.range(0, Runtime.getRuntime().availableProcessors())
                .parallel()
                .forEach(reader -> check.readAll(entries));
        IOException broken = check.broken.get();
        if (broken != null) {
            throw broken;
        }
        return Optional.ofNullable(check.tooLarge.get());
    }

    // Each reader takes some as it is done with others, so that all are done at once.
    private void readAll(List<? extends ZipEntry> entries) {
        byte[] buffer = new byte[BUFFER_SIZE];
        try {
            for (int first = take(); first < entries.size() && isGood(); first = take()) {
                for (ZipEntry entry : entries.subList(first, Math.min(first + TAKEN_AT_ONCE, entries.size()))) {
                    read(entry, buffer);
                }
            }
        } catch (IOException failed) {
            broken.compareAndSet(null, failed);
        }
    }

    private int take() {
        return next.getAndAdd(TAKEN_AT_ONCE);
    }

    private boolean isGood() {
        return broken.get() == null && tooLarge.get() == null;
    }

    private void read(ZipEntry entry, byte[] buffer) throws IOException {
        CRC32 checksum = new CRC32();
        long length = 0;
        try (InputStream in = zip.getInputStream(entry)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                checksum.update(buffer, 0, n);
                length += n;
                if (left.addAndGet(-n) < 0) {
                    tooLarge.compareAndSet(null, entry.getName());
                    return;
                }
            }
        }
        if (length != entry.getSize() || checksum.getValue() != entry.getCrc()) {
            throw new ZipException("entry " + entry.getName() + " does not match its checksum");
        }
    }
}
