package io.factotum.scripts.executor.docker;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.ShellVariables;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * All that a container is told of its run, by its standard input: a line with a word that only this frame has, the lengths
 * of all that follows and of the environment in it, and a checksum; then the environment as a shell reads it, then the
 * script. So neither is ever in the container's description.
 */
record ScriptFrame(byte[] bytes) {

    /** Ends what {@link ScriptWrapper} has its shell read. */
    private static final byte[] END_OF_ENVIRONMENT = "return 0\n".getBytes(US_ASCII);

    /** The frame of a run. Fails with {@link IllegalArgumentException} if its environment cannot be one. */
    static ScriptFrame of(RunSpec spec) {
        byte[] environment = environment(spec);
        ByteArrayOutputStream body = new ByteArrayOutputStream(environment.length + spec.script().length);
        body.writeBytes(environment);
        body.writeBytes(spec.script());
        String word = UUID.randomUUID().toString().replace("-", "");
        String header = "%s %d %d %s\n".formatted(word, body.size(), environment.length, sha256(body.toByteArray()));
        ByteArrayOutputStream frame = new ByteArrayOutputStream(header.length() + body.size());
        frame.writeBytes(header.getBytes(US_ASCII));
        frame.writeBytes(body.toByteArray());
        return new ScriptFrame(frame.toByteArray());
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
