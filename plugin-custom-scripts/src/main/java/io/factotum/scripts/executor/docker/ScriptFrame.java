package io.factotum.scripts.executor.docker;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.ShellVariables;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * All that a container is told of its run, by its standard input: a line with a word that only this frame has, the lengths
 * of all that follows and of the environment in it, a checksum and the time; then the environment as a shell reads it, then
 * the script. So neither is ever in the container's description.
 *
 * @param body environment and script
 * @param environmentLength how many bytes of it are the environment
 */
record ScriptFrame(byte[] body, int environmentLength) {

    /** Ends what {@link ScriptWrapper} has its shell read. */
    private static final byte[] END_OF_ENVIRONMENT = "return 0\n".getBytes(US_ASCII);

    /** The frame of a run. Fails with {@link IllegalArgumentException} if its environment cannot be one. */
    static ScriptFrame of(RunSpec spec) {
        byte[] environment = environment(spec);
        ByteArrayOutputStream body = new ByteArrayOutputStream(environment.length + spec.script().length);
        body.writeBytes(environment);
        body.writeBytes(spec.script());
        return new ScriptFrame(body.toByteArray(), environment.length);
    }

    /** The frame as it is sent at this time. */
    byte[] bytes(Instant now) {
        String word = UUID.randomUUID().toString().replace("-", "");
        byte[] header = "%s %d %d %s %d\n"
                .formatted(word, body.length, environmentLength, sha256(body), now.toEpochMilli())
                .getBytes(US_ASCII);
        ByteArrayOutputStream frame = new ByteArrayOutputStream(header.length + body.length);
        frame.writeBytes(header);
        frame.writeBytes(body);
        return frame.toByteArray();
    }

    private static byte[] environment(RunSpec spec) {
        Map<String, String> variables = new TreeMap<>(spec.environment());
        variables.putAll(spec.secrets());
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        lines.writeBytes(ShellVariables.exports(variables));
        lines.writeBytes(END_OF_ENVIRONMENT);
        return lines.toByteArray();
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
