package io.factotum.host.offering;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.factotum.api.offering.Fault;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** One file of {@code conf/offerings}: an offering in YAML, with the keys of the HTTP body. */
record OfferingFile(Path path, String text) {

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** The files of a directory by name; none if it is not there. */
    static List<OfferingFile> readAll(Path directory) throws IOException {
        try (Stream<Path> paths = Files.list(directory)) {
            List<OfferingFile> files = new java.util.ArrayList<>();
            for (Path path : paths.sorted().toList()) {
                String name = path.getFileName().toString();
                if (!name.startsWith(".") && (name.endsWith(".yaml") || name.endsWith(".yml"))) {
                    files.add(new OfferingFile(path, new String(Files.readAllBytes(path), StandardCharsets.UTF_8)));
                }
            }
            return files;
        } catch (NoSuchFileException noDirectory) {
            return List.of();
        }
    }

    /** What it says; whatever is no YAML object is a fault. */
    JsonObject parse(List<Fault> faults) {
        try {
            Map<String, Object> yaml = YAML.readValue(text, new TypeReference<>() {});
            if (yaml != null) {
                // Through text, so that all of it is JSON objects and arrays and none of it Java maps.
                return new JsonObject(new JsonObject(yaml).encode());
            }
            faults.add(new Fault("", "The file is empty."));
        } catch (JsonProcessingException malformed) {
            // Not the parser's own words: they quote the file, and there may be a secret in it.
            faults.add(new Fault(
                    "",
                    malformed.getLocation() == null
                            ? "It is no YAML object."
                            : "It is no YAML object, or names a key twice, at line %d, column %d."
                                    .formatted(
                                            malformed.getLocation().getLineNr(),
                                            malformed.getLocation().getColumnNr())));
        }
        return new JsonObject();
    }

    /** Tells one content from another. */
    String digest() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
