package io.factotum.host.plugin;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * What a whole jar says about itself.
 *
 * @param settingsSchema the JSON Schema of offering settings, if the jar has one
 * @param configSchema the JSON Schema of the plugin's configuration, if the jar has one
 * @param migrations the entries with the migrations of its tables
 */
record JarContents(
        PluginDescriptor descriptor,
        @Nullable JsonObject settingsSchema,
        @Nullable JsonObject configSchema,
        List<String> migrations) {

    /** The jar with these contents. */
    StagedJar jar(String file, Path copy, String sha256) {
        return new StagedJar(file, copy, sha256, descriptor, settingsSchema, configSchema, migrations);
    }

    /**
     * Reads every entry of it. Blocks.
     *
     * @throws IOException if it is not a whole zip file; it may still be being written
     * @throws RejectedJarException if it is, and no plugin that this host can load; tells all that is wrong
     */
    static JarContents read(Path jar, HostVersions host) throws IOException, RejectedJarException {
        Inspection inspection = inspect(jar, host);
        if (inspection.contents() == null) {
            throw new RejectedJarException(inspection.faults());
        }
        return inspection.contents();
    }

    /**
     * What was found in a jar.
     *
     * @param descriptor as far as it could be read; null if there is none
     * @param contents null if anything is wrong
     * @param faults everything that is wrong
     */
    record Inspection(
            @Nullable PluginDescriptor descriptor, @Nullable JarContents contents, List<String> faults) {}

    /** The same for who wants to know more of a faulty jar. Blocks. */
    static Inspection inspect(Path jar, HostVersions host) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            return new Reader(zip, host).read();
        }
    }

    private static final class Reader {

        private static final long MAX_DOCUMENT = 1024 * 1024;
        private static final long MAX_UNPACKED = 1L << 30;
        private static final int NAMED_CLASSES = 3;

        private final ZipFile zip;
        private final HostVersions host;
        private final List<String> hostClasses = new ArrayList<>();
        private final List<String> migrations = new ArrayList<>();
        private final List<String> faults = new ArrayList<>();

        private Reader(ZipFile zip, HostVersions host) {
            this.zip = zip;
            this.host = host;
        }

        private Inspection read() throws IOException {
            List<? extends ZipEntry> entries = zip.stream().toList();
            Optional<String> tooLarge = EntryCheck.run(zip, entries, MAX_UNPACKED);
            if (tooLarge.isPresent()) {
                faults.add("Cannot load the jar: it unpacks to more than %d bytes at entry '%s'."
                        .formatted(MAX_UNPACKED, tooLarge.get()));
                return new Inspection(null, null, faults);
            }
            for (ZipEntry entry : entries) {
                if (ClassOrigin.isHostClass(entry.getName())) {
                    hostClasses.add(entry.getName());
                }
                if (JarMigrations.isMigration(entry.getName())) {
                    migrations.add(entry.getName());
                }
            }
            refuseHostClasses();
            PluginDescriptor descriptor = descriptor();
            JsonObject settingsSchema = descriptor == null ? null : schema(descriptor.settingsSchema());
            JsonObject configSchema = descriptor == null ? null : schema(descriptor.configSchema());
            JarContents contents = descriptor == null || !faults.isEmpty()
                    ? null
                    : new JarContents(descriptor, settingsSchema, configSchema, migrations);
            return new Inspection(descriptor, contents, faults);
        }

        private void refuseHostClasses() {
            if (!hostClasses.isEmpty()) {
                List<String> named = hostClasses.stream().limit(NAMED_CLASSES).toList();
                faults.add(
                        "Cannot load the jar: it contains %d classes that the host lends, such as %s. Give those dependencies the scope 'provided'."
                                .formatted(hostClasses.size(), String.join(", ", named)));
            }
        }

        // Also a faulty one, so that the faults of its schemas are told with its own.
        private @Nullable PluginDescriptor descriptor() throws IOException {
            if (zip.getEntry(PluginDescriptor.ENTRY) == null) {
                faults.add("Cannot find '%s' in the jar: it is no plugin. Expected the plugin's descriptor there."
                        .formatted(PluginDescriptor.ENTRY));
                return null;
            }
            JsonObject json = json(PluginDescriptor.ENTRY);
            if (json == null) {
                return null;
            }
            DescriptorReader reader = new DescriptorReader(json);
            PluginDescriptor descriptor = PluginDescriptor.from(reader, host);
            try {
                reader.finish();
            } catch (RejectedJarException rejected) {
                rejected.reason().lines().forEach(faults::add);
            }
            return descriptor;
        }

        private @Nullable JsonObject schema(PluginDescriptor.SchemaEntry entry) throws IOException {
            String name = entry.name();
            if (zip.getEntry(name) == null) {
                if (entry.isNamed()) {
                    faults.add("Cannot find %s '%s': the jar has no such entry.".formatted(entry.key(), name));
                }
                return null;
            }
            JsonObject schema = json(name);
            if (schema == null) {
                return null;
            }
            try {
                new JarSchema(schema).faults(new JsonObject());
            } catch (RuntimeException unusable) {
                faults.add("Cannot use '%s': it is not a usable JSON Schema. %s"
                        .formatted(name, String.valueOf(unusable.getMessage())));
            }
            return schema;
        }

        /** An entry that is there, as JSON; null if it is none. */
        private @Nullable JsonObject json(String name) throws IOException {
            ZipEntry entry = zip.getEntry(name);
            if (entry.getSize() > MAX_DOCUMENT) {
                faults.add("Cannot use '%s': it has %d bytes. Expected at most %d."
                        .formatted(name, entry.getSize(), MAX_DOCUMENT));
                return null;
            }
            try (InputStream in = zip.getInputStream(entry)) {
                return new JsonObject(Buffer.buffer(in.readAllBytes()));
            } catch (DecodeException | ClassCastException malformed) {
                faults.add("Cannot read '%s': it is not a JSON object. %s"
                        .formatted(name, String.valueOf(malformed.getMessage())));
                return null;
            }
        }
    }
}
