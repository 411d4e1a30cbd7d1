package io.factotum.scripts.executor.kubernetes;

import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.ShellVariables;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

/** What a run's Secret holds: the script, and its environment as a shell reads it. Larger ones are compressed. */
record ScriptSecret(Map<String, String> data) {

    static final String SCRIPT = "script";
    static final String SCRIPT_COMPRESSED = "script.gz";
    static final String ENVIRONMENT = "environment";
    static final String ENVIRONMENT_COMPRESSED = "environment.gz";

    /** What a Secret may hold, keys left out; the cluster refuses more. */
    private static final int LIMIT = 1 << 20;

    /** Fails with {@link IllegalArgumentException} if the environment cannot be one, or all is too large. */
    static ScriptSecret of(RunSpec spec) {
        Map<String, String> all = new TreeMap<>(spec.environment());
        all.putAll(spec.secrets());
        byte[] environment = ShellVariables.exports(all);
        byte[] script = spec.script();
        if (environment.length + script.length <= LIMIT) {
            return new ScriptSecret(Map.of(SCRIPT, base64(script), ENVIRONMENT, base64(environment)));
        }
        byte[] smallScript = compressed(script);
        byte[] smallEnvironment = compressed(environment);
        if (smallScript.length + smallEnvironment.length > LIMIT) {
            throw new IllegalArgumentException(("Cannot hand the script to Kubernetes: script and environment have %d"
                            + " bytes, %d when compressed. A Secret holds %d at most: make the script smaller.")
                    .formatted(
                            environment.length + script.length, smallScript.length + smallEnvironment.length, LIMIT));
        }
        return new ScriptSecret(
                Map.of(SCRIPT_COMPRESSED, base64(smallScript), ENVIRONMENT_COMPRESSED, base64(smallEnvironment)));
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static byte[] compressed(byte[] bytes) {
        ByteArrayOutputStream small = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(small)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return small.toByteArray();
    }

    /** Never tells what it holds. */
    @Override
    public String toString() {
        return "ScriptSecret" + data.keySet();
    }
}
