package io.factotum.host.plugin;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What this host offers plugins to be compiled against. */
record HostVersions(Line api, Line vertx) {

    /** A release line: what stands before the patch number. */
    record Line(int major, int minor) {

        private static final Pattern FORM = Pattern.compile("(\\d{1,6})\\.(\\d{1,6})");

        static Optional<Line> parse(String text) {
            Matcher found = FORM.matcher(text);
            return found.matches()
                    ? Optional.of(new Line(Integer.parseInt(found.group(1)), Integer.parseInt(found.group(2))))
                    : Optional.empty();
        }

        static Line startOf(String version) {
            Matcher found = FORM.matcher(version);
            if (!found.lookingAt()) {
                throw new IllegalArgumentException("Cannot read version '%s': no major.minor.".formatted(version));
            }
            return new Line(Integer.parseInt(found.group(1)), Integer.parseInt(found.group(2)));
        }

        @Override
        public String toString() {
            return major + "." + minor;
        }
    }

    /** The line of plugin-api; a test holds it against the build's version. */
    static final Line API = new Line(0, 1);

    private static final String VERTX_VERSION = "META-INF/vertx/vertx-version.txt";

    static HostVersions current() {
        return new HostVersions(API, Line.startOf(vertxVersion()));
    }

    /** Before 1.0 any minor release may break, so only the very same one will do. */
    boolean accepts(Line pluginApi) {
        if (pluginApi.major() != api.major()) {
            return false;
        }
        return api.major() == 0 ? pluginApi.minor() == api.minor() : pluginApi.minor() <= api.minor();
    }

    private static String vertxVersion() {
        try (InputStream in = Vertx.class.getClassLoader().getResourceAsStream(VERTX_VERSION)) {
            if (in == null) {
                throw new IllegalStateException("Cannot find '%s': vertx-core is incomplete.".formatted(VERTX_VERSION));
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
