package io.factotum.webhook;

import io.factotum.api.offering.Fault;
import io.factotum.api.store.SecretBox;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the secret and the headers that somebody sent, seals them, and collects all that is wrong with them. */
final class CredentialsReader {

    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern VALUE = Pattern.compile("[\\x21-\\x7e]([\\t\\x20-\\x7e]*[\\x21-\\x7e])?");
    private static final int MOST_HEADERS = 50;
    private static final int LONGEST_VALUE = 4096;

    /** The request's own. */
    private static final Set<String> TAKEN = Set.of(
            "accept",
            "accept-encoding",
            "connection",
            "content-encoding",
            "content-length",
            "content-type",
            "expect",
            "host",
            "keep-alive",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "user-agent",
            "webhook-id",
            "webhook-signature",
            "webhook-timestamp");

    private static final Set<String> ALWAYS_SECRET = Set.of("authorization", "cookie", "proxy-authorization");

    private final SecretBox box;
    private final Credentials stored;
    private final List<Fault> faults = new ArrayList<>();

    /** With the settings stored until now, sealed. */
    CredentialsReader(SecretBox box, JsonObject storedSettings) {
        this.box = box;
        this.stored = Credentials.stored(storedSettings);
    }

    List<Fault> faults() {
        return faults;
    }

    Credentials read(JsonObject settings) {
        return new Credentials(secret(settings.getValue("secret")), headers(settings.getValue("headers")));
    }

    private String secret(@Nullable Object value) {
        if (value instanceof String secret) {
            try {
                SigningKey.of(secret);
                return box.seal(secret);
            } catch (IllegalArgumentException wrong) {
                fault("/secret", "Cannot sign with secret: %s.".formatted(wrong.getMessage()));
                return "";
            }
        }
        if (value instanceof JsonObject kept && isMarked(kept)) {
            if (stored.secret().isEmpty()) {
                fault("/secret", "Cannot keep secret: none is stored. Send one. " + SigningKey.EXPECTED + ".");
            }
            return stored.secret();
        }
        fault("/secret", "Cannot sign without secret: it is no text. " + SigningKey.EXPECTED + ".");
        return "";
    }

    private List<HeaderEntry> headers(@Nullable Object value) {
        List<HeaderEntry> headers = new ArrayList<>();
        if (value == null) {
            return headers;
        }
        if (!(value instanceof JsonObject map)) {
            fault("/headers", "Cannot read headers: they are not an object. Expected {\"Name\": \"value\"}.");
            return headers;
        }
        if (map.size() > MOST_HEADERS) {
            fault("/headers", "Cannot send %d headers. Expected at most %d.".formatted(map.size(), MOST_HEADERS));
        }
        Set<String> names = new HashSet<>();
        for (Map.Entry<String, Object> header : map) {
            HeaderEntry read = header(header.getKey(), header.getValue());
            if (!names.add(header.getKey().toLowerCase(Locale.ROOT))) {
                fault(pointer(header.getKey()), "Cannot send header '%s' twice.".formatted(header.getKey()));
            } else if (read != null) {
                headers.add(read);
            }
        }
        return headers;
    }

    private @Nullable HeaderEntry header(String name, @Nullable Object value) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (!NAME.matcher(name).matches()) {
            fault(pointer(name), "Cannot send header '%s': it is no name for one (RFC 9110).".formatted(name));
            return null;
        }
        if (TAKEN.contains(lower)) {
            fault(pointer(name), "Cannot send header '%s': requests have one of their own.".formatted(name));
            return null;
        }
        if (value instanceof String text) {
            return entry(name, text, ALWAYS_SECRET.contains(lower));
        }
        if (!(value instanceof JsonObject object) || !(object.getValue("secret", false) instanceof Boolean secret)) {
            fault(
                    pointer(name),
                    "Cannot send header '%s': its value is neither a text nor {value, secret}.".formatted(name));
            return null;
        }
        boolean secretly = secret || ALWAYS_SECRET.contains(lower);
        return object.getValue("value") instanceof String text ? entry(name, text, secretly) : kept(name, secretly);
    }

    private @Nullable HeaderEntry kept(String name, boolean secret) {
        return stored.headers().stream()
                .filter(header -> secret && header.secret() && header.name().equalsIgnoreCase(name))
                .findFirst()
                .map(header -> new HeaderEntry(name, header.value(), true))
                .orElseGet(() -> {
                    fault(
                            pointer(name),
                            "Cannot send header '%s': it has no value, and no secret is stored for it. Send one."
                                    .formatted(name));
                    return null;
                });
    }

    private @Nullable HeaderEntry entry(String name, String value, boolean secret) {
        if (value.length() > LONGEST_VALUE || !VALUE.matcher(value).matches()) {
            fault(
                    pointer(name),
                    "Cannot send header '%s': its value is none (RFC 9110). Expected 1 to %d printable ASCII characters, no blank first or last."
                            .formatted(name, LONGEST_VALUE));
            return null;
        }
        if (secret && value.length() < SecretMask.SHORTEST) {
            fault(
                    pointer(name),
                    "Cannot keep the value of header '%s' secret: it is too short to be masked. Expected at least %d characters."
                            .formatted(name, SecretMask.SHORTEST));
            return null;
        }
        return new HeaderEntry(name, secret ? box.seal(value) : value, secret);
    }

    private static boolean isMarked(JsonObject object) {
        return Boolean.TRUE.equals(object.getValue("secret"));
    }

    private static String pointer(String name) {
        return "/headers/" + name.replace("~", "~0").replace("/", "~1");
    }

    private void fault(String pointer, String message) {
        faults.add(new Fault(pointer, message));
    }
}
