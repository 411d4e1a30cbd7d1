package io.factotum.host.examples;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The checked-out project, wherever the tests are started. */
final class Repository {

    static final Path ROOT = root();

    private static final YAMLMapper YAML = new YAMLMapper();

    private Repository() {}

    static JsonObject yaml(Path file) {
        try {
            @SuppressWarnings("unchecked")
            Map<String, Object> map = YAML.readValue(file.toFile(), Map.class);
            return new JsonObject(map);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonObject offering(String name) {
        return yaml(ROOT.resolve("conf/offerings").resolve(name + ".yaml"));
    }

    static List<JsonObject> offerings() {
        try (Stream<Path> files = Files.list(ROOT.resolve("conf/offerings"))) {
            return files.sorted().map(Repository::yaml).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(directory.resolve("conf/offerings"))) {
            Path parent = directory.getParent();
            if (parent == null) {
                throw new IllegalStateException("Cannot find conf/offerings: not above the working directory.");
            }
            directory = parent;
        }
        return directory;
    }
}
