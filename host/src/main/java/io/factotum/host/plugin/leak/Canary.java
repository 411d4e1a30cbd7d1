package io.factotum.host.plugin.leak;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.util.Objects;

/**
 * A class loader that nobody holds, with a class of its own. Once it is gone, a collection has run that takes class
 * loaders, so that another which was unreachable at its making must be gone too. This tells a leak from a host that had
 * no need to collect, and forces no collection.
 */
final class Canary {

    /** What the loader defines. */
    static final class Song {
        private Song() {}
    }

    private static final class Cage extends ClassLoader {
        private Cage(byte[] song) {
            super("canary", null);
            defineClass(Song.class.getName(), song, 0, song.length);
        }
    }

    private final WeakReference<ClassLoader> cage;

    private Canary(WeakReference<ClassLoader> cage) {
        this.cage = cage;
    }

    static Canary inACage() {
        return new Canary(new WeakReference<>(new Cage(song())));
    }

    boolean isGone() {
        return cage.refersTo(null);
    }

    private static byte[] song() {
        try (InputStream in = Objects.requireNonNull(Canary.class.getResourceAsStream("Canary$Song.class"))) {
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
