package io.factotum.host.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;

/** A host's directory: its configuration, its data, and one that its scripts share with the tests. */
final class Installation {

    /** A variable of this name marks all that was begun by scripts of one installation. */
    static final String MARK = "TEST_INSTALLATION";

    private final Path home;
    private final Where where;
    private final String mark = UUID.randomUUID().toString();
    private final Map<String, String> settings = new TreeMap<>();
    private final Map<String, String> plugins = new TreeMap<>();
    private String pluginSettings = "";
    private Set<String> containersBefore = Set.of();

    Installation(Path home, Where where) {
        this.home = home;
        this.where = where;
        settings.put("http.port", "0");
        settings.put("plugins.directory", Repository.PLUGINS.toString());
        settings.put("plugins.poll", "PT0.2S");
        settings.put("plugins.allow-processes", String.valueOf(where == Where.PROCESS));
        settings.put("offerings.directory", Repository.OFFERINGS.toString());
        settings.put("lifecycle.look", "PT0.5S");
        settings.put("lifecycle.lease", "PT6S");
        settings.put("lifecycle.retry-delay", "PT0.5S");
        settings.put("lifecycle.retry-delay-max", "PT1S");
    }

    /** Another value of a setting of the host. */
    Installation with(String key, String value) {
        settings.put(key, value);
        return this;
    }

    /** Further lines of the plugin's configuration. */
    Installation withPluginSettings(String yaml) {
        pluginSettings = yaml;
        return this;
    }

    /** The configuration of another plugin. */
    Installation withPlugin(String id, String yaml) {
        plugins.put(id, yaml);
        return this;
    }

    /** Writes it all down. */
    Installation make() {
        containersBefore = where == Where.DOCKER ? Engine.containers() : Set.of();
        try {
            Files.createDirectories(home.resolve("conf/plugins"));
            Files.createDirectories(shared());
            // Scripts in containers are another user than the tests.
            Files.setPosixFilePermissions(shared(), PosixFilePermissions.fromString("rwxrwxrwx"));
            Files.writeString(config(), nested(settings));
            Files.writeString(
                    home.resolve("conf/plugins/custom-scripts.yaml"), where.configuration(shared()) + pluginSettings);
            for (Map.Entry<String, String> plugin : plugins.entrySet()) {
                Files.writeString(home.resolve("conf/plugins/" + plugin.getKey() + ".yaml"), plugin.getValue());
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return this;
    }

    private static String nested(Map<String, String> settings) {
        Map<String, StringBuilder> sections = new TreeMap<>();
        settings.forEach((key, value) -> {
            String[] parts = key.split("\\.", 2);
            sections.computeIfAbsent(parts[0], section -> new StringBuilder(section + ":\n"))
                    .append("  %s: %s\n".formatted(parts[1], value));
        });
        return String.join("", sections.values());
    }

    Path home() {
        return home;
    }

    Path config() {
        return home.resolve("host.yaml");
    }

    Path data() {
        return home.resolve("data");
    }

    Path shared() {
        return home.resolve("shared");
    }

    Where where() {
        return where;
    }

    String mark() {
        return mark;
    }

    /** How often the script of that run has begun. */
    int begun(String run) {
        return lines(shared().resolve(hex(run) + ".begun"));
    }

    /** How often the script of that run has come to its end. */
    int ended(String run) {
        return lines(shared().resolve(hex(run) + ".ended"));
    }

    /** Lets the script of that run go on, which waits for it. */
    void letGo(String run) {
        try {
            Files.createFile(shared().resolve(hex(run) + ".go"));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String hex(String uuid) {
        return uuid.replace("-", "");
    }

    private static int lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file).size() : 0;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Containers and processes that scripts of this installation have left behind. */
    Set<String> leftovers() {
        Set<String> left = new TreeSet<>(processes());
        if (where == Where.DOCKER) {
            left.addAll(containers());
        }
        return left;
    }

    private Set<String> containers() {
        Set<String> now = Engine.containers();
        now.removeAll(containersBefore);
        return now;
    }

    /** By their environment, wherever their parents have gone; containers' processes are seen too, where /proc is. */
    private Set<String> processes() {
        Set<String> found = new TreeSet<>();
        if (!Files.isDirectory(Path.of("/proc/self"))) {
            return found;
        }
        try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
            entries.filter(entry -> entry.getFileName().toString().matches("\\d+"))
                    .filter(this::isMarked)
                    .forEach(entry -> found.add("process " + entry.getFileName()));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return found;
    }

    private boolean isMarked(Path process) {
        try {
            return Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1)
                    .contains(MARK + "=" + mark);
        } catch (IOException goneOrAnothers) {
            return false;
        }
    }

    /** Takes away what would stay after the test. */
    void clear() {
        if (where == Where.DOCKER) {
            Engine.remove(containers());
            Engine.empty(shared());
        }
        for (String left : processes()) {
            ProcessHandle.of(Long.parseLong(left.substring("process ".length())))
                    .ifPresent(ProcessHandle::destroyForcibly);
        }
    }
}
