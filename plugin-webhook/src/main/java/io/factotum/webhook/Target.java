package io.factotum.webhook;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * Where requests go.
 *
 * @param host without the brackets of an IPv6 address
 * @param path with the query
 */
record Target(boolean secure, String host, int port, String path) {

    private static final String EXPECTED = "Expected a URL such as https://hooks.example.org/factotum";
    private static final int HIGHEST_PORT = 65_535;

    /** From a URL. @throws IllegalArgumentException with a reason if it is none that can be called */
    static Target of(String url) {
        URI uri = parse(url);
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException("its scheme is neither http nor https. " + EXPECTED);
        }
        if (uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException(
                    "there is a user or password in it. Put them into the header Authorization, which is kept secret");
        }
        String host = uri.getHost();
        if (host == null) {
            throw new IllegalArgumentException("there is no host in it, or none in ASCII letters. " + EXPECTED);
        }
        if (uri.getRawFragment() != null) {
            throw new IllegalArgumentException("there is a fragment (#) in it, which is never sent. Leave it out");
        }
        boolean secure = scheme.equals("https");
        int port = uri.getPort() == -1 ? (secure ? 443 : 80) : uri.getPort();
        if (port < 1 || port > HIGHEST_PORT) {
            throw new IllegalArgumentException("port %d is none. Expected one from 1 to 65535".formatted(port));
        }
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return new Target(
                secure,
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                port,
                uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery());
    }

    private static URI parse(String url) {
        try {
            return new URI(url);
        } catch (URISyntaxException wrong) {
            throw new IllegalArgumentException("it is no URL (%s). %s".formatted(wrong.getReason(), EXPECTED), wrong);
        }
    }

    /** The host as it is written in a URL. */
    String authorityHost() {
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }

    /** For people: without the query, in which some put what nobody else should know. */
    String shown() {
        int query = path.indexOf('?');
        boolean usual = port == (secure ? 443 : 80);
        return (secure ? "https://" : "http://")
                + authorityHost()
                + (usual ? "" : ":" + port)
                + (query < 0 ? path : path.substring(0, query) + "?…");
    }
}
