package io.factotum.webhook;

import io.factotum.api.config.ConfigReader;
import io.vertx.core.json.JsonArray;
import java.time.Duration;

/**
 * The operator's settings.
 *
 * @param maxResponse how many bytes of an answer are taken
 * @param concurrency requests at once; 0 for half of the host's slots
 * @param trustCertificates a PEM file; empty for none
 * @param hold how long what never reached its endpoint is kept out of the queue
 */
record WebhookConfig(
        AllowedHosts allowedHosts,
        int maxResponse,
        int concurrency,
        String trustCertificates,
        Backoff backoff,
        Duration hold) {

    private static final int MEBIBYTE = 1 << 20;

    /** Reads them; what is wrong is told by the reader. */
    static WebhookConfig read(ConfigReader reader) {
        AllowedHosts allowedHosts = AllowedHosts.read(
                reader,
                "allowed-hosts",
                reader.list(
                        "allowed-hosts",
                        new JsonArray(),
                        "any",
                        "The hosts that offerings may name: `hooks.example.org`, `*.example.org`, or `*` for any. One that is"
                                + " written out may have any address; the others none of this machine, its links or a"
                                + " cloud's metadata service."));
        return new WebhookConfig(
                allowedHosts,
                (int) reader.number(
                        "max-response", MEBIBYTE, 1024, 16 * MEBIBYTE, "How many bytes of an answer are taken."),
                (int) reader.number(
                        "concurrency",
                        0,
                        0,
                        10_000,
                        "Events in hand at once on this host, those that wait for another try included. 0: half of"
                                + " `lifecycle.slots` of conf/host.yaml, so that endpoints that are away leave room for"
                                + " others."),
                reader.text(
                        "trust-certificates",
                        "",
                        "A file with certificates in PEM form that are trusted beside those of the JDK."),
                new Backoff(
                        reader.duration(
                                "retry-delay",
                                Duration.ofSeconds(1),
                                "Before the first retry of a request; doubled for each further one, and up to half of it"
                                        + " left out at random."),
                        reader.duration("retry-delay-max", Duration.ofMinutes(1), "The longest wait between retries."),
                        reader.duration(
                                "retry-after-max",
                                Duration.ofMinutes(10),
                                "The longest wait that an endpoint may ask for by Retry-After.")),
                reader.duration(
                        "hold",
                        Duration.ofSeconds(5),
                        "For how long an endpoint that cannot be reached at all is called before its event goes back into"
                                + " the queue, where it holds no slot."));
    }
}
