package io.factotum.host.endtoend;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The endpoint of {@code examples/webhook}, as its documentation starts it. */
final class ExampleEndpoint implements AutoCloseable {

    private static final Path DIRECTORY = Repository.ROOT.resolve("examples/webhook");
    private static final Pattern ADDRESS = Pattern.compile("listening on (http://\\S+)");

    private final Process process;
    private final String url;

    ExampleEndpoint(Path directory) {
        ProcessBuilder builder = new ProcessBuilder(
                        "python3",
                        DIRECTORY.resolve("endpoint.py").toString(),
                        "0",
                        directory.resolve("boxes.sqlite").toString())
                .redirectError(directory.resolve("errors").toFile());
        builder.environment().put("WEBHOOK_SECRET", HookEndpoint.SECRET);
        try {
            process = builder.start();
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            Matcher address = ADDRESS.matcher(String.valueOf(lines.readLine()));
            if (!address.find()) {
                throw new AssertionError("It does not start: " + Files.readString(directory.resolve("errors")));
            }
            url = address.group(1);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Makes its offering; answers that's name. */
    String offer(Api api) throws IOException {
        JsonObject offering = new JsonObject(Files.readString(DIRECTORY.resolve("offering.json")));
        offering.getJsonObject("settings").put("url", url).put("secret", HookEndpoint.SECRET);
        api.post("/offerings", offering);
        return offering.getString("name");
    }

    /** Sends something by hand. */
    HttpResponse<String> send(String id, String signature, long timestamp, JsonObject event) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .header("webhook-id", id)
                .header("webhook-timestamp", String.valueOf(timestamp))
                .header("webhook-signature", signature)
                .POST(BodyPublishers.ofString(event.encode()))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
