package io.factotum.webhook;

import io.factotum.api.config.ConfigReader;
import io.vertx.core.json.JsonArray;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which hosts an offering may have called: those that the operator lists. A name that is written out may have any
 * address; one that a pattern lets through, none that leads back into this machine or its surroundings.
 *
 * @param names written out, in lower case
 * @param suffixes {@code .example.org} for {@code *.example.org}
 * @param any whether all others may be called too
 */
record AllowedHosts(Set<String> names, List<String> suffixes, boolean any) {

    private static final Pattern ENTRY =
            Pattern.compile("\\*|(\\*\\.)?[a-z0-9]([a-z0-9._-]*[a-z0-9])?|[0-9a-f:.]*:[0-9a-f:.]*");

    /** Nothing is listed: any host. */
    static final AllowedHosts ANY = new AllowedHosts(Set.of(), List.of(), true);

    /** Copies the lists. */
    AllowedHosts {
        names = Set.copyOf(names);
        suffixes = List.copyOf(suffixes);
    }

    static AllowedHosts read(ConfigReader reader, String key, JsonArray entries) {
        if (entries.isEmpty()) {
            return ANY;
        }
        Set<String> names = new TreeSet<>();
        List<String> suffixes = new ArrayList<>();
        boolean any = false;
        for (Object value : entries) {
            String entry = String.valueOf(value).strip().toLowerCase(Locale.ROOT);
            if (!ENTRY.matcher(entry).matches()) {
                reader.fault(
                        key,
                        value,
                        "expected a host without scheme and port: hooks.example.org, *.example.org, an address, or *");
            } else if (entry.equals("*")) {
                any = true;
            } else if (entry.startsWith("*.")) {
                suffixes.add(entry.substring(1));
            } else {
                names.add(entry);
            }
        }
        return new AllowedHosts(names, suffixes, any);
    }

    /** Whether an offering may name it. */
    boolean allows(String host) {
        return any || isWrittenOut(host) || suffixes.stream().anyMatch(normal(host)::endsWith);
    }

    /** For people: what is listed. */
    String shown() {
        List<String> all = new ArrayList<>(new TreeSet<>(names));
        suffixes.forEach(suffix -> all.add("*" + suffix));
        if (any) {
            all.add("*");
        }
        return String.join(", ", all);
    }

    /** Why a host with that address must not be called. */
    Optional<String> refusal(String host, InetAddress address) {
        return isWrittenOut(host) ? Optional.empty() : Surroundings.of(address);
    }

    private boolean isWrittenOut(String host) {
        return names.contains(normal(host));
    }

    private static String normal(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
