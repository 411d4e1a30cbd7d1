package io.factotum.host;

import io.factotum.api.config.ConfigReader;
import io.factotum.host.lifecycle.RetryPolicy;
import io.factotum.host.plugin.trust.TrustConfig;
import io.factotum.host.plugin.trust.TrustPolicy;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The operator's settings of the host, {@code conf/host.yaml}. Relative paths are below the installation's directory. Keys
 * that jars are to be signed with are read with them.
 *
 * @param databaseUrl a PostgreSQL URI; empty for an embedded server
 */
public record HostConfig(
        String httpHost,
        int httpPort,
        int httpMaxBody,
        Path dataDirectory,
        Path pluginsDirectory,
        Path pluginsConfigDirectory,
        Duration pluginsPoll,
        Duration pluginStartTimeout,
        Duration pluginStopTimeout,
        Duration pluginUnloadGrace,
        TrustPolicy pluginTrust,
        boolean processesAllowed,
        Path offeringsDirectory,
        String databaseUrl,
        int databasePoolSize,
        int slots,
        int slotsPerOffering,
        int slotsPerCustomer,
        Duration lease,
        Duration look,
        RetryPolicy retries,
        Duration keepPullRuns) {

    /**
     * Reads it.
     *
     * @param home what relative paths are below
     * @throws io.factotum.api.config.ConfigException that tells all that is wrong at once
     */
    public static HostConfig read(ConfigReader reader, Path home) {
        HostConfig config = new HostConfig(
                reader.text("http.host", "127.0.0.1", "Address to listen on. Loopback unless you change it."),
                (int) reader.number("http.port", 8080, 0, 65535, "Port to listen on; 0 for any that is free."),
                (int) reader.number(
                        "http.max-body", 6L << 20, 1024, 64L << 20, "Largest request body taken, in bytes."),
                home.resolve(reader.text(
                        "data-directory",
                        "data",
                        "What is kept from run to run: the admin token, the key that seals secrets, the embedded"
                                + " database, plugins' files. One host at a time.")),
                home.resolve(reader.text("plugins.directory", "plugins-dir", "Where plugin jars are dropped.")),
                home.resolve(reader.text(
                        "plugins.config-directory", "conf", "Where plugins are configured, `plugins/<id>.yaml` each.")),
                reader.duration("plugins.poll", Duration.ofSeconds(2), "How often to look for new jars."),
                reader.duration(
                        "plugins.start-timeout", Duration.ofSeconds(30), "How long a plugin may take to start."),
                reader.duration("plugins.stop-timeout", Duration.ofSeconds(10), "How long a plugin may take to stop."),
                reader.duration(
                        "plugins.unload-grace",
                        Duration.ofSeconds(35),
                        "How long late answers may still find the classes of a plugin that has stopped. Longer than an"
                                + " event-bus request waits for its reply, which is 30 seconds if it does not say."),
                TrustConfig.read(reader, home),
                reader.flag(
                        "plugins.allow-processes",
                        false,
                        "Whether plugins may run programs as plain processes of this machine. Nothing isolates those:"
                                + " they have the host's rights and files. The `process` executor of custom-scripts"
                                + " needs it."),
                home.resolve(reader.text(
                        "offerings.directory",
                        "conf/offerings",
                        "Offerings kept as files, `*.yaml`; read at start and when their plugin is there.")),
                reader.text(
                        "database.url",
                        "",
                        "The PostgreSQL to use, `postgresql://user:password@host:port/database`; empty for an embedded"
                                + " one below the data directory. Write `${env:NAME}` or `${file:/path}` to keep the"
                                + " password out of this file."),
                (int) reader.number("database.pool-size", 10, 2, 200, "Connections to the database at most."),
                (int) reader.number(
                        "lifecycle.slots", 8, 1, 1000, "Runs under way at once on this host; further ones wait."),
                (int) reader.number(
                        "lifecycle.slots-per-offering",
                        0,
                        0,
                        100_000,
                        "Runs of one offering under way at once, on all hosts together, where the offering's own `slots`"
                                + " does not say; 0 for any number."),
                (int) reader.number(
                        "lifecycle.slots-per-customer",
                        0,
                        0,
                        100_000,
                        "Runs of one customer's resources under way at once, on all hosts together; 0 for any number."
                                + " Customers are told apart by their UUID, or else by their name."),
                reader.duration(
                        "lifecycle.lease",
                        Duration.ofSeconds(30),
                        "How long a run stays this host's without being renewed; renewed at a third of it."),
                reader.duration(
                        "lifecycle.look",
                        Duration.ofSeconds(5),
                        "How often to look for due runs and pulls without being told."),
                new RetryPolicy(
                        reader.duration(
                                "lifecycle.retry-for",
                                Duration.ofHours(1),
                                "How long faults of the infrastructure before a run has begun are retried."),
                        reader.duration(
                                "lifecycle.retry-delay",
                                Duration.ofSeconds(5),
                                "Before the first retry; doubled for each further one."),
                        reader.duration(
                                "lifecycle.retry-delay-max",
                                Duration.ofMinutes(1),
                                "The longest wait between retries."),
                        (int) reader.number(
                                "lifecycle.idempotent-tries",
                                3,
                                1,
                                100,
                                "How often the script of an event that its offering calls idempotent is run before its"
                                        + " failure counts.")),
                reader.duration(
                        "lifecycle.keep-pull-runs",
                        Duration.ofDays(30),
                        "How long finished pull runs and their output are kept. Runs of orders are kept for ever."));
        reader.finish();
        return config;
    }
}
